// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sockets are the host's: descriptors are translated, and ours are ENOTSOCK. A socket that is
// accepted gets a number in the table. Tested by tests/unit/shim/sock_test.cc.

#include "forward.h"
#include "region.h"

namespace wasm_vfs::runtime {
namespace {

SHIM_NOINLINE Errno accept_host(int32_t host_fd, uint32_t flags, uint32_t result) {
  Errno error;
  {
    const Pin pin;
    error = host::sock_accept(host_fd, flags, result);
  }
  if (error != Errno::kSuccess) return error;
  uint32_t accepted;
  error = add_host(load<uint32_t>(result), accepted);
  if (error == Errno::kSuccess) store(result, accepted);
  return error;
}

}  // namespace

Errno sock_accept(int32_t fd, uint32_t flags, uint32_t result) {
  prepare();
  if (!is_guest(result, 4)) return Errno::kFault;
  const int64_t host_fd = host_descriptor(fd);
  if (host_fd < 0) return refuse_packed(fd, Errno::kNotsock);
  return accept_host(static_cast<int32_t>(host_fd), flags, result);
}

Errno sock_recv(int32_t fd, uint32_t iovecs, uint32_t iovec_count, uint32_t flags,
                uint32_t result_size, uint32_t result_flags) {
  SHIM_FORWARD(sock_recv,
               are_guest_iovecs(iovecs, iovec_count) && is_guest(result_size, 4) &&
                   is_guest(result_flags, 2),
               fd, iovecs, iovec_count, flags, result_size, result_flags);
  return refuse_packed(fd, Errno::kNotsock);
}

Errno sock_send(int32_t fd, uint32_t iovecs, uint32_t iovec_count, uint32_t flags,
                uint32_t result) {
  SHIM_FORWARD(sock_send, are_guest_iovecs(iovecs, iovec_count) && is_guest(result, 4), fd, iovecs,
               iovec_count, flags, result);
  return refuse_packed(fd, Errno::kNotsock);
}

Errno sock_shutdown(int32_t fd, uint32_t how) {
  SHIM_FORWARD(sock_shutdown, true, fd, how);
  return refuse_packed(fd, Errno::kNotsock);
}

}  // namespace wasm_vfs::runtime
