// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Descriptors: fd_close, fd_renumber, fd_fdstat_*, fd_prestat_*. See conformance.h.

#include "conformance.h"

CASE(TREE, fd_close, closes, file_and_directory) {
  const int32_t file = OPEN("hello");
  const int32_t directory = OPEN_DIR("dir");
  OK(fd_close(file));
  OK(fd_close(directory));
  IS(BADF, fdstat_fd(file));
  IS(BADF, fdstat_fd(directory));
}
CASE(TREE, fd_close, keeps_the_others, same_file) {
  const int32_t one = OPEN("hello");
  const int32_t two = OPEN("hello");
  OK(read_some(two, bytes, 7));
  OK(fd_close(one));
  OK(read_some(two, bytes, 5));
  TRUE(memcmp(bytes, "world", 5) == 0);
}
CASE(TREE, fd_close, keeps_the_others, opened_below_it) {
  const int32_t directory = OPEN_DIR("dir");
  const int32_t file = open_for(directory, "inner", 0, READER, __LINE__);
  OK(fd_close(directory));
  OK(read_some(file, bytes, 10));
  EQUAL(6, count);
}
CASE(HOST, fd_close, closes, preopen) {
  const int32_t fd = spare_directory;
  __wasi_prestat_t prestat;
  OK(fd_close(fd));
  IS(BADF, fd_prestat_get(fd, &prestat));
  IS(BADF, try_open(fd, 0, "x", 0, READER, 0));
}
CASE(HOST, fd_close, BADF, nobody) {
  IS(BADF, fd_close(NOBODY));
}
CASE(HOST, fd_close, BADF, negative) {
  IS(BADF, fd_close(-1));
}
CASE(TREE, fd_close, BADF, twice) {
  const int32_t fd = OPEN("hello");
  OK(fd_close(fd));
  IS(BADF, fd_close(fd));
}

CASE(TREE, fd_fdstat_get, describes, file) {
  OK(fdstat_fd(OPEN("hello")));
  EQUAL(IS_FILE, fdstat.fs_filetype);
  EQUAL(0, fdstat.fs_flags);
  TRUE(fdstat.fs_rights_base & FD_READ);
  TRUE(!(fdstat.fs_rights_base & FD_WRITE));
}
CASE(TREE, fd_fdstat_get, describes, directory) {
  OK(fdstat_fd(OPEN_DIR("dir")));
  EQUAL(IS_DIRECTORY, fdstat.fs_filetype);
  TRUE(fdstat.fs_rights_base & FD_READDIR);
}
CASE(SCRATCH, fd_fdstat_get, describes, file_open_for_writing) {
  OK(fdstat_fd(CREATE("f")));
  TRUE(fdstat.fs_rights_base & FD_WRITE);
}
CASE(SCRATCH, fd_fdstat_get, tells_flags, append) {
  FILE("f", "");
  int32_t fd = -1;
  OK(path_open(dir, 0, P("f"), 0, WRITER, 0, APPEND, &fd));
  OK(fdstat_fd(fd));
  TRUE(fdstat.fs_flags & APPEND);
}
CASE(HOST, fd_fdstat_get, describes, standard_streams) {
  for (int32_t fd = 0; fd < 3; ++fd) {
    OK(fdstat_fd(fd));
    TRUE(fdstat.fs_filetype != IS_DIRECTORY && fdstat.fs_filetype != IS_LINK);
  }
}
CASE(HOST, fd_fdstat_get, describes, preopen) {
  __wasi_prestat_t prestat;
  for (int32_t fd = 3; fd < 10; ++fd) {
    if (fd_prestat_get(fd, &prestat) != SUCCESS) continue;
    OK(fdstat_fd(fd));
    EQUAL(IS_DIRECTORY, fdstat.fs_filetype);
  }
}
CASE(HOST, fd_fdstat_get, BADF, nobody) {
  IS(BADF, fdstat_fd(NOBODY));
}

CASE(SCRATCH, fd_fdstat_set_flags, sets, append) {
  FILE("f", "start ");
  const int32_t fd = CREATE("f");
  OK(fd_fdstat_set_flags(fd, APPEND));
  OK(fdstat_fd(fd));
  EQUAL(APPEND, fdstat.fs_flags);
  OK(write_text(fd, "end"));
  TRUE(holds("f", "start end"));
}
CASE(SCRATCH, fd_fdstat_set_flags, clears, append) {
  FILE("f", "01234");
  int32_t fd = -1;
  OK(path_open(dir, 0, P("f"), 0, WRITER, 0, APPEND, &fd));
  OK(fd_fdstat_set_flags(fd, 0));
  OK(fdstat_fd(fd));
  EQUAL(0, fdstat.fs_flags);
  OK(seek_to(fd, 0, SET));
  OK(write_text(fd, "ab"));
  TRUE(holds("f", "ab234"));
}
CASE(TREE, fd_fdstat_set_flags, sets, nonblock) {
  const int32_t fd = OPEN("hello");
  OK(fd_fdstat_set_flags(fd, NONBLOCK));
  OK(fdstat_fd(fd));
  EQUAL(NONBLOCK, fdstat.fs_flags);
  OK(read_some(fd, bytes, 5));
  EQUAL(5, count);
}
CASE(TREE, fd_fdstat_set_flags, clears, nothing) {
  const int32_t fd = OPEN("hello");
  OK(fd_fdstat_set_flags(fd, 0));
  OK(read_some(fd, bytes, 5));
}
CASE(HOST, fd_fdstat_set_flags, BADF, nobody) {
  IS(BADF, fd_fdstat_set_flags(NOBODY, 0));
}

CASE(SCRATCH, fd_fdstat_set_rights, removes, write) {
  const int32_t fd = CREATE("f");
  OK(fdstat_fd(fd));
  OK(fd_fdstat_set_rights(fd, fdstat.fs_rights_base & ~FD_WRITE, 0));
  OK(fdstat_fd(fd));
  TRUE(!(fdstat.fs_rights_base & FD_WRITE));
  EITHER(NOTCAPABLE, BADF, write_text(fd, "x"));
}
CASE(SCRATCH, fd_fdstat_set_rights, removes, nothing) {
  const int32_t fd = CREATE("f");
  OK(fdstat_fd(fd));
  OK(fd_fdstat_set_rights(fd, fdstat.fs_rights_base, fdstat.fs_rights_inheriting));
  OK(write_text(fd, "x"));
}
CASE(SCRATCH, fd_fdstat_set_rights, NOTCAPABLE, add) {
  FILE("f", "");
  const int32_t fd = OPEN("f");
  OK(fdstat_fd(fd));
  IS(NOTCAPABLE, fd_fdstat_set_rights(fd, fdstat.fs_rights_base | FD_WRITE, 0));
}
CASE(HOST, fd_fdstat_set_rights, BADF, nobody) {
  IS(BADF, fd_fdstat_set_rights(NOBODY, 0, 0));
}

CASE(HOST, fd_prestat_get, describes, directory) {
  __wasi_prestat_t prestat;
  memset(&prestat, 0xa5, sizeof prestat);
  OK(fd_prestat_get(3, &prestat));
  EQUAL(0, prestat.tag);
  // No zero byte at the end is counted.
  char name[64] = "";
  TRUE(prestat.u.dir.pr_name_len < sizeof name);
  OK(fd_prestat_dir_name(3, name, prestat.u.dir.pr_name_len));
  EQUAL(strlen(name), prestat.u.dir.pr_name_len);
}
CASE(HOST, fd_prestat_get, ends, first_that_is_none) {
  // As every libc looks for preopens: from 3 until BADF.
  __wasi_prestat_t prestat;
  int32_t fd = 3;
  while (fd < 60 && fd_prestat_get(fd, &prestat) == SUCCESS) ++fd;
  IS(BADF, fd_prestat_get(fd, &prestat));
}
CASE(TREE, fd_prestat_get, BADF, opened_file) {
  __wasi_prestat_t prestat;
  EITHER(BADF, INVAL, fd_prestat_get(OPEN("hello"), &prestat));
}
CASE(TREE, fd_prestat_get, BADF, opened_directory) {
  __wasi_prestat_t prestat;
  EITHER(BADF, INVAL, fd_prestat_get(OPEN_DIR("dir"), &prestat));
}
CASE(HOST, fd_prestat_get, BADF, nobody) {
  __wasi_prestat_t prestat;
  IS(BADF, fd_prestat_get(NOBODY, &prestat));
}

CASE(HOST, fd_prestat_dir_name, names, and_no_more) {
  __wasi_prestat_t prestat;
  OK(fd_prestat_get(3, &prestat));
  char name[64];
  memset(name, 0x2a, sizeof name);
  OK(fd_prestat_dir_name(3, name, prestat.u.dir.pr_name_len));
  EQUAL('/', name[0]);
  EQUAL(0x2a, name[prestat.u.dir.pr_name_len]);
}
CASE(HOST, fd_prestat_dir_name, NAMETOOLONG, small_buffer) {
  __wasi_prestat_t prestat;
  OK(fd_prestat_get(3, &prestat));
  char name[64];
  IS(NAMETOOLONG, fd_prestat_dir_name(3, name, prestat.u.dir.pr_name_len - 1));
}
CASE(TREE, fd_prestat_dir_name, BADF, opened_file) {
  char name[64];
  EITHER(BADF, NOTDIR, fd_prestat_dir_name(OPEN("hello"), name, sizeof name));
}
CASE(HOST, fd_prestat_dir_name, BADF, nobody) {
  char name[64];
  IS(BADF, fd_prestat_dir_name(NOBODY, name, sizeof name));
}

CASE(TREE, fd_renumber, moves, onto_another_file) {
  const int32_t from = OPEN("hello");
  const int32_t to = OPEN("dir/inner");
  OK(read_some(from, bytes, 7));
  OK(fd_renumber(from, to));
  IS(BADF, fdstat_fd(from));
  OK(read_some(to, bytes, 5));
  TRUE(memcmp(bytes, "world", 5) == 0);
}
CASE(TREE, fd_renumber, moves, directory_onto_a_file) {
  const int32_t from = OPEN_DIR("dir");
  const int32_t to = OPEN("hello");
  OK(fd_renumber(from, to));
  OK(read_some(open_for(to, "inner", 0, READER, __LINE__), bytes, 10));
  EQUAL(6, count);
}
CASE(SCRATCH, fd_renumber, moves, written_file) {
  const int32_t from = CREATE("f");
  const int32_t to = CREATE("g");
  OK(write_text(from, "one "));
  OK(fd_renumber(from, to));
  OK(write_text(to, "two"));
  TRUE(holds("f", "one two") && holds("g", ""));
}
CASE(TREE, fd_renumber, frees_the_old_number, for_the_next_one) {
  const int32_t from = OPEN("hello");
  const int32_t to = OPEN("dir/inner");
  OK(fd_renumber(from, to));
  const int32_t next = OPEN("empty");
  TRUE(next >= 0 && next != to);
}
CASE(TREE, fd_renumber, does_nothing, same_number) {
  const int32_t fd = OPEN("hello");
  OK(fd_renumber(fd, fd));
  OK(read_some(fd, bytes, 5));
  EQUAL(5, count);
}
CASE(TREE, fd_renumber, BADF, from_nobody) {
  const int32_t fd = OPEN("hello");
  IS(BADF, fd_renumber(NOBODY, fd));
  OK(read_some(fd, bytes, 5));
}
CASE(TREE, fd_renumber, BADF, to_nobody) {
  const int32_t fd = OPEN("hello");
  IS(BADF, fd_renumber(fd, NOBODY));
  OK(read_some(fd, bytes, 5));
}
CASE(TREE, fd_renumber, BADF, negative) {
  const int32_t fd = OPEN("hello");
  IS(BADF, fd_renumber(fd, -1));
  IS(BADF, fd_renumber(-1, fd));
}
