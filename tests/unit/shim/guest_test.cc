// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which memory is the guest's.

#include "fake_host.h"
#include "guest.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

constexpr uint32_t kRegionStart = FakeHost::kApplicationPages * kPageSize;
constexpr uint32_t kRegionEnd = kRegionStart + kRegionPages * kPageSize;

TEST_CASE("the region and what is beyond the memory are not the guest's") {
  FakeHost fake(build_image({}));
  CHECK(is_guest(0, kRegionStart));
  CHECK_FALSE(is_guest(0, kRegionStart + 1));
  CHECK(is_guest(kRegionStart - 1, 1));
  CHECK_FALSE(is_guest(kRegionStart - 1, 2));
  CHECK_FALSE(is_guest(kRegionStart, 1));
  CHECK_FALSE(is_guest(kRegionEnd - 1, 1));
  CHECK_FALSE(is_guest(kRegionEnd, 1));
  CHECK_FALSE(is_guest(0xffffffffu, 1));
  CHECK_FALSE(is_guest(0xffffffffu, 0xffffffffu));
  CHECK_FALSE(is_guest(8, 0xffffffffu));
  CHECK_FALSE(is_guest(0, 0x7fffffff8ull));
  CHECK(is_guest(0, 0));
  CHECK(is_guest(kRegionStart + 5, 0));
  CHECK(is_guest(0xffffffffu, 0));
}

TEST_CASE("what lies above a region that has not moved yet is the guest's") {
  FakeHost fake(build_image({}));
  fake.grow(1);
  CHECK(is_guest(kRegionEnd, kPageSize));
  CHECK_FALSE(is_guest(kRegionEnd, kPageSize + 1));
  CHECK_FALSE(is_guest(kRegionEnd - 1, 2));
  CHECK_FALSE(is_guest(kRegionStart - 1, kRegionPages * kPageSize + 2));
}

TEST_CASE("iovecs are checked one by one") {
  FakeHost fake(build_image({}));
  const uint32_t iovecs = fake.iovecs({1, 2, 3});
  CHECK(are_guest_iovecs(iovecs, 3));
  CHECK(are_guest_iovecs(0xffffffffu, 0));
  CHECK_FALSE(are_guest_iovecs(iovecs, 0x20000000u));
  CHECK_FALSE(are_guest_iovecs(iovecs, 0xffffffffu));
  CHECK_FALSE(are_guest_iovecs(kRegionStart - 4, 1));
  fake.store<uint32_t>(iovecs + 16, kRegionStart - 2);
  CHECK_FALSE(are_guest_iovecs(iovecs, 3));
  CHECK(are_guest_iovecs(iovecs, 2));
}

}  // namespace
}  // namespace wasm_vfs::runtime
