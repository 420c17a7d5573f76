// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Our preopens come after the host's, and do not hide them.

#include "fake_host.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

std::vector<std::string> preopens() {
  FakeHost& fake = FakeHost::get();
  std::vector<std::string> names;
  const uint32_t prestat = fake.room(sizeof(Prestat));
  for (int32_t fd = 3; fd_prestat_get(fd, prestat) == Errno::kSuccess; ++fd) {
    const auto size = fake.load<Prestat>(prestat).name_size;
    CHECK(fake.load<Prestat>(prestat).tag == 0);
    const uint32_t name = fake.room(size + 1);
    CHECK(fd_prestat_dir_name(fd, name, size) == Errno::kSuccess);
    CHECK(*fake.at(name + size) == 0xcc);  // no NUL
    CHECK(fd_prestat_dir_name(fd, name, size - 1) == Errno::kNametoolong);
    CHECK(fd_prestat_dir_name(fd, name, size + 1) == Errno::kSuccess);
    names.push_back(fake.bytes_at(name, size));
  }
  return names;
}

using Names = std::vector<std::string>;

TEST_CASE("one root holds all mounts") {
  FakeHost fake(build_image({{"static/a", "A"}, {"other/b", "B"}}, {"/static", "/other"}));
  SECTION("alone") { CHECK(preopens() == Names{"/"}); }
  SECTION("after the host's") {
    fake.add_preopen("/data");
    fake.add_preopen("tmp");
    CHECK(preopens() == Names{"/data", "tmp", "/"});
    CHECK(open(5, "static/a") == 6);
    CHECK(open(5, "other/b") == 7);
  }
}

TEST_CASE("a host's root covers all mounts, and . is merged with ours") {
  const std::string host_root = GENERATE("/", ".");
  FakeHost fake(build_image({{"static/a", "A"}, {"x/y/b", "B"}}, {"/static", "/x/y"}));
  fake.add_preopen("/data");
  fake.add_preopen(host_root);
  CHECK(preopens() == (host_root == "/" ? Names{"/data", "/"} : Names{"/data", ".", "/"}));
  CHECK(read(open(4, "static/a"), 9) == "A");
  CHECK(read(open(4, "x/y/b"), 9) == "B");
  CHECK(read(open(root(), "x/y/b"), 9) == "B");
}

TEST_CASE("a name of one character is not always the root") {
  FakeHost fake(build_image({{"a", "A"}}));
  fake.add_preopen("d");
  CHECK(preopens() == Names{"d", "/"});
}

TEST_CASE("what is no preopen has no name") {
  FakeHost fake(build_image({{"a", "A"}, {"d/x", ""}}));
  const uint32_t buffer = fake.room(100);
  for (const std::string path : {"a", "d"}) {
    const int32_t fd = open(root(), path);
    CHECK(fd_prestat_get(fd, buffer) == Errno::kBadf);
    CHECK(fd_prestat_dir_name(fd, buffer, 100) == Errno::kNotdir);
  }
  CHECK(fd_prestat_get(77, buffer) == Errno::kBadf);
  CHECK(fd_prestat_dir_name(77, buffer, 100) == Errno::kBadf);
}

}  // namespace
}  // namespace wasm_vfs::runtime
