/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A plug-in of a host that calls on_request() for each request: it answers with a file.
 *
 *   clang --target=wasm32-wasi --sysroot=/usr -O2 -mexec-model=reactor plugin.c -o plugin.wasm
 */
#include <stdio.h>

__attribute__((export_name("on_request"))) int on_request(int is_found) {
  char line[256];
  FILE *file = fopen(is_found ? "/static/index.html" : "/static/404.html", "r");
  if (!file) {
    printf("no such page\n");
    return 404;
  }
  while (fgets(line, sizeof line, file)) fputs(line, stdout);
  fclose(file);
  fflush(stdout);
  return 200;
}
