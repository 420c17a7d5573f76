// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Modules of wasi_unstable: filestat, whence and subscription are others (wasi.h). Offsets are those
// of https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview0/witx/typenames.witx.

#include "fake_host.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

struct Unstable {
  FakeHost fake{build_image({{"d/a", "0123456789"}})};
  Unstable() { fake.is_unstable = true; }
};

TEST_CASE("unstable: filestat has 56 bytes") {
  Unstable unstable;
  FakeHost& fake = unstable.fake;
  const int32_t directory = root();
  const uint32_t path = fake.put("d/a");
  const auto check = [&](uint32_t result) {
    CHECK(fake.load<uint64_t>(result) == 0x736676);        // dev
    CHECK(fake.load<uint64_t>(result + 8) == 3);           // ino
    CHECK(fake.load<uint8_t>(result + 16) == 4);           // filetype
    CHECK(fake.load<uint32_t>(result + 20) == 1);          // nlink
    CHECK(fake.load<uint64_t>(result + 24) == 10);         // size
    CHECK(fake.load<uint64_t>(result + 32) == image::kDefaultMtimeNs);  // atim
    CHECK(fake.load<uint64_t>(result + 40) == image::kDefaultMtimeNs);  // mtim
    CHECK(fake.load<uint64_t>(result + 48) == image::kDefaultMtimeNs);  // ctim
    CHECK(fake.bytes_at(result + 56, 8) == std::string(8, '\xcc'));
  };
  const uint32_t by_path = fake.room(64);
  REQUIRE(path_filestat_get(directory, 0, path, 3, by_path) == Errno::kSuccess);
  check(by_path);
  const uint32_t by_descriptor = fake.room(64);
  REQUIRE(fd_filestat_get(open(directory, "d/a"), by_descriptor) == Errno::kSuccess);
  check(by_descriptor);

  // 56 bytes are enough, ours or the host's; 55 are not.
  const uint32_t end = FakeHost::kApplicationPages * kPageSize;
  for (int32_t fd : {1, directory}) {
    CHECK(fd_filestat_get(fd, end - 56) == Errno::kSuccess);
    CHECK(fd_filestat_get(fd, end - 55) == Errno::kFault);
  }
  CHECK(path_filestat_get(directory, 0, path, 3, end - 55) == Errno::kFault);
}

TEST_CASE("unstable: whence is cur, end, set") {
  Unstable unstable;
  const int32_t fd = open(root(), "d/a");
  const uint32_t result = unstable.fake.room(8);
  const auto seek = [&](int64_t offset, uint32_t whence) {
    const Errno error = fd_seek(fd, offset, whence, result);
    return error == Errno::kSuccess ? unstable.fake.load<int64_t>(result)
                                    : -static_cast<int64_t>(error);
  };
  CHECK(seek(4, 2) == 4);
  CHECK(seek(3, 0) == 7);
  CHECK(seek(-1, 1) == 9);
  REQUIRE(fd_tell(fd, result) == Errno::kSuccess);
  CHECK(unstable.fake.load<int64_t>(result) == 9);
  for (uint32_t whence : {3u, 4u, 0xffffffffu})
    CHECK(seek(0, whence) == -static_cast<int64_t>(Errno::kInval));
}

TEST_CASE("unstable: subscriptions have 56 bytes") {
  Unstable unstable;
  FakeHost& fake = unstable.fake;
  fake.add_preopen("/host");
  fake.files["x"] = "xyz";
  REQUIRE(root() == 4);
  REQUIRE(open(4, "d/a") == 5);
  REQUIRE(open(3, "x") == 6);  // the host's 4
  const auto make = [](uint64_t userdata, uint8_t tag, uint32_t fd) {
    std::string bytes(56, '\x77');
    bytes.replace(0, 8, reinterpret_cast<const char*>(&userdata), 8);
    bytes[8] = static_cast<char>(tag);
    bytes.replace(16, 4, reinterpret_cast<const char*>(&fd), 4);
    return bytes;
  };
  const auto poll = [&](const std::string& bytes) {
    const auto count = static_cast<uint32_t>(bytes.size() / 56);
    const uint32_t in = fake.put(bytes);
    const uint32_t out = fake.room(count * 32);
    const uint32_t result = fake.room(4);
    REQUIRE(poll_oneoff(in, out, count, result) == Errno::kSuccess);
    CHECK(fake.bytes_at(in, count * 56) == bytes);
    std::map<uint64_t, uint64_t> byte_counts;
    for (uint32_t i = 0; i < fake.load<uint32_t>(result); ++i) {
      const auto event = fake.load<Event>(out + i * 32);
      CHECK(event.error == 0);
      byte_counts[event.userdata] = event.byte_count;
    }
    return byte_counts;
  };
  using Counts = std::map<uint64_t, uint64_t>;
  CHECK(poll(make(1, 1, 6) + make(2, 0, 9)) == Counts{{1, 3}, {2, 0}});
  // The timer that is added asks for the monotonic clock, which stands behind its own userdata.
  std::string timer;
  fake.on_call = [&](const std::string& call) {
    if (call == "poll_oneoff")
      timer.assign(reinterpret_cast<const char*>(state().scratch.poll.subscriptions) + 2 * 56, 56);
  };
  CHECK(poll(make(1, 1, 6) + make(0, 0, 9) + make(2, 1, 5)) == Counts{{1, 3}, {0, 0}, {2, 10}});
  std::string expected(56, '\0');
  expected[0] = 1;   // userdata
  expected[24] = 1;  // clock
  CHECK(timer == expected);
  // More than a batch.
  std::string many;
  for (uint64_t i = 0; i < 200; ++i) many += make(i, 1, i % 2 == 0 ? 5 : 6);
  CHECK(poll(many).size() == 200);
  const uint32_t end = FakeHost::kApplicationPages * kPageSize;
  const uint32_t good = fake.room(64);
  CHECK(poll_oneoff(end - 55, good, 1, good) == Errno::kFault);
}

TEST_CASE("unstable: a stream's attributes in a sealed module") {
  Unstable unstable;
  unstable.fake.seal(kSealedFilesystem);
  const uint32_t result = unstable.fake.room(64);
  REQUIRE(fd_filestat_get(1, result) == Errno::kSuccess);
  CHECK(unstable.fake.load<uint8_t>(result + 16) == 2);
  CHECK(unstable.fake.bytes_at(result + 56, 8) == std::string(8, '\xcc'));
  const uint32_t end = FakeHost::kApplicationPages * kPageSize;
  CHECK(fd_filestat_get(1, end - 55) == Errno::kFault);
}

}  // namespace
}  // namespace wasm_vfs::runtime
