/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The application of the examples: cat FILE… writes files to standard output; without a FILE, /static/index.html.
 *
 *   clang --target=wasm32-wasi --sysroot=/usr -O2 cat.c -o app.wasm
 */
#include <stdio.h>

static int cat(const char *path) {
  char buffer[4096];
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    return 1;
  }
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, file)) > 0;) fwrite(buffer, 1, n, stdout);
  fclose(file);
  return 0;
}

int main(int argc, char **argv) {
  int failed = 0;
  if (argc < 2) return cat("/static/index.html");
  for (int i = 1; i < argc; i++) failed |= cat(argv[i]);
  return failed;
}
