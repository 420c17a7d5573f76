// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Listing directories with every size of buffer.

#include "fake_host.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

struct Listed {
  std::string name;
  uint64_t inode;
  uint32_t filetype;
  uint64_t next;
};

/// What fd_readdir writes: `used` and the bytes.
std::string readdir(int32_t fd, uint32_t size, uint64_t cookie) {
  FakeHost& fake = FakeHost::get();
  const uint32_t buffer = fake.room(size + 8);
  const uint32_t result = fake.room(4);
  REQUIRE(fd_readdir(fd, buffer, size, cookie, result) == Errno::kSuccess);
  const auto used = fake.load<uint32_t>(result);
  REQUIRE(used <= size);
  for (uint32_t i = used; i < size + 8; ++i) REQUIRE(*fake.at(buffer + i) == 0xcc);
  return fake.bytes_at(buffer, used);
}

/// Lists as a libc does: whole entries count, a cut one is read again with its cookie.
std::vector<Listed> list(int32_t fd, uint32_t size) {
  std::vector<Listed> entries;
  uint64_t cookie = 0;
  while (true) {
    const std::string bytes = readdir(fd, size, cookie);
    size_t at = 0;
    while (at + sizeof(Dirent) <= bytes.size()) {
      Dirent dirent;
      std::memcpy(&dirent, bytes.data() + at, sizeof(dirent));
      if (at + sizeof(dirent) + dirent.name_size > bytes.size()) break;
      entries.push_back({bytes.substr(at + sizeof(dirent), dirent.name_size), dirent.inode,
                         dirent.filetype, dirent.next});
      at += sizeof(dirent) + dirent.name_size;
      cookie = dirent.next;
    }
    if (bytes.size() < size) return entries;
    REQUIRE(at != 0);  // or the guest would ask for ever
  }
}

Image image_of_it() {
  return build_image({{"d/a", ""}, {"d/bb/x", ""}, {"d/ccc", "-> a"}, {"d/\xc3\xa9", ""}, {"e/", ""}});
}

TEST_CASE("all entries, in order, whatever the buffer") {
  FakeHost fake(image_of_it());
  const int32_t fd = open(root(), "d");
  for (uint32_t size = 27; size < 300; ++size) {
    const std::vector<Listed> entries = list(fd, size);
    std::vector<std::string> names;
    for (const Listed& entry : entries) names.push_back(entry.name);
    REQUIRE(names == std::vector<std::string>{".", "..", "a", "bb", "ccc", "\xc3\xa9"});
    REQUIRE(entries[0].filetype == 3);
    REQUIRE(entries[2].filetype == 4);
    REQUIRE(entries[3].filetype == 3);
    REQUIRE(entries[4].filetype == 7);
    for (size_t i = 0; i < entries.size(); ++i) REQUIRE(entries[i].next == i + 1);
  }
}

TEST_CASE("an entry that does not fit is cut") {
  FakeHost fake(image_of_it());
  const int32_t fd = open(root(), "d");
  const std::string whole = readdir(fd, 1000, 0);
  REQUIRE(whole.size() < 1000);
  for (uint32_t size = 0; size <= whole.size() + 1; ++size) {
    CHECK(readdir(fd, size, 0) == whole.substr(0, size));
  }
}

TEST_CASE("a cookie is a place") {
  FakeHost fake(image_of_it());
  const int32_t fd = open(root(), "d");
  const std::string whole = readdir(fd, 1000, 0);
  CHECK(readdir(fd, 1000, 1) == whole.substr(25));
  CHECK(readdir(fd, 1000, 2) == whole.substr(51));
  CHECK(readdir(fd, 1000, 6) == "");
  CHECK(readdir(fd, 1000, 7) == "");
  CHECK(readdir(fd, 1000, 1ull << 32) == "");
  CHECK(readdir(fd, 1000, ~0ull) == "");
}

TEST_CASE("inodes are those of stat") {
  FakeHost fake(image_of_it());
  const int32_t fd = open(root(), "d");
  for (const Listed& entry : list(fd, 100)) {
    INFO(entry.name);
    Filestat filestat;
    if (entry.name == "..") {
      REQUIRE(stat(root(), ".", filestat) == Errno::kSuccess);
    } else {
      REQUIRE(stat(fd, entry.name, filestat, false) == Errno::kSuccess);
    }
    CHECK(entry.inode == filestat.inode);
    CHECK(entry.filetype == filestat.filetype);
  }
}

TEST_CASE("the root is its own parent, and an empty directory has two entries") {
  FakeHost fake(image_of_it());
  const std::vector<Listed> entries = list(root(), 100);
  REQUIRE(entries.size() == 4);
  CHECK(entries[0].inode == entries[1].inode);
  CHECK(entries[2].name == "d");
  CHECK(entries[3].name == "e");
  CHECK(list(open(root(), "e"), 100).size() == 2);
}

TEST_CASE("ten thousand entries") {
  Files files;
  for (int i = 0; i < 10000; ++i) files.emplace_back("d/" + std::to_string(i), "");
  FakeHost fake(build_image(files));
  CHECK(list(open(root(), "d"), 4096).size() == 10002);
}

TEST_CASE("a file cannot be listed") {
  FakeHost fake(image_of_it());
  CHECK(fd_readdir(open(root(), "d/a"), fake.room(100), 100, 0, fake.room(4)) == Errno::kBadf);
}

}  // namespace
}  // namespace wasm_vfs::runtime
