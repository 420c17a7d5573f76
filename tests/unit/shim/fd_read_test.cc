// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading and positioning.

#include "fake_host.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

Image image_of_it() {
  return build_image({{"ten", "0123456789"}, {"empty", ""}, {"same", "0123456789"}, {"d/x", "next"}});
}

struct Result {
  Errno error;
  std::string bytes;
};

/// Reads into buffers of these sizes; with `offset`, by fd_pread.
Result read_into(int32_t fd, const std::vector<uint32_t>& sizes, int64_t offset = -1) {
  FakeHost& fake = FakeHost::get();
  const auto count = static_cast<uint32_t>(sizes.size());
  const uint32_t iovecs = fake.iovecs(sizes);
  const uint32_t result = fake.room(4);
  const Errno error = offset < 0 ? fd_read(fd, iovecs, count, result)
                                 : fd_pread(fd, iovecs, count, static_cast<uint64_t>(offset), result);
  if (error != Errno::kSuccess) return {error, ""};
  std::string bytes;
  uint32_t left = fake.load<uint32_t>(result);
  for (uint32_t i = 0; i < count; ++i) {
    const auto iovec = fake.load<Iovec>(iovecs + i * 8);
    const uint32_t size = std::min(left, iovec.size);
    bytes += fake.bytes_at(iovec.buffer, size);
    // Nothing is written behind what was read.
    for (uint32_t j = size; j < iovec.size; ++j) CHECK(*fake.at(iovec.buffer + j) == 0xcc);
    left -= size;
  }
  CHECK(left == 0);
  return {error, bytes};
}

int64_t seek(int32_t fd, int64_t offset, uint32_t whence) {
  FakeHost& fake = FakeHost::get();
  const uint32_t result = fake.room(8);
  const Errno error = fd_seek(fd, offset, whence, result);
  return error == Errno::kSuccess ? fake.load<int64_t>(result) : -static_cast<int64_t>(error);
}

TEST_CASE("reading goes on where it ended") {
  FakeHost fake(image_of_it());
  const int32_t fd = open(root(), "ten");
  CHECK(read_into(fd, {4}).bytes == "0123");
  CHECK(read_into(fd, {0, 2, 0, 3}).bytes == "45678");
  CHECK(read_into(fd, {3, 3}).bytes == "9");
  CHECK(read_into(fd, {3}).bytes == "");
  CHECK(read_into(fd, {}).bytes == "");
}

TEST_CASE("every split of a read gives the same bytes") {
  FakeHost fake(image_of_it());
  const int32_t fd = open(root(), "ten");
  for (uint32_t a = 0; a <= 12; ++a) {
    for (uint32_t b = 0; b <= 12; ++b) {
      REQUIRE(seek(fd, 0, kWhenceSet) == 0);
      CHECK(read_into(fd, {a, b}).bytes == std::string("0123456789").substr(0, a + b));
      CHECK(seek(fd, 0, kWhenceCur) == std::min(10u, a + b));
    }
  }
}

TEST_CASE("two descriptors of a file have two positions") {
  FakeHost fake(image_of_it());
  const int32_t one = open(root(), "ten");
  const int32_t two = open(root(), "same");
  CHECK(read(one, 5) == "01234");
  CHECK(read(two, 3) == "012");
  CHECK(read(one, 9) == "56789");
}

TEST_CASE("fd_pread leaves the position alone") {
  FakeHost fake(image_of_it());
  const int32_t fd = open(root(), "ten");
  CHECK(read_into(fd, {3}, 4).bytes == "456");
  CHECK(read_into(fd, {3, 3}, 8).bytes == "89");
  CHECK(read_into(fd, {3}, 10).bytes == "");
  CHECK(read_into(fd, {3}, int64_t{1} << 32).bytes == "");
  CHECK(read_into(fd, {3}, INT64_MAX - 3).bytes == "");
  CHECK(read_into(fd, {3}, INT64_MAX - 3).error == Errno::kSuccess);
  CHECK(read_into(fd, {3}, INT64_MAX - 2).error == Errno::kInval);
  CHECK(read_into(fd, {1, 1, 1}, INT64_MAX - 2).error == Errno::kInval);
  CHECK(read_into(fd, {}, INT64_MAX).error == Errno::kSuccess);
  CHECK(fd_pread(fd, fake.iovecs({1}), 0, ~0ull, fake.room(4)) == Errno::kInval);
  CHECK(read_into(fd, {2}).bytes == "01");
}

TEST_CASE("seeking") {
  FakeHost fake(image_of_it());
  const int32_t fd = open(root(), "ten");
  constexpr int64_t invalid = -static_cast<int64_t>(Errno::kInval);
  CHECK(seek(fd, 7, kWhenceSet) == 7);
  CHECK(read(fd, 9) == "789");
  CHECK(seek(fd, -2, kWhenceCur) == 8);
  CHECK(seek(fd, -10, kWhenceEnd) == 0);
  CHECK(seek(fd, -11, kWhenceEnd) == invalid);
  CHECK(seek(fd, -1, kWhenceSet) == invalid);
  CHECK(seek(fd, -1, kWhenceCur) == invalid);
  CHECK(seek(fd, 0, 3) == invalid);
  CHECK(seek(fd, INT64_MAX, kWhenceSet) == INT64_MAX);
  CHECK(read_into(fd, {9}).error == Errno::kInval);
  CHECK(seek(fd, 1, kWhenceCur) == invalid);
  CHECK(seek(fd, INT64_MAX, kWhenceEnd) == invalid);
  CHECK(seek(fd, 0, kWhenceCur) == INT64_MAX);
  CHECK(seek(fd, 5, kWhenceEnd) == 15);
  const uint32_t result = fake.room(8);
  CHECK(fd_tell(fd, result) == Errno::kSuccess);
  CHECK(fake.load<uint64_t>(result) == 15);
}

TEST_CASE("an empty file has nothing to read") {
  FakeHost fake(image_of_it());
  CHECK(read(open(root(), "empty"), 10) == "");
}

TEST_CASE("a directory cannot be read or positioned") {
  FakeHost fake(image_of_it());
  const int32_t fd = open(root(), "d");
  CHECK(read_into(fd, {3}).error == Errno::kIsdir);
  CHECK(read_into(fd, {3}, 0).error == Errno::kIsdir);
  CHECK(seek(fd, 0, kWhenceCur) == -static_cast<int64_t>(Errno::kBadf));
  CHECK(fd_tell(fd, fake.room(8)) == Errno::kBadf);
  CHECK(fd_advise(fd, 0, 0, 0) == Errno::kBadf);
}

TEST_CASE("advice is taken, if it makes sense") {
  FakeHost fake(image_of_it());
  const int32_t fd = open(root(), "ten");
  for (uint32_t advice = 0; advice <= 5; ++advice) CHECK(fd_advise(fd, 0, 10, advice) == Errno::kSuccess);
  CHECK(fd_advise(fd, 0, 10, 6) == Errno::kInval);
  CHECK(fd_advise(fd, 1ull << 63, 10, 0) == Errno::kSuccess);
}

TEST_CASE("a closed descriptor cannot be read") {
  FakeHost fake(image_of_it());
  const int32_t fd = open(root(), "ten");
  CHECK(fd_close(fd) == Errno::kSuccess);
  CHECK(read_into(fd, {3}).error == Errno::kBadf);
}

}  // namespace
}  // namespace wasm_vfs::runtime
