// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Changing through a packed descriptor is refused; the host's are written to.

#include "fake_host.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

TEST_CASE("packed descriptors refuse changes as Linux does") {
  FakeHost fake(build_image({{"a", "A"}, {"d/x", ""}}));
  const int32_t file = open(root(), "a");
  const int32_t directory = open(root(), "d");
  const uint32_t iovecs = fake.iovecs({3});
  const uint32_t result = fake.room(4);
  for (int32_t fd : {file, directory, root()}) {
    CHECK(fd_write(fd, iovecs, 1, result) == Errno::kBadf);
    CHECK(fd_pwrite(fd, iovecs, 1, 0, result) == Errno::kBadf);
    CHECK(fd_pwrite(fd, iovecs, 1, ~0ull, result) == Errno::kInval);
    CHECK(fd_allocate(fd, 0, 1) == Errno::kBadf);
    CHECK(fd_allocate(fd, 0, 0) == Errno::kInval);
    CHECK(fd_allocate(fd, ~0ull, 1) == Errno::kInval);
    CHECK(fd_filestat_set_size(fd, 0) == Errno::kInval);
    CHECK(fd_filestat_set_times(fd, 0, 0, 0) == Errno::kRofs);
    CHECK(fd_filestat_set_times(fd, 0, 0, 3) == Errno::kInval);
    CHECK(fd_filestat_set_times(fd, 0, 0, 12) == Errno::kInval);
    CHECK(fd_filestat_set_times(fd, 0, 0, 16) == Errno::kInval);
    CHECK(fd_fdstat_set_rights(fd, 0, 0) == Errno::kNotsup);
  }
  CHECK(fd_sync(file) == Errno::kSuccess);
  CHECK(fd_datasync(file) == Errno::kSuccess);
  CHECK(fd_sync(directory) == Errno::kBadf);
  CHECK(fd_datasync(directory) == Errno::kBadf);
  CHECK(read(file, 3) == "A");
}

TEST_CASE("flags of a packed file can be set") {
  FakeHost fake(build_image({{"a", "A"}, {"d/x", ""}}));
  OpenOptions options;
  options.fdflags = kFdflagSync;
  const int32_t fd = open(root(), "a", options);
  const uint32_t result = fake.room(sizeof(Fdstat));
  CHECK(fd_fdstat_set_flags(fd, kFdflagAppend | kFdflagNonblock) == Errno::kSuccess);
  CHECK(fd_fdstat_get(fd, result) == Errno::kSuccess);
  CHECK(fake.load<Fdstat>(result).flags == (kFdflagAppend | kFdflagNonblock | kFdflagSync));
  CHECK(fd_fdstat_set_flags(fd, 0) == Errno::kSuccess);
  CHECK(fd_fdstat_get(fd, result) == Errno::kSuccess);
  CHECK(fake.load<Fdstat>(result).flags == kFdflagSync);
  CHECK(fd_fdstat_set_flags(fd, kFdflagSync) == Errno::kInval);
  CHECK(fd_fdstat_set_flags(fd, 0x20) == Errno::kInval);
  CHECK(fd_fdstat_set_flags(open(root(), "d"), 0) == Errno::kBadf);
}

TEST_CASE("the host's descriptors are written to") {
  FakeHost fake(build_image({{"a", "A"}}));
  root();
  const uint32_t bytes = fake.put("hello");
  const uint32_t iovecs = fake.room(8);
  fake.store(iovecs, Iovec{bytes, 5});
  const uint32_t result = fake.room(4);
  CHECK(fd_write(1, iovecs, 1, result) == Errno::kSuccess);
  CHECK(fake.load<uint32_t>(result) == 5);
  CHECK(fake.descriptors[1].bytes == "hello");
  CHECK(fd_write(77, iovecs, 1, result) == Errno::kBadf);
}

}  // namespace
}  // namespace wasm_vfs::runtime
