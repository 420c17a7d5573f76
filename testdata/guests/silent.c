// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A reactor that has no use for its host: reads a packed file, and says what the rest of WASI
// answers, by numbers.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int answers[8];

// The bytes of a packed file, added up.
__attribute__((export_name("sum"))) int sum(void) {
  FILE *file = fopen("/data/a.txt", "r");
  if (!file) return -errno;
  int total = 0;
  for (int c; (c = getc(file)) != EOF;) total += c;
  fclose(file);
  return total;
}

__attribute__((export_name("value"))) int value(void) {
  const char *const text = getenv("NUMBER");
  return text ? atoi(text) : -1;
}

static int failure(int result) { return result < 0 ? errno : 0; }

// Each a byte of the result: writing to standard output, the clock, randomness.
__attribute__((export_name("refused"))) int refused(void) {
  struct timespec now;
  char bytes[4];
  answers[0] = failure((int)write(1, "x", 1));
  answers[1] = failure(clock_gettime(CLOCK_REALTIME, &now));
  answers[2] = failure(getentropy(bytes, sizeof(bytes)));
  return answers[0] | answers[1] << 8 | answers[2] << 16;
}
