// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs the cases of the other files: `FIRST,SKIPPED,SKIPPED…` (ascending numbers) as the last
// argument runs all from the first on without those, `list` lists them. A line for each: `function
// WHAT variant: pass` or `…: fail LINE …`. A line without an end is a case that trapped.
// conformance.h has the rest.

#include "conformance.h"

extern const struct Case __start_cases[];
extern const struct Case __stop_cases[];

enum { kDescriptors = 64 };

int32_t dir;
int32_t spare_directory = -1;
uint32_t count;
uint64_t position;
uint8_t bytes[65536];
__wasi_filestat_t stat;
__wasi_fdstat_t fdstat;

// Where the cases of each kind find `dir`.
static int32_t homes[] = {-1, -1, -1, -1};
static bool open_before[kDescriptors];

// ---- Output.

static char line_text[1024];
static uint32_t line_size;

static void put(const char* text) {
  while (*text != 0 && line_size < sizeof line_text - 1) line_text[line_size++] = *text++;
}
static void put_number(uint64_t value) {
  char digits[21];
  int at = 20;
  digits[at] = 0;
  do {
    digits[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  put(digits + at);
}
static void flush(void) {
  const __wasi_ciovec_t text = {(const uint8_t*)line_text, line_size};
  fd_write(1, &text, 1, &count);
  line_size = 0;
}

static const char* errno_name(int32_t value) {
  static const char* const kNames[] = {
      "SUCCESS",     "2BIG",           "ACCES",       "ADDRINUSE",   "ADDRNOTAVAIL",
      "AFNOSUPPORT", "AGAIN",          "ALREADY",     "BADF",        "BADMSG",
      "BUSY",        "CANCELED",       "CHILD",       "CONNABORTED", "CONNREFUSED",
      "CONNRESET",   "DEADLK",         "DESTADDRREQ", "DOM",         "DQUOT",
      "EXIST",       "FAULT",          "FBIG",        "HOSTUNREACH", "IDRM",
      "ILSEQ",       "INPROGRESS",     "INTR",        "INVAL",       "IO",
      "ISCONN",      "ISDIR",          "LOOP",        "MFILE",       "MLINK",
      "MSGSIZE",     "MULTIHOP",       "NAMETOOLONG", "NETDOWN",     "NETRESET",
      "NETUNREACH",  "NFILE",          "NOBUFS",      "NODEV",       "NOENT",
      "NOEXEC",      "NOLCK",          "NOLINK",      "NOMEM",       "NOMSG",
      "NOPROTOOPT",  "NOSPC",          "NOSYS",       "NOTCONN",     "NOTDIR",
      "NOTEMPTY",    "NOTRECOVERABLE", "NOTSOCK",     "NOTSUP",      "NOTTY",
      "NXIO",        "OVERFLOW",       "OWNERDEAD",   "PERM",        "PIPE",
      "PROTO",       "PROTONOSUPPORT", "PROTOTYPE",   "RANGE",       "ROFS",
      "SPIPE",       "SRCH",           "STALE",       "TIMEDOUT",    "TXTBSY",
      "XDEV",        "NOTCAPABLE",
  };
  return value >= 0 && value < (int32_t)(sizeof kNames / sizeof kNames[0]) ? kNames[value]
                                                                           : "no errno";
}

// ---- Checks.

static bool failed;

static bool start_failure(const char* text, int line) {
  if (failed) return false;
  failed = true;
  put("fail ");
  put_number((uint64_t)line);
  put(" ");
  put(text);
  put(" is ");
  return true;
}
bool check_errno(int32_t want, int32_t value, const char* text, int line) {
  if (value == want) return true;
  if (start_failure(text, line)) {
    put(errno_name(value));
    put(" and not ");
    put(errno_name(want));
  }
  return false;
}
bool check_one_of(const int32_t* wants, int want_count, int32_t value, const char* text, int line) {
  for (int i = 0; i < want_count; ++i) {
    if (value == wants[i]) return true;
  }
  return check_errno(wants[0], value, text, line);
}
bool check_equal(uint64_t want, uint64_t value, const char* text, int line) {
  if (value == want) return true;
  if (start_failure(text, line)) {
    put_number(value);
    put(" and not ");
    put_number(want);
  }
  return false;
}

// ---- Short forms.

int32_t try_open(int32_t at, int32_t lookup, const char* path, int32_t oflags, uint64_t rights,
                 int32_t fdflags) {
  int32_t fd = -1;
  return path_open(at, lookup, P(path), oflags, rights, WALKER | WRITER, fdflags, &fd);
}
int32_t open_for(int32_t at, const char* path, int32_t oflags, uint64_t rights, int line) {
  int32_t fd = -1;
  const int32_t error = path_open(at, FOLLOW, P(path), oflags, rights,
                                  rights & FD_READDIR ? WALKER | WRITER : 0, 0, &fd);
  return check_errno(SUCCESS, error, path, line) ? fd : -1;
}
int32_t read_some(int32_t fd, void* buffer, uint32_t size) {
  const __wasi_iovec_t iovec = {buffer, size};
  return fd_read(fd, &iovec, 1, &count);
}
int32_t pread_some(int32_t fd, void* buffer, uint32_t size, int64_t offset) {
  const __wasi_iovec_t iovec = {buffer, size};
  return fd_pread(fd, &iovec, 1, offset, &count);
}
int32_t write_text(int32_t fd, const char* text) {
  const __wasi_ciovec_t iovec = {(const uint8_t*)text, strlen(text)};
  return fd_write(fd, &iovec, 1, &count);
}
int32_t pwrite_text(int32_t fd, const char* text, int64_t offset) {
  const __wasi_ciovec_t iovec = {(const uint8_t*)text, strlen(text)};
  return fd_pwrite(fd, &iovec, 1, offset, &count);
}
int32_t seek_to(int32_t fd, int64_t offset, int32_t whence) {
  return fd_seek(fd, offset, whence, &position);
}
void make_file(const char* path, const char* content, int line) {
  const int32_t fd = open_for(dir, path, CREAT | TRUNC, WRITER, line);
  check_errno(SUCCESS, write_text(fd, content), path, line);
  fd_close(fd);
}
void make_dir(const char* path, int line) {
  check_errno(SUCCESS, path_create_directory(dir, P(path)), path, line);
}
void make_link(const char* target, const char* path, int line) {
  check_errno(SUCCESS, path_symlink(P(target), dir, P(path)), path, line);
}
bool holds(const char* path, const char* text) {
  int32_t fd = -1;
  if (path_open(dir, FOLLOW, P(path), 0, READER, 0, 0, &fd) != SUCCESS) return false;
  const bool same = read_some(fd, bytes, sizeof bytes) == SUCCESS && count == strlen(text) &&
                    memcmp(bytes, text, count) == 0;
  fd_close(fd);
  return same;
}
int32_t stat_at(const char* path, int32_t lookup) {
  return path_filestat_get(dir, lookup, P(path), &stat);
}
int32_t stat_fd(int32_t fd) {
  return fd_filestat_get(fd, &stat);
}
bool exists(const char* path) {
  __wasi_filestat_t ignored;
  return path_filestat_get(dir, 0, P(path), &ignored) == SUCCESS;
}
int32_t fdstat_fd(int32_t fd) {
  return fd_fdstat_get(fd, &fdstat);
}

// ---- The run.

static bool is_open(int32_t fd) {
  __wasi_fdstat_t ignored;
  return fd_fdstat_get(fd, &ignored) == SUCCESS;
}

// The directories by the names of their preopens; packed ones lie in the preopen `/`.
static void find_directories(void) {
  static const char* const kNames[] = {"/tree", "/refused", "/scratch"};
  int32_t root = -1;
  for (int32_t fd = 3; fd < kDescriptors; ++fd) {
    __wasi_prestat_t prestat;
    char name[64];
    if (fd_prestat_get(fd, &prestat) != SUCCESS || prestat.u.dir.pr_name_len >= sizeof name)
      continue;
    const uint32_t size = prestat.u.dir.pr_name_len;
    if (fd_prestat_dir_name(fd, name, size) != SUCCESS) continue;
    name[size] = 0;
    for (int i = 0; i < 3; ++i) {
      if (strcmp(name, kNames[i]) == 0) homes[i] = fd;
    }
    if (strcmp(name, "/") == 0) root = fd;
    if (strcmp(name, "/spare") == 0) spare_directory = fd;
  }
  for (int i = 0; i < 3; ++i) {
    if (homes[i] >= 0 || root < 0) continue;
    path_open(root, 0, P(kNames[i] + 1), DIRECTORY, WALKER, WALKER | WRITER, 0, &homes[i]);
  }
}

static void put_name(const struct Case* one) {
  put(one->function);
  put(" ");
  put(one->what);
  put(" ");
  put(one->variant);
}

static void run_case(const struct Case* one) {
  failed = false;
  dir = homes[one->kind];
  put_name(one);
  put(": ");
  flush();
  if (one->kind == SCRATCH) {
    char name[128] = "";
    strcat(strcat(strcat(strcat(strcat(name, one->function), "-"), one->what), "-"), one->variant);
    check_errno(SUCCESS, path_create_directory(dir, P(name)), name, __LINE__);
    dir = open_for(dir, name, DIRECTORY, WALKER, __LINE__);
  }
  one->run();
  for (int32_t fd = 3; fd < kDescriptors; ++fd) {
    if (!open_before[fd]) fd_close(fd);
  }
  put(failed ? "\n" : "pass\n");
  flush();
}

static uint32_t last_argument(char** argument) {
  static char* arguments[16];
  static char text[1024];
  uint32_t number = 0;
  uint32_t size = 0;
  if (args_sizes_get(&number, &size) != SUCCESS || number > 16 || size > sizeof text) return 0;
  args_get(arguments, text);
  *argument = number == 0 ? text : arguments[number - 1];
  return number;
}

// The number at the text's start, which is moved behind it and a comma; UINT32_MAX at its end.
static uint32_t next_number(char** text) {
  if (**text < '0' || **text > '9') return UINT32_MAX;
  uint32_t number = 0;
  while (**text >= '0' && **text <= '9') number = number * 10 + (uint32_t)(*(*text)++ - '0');
  if (**text == ',') ++*text;
  return number;
}

void _start(void) {
  char* argument = "";
  last_argument(&argument);
  const uint32_t cases = (uint32_t)(__stop_cases - __start_cases);
  if (strcmp(argument, "list") == 0) {
    static const char* const kKinds[] = {"TREE", "REFUSED", "SCRATCH", "HOST"};
    for (uint32_t i = 0; i < cases; ++i) {
      put(kKinds[__start_cases[i].kind]);
      put(" ");
      put_name(&__start_cases[i]);
      put("\n");
      flush();
    }
    return;
  }
  const uint32_t first = next_number(&argument);
  find_directories();
  for (int32_t fd = 0; fd < kDescriptors; ++fd) open_before[fd] = is_open(fd);
  uint32_t skipped = next_number(&argument);
  for (uint32_t i = first; i < cases; ++i) {
    while (skipped < i) skipped = next_number(&argument);
    if (i != skipped) run_case(&__start_cases[i]);
  }
}
