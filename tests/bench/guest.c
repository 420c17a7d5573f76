// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What file calls cost a guest. One source for two programs: a WebAssembly module that calls
// wasi_snapshot_preview1 directly, without a libc, and a native program with the same calls of
// POSIX. tests/bench/bench builds both, runs the module packed and over host mounts, and makes the
// tree that this program expects (see path_of, below).
//
//   guest MEASURE[,MEASURE…] FILES REPETITIONS MILLISECONDS
//
// Each measure is warmed up, then taken REPETITIONS times for at least MILLISECONDS each. Output:
// one line for each repetition, "MEASURE PICOSECONDS" of one operation. Any unexpected errno ends
// the program with a message and exit code 1. FILES is the number of distinct paths, in shuffled
// order. Limits: little-endian, at most kMaxFiles files.
// Specification: https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
// Tested by tests/bench/bench --quick.

#define _GNU_SOURCE
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;

enum {
  kMaxFiles = 100000,
  kPathSlot = 32,
  kSmallFile = 4096,
  kStreamRead = 65536,
  kListedEntries = 2000,
  kListBuffer = 4096,  // what wasi-libc takes first
  kGrowths = 16,
};

static void fail(const char* what, const char* detail, u32 error);

// --- The two systems --------------------------------------------------------------------------------

#ifdef __wasm__

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
typedef struct { u32 data, size; } Iovec;
WASI(args_sizes_get) int wasi_args_sizes_get(u32* count, u32* size);
WASI(args_get) int wasi_args_get(char** pointers, char* bytes);
WASI(clock_time_get) int wasi_clock_time_get(u32 clock, u64 precision, u64* time);
WASI(fd_prestat_get) int wasi_fd_prestat_get(u32 fd, u32* prestat);
WASI(fd_close) int wasi_fd_close(u32 fd);
WASI(fd_read) int wasi_fd_read(u32 fd, const Iovec* iovecs, u32 count, u32* done);
WASI(fd_readdir) int wasi_fd_readdir(u32 fd, void* buffer, u32 size, u64 cookie, u32* used);
WASI(fd_seek) int wasi_fd_seek(u32 fd, int64_t offset, u32 whence, u64* position);
WASI(fd_write) int wasi_fd_write(u32 fd, const Iovec* iovecs, u32 count, u32* done);
WASI(path_filestat_get) int wasi_path_filestat_get(u32 fd, u32 flags, const char* path, u32 size, u64* result);
WASI(path_open)
int wasi_path_open(u32 fd, u32 lookup, const char* path, u32 size, u32 oflags, u64 rights, u64 inherit, u32 fdflags,
                   u32* result);
WASI(proc_exit) _Noreturn void wasi_proc_exit(u32 code);

enum { kRoot = 3, kFollow = 1, kDirectory = 2, kNotFound = 44 };
static const u64 kRights = 1 << 1 | 1 << 2 | 1 << 5 | 1 << 14 | 1 << 21;  // read, seek, tell, readdir, filestat

static u64 now(void) {
  u64 time = 0;
  wasi_clock_time_get(1, 0, &time);
  return time;
}
static int call_stat(const char* path, u32 size) {
  u64 result[8];
  return wasi_path_filestat_get(kRoot, kFollow, path, size, result);
}
static int call_open(const char* path, u32 size, int directory, u32* fd) {
  return wasi_path_open(kRoot, kFollow, path, size, directory ? kDirectory : 0, kRights, kRights, 0, fd);
}
static int call_read(u32 fd, void* to, u32 size, u32* done) {
  const Iovec iovec = {(u32)to, size};
  return wasi_fd_read(fd, &iovec, 1, done);
}
static int call_write(u32 fd, const void* from, u32 size, u32* done) {
  const Iovec iovec = {(u32)from, size};
  return wasi_fd_write(fd, &iovec, 1, done);
}
static int call_seek(u32 fd, u64 offset) {
  u64 position;
  return wasi_fd_seek(fd, (int64_t)offset, 0, &position);
}
static int call_close(u32 fd) { return wasi_fd_close(fd); }
_Noreturn static void quit(u32 code) { wasi_proc_exit(code); }

static u8 list_buffer[kListBuffer];
static u32 list(u32 fd) {
  u32 found = 0;
  for (u64 cookie = 0;;) {
    u32 used;
    const int error = wasi_fd_readdir(fd, list_buffer, kListBuffer, cookie, &used);
    if (error != 0) fail("fd_readdir", "", (u32)error);
    const u64 start = cookie;
    for (u32 at = 0; at + 24 <= used;) {
      u64 next;
      u32 name_size;
      __builtin_memcpy(&next, list_buffer + at, 8);
      __builtin_memcpy(&name_size, list_buffer + at + 16, 4);
      if (at + 24 + name_size > used) break;  // cut off: it comes again with the next call
      found += list_buffer[at + 24] == 'e';
      at += 24 + name_size;
      cookie = next;
    }
    if (used < kListBuffer) return found;
    if (cookie == start) fail("fd_readdir", "no progress", 0);
  }
}

#else  // native

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { kNotFound = ENOENT };

static u64 now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (u64)time.tv_sec * 1000000000u + (u64)time.tv_nsec;
}
static int call_stat(const char* path, u32 size) {
  (void)size;
  struct stat result;
  return stat(path, &result) == 0 ? 0 : errno;
}
static int call_open(const char* path, u32 size, int directory, u32* fd) {
  (void)size;
  const int result = open(path, O_RDONLY | O_CLOEXEC | (directory ? O_DIRECTORY : 0));
  *fd = (u32)result;
  return result >= 0 ? 0 : errno;
}
static int call_read(u32 fd, void* to, u32 size, u32* done) {
  const ssize_t result = read((int)fd, to, size);
  *done = (u32)result;
  return result >= 0 ? 0 : errno;
}
static int call_write(u32 fd, const void* from, u32 size, u32* done) {
  const ssize_t result = write((int)fd, from, size);
  *done = (u32)result;
  return result >= 0 ? 0 : errno;
}
static int call_seek(u32 fd, u64 offset) { return lseek((int)fd, (off_t)offset, SEEK_SET) < 0 ? errno : 0; }
static int call_close(u32 fd) { return close((int)fd) == 0 ? 0 : errno; }
_Noreturn static void quit(u32 code) { exit((int)code); }

static _Alignas(8) u8 list_buffer[kListBuffer];
static u32 list(u32 fd) {
  u32 found = 0;
  for (;;) {
    const long used = syscall(SYS_getdents64, (int)fd, list_buffer, kListBuffer);
    if (used < 0) fail("getdents64", "", (u32)errno);
    if (used == 0) return found;
    for (long at = 0; at < used;) {
      const struct dirent64* entry = (const struct dirent64*)(list_buffer + at);
      found += entry->d_name[0] == 'e';
      at += entry->d_reclen;
    }
  }
}

#endif

// --- Text -------------------------------------------------------------------------------------------

static u32 length(const char* text) {
  u32 size = 0;
  while (text[size] != 0) size++;
  return size;
}
static void print(const char* text) {
  u32 size = length(text);
  while (size > 0) {
    u32 done = 0;
    if (call_write(1, text, size, &done) != 0 || done == 0) quit(2);
    text += done;
    size -= done;
  }
}
static char* digits(char* to, u64 value, u32 width) {
  for (u32 i = width; i > 0; i--) {
    to[i - 1] = (char)('0' + value % 10);
    value /= 10;
  }
  return to + width;
}
static void print_number(u64 value) {
  char text[24];
  u32 width = 1;
  for (u64 rest = value / 10; rest > 0; rest /= 10) width++;
  *digits(text, value, width) = 0;
  print(text);
}
static void fail(const char* what, const char* detail, u32 error) {
  print("error: ");
  print(what);
  print(" ");
  print(detail);
  print(": ");
  print_number(error);
  print("\n");
  quit(1);
}
static u32 number(const char* text) {
  u32 value = 0;
  for (; *text >= '0' && *text <= '9'; text++) value = value * 10 + (u32)(*text - '0');
  return value;
}

// --- The tree ---------------------------------------------------------------------------------------
// tree/dDDD/sSS/fFFFFFF.bin, 4 KiB each, 50 to a directory and 8 directories to one above them.

static u32 files;
static char hits[kMaxFiles][kPathSlot], misses[kMaxFiles][kPathSlot];
static u32 path_size;

static void path_of(char* to, u32 file, const char* ending) {
  const char* parts[] = {"tree/d", "/s", "/f"};
  const u32 numbers[] = {file / 400, file / 50 % 8, file}, widths[] = {3, 2, 6};
  for (u32 part = 0; part < 3; part++) {
    for (const char* from = parts[part]; *from != 0;) *to++ = *from++;
    to = digits(to, numbers[part], widths[part]);
  }
  while ((*to++ = *ending++) != 0) {}
}

static u32 random_state = 1;
static u32 random_below(u32 limit) {  // xorshift32
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return (u32)((u64)random_state * limit >> 32);
}

static u32 order[kMaxFiles];
static void make_paths(void) {
  for (u32 i = 0; i < files; i++) order[i] = i;
  for (u32 i = files; i > 1; i--) {
    const u32 other = random_below(i), kept = order[i - 1];
    order[i - 1] = order[other];
    order[other] = kept;
  }
  for (u32 i = 0; i < files; i++) {
    path_of(hits[i], order[i], ".bin");
    path_of(misses[i], order[i], ".nix");
  }
  path_size = length(hits[0]);
}

// --- The measures: each function does a number of operations and returns how many -------------------

static u8 buffer[kStreamRead];
static u32 large, large_size;  // the descriptor of tree/large.bin, opened on first use, and its size

static u32 stat_hit(void) {
  for (u32 i = 0; i < files; i++) {
    const int error = call_stat(hits[i], path_size);
    if (error != 0) fail("stat", hits[i], (u32)error);
  }
  return files;
}

static u32 stat_miss(void) {
  for (u32 i = 0; i < files; i++) {
    const int error = call_stat(misses[i], path_size);
    if (error != kNotFound) fail("stat", misses[i], (u32)error);
  }
  return files;
}

static u32 open_read_close(void) {
  for (u32 i = 0; i < files; i++) {
    u32 fd, done;
    int error = call_open(hits[i], path_size, 0, &fd);
    if (error != 0) fail("open", hits[i], (u32)error);
    error = call_read(fd, buffer, kSmallFile, &done);
    if (error != 0 || done != kSmallFile) fail("read", hits[i], (u32)error);
    error = call_close(fd);
    if (error != 0) fail("close", hits[i], (u32)error);
  }
  return files;
}

static u32 list_directory(void) {
  u32 fd;
  int error = call_open("tree/list", 9, 1, &fd);
  if (error != 0) fail("open", "tree/list", (u32)error);
  const u32 found = list(fd);
  if (found != kListedEntries) fail("list", "tree/list: entries", found);
  error = call_close(fd);
  if (error != 0) fail("close", "tree/list", (u32)error);
  return kListedEntries;
}

static void open_large(void) {
  if (large != 0) return;
  const int error = call_open("tree/large.bin", 14, 0, &large);
  if (error != 0) fail("open", "tree/large.bin", (u32)error);
}

static u32 stream_64k(void) {
  open_large();
  int error = call_seek(large, 0);
  if (error != 0) fail("seek", "tree/large.bin", (u32)error);
  for (u32 reads = 0;; reads++) {
    u32 done;
    error = call_read(large, buffer, kStreamRead, &done);
    if (error != 0) fail("read", "tree/large.bin", (u32)error);
    if (done == 0) {
      large_size = reads * kStreamRead;
      return reads;
    }
  }
}

/// Seeks to a random place and reads `size` bytes there, 1,000 times.
static inline u32 seek_and_read(u32 size) {
  if (large_size == 0) stream_64k();
  for (u32 i = 0; i < 1000; i++) {
    u32 done;
    int error = call_seek(large, random_below(large_size / kSmallFile) * kSmallFile);
    if (error != 0) fail("seek", "tree/large.bin", (u32)error);
    error = call_read(large, buffer, size, &done);
    if (error != 0 || done != size) fail("read", "tree/large.bin", (u32)error);
  }
  return 1000;
}

static u32 random_4k(void) { return seek_and_read(kSmallFile); }

/// random_4k() without its bytes: what its two calls cost.
static u32 seek_read_nothing(void) { return seek_and_read(0); }

/// Writing nothing to standard output: what a call costs that is not about files.
static u32 write_nothing(void) {
  for (u32 i = 0; i < 1000; i++) {
    u32 done;
    const int error = call_write(1, buffer, 0, &done);
    if (error != 0) fail("write", "standard output", (u32)error);
  }
  return 1000;
}

/// The same without looking at the answer, for a host whose fd_write does nothing at all.
static u32 forward(void) {
  for (u32 i = 0; i < 1000; i++) {
    u32 done;
    call_write(1, buffer, 1, &done);
  }
  return 1000;
}

static u32 read_clock(void) {
  u64 sum = 0;
  for (u32 i = 0; i < 1000; i++) sum += now();
  return sum == 0 ? 0 : 1000;
}

#ifdef __wasm__
static u32 grow(void) {
  for (u32 i = 0; i < kGrowths; i++) {
    if (__builtin_wasm_memory_grow(0, 1) == (u32)-1) fail("memory.grow", "", 0);
  }
  return kGrowths;
}
#endif

static const struct Measure {
  const char* name;
  u32 (*pass)(void);
  u8 once;  // a repetition is one pass: it cannot be done without end
} measures[] = {
    {"stat_hit", stat_hit, 0},       {"stat_miss", stat_miss, 0},   {"open_read_close", open_read_close, 0},
    {"readdir", list_directory, 0},  {"stream_64k", stream_64k, 0}, {"random_4k", random_4k, 0},
    {"seek_read_nothing", seek_read_nothing, 0},
    {"write_nothing", write_nothing, 0}, {"clock", read_clock, 0},
#ifdef __wasm__
    {"grow", grow, 1},
#endif
};

static u64 picoseconds(u32 (*pass)(void), u64 at_least) {
  const u64 start = now();
  u64 count = 0, elapsed;
  do {
    count += pass();
    elapsed = now() - start;
  } while (elapsed < at_least);
  return elapsed * 1000 / count;
}

static void take(const struct Measure* measure, u32 repetitions, u64 nanoseconds) {
  if (measure->once) nanoseconds = 0;
  picoseconds(measure->pass, nanoseconds * 3);  // an engine replaces code that has become hot
  for (u32 i = 0; i < repetitions; i++) {
    const u64 result = picoseconds(measure->pass, nanoseconds);
    print(measure->name);
    print(" ");
    print_number(result);
    print("\n");
  }
}

static int named(const char* list, const char* name) {
  for (;;) {
    u32 i = 0;
    while (name[i] != 0 && list[i] == name[i]) i++;
    if (name[i] == 0 && (list[i] == 0 || list[i] == ',')) return 1;
    while (*list != 0 && *list != ',') list++;
    if (*list++ == 0) return 0;
  }
}

static void run(u32 count, char** arguments) {
  if (count != 5) {
    print("usage: guest MEASURE[,MEASURE...] FILES REPETITIONS MILLISECONDS\n");
    quit(2);
  }
  files = number(arguments[2]);
  if (files == 0 || files > kMaxFiles) fail("files", arguments[2], 0);
  make_paths();
  for (u32 i = 0; i < sizeof(measures) / sizeof(*measures); i++) {
    if (named(arguments[1], measures[i].name)) {
      take(&measures[i], number(arguments[3]), number(arguments[4]) * 1000000ull);
    }
  }
}

#ifdef __wasm__
/// For tests/bench/run_*: picoseconds of one forwarded call, in a host that answers at once.
__attribute__((export_name("measure_forward"))) u64 measure_forward(u32 milliseconds) {
  return picoseconds(forward, milliseconds * 1000000ull);
}
/// For counting: one call of each kind about the path of one file. Returns the first errno that is not 0.
__attribute__((export_name("prepare"))) u32 prepare(u32 count) {
  files = count;
  make_paths();
  return (u32)call_stat(hits[0], path_size);
}
__attribute__((export_name("one_stat"))) u32 one_stat(u32 file) { return (u32)call_stat(hits[file], path_size); }
__attribute__((export_name("one_miss"))) u32 one_miss(u32 file) { return (u32)call_stat(misses[file], path_size); }
__attribute__((export_name("one_open"))) u32 one_open(u32 file) {
  u32 fd;
  const int error = call_open(hits[file], path_size, 0, &fd);
  return error != 0 ? (u32)error : (u32)call_close(fd);
}

void _start(void) {
  static char* pointers[16];
  static char bytes[1024];
  u32 count, size, prestat[2];
  if (wasi_args_sizes_get(&count, &size) != 0 || count > 16 || size > sizeof bytes) quit(2);
  wasi_args_get(pointers, bytes);
  wasi_fd_prestat_get(kRoot, prestat);  // as every libc does before its first path
  run(count, pointers);
}
#else
int main(int argc, char** argv) {
  (void)forward;
  run((u32)argc, argv);
}
#endif
