/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * files OPERATION…: does what its arguments say, in their order, and prints a line for each: the operation's result, or
 * `errno N` with WASI's number. tests/e2e/mounts.py runs it beside the same program in Go, Rust and Zig.
 *
 *   read PATH         the contents                     write PATH TEXT     makes or truncates a file
 *   list PATH         the sorted names, with commas    mkdir PATH          unlink PATH        rmdir PATH
 *   stat PATH         `file SIZE` or `directory`       rename FROM TO      readlink PATH
 *   at DIRECTORY NAME opens the directory, and reads NAME relative to it
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(void) { printf("errno %d\n", errno); }

static void report(int result) {
  if (result < 0)
    fail();
  else
    printf("ok\n");
}

static void print_contents(int fd) {
  char buffer[4096];
  ssize_t size = fd < 0 ? -1 : read(fd, buffer, sizeof buffer);
  if (size < 0)
    fail();
  else
    printf("%.*s\n", (int)size, buffer);
  if (fd >= 0) close(fd);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void list(const char *path) {
  DIR *directory = opendir(path);
  char *names[256];
  size_t count = 0;
  if (!directory) {
    fail();
    return;
  }
  errno = 0;
  for (struct dirent *entry; count < 256 && (entry = readdir(directory));) {
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) names[count++] = strdup(entry->d_name);
  }
  if (errno) {
    fail();
    return;
  }
  closedir(directory);
  qsort(names, count, sizeof *names, by_name);
  for (size_t i = 0; i < count; i++) printf("%s%s", i ? "," : "", names[i]);
  printf("\n");
}

static void print_stat(const char *path) {
  struct stat status;
  if (stat(path, &status))
    fail();
  else if (S_ISDIR(status.st_mode))
    printf("directory\n");
  else
    printf("file %lld\n", (long long)status.st_size);
}

static void write_text(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  ssize_t size = fd < 0 ? -1 : write(fd, text, strlen(text));
  report(size < 0 ? -1 : 0);
  if (fd >= 0) close(fd);
}

static void print_link(const char *path) {
  char target[4096];
  ssize_t size = readlink(path, target, sizeof target);
  if (size < 0)
    fail();
  else
    printf("%.*s\n", (int)size, target);
}

static void read_at(const char *path, const char *name) {
  int directory = open(path, O_RDONLY | O_DIRECTORY);
  if (directory < 0) {
    fail();
    return;
  }
  print_contents(openat(directory, name, O_RDONLY));
  close(directory);
}

int main(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *operation = argv[i], *path = argv[i + 1];
    const char *second = i + 2 < argc ? argv[i + 2] : "";
    if (!strcmp(operation, "read")) {
      print_contents(open(path, O_RDONLY));
    } else if (!strcmp(operation, "list")) {
      list(path);
    } else if (!strcmp(operation, "stat")) {
      print_stat(path);
    } else if (!strcmp(operation, "mkdir")) {
      report(mkdir(path, 0777));
    } else if (!strcmp(operation, "unlink")) {
      report(unlink(path));
    } else if (!strcmp(operation, "rmdir")) {
      report(rmdir(path));
    } else if (!strcmp(operation, "readlink")) {
      print_link(path);
    } else if (!strcmp(operation, "write")) {
      write_text(path, second), i++;
    } else if (!strcmp(operation, "rename")) {
      report(rename(path, second)), i++;
    } else if (!strcmp(operation, "at")) {
      read_at(path, second), i++;
    } else {
      printf("unknown operation %s\n", operation);
      return 2;
    }
  }
  return 0;
}
