// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The region in the application's memory, and pinning: how the rest of the shim keeps it where it
// is. Tested by tests/unit/shim/region_test.cc.

#ifndef WASM_VFS_RUNTIME_REGION_H_
#define WASM_VFS_RUNTIME_REGION_H_

#include "abi.h"
#include "state.h"

namespace wasm_vfs::runtime {

inline constexpr uint32_t kGrowFailed = 0xffffffffu;

SHIM_INLINE uint32_t region_start() { return intrinsic::get_memory_base() - kStackSize; }

SHIM_INLINE uint64_t region_bytes() {
  return static_cast<uint64_t>(constant::region_pages()) * kPageSize;
}

/// Held around a host call by every function that has a frame, or uses an address in the region
/// after the call: the host may call back into the guest, and the guest may grow its memory.
class Pin {
 public:
  SHIM_INLINE Pin() { intrinsic::set_pin(intrinsic::get_pin() + 1); }
  SHIM_INLINE ~Pin() { intrinsic::set_pin(intrinsic::get_pin() - 1); }
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;
};

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_REGION_H_
