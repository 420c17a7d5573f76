// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Paths that are looked up: path_open, path_filestat_get, path_readlink. See conformance.h.

#include "conformance.h"

// 256 bytes, one more than a name may have; 5,000, more than a path may have.
static char long_name[256];
static char long_path[5000];
static const char* too_long_path(void) {
  memset(long_path, '/', sizeof long_path);
  for (int i = 0; i < 5000; i += 2) long_path[i] = 'd';
  return long_path;
}
static const char* too_long_name(void) {
  memset(long_name, 'n', sizeof long_name);
  return long_name;
}
static bool reads(int32_t fd, const char* text) {
  return read_some(fd, bytes, sizeof bytes) == SUCCESS && count == strlen(text) &&
         memcmp(bytes, text, count) == 0;
}

CASE(TREE, path_open, opens, file) {
  TRUE(reads(OPEN("hello"), "Hello, world.\n"));
}
CASE(TREE, path_open, opens, in_directories) {
  TRUE(reads(OPEN("dir/sub/leaf"), "leaf\n"));
}
CASE(TREE, path_open, opens, at_an_opened_directory) {
  const int32_t fd = OPEN_DIR("dir");
  TRUE(reads(open_for(fd, "sub/leaf", 0, READER, __LINE__), "leaf\n"));
}
CASE(TREE, path_open, opens, dots_and_slashes) {
  TRUE(reads(OPEN("./hello"), "Hello, world.\n"));
  TRUE(reads(OPEN("dir//sub/./leaf"), "leaf\n"));
  TRUE(reads(OPEN("dir/../hello"), "Hello, world.\n"));
  TRUE(reads(OPEN("dir/sub/../../hello"), "Hello, world.\n"));
}
CASE(TREE, path_open, opens, itself) {
  const int32_t fd = OPEN_DIR(".");
  TRUE(reads(open_for(fd, "hello", 0, READER, __LINE__), "Hello, world.\n"));
}
CASE(TREE, path_open, gives_a_new_descriptor, each_time) {
  const int32_t one = OPEN("hello");
  const int32_t two = OPEN("hello");
  TRUE(one >= 0 && two >= 0 && one != two && one != dir && two != dir);
}
CASE(TREE, path_open, opens_directories, with_and_without_the_flag) {
  OK(fdstat_fd(open_for(dir, "dir", 0, WALKER, __LINE__)));
  EQUAL(IS_DIRECTORY, fdstat.fs_filetype);
  OK(fdstat_fd(OPEN_DIR("dir")));
  EQUAL(IS_DIRECTORY, fdstat.fs_filetype);
  OK(fdstat_fd(OPEN_DIR("dir/")));
  EQUAL(IS_DIRECTORY, fdstat.fs_filetype);
}
CASE(TREE, path_open, follows_links, to_files_and_directories) {
  TRUE(reads(OPEN("link"), "Hello, world.\n"));
  TRUE(reads(OPEN("dirlink/inner"), "inner\n"));
  TRUE(reads(OPEN("dir/up"), "Hello, world.\n"));
  TRUE(reads(OPEN("chain1"), "Hello, world.\n"));
  OK(fdstat_fd(OPEN_DIR("dirlink")));
  EQUAL(IS_DIRECTORY, fdstat.fs_filetype);
}
CASE(TREE, path_open, follows_links, on_the_way_without_the_flag) {
  OK(try_open(dir, 0, "dirlink/inner", 0, READER, 0));
}
CASE(TREE, path_open, follows_links, then_dot_dot) {
  // `..` after a link is the parent of what the link leads to.
  TRUE(reads(OPEN("sublink/../inner"), "inner\n"));
}
CASE(SCRATCH, path_open, creates, new_name) {
  int32_t fd = -1;
  OK(path_open(dir, 0, P("f"), CREAT, WRITER, 0, 0, &fd));
  OK(stat_at("f", 0));
  EQUAL(IS_FILE, stat.filetype);
  EQUAL(0, stat.size);
}
CASE(SCRATCH, path_open, creates, exclusively) {
  OK(try_open(dir, 0, "f", CREAT | EXCL, WRITER, 0));
  TRUE(exists("f"));
}
CASE(SCRATCH, path_open, creates, existing_is_opened) {
  FILE("f", "text");
  TRUE(reads(CREATE("f"), "text"));
}
CASE(TREE, path_open, creates, existing_is_opened_for_reading) {
  OK(try_open(dir, 0, "hello", CREAT, READER, 0));
}
CASE(SCRATCH, path_open, creates, through_a_dangling_link) {
  LINK("made", "l");
  OK(try_open(dir, FOLLOW, "l", CREAT, WRITER, 0));
  TRUE(exists("made"));
}
CASE(SCRATCH, path_open, truncates, with_the_flag) {
  FILE("f", "text");
  OK(try_open(dir, 0, "f", TRUNC, WRITER, 0));
  TRUE(holds("f", ""));
}
CASE(SCRATCH, path_open, opens_for_writing, existing) {
  FILE("f", "text");
  const int32_t fd = open_for(dir, "f", 0, WRITER, __LINE__);
  OK(write_text(fd, "T"));
  TRUE(holds("f", "Text"));
}
CASE(TREE, path_open, NOENT, missing) {
  IS(NOENT, try_open(dir, 0, "no", 0, READER, 0));
}
CASE(TREE, path_open, NOENT, missing_parent) {
  IS(NOENT, try_open(dir, 0, "no/hello", 0, READER, 0));
  IS(NOENT, try_open(dir, 0, "no/../hello", 0, READER, 0));
}
CASE(TREE, path_open, NOENT, dangling_link) {
  IS(NOENT, try_open(dir, FOLLOW, "dangling", 0, READER, 0));
}
CASE(TREE, path_open, NOENT, empty_path) {
  IS(NOENT, try_open(dir, 0, "", 0, READER, 0));
}
CASE(TREE, path_open, NOENT, other_case) {
  IS(NOENT, try_open(dir, 0, "HELLO", 0, READER, 0));
}
CASE(TREE, path_open, NOENT, prefix_of_a_name) {
  IS(NOENT, try_open(dir, 0, "hell", 0, READER, 0));
  IS(NOENT, try_open(dir, 0, "di", 0, READER, 0));
}
CASE(TREE, path_open, NOTDIR, file_as_directory) {
  IS(NOTDIR, try_open(dir, 0, "hello", DIRECTORY, WALKER, 0));
}
CASE(TREE, path_open, NOTDIR, through_a_file) {
  IS(NOTDIR, try_open(dir, 0, "hello/x", 0, READER, 0));
  IS(NOTDIR, try_open(dir, 0, "hello/../dir/inner", 0, READER, 0));
}
CASE(TREE, path_open, NOTDIR, trailing_slash) {
  IS(NOTDIR, try_open(dir, 0, "hello/", 0, READER, 0));
}
CASE(TREE, path_open, NOTDIR, trailing_slash_after_a_link) {
  IS(NOTDIR, try_open(dir, FOLLOW, "link/", 0, READER, 0));
}
CASE(TREE, path_open, NOTDIR, at_a_file) {
  ONE_OF(try_open(OPEN("hello"), 0, "x", 0, READER, 0), NOTDIR, BADF, NOTCAPABLE);
}
CASE(SCRATCH, path_open, ISDIR, for_writing) {
  DIR("d");
  IS(ISDIR, try_open(dir, 0, "d", 0, WRITER, 0));
}
CASE(REFUSED, path_open, ISDIR, for_writing_in_a_read_only_tree) {
  EITHER(ISDIR, PERM, try_open(dir, 0, "dir", 0, WRITER, 0));
}
CASE(SCRATCH, path_open, ISDIR, truncated) {
  DIR("d");
  IS(ISDIR, try_open(dir, 0, "d", TRUNC, WRITER, 0));
}
CASE(SCRATCH, path_open, ISDIR, created) {
  DIR("d");
  IS(ISDIR, try_open(dir, 0, "d", CREAT, WRITER, 0));
}
CASE(TREE, path_open, LOOP, link_that_may_not_be_followed) {
  IS(LOOP, try_open(dir, 0, "link", 0, READER, 0));
}
CASE(TREE, path_open, LOOP, directory_link_that_may_not_be_followed) {
  EITHER(LOOP, NOTDIR, try_open(dir, 0, "dirlink", DIRECTORY, WALKER, 0));
}
CASE(TREE, path_open, LOOP, link_to_itself) {
  IS(LOOP, try_open(dir, FOLLOW, "loop", 0, READER, 0));
}
CASE(TREE, path_open, LOOP, on_the_way) {
  IS(LOOP, try_open(dir, FOLLOW, "loop/x", 0, READER, 0));
}
CASE(TREE, path_open, LOOP, two_links_in_a_circle) {
  IS(LOOP, try_open(dir, FOLLOW, "ring1", 0, READER, 0));
}
CASE(TREE, path_open, NAMETOOLONG, name) {
  int32_t fd = -1;
  IS(NAMETOOLONG, path_open(dir, 0, too_long_name(), 256, 0, READER, 0, 0, &fd));
}
CASE(TREE, path_open, NAMETOOLONG, path) {
  int32_t fd = -1;
  IS(NAMETOOLONG, path_open(dir, 0, too_long_path(), 5000, 0, READER, 0, 0, &fd));
}
CASE(TREE, path_open, NOTCAPABLE, above) {
  EITHER(NOTCAPABLE, PERM, try_open(OPEN_DIR("dir"), 0, "../hello", 0, READER, 0));
  EITHER(NOTCAPABLE, PERM, try_open(OPEN_DIR("dir"), 0, "sub/../../hello", 0, READER, 0));
}
CASE(TREE, path_open, NOTCAPABLE, absolute) {
  EITHER(NOTCAPABLE, PERM, try_open(dir, 0, "/hello", 0, READER, 0));
  EITHER(NOTCAPABLE, PERM, try_open(dir, 0, "/", 0, READER, 0));
}
CASE(TREE, path_open, NOTCAPABLE, link_out_of_the_opened_directory) {
  EITHER(NOTCAPABLE, PERM, try_open(OPEN_DIR("dir"), FOLLOW, "up", 0, READER, 0));
}
CASE(SCRATCH, path_open, NOTCAPABLE, link_out_of_the_mount) {
  LINK("../../../etc/passwd", "l");
  EITHER(NOTCAPABLE, PERM, try_open(dir, FOLLOW, "l", 0, READER, 0));
}
CASE(SCRATCH, path_open, NOTCAPABLE, create_above) {
  EITHER(NOTCAPABLE, PERM, try_open(dir, 0, "../../f", CREAT, WRITER, 0));
}
CASE(SCRATCH, path_open, NOTCAPABLE, more_rights_than_inherited) {
  DIR("d");
  FILE("d/inner", "");
  int32_t narrow = -1;
  OK(path_open(dir, 0, P("d"), DIRECTORY, WALKER, FD_READ, 0, &narrow));
  int32_t fd = -1;
  EITHER(NOTCAPABLE, PERM, path_open(narrow, 0, P("inner"), 0, FD_READ | FD_WRITE, 0, 0, &fd));
}
CASE(HOST, path_open, BADF, nobody) {
  IS(BADF, try_open(NOBODY, 0, "hello", 0, READER, 0));
}
CASE(TREE, path_open, BADF, closed) {
  const int32_t fd = OPEN_DIR("dir");
  OK(fd_close(fd));
  IS(BADF, try_open(fd, 0, "inner", 0, READER, 0));
}
CASE(HOST, path_open, NOTDIR, at_standard_input) {
  ONE_OF(try_open(0, 0, "hello", 0, READER, 0), NOTDIR, BADF, NOTCAPABLE);
}
CASE(TREE, path_open, ILSEQ, not_utf8) {
  int32_t fd = -1;
  // A name that no file can have: hosts that look no closer say so.
  EITHER(ILSEQ, NOENT, path_open(dir, 0, "\xff\xfe", 2, 0, READER, 0, 0, &fd));
}
CASE(TREE, path_open, INVAL, zero_byte) {
  int32_t fd = -1;
  ONE_OF(path_open(dir, 0, "hello\0x", 7, 0, READER, 0, 0, &fd), INVAL, ILSEQ, NOENT);
}
CASE(SCRATCH, path_open, EXIST, file) {
  FILE("f", "text");
  IS(EXIST, try_open(dir, 0, "f", CREAT | EXCL, WRITER, 0));
  TRUE(holds("f", "text"));
}
CASE(SCRATCH, path_open, EXIST, directory) {
  DIR("d");
  IS(EXIST, try_open(dir, 0, "d", CREAT | EXCL, WRITER, 0));
}
CASE(SCRATCH, path_open, EXIST, dangling_link) {
  LINK("nowhere", "l");
  IS(EXIST, try_open(dir, 0, "l", CREAT | EXCL, WRITER, 0));
  TRUE(!exists("nowhere"));
}
CASE(REFUSED, path_open, EXIST, file_in_a_read_only_tree) {
  EITHER(EXIST, PERM, try_open(dir, 0, "hello", CREAT | EXCL, WRITER, 0));
}
CASE(REFUSED, path_open, ROFS, for_writing) {
  EITHER(ROFS, PERM, try_open(dir, 0, "hello", 0, WRITER, 0));
}
CASE(REFUSED, path_open, ROFS, create) {
  EITHER(ROFS, PERM, try_open(dir, 0, "new", CREAT, WRITER, 0));
}
CASE(REFUSED, path_open, ROFS, truncate) {
  EITHER(ROFS, PERM, try_open(dir, 0, "hello", TRUNC, WRITER, 0));
  TRUE(holds("hello", "Hello, world.\n"));
}

CASE(TREE, path_filestat_get, describes, file) {
  OK(stat_at("hello", 0));
  EQUAL(IS_FILE, stat.filetype);
  EQUAL(14, stat.size);
  EQUAL(1234567890123456789, stat.mtim);
  TRUE(stat.nlink >= 1);
}
CASE(TREE, path_filestat_get, describes, large_file) {
  OK(stat_at("big", 0));
  EQUAL(70000, stat.size);
}
CASE(TREE, path_filestat_get, describes, directory) {
  OK(stat_at("dir", 0));
  EQUAL(IS_DIRECTORY, stat.filetype);
  OK(stat_at("dir/sub/", 0));
  EQUAL(IS_DIRECTORY, stat.filetype);
  OK(stat_at(".", 0));
  EQUAL(IS_DIRECTORY, stat.filetype);
}
CASE(TREE, path_filestat_get, describes, at_an_opened_directory) {
  OK(path_filestat_get(OPEN_DIR("dir"), 0, P("sub/leaf"), &stat));
  EQUAL(5, stat.size);
}
CASE(TREE, path_filestat_get, does_not_follow, link) {
  OK(stat_at("link", 0));
  EQUAL(IS_LINK, stat.filetype);
  EQUAL(5, stat.size);
  OK(stat_at("dangling", 0));
  EQUAL(IS_LINK, stat.filetype);
  OK(stat_at("loop", 0));
  EQUAL(IS_LINK, stat.filetype);
}
CASE(TREE, path_filestat_get, follows, link) {
  OK(stat_at("link", FOLLOW));
  EQUAL(IS_FILE, stat.filetype);
  EQUAL(14, stat.size);
  OK(stat_at("dirlink", FOLLOW));
  EQUAL(IS_DIRECTORY, stat.filetype);
  OK(stat_at("dirlink/inner", 0));
  EQUAL(6, stat.size);
}
CASE(TREE, path_filestat_get, follows, trailing_slash) {
  OK(stat_at("dirlink/", 0));
  EQUAL(IS_DIRECTORY, stat.filetype);
}
CASE(SCRATCH, path_filestat_get, counts_links, two_names) {
  FILE("f", "");
  OK(stat_at("f", 0));
  EQUAL(1, stat.nlink);
  OK(path_link(dir, 0, P("f"), dir, P("g")));
  OK(stat_at("f", 0));
  EQUAL(2, stat.nlink);
}
CASE(TREE, path_filestat_get, NOENT, missing) {
  IS(NOENT, stat_at("no", 0));
  IS(NOENT, stat_at("no/x", 0));
  IS(NOENT, stat_at("dir/no", 0));
}
CASE(TREE, path_filestat_get, NOENT, dangling_link) {
  IS(NOENT, stat_at("dangling", FOLLOW));
}
CASE(TREE, path_filestat_get, NOENT, empty_path) {
  IS(NOENT, stat_at("", 0));
}
CASE(TREE, path_filestat_get, NOTDIR, through_a_file) {
  IS(NOTDIR, stat_at("hello/x", 0));
  IS(NOTDIR, stat_at("hello/..", 0));
}
CASE(TREE, path_filestat_get, NOTDIR, trailing_slash) {
  IS(NOTDIR, stat_at("hello/", 0));
}
CASE(TREE, path_filestat_get, NOTDIR, at_a_file) {
  ONE_OF(path_filestat_get(OPEN("hello"), 0, P("x"), &stat), NOTDIR, BADF, NOTCAPABLE);
}
CASE(TREE, path_filestat_get, LOOP, link_to_itself) {
  IS(LOOP, stat_at("loop", FOLLOW));
}
CASE(TREE, path_filestat_get, LOOP, on_the_way) {
  IS(LOOP, stat_at("ring1/x", 0));
}
CASE(TREE, path_filestat_get, NAMETOOLONG, name) {
  IS(NAMETOOLONG, path_filestat_get(dir, 0, too_long_name(), 256, &stat));
}
CASE(TREE, path_filestat_get, NAMETOOLONG, path) {
  IS(NAMETOOLONG, path_filestat_get(dir, 0, too_long_path(), 5000, &stat));
}
CASE(TREE, path_filestat_get, NOTCAPABLE, above) {
  EITHER(NOTCAPABLE, PERM, path_filestat_get(OPEN_DIR("dir"), 0, P("../hello"), &stat));
  EITHER(NOTCAPABLE, PERM, path_filestat_get(OPEN_DIR("dir"), 0, P(".."), &stat));
}
CASE(TREE, path_filestat_get, NOTCAPABLE, absolute) {
  EITHER(NOTCAPABLE, PERM, stat_at("/hello", 0));
}
CASE(TREE, path_filestat_get, NOTCAPABLE, link_out) {
  EITHER(NOTCAPABLE, PERM, path_filestat_get(OPEN_DIR("dir"), FOLLOW, P("up"), &stat));
}
CASE(HOST, path_filestat_get, BADF, nobody) {
  IS(BADF, path_filestat_get(NOBODY, 0, P("hello"), &stat));
}
CASE(TREE, path_filestat_get, ILSEQ, not_utf8) {
  EITHER(ILSEQ, NOENT, path_filestat_get(dir, 0, "\xff\xfe", 2, &stat));
}

static int32_t read_link(const char* path, uint32_t size) {
  memset(bytes, 0xa5, 64);
  return path_readlink(dir, P(path), bytes, size, &count);
}
CASE(TREE, path_readlink, reads, targets) {
  OK(read_link("link", 64));
  EQUAL(5, count);
  TRUE(memcmp(bytes, "hello\xa5", 6) == 0);
  OK(read_link("dangling", 64));
  TRUE(count == 7 && memcmp(bytes, "nowhere", 7) == 0);
  OK(read_link("dir/up", 64));
  TRUE(count == 8 && memcmp(bytes, "../hello", 8) == 0);
}
CASE(TREE, path_readlink, reads, through_a_link) {
  OK(read_link("dirlink/up", 64));
  EQUAL(8, count);
}
CASE(TREE, path_readlink, cuts, small_buffer) {
  OK(read_link("link", 3));
  EQUAL(3, count);
  TRUE(memcmp(bytes, "hel\xa5", 4) == 0);
}
CASE(TREE, path_readlink, cuts, exact_buffer) {
  OK(read_link("link", 5));
  EQUAL(5, count);
  TRUE(memcmp(bytes, "hello\xa5", 6) == 0);
}
CASE(TREE, path_readlink, INVAL, file) {
  IS(INVAL, read_link("hello", 64));
}
CASE(TREE, path_readlink, INVAL, directory) {
  IS(INVAL, read_link("dir", 64));
}
CASE(TREE, path_readlink, NOENT, missing) {
  IS(NOENT, read_link("no", 64));
}
CASE(TREE, path_readlink, NOENT, empty_path) {
  IS(NOENT, read_link("", 64));
}
CASE(TREE, path_readlink, NOTDIR, through_a_file) {
  IS(NOTDIR, read_link("hello/x", 64));
}
CASE(TREE, path_readlink, NOTDIR, at_a_file) {
  ONE_OF(path_readlink(OPEN("hello"), P("x"), bytes, 64, &count), NOTDIR, BADF, NOTCAPABLE);
}
CASE(TREE, path_readlink, LOOP, on_the_way) {
  IS(LOOP, read_link("loop/x", 64));
}
CASE(TREE, path_readlink, NAMETOOLONG, name) {
  IS(NAMETOOLONG, path_readlink(dir, too_long_name(), 256, bytes, 64, &count));
}
CASE(TREE, path_readlink, NOTCAPABLE, above) {
  EITHER(NOTCAPABLE, PERM, path_readlink(OPEN_DIR("dir"), P("../link"), bytes, 64, &count));
}
CASE(TREE, path_readlink, NOTCAPABLE, absolute) {
  EITHER(NOTCAPABLE, PERM, read_link("/link", 64));
}
CASE(HOST, path_readlink, BADF, nobody) {
  IS(BADF, path_readlink(NOBODY, P("link"), bytes, 64, &count));
}
CASE(TREE, path_readlink, ILSEQ, not_utf8) {
  EITHER(ILSEQ, NOENT, path_readlink(dir, "\xff\xfe", 2, bytes, 64, &count));
}
