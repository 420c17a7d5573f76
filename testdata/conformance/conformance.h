// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The C guest of the conformance suite: what each (WASI function, errno or effect) of preview 1
// does, called directly, so that no libc retries, caches or resolves in between.
//
// A case is `CASE(KIND, function, WHAT, variant) { … }`. WHAT is an errno's name, or an effect's in
// lower case; tests/conformance/pairs.txt says what each means. A case may not rely on another one:
// it starts with no descriptor open but stdio and the preopens, and with `dir`, which is
//   TREE           the tree that tests/conformance/fixtures.py makes, which is only looked at
//   REFUSED        a second such tree, read-only, and the case tries to change it
//   SCRATCH        an empty directory of the case's own, which it may change
//   HOST           not a directory at all: the case is not about files
// The first failed check of a case decides what is printed; the case goes on to its end.
// Specification: https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md
// Run by tests/conformance/test_conformance.py.

#ifndef WASM_VFS_TESTDATA_CONFORMANCE_H_
#define WASM_VFS_TESTDATA_CONFORMANCE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <wasi/api.h>

// ---- The calls. Addresses are integers where bad ones are passed.

#define CALL(name, ...)                                                                      \
  __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) int32_t name( \
      __VA_ARGS__);
CALL(args_get, const void* argv, const void* buffer)
CALL(args_sizes_get, const void* count, const void* size)
CALL(environ_get, const void* environ, const void* buffer)
CALL(environ_sizes_get, const void* count, const void* size)
CALL(clock_res_get, int32_t clock, const void* result)
CALL(clock_time_get, int32_t clock, int64_t precision, const void* result)
CALL(fd_advise, int32_t fd, int64_t offset, int64_t size, int32_t advice)
CALL(fd_allocate, int32_t fd, int64_t offset, int64_t size)
CALL(fd_close, int32_t fd)
CALL(fd_datasync, int32_t fd)
CALL(fd_fdstat_get, int32_t fd, const void* result)
CALL(fd_fdstat_set_flags, int32_t fd, int32_t flags)
CALL(fd_fdstat_set_rights, int32_t fd, uint64_t base, uint64_t inheriting)
CALL(fd_filestat_get, int32_t fd, const void* result)
CALL(fd_filestat_set_size, int32_t fd, int64_t size)
CALL(fd_filestat_set_times, int32_t fd, int64_t access, int64_t modification, int32_t flags)
CALL(fd_pread, int32_t fd, const void* iovecs, uint32_t count, int64_t offset, const void* result)
CALL(fd_prestat_get, int32_t fd, const void* result)
CALL(fd_prestat_dir_name, int32_t fd, const void* name, uint32_t size)
CALL(fd_pwrite, int32_t fd, const void* iovecs, uint32_t count, int64_t offset, const void* result)
CALL(fd_read, int32_t fd, const void* iovecs, uint32_t count, const void* result)
CALL(fd_readdir, int32_t fd, const void* buffer, uint32_t size, uint64_t cookie, const void* result)
CALL(fd_renumber, int32_t from, int32_t to)
CALL(fd_seek, int32_t fd, int64_t offset, int32_t whence, const void* result)
CALL(fd_sync, int32_t fd)
CALL(fd_tell, int32_t fd, const void* result)
CALL(fd_write, int32_t fd, const void* iovecs, uint32_t count, const void* result)
CALL(path_create_directory, int32_t fd, const void* path, uint32_t size)
CALL(path_filestat_get, int32_t fd, int32_t lookup, const void* path, uint32_t size,
     const void* result)
CALL(path_filestat_set_times, int32_t fd, int32_t lookup, const void* path, uint32_t size,
     int64_t access, int64_t modification, int32_t flags)
CALL(path_link, int32_t old_fd, int32_t lookup, const void* old_path, uint32_t old_size,
     int32_t new_fd, const void* new_path, uint32_t new_size)
CALL(path_open, int32_t fd, int32_t lookup, const void* path, uint32_t size, int32_t oflags,
     uint64_t base, uint64_t inheriting, int32_t fdflags, const void* result)
CALL(path_readlink, int32_t fd, const void* path, uint32_t size, const void* buffer,
     uint32_t capacity, const void* result)
CALL(path_remove_directory, int32_t fd, const void* path, uint32_t size)
CALL(path_rename, int32_t fd, const void* old_path, uint32_t old_size, int32_t new_fd,
     const void* new_path, uint32_t new_size)
CALL(path_symlink, const void* target, uint32_t target_size, int32_t fd, const void* path,
     uint32_t size)
CALL(path_unlink_file, int32_t fd, const void* path, uint32_t size)
CALL(poll_oneoff, const void* subscriptions, const void* events, uint32_t count, const void* result)
CALL(proc_raise, int32_t signal)
CALL(random_get, const void* buffer, uint32_t size)
CALL(sched_yield, void)
CALL(sock_accept, int32_t fd, int32_t flags, const void* result)
CALL(sock_recv, int32_t fd, const void* iovecs, uint32_t count, int32_t flags, const void* size,
     const void* result_flags)
CALL(sock_send, int32_t fd, const void* iovecs, uint32_t count, int32_t flags, const void* size)
CALL(sock_shutdown, int32_t fd, int32_t how)
#undef CALL
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"), noreturn)) void
proc_exit(int32_t code);

// ---- Names of the specification.

enum Errno {
  SUCCESS = 0,
  TOOBIG = 1,
  ACCES = 2,
  AGAIN = 6,
  BADF = 8,
  BUSY = 10,
  EXIST = 20,
  FAULT = 21,
  FBIG = 22,
  ILSEQ = 25,
  INVAL = 28,
  IO = 29,
  ISDIR = 31,
  LOOP = 32,
  MFILE = 33,
  NAMETOOLONG = 37,
  NOENT = 44,
  NOSPC = 51,
  NOSYS = 52,
  NOTCONN = 53,
  NOTDIR = 54,
  NOTEMPTY = 55,
  NOTSOCK = 57,
  NOTSUP = 58,
  OVERFLOW = 61,
  PERM = 63,
  PIPE = 64,
  ROFS = 69,
  SPIPE = 70,
  XDEV = 75,
  NOTCAPABLE = 76,
};
enum { FOLLOW = 1 };                                                 // lookupflags
enum { CREAT = 1, DIRECTORY = 2, EXCL = 4, TRUNC = 8 };              // oflags
enum { APPEND = 1, NONBLOCK = 4 };                                   // fdflags
enum { SET = 0, CUR = 1, END = 2 };                                  // whence
enum { ATIM = 1, ATIM_NOW = 2, MTIM = 4, MTIM_NOW = 8 };             // fstflags
enum { IS_DEVICE = 2, IS_DIRECTORY = 3, IS_FILE = 4, IS_LINK = 7 };  // filetype

// What can be asked of a file to read, to write, and of a directory: hosts that look at rights
// refuse more than applies.
#define RIGHT(bit) ((uint64_t)1 << (bit))
#define FD_READ RIGHT(1)
#define FD_WRITE RIGHT(6)
#define FD_READDIR RIGHT(14)
#define READER                                                                               \
  (FD_READ | RIGHT(2) | RIGHT(3) | RIGHT(5) | RIGHT(7) | RIGHT(21) | RIGHT(23) | RIGHT(27) | \
   RIGHT(0) | RIGHT(4))
#define WRITER (READER | FD_WRITE | RIGHT(8) | RIGHT(22))
// create, open, readdir, readlink, rename, stat, link, unlink …: all path_* and those of readers
#define WALKER                                                                                     \
  (FD_READDIR | RIGHT(9) | RIGHT(10) | RIGHT(11) | RIGHT(12) | RIGHT(13) | RIGHT(15) | RIGHT(16) | \
   RIGHT(17) | RIGHT(18) | RIGHT(19) | RIGHT(20) | RIGHT(21) | RIGHT(23) | RIGHT(24) | RIGHT(25) | \
   RIGHT(26) | RIGHT(4) | RIGHT(3))

// ---- Cases.

enum Kind { TREE, REFUSED, SCRATCH, HOST };
struct Case {
  enum Kind kind;
  const char* function;
  const char* what;
  const char* variant;
  void (*run)(void);
};
#define CASE(kind, function, what, variant)                                               \
  static void function##_##what##_##variant(void);                                        \
  __attribute__((section("cases"),                                                        \
                 used)) static const struct Case case_##function##_##what##_##variant = { \
      kind, #function, #what, #variant, function##_##what##_##variant};                   \
  static void function##_##what##_##variant(void)

extern int32_t dir;
/// A preopen that one case may close.
extern int32_t spare_directory;

/// Records a failure if `value` is not `want`; returns whether it is.
bool check_errno(int32_t want, int32_t value, const char* text, int line);
bool check_one_of(const int32_t* wants, int want_count, int32_t value, const char* text, int line);
bool check_equal(uint64_t want, uint64_t value, const char* text, int line);
#define IS(want, call) check_errno(want, call, #call, __LINE__)
#define OK(call) check_errno(SUCCESS, call, #call, __LINE__)
/// For what the specification leaves open, or has several names for.
#define LIST(...) (const int32_t[]){__VA_ARGS__}, sizeof(int32_t[]){__VA_ARGS__} / sizeof(int32_t)
#define ONE_OF(call, ...) check_one_of(LIST(__VA_ARGS__), call, #call, __LINE__)
#define EITHER(want, other, call) check_one_of(LIST(want, other), call, #call, __LINE__)
#define EQUAL(want, value) check_equal((uint64_t)(want), (uint64_t)(value), #value, __LINE__)
#define TRUE(value) check_equal(1, (value) ? 1 : 0, #value, __LINE__)

// ---- Short forms. Paths are C strings.

#define P(path) (path), (uint32_t)strlen(path)

/// A descriptor that nobody has.
enum { NOBODY = 4000 };
/// An address beyond any memory that the guest can have.
#define NOWHERE ((void*)0xfffffff0u)

/// Opens; a failure fails the case, and gives -1.
int32_t open_for(int32_t at, const char* path, int32_t oflags, uint64_t rights, int line);
#define OPEN(path) open_for(dir, path, 0, READER, __LINE__)
#define OPEN_DIR(path) open_for(dir, path, DIRECTORY, WALKER, __LINE__)
#define CREATE(path) open_for(dir, path, CREAT, WRITER, __LINE__)
/// Only the errno of an attempt; what it opens is closed after the case.
int32_t try_open(int32_t at, int32_t lookup, const char* path, int32_t oflags, uint64_t rights,
                 int32_t fdflags);

/// The errno; the count is left in `count`.
int32_t read_some(int32_t fd, void* buffer, uint32_t size);
int32_t pread_some(int32_t fd, void* buffer, uint32_t size, int64_t offset);
int32_t write_text(int32_t fd, const char* text);
int32_t pwrite_text(int32_t fd, const char* text, int64_t offset);
int32_t seek_to(int32_t fd, int64_t offset, int32_t whence);  // to `position`
extern uint32_t count;
extern uint64_t position;
extern uint8_t bytes[65536];

/// Makes a file with that content.
void make_file(const char* path, const char* content, int line);
void make_dir(const char* path, int line);
void make_link(const char* target, const char* path, int line);
#define FILE(path, content) make_file(path, content, __LINE__)
#define DIR(path) make_dir(path, __LINE__)
#define LINK(target, path) make_link(target, path, __LINE__)
/// Whether the whole file reads as the text.
bool holds(const char* path, const char* text);

/// The errno; the result is left in `stat`.
int32_t stat_at(const char* path, int32_t lookup);
int32_t stat_fd(int32_t fd);
extern __wasi_filestat_t stat;
/// Whether there is a name, not followed.
bool exists(const char* path);
int32_t fdstat_fd(int32_t fd);
extern __wasi_fdstat_t fdstat;

#endif  // WASM_VFS_TESTDATA_CONFORMANCE_H_
