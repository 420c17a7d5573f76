/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * host_files DIR: works in a writable directory of the host's as programs do, echoes standard input, writes to both
 * outputs, and ends with exit code 7. Packed with something unrelated, all of it must come out the same.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[1024];

static const char *in_dir(const char *name) {
  static char paths[4][2048];
  static int turn;
  char *path = paths[turn++ % 4];
  snprintf(path, sizeof paths[0], "%s/%s", dir, name);
  return path;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void list(void) {
  DIR *d = opendir(dir);
  char *names[64];
  size_t n = 0;
  if (!d) {
    printf("opendir: errno %d\n", errno);
    return;
  }
  for (struct dirent *e; n < 64 && (e = readdir(d));) names[n++] = strdup(e->d_name);
  closedir(d);
  qsort(names, n, sizeof *names, by_name);
  printf("list:");
  for (size_t i = 0; i < n; i++) printf(" %s", names[i]);
  printf("\n");
}

#define SAY(call) (errno = 0, result = (long)(call), printf("%s = %ld errno %d\n", #call, result, errno))

int main(int argc, char **argv) {
  char text[256];
  struct stat st;
  long result;
  if (argc < 2) return 2;
  snprintf(dir, sizeof dir, "%s", argv[1]);
  setvbuf(stdout, NULL, _IOLBF, BUFSIZ);

  for (int i = 2; i < argc; i++) printf("argument %s\n", argv[i]);
  if (getenv("GREETING")) printf("GREETING=%s\n", getenv("GREETING"));
  while (fgets(text, sizeof text, stdin)) printf("stdin: %s", text);

  list();
  int fd = open(in_dir("made"), O_CREAT | O_EXCL | O_RDWR, 0644);
  if (fd < 0) printf("open: errno %d\n", errno);  /* not its number: a packed root takes one */
  SAY(write(fd, "hello, host\n", 12));
  SAY(lseek(fd, 7, SEEK_SET));
  memset(text, 0, sizeof text);
  SAY(read(fd, text, sizeof text));
  printf("read %s", text);
  SAY(pwrite(fd, "HELLO", 5, 0));
  SAY(ftruncate(fd, 9));
  SAY(fstat(fd, &st));
  printf("size %ld\n", (long)st.st_size);
  SAY(close(fd));
  SAY(close(fd));
  SAY(open(in_dir("made"), O_CREAT | O_EXCL | O_RDWR, 0644));
  SAY(mkdir(in_dir("folder"), 0755));
  SAY(rename(in_dir("made"), in_dir("folder/moved")));
  SAY(symlink("folder/moved", in_dir("link")));
  memset(text, 0, sizeof text);
  SAY(readlink(in_dir("link"), text, sizeof text));
  printf("link to %s\n", text);
  SAY(stat(in_dir("link"), &st));
  printf("size %ld\n", (long)st.st_size);
  SAY(rmdir(in_dir("folder")));
  SAY(unlink(in_dir("missing")));
  SAY(access(in_dir("given"), R_OK));
  SAY(rename(in_dir("given"), in_dir("taken")));
  list();
  fprintf(stderr, "to standard error\n");
  return 7;
}
