// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Numbers: the host's, ours, and which of them is taken when.

#include "fake_host.h"
#include "descriptors.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

Image small_image() { return build_image({{"a", "A"}, {"b", "B"}}); }

TEST_CASE("a program that opens nothing runs as before") {
  FakeHost fake(small_image());
  const uint32_t iovecs = fake.iovecs({5});
  const uint32_t result = fake.room(4);
  CHECK(fd_write(1, iovecs, 1, result) == Errno::kSuccess);
  CHECK(fd_fdstat_get(0, fake.room(24)) == Errno::kSuccess);
  CHECK(fake.log == std::vector<std::string>{"fd_write 1", "fd_fdstat_get 0"});
  CHECK(state().initialised == 0);
}

TEST_CASE("ours take the lowest free number after the host's preopens") {
  FakeHost fake(small_image());
  fake.add_preopen("/host");
  fake.add_preopen("/other");
  CHECK(root() == 5);
  CHECK(open(5, "a") == 6);
  CHECK(open(5, "b") == 7);
  CHECK(fd_close(6) == Errno::kSuccess);
  CHECK(open(5, "b") == 6);
  CHECK(fd_close(0) == Errno::kSuccess);
  CHECK(open(5, "a") == 0);
  CHECK(read(0, 9) == "A");
}

TEST_CASE("ours stay away from the host's numbers where unknown calls give and take them") {
  FakeHost fake(small_image());
  fake.foreign_descriptor_calls = true;
  fake.files["x"] = "X";
  fake.add_preopen("/host");
  CHECK(root() == 4);
  CHECK(open(4, "a") == 1024);
  CHECK(open(4, "b") == 1025);
  CHECK(fd_close(1024) == Errno::kSuccess);
  CHECK(open(4, "b") == 1024);
  CHECK(read(1025, 9) == "B");
  CHECK(fd_close(0) == Errno::kSuccess);
  CHECK(open(4, "a") == 1026);
}

TEST_CASE("a first call that comes back into the guest fills the table once") {
  FakeHost fake(small_image());
  int inner = 0;
  fake.on_call = [&](const std::string& call) {
    if (call == "fd_close" && inner == 0) {
      inner = -1;
      inner = static_cast<int>(root());
    }
  };
  CHECK(root() == 3);
  CHECK(inner == 3);
  CHECK(fd_prestat_get(4, fake.room(8)) == Errno::kBadf);
}

TEST_CASE("while the host allocates, calls go to it as they are, and the table waits") {
  FakeHost fake(small_image());
  fake.allocator_is_exported = true;
  fake.allocating = 1;
  // Constructors look for preopens before the host has any, or can answer anything else.
  CHECK(fd_prestat_get(3, fake.room(8)) == Errno::kBadf);
  CHECK(fake.log == std::vector<std::string>{"fd_prestat_get 3"});
  CHECK(state().initialised == 0);

  fake.allocating = 0;
  fake.add_preopen("/host");
  CHECK(root() == 4);

  // Once it is filled it answers at any time.
  fake.allocating = 1;
  CHECK(fd_prestat_get(4, fake.room(8)) == Errno::kSuccess);
  CHECK(open(4, "a") == 5);
}

TEST_CASE("the host's keep their number while it is free") {
  FakeHost fake(small_image());
  fake.add_preopen("/host");  // 3; the root is 4
  fake.files["x"] = "X";
  fake.files["y"] = "Y";
  CHECK(root() == 4);
  CHECK(open(4, "a") == 5);
  // The host gives 4, which is the root; then 5, which is ours.
  CHECK(open(3, "x") == 6);
  CHECK(open(3, "y") == 7);
  CHECK(read(6, 9) == "X");
  CHECK(read(7, 9) == "Y");
  CHECK(read(5, 9) == "A");
  CHECK(fd_close(6) == Errno::kSuccess);
  CHECK(fake.descriptors.count(4) == 0);
  CHECK(read(7, 9) == "");
  CHECK(fd_close(7) == Errno::kSuccess);
  CHECK(fake.descriptors.count(5) == 0);
  CHECK(state().translated_count == 0);
  CHECK(fd_close(6) == Errno::kBadf);
  // 6 is free at both sides again.
  CHECK(open(3, "x") == 6);
}

TEST_CASE("a number that the host holds unasked is not taken") {
  FakeHost fake(small_image());
  HostDescriptor socket;
  socket.kind = HostDescriptor::kSocket;
  fake.add(socket);  // 3
  fake.add(socket);  // 4
  fake.prestat_error = Errno::kBadf;
  const uint32_t prestat = fake.room(8);
  for (int32_t fd : {3, 4}) {
    CHECK(fd_prestat_get(fd, prestat) == Errno::kSuccess);
    CHECK(fake.load<Prestat>(prestat).tag == 1);
  }
  CHECK(fd_prestat_get(5, prestat) == Errno::kSuccess);
  CHECK(open(5, "a") == 6);
  CHECK(fd_sync(3) == Errno::kSuccess);
  CHECK(fake.log.back() == "fd_sync 3");
}

TEST_CASE("only EBADF ends the host's preopens") {
  FakeHost fake(small_image());
  HostDescriptor socket;
  socket.kind = HostDescriptor::kSocket;
  fake.add(socket);
  fake.add_preopen("/host");
  CHECK(fd_prestat_get(4, fake.room(8)) == Errno::kSuccess);
  CHECK(fd_prestat_get(5, fake.room(8)) == Errno::kSuccess);
  CHECK(open(5, "a") == 6);
}

TEST_CASE("a host that never says EBADF does not take all numbers") {
  FakeHost fake(small_image());
  fake.prestat_error = Errno::kNosys;
  CHECK(open(3, "a") == 4);
}

TEST_CASE("without fd_prestat_get the root is 3, unless the host answers for it") {
  FakeHost fake(small_image());
  fake.missing = {"fd_prestat_get", "fd_prestat_dir_name"};
  SECTION("free") { CHECK(open(3, "a") == 4); }
  SECTION("the host's") {
    fake.add_preopen("/host");
    fake.files["x"] = "X";
    const int32_t fd = open(3, "x");
    REQUIRE(fd >= 4);
    CHECK(read(fd, 9) == "X");
  }
}

TEST_CASE("nothing is asked of calls that the application lacks") {
  FakeHost fake(small_image());
  fake.missing = {"fd_prestat_get", "fd_prestat_dir_name", "fd_fdstat_get", "fd_close"};
  CHECK(open(3, "a") == 4);
  CHECK(fake.log.empty());
}

TEST_CASE("numbers from 4096 on are the host's") {
  FakeHost fake(small_image());
  root();
  CHECK(fd_sync(4096) == Errno::kBadf);
  CHECK(fake.log.back() == "fd_sync 4096");
  CHECK(fd_sync(-1) == Errno::kBadf);
  CHECK(fake.log.back() == "fd_sync -1");
}

TEST_CASE("very many files can be open, and then EMFILE") {
  FakeHost fake(small_image());
  const int32_t directory = root();
  for (int32_t fd = directory + 1; fd < 4096; ++fd) REQUIRE(open(directory, "a") == fd);
  CHECK(open(directory, "a") == -static_cast<int32_t>(Errno::kMfile));
  CHECK(fd_close(2000) == Errno::kSuccess);
  CHECK(open(directory, "b") == 2000);
  CHECK(read(2000, 9) == "B");
  CHECK(read(1999, 9) == "A");
}

TEST_CASE("a descriptor of the host's for which there is no number is closed again") {
  FakeHost fake(small_image());
  fake.add_preopen("/host");
  fake.files["x"] = "X";
  const int32_t directory = root();
  while (open(directory, "a") >= 0) {
  }
  CHECK(open(3, "x") == -static_cast<int32_t>(Errno::kMfile));
  CHECK(fake.descriptors.size() == 4);
}

TEST_CASE("an overwritten table gives errors, never a trap or another's bytes") {
  FakeHost fake(build_image({{"a", "A"}, {"d/b", "B"}}));
  const int32_t directory = root();
  const int32_t fd = open(directory, "a");
  uint32_t seed = 1;
  for (int round = 0; round < 2000; ++round) {
    State& s = state();
    Entry& entry = s.entries[fd];
    auto* bytes = reinterpret_cast<uint8_t*>(&entry);
    for (size_t i = 0; i < sizeof(entry); ++i) {
      seed = seed * 1664525 + 1013904223;
      bytes[i] = static_cast<uint8_t>(seed >> 24);
    }
    if (round % 3 == 0) entry.kind = EntryKind::kPacked;
    if (round % 7 == 0) s.entry_count = seed;
    if (round % 11 == 0) s.lowest_free = seed;
    if (round % 13 == 0) s.translated_count = seed;
    fake.add(HostDescriptor{HostDescriptor::kFile, "", "host", 0});
    const uint32_t iovecs = fake.iovecs({3, 0, 9});
    const uint32_t result = fake.room(64);
    fd_read(fd, iovecs, 3, result);
    fd_pread(fd, iovecs, 3, seed, result);
    fd_seek(fd, seed, seed % 3, result);
    fd_filestat_get(fd, result);
    fd_fdstat_get(fd, result);
    fd_readdir(fd, fake.room(100), 100, seed % 4, result);
    fd_prestat_get(fd, result);
    fd_prestat_dir_name(fd, fake.room(10), 10);
    stat(fd, "a");
    stat(fd, "../b");
    memory_grow(0);
    const int32_t opened = open(fd, "a");
    if (opened >= 0) fd_close(opened);
    fd_renumber(fd, 20);
    fd_close(fd);
    fake.log.clear();
  }
  CHECK(fake.pin == 0);
}

}  // namespace
}  // namespace wasm_vfs::runtime
