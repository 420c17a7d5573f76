// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Changing through a descriptor. A packed file is never open for writing, so the answers are those
// of Linux for a descriptor opened O_RDONLY on a read-only mount. Syncing succeeds on files, and
// rights cannot be set, as in Wasmtime. Tested by tests/unit/shim/fd_write_test.cc.

#include "forward.h"
#include "stat.h"

namespace wasm_vfs::runtime {
namespace {

Errno sync_packed(int32_t fd) { return is_packed_file(fd) ? Errno::kSuccess : Errno::kBadf; }

SHIM_NOINLINE Errno set_flags_packed(int32_t fd, uint32_t flags) {
  constexpr uint32_t settable = kFdflagAppend | kFdflagNonblock;
  if (!is_packed_file(fd)) return Errno::kBadf;
  if ((flags & ~settable) != 0) return Errno::kInval;
  Fdflags& fdflags = entry_of(static_cast<uint32_t>(fd)).fdflags;
  fdflags = static_cast<Fdflags>((fdflags & ~settable) | flags);
  return Errno::kSuccess;
}

}  // namespace

Errno fd_write(int32_t fd, uint32_t iovecs, uint32_t iovec_count, uint32_t result) {
  const int64_t host_fd = host_descriptor_inline(fd);
  if (host_fd < 0) return Errno::kBadf;
  if (!are_guest_iovecs(iovecs, iovec_count) || !is_guest_inline(result, 4)) return Errno::kFault;
  return host::fd_write(static_cast<int32_t>(host_fd), iovecs, iovec_count, result);
}

Errno fd_pwrite(int32_t fd, uint32_t iovecs, uint32_t iovec_count, uint64_t offset,
                uint32_t result) {
  const int64_t host_fd = host_descriptor(fd);
  if (host_fd == kPackedDescriptor && static_cast<int64_t>(offset) < 0) return Errno::kInval;
  if (host_fd < 0) return Errno::kBadf;
  if (!are_guest_iovecs(iovecs, iovec_count) || !is_guest(result, 4)) return Errno::kFault;
  return host::fd_pwrite(static_cast<int32_t>(host_fd), iovecs, iovec_count, offset, result);
}

Errno fd_allocate(int32_t fd, uint64_t offset, uint64_t size) {
  SHIM_FORWARD(fd_allocate, true, fd, offset, size);
  const bool valid = static_cast<int64_t>(offset) >= 0 && static_cast<int64_t>(size) > 0;
  return refuse_packed(fd, valid ? Errno::kBadf : Errno::kInval);
}

Errno fd_datasync(int32_t fd) {
  SHIM_FORWARD_SIDE(fd_datasync, true, fd);
  return sync_packed(fd);
}

Errno fd_sync(int32_t fd) {
  SHIM_FORWARD_SIDE(fd_sync, true, fd);
  return sync_packed(fd);
}

Errno fd_fdstat_set_flags(int32_t fd, uint32_t flags) {
  SHIM_FORWARD_SIDE(fd_fdstat_set_flags, true, fd, flags);
  return set_flags_packed(fd, flags);
}

Errno fd_fdstat_set_rights(int32_t fd, uint64_t base, uint64_t inheriting) {
  SHIM_FORWARD_SIDE(fd_fdstat_set_rights, true, fd, base, inheriting);
  return refuse_packed(fd, Errno::kNotsup);
}

Errno fd_filestat_set_size(int32_t fd, uint64_t size) {
  SHIM_FORWARD(fd_filestat_set_size, true, fd, size);
  return refuse_packed(fd, Errno::kInval);
}

Errno fd_filestat_set_times(int32_t fd, uint64_t access, uint64_t modification, uint32_t which) {
  SHIM_FORWARD(fd_filestat_set_times, true, fd, access, modification, which);
  return refuse_packed(fd, are_valid_time_flags(which) ? Errno::kRofs : Errno::kInval);
}

}  // namespace wasm_vfs::runtime
