// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/image/host_files.cc on real files.

#include "image/host_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing/catch.h"
#include "testing/temporary_directory.h"

namespace wasm_vfs::image {
namespace {

TEST_CASE("listing gives every entry, sorted by bytes, without following symlinks",
          "[host_files]") {
  TemporaryDirectory directory;
  const std::string& top = directory.path();
  directory.write("b", "12345");
  directory.write("B", "");
  directory.write("\xc3\xa9", "");
  directory.write("a-", "");
  REQUIRE(::mkdir((top + "/a").c_str(), 0755) == 0);
  REQUIRE(::symlink("nowhere", (top + "/link").c_str()) == 0);
  REQUIRE(::mkfifo((top + "/pipe").c_str(), 0644) == 0);
  REQUIRE(::chmod((top + "/b").c_str(), 0744) == 0);
  REQUIRE(::chmod((top + "/B").c_str(), 0655) == 0);  // x, but not for the owner
  const timespec times[2] = {{0, 0}, {1'600'000'000, 123'456'789}};
  REQUIRE(::utimensat(AT_FDCWD, (top + "/b").c_str(), times, 0) == 0);

  const auto listed = posix_files().list(top);
  REQUIRE(listed.ok());
  std::vector<std::string> names;
  for (const HostEntry& entry : *listed) names.push_back(entry.name);
  REQUIRE(names == std::vector<std::string>{"B", "a", "a-", "b", "link", "pipe", "\xc3\xa9"});
  CHECK((*listed)[1].stat.kind == HostKind::kDirectory);
  CHECK((*listed)[4].stat.kind == HostKind::kSymlink);
  CHECK((*listed)[5].stat.kind == HostKind::kFifo);
  const HostStat& b = (*listed)[3].stat;
  CHECK(b.kind == HostKind::kFile);
  CHECK(b.size == 5);
  CHECK(b.mtime_ns == 1'600'000'000'123'456'789);
  CHECK(b.executable);
  CHECK_FALSE((*listed)[0].stat.executable);
  CHECK(b.inode != (*listed)[0].stat.inode);
}

TEST_CASE("times before 1970 are negative", "[host_files]") {
  TemporaryDirectory directory;
  const std::string path = directory.write("old", "");
  const timespec times[2] = {{0, 0}, {-2, 500'000'000}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  CHECK(posix_files().stat(path)->mtime_ns == -1'500'000'000);
}

TEST_CASE("stat follows symlinks, read_link does not", "[host_files]") {
  TemporaryDirectory directory;
  directory.write("file", "123");
  const std::string link = directory.path() + "/link";
  REQUIRE(::symlink("file", link.c_str()) == 0);
  CHECK(posix_files().stat(link)->kind == HostKind::kFile);
  CHECK(posix_files().stat(link)->size == 3);
  CHECK(*posix_files().read_link(link) == "file");

  const std::string long_target = "x/" + std::string(1000, '/') + "y";
  REQUIRE(::symlink(long_target.c_str(), (link + "2").c_str()) == 0);
  CHECK(*posix_files().read_link(link + "2") == long_target);
}

TEST_CASE("reading fills the buffer until the end", "[host_files]") {
  TemporaryDirectory directory;
  const std::string path = directory.write("file", "0123456789");
  auto file = posix_files().open(path);
  REQUIRE(file.ok());
  std::vector<uint8_t> buffer(7);
  CHECK(*(*file)->read(buffer) == 7);
  CHECK(buffer[6] == '6');
  CHECK(*(*file)->read(buffer) == 3);
  CHECK(buffer[0] == '7');
  CHECK(*(*file)->read(buffer) == 0);
}

TEST_CASE("errors name the path and the reason", "[host_files]") {
  TemporaryDirectory directory;
  const std::string none = directory.path() + "/none";
  const std::string reason = "No such file or directory";
  CHECK(posix_files().list(none).error().message == none + ": cannot open directory: " + reason);
  CHECK(posix_files().stat(none).error().message == none + ": cannot open: " + reason);
  CHECK(posix_files().open(none).error().message == none + ": cannot open: " + reason);
  CHECK(posix_files().read_link(none).error().message == none + ": cannot read symlink: " + reason);
  const auto opened = posix_files().open(directory.path());
  REQUIRE(opened.ok());
  std::vector<uint8_t> buffer(7);
  CHECK((*opened)->read(buffer).error().message ==
        directory.path() + ": cannot read: Is a directory");
}

}  // namespace
}  // namespace wasm_vfs::image
