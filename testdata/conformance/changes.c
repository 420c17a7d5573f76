// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names that are changed: path_rename, path_link, path_unlink_file, path_symlink,
// path_filestat_set_times. See conformance.h.

#include "conformance.h"

static char long_name[256];
static const char* too_long_name(void) {
  memset(long_name, 'n', sizeof long_name);
  return long_name;
}
static int32_t rename_in(const char* from, const char* to) {
  return path_rename(dir, P(from), dir, P(to));
}
static int32_t link_in(const char* from, const char* to) {
  return path_link(dir, 0, P(from), dir, P(to));
}
static int32_t unlink_in(const char* path) {
  return path_unlink_file(dir, P(path));
}
static int32_t symlink_in(const char* target, const char* path) {
  return path_symlink(P(target), dir, P(path));
}
static int32_t touch_in(const char* path, int32_t lookup, int64_t access, int64_t modification,
                        int32_t flags) {
  return path_filestat_set_times(dir, lookup, P(path), access, modification, flags);
}

CASE(SCRATCH, path_rename, renames, file) {
  FILE("f", "text");
  OK(rename_in("f", "g"));
  TRUE(!exists("f") && holds("g", "text"));
}
CASE(SCRATCH, path_rename, renames, directory) {
  DIR("d");
  FILE("d/f", "text");
  OK(rename_in("d", "e"));
  TRUE(!exists("d") && holds("e/f", "text"));
}
CASE(SCRATCH, path_rename, renames, between_directories) {
  DIR("d");
  DIR("e");
  FILE("d/f", "text");
  OK(path_rename(OPEN_DIR("d"), P("f"), OPEN_DIR("e"), P("g")));
  TRUE(!exists("d/f") && holds("e/g", "text"));
}
CASE(SCRATCH, path_rename, renames, link_itself) {
  FILE("f", "text");
  LINK("f", "l");
  OK(rename_in("l", "m"));
  TRUE(!exists("l") && exists("f"));
  OK(stat_at("m", 0));
  EQUAL(IS_LINK, stat.filetype);
}
CASE(SCRATCH, path_rename, replaces, file) {
  FILE("f", "new");
  FILE("g", "old");
  OK(rename_in("f", "g"));
  TRUE(!exists("f") && holds("g", "new"));
}
CASE(SCRATCH, path_rename, replaces, empty_directory) {
  DIR("d");
  FILE("d/f", "text");
  DIR("e");
  OK(rename_in("d", "e"));
  TRUE(!exists("d") && holds("e/f", "text"));
}
CASE(SCRATCH, path_rename, does_nothing, same_name) {
  FILE("f", "text");
  OK(rename_in("f", "f"));
  TRUE(holds("f", "text"));
}
CASE(SCRATCH, path_rename, does_nothing, two_names_of_one_file) {
  FILE("f", "text");
  OK(link_in("f", "g"));
  OK(rename_in("f", "g"));
  TRUE(exists("f") && holds("g", "text"));
}
CASE(SCRATCH, path_rename, NOTEMPTY, directory) {
  DIR("d");
  DIR("e");
  FILE("e/f", "");
  EITHER(NOTEMPTY, EXIST, rename_in("d", "e"));
  TRUE(exists("d") && exists("e/f"));
}
CASE(SCRATCH, path_rename, NOENT, missing) {
  IS(NOENT, rename_in("no", "x"));
  FILE("f", "");
  IS(NOENT, rename_in("f", "no/x"));
}
CASE(SCRATCH, path_rename, NOENT, empty_path) {
  FILE("f", "");
  IS(NOENT, rename_in("", "x"));
  IS(NOENT, rename_in("f", ""));
}
CASE(SCRATCH, path_rename, NOTDIR, directory_over_a_file) {
  DIR("d");
  FILE("f", "");
  IS(NOTDIR, rename_in("d", "f"));
}
CASE(SCRATCH, path_rename, NOTDIR, through_a_file) {
  FILE("f", "");
  FILE("g", "");
  IS(NOTDIR, rename_in("f/x", "y"));
  IS(NOTDIR, rename_in("g", "f/y"));
}
CASE(SCRATCH, path_rename, ISDIR, file_over_a_directory) {
  FILE("f", "");
  DIR("d");
  IS(ISDIR, rename_in("f", "d"));
}
CASE(SCRATCH, path_rename, INVAL, into_itself) {
  DIR("d");
  IS(INVAL, rename_in("d", "d/e"));
}
CASE(SCRATCH, path_rename, BUSY, dot) {
  DIR("d");
  ONE_OF(rename_in("d/.", "e"), BUSY, INVAL);
}
CASE(SCRATCH, path_rename, LOOP, in_the_way) {
  FILE("f", "");
  LINK("l", "l");
  IS(LOOP, rename_in("l/x", "y"));
  IS(LOOP, rename_in("f", "l/y"));
}
CASE(SCRATCH, path_rename, NAMETOOLONG, name) {
  FILE("f", "");
  IS(NAMETOOLONG, path_rename(dir, P("f"), dir, too_long_name(), 256));
  IS(NAMETOOLONG, path_rename(dir, too_long_name(), 256, dir, P("g")));
}
CASE(SCRATCH, path_rename, NOTCAPABLE, above) {
  FILE("f", "");
  EITHER(NOTCAPABLE, PERM, rename_in("f", "../../../g"));
  EITHER(NOTCAPABLE, PERM, rename_in("../../../f", "g"));
}
CASE(SCRATCH, path_rename, NOTCAPABLE, absolute) {
  FILE("f", "");
  EITHER(NOTCAPABLE, PERM, rename_in("f", "/g"));
}
CASE(SCRATCH, path_rename, BADF, nobody) {
  FILE("f", "");
  IS(BADF, path_rename(NOBODY, P("f"), dir, P("g")));
  IS(BADF, path_rename(dir, P("f"), NOBODY, P("g")));
}
CASE(REFUSED, path_rename, ROFS, file) {
  EITHER(ROFS, PERM, rename_in("hello", "new"));
}
CASE(REFUSED, path_rename, ROFS, directory) {
  EITHER(ROFS, PERM, rename_in("dir", "new"));
}

CASE(SCRATCH, path_link, links, one_file_two_names) {
  FILE("f", "text");
  OK(link_in("f", "g"));
  OK(stat_at("f", 0));
  const uint64_t inode = stat.ino;
  OK(stat_at("g", 0));
  EQUAL(inode, stat.ino);
  OK(pwrite_text(CREATE("g"), "T", 0));
  TRUE(holds("f", "Text"));
  OK(unlink_in("f"));
  TRUE(holds("g", "Text"));
}
CASE(SCRATCH, path_link, links, link_itself) {
  FILE("f", "");
  LINK("f", "l");
  OK(link_in("l", "m"));
  OK(stat_at("m", 0));
  EQUAL(IS_LINK, stat.filetype);
}
CASE(SCRATCH, path_link, links, between_directories) {
  DIR("d");
  DIR("e");
  FILE("d/f", "text");
  OK(path_link(OPEN_DIR("d"), 0, P("f"), OPEN_DIR("e"), P("g")));
  TRUE(holds("e/g", "text"));
}
CASE(SCRATCH, path_link, EXIST, file) {
  FILE("f", "");
  FILE("g", "");
  IS(EXIST, link_in("f", "g"));
}
CASE(SCRATCH, path_link, EXIST, dangling_link) {
  FILE("f", "");
  LINK("nowhere", "l");
  IS(EXIST, link_in("f", "l"));
}
CASE(SCRATCH, path_link, NOENT, missing) {
  FILE("f", "");
  IS(NOENT, link_in("no", "g"));
  IS(NOENT, link_in("f", "no/g"));
}
CASE(SCRATCH, path_link, NOTDIR, through_a_file) {
  FILE("f", "");
  IS(NOTDIR, link_in("f/x", "g"));
  IS(NOTDIR, link_in("f", "f/g"));
}
CASE(SCRATCH, path_link, PERM, directory) {
  DIR("d");
  EITHER(PERM, ACCES, link_in("d", "e"));
}
CASE(SCRATCH, path_link, LOOP, in_the_way) {
  FILE("f", "");
  LINK("l", "l");
  IS(LOOP, link_in("l/x", "g"));
}
CASE(SCRATCH, path_link, NAMETOOLONG, name) {
  FILE("f", "");
  IS(NAMETOOLONG, path_link(dir, 0, P("f"), dir, too_long_name(), 256));
}
CASE(SCRATCH, path_link, NOTCAPABLE, above) {
  FILE("f", "");
  EITHER(NOTCAPABLE, PERM, link_in("f", "../../../g"));
  EITHER(NOTCAPABLE, PERM, link_in("../../../f", "g"));
}
CASE(SCRATCH, path_link, BADF, nobody) {
  FILE("f", "");
  IS(BADF, path_link(NOBODY, 0, P("f"), dir, P("g")));
  IS(BADF, path_link(dir, 0, P("f"), NOBODY, P("g")));
}
CASE(REFUSED, path_link, ROFS, file) {
  EITHER(ROFS, PERM, link_in("hello", "new"));
}

CASE(SCRATCH, path_unlink_file, removes, file) {
  FILE("f", "");
  OK(unlink_in("f"));
  TRUE(!exists("f"));
}
CASE(SCRATCH, path_unlink_file, removes, link_itself) {
  FILE("f", "");
  LINK("f", "l");
  OK(unlink_in("l"));
  TRUE(exists("f") && !exists("l"));
}
CASE(SCRATCH, path_unlink_file, removes, link_to_a_directory) {
  DIR("d");
  LINK("d", "l");
  OK(unlink_in("l"));
  TRUE(exists("d") && !exists("l"));
}
CASE(SCRATCH, path_unlink_file, keeps_open_files, read_afterwards) {
  FILE("f", "text");
  const int32_t fd = OPEN("f");
  OK(unlink_in("f"));
  OK(read_some(fd, bytes, 10));
  EQUAL(4, count);
}
CASE(SCRATCH, path_unlink_file, NOENT, missing) {
  IS(NOENT, unlink_in("no"));
  IS(NOENT, unlink_in("no/f"));
}
CASE(SCRATCH, path_unlink_file, NOENT, empty_path) {
  IS(NOENT, unlink_in(""));
}
CASE(SCRATCH, path_unlink_file, ISDIR, directory) {
  DIR("d");
  IS(ISDIR, unlink_in("d"));
  TRUE(exists("d"));
}
CASE(SCRATCH, path_unlink_file, NOTDIR, through_a_file) {
  FILE("f", "");
  IS(NOTDIR, unlink_in("f/x"));
}
CASE(SCRATCH, path_unlink_file, NOTDIR, trailing_slash) {
  FILE("f", "");
  IS(NOTDIR, unlink_in("f/"));
  TRUE(exists("f"));
}
CASE(SCRATCH, path_unlink_file, LOOP, in_the_way) {
  LINK("l", "l");
  IS(LOOP, unlink_in("l/x"));
}
CASE(SCRATCH, path_unlink_file, NAMETOOLONG, name) {
  IS(NAMETOOLONG, path_unlink_file(dir, too_long_name(), 256));
}
CASE(SCRATCH, path_unlink_file, NOTCAPABLE, above) {
  EITHER(NOTCAPABLE, PERM, unlink_in("../../../f"));
}
CASE(HOST, path_unlink_file, BADF, nobody) {
  IS(BADF, path_unlink_file(NOBODY, P("f")));
}
CASE(REFUSED, path_unlink_file, ROFS, file) {
  EITHER(ROFS, PERM, unlink_in("hello"));
  TRUE(exists("hello"));
}

CASE(SCRATCH, path_symlink, links, and_is_followed) {
  FILE("f", "text");
  OK(symlink_in("f", "l"));
  TRUE(holds("l", "text"));
  OK(stat_at("l", 0));
  EQUAL(IS_LINK, stat.filetype);
  OK(path_readlink(dir, P("l"), bytes, 64, &count));
  EQUAL(1, count);
}
CASE(SCRATCH, path_symlink, links, to_a_directory) {
  DIR("d");
  FILE("d/f", "text");
  OK(symlink_in("d", "l"));
  TRUE(holds("l/f", "text"));
}
CASE(SCRATCH, path_symlink, links, dangling) {
  OK(symlink_in("nowhere", "l"));
  TRUE(exists("l"));
  IS(NOENT, stat_at("l", FOLLOW));
}
CASE(SCRATCH, path_symlink, EXIST, name_taken) {
  FILE("f", "");
  IS(EXIST, symlink_in("x", "f"));
  LINK("x", "l");
  IS(EXIST, symlink_in("y", "l"));
}
CASE(SCRATCH, path_symlink, NOENT, missing_parent) {
  IS(NOENT, symlink_in("x", "no/l"));
}
CASE(SCRATCH, path_symlink, NOENT, empty_path) {
  IS(NOENT, symlink_in("x", ""));
}
CASE(SCRATCH, path_symlink, NOENT, empty_target) {
  EITHER(NOENT, INVAL, symlink_in("", "l"));
}
CASE(SCRATCH, path_symlink, NOTDIR, through_a_file) {
  FILE("f", "");
  IS(NOTDIR, symlink_in("x", "f/l"));
}
CASE(SCRATCH, path_symlink, LOOP, in_the_way) {
  LINK("l", "l");
  IS(LOOP, symlink_in("x", "l/m"));
}
CASE(SCRATCH, path_symlink, NAMETOOLONG, name) {
  IS(NAMETOOLONG, path_symlink(P("x"), dir, too_long_name(), 256));
}
CASE(SCRATCH, path_symlink, NOTCAPABLE, above) {
  EITHER(NOTCAPABLE, PERM, symlink_in("x", "../../../l"));
}
CASE(SCRATCH, path_symlink, NOTCAPABLE, absolute_target) {
  EITHER(NOTCAPABLE, PERM, symlink_in("/etc/passwd", "l"));
}
CASE(HOST, path_symlink, BADF, nobody) {
  IS(BADF, path_symlink(P("x"), NOBODY, P("l")));
}
CASE(REFUSED, path_symlink, ROFS, new_name) {
  EITHER(ROFS, PERM, symlink_in("x", "new"));
}
CASE(REFUSED, path_symlink, EXIST, name_taken_in_a_read_only_tree) {
  EITHER(EXIST, PERM, symlink_in("x", "hello"));
}

CASE(SCRATCH, path_filestat_set_times, sets_the_given, both) {
  FILE("f", "");
  OK(touch_in("f", 0, 1000000001000000000, 1100000002123456789, ATIM | MTIM));
  OK(stat_at("f", 0));
  EQUAL(1000000001000000000, stat.atim);
  EQUAL(1100000002123456789, stat.mtim);
}
CASE(SCRATCH, path_filestat_set_times, sets_the_given, directory) {
  DIR("d");
  OK(touch_in("d", 0, 0, 1100000002000000000, MTIM));
  OK(stat_at("d", 0));
  EQUAL(1100000002000000000, stat.mtim);
}
CASE(SCRATCH, path_filestat_set_times, keeps_the_other, modification) {
  FILE("f", "");
  OK(touch_in("f", 0, 1000000001000000000, 1100000002000000000, ATIM | MTIM));
  OK(touch_in("f", 0, 900000000000000000, 0, ATIM));
  OK(stat_at("f", 0));
  EQUAL(900000000000000000, stat.atim);
  EQUAL(1100000002000000000, stat.mtim);
}
CASE(SCRATCH, path_filestat_set_times, sets_now, both) {
  FILE("f", "");
  OK(touch_in("f", 0, 1000, 1000, ATIM | MTIM));
  OK(touch_in("f", 0, 0, 0, ATIM_NOW | MTIM_NOW));
  OK(stat_at("f", 0));
  TRUE(stat.atim > 1600000000000000000 && stat.mtim > 1600000000000000000);
}
CASE(SCRATCH, path_filestat_set_times, follows, link) {
  FILE("f", "");
  LINK("f", "l");
  OK(touch_in("l", FOLLOW, 0, 1100000002000000000, MTIM));
  OK(stat_at("f", 0));
  EQUAL(1100000002000000000, stat.mtim);
}
CASE(SCRATCH, path_filestat_set_times, does_not_follow, link) {
  FILE("f", "");
  OK(touch_in("f", 0, 0, 1200000000000000000, MTIM));
  LINK("f", "l");
  OK(touch_in("l", 0, 0, 1100000002000000000, MTIM));
  OK(stat_at("f", 0));
  EQUAL(1200000000000000000, stat.mtim);
  OK(stat_at("l", 0));
  EQUAL(1100000002000000000, stat.mtim);
}
CASE(SCRATCH, path_filestat_set_times, INVAL, given_and_now) {
  FILE("f", "");
  IS(INVAL, touch_in("f", 0, 1, 1, ATIM | ATIM_NOW));
  IS(INVAL, touch_in("f", 0, 1, 1, MTIM | MTIM_NOW));
}
CASE(SCRATCH, path_filestat_set_times, NOENT, missing) {
  IS(NOENT, touch_in("no", 0, 0, 0, MTIM_NOW));
}
CASE(SCRATCH, path_filestat_set_times, NOTDIR, through_a_file) {
  FILE("f", "");
  IS(NOTDIR, touch_in("f/x", 0, 0, 0, MTIM_NOW));
}
CASE(SCRATCH, path_filestat_set_times, LOOP, link_to_itself) {
  LINK("l", "l");
  IS(LOOP, touch_in("l", FOLLOW, 0, 0, MTIM_NOW));
}
CASE(SCRATCH, path_filestat_set_times, NAMETOOLONG, name) {
  IS(NAMETOOLONG, path_filestat_set_times(dir, 0, too_long_name(), 256, 0, 0, MTIM_NOW));
}
CASE(SCRATCH, path_filestat_set_times, NOTCAPABLE, above) {
  EITHER(NOTCAPABLE, PERM, touch_in("../../../f", 0, 0, 0, MTIM_NOW));
}
CASE(HOST, path_filestat_set_times, BADF, nobody) {
  IS(BADF, path_filestat_set_times(NOBODY, 0, P("f"), 0, 0, MTIM_NOW));
}
CASE(REFUSED, path_filestat_set_times, ROFS, file) {
  EITHER(ROFS, PERM, touch_in("hello", 0, 0, 0, MTIM_NOW));
}
