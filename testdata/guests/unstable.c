// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program of wasi_unstable, with its own declarations and structures, as a C library of 2019 had
// them (https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview0/docs.md). Its exit code is the
// number of the check that failed, or 0. Build with -nostdlib.

#include <stdint.h>

#define IMPORT(name) __attribute__((import_module("wasi_unstable"), import_name(#name)))

IMPORT(fd_write) int fd_write(int, const void *, int, void *);
IMPORT(fd_read) int fd_read(int, const void *, int, void *);
IMPORT(fd_seek) int fd_seek(int, int64_t, int, void *);
IMPORT(fd_filestat_get) int fd_filestat_get(int, void *);
IMPORT(path_filestat_get) int path_filestat_get(int, int, const char *, int, void *);
IMPORT(path_open)
int path_open(int, int, const char *, int, int, int64_t, int64_t, int, void *);
IMPORT(fd_prestat_get) int fd_prestat_get(int, void *);
IMPORT(poll_oneoff) int poll_oneoff(const void *, void *, int, void *);
IMPORT(proc_exit) _Noreturn void proc_exit(int);

struct filestat {
  uint64_t dev, ino;
  uint8_t filetype;
  uint32_t nlink;
  uint64_t size, atim, mtim, ctim;
};
_Static_assert(sizeof(struct filestat) == 56, "filestat");

struct subscription {
  uint64_t userdata;
  uint8_t type;
  union {
    struct {
      uint64_t identifier;
      uint32_t clock;
      uint64_t timeout, precision;
      uint16_t flags;
    } clock;
    uint32_t fd;
  } u;
};
_Static_assert(sizeof(struct subscription) == 56, "subscription");

struct event {
  uint64_t userdata;
  uint16_t error;
  uint8_t type;
  uint64_t nbytes;
  uint16_t flags;
};
_Static_assert(sizeof(struct event) == 32, "event");

enum { CUR, END, SET };

static void check(int right, int number) {
  if (!right) proc_exit(number);
}

// Preopens are asked for by their descriptors, until there are no more: the last is the packed root.
static int root(void) {
  uint32_t prestat[2];
  int fd = 3;
  while (fd_prestat_get(fd, prestat) == 0) ++fd;
  return fd - 1;
}

void _start(void) {
  static const char path[] = "data/a.txt";
  static struct filestat status[2];
  int directory = root(), fd;
  check(path_filestat_get(directory, 1, path, sizeof(path) - 1, status) == 0, 1);
  check(status[0].size == 5 && status[0].nlink == 1 && status[0].filetype == 4, 2);
  check(status[1].dev == 0, 3);
  check(path_open(directory, 1, path, sizeof(path) - 1, 0, 2, 2, 0, &fd) == 0, 4);
  check(fd_filestat_get(fd, status) == 0 && status[0].mtim != 0 && status[1].dev == 0, 5);
  uint64_t position;
  check(fd_seek(fd, 3, SET, &position) == 0 && position == 3, 6);
  check(fd_seek(fd, -2, CUR, &position) == 0 && position == 1, 7);
  check(fd_seek(fd, -1, END, &position) == 0 && position == 4, 8);
  check(fd_seek(fd, 0, SET, &position) == 0, 9);

  // A packed file and a timer that runs out at once: the host is asked about the timer.
  static struct subscription subscriptions[2];
  subscriptions[0].userdata = 7;
  subscriptions[0].type = 1;
  subscriptions[0].u.fd = (uint32_t)fd;
  subscriptions[1].userdata = 8;
  subscriptions[1].u.clock.clock = 1;
  static struct event events[2];
  uint32_t count;
  check(poll_oneoff(subscriptions, events, 2, &count) == 0 && count >= 1, 10);
  check(events[0].userdata == 7 && events[0].error == 0 && events[0].nbytes == 5, 11);

  char text[8];
  struct {
    void *buffer;
    uint32_t size;
  } vector = {text, sizeof(text)};
  check(fd_read(fd, &vector, 1, &count) == 0 && count == 5, 12);
  vector.size = count;
  check(fd_write(1, &vector, 1, &count) == 0, 13);
}
