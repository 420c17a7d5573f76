// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The files' bytes, by their logical offset (lib/image/format.h): what lies raw is one memory.init;
// what is compressed goes through a few decoded chunks that are kept behind the state. The shim is
// built twice; without WASM_VFS_DECODER there is only the former.
// Tested by tests/unit/shim/contents_test.cc.

#ifndef WASM_VFS_RUNTIME_CONTENTS_H_
#define WASM_VFS_RUNTIME_CONTENTS_H_

#include "abi.h"
#include "state.h"

namespace wasm_vfs::runtime {

#ifdef WASM_VFS_DECODER
/// copy_contents() of bytes of which some are in chunks.
bool copy_chunks(uint32_t to, uint32_t from, uint32_t size);

/// Moves the decoder up by `distance` bytes, before the state moves. What it leaves is zeroed.
void move_decoder(uint32_t distance);
#else
SHIM_INLINE void move_decoder(uint32_t) {}
#endif

/// Copies `size` bytes of the contents, from the logical offset `from` on, to the guest's memory.
/// False where they are damaged. REQUIRES: is_guest(to, size); a node has these bytes.
SHIM_INLINE bool copy_contents(uint32_t to, uint32_t from, uint32_t size) {
#ifdef WASM_VFS_DECODER
  if (static_cast<uint64_t>(from) + size > constant::raw_size()) return copy_chunks(to, from, size);
#endif
  intrinsic::contents_init(intrinsic::at(to), from, size);
  return true;
}

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_CONTENTS_H_
