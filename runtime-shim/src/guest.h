// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The guest's memory, as far as a call may touch it: all of it but the shim's region. Every pointer
// of a call is checked here before it is used or forwarded, and a bad one gives EFAULT: the guest
// has no business in the region, and a trap inside the shim would be blamed on us.
// Guest values need not be aligned. Tested by tests/unit/shim/guest_test.cc.

#ifndef WASM_VFS_RUNTIME_GUEST_H_
#define WASM_VFS_RUNTIME_GUEST_H_

#include "abi.h"
#include "region.h"

namespace wasm_vfs::runtime {

/// Whether `size` bytes at `address` are the guest's. No bytes are, wherever they lie.
bool is_guest(uint32_t address, uint64_t size);

/// The same, inlined: for the calls that must not cost a nanosecond more. It is 30 bytes each time.
SHIM_INLINE bool is_guest_inline(uint32_t address, uint64_t size) {
  return address + size <= region_start() || is_guest(address, size);
}

/// REQUIRES, as the others: is_guest().
template <typename T>
SHIM_INLINE T load(uint32_t address) {
  T value;
  __builtin_memcpy(&value, intrinsic::at(address), sizeof(T));
  return value;
}

template <typename T>
SHIM_INLINE void store(uint32_t address, const T& value) {
  __builtin_memcpy(intrinsic::at(address), &value, sizeof(T));
}

/// The iovec of an array that is_guest().
SHIM_INLINE Iovec iovec_at(uint32_t iovecs, uint32_t index) {
  const uint32_t address = iovecs + index * static_cast<uint32_t>(sizeof(Iovec));
  return {load<uint32_t>(address), load<uint32_t>(address + 4)};
}

/// Whether an array of iovecs and all their buffers are the guest's.
bool are_guest_iovecs(uint32_t iovecs, uint32_t count);

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_GUEST_H_
