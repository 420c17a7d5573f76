/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * open_many ROOT COUNT: opens ROOT/0000 to ROOT/(COUNT-1), reads all of each with all of them open, prints how many
 * bytes that were and their sum.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int fds[4096];
static unsigned char buffer[65536];

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  const int count = atoi(argv[2]);
  char path[256];
  for (int i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%s/%04d", argv[1], i);
    fds[i] = open(path, O_RDONLY);
    if (fds[i] < 0) {
      printf("FAIL open number %d: errno %d\n", i, errno);
      return 1;
    }
  }
  uint64_t bytes = 0, sum = 0;
  for (int i = 0; i < count; i++) {
    ssize_t n;
    while ((n = read(fds[i], buffer, sizeof buffer)) > 0) {
      bytes += (uint64_t)n;
      for (ssize_t k = 0; k < n; k++) sum = sum * 31 + buffer[k];
    }
    if (n < 0) {
      printf("FAIL read of %d: errno %d\n", i, errno);
      return 1;
    }
  }
  for (int i = 0; i < count; i++)
    if (close(fds[i])) return 1;
  printf("open %d bytes %llu sum %llx\n", count, (unsigned long long)bytes, (unsigned long long)sum);
  return 0;
}
