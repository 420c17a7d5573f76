// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The walking guest in AssemblyScript, on raw WASI imports; walk.c says what it does. AssemblyScript's runtime takes its
// heap from [__heap_base, memory.size) and grows it with memory.grow. What a libc does elsewhere (the look-up of a path
// among the preopens) is done here by hand.

@external("wasi_snapshot_preview1", "args_sizes_get")
declare function args_sizes_get(count: usize, size: usize): i32;
@external("wasi_snapshot_preview1", "args_get")
declare function args_get(argv: usize, buffer: usize): i32;
@external("wasi_snapshot_preview1", "fd_prestat_get")
declare function fd_prestat_get(fd: i32, prestat: usize): i32;
@external("wasi_snapshot_preview1", "fd_prestat_dir_name")
declare function fd_prestat_dir_name(fd: i32, path: usize, length: usize): i32;
@external("wasi_snapshot_preview1", "path_open")
declare function path_open(fd: i32, lookup: i32, path: usize, length: usize, oflags: i32, rights: i64, inheriting: i64, fdflags: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "path_filestat_get")
declare function path_filestat_get(fd: i32, lookup: i32, path: usize, length: usize, result: usize): i32;
@external("wasi_snapshot_preview1", "path_readlink")
declare function path_readlink(fd: i32, path: usize, length: usize, buffer: usize, size: usize, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_filestat_get")
declare function fd_filestat_get(fd: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_readdir")
declare function fd_readdir(fd: i32, buffer: usize, size: usize, cookie: i64, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: i32, iovs: usize, count: usize, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_pread")
declare function fd_pread(fd: i32, iovs: usize, count: usize, offset: i64, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_seek")
declare function fd_seek(fd: i32, offset: i64, whence: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_tell")
declare function fd_tell(fd: i32, result: usize): i32;
@external("wasi_snapshot_preview1", "fd_close")
declare function fd_close(fd: i32): i32;
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, iovs: usize, count: usize, result: usize): i32;
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: i32): void;

const CHUNK: i32 = 4093;
const BLOCK: i32 = 8 << 20;
const ENOENT: i32 = 44;
const EBADF: i32 = 8;
const O_DIRECTORY: i32 = 2;
const KIND_DIRECTORY: u8 = 3;
const KIND_FILE: u8 = 4;
const KIND_LINK: u8 = 7;
// fd_read, fd_seek, fd_tell, fd_readdir, path_open, path_readlink, path_filestat_get, fd_filestat_get
const RIGHTS: i64 = (1 << 1) | (1 << 2) | (1 << 5) | (1 << 13) | (1 << 14) | (1 << 15) | (1 << 18) | (1 << 21);

// One result of a call, an iovec, and a filestat.
const result: usize = memory.data(8, 8);
const iovec: usize = memory.data(8, 8);
const filestat: usize = memory.data(64, 8);

function bytesOf(text: string): ArrayBuffer { return String.UTF8.encode(text); }
function at(buffer: ArrayBuffer): usize { return changetype<usize>(buffer); }

function print(text: string): void {
  const data = bytesOf(text + "\n");
  store<u32>(iovec, <u32>at(data), 0);
  store<u32>(iovec, data.byteLength, 4);
  fd_write(1, iovec, 1, result);
}

function fail(path: string, what: string, errno: i32 = 0): void {
  print("FAIL " + path + ": " + what + " (errno " + errno.toString() + ")");
  proc_exit(1);
}

function check(path: string, what: string, errno: i32): void {
  if (errno != 0) fail(path, what, errno);
}

// --- the digest -----------------------------------------------------------------------------------------------------

const crcTable = new StaticArray<u32>(256);
let digest: u32 = 0xffffffff;
let entries: i32 = 0;
let total: i32 = 0;

function makeCrcTable(): void {
  for (let i: u32 = 0; i < 256; i++) {
    let c = i;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >> 1) : c >> 1;
    crcTable[i] = c;
  }
}

function add(data: usize, length: i32): void {
  let c = digest;
  for (let i = 0; i < length; i++) c = unchecked(crcTable[(c ^ load<u8>(data + i)) & 255]) ^ (c >> 8);
  digest = c;
}

function addHeader(kind: string, path: string, size: i64): void {
  const text = bytesOf(kind + "\0" + path + "\0");
  add(at(text), text.byteLength);
  store<i64>(result, size);
  add(result, 8);
  entries++;
}

// --- the look-up of a path ------------------------------------------------------------------------------------------

class Place {
  constructor(public fd: i32, public path: ArrayBuffer) {}
}

/// The preopen whose name is the longest prefix of `path`, and the rest of the path. A relative path is taken from "/".
function locate(path: string): Place {
  const absolute = path.startsWith("/") ? path : "/" + path;
  let best = -1, bestLength = -1;
  for (let fd = 3; ; fd++) {
    const errno = fd_prestat_get(fd, result);
    if (errno == EBADF) break;
    check(path, "fd_prestat_get", errno);
    const name = new ArrayBuffer(load<u32>(result, 4));
    check(path, "fd_prestat_dir_name", fd_prestat_dir_name(fd, at(name), name.byteLength));
    let prefix = String.UTF8.decode(name);
    if (prefix == "/" || prefix == ".") prefix = "";
    if ((absolute == prefix || absolute.startsWith(prefix + "/")) && prefix.length >= bestLength) {
      best = fd;
      bestLength = prefix.length;
    }
  }
  if (best < 0) fail(path, "no preopen for it");
  const rest = absolute.substring(bestLength + 1);
  return new Place(best, bytesOf(rest.length ? rest : "."));
}

/// Opens a path: a descriptor, or an errno as a negative number.
function open(path: string, oflags: i32 = 0): i32 {
  const place = locate(path);
  const errno = path_open(place.fd, 1, at(place.path), place.path.byteLength, oflags, RIGHTS, RIGHTS, 0, result);
  return errno != 0 ? -errno : load<i32>(result);
}

// --- the walk -------------------------------------------------------------------------------------------------------

let growTarget: i32 = 0;
const blocks: ArrayBuffer[] = [];

function growSome(): void {
  const n = blocks.length;
  if (n * (BLOCK >> 20) >= growTarget) return;
  const block = new ArrayBuffer(BLOCK);
  for (let i = 0; i < BLOCK; i += 61) store<u8>(at(block) + i, <u8>(i + n));
  blocks.push(block);
}

function checkGrowth(): void {
  for (let n = 0; n < blocks.length; n++)
    for (let i = 0; i < BLOCK; i += 61)
      if (load<u8>(at(blocks[n]) + i) != <u8>(i + n)) fail("grow", "memory was overwritten");
}

function readAt(fd: i32, path: string, into: usize, size: i32): i32 {
  store<u32>(iovec, <u32>into, 0);
  store<u32>(iovec, size, 4);
  check(path, "fd_read", fd_read(fd, iovec, 1, result));
  return load<i32>(result);
}

function readFile(path: string, size: i32): void {
  const fd = open(path);
  if (fd < 0) fail(path, "open", -fd);
  check(path, "fd_filestat_get", fd_filestat_get(fd, filestat));
  if (load<u8>(filestat, 16) != KIND_FILE || load<i64>(filestat, 32) != size) fail(path, "fstat");

  const content = new ArrayBuffer(size + CHUNK);
  let done = 0;
  while (true) {
    const n = readAt(fd, path, at(content) + done, CHUNK);
    if (n == 0) break;
    done += n;
    if (done > size) fail(path, "longer than its size");
  }
  if (done != size) fail(path, "shorter than its size");

  const middle = size / 2;
  check(path, "fd_seek", fd_seek(fd, 0, 2, result));
  if (load<i64>(result) != size) fail(path, "seek to the end");
  check(path, "fd_seek", fd_seek(fd, middle, 0, result));
  if (load<i64>(result) != middle) fail(path, "seek to the middle");
  const piece = new ArrayBuffer(256);
  const n = readAt(fd, path, at(piece), 256);
  if (memory.compare(at(piece), at(content) + middle, n) != 0) fail(path, "read after a seek");
  store<u32>(iovec, <u32>at(piece), 0);
  store<u32>(iovec, 256, 4);
  check(path, "fd_pread", fd_pread(fd, iovec, 1, middle, result));
  if (load<i32>(result) != n || memory.compare(at(piece), at(content) + middle, n) != 0) fail(path, "pread");
  check(path, "fd_tell", fd_tell(fd, result));
  if (load<i64>(result) != middle + n) fail(path, "tell");
  check(path, "fd_close", fd_close(fd));
  if (fd_close(fd) != EBADF) fail(path, "closed twice");

  add(at(content), size);
  total += size;
}

function list(path: string): string[] {
  const fd = open(path, O_DIRECTORY);
  if (fd < 0) fail(path, "opendir", -fd);
  const names: string[] = [];
  const size = 300; // small, so that entries are cut and cookies are resumed
  const buffer = new ArrayBuffer(size);
  let cookie: i64 = 0;
  while (true) {
    check(path, "fd_readdir", fd_readdir(fd, at(buffer), size, cookie, result));
    const used = load<i32>(result);
    let i = 0;
    while (i + 24 <= used) {
      const entry = at(buffer) + i;
      const length = load<i32>(entry, 16);
      if (i + 24 + length > used) break;
      cookie = load<i64>(entry);
      const name = String.UTF8.decodeUnsafe(entry + 24, length);
      if (name != "." && name != "..") names.push(name);
      i += 24 + length;
    }
    if (used < size) break;
    if (i == 0) fail(path, "a name does not fit");
  }
  fd_close(fd);
  // As UTF-8 bytes: UTF-16 units sort otherwise beyond U+FFFF.
  names.sort((a, b) => {
    const x = bytesOf(a), y = bytesOf(b);
    const order = memory.compare(at(x), at(y), <usize>min(x.byteLength, y.byteLength));
    return order != 0 ? order : x.byteLength - y.byteLength;
  });
  return names;
}

function walk(root: string, path: string): void {
  const names = list(root + "/" + path);
  for (let i = 0; i < names.length; i++) {
    const name = path.length ? path + "/" + names[i] : names[i];
    const child = root + "/" + name;
    const place = locate(child);
    check(child, "path_filestat_get", path_filestat_get(place.fd, 0, at(place.path), place.path.byteLength, filestat));
    const kind = load<u8>(filestat, 16), size = load<i64>(filestat, 32);
    if (kind == KIND_DIRECTORY) {
      addHeader("d", name, 0);
      walk(root, name);
    } else if (kind == KIND_FILE) {
      addHeader("f", name, size);
      readFile(child, <i32>size);
    } else if (kind == KIND_LINK) {
      const target = new ArrayBuffer(4096);
      check(child, "path_readlink", path_readlink(place.fd, at(place.path), place.path.byteLength, at(target), 4096, result));
      const length = load<i32>(result);
      addHeader("l", name, length);
      add(at(target), length);
    } else {
      fail(child, "of no known kind");
    }
    growSome();
  }
}

function printFirstLine(label: string, path: string): void {
  const fd = open(path);
  if (fd < 0) fail(path, label, -fd);
  const buffer = new ArrayBuffer(4096);
  const n = readAt(fd, path, at(buffer), 4096);
  fd_close(fd);
  print(label + " " + String.UTF8.decodeUnsafe(at(buffer), n).split("\n")[0]);
}

function args(): string[] {
  args_sizes_get(result, result + 4);
  const count = load<i32>(result);
  const argv = new ArrayBuffer(count * 4), buffer = new ArrayBuffer(load<i32>(result, 4));
  args_get(at(argv), at(buffer));
  const list: string[] = [];
  for (let i = 0; i < count; i++) {
    const start = <usize>load<u32>(at(argv) + i * 4);
    let end = start;
    while (load<u8>(end)) end++;
    list.push(String.UTF8.decodeUnsafe(start, end - start));
  }
  return list;
}

export function _start(): void {
  const argv = args();
  const root = argv[1];
  if (argv.length > 3) growTarget = <i32>parseInt(argv[3]);
  makeCrcTable();
  walk(root, "");
  checkGrowth();
  const crc = (digest ^ 0xffffffff).toString(16).padStart(8, "0");
  print("digest " + crc + " entries " + entries.toString() + " bytes " + total.toString());
  printFirstLine("relative", root.substring(1) + "/" + argv[2]);
  printFirstLine("absolute", root + "/" + argv[2]);
  print("root " + list("/").join(","));
  const both = open(root + "/no/such/file") == -ENOENT && open("/no-such-file-at-all") == -ENOENT;
  print("missing " + (both ? "ENOENT" : "WRONG"));
  if (growTarget > 0) print("grown " + (blocks.length * (BLOCK >> 20)).toString());
}
