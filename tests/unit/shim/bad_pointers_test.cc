// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every call with pointers that are not the guest's: always EFAULT, never a trap, and the region
// stays as it was, whether the call is ours or goes to the host.

#include <functional>
#include "fake_host.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

/// A call with one pointer, of `size` bytes, left open; the others are good.
struct Pointer {
  std::string call;
  uint32_t size;
  std::function<Errno(uint32_t)> with;
};

std::vector<Pointer> pointers(FakeHost& fake, int32_t fd, int32_t directory) {
  const uint32_t iovecs = fake.iovecs({3});
  const uint32_t good = fake.room(256);
  const uint32_t name = fake.put("no");
  // The address and the size, each a word.
  const auto iovec_to = [&fake](uint32_t bad, uint32_t size) {
    const uint32_t address = fake.room(16);
    fake.store(address, fake.room(1));
    fake.store<uint32_t>(address + 4, 1);
    fake.store(address + 8, bad);
    fake.store(address + 12, size);
    return address;
  };
  return {
      {"fd_read iovecs", 8, [=](uint32_t p) { return fd_read(fd, p, 1, good); }},
      {"fd_read buffer", 5, [=](uint32_t p) { return fd_read(fd, iovec_to(p, 5), 2, good); }},
      {"fd_read result", 4, [=](uint32_t p) { return fd_read(fd, iovecs, 1, p); }},
      {"fd_pread iovecs", 8, [=](uint32_t p) { return fd_pread(fd, p, 1, 0, good); }},
      {"fd_pread buffer", 5, [=](uint32_t p) { return fd_pread(fd, iovec_to(p, 5), 2, 0, good); }},
      {"fd_pread result", 4, [=](uint32_t p) { return fd_pread(fd, iovecs, 1, 0, p); }},
      {"fd_seek", 8, [=](uint32_t p) { return fd_seek(fd, 0, 0, p); }},
      {"fd_tell", 8, [=](uint32_t p) { return fd_tell(fd, p); }},
      {"fd_fdstat_get", 24, [=](uint32_t p) { return fd_fdstat_get(fd, p); }},
      {"fd_filestat_get", 64, [=](uint32_t p) { return fd_filestat_get(fd, p); }},
      {"fd_prestat_get", 8, [=](uint32_t p) { return fd_prestat_get(directory, p); }},
      {"fd_prestat_dir_name", 9,
       [=](uint32_t p) { return fd_prestat_dir_name(directory, p, 9); }},
      {"fd_readdir buffer", 30, [=](uint32_t p) { return fd_readdir(directory, p, 30, 0, good); }},
      {"fd_readdir result", 4, [=](uint32_t p) { return fd_readdir(directory, good, 30, 0, p); }},
      {"path_open path", 2,
       [=](uint32_t p) { return path_open(directory, 0, p, 2, 0, 2, 2, 0, good); }},
      {"path_open result", 4,
       [=](uint32_t p) { return path_open(directory, 0, name, 2, 0, 2, 2, 0, p); }},
      {"path_filestat_get path", 2,
       [=](uint32_t p) { return path_filestat_get(directory, 0, p, 2, good); }},
      {"path_filestat_get result", 64,
       [=](uint32_t p) { return path_filestat_get(directory, 0, name, 2, p); }},
      {"path_filestat_set_times", 2,
       [=](uint32_t p) { return path_filestat_set_times(directory, 0, p, 2, 0, 0, 0); }},
      {"path_readlink path", 2,
       [=](uint32_t p) { return path_readlink(directory, p, 2, good, 9, good); }},
      {"path_readlink buffer", 9,
       [=](uint32_t p) { return path_readlink(directory, name, 2, p, 9, good); }},
      {"path_readlink result", 4,
       [=](uint32_t p) { return path_readlink(directory, name, 2, good, 9, p); }},
      {"path_create_directory", 2,
       [=](uint32_t p) { return path_create_directory(directory, p, 2); }},
      {"path_remove_directory", 2,
       [=](uint32_t p) { return path_remove_directory(directory, p, 2); }},
      {"path_unlink_file", 2, [=](uint32_t p) { return path_unlink_file(directory, p, 2); }},
      {"path_symlink target", 2,
       [=](uint32_t p) { return path_symlink(p, 2, directory, name, 2); }},
      {"path_symlink path", 2, [=](uint32_t p) { return path_symlink(name, 2, directory, p, 2); }},
      {"path_link old", 2,
       [=](uint32_t p) { return path_link(directory, 0, p, 2, directory, name, 2); }},
      {"path_link new", 2,
       [=](uint32_t p) { return path_link(directory, 0, name, 2, directory, p, 2); }},
      {"path_rename old", 2,
       [=](uint32_t p) { return path_rename(directory, p, 2, directory, name, 2); }},
      {"path_rename new", 2,
       [=](uint32_t p) { return path_rename(directory, name, 2, directory, p, 2); }},
      {"poll_oneoff in", 48, [=](uint32_t p) { return poll_oneoff(p, good, 1, good); }},
      {"poll_oneoff out", 32, [=](uint32_t p) { return poll_oneoff(good, p, 1, good); }},
      {"poll_oneoff result", 4, [=](uint32_t p) { return poll_oneoff(good, good, 1, p); }},
  };
}

/// Those of which a packed descriptor does not even look at the pointers.
std::vector<Pointer> host_pointers(FakeHost& fake, int32_t fd) {
  const uint32_t iovecs = fake.iovecs({3});
  const uint32_t good = fake.room(64);
  const auto iovec_to = [&fake](uint32_t bad) {
    const uint32_t address = fake.room(8);
    fake.store(address, bad);
    fake.store<uint32_t>(address + 4, 5);
    return address;
  };
  return {
      {"fd_write iovecs", 8, [=](uint32_t p) { return fd_write(fd, p, 1, good); }},
      {"fd_write buffer", 5, [=](uint32_t p) { return fd_write(fd, iovec_to(p), 1, good); }},
      {"fd_write result", 4, [=](uint32_t p) { return fd_write(fd, iovecs, 1, p); }},
      {"fd_pwrite iovecs", 8, [=](uint32_t p) { return fd_pwrite(fd, p, 1, 0, good); }},
      {"fd_pwrite buffer", 5, [=](uint32_t p) { return fd_pwrite(fd, iovec_to(p), 1, 0, good); }},
      {"fd_pwrite result", 4, [=](uint32_t p) { return fd_pwrite(fd, iovecs, 1, 0, p); }},
      {"sock_accept", 4, [=](uint32_t p) { return sock_accept(fd, 0, p); }},
      {"sock_recv iovecs", 8, [=](uint32_t p) { return sock_recv(fd, p, 1, 0, good, good); }},
      {"sock_recv buffer", 5,
       [=](uint32_t p) { return sock_recv(fd, iovec_to(p), 1, 0, good, good); }},
      {"sock_recv size", 4, [=](uint32_t p) { return sock_recv(fd, iovecs, 1, 0, p, good); }},
      {"sock_recv flags", 2, [=](uint32_t p) { return sock_recv(fd, iovecs, 1, 0, good, p); }},
      {"sock_send iovecs", 8, [=](uint32_t p) { return sock_send(fd, p, 1, 0, good); }},
      {"sock_send buffer", 5, [=](uint32_t p) { return sock_send(fd, iovec_to(p), 1, 0, good); }},
      {"sock_send result", 4, [=](uint32_t p) { return sock_send(fd, iovecs, 1, 0, p); }},
  };
}

void check_all(FakeHost& fake, const std::vector<Pointer>& all) {
  const uint32_t start = FakeHost::kApplicationPages * kPageSize;
  const uint32_t end = fake.pages * kPageSize;
  const auto region = [&] {
    return fake.bytes_at(fake.memory_base + static_cast<uint32_t>(sizeof(Scratch)),
                         end - fake.memory_base - static_cast<uint32_t>(sizeof(Scratch)));
  };
  for (const Pointer& pointer : all) {
    INFO(pointer.call);
    for (uint32_t bad : {start, start - 1, start - pointer.size + 1, fake.memory_base,
                         fake.memory_base + static_cast<uint32_t>(offsetof(State, entries)),
                         end - pointer.size, end - 1, end, end + 4096, 0x7fffffffu, 0xfffffff0u,
                         0xffffffffu}) {
      INFO(bad);
      const std::string before = region();
      fake.log.clear();
      CHECK(pointer.with(bad) == Errno::kFault);
      CHECK(fake.log.empty());
      CHECK((region() == before));
    }
    // Just below the region is the guest's.
    std::memset(fake.at(start - 64), 0, 64);
    CHECK(pointer.with(start - pointer.size) != Errno::kFault);
  }
  CHECK(fake.pin == 0);
}

TEST_CASE("packed descriptors") {
  FakeHost fake(build_image({{"a", std::string(1000, 'x')}}));
  const int32_t directory = root();
  const int32_t fd = open(directory, "a");
  check_all(fake, pointers(fake, fd, directory));
}

TEST_CASE("the host's descriptors") {
  FakeHost fake(build_image({{"a", "A"}}));
  fake.add_preopen("/host");
  fake.files["x"] = std::string(1000, 'x');
  root();
  const int32_t fd = open(3, "x");
  REQUIRE(fd > 0);
  check_all(fake, pointers(fake, fd, 3));
  check_all(fake, host_pointers(fake, fd));
}

TEST_CASE("merged descriptors") {
  FakeHost fake(build_image({{"a", std::string(1000, 'x')}}));
  fake.add_preopen("/");
  fake.files["h"] = "H";
  root();
  const int32_t fd = open(3, "a");
  REQUIRE(fd > 0);
  check_all(fake, pointers(fake, fd, 3));
}

TEST_CASE("counts that wrap round") {
  FakeHost fake(build_image({{"a", "A"}}));
  const int32_t fd = open(root(), "a");
  const uint32_t good = fake.room(256);
  for (uint32_t count : {0x20000000u, 0x20000001u, 0x05555556u, 0x08000001u, 0x80000000u, 0xffffffffu}) {
    INFO(count);
    for (int32_t one : {fd, 0}) {
      CHECK(fd_read(one, good, count, good) == Errno::kFault);
      CHECK(fd_pread(one, good, count, 0, good) == Errno::kFault);
    }
    CHECK(fd_write(1, good, count, good) == Errno::kFault);
    CHECK(fd_pwrite(1, good, count, 0, good) == Errno::kFault);
    CHECK(poll_oneoff(good, good, count, good) == Errno::kFault);
    CHECK(fd_readdir(root(), good, count, 0, good) == Errno::kFault);
    CHECK(path_filestat_get(root(), 0, good, count, good) == Errno::kFault);
  }
}

TEST_CASE("no bytes need no memory") {
  FakeHost fake(build_image({{"a", "A"}}));
  const int32_t fd = open(root(), "a");
  const uint32_t good = fake.room(64);
  CHECK(fd_read(fd, 0xffffffffu, 0, good) == Errno::kSuccess);
  CHECK(fake.load<uint32_t>(good) == 0);
  CHECK(fd_readdir(root(), 0xffffffffu, 0, 0, good) == Errno::kSuccess);
  CHECK(path_filestat_get(root(), 0, 0xffffffffu, 0, good) == Errno::kNoent);
  const uint32_t iovec = fake.room(8);
  fake.store(iovec, Iovec{0xffffffffu, 0});
  CHECK(fd_read(fd, iovec, 1, good) == Errno::kSuccess);
}

TEST_CASE("buffers that overlap each other are no trap") {
  FakeHost fake(build_image({{"a", std::string(64, '\xff')}}));
  const int32_t fd = open(root(), "a");
  const uint32_t iovecs = fake.room(32);
  for (uint32_t i = 0; i < 4; ++i) fake.store(iovecs + i * 8, Iovec{iovecs, 32});
  const Errno error = fd_read(fd, iovecs, 4, iovecs);
  CHECK((error == Errno::kSuccess || error == Errno::kFault));
  CHECK(fd_readdir(root(), iovecs, 30, 0, iovecs) == Errno::kSuccess);
  fake.store(iovecs, 'a');
  CHECK(path_filestat_get(root(), 0, iovecs, 1, iovecs) == Errno::kSuccess);
  fake.store(iovecs, 'a');
  CHECK(path_open(root(), 0, iovecs, 1, 0, 2, 2, 0, iovecs) == Errno::kSuccess);
}

}  // namespace
}  // namespace wasm_vfs::runtime
