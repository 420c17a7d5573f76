// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading and positioning: fd_read, fd_pread, fd_seek, fd_tell, fd_advise. Bytes go from the
// contents segment straight into the guest's buffers, but for compressed ones (contents.h). Errors are Wasmtime's, but for a directory,
// where reading is EISDIR as everywhere else. Tested by tests/unit/shim/fd_read_test.cc.

#include "contents.h"
#include "forward.h"

namespace wasm_vfs::runtime {
namespace {

/// Whether reading into an array of iovecs that is_guest() would end where no position is: Linux has
/// none that is not a positive 64-bit number.
SHIM_NOINLINE bool ends_beyond_positions(uint64_t position, uint32_t iovecs, uint32_t iovec_count) {
  for (uint32_t i = 0; i < iovec_count && static_cast<int64_t>(position) >= 0; ++i) {
    position += iovec_at(iovecs, i).size;
  }
  return static_cast<int64_t>(position) < 0;
}

/// Reads from `position` on into the guest's buffers, and adds what was read to it.
SHIM_NOINLINE Errno read_contents(const Node& node, uint64_t& position, uint32_t iovecs,
                                  uint32_t iovec_count, uint32_t result) {
  if (is_directory(node)) return Errno::kIsdir;
  if (!is_guest_inline(iovecs, static_cast<uint64_t>(iovec_count) * sizeof(Iovec)) ||
      !is_guest_inline(result, sizeof(uint32_t))) {
    return Errno::kFault;
  }
  if ((position >> 32) != 0 && ends_beyond_positions(position, iovecs, iovec_count)) {
    return Errno::kInval;
  }
  uint32_t left = position < node.size ? node.size - static_cast<uint32_t>(position) : 0;
  uint32_t from = node.data + (node.size - left);
  uint32_t total = 0;
  for (uint32_t i = 0; i < iovec_count && left != 0; ++i) {
    const Iovec iovec = iovec_at(iovecs, i);
    if (!is_guest_inline(iovec.buffer, iovec.size)) return Errno::kFault;
    const uint32_t size = iovec.size < left ? iovec.size : left;
    if (size == 0) continue;
    if (!copy_contents(iovec.buffer, from, size)) return Errno::kIo;
    from += size;
    left -= size;
    total += size;
  }
  position += total;
  store(result, total);
  return Errno::kSuccess;
}

SHIM_NOINLINE Errno read_packed(int32_t fd, uint32_t iovecs, uint32_t iovec_count,
                                uint32_t result) {
  Node node;
  Entry* const entry = packed_entry_inline(fd, node);
  if (entry == nullptr) return Errno::kBadf;
  return read_contents(node, entry->position, iovecs, iovec_count, result);
}

SHIM_NOINLINE Errno pread_packed(int32_t fd, uint32_t iovecs, uint32_t iovec_count,
                                 uint64_t offset, uint32_t result) {
  Node node;
  if (packed_entry(fd, node) == nullptr) return Errno::kBadf;
  return read_contents(node, offset, iovecs, iovec_count, result);
}

SHIM_NOINLINE Errno seek_packed(int32_t fd, int64_t offset, uint32_t whence, uint32_t result) {
  Node node;
  Entry* const entry = packed_entry_inline(fd, node);
  if (entry == nullptr || is_directory(node)) return Errno::kBadf;
  uint64_t from;
  switch (whence) {
    case kWhenceSet:
      from = 0;
      break;
    case kWhenceCur:
      from = entry->position;
      break;
    case kWhenceEnd:
      from = node.size;
      break;
    default:
      return Errno::kInval;
  }
  const uint64_t position = from + static_cast<uint64_t>(offset);
  // Linux has no position that is not a positive 64-bit number.
  if (static_cast<int64_t>(position) < 0) return Errno::kInval;
  if (!is_guest_inline(result, sizeof(uint64_t))) return Errno::kFault;
  entry->position = position;
  store(result, position);
  return Errno::kSuccess;
}

SHIM_NOINLINE Errno advise_packed(int32_t fd, uint64_t size, uint32_t advice) {
  if (!is_packed_file(fd)) return Errno::kBadf;
  if (advice > 5 || static_cast<int64_t>(size) < 0) return Errno::kInval;
  return Errno::kSuccess;
}

SHIM_INLINE uint32_t host_whence_cur() { return constant::is_unstable() ? 0 : kWhenceCur; }

}  // namespace

Errno fd_read(int32_t fd, uint32_t iovecs, uint32_t iovec_count, uint32_t result) {
  const int64_t host_fd = host_descriptor_inline(fd);
  if (host_fd < 0) return read_packed(fd, iovecs, iovec_count, result);
  if (!are_guest_iovecs(iovecs, iovec_count) || !is_guest_inline(result, 4)) return Errno::kFault;
  return host::fd_read(static_cast<int32_t>(host_fd), iovecs, iovec_count, result);
}

Errno fd_pread(int32_t fd, uint32_t iovecs, uint32_t iovec_count, uint64_t offset,
               uint32_t result) {
  const int64_t host_fd = host_descriptor(fd);
  if (host_fd < 0) return pread_packed(fd, iovecs, iovec_count, offset, result);
  if (!are_guest_iovecs(iovecs, iovec_count) || !is_guest(result, 4)) return Errno::kFault;
  return host::fd_pread(static_cast<int32_t>(host_fd), iovecs, iovec_count, offset, result);
}

Errno fd_seek(int32_t fd, int64_t offset, uint32_t whence, uint32_t result) {
  SHIM_FORWARD(fd_seek, is_guest_inline(result, 8), fd, offset, whence, result);
  return seek_packed(fd, offset, constant::is_unstable() ? from_unstable_whence(whence) : whence,
                     result);
}

Errno fd_tell(int32_t fd, uint32_t result) {
  const int64_t host_fd = host_descriptor(fd);
  if (!is_guest(result, 8)) return Errno::kFault;
  if (host_fd >= 0) {
    const auto number = static_cast<int32_t>(host_fd);
    // Sealed modules do not ask for fd_tell.
    return constant::has_fd_tell() ? host::fd_tell(number, result)
                                   : host::fd_seek(number, 0, host_whence_cur(), result);
  }
  return seek_packed(fd, 0, kWhenceCur, result);
}

Errno fd_advise(int32_t fd, uint64_t offset, uint64_t size, uint32_t advice) {
  SHIM_FORWARD(fd_advise, true, fd, offset, size, advice);
  return advise_packed(fd, size, advice);
}

}  // namespace wasm_vfs::runtime
