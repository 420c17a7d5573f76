// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The checks of guest pointers. Tested by tests/unit/shim/guest_test.cc.

#include "guest.h"

namespace wasm_vfs::runtime {

SHIM_NOINLINE bool is_guest(uint32_t address, uint64_t size) {
  if (size == 0 || address + size <= region_start()) return true;
  // The region is not at the top while somebody else's growth has not been noticed.
  return address >= region_start() + region_bytes() &&
         address + size <= static_cast<uint64_t>(intrinsic::real_memory_size()) * kPageSize;
}

SHIM_NOINLINE bool are_guest_iovecs(uint32_t iovecs, uint32_t count) {
  if (!is_guest_inline(iovecs, static_cast<uint64_t>(count) * sizeof(Iovec))) return false;
  for (uint32_t i = 0; i < count; ++i) {
    const Iovec iovec = iovec_at(iovecs, i);
    if (!is_guest_inline(iovec.buffer, iovec.size)) return false;
  }
  return true;
}

}  // namespace wasm_vfs::runtime
