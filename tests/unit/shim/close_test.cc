// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fd_close and fd_renumber.

#include "fake_host.h"
#include "descriptors.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

/// 3: the host's directory, 4: the root, 5: packed "A", 6: the host's "X" (at the host 4),
/// 7: packed "B".
struct Opened {
  FakeHost fake{build_image({{"a", "A"}, {"b", "B"}, {"d/x", ""}})};
  Opened() {
    fake.add_preopen("/host");
    fake.files["x"] = "X";
    fake.files["y"] = "Y";
    REQUIRE(root() == 4);
    REQUIRE(open(4, "a") == 5);
    REQUIRE(open(3, "x") == 6);
    REQUIRE(open(4, "b") == 7);
  }
};

bool is_open(int32_t fd) { return fd_fdstat_get(fd, FakeHost::get().room(24)) == Errno::kSuccess; }

TEST_CASE("closing twice is EBADF") {
  Opened opened;
  for (int32_t fd : {5, 6, 7, 3, 4, 1}) {
    CHECK(fd_close(fd) == Errno::kSuccess);
    CHECK(fd_close(fd) == Errno::kBadf);
    CHECK_FALSE(is_open(fd));
  }
  CHECK(opened.fake.descriptors.size() == 2);
}

TEST_CASE("ours over ours") {
  Opened opened;
  CHECK(read(5, 1) == "A");
  CHECK(fd_renumber(7, 5) == Errno::kSuccess);
  CHECK(read(5, 9) == "B");
  CHECK_FALSE(is_open(7));
  CHECK(open(4, "a") == 7);
}

TEST_CASE("ours over the host's, standard output too") {
  Opened opened;
  CHECK(fd_renumber(5, 6) == Errno::kSuccess);
  CHECK(read(6, 9) == "A");
  CHECK(opened.fake.descriptors.count(4) == 0);
  CHECK(state().translated_count == 0);
  CHECK(fd_renumber(6, 1) == Errno::kSuccess);
  CHECK(fd_write(1, opened.fake.iovecs({1}), 1, opened.fake.room(4)) == Errno::kBadf);
  CHECK(opened.fake.descriptors.count(1) == 0);
}

TEST_CASE("the host's over ours") {
  Opened opened;
  CHECK(fd_renumber(6, 5) == Errno::kSuccess);
  CHECK(read(5, 9) == "X");
  CHECK_FALSE(is_open(6));
  CHECK(opened.fake.count("fd_renumber") == 0);
  CHECK(fd_close(5) == Errno::kSuccess);
  CHECK(opened.fake.descriptors.count(4) == 0);
  CHECK(state().translated_count == 0);
}

TEST_CASE("the host's over the host's") {
  Opened opened;
  CHECK(open(3, "y") == 8);
  CHECK(fd_renumber(6, 8) == Errno::kSuccess);
  CHECK(opened.fake.log.back() == "fd_renumber 4");
  CHECK(read(8, 9) == "X");
  CHECK_FALSE(is_open(6));
  CHECK(fd_renumber(8, 0) == Errno::kSuccess);
  CHECK(read(0, 9) == "");
  CHECK_FALSE(is_open(8));
}

TEST_CASE("onto a number that nothing has") {
  Opened opened;
  CHECK(fd_renumber(5, 100) == Errno::kBadf);
  CHECK(fd_renumber(5, 4095) == Errno::kBadf);
  CHECK(fd_renumber(5, 4096) == Errno::kBadf);
  CHECK(fd_renumber(5, -1) == Errno::kBadf);
  CHECK(read(5, 9) == "A");
  // The host says what it thinks of it.
  CHECK(fd_renumber(6, 100) == Errno::kBadf);
  CHECK(is_open(6));
}

TEST_CASE("from a number that nothing has") {
  Opened opened;
  CHECK(fd_renumber(50, 50) == Errno::kBadf);
  CHECK(fd_renumber(50, 6) == Errno::kBadf);
  CHECK(fd_renumber(50, 5) == Errno::kBadf);
  CHECK(fd_renumber(-1, 5) == Errno::kBadf);  // of which Node says EINVAL, not EBADF
  CHECK(fd_renumber(5, -1) == Errno::kBadf);
  CHECK(read(5, 9) == "A");
  CHECK(read(6, 9) == "X");
}

TEST_CASE("onto itself") {
  Opened opened;
  CHECK(fd_renumber(5, 5) == Errno::kSuccess);
  CHECK(fd_renumber(6, 6) == Errno::kSuccess);
  CHECK(read(5, 9) == "A");
  CHECK(read(6, 9) == "X");
}

TEST_CASE("a preopen that moves stays one") {
  Opened opened;
  CHECK(fd_renumber(4, 5) == Errno::kSuccess);
  CHECK(fd_prestat_get(5, opened.fake.room(8)) == Errno::kSuccess);
  CHECK(read(open(5, "a"), 9) == "A");
}

/// The table against a model: which guest number is which file.
TEST_CASE("random opening, closing and renumbering keeps every descriptor what it is") {
  FakeHost fake(build_image({{"0", "p0"}, {"1", "p1"}, {"2", "p2"}}));
  fake.add_preopen("/host");
  for (int i = 0; i < 3; ++i) fake.files[std::to_string(i)] = "h" + std::to_string(i);
  const int32_t packed = root();
  std::map<int32_t, std::string> model = {{0, ""}, {1, ""}, {2, ""}, {3, "dir"}, {packed, "dir"}};
  uint32_t seed = 99;
  const auto pick = [&](uint32_t count) { return (seed = seed * 1664525 + 1013904223) / 65536 % count; };
  for (int step = 0; step < 20000; ++step) {
    const auto fd = static_cast<int32_t>(pick(24));
    const auto to = static_cast<int32_t>(pick(24));
    const bool safe = fd > packed;
    const std::string name = std::to_string(pick(3));
    switch (pick(5)) {
      case 0:
      case 1: {
        if (model.size() > 20) break;
        const bool ours = pick(2) == 0;
        const int32_t opened = open(ours ? packed : 3, name);
        REQUIRE(opened >= 0);
        REQUIRE(model.count(opened) == 0);
        if (ours) {
          int32_t lowest = 0;
          while (model.count(lowest) != 0) ++lowest;
          REQUIRE(opened == lowest);
        }
        model[opened] = (ours ? "p" : "h") + name;
        break;
      }
      case 2:
        if (!safe) break;
        REQUIRE((fd_close(fd) == Errno::kSuccess) == (model.erase(fd) != 0));
        break;
      case 3:
        if (!safe || to <= packed || model.count(fd) == 0 || model.count(to) == 0) break;
        REQUIRE(fd_renumber(fd, to) == Errno::kSuccess);
        if (fd != to) {
          model[to] = model[fd];
          model.erase(fd);
        }
        break;
      default: {
        if (!safe) break;
        const uint32_t iovecs = fake.iovecs({9});
        const uint32_t result = fake.room(4);
        const Errno error = fd_pread(fd, iovecs, 1, 0, result);
        REQUIRE((error == Errno::kSuccess) == (model.count(fd) != 0));
        if (error == Errno::kSuccess) {
          REQUIRE(fake.bytes_at(fake.load<uint32_t>(iovecs), fake.load<uint32_t>(result)) == model[fd]);
        }
      }
    }
    if (step % 500 == 0) memory_grow(1);
  }
  uint32_t translated = 0;
  for (uint32_t fd = 0; fd < kTableSize; ++fd) {
    const Entry& entry = state().entries[fd];
    if (entry.kind == EntryKind::kHost && entry.target != fd) ++translated;
  }
  CHECK(state().translated_count == translated);
}

}  // namespace
}  // namespace wasm_vfs::runtime
