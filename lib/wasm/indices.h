// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Indices as they stand in a module's bytes: which space they count in, and where they are, so that
// a rewriter can change them in place. Tested by instructions_test.cc and sections_test.cc.

#ifndef WASM_VFS_WASM_INDICES_H_
#define WASM_VFS_WASM_INDICES_H_

#include <cstdint>

#include "wasm/cursor.h"

namespace wasm_vfs::wasm {

/// The index spaces of a module (spec: "Indices"), less labels and locals.
enum class IndexSpace : uint8_t {
  kType,
  kFunction,
  kTable,
  kMemory,
  kGlobal,
  kTag,
  kElement,
  kData,
};
inline constexpr uint32_t kIndexSpaces = 8;

/// IndexUse::opcode of an index that no instruction holds.
inline constexpr uint32_t kNoOpcode = 0xffffffff;

/// An index as it stands in the bytes. `position` and `width` delimit its LEB, counted from the
/// start of the walked bytes (a body's code, a section's contents).
struct IndexUse {
  IndexSpace space;
  uint32_t value;
  uint32_t opcode;  // of the instruction; prefixed ones as (prefix << 16 | sub-opcode)
  uint32_t position;
  uint32_t width;
  bool is_signed = false;  // the LEB is a signed one (block types, heap types)
};

/// "a function index"; for messages.
constexpr const char* index_name(IndexSpace space) {
  constexpr const char* kNames[kIndexSpaces] = {"a type index",
                                                "a function index",
                                                "a table index",
                                                "a memory index",
                                                "a global index",
                                                "a tag index",
                                                "an element segment index",
                                                "a data segment index"};
  return kNames[static_cast<uint8_t>(space)];
}

/// Reads an unsigned index and tells `on_index` of it.
template <typename OnIndex>
inline void read_index(Cursor& cursor, IndexSpace space, uint32_t opcode, OnIndex& on_index) {
  const uint32_t position = cursor.position();
  const uint32_t value = cursor.read_u32(index_name(space));
  if (cursor.failed()) return;
  on_index(IndexUse{space, value, opcode, position, cursor.position() - position});
}

}  // namespace wasm_vfs::wasm

#endif  // WASM_VFS_WASM_INDICES_H_
