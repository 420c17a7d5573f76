// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Addresses that lie outside the memory: FAULT, for each one that a call takes. See conformance.h.
// Hosts that trap instead end the run here and go on behind the case (conformance.h, harness.c).

#include "conformance.h"

static uint64_t result[16];
static const __wasi_iovec_t good = {bytes, 4};
static const __wasi_iovec_t bad = {(uint8_t*)0xfffffff0u, 4};

CASE(HOST, args_get, FAULT, pointers) {
  IS(FAULT, args_get(NOWHERE, bytes));
}
CASE(HOST, args_get, FAULT, text) {
  IS(FAULT, args_get(bytes, NOWHERE));
}
CASE(HOST, args_sizes_get, FAULT, count) {
  IS(FAULT, args_sizes_get(NOWHERE, result));
}
CASE(HOST, args_sizes_get, FAULT, size) {
  IS(FAULT, args_sizes_get(result, NOWHERE));
}
CASE(HOST, environ_get, FAULT, pointers) {
  IS(FAULT, environ_get(NOWHERE, bytes));
}
CASE(HOST, environ_get, FAULT, text) {
  IS(FAULT, environ_get(bytes, NOWHERE));
}
CASE(HOST, environ_sizes_get, FAULT, count) {
  IS(FAULT, environ_sizes_get(NOWHERE, result));
}
CASE(HOST, environ_sizes_get, FAULT, size) {
  IS(FAULT, environ_sizes_get(result, NOWHERE));
}
CASE(HOST, clock_res_get, FAULT, result) {
  IS(FAULT, clock_res_get(0, NOWHERE));
}
CASE(HOST, clock_time_get, FAULT, result) {
  IS(FAULT, clock_time_get(0, 0, NOWHERE));
}
CASE(HOST, random_get, FAULT, buffer) {
  IS(FAULT, random_get(NOWHERE, 100));
}

CASE(TREE, fd_read, FAULT, vector) {
  IS(FAULT, fd_read(OPEN("hello"), NOWHERE, 1, result));
}
CASE(TREE, fd_read, FAULT, buffer) {
  IS(FAULT, fd_read(OPEN("hello"), &bad, 1, result));
}
CASE(TREE, fd_read, FAULT, result) {
  IS(FAULT, fd_read(OPEN("hello"), &good, 1, NOWHERE));
}
CASE(TREE, fd_read, FAULT, count_that_wraps) {
  IS(FAULT, fd_read(OPEN("hello"), &good, 0x20000001, result));
}
CASE(TREE, fd_pread, FAULT, vector) {
  IS(FAULT, fd_pread(OPEN("hello"), NOWHERE, 1, 0, result));
}
CASE(TREE, fd_pread, FAULT, buffer) {
  IS(FAULT, fd_pread(OPEN("hello"), &bad, 1, 0, result));
}
CASE(TREE, fd_pread, FAULT, result) {
  IS(FAULT, fd_pread(OPEN("hello"), &good, 1, 0, NOWHERE));
}
CASE(SCRATCH, fd_write, FAULT, vector) {
  IS(FAULT, fd_write(CREATE("f"), NOWHERE, 1, result));
}
CASE(SCRATCH, fd_write, FAULT, buffer) {
  IS(FAULT, fd_write(CREATE("f"), &bad, 1, result));
}
CASE(SCRATCH, fd_write, FAULT, result) {
  IS(FAULT, fd_write(CREATE("f"), &good, 1, NOWHERE));
}
CASE(SCRATCH, fd_pwrite, FAULT, vector) {
  IS(FAULT, fd_pwrite(CREATE("f"), NOWHERE, 1, 0, result));
}
CASE(SCRATCH, fd_pwrite, FAULT, buffer) {
  IS(FAULT, fd_pwrite(CREATE("f"), &bad, 1, 0, result));
}
CASE(SCRATCH, fd_pwrite, FAULT, result) {
  IS(FAULT, fd_pwrite(CREATE("f"), &good, 1, 0, NOWHERE));
}
CASE(TREE, fd_seek, FAULT, result) {
  IS(FAULT, fd_seek(OPEN("hello"), 0, SET, NOWHERE));
}
CASE(TREE, fd_tell, FAULT, result) {
  IS(FAULT, fd_tell(OPEN("hello"), NOWHERE));
}
CASE(TREE, fd_fdstat_get, FAULT, result) {
  IS(FAULT, fd_fdstat_get(OPEN("hello"), NOWHERE));
}
CASE(TREE, fd_filestat_get, FAULT, result) {
  IS(FAULT, fd_filestat_get(OPEN("hello"), NOWHERE));
}
CASE(HOST, fd_prestat_get, FAULT, result) {
  IS(FAULT, fd_prestat_get(3, NOWHERE));
}
CASE(HOST, fd_prestat_dir_name, FAULT, buffer) {
  IS(FAULT, fd_prestat_dir_name(3, NOWHERE, 8));
}
CASE(TREE, fd_readdir, FAULT, buffer) {
  IS(FAULT, fd_readdir(dir, NOWHERE, 100, 0, result));
}
CASE(TREE, fd_readdir, FAULT, result) {
  IS(FAULT, fd_readdir(dir, bytes, 100, 0, NOWHERE));
}
CASE(SCRATCH, path_create_directory, FAULT, path) {
  IS(FAULT, path_create_directory(dir, NOWHERE, 4));
}
CASE(TREE, path_filestat_get, FAULT, path) {
  IS(FAULT, path_filestat_get(dir, 0, NOWHERE, 4, result));
}
CASE(TREE, path_filestat_get, FAULT, path_that_wraps) {
  IS(FAULT, path_filestat_get(dir, 0, bytes, 0xfffffff0, result));
}
CASE(TREE, path_filestat_get, FAULT, result) {
  IS(FAULT, path_filestat_get(dir, 0, P("hello"), NOWHERE));
}
CASE(SCRATCH, path_filestat_set_times, FAULT, path) {
  IS(FAULT, path_filestat_set_times(dir, 0, NOWHERE, 4, 0, 0, MTIM_NOW));
}
CASE(SCRATCH, path_link, FAULT, old_path) {
  IS(FAULT, path_link(dir, 0, NOWHERE, 4, dir, P("g")));
}
CASE(SCRATCH, path_link, FAULT, new_path) {
  FILE("f", "");
  IS(FAULT, path_link(dir, 0, P("f"), dir, NOWHERE, 4));
}
CASE(TREE, path_open, FAULT, path) {
  IS(FAULT, path_open(dir, 0, NOWHERE, 4, 0, READER, 0, 0, result));
}
CASE(TREE, path_open, FAULT, result) {
  IS(FAULT, path_open(dir, 0, P("hello"), 0, READER, 0, 0, NOWHERE));
}
CASE(TREE, path_readlink, FAULT, path) {
  IS(FAULT, path_readlink(dir, NOWHERE, 4, bytes, 64, result));
}
CASE(TREE, path_readlink, FAULT, buffer) {
  IS(FAULT, path_readlink(dir, P("link"), NOWHERE, 64, result));
}
CASE(TREE, path_readlink, FAULT, result) {
  IS(FAULT, path_readlink(dir, P("link"), bytes, 64, NOWHERE));
}
CASE(SCRATCH, path_remove_directory, FAULT, path) {
  IS(FAULT, path_remove_directory(dir, NOWHERE, 4));
}
CASE(SCRATCH, path_rename, FAULT, old_path) {
  IS(FAULT, path_rename(dir, NOWHERE, 4, dir, P("g")));
}
CASE(SCRATCH, path_rename, FAULT, new_path) {
  FILE("f", "");
  IS(FAULT, path_rename(dir, P("f"), dir, NOWHERE, 4));
}
CASE(SCRATCH, path_symlink, FAULT, target) {
  IS(FAULT, path_symlink(NOWHERE, 4, dir, P("l")));
}
CASE(SCRATCH, path_symlink, FAULT, path) {
  IS(FAULT, path_symlink(P("x"), dir, NOWHERE, 4));
}
CASE(SCRATCH, path_unlink_file, FAULT, path) {
  IS(FAULT, path_unlink_file(dir, NOWHERE, 4));
}
CASE(HOST, poll_oneoff, FAULT, subscriptions) {
  IS(FAULT, poll_oneoff(NOWHERE, bytes, 1, result));
}
CASE(HOST, poll_oneoff, FAULT, events) {
  memset(bytes, 0, 48);  // a clock that has run out
  IS(FAULT, poll_oneoff(bytes, NOWHERE, 1, result));
}
CASE(HOST, poll_oneoff, FAULT, result) {
  memset(bytes, 0, 48);
  IS(FAULT, poll_oneoff(bytes, bytes + 64, 1, NOWHERE));
}
CASE(HOST, sock_recv, FAULT, vector) {
  // Which is looked at first is open.
  EITHER(FAULT, BADF, sock_recv(NOBODY, NOWHERE, 1, 0, result, result));
}

// The last case of all: tests/conformance/hosts.py knows the code.
CASE(HOST, proc_exit, exit_code, of_the_process) {
  proc_exit(42);
}
