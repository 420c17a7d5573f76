// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Directories: fd_readdir, path_create_directory, path_remove_directory. See conformance.h.

#include "conformance.h"

// A listing, read with buffers of one size.
struct Entry {
  uint64_t next;
  uint64_t inode;
  uint8_t type;
  char name[300];
};
static struct Entry entries[256];
static int entry_count;

// Reads from the cookie to the end, each time with `size` bytes; the errno.
static int32_t list(int32_t fd, uint32_t size, uint64_t cookie) {
  entry_count = 0;
  for (int calls = 0; calls < 1000; ++calls) {
    const int32_t error = fd_readdir(fd, bytes, size, cookie, &count);
    if (error != SUCCESS) return error;
    uint32_t at = 0;
    while (at + sizeof(__wasi_dirent_t) <= count && entry_count < 256) {
      __wasi_dirent_t entry;
      memcpy(&entry, bytes + at, sizeof entry);
      if (entry.d_namlen > count - at - sizeof entry || entry.d_namlen >= 300) break;
      struct Entry* to = &entries[entry_count++];
      to->next = cookie = entry.d_next;
      to->inode = entry.d_ino;
      to->type = entry.d_type;
      memcpy(to->name, bytes + at + sizeof entry, entry.d_namlen);
      to->name[entry.d_namlen] = 0;
      at += sizeof entry + entry.d_namlen;
    }
    if (count < size) return SUCCESS;
    if (at == 0) return IO;  // no entry fits
  }
  return IO;
}
static const struct Entry* find(const char* name) {
  const struct Entry* found = NULL;
  for (int i = 0; i < entry_count; ++i) {
    if (strcmp(entries[i].name, name) != 0) continue;
    if (found != NULL) return NULL;  // twice
    found = &entries[i];
  }
  return found;
}

CASE(TREE, fd_readdir, lists, names_and_types) {
  OK(list(dir, 4096, 0));
  static const struct {
    const char* name;
    uint8_t type;
  } kEntries[] = {{"hello", IS_FILE}, {"empty", IS_FILE},   {"dir", IS_DIRECTORY},
                  {"link", IS_LINK},  {"dirlink", IS_LINK}, {"dangling", IS_LINK}};
  for (int i = 0; i < 6; ++i) {
    const struct Entry* entry = find(kEntries[i].name);
    TRUE(entry != NULL);
    if (entry != NULL) EQUAL(kEntries[i].type, entry->type);
  }
  TRUE(find("inner") == NULL);
}
CASE(TREE, fd_readdir, lists, inodes) {
  const int32_t fd = OPEN_DIR("dir");
  OK(list(fd, 4096, 0));
  const struct Entry* entry = find("inner");
  TRUE(entry != NULL);
  OK(stat_at("dir/inner", 0));
  if (entry != NULL) EQUAL(stat.ino, entry->inode);
}
CASE(TREE, fd_readdir, lists, many) {
  OK(list(OPEN_DIR("many"), 4096, 0));
  char name[] = "000";
  for (int i = 0; i < 100; ++i) {
    name[1] = (char)('0' + i / 10);
    name[2] = (char)('0' + i % 10);
    TRUE(find(name) != NULL);
  }
  TRUE(entry_count == 102 || entry_count == 100);
}
CASE(TREE, fd_readdir, lists, many_in_small_pieces) {
  OK(list(OPEN_DIR("many"), 60, 0));
  TRUE(find("000") != NULL && find("050") != NULL && find("099") != NULL);
  TRUE(entry_count == 102 || entry_count == 100);
}
CASE(TREE, fd_readdir, lists_dots, directory) {
  OK(list(OPEN_DIR("dir"), 4096, 0));
  EQUAL(5, entry_count);
  TRUE(find(".") != NULL && find("..") != NULL);
}
CASE(TREE, fd_readdir, lists_dots, empty_directory) {
  OK(list(OPEN_DIR("void"), 4096, 0));
  EQUAL(2, entry_count);
  TRUE(find(".") != NULL && find("..") != NULL);
  if (find(".") != NULL) EQUAL(IS_DIRECTORY, find(".")->type);
}
CASE(TREE, fd_readdir, resumes_at_a_cookie, each) {
  const int32_t fd = OPEN_DIR("many");
  OK(list(fd, 4096, 0));
  static struct Entry all[256];
  const int total = entry_count;
  memcpy(all, entries, sizeof all);
  for (int i = 0; i < total; i += 7) {
    OK(list(fd, 4096, all[i].next));
    EQUAL(total - i - 1, entry_count);
    if (entry_count > 0) TRUE(strcmp(entries[0].name, all[i + 1].name) == 0);
  }
}
CASE(TREE, fd_readdir, resumes_at_a_cookie, start_again) {
  const int32_t fd = OPEN_DIR("many");
  OK(list(fd, 4096, 0));
  const int total = entry_count;
  OK(list(fd, 4096, 0));
  EQUAL(total, entry_count);
}
CASE(TREE, fd_readdir, cuts_the_last_entry, full_buffer) {
  const int32_t fd = OPEN_DIR("many");
  for (uint32_t size = 25; size < 120; size += 13) {
    memset(bytes, 0xa5, 256);
    OK(fd_readdir(fd, bytes, size, 0, &count));
    EQUAL(size, count);
    EQUAL(0xa5, bytes[size]);
  }
}
CASE(TREE, fd_readdir, cuts_the_last_entry, less_than_its_head) {
  OK(fd_readdir(OPEN_DIR("many"), bytes, 10, 0, &count));
  EQUAL(10, count);
}
CASE(TREE, fd_readdir, says_less_at_the_end, last_cookie) {
  const int32_t fd = OPEN_DIR("dir");
  OK(list(fd, 4096, 0));
  if (entry_count == 0) return;
  OK(fd_readdir(fd, bytes, 4096, entries[entry_count - 1].next, &count));
  EQUAL(0, count);
}
CASE(SCRATCH, fd_readdir, sees_changes, made_and_removed) {
  FILE("one", "");
  FILE("two", "");
  OK(list(dir, 4096, 0));
  TRUE(find("one") != NULL && find("two") != NULL && find("three") == NULL);
  FILE("three", "");
  OK(path_unlink_file(dir, P("one")));
  OK(list(dir, 4096, 0));
  TRUE(find("one") == NULL && find("two") != NULL && find("three") != NULL);
}
CASE(HOST, fd_readdir, BADF, nobody) {
  IS(BADF, fd_readdir(NOBODY, bytes, 100, 0, &count));
}
CASE(TREE, fd_readdir, BADF, closed) {
  const int32_t fd = OPEN_DIR("dir");
  OK(fd_close(fd));
  IS(BADF, fd_readdir(fd, bytes, 100, 0, &count));
}
CASE(TREE, fd_readdir, NOTDIR, file) {
  ONE_OF(fd_readdir(OPEN("hello"), bytes, 100, 0, &count), NOTDIR, BADF, NOTCAPABLE);
}
CASE(HOST, fd_readdir, NOTDIR, standard_input) {
  ONE_OF(fd_readdir(0, bytes, 100, 0, &count), NOTDIR, BADF, NOTCAPABLE);
}

CASE(SCRATCH, path_create_directory, creates, and_it_is_empty) {
  OK(path_create_directory(dir, P("d")));
  OK(stat_at("d", 0));
  EQUAL(IS_DIRECTORY, stat.filetype);
  OK(list(OPEN_DIR("d"), 4096, 0));
  TRUE(entry_count <= 2);
}
CASE(SCRATCH, path_create_directory, creates, inside_another) {
  DIR("d");
  OK(path_create_directory(dir, P("d/e")));
  OK(path_create_directory(OPEN_DIR("d/e"), P("f")));
  OK(stat_at("d/e/f", 0));
}
CASE(SCRATCH, path_create_directory, creates, trailing_slash) {
  OK(path_create_directory(dir, P("d/")));
  OK(stat_at("d", 0));
}
CASE(SCRATCH, path_create_directory, EXIST, directory) {
  DIR("d");
  IS(EXIST, path_create_directory(dir, P("d")));
}
CASE(SCRATCH, path_create_directory, EXIST, file) {
  FILE("f", "");
  IS(EXIST, path_create_directory(dir, P("f")));
}
CASE(SCRATCH, path_create_directory, EXIST, dangling_link) {
  LINK("nowhere", "l");
  IS(EXIST, path_create_directory(dir, P("l")));
}
CASE(REFUSED, path_create_directory, EXIST, directory_in_a_read_only_tree) {
  EITHER(EXIST, PERM, path_create_directory(dir, P("dir")));
}
CASE(SCRATCH, path_create_directory, NOENT, missing_parent) {
  IS(NOENT, path_create_directory(dir, P("no/d")));
}
CASE(SCRATCH, path_create_directory, NOENT, empty_path) {
  IS(NOENT, path_create_directory(dir, P("")));
}
CASE(SCRATCH, path_create_directory, NOTDIR, through_a_file) {
  FILE("f", "");
  IS(NOTDIR, path_create_directory(dir, P("f/d")));
}
CASE(TREE, path_create_directory, NOTDIR, at_a_file) {
  ONE_OF(path_create_directory(OPEN("hello"), P("d")), NOTDIR, BADF, NOTCAPABLE);
}
CASE(HOST, path_create_directory, BADF, nobody) {
  IS(BADF, path_create_directory(NOBODY, P("d")));
}
CASE(SCRATCH, path_create_directory, NAMETOOLONG, name) {
  char name[256];
  memset(name, 'n', 256);
  IS(NAMETOOLONG, path_create_directory(dir, name, 256));
  OK(path_create_directory(dir, name, 255));
}
CASE(SCRATCH, path_create_directory, LOOP, in_the_way) {
  LINK("l", "l");
  IS(LOOP, path_create_directory(dir, P("l/d")));
}
CASE(SCRATCH, path_create_directory, NOTCAPABLE, above) {
  EITHER(NOTCAPABLE, PERM, path_create_directory(dir, P("../../../d")));
}
CASE(SCRATCH, path_create_directory, NOTCAPABLE, absolute) {
  EITHER(NOTCAPABLE, PERM, path_create_directory(dir, P("/d")));
}
CASE(SCRATCH, path_create_directory, ILSEQ, not_utf8) {
  EITHER(ILSEQ, INVAL, path_create_directory(dir, "\xff", 1));
}
CASE(REFUSED, path_create_directory, ROFS, new_name) {
  EITHER(ROFS, PERM, path_create_directory(dir, P("new")));
}
CASE(REFUSED, path_create_directory, ROFS, in_a_directory) {
  EITHER(ROFS, PERM, path_create_directory(OPEN_DIR("dir/sub"), P("new")));
}

CASE(SCRATCH, path_remove_directory, removes, empty) {
  DIR("d");
  OK(path_remove_directory(dir, P("d")));
  TRUE(!exists("d"));
}
CASE(SCRATCH, path_remove_directory, removes, trailing_slash) {
  DIR("d");
  OK(path_remove_directory(dir, P("d/")));
  TRUE(!exists("d"));
}
CASE(SCRATCH, path_remove_directory, NOTEMPTY, holds_a_file) {
  DIR("d");
  FILE("d/f", "");
  EITHER(NOTEMPTY, EXIST, path_remove_directory(dir, P("d")));
  TRUE(exists("d/f"));
}
CASE(SCRATCH, path_remove_directory, NOENT, missing) {
  IS(NOENT, path_remove_directory(dir, P("no")));
}
CASE(SCRATCH, path_remove_directory, NOENT, missing_parent) {
  IS(NOENT, path_remove_directory(dir, P("no/d")));
}
CASE(SCRATCH, path_remove_directory, NOTDIR, file) {
  FILE("f", "");
  IS(NOTDIR, path_remove_directory(dir, P("f")));
  TRUE(exists("f"));
}
CASE(SCRATCH, path_remove_directory, NOTDIR, link_to_a_directory) {
  DIR("d");
  LINK("d", "l");
  IS(NOTDIR, path_remove_directory(dir, P("l")));
  TRUE(exists("l") && exists("d"));
}
CASE(SCRATCH, path_remove_directory, NOTDIR, through_a_file) {
  FILE("f", "");
  IS(NOTDIR, path_remove_directory(dir, P("f/d")));
}
CASE(SCRATCH, path_remove_directory, INVAL, dot) {
  DIR("d");
  IS(INVAL, path_remove_directory(dir, P("d/.")));
  TRUE(exists("d"));
}
CASE(HOST, path_remove_directory, BADF, nobody) {
  IS(BADF, path_remove_directory(NOBODY, P("d")));
}
CASE(SCRATCH, path_remove_directory, NAMETOOLONG, name) {
  char name[256];
  memset(name, 'n', 256);
  IS(NAMETOOLONG, path_remove_directory(dir, name, 256));
}
CASE(SCRATCH, path_remove_directory, LOOP, in_the_way) {
  LINK("l", "l");
  IS(LOOP, path_remove_directory(dir, P("l/d")));
}
CASE(SCRATCH, path_remove_directory, NOTCAPABLE, above) {
  EITHER(NOTCAPABLE, PERM, path_remove_directory(dir, P("../../../d")));
}
CASE(REFUSED, path_remove_directory, ROFS, empty_directory) {
  EITHER(ROFS, PERM, path_remove_directory(dir, P("void")));
}
