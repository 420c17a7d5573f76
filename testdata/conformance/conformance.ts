// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Conformance cases in AssemblyScript, on raw imports; its memory and strings are managed by its own runtime, which takes
// its heap up to memory.size. The protocol of the output is harness.c's, the tree that of tests/conformance/fixtures.py.

@external("wasi_snapshot_preview1", "args_sizes_get")
declare function args_sizes_get(count: usize, size: usize): i32;
@external("wasi_snapshot_preview1", "args_get")
declare function args_get(argv: usize, buffer: usize): i32;
@external("wasi_snapshot_preview1", "clock_time_get")
declare function clock_time_get(clock: i32, precision: i64, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_close")
declare function fd_close(fd: i32): i32;
@external("wasi_snapshot_preview1", "fd_fdstat_get")
declare function fd_fdstat_get(fd: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_pread")
declare function fd_pread(fd: i32, iovs: usize, count: usize, offset: i64, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_prestat_get")
declare function fd_prestat_get(fd: i32, prestat: usize): i32;
@external("wasi_snapshot_preview1", "fd_prestat_dir_name")
declare function fd_prestat_dir_name(fd: i32, path: usize, length: usize): i32;
@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: i32, iovs: usize, count: usize, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_seek")
declare function fd_seek(fd: i32, offset: i64, whence: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_tell")
declare function fd_tell(fd: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, iovs: usize, count: usize, result: usize): i32;
@external("wasi_snapshot_preview1", "path_filestat_get")
declare function path_filestat_get(fd: i32, lookup: i32, path: usize, length: usize, result: usize): i32;
@external("wasi_snapshot_preview1", "path_open")
declare function path_open(fd: i32, lookup: i32, path: usize, length: usize, oflags: i32, rights: i64, inheriting: i64, fdflags: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "path_readlink")
declare function path_readlink(fd: i32, path: usize, length: usize, buffer: usize, size: usize, result: usize): i32;
@external("wasi_snapshot_preview1", "path_unlink_file")
declare function path_unlink_file(fd: i32, path: usize, length: usize): i32;
@external("wasi_snapshot_preview1", "random_get")
declare function random_get(buffer: usize, length: usize): i32;
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: i32): void;

// fd_read, fd_seek, fd_tell, fd_filestat_get; with fd_write; and what is asked of a directory.
const READER: i64 = (1 << 1) | (1 << 2) | (1 << 5) | (1 << 21);
const WRITER: i64 = READER | (1 << 6);
const WALKER: i64 = (1 << 9) | (1 << 10) | (1 << 13) | (1 << 14) | (1 << 15) | (1 << 18) | (1 << 21) | (1 << 26);

const result: usize = memory.data(64, 8);
const iovec: usize = memory.data(8, 8);
let tree: i32 = -1;
let refused: i32 = -1;
let scratch: i32 = -1;
let failure: string = "";

function at(buffer: ArrayBuffer): usize { return changetype<usize>(buffer); }
function print(text: string): void {
  const data = String.UTF8.encode(text);
  store<u32>(iovec, at(data) as u32);
  store<u32>(iovec, data.byteLength, 4);
  fd_write(1, iovec, 1, result);
}
function is(want: i64, value: i64): bool {
  if (want != value && failure == "") failure = `fail ${value} and not ${want}`;
  return want == value;
}
function either(want: i64, other: i64, value: i64): bool { return value == other || is(want, value); }

function open(directory: i32, path: string, oflags: i32, rights: i64): i32 {
  const name = String.UTF8.encode(path);
  const error = path_open(directory, 1, at(name), name.byteLength, oflags, rights, WALKER | WRITER, 0, result);
  return error == 0 ? load<i32>(result) : -error;
}
// The bytes read, as text.
function read(fd: i32, size: i32): string {
  const buffer = new ArrayBuffer(size);
  store<u32>(iovec, at(buffer) as u32);
  store<u32>(iovec, size, 4);
  is(0, fd_read(fd, iovec, 1, result));
  return String.UTF8.decodeUnsafe(at(buffer), load<u32>(result));
}
function stat(path: string, lookup: i32): i32 {
  const name = String.UTF8.encode(path);
  return path_filestat_get(tree, lookup, at(name), name.byteLength, result);
}

class Case {
  constructor(public kind: string, public name: string, public run: () => void) {}
}
const cases: Case[] = [
  new Case("TREE", "fd_read reads_and_advances text", () => {
    const fd = open(tree, "hello", 0, READER);
    is(1, i64(read(fd, 5) == "Hello"));
    is(1, i64(read(fd, 100) == ", world.\n"));
    fd_close(fd);
  }),
  new Case("TREE", "fd_read nothing_at_the_end text", () => {
    const fd = open(tree, "empty", 0, READER);
    is(1, i64(read(fd, 5) == ""));
    fd_close(fd);
  }),
  new Case("TREE", "fd_read reads_and_advances while_the_heap_grows", () => {
    const fd = open(tree, "big", 0, READER);
    let total = 0;
    const kept: ArrayBuffer[] = [];
    for (let i = 0; i < 40; i++) {
      const buffer = new ArrayBuffer(100_000);
      kept.push(buffer);
      store<u32>(iovec, at(buffer) as u32);
      store<u32>(iovec, 3000, 4);
      is(0, fd_read(fd, iovec, 1, result));
      const count = load<u32>(result);
      for (let j: u32 = 0; j < count; j++) {
        const place = total + j;
        is((place * 7 + place / 256) & 255, load<u8>(at(buffer) + j));
      }
      total += count;
    }
    is(70_000, total);
    fd_close(fd);
  }),
  new Case("TREE", "fd_pread reads_at text", () => {
    const fd = open(tree, "hello", 0, READER);
    const buffer = new ArrayBuffer(5);
    store<u32>(iovec, at(buffer) as u32);
    store<u32>(iovec, 5, 4);
    is(0, fd_pread(fd, iovec, 1, 7, result));
    is(1, i64(String.UTF8.decode(buffer) == "world"));
    fd_close(fd);
  }),
  new Case("TREE", "fd_seek from_the_end offset", () => {
    const fd = open(tree, "hello", 0, READER);
    is(0, fd_seek(fd, -4, 2, result));
    is(10, load<i64>(result));
    fd_close(fd);
  }),
  new Case("TREE", "fd_tell tells after_read", () => {
    const fd = open(tree, "hello", 0, READER);
    read(fd, 3);
    is(0, fd_tell(fd, result));
    is(3, load<i64>(result));
    fd_close(fd);
  }),
  new Case("TREE", "fd_fdstat_get describes directory", () => {
    const fd = open(tree, "dir", 2, WALKER);
    is(0, fd_fdstat_get(fd, result));
    is(3, load<u8>(result));
    fd_close(fd);
  }),
  new Case("TREE", "path_filestat_get follows link", () => {
    is(0, stat("link", 1));
    is(4, load<u8>(result, 16));
    is(14, load<i64>(result, 32));
    is(0, stat("link", 0));
    is(7, load<u8>(result, 16));
  }),
  new Case("TREE", "path_filestat_get NOENT missing", () => { is(44, stat("no", 0)); }),
  new Case("TREE", "path_open NOENT missing", () => { is(-44, open(tree, "no", 0, READER)); }),
  new Case("TREE", "path_open NOTDIR through_a_file", () => { is(-54, open(tree, "hello/x", 0, READER)); }),
  new Case("TREE", "path_readlink reads text", () => {
    const name = String.UTF8.encode("dir/up");
    const buffer = new ArrayBuffer(64);
    is(0, path_readlink(tree, at(name), name.byteLength, at(buffer), 64, result));
    is(1, i64(String.UTF8.decodeUnsafe(at(buffer), load<u32>(result)) == "../hello"));
  }),
  new Case("REFUSED", "path_open ROFS create", () => {
    either(-69, -63, open(refused, "new", 1, WRITER));
  }),
  new Case("REFUSED", "path_unlink_file ROFS file", () => {
    const name = String.UTF8.encode("hello");
    either(69, 63, path_unlink_file(refused, at(name), name.byteLength));
  }),
  new Case("SCRATCH", "fd_write writes_and_advances text", () => {
    const fd = open(scratch, "f", 1, WRITER);
    const text = String.UTF8.encode("some text");
    store<u32>(iovec, at(text) as u32);
    store<u32>(iovec, text.byteLength, 4);
    is(0, fd_write(fd, iovec, 1, result));
    is(9, load<u32>(result));
    is(0, fd_seek(fd, 0, 0, result));
    is(1, i64(read(fd, 100) == "some text"));
    fd_close(fd);
  }),
  new Case("HOST", "fd_read BADF nobody", () => { is(8, fd_read(4000, iovec, 1, result)); }),
  new Case("HOST", "clock_time_get tells realtime", () => {
    is(0, clock_time_get(0, 1, result));
    is(1, i64(load<i64>(result) > 1_700_000_000_000_000_000));
  }),
  new Case("HOST", "random_get fills sixteen_bytes", () => {
    store<u64>(result, 0);
    store<u64>(result, 0, 8);
    is(0, random_get(result, 16));
    is(1, i64(load<u64>(result) != load<u64>(result, 8)));
  }),
  new Case("HOST", "proc_exit exit_code called", () => { proc_exit(42); }),
];

function lastArgument(): string {
  args_sizes_get(result, result + 8);
  const count = load<u32>(result);
  const pointers = new ArrayBuffer(count * 4);
  const text = new ArrayBuffer(load<u32>(result, 8));
  args_get(at(pointers), at(text));
  return String.UTF8.decodeUnsafe(load<u32>(at(pointers) + (count - 1) * 4), 1024, true);
}

function findDirectories(): void {
  let root = -1;
  for (let fd = 3; fd < 20; fd++) {
    if (fd_prestat_get(fd, result) != 0) continue;
    const size = load<u32>(result, 4);
    const name = new ArrayBuffer(size);
    fd_prestat_dir_name(fd, at(name), size);
    const text = String.UTF8.decode(name);
    if (text == "/tree") tree = fd;
    if (text == "/refused") refused = fd;
    if (text == "/scratch") scratch = fd;
    if (text == "/") root = fd;
  }
  if (tree < 0) tree = open(root, "tree", 2, WALKER);
  if (refused < 0) refused = open(root, "refused", 2, WALKER);
}

export function _start(): void {
  const argument = lastArgument();
  if (argument == "list") {
    for (let i = 0; i < cases.length; i++) print(`${cases[i].kind} ${cases[i].name}\n`);
    return;
  }
  const numbers = argument.split(",");
  findDirectories();
  for (let i = I32.parseInt(numbers[0]); i < cases.length; i++) {
    if (numbers.indexOf(i.toString(), 1) >= 0) continue;
    print(cases[i].name + ": ");
    failure = "";
    cases[i].run();
    print((failure == "" ? "pass" : failure) + "\n");
  }
}
