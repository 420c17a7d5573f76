// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The region moves with the memory, and stays while it is pinned.

#include "fake_host.h"
#include "region.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

constexpr uint32_t kStart = FakeHost::kApplicationPages;

/// The state without the scratch and what is said of it.
std::string state_bytes(FakeHost& fake) {
  std::string bytes = fake.bytes_at(fake.memory_base + static_cast<uint32_t>(sizeof(Scratch)),
                                    static_cast<uint32_t>(sizeof(State) - sizeof(Scratch)));
  bytes[offsetof(State, scratch_used) - sizeof(Scratch)] = 0;
  return bytes;
}

bool is_zero(FakeHost& fake, uint64_t from, uint64_t to) {
  for (uint64_t i = from; i < to; ++i) {
    if (*fake.at(static_cast<uint32_t>(i)) != 0) return false;
  }
  return true;
}

Image small_image() { return build_image({{"a", "contents of a"}}); }

TEST_CASE("the application does not see the region") {
  FakeHost fake(small_image());
  CHECK(memory_size() == kStart);
  CHECK(fake.pages == kStart + kRegionPages);
  CHECK(memory_grow(0) == kStart);
  CHECK(fake.pages == kStart + kRegionPages);
}

TEST_CASE("growth moves the region up and leaves zeroes") {
  const uint32_t pages = GENERATE(1u, 2u, 3u, 20u);
  const int files = GENERATE(0, 5, 1500, 4000);
  FakeHost fake(small_image());
  int32_t last = -1;
  for (int i = 0; i < files; ++i) last = open(root(), "a");
  // The stack and the scratch may be dirty after any call.
  use_scratch();
  std::memset(fake.at(kStart * kPageSize), 0xaa, kStackSize + sizeof(Scratch));
  const std::string before = state_bytes(fake);

  CHECK(memory_grow(pages) == kStart);
  CHECK(fake.pages == kStart + kRegionPages + pages);
  CHECK(fake.memory_base == (kStart + pages) * kPageSize + kStackSize);
  CHECK(fake.stack_pointer == fake.memory_base);
  CHECK(memory_size() == kStart + pages);
  CHECK(state_bytes(fake) == before);
  CHECK(is_zero(fake, kStart * kPageSize, (kStart + pages) * uint64_t{kPageSize}));
  if (files != 0) {
    CHECK(read(last, 8) == "contents");
    CHECK(open(root(), "a") == last + 1);
  }
}

TEST_CASE("growth one page at a time keeps everything") {
  FakeHost fake(small_image());
  const int32_t fd = open(root(), "a");
  for (uint32_t i = 0; i < 40; ++i) {
    REQUIRE(memory_grow(1) == kStart + i);
    REQUIRE(is_zero(fake, (kStart + i) * uint64_t{kPageSize}, (kStart + i + 1) * uint64_t{kPageSize}));
    if (i % 2 == 0) {
      // What the application writes is its own.
      std::memset(fake.at((kStart + i) * kPageSize), 0x55, kPageSize);
    }
  }
  CHECK(read(fd, 100) == "contents of a");
}

TEST_CASE("what a long table leaves in the new scratch is cleared by the next growth") {
  FakeHost fake(small_image());
  for (int i = 0; i < 4000; ++i) open(root(), "a");
  for (uint32_t i = 0; i < 3; ++i) {
    REQUIRE(memory_grow(1) == kStart + i);
    CHECK(is_zero(fake, (kStart + i) * uint64_t{kPageSize}, (kStart + i + 1) * uint64_t{kPageSize}));
  }
}

TEST_CASE("a scratch that was not used is not written when the region moves") {
  FakeHost fake(small_image());
  const uint32_t in_scratch = fake.memory_base + 100;
  *fake.at(in_scratch) = 1;  // nobody does; so that a write would show
  CHECK(memory_grow(1) == kStart);
  CHECK(*fake.at(in_scratch) == 1);
}

TEST_CASE("growth that fails moves nothing") {
  FakeHost fake(small_image());
  root();
  const uint32_t base = fake.memory_base;
  SECTION("at the real maximum") { fake.real_maximum = fake.pages + 3; }
  SECTION("at the application's maximum") { fake.application_maximum = kStart + 3; }
  CHECK(memory_grow(4) == 0xffffffffu);
  CHECK(memory_grow(0xffffffffu) == 0xffffffffu);
  CHECK(fake.memory_base == base);
  CHECK(memory_size() == kStart);
  CHECK(memory_grow(3) == kStart);
  CHECK(memory_grow(1) == 0xffffffffu);
  CHECK(memory_size() == kStart + 3);
}

TEST_CASE("growth from outside is noticed, and the region goes to the top again") {
  FakeHost fake(small_image());
  const int32_t fd = open(root(), "a");
  const std::string before = state_bytes(fake);
  const uint32_t outside = GENERATE(1u, 2u, 7u);
  CHECK(fake.grow(outside) == kStart + kRegionPages);

  const uint32_t size = kStart + kRegionPages + outside;
  SECTION("by memory.size") { CHECK(memory_size() == size); }
  SECTION("by memory.grow") { CHECK(memory_grow(0) == size); }
  SECTION("by a growth") {
    CHECK(memory_grow(5) == size);
    CHECK(memory_size() == size + 5);
  }
  CHECK(state_bytes(fake) == before);
  CHECK(region_start() + region_bytes() == fake.pages * uint64_t{kPageSize});
  CHECK(is_zero(fake, kStart * kPageSize, size * uint64_t{kPageSize}));
  CHECK(read(fd, 8) == "contents");
}

TEST_CASE("a region that cannot go to the top is never reported as the application's") {
  FakeHost fake(small_image());
  const int32_t fd = open(root(), "a");
  fake.grow(1);
  fake.real_maximum = fake.pages + kRegionPages - 1;
  CHECK(memory_size() == kStart);
  CHECK(memory_grow(0) == 0xffffffffu);
  CHECK(memory_grow(1) == 0xffffffffu);
  CHECK(memory_size() == kStart);
  CHECK(read(fd, 8) == "contents");
}

TEST_CASE("a pinned region stays where it is") {
  FakeHost fake(small_image());
  const int32_t fd = open(root(), "a");
  const uint32_t base = fake.memory_base;
  {
    const Pin pin;
    CHECK(memory_size() == kStart + kRegionPages);
    CHECK(memory_grow(3) == kStart + kRegionPages);
    CHECK(memory_size() == kStart + kRegionPages + 3);
    CHECK(fake.memory_base == base);
  }
  CHECK(fake.pin == 0);
  CHECK(memory_size() == kStart + kRegionPages + 3);
  CHECK(fake.memory_base == (kStart + kRegionPages + 3) * kPageSize + kStackSize);
  CHECK(read(fd, 8) == "contents");
}

TEST_CASE("an imported memory is as it was until the region is got") {
  FakeHost fake(small_image(), true);
  CHECK(memory_size() == kStart);
  CHECK(memory_grow(1) == kStart);
  CHECK(memory_size() == kStart + 1);
  CHECK(fake.pages == kStart + 1);
  CHECK(fake.memory_base == 0);
  CHECK(memory_grow(FakeHost::kMaximumPages) == kGrowFailed);

  REQUIRE(acquire_region() == 1);
  CHECK(fake.pages == kStart + 1 + kRegionPages);
  CHECK(fake.memory_base == (kStart + 1) * kPageSize + kStackSize);
  CHECK(fake.stack_pointer == fake.memory_base);
  // From here on it is as any other.
  CHECK(memory_size() == kStart + 1);
  const int32_t fd = open(root(), "a");
  CHECK(memory_grow(2) == kStart + 1);
  CHECK(memory_size() == kStart + 3);
  CHECK(read(fd, 8) == "contents");
}

TEST_CASE("an imported memory that others grow, too") {
  FakeHost fake(small_image(), true);
  REQUIRE(acquire_region() == 1);
  const int32_t fd = open(root(), "a");
  // A module that shares the memory gets pages behind the region, and keeps them.
  const uint32_t theirs = fake.grow(1);
  CHECK(theirs == kStart + kRegionPages);
  std::memset(fake.at(theirs * kPageSize), 0x77, kPageSize);
  // What the application gets next lies behind theirs.
  const uint32_t ours = memory_grow(1);
  CHECK(ours == theirs + 1);
  CHECK(read(fd, 8) == "contents");
  std::memset(fake.at(ours * kPageSize), 0x66, kPageSize);
  CHECK(open(root(), "a") == fd + 1);
  CHECK(fake.bytes_at(theirs * kPageSize, kPageSize) == std::string(kPageSize, 0x77));
  CHECK(fake.bytes_at(ours * kPageSize, kPageSize) == std::string(kPageSize, 0x66));
}

TEST_CASE("an imported memory that cannot grow has no region") {
  FakeHost fake(small_image(), true);
  fake.real_maximum = kStart + kRegionPages - 1;
  CHECK(acquire_region() == 0);
  CHECK(fake.memory_base == 0);
  CHECK(memory_size() == kStart);
  CHECK(memory_grow(1) == kStart);
}

TEST_CASE("the host may grow the memory inside each call that the shim makes") {
  // As a component adapter does, through the guest's own memory.grow.
  FakeHost fake(small_image());
  fake.add_preopen("/host");
  fake.files["x"] = "host file";
  struct Seen {
    std::string call;
    bool pinned;
    bool moved;
  };
  std::vector<Seen> seen;
  fake.on_call = [&](const std::string& call) {
    const uint32_t base = fake.memory_base;
    const bool pinned = fake.pin != 0;
    memory_grow(1);
    seen.push_back({call, pinned, fake.memory_base != base});
  };
  const int32_t host_file = open(3, "x");
  CHECK(host_file == 5);
  const int32_t packed = open(root(), "a");
  CHECK(packed == 6);
  CHECK(read(packed, 100) == "contents of a");
  CHECK(read(host_file, 100) == "host file");
  CHECK(fake.pin == 0);
  for (const Seen& one : seen) {
    INFO(one.call);
    CHECK(one.moved == !one.pinned);
    // What answers into the region, or what the shim uses the region after.
    if (one.call == "path_open" || one.call == "fd_fdstat_get") CHECK(one.pinned);
    if (one.call == "fd_close" || one.call == "fd_read") CHECK_FALSE(one.pinned);
  }
  // The first of all calls is the harmless one that lets an adapter allocate; the second fills the
  // table.
  REQUIRE(seen.size() > 2);
  CHECK(seen[0].call == "fd_close");
  CHECK(seen[1].call == "fd_prestat_get");
  CHECK(seen[1].pinned);
}

}  // namespace
}  // namespace wasm_vfs::runtime
