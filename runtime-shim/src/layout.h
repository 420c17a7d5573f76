// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the shim and the splicer must agree on about the region: the pages at the top of the
// application's memory that belong to the shim. From the region's start lie the stack, which grows
// down from the memory base, then, at the memory base, the state. All of it starts as zeroes.

#ifndef WASM_VFS_RUNTIME_LAYOUT_H_
#define WASM_VFS_RUNTIME_LAYOUT_H_

#include <stdint.h>

namespace wasm_vfs::runtime {

inline constexpr uint32_t kPageSize = 65536;

/// Pages of the region.
inline constexpr uint32_t kRegionPages = 2;

/// Bytes of the stack. The memory base, and the initial stack pointer, are the region's start plus
/// this. runtime-shim/check proves that the deepest call fits.
inline constexpr uint32_t kStackSize = 4096;

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_LAYOUT_H_
