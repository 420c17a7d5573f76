// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sockets are the host's.

#include "fake_host.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

TEST_CASE("packed files are no sockets") {
  FakeHost fake(build_image({{"a", "A"}}));
  const int32_t fd = open(root(), "a");
  const uint32_t iovecs = fake.iovecs({3});
  CHECK(sock_accept(fd, 0, fake.room(4)) == Errno::kNotsock);
  CHECK(sock_recv(fd, iovecs, 1, 0, fake.room(4), fake.room(2)) == Errno::kNotsock);
  CHECK(sock_send(fd, iovecs, 1, 0, fake.room(4)) == Errno::kNotsock);
  CHECK(sock_shutdown(fd, 0) == Errno::kNotsock);
  CHECK(sock_shutdown(77, 0) == Errno::kBadf);
}

TEST_CASE("an accepted socket has a number of the table") {
  FakeHost fake(build_image({{"a", "A"}}));
  HostDescriptor socket;
  socket.kind = HostDescriptor::kSocket;
  const int32_t listening = fake.add(socket);
  CHECK(listening == 3);
  const int32_t directory = 4;  // the root is after the socket
  const int32_t file = open(directory, "a");
  CHECK(file == 5);
  const uint32_t result = fake.room(4);
  CHECK(sock_accept(listening, 0, result) == Errno::kSuccess);
  const auto accepted = fake.load<int32_t>(result);
  CHECK(accepted == 6);  // the host's 4
  CHECK(sock_shutdown(accepted, 0) == Errno::kSuccess);
  CHECK(fake.log.back() == "sock_shutdown 4");
  CHECK(read(file, 3) == "A");
}

}  // namespace
}  // namespace wasm_vfs::runtime
