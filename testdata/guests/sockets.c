// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Accepts on each descriptor that is a socket, without waiting, and says which they are; then prints
// the files that it is told.

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wasi/api.h>

__attribute__((import_module("wasi_snapshot_preview1"), import_name("sock_accept"))) int32_t
accept_socket(int32_t fd, int32_t flags, int32_t *accepted);

int main(int argc, char **argv) {
  for (int fd = 3; fd < 8; ++fd) {
    __wasi_fdstat_t status;
    if (__wasi_fd_fdstat_get(fd, &status) != 0 || status.fs_filetype == __WASI_FILETYPE_DIRECTORY)
      continue;
    int32_t accepted;
    if (__wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_NONBLOCK) != 0) printf("%d: may block\n", fd);
    int32_t error = accept_socket(fd, __WASI_FDFLAGS_NONBLOCK, &accepted);
    printf("socket %d: %s\n", fd, strerror(error));
  }
  for (int i = 1; i < argc; ++i) {
    char text[64] = "";
    int fd = open(argv[i], O_RDONLY);
    if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0) strcpy(text, strerror(errno));
    printf("%s: %s\n", argv[i], text);
  }
  return 0;
}
