// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walks instructions without decoding them into anything: the caller hears of each index that an
// instruction holds, and of each instruction, with their places. All that a rewriter needs to
// change an index and copy the rest. Opcodes and immediates come from the table in opcodes.h.
// Tested by instructions_test.cc.

#ifndef WASM_VFS_WASM_INSTRUCTIONS_H_
#define WASM_VFS_WASM_INSTRUCTIONS_H_

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "wasm/module.h"

namespace wasm_vfs::wasm {

/// The index spaces of a module (spec: "Indices"), less labels and locals.
enum class IndexSpace : uint8_t {
  kType, kFunction, kTable, kMemory, kGlobal, kTag, kElement, kData,
};

/// An index as it stands in the code. `position` and `width` delimit its LEB, counted from the
/// start of the walked bytes.
struct IndexUse {
  IndexSpace space;
  uint32_t value;
  uint32_t opcode;    // of the instruction; prefixed ones as (prefix << 16 | sub-opcode)
  uint32_t position;
  uint32_t width;
};

// Opcodes that the splicer looks for.
inline constexpr uint32_t kOpCall = 0x10, kOpReturnCall = 0x12, kOpRefFunc = 0xd2;
inline constexpr uint32_t kOpMemorySize = 0x3f, kOpMemoryGrow = 0x40;
inline constexpr uint32_t kOpGlobalGet = 0x23, kOpGlobalSet = 0x24;

}  // namespace wasm_vfs::wasm

#endif  // WASM_VFS_WASM_INSTRUCTIONS_H_
