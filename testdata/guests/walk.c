/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The walking guest: reads a whole tree in every way a program can, and prints a digest of it.
 *
 *   walk ROOT FILE [GROW_MB]
 *
 * ROOT is the tree's absolute path, FILE a file below it. All guests (walk.c, .zig, .go, .rs, .ts) print the same lines
 * for the same tree, and tests/e2e/tree.py computes the same digest on the host:
 *
 *   digest CRC32 entries N bytes M    over the tree in depth-first order, names sorted by bytes; for each entry: the kind
 *                                     ('d', 'f' or 'l'), a NUL, the path below ROOT, a NUL, the size (8 bytes, little
 *                                     endian; 0 for a directory), then a file's bytes or a link's target
 *   relative TEXT, absolute TEXT      FILE's first line, read through ROOT without its leading slash, and through ROOT
 *   root NAMES                        what lies in /, sorted, joined by commas
 *   missing ENOENT                    what opening a path that does not exist answers
 *   grown MB                          with GROW_MB: so much was allocated between the reads, and found unharmed
 *
 * Every file is checked against its own size: fstat, a full read, seeks, and pread from the middle. A failed check is a
 * line `FAIL …` and exit code 1.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { kMaxPath = 4096, kChunk = 4093 };

static uint32_t crc_table[256];
static uint32_t digest = 0xffffffffu;
static unsigned long entries, bytes;
static size_t root_length;

/* Growth: blocks of 8 MB, one after each entry, until grow_target is reached. Kept, and checked at the end. */
enum { kBlock = 8 << 20 };
static unsigned grow_target, grown;
static unsigned char *blocks[256];

static void fail(const char *path, const char *what) {
  printf("FAIL %s: %s (errno %d)\n", path, what, errno);
  fflush(stdout);
  exit(1);
}

static void make_crc_table(void) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    crc_table[i] = c;
  }
}

static void add(const void *data, size_t n) {
  const unsigned char *p = data;
  uint32_t c = digest;
  while (n--) c = crc_table[(c ^ *p++) & 255] ^ (c >> 8);
  digest = c;
}

static void add_header(char kind, const char *path, uint64_t size) {
  unsigned char le[8];
  for (int i = 0; i < 8; i++) le[i] = (unsigned char)(size >> 8 * i);
  add(&kind, 1), add("", 1);
  add(path + root_length + 1, strlen(path + root_length + 1) + 1);
  add(le, 8);
  entries++;
}

static void grow_some(void) {
  if (grown * (kBlock >> 20) >= grow_target) return;
  unsigned char *block = malloc(kBlock);
  if (!block) fail("grow", "malloc");
  for (size_t i = 0; i < kBlock; i += 61) block[i] = (unsigned char)(i + grown);
  blocks[grown++] = block;
}

static void check_growth(void) {
  for (unsigned b = 0; b < grown; b++)
    for (size_t i = 0; i < kBlock; i += 61)
      if (blocks[b][i] != (unsigned char)(i + b)) fail("grow", "memory was overwritten");
}

static void read_file(const char *path, uint64_t size) {
  struct stat st;
  int fd = open(path, O_RDONLY);
  if (fd < 0) fail(path, "open");
  if (fstat(fd, &st) || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != size) fail(path, "fstat");

  unsigned char *content = malloc(size + kChunk);
  uint64_t done = 0;
  for (;;) {
    ssize_t n = read(fd, content + done, kChunk);
    if (n < 0) fail(path, "read");
    if (n == 0) break;
    done += (uint64_t)n;
    if (done > size) fail(path, "longer than its size");
  }
  if (done != size) fail(path, "shorter than its size");

  unsigned char piece[256];
  const off_t middle = (off_t)(size / 2);
  if (lseek(fd, 0, SEEK_END) != (off_t)size) fail(path, "seek to the end");
  if (lseek(fd, middle, SEEK_SET) != middle) fail(path, "seek to the middle");
  ssize_t n = read(fd, piece, sizeof piece);
  if (n < 0 || memcmp(piece, content + middle, (size_t)n)) fail(path, "read after a seek");
  if (lseek(fd, 0, SEEK_CUR) != middle + n) fail(path, "tell");
  ssize_t m = pread(fd, piece, sizeof piece, middle);
  if (m != n || memcmp(piece, content + middle, (size_t)m)) fail(path, "pread");
  if (lseek(fd, 0, SEEK_CUR) != middle + n) fail(path, "pread moved the position");
  if (close(fd)) fail(path, "close");

  add(content, size);
  bytes += size;
  free(content);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static char **list(const char *path, size_t *count) {
  DIR *dir = opendir(path);
  if (!dir) fail(path, "opendir");
  size_t n = 0, room = 16;
  char **names = malloc(room * sizeof *names);
  for (struct dirent *e; (errno = 0, e = readdir(dir));) {
    if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")) continue;
    if (n == room) names = realloc(names, (room *= 2) * sizeof *names);
    names[n++] = strdup(e->d_name);
  }
  if (errno) fail(path, "readdir");
  closedir(dir);
  qsort(names, n, sizeof *names, by_name);
  *count = n;
  return names;
}

static void walk(const char *path) {
  size_t n;
  char **names = list(path, &n);
  for (size_t i = 0; i < n; i++) {
    char *child = malloc(kMaxPath);
    struct stat st;
    snprintf(child, kMaxPath, "%s/%s", path, names[i]);
    if (lstat(child, &st)) fail(child, "lstat");
    if (S_ISDIR(st.st_mode)) {
      add_header('d', child, 0);
      walk(child);
    } else if (S_ISREG(st.st_mode)) {
      add_header('f', child, (uint64_t)st.st_size);
      read_file(child, (uint64_t)st.st_size);
    } else if (S_ISLNK(st.st_mode)) {
      char *target = malloc(kMaxPath);  /* not on the stack: wasi-libc's is 64 KB, and this recurses */
      ssize_t length = readlink(child, target, kMaxPath);
      if (length < 0) fail(child, "readlink");
      add_header('l', child, (uint64_t)length);
      add(target, (size_t)length);
      free(target);
    } else {
      fail(child, "of no known kind");
    }
    grow_some();
    free(child), free(names[i]);
  }
  free(names);
}

static void print_first_line(const char *label, const char *root, const char *file) {
  char path[kMaxPath], line[kMaxPath];
  snprintf(path, sizeof path, "%s/%s", root, file);
  FILE *f = fopen(path, "r");
  if (!f || !fgets(line, sizeof line, f)) fail(path, label);
  fclose(f);
  line[strcspn(line, "\n")] = 0;
  printf("%s %s\n", label, line);
}

static int is_missing(const char *path) {
  errno = 0;
  return open(path, O_RDONLY) < 0 && errno == ENOENT;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  const char *root = argv[1];
  root_length = strlen(root);
  grow_target = argc > 3 ? (unsigned)atoi(argv[3]) : 0;

  make_crc_table();
  walk(root);
  check_growth();
  printf("digest %08x entries %lu bytes %lu\n", digest ^ 0xffffffffu, entries, bytes);
  print_first_line("relative", root + 1, argv[2]);
  print_first_line("absolute", root, argv[2]);

  size_t n;
  char **names = list("/", &n);
  printf("root ");
  for (size_t i = 0; i < n; i++) printf("%s%s", i ? "," : "", names[i]);
  printf("\n");

  char missing[kMaxPath];
  snprintf(missing, sizeof missing, "%s/no/such/file", root);
  const int both = is_missing(missing) && is_missing("/no-such-file-at-all");
  printf("missing %s\n", both ? "ENOENT" : "WRONG");
  if (grow_target) printf("grown %u\n", grown * (kBlock >> 20));
  return 0;
}
