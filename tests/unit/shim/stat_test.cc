// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attributes of packed files, and of their descriptors.

#include "fake_host.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

Image image_of_it() {
  return build_image({{"a", "12345"}, {"d/x", ""}, {"link", "-> a"}, {"loop", "-> loop"}});
}

TEST_CASE("attributes") {
  FakeHost fake(image_of_it());
  Filestat file;
  REQUIRE(stat(root(), "a", file) == Errno::kSuccess);
  CHECK(file.device != 0);
  CHECK(file.inode != 0);
  CHECK(file.filetype == 4);
  CHECK(file.link_count == 1);
  CHECK(file.size == 5);
  CHECK(file.modification_time == image::kDefaultMtimeNs);
  CHECK(file.access_time == file.modification_time);
  CHECK(file.status_change_time == file.modification_time);

  Filestat directory;
  REQUIRE(stat(root(), "d", directory) == Errno::kSuccess);
  CHECK(directory.filetype == 3);
  CHECK(directory.inode != file.inode);
  CHECK(directory.device == file.device);

  Filestat link;
  REQUIRE(stat(root(), "link", link, false) == Errno::kSuccess);
  CHECK(link.filetype == 7);
  CHECK(link.size == 1);
  REQUIRE(stat(root(), "link", link, true) == Errno::kSuccess);
  CHECK(link.inode == file.inode);
  CHECK(link.filetype == 4);
}

TEST_CASE("a descriptor has the attributes of its file") {
  FakeHost fake(image_of_it());
  for (const std::string path : {"a", "d", "d/x", "."}) {
    INFO(path);
    Filestat by_path;
    REQUIRE(stat(root(), path, by_path) == Errno::kSuccess);
    const uint32_t result = fake.room(sizeof(Filestat));
    REQUIRE(fd_filestat_get(open(root(), path), result) == Errno::kSuccess);
    CHECK(fake.bytes_at(result, sizeof(Filestat)) ==
          std::string(reinterpret_cast<const char*>(&by_path), sizeof(by_path)));
  }
}

TEST_CASE("unknown look-up flags are refused") {
  FakeHost fake(image_of_it());
  const int32_t fd = root();
  CHECK(path_filestat_get(fd, 2, fake.put("a"), 1, fake.room(64)) == Errno::kInval);
}

TEST_CASE("rights and flags") {
  FakeHost fake(image_of_it());
  const uint32_t result = fake.room(sizeof(Fdstat));
  OpenOptions options;
  options.fdflags = kFdflagAppend;
  REQUIRE(fd_fdstat_get(open(root(), "a", options), result) == Errno::kSuccess);
  auto fdstat = fake.load<Fdstat>(result);
  CHECK(fdstat.filetype == 4);
  CHECK(fdstat.flags == kFdflagAppend);
  CHECK(fdstat.rights_base == (kAllRights & ~kRightFdWrite));

  REQUIRE(fd_fdstat_get(open(root(), "d"), result) == Errno::kSuccess);
  fdstat = fake.load<Fdstat>(result);
  CHECK(fdstat.filetype == 3);
  CHECK((fdstat.rights_base & (kRightFdSeek | kRightFdWrite)) == 0);
  CHECK((fdstat.rights_base & kRightFdReaddir) != 0);
  CHECK((fdstat.rights_inheriting & kRightFdWrite) != 0);

  // What Wasmtime reports for its preopens.
  REQUIRE(fd_fdstat_get(root(), result) == Errno::kSuccess);
  fdstat = fake.load<Fdstat>(result);
  CHECK(fdstat.rights_base == 0x07b7fe00);
  CHECK(fdstat.rights_inheriting == 0x0ff7ffff);
}

TEST_CASE("links are read, whole or as far as the buffer goes") {
  FakeHost fake(build_image({{"link", "-> some/where"}, {"a", ""}, {"d/back", "-> ../link"},
                             {"dir", "-> d"}, {"some/where", ""}}));
  const int32_t fd = root();
  for (uint32_t size : {0u, 1u, 9u, 10u, 100u}) {
    const uint32_t buffer = fake.room(size);
    const uint32_t result = fake.room(4);
    REQUIRE(path_readlink(fd, fake.put("link"), 4, buffer, size, result) == Errno::kSuccess);
    const auto used = fake.load<uint32_t>(result);
    CHECK(used == std::min(size, 10u));
    CHECK(fake.bytes_at(buffer, used) == std::string("some/where").substr(0, size));
    if (used < size) CHECK(*fake.at(buffer + used) == 0xcc);
  }
  const auto readlink = [&](std::string_view path) {
    return path_readlink(fd, fake.put(path), static_cast<uint32_t>(path.size()), fake.room(99), 99,
                         fake.room(4));
  };
  CHECK(readlink("a") == Errno::kInval);
  CHECK(readlink("d") == Errno::kInval);
  CHECK(readlink(".") == Errno::kInval);
  CHECK(readlink("none") == Errno::kNoent);
  CHECK(readlink("a/b") == Errno::kNotdir);
  CHECK(readlink("dir/back") == Errno::kSuccess);
  CHECK(readlink("dir/") == Errno::kInval);
}

}  // namespace
}  // namespace wasm_vfs::runtime
