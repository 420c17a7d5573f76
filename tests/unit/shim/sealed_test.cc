// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a sealed guest sees of its host: with --sealed=fs no files, with --sealed=wasi nothing.

#include <map>

#include "fake_host.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

int32_t add_host(FakeHost& fake, HostDescriptor::Kind kind, const std::string& preopen = "") {
  HostDescriptor descriptor;
  descriptor.kind = kind;
  descriptor.preopen = preopen;
  descriptor.bytes = "host";
  return fake.add(std::move(descriptor));
}

Errno write_to(int32_t fd) {
  FakeHost& fake = FakeHost::get();
  return fd_write(fd, fake.iovecs({3}), 1, fake.room(4));
}

uint64_t filetype_of_descriptor(int32_t fd) {
  FakeHost& fake = FakeHost::get();
  const uint32_t result = fake.room(64);
  if (fd_filestat_get(fd, result) != Errno::kSuccess) return 99;
  const auto filestat = fake.load<Filestat>(result);
  CHECK(filestat.device != 0);
  CHECK(filestat.link_count == 1);
  return filestat.filetype;
}

TEST_CASE("sealed: host directories and files do not exist, and the root is descriptor 3") {
  FakeHost fake(build_image({{"a", "A"}}));
  CHECK(fake.add_preopen("/") == 3);
  CHECK(add_host(fake, HostDescriptor::kFile) == 4);
  fake.files["a"] = fake.files["host"] = "the host's";
  fake.seal(kSealedFilesystem);
  REQUIRE(root() == 3);
  const uint32_t result = fake.room(64);
  CHECK(fd_prestat_get(4, result) == Errno::kBadf);
  CHECK(open(3, "host") == -static_cast<int32_t>(Errno::kNoent));
  CHECK(read(open(3, "a"), 9) == "A");
  // That file is 4 now, which is the host's file's number; 5 is none.
  CHECK(fd_fdstat_get(5, result) == Errno::kBadf);
  CHECK(fd_close(4) == Errno::kSuccess);
  CHECK(fd_fdstat_get(4, result) == Errno::kBadf);
  CHECK(write_to(4) == Errno::kBadf);
  CHECK(fd_close(4) == Errno::kBadf);
  CHECK(fake.descriptors.count(4) == 1);
  CHECK(write_to(100000) == Errno::kBadf);
  for (const char* call : {"path_open", "fd_prestat_get", "fd_filestat_get"})
    CHECK(fake.count(call) == 0);
}

TEST_CASE("sealed: the standard streams go on, whatever they are") {
  FakeHost fake(build_image({{"a", "A"}}));
  fake.descriptors[0].kind = HostDescriptor::kFile;  // redirected
  fake.descriptors[0].bytes = "input";
  fake.seal(kSealedFilesystem);
  CHECK(write_to(1) == Errno::kSuccess);
  CHECK(read(0, 2) == "in");
  REQUIRE(root() == 3);
  CHECK(write_to(2) == Errno::kSuccess);
  CHECK(read(0, 9) == "put");
  const uint32_t result = fake.room(64);
  CHECK(fd_fdstat_get(0, result) == Errno::kSuccess);
  CHECK(fd_tell(0, result) == Errno::kSuccess);  // asked with fd_seek
  CHECK(fake.log.back() == "fd_seek 0");
  // Programs look at their streams when they start.
  CHECK(filetype_of_descriptor(0) == 4);
  CHECK(filetype_of_descriptor(1) == 2);
  CHECK(filetype_of_descriptor(7) == 99);
  // What the host is not asked any more.
  CHECK(fd_prestat_get(1, result) == Errno::kBadf);
  CHECK(fd_sync(1) == Errno::kNotsup);
  CHECK(open(1, "a") == -static_cast<int32_t>(Errno::kNotsup));
}

TEST_CASE("sealed: sockets stay, and the root is after them") {
  FakeHost fake(build_image({{"a", "A"}}));
  CHECK(add_host(fake, HostDescriptor::kSocket) == 3);
  fake.seal(kSealedFilesystem);
  const uint32_t result = fake.room(8);
  // It is a preopen that is no directory: the list goes on.
  REQUIRE(fd_prestat_get(3, result) == Errno::kSuccess);
  CHECK(fake.load<Prestat>(result).tag != 0);
  CHECK(root() == 4);
  CHECK(fd_prestat_get(5, result) == Errno::kBadf);
  CHECK(open(4, "a") == 5);
  CHECK(filetype_of_descriptor(3) == 6);
  // Accepted at the host's 4, which is ours.
  REQUIRE(sock_accept(3, 0, result) == Errno::kSuccess);
  CHECK(fake.load<int32_t>(result) == 6);
  CHECK(sock_shutdown(6, 0) == Errno::kSuccess);
  CHECK(fake.log.back() == "sock_shutdown 4");
  CHECK(sock_shutdown(5, 0) == Errno::kNotsock);
}

TEST_CASE("sealed: renumbering does without the host") {
  FakeHost fake(build_image({{"a", "A"}}));
  fake.seal(kSealedFilesystem);
  const int32_t a = open(root(), "a");
  fake.descriptors[2].bytes = "error";
  // As dup2(2, 1) and dup2(a, 0).
  REQUIRE(fd_renumber(2, 1) == Errno::kSuccess);
  CHECK(fake.descriptors.count(1) == 0);
  CHECK(write_to(1) == Errno::kSuccess);
  CHECK(fake.log.back() == "fd_write 2");
  CHECK(write_to(2) == Errno::kBadf);
  REQUIRE(fd_renumber(a, 0) == Errno::kSuccess);
  CHECK(fake.descriptors.count(0) == 0);
  CHECK(read(0, 9) == "A");
  CHECK(fd_renumber(1, 77) == Errno::kBadf);
  CHECK(fd_renumber(77, 1) == Errno::kBadf);
  // The lowest number that nobody holds.
  CHECK(open(root(), "a") == 2);
}

TEST_CASE("sealed: where fd_fdstat_get is missing, the host holds nothing") {
  FakeHost fake(build_image({}));
  add_host(fake, HostDescriptor::kSocket);
  fake.seal(kSealedFilesystem);
  fake.missing.insert("fd_fdstat_get");
  CHECK(root() == 3);
  CHECK(fd_filestat_get(1, fake.room(64)) == Errno::kNotsup);
}

TEST_CASE("sealed from WASI: files are served, and nothing else is there") {
  FakeHost fake(build_image({{"a", "12345"}}));
  fake.add_preopen("/");
  add_host(fake, HostDescriptor::kSocket);
  fake.seal(kSealedWasi);
  const uint32_t result = fake.room(64);
  const uint32_t count = fake.room(4);
  for (int32_t fd : {0, 1, 2, 4, 5, 4096, -1}) {
    INFO(fd);
    CHECK(write_to(fd) == Errno::kBadf);
    CHECK(fd_read(fd, fake.iovecs({1}), 1, count) == Errno::kBadf);
    CHECK(fd_fdstat_get(fd, result) == Errno::kBadf);
    CHECK(fd_filestat_get(fd, result) == Errno::kBadf);
    CHECK(fd_prestat_get(fd, result) == Errno::kBadf);
    CHECK(fd_close(fd) == Errno::kBadf);
    CHECK(fd_tell(fd, result) == Errno::kBadf);
    CHECK(sock_shutdown(fd, 0) == Errno::kBadf);
    CHECK(sock_accept(fd, 0, count) == Errno::kBadf);
    CHECK(sock_recv(fd, fake.iovecs({1}), 1, 0, count, fake.room(2)) == Errno::kBadf);
    CHECK(sock_send(fd, fake.iovecs({1}), 1, 0, count) == Errno::kBadf);
    CHECK(fd_renumber(fd, 3) == Errno::kBadf);
    CHECK(open(fd, "a") == -static_cast<int32_t>(Errno::kBadf));
  }
  REQUIRE(root() == 3);
  // The numbers of the standard streams are not given to files, unless the guest says so.
  const int32_t a = open(3, "a");
  CHECK(a == 4);
  CHECK(read(a, 2) == "12");
  CHECK(sock_shutdown(a, 0) == Errno::kNotsock);
  CHECK(sock_accept(a, 0, count) == Errno::kNotsock);
  REQUIRE(fd_renumber(a, 0) == Errno::kSuccess);
  CHECK(read(0, 9) == "345");
  CHECK(fake.log.empty());
}

TEST_CASE("sealed from WASI: clocks, randomness and exits") {
  FakeHost fake(build_image({}));
  fake.seal(kSealedWasi);
  const uint32_t result = fake.room(8);
  CHECK(clock_res_get(0, result) == Errno::kNotsup);
  CHECK(clock_time_get(0, 1, result) == Errno::kNotsup);
  CHECK(random_get(result, 8) == Errno::kNotsup);
  CHECK(random_get(0, 0) == Errno::kNotsup);
  CHECK(proc_raise(6) == Errno::kNotsup);
  CHECK(sched_yield() == Errno::kSuccess);
  CHECK(fake.bytes_at(result, 8) == std::string(8, '\xcc'));
  for (uint32_t bad : {fake.memory_base, fake.pages * kPageSize - 4, 0xfffffffcu}) {
    CHECK(clock_res_get(0, bad) == Errno::kFault);
    CHECK(clock_time_get(0, 1, bad) == Errno::kFault);
    CHECK(random_get(bad, 8) == Errno::kFault);
    CHECK(random_get(4, bad) == (bad < fake.memory_base ? Errno::kNotsup : Errno::kFault));
  }
  CHECK(fake.log.empty());
}

TEST_CASE("sealed from WASI: polling") {
  FakeHost fake(build_image({{"a", "12345"}}));
  fake.seal(kSealedWasi);
  const int32_t a = open(root(), "a");
  const auto poll = [&](const std::vector<std::pair<uint8_t, int32_t>>& of) {
    std::string bytes;
    for (const auto& [tag, fd] : of) {
      Subscription subscription = {};
      subscription.userdata = bytes.size();
      subscription.tag = tag;
      subscription.clock_or_descriptor = static_cast<uint32_t>(fd);
      bytes.append(reinterpret_cast<const char*>(&subscription), sizeof(subscription));
    }
    const uint32_t result = fake.room(4);
    const Errno error = poll_oneoff(fake.put(bytes), fake.room(256),
                                    static_cast<uint32_t>(of.size()), result);
    return error == Errno::kSuccess ? fake.load<int32_t>(result) : -static_cast<int32_t>(error);
  };
  // A file is ready, a stream is an event with an error, and a timer beside them does not count.
  CHECK(poll({{1, a}, {0, 0}}) == 1);
  CHECK(poll({{2, 1}, {0, 0}, {1, a}}) == 2);
  // Nobody can wait.
  CHECK(poll({{0, 0}}) == -static_cast<int32_t>(Errno::kNotsup));
  CHECK(fake.log.empty());
}

TEST_CASE("sealed: polling what the host has, but the guest does not, leaves the others as they are") {
  FakeHost fake(build_image({{"a", "A"}}));
  fake.add_preopen("/one");
  fake.add_preopen("/two");
  fake.seal(kSealedFilesystem);
  CHECK(root() == 3);
  Subscription subscriptions[3] = {};
  for (uint32_t i = 0; i < 3; ++i) {
    subscriptions[i].userdata = 0x1234567890 + i;
    subscriptions[i].tag = static_cast<uint8_t>(Eventtype::kFdWrite);
    subscriptions[i].clock_or_descriptor = i == 1 ? 4 : 1;  // the host's /two, standard output
  }
  const uint32_t in =
      fake.put({reinterpret_cast<const char*>(subscriptions), sizeof(subscriptions)});
  const uint32_t events = fake.room(3 * sizeof(Event));
  const uint32_t result = fake.room(4);
  REQUIRE(poll_oneoff(in, events, 3, result) == Errno::kSuccess);
  REQUIRE(fake.load<uint32_t>(result) == 3);
  std::map<uint64_t, Errno> errors;
  for (uint32_t i = 0; i < 3; ++i) {
    const auto event = fake.load<Event>(events + i * static_cast<uint32_t>(sizeof(Event)));
    CHECK(event.type == static_cast<uint8_t>(Eventtype::kFdWrite));
    errors[event.userdata] = static_cast<Errno>(event.error);
  }
  CHECK(errors == std::map<uint64_t, Errno>{{0x1234567890, Errno::kSuccess},
                                           {0x1234567891, Errno::kBadf},
                                           {0x1234567892, Errno::kSuccess}});
}

}  // namespace
}  // namespace wasm_vfs::runtime
