// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a program learns of its start: arguments, environment, files, standard streams. Prints one
// line for each. Exits with 0 unless a call failed that must not.

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

extern char **environ;

static int compare(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; ++i) printf("arg %s\n", argv[i]);
  int count = 0;
  while (environ[count]) ++count;
  qsort(environ, (size_t)count, sizeof(*environ), compare);
  for (int i = 0; i < count; ++i) printf("env %s\n", environ[i]);

  char text[64];
  FILE *file = fopen("/data/a.txt", "r");
  if (!file || !fgets(text, sizeof(text), file)) return 1;
  printf("file %s\n", text);
  fclose(file);
  DIR *directory = opendir("/");
  if (!directory) return 2;
  for (struct dirent *entry; (entry = readdir(directory));)
    if (entry->d_name[0] != '.') printf("root %s\n", entry->d_name);
  closedir(directory);
  printf("create %s\n", fopen("/data/new", "w") ? "done" : strerror(errno));

  struct stat status;
  if (fstat(1, &status) != 0) return 3;
  printf("input %s\n", fgets(text, sizeof(text), stdin) ? text : "none");
  return 0;
}
