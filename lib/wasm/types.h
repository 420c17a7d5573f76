// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads past the types that stand in sections and in code, telling of the type indices in them.
// Each kind of type begins with a byte that is a negative number as a one-byte signed LEB128, and
// so differs from the type indices that may stand in the same place.
// WebAssembly 3.0, "Types" (https://webassembly.github.io/spec/core/binary/types.html); shared and
// exact types of the shared-everything-threads and custom-descriptors proposals.
// Tested by sections_test.cc and instructions_test.cc.

#ifndef WASM_VFS_WASM_TYPES_H_
#define WASM_VFS_WASM_TYPES_H_

#include <cstdint>

#include "wasm/cursor.h"
#include "wasm/indices.h"
#include "wasm/module.h"

namespace wasm_vfs::wasm {

inline constexpr uint8_t kTypeV128 = 0x7b, kTypeI16 = 0x77, kTypeI8 = 0x78;
inline constexpr uint8_t kTypeRefNull = 0x63, kTypeRef = 0x64;
inline constexpr uint8_t kTypeShared = 0x65, kTypeExact = 0x62;
inline constexpr uint8_t kEmptyBlockType = 0x40;

/// func, extern, any, eq, i31, struct, array, exn, cont, and the bottoms of their hierarchies.
constexpr bool is_abstract_heap_type(uint8_t byte) {
  return byte >= 0x68 && byte <= 0x75;
}

/// Whether a byte is the start of a type other than an index: bit 7 (more follows) clear, bit 6
/// (the sign) set.
constexpr bool is_type_code(uint8_t byte) {
  return (byte & 0xc0) == 0x40;
}

/// A type index as a signed number (spec: "s33"), which is not negative.
template <typename OnIndex>
inline void read_signed_type_index(Cursor& cursor, uint32_t opcode, const char* what,
                                   OnIndex& on_index) {
  const uint32_t position = cursor.position();
  const int64_t value = cursor.read_s33(what);
  if (cursor.failed()) return;
  if (value < 0) return cursor.fail(position, what, "a known type or a type index");
  on_index(IndexUse{IndexSpace::kType, static_cast<uint32_t>(value), opcode, position,
                    cursor.position() - position, true});
}

template <typename OnIndex>
void read_heap_type(Cursor& cursor, uint32_t opcode, OnIndex& on_index) {
  const uint8_t byte = cursor.peek();
  if (!is_type_code(byte)) {
    return read_signed_type_index(cursor, opcode, "a heap type", on_index);
  }
  const uint32_t position = cursor.position();
  cursor.read_byte("a heap type");
  if (byte == kTypeExact) {
    read_index(cursor, IndexSpace::kType, opcode, on_index);
  } else if (byte == kTypeShared) {
    if (!is_abstract_heap_type(cursor.read_byte("a shared heap type"))) {
      cursor.fail(position, "a shared heap type", "an abstract heap type");
    }
  } else if (!is_abstract_heap_type(byte)) {
    cursor.fail(position, "a heap type", "an abstract heap type or a type index");
  }
}

/// Returns the first byte, which tells number and vector types.
template <typename OnIndex>
uint8_t read_value_type(Cursor& cursor, uint32_t opcode, OnIndex& on_index) {
  const uint32_t position = cursor.position();
  const uint8_t byte = cursor.read_byte("a value type");
  if (byte >= kTypeV128 && byte <= static_cast<uint8_t>(ValueType::kI32)) return byte;
  if (byte == kTypeRef || byte == kTypeRefNull) {
    read_heap_type(cursor, opcode, on_index);
  } else if (byte == kTypeShared) {
    if (!is_abstract_heap_type(cursor.read_byte("a shared reference type"))) {
      cursor.fail(position, "a shared reference type", "an abstract heap type");
    }
  } else if (!is_abstract_heap_type(byte)) {
    cursor.fail(position, "a value type", "a known type code");
  }
  return byte;
}

/// A reference type is read as a value type; that it is one is for a validator to say.
template <typename OnIndex>
void read_reference_type(Cursor& cursor, OnIndex& on_index) {
  read_value_type(cursor, kNoOpcode, on_index);
}

template <typename OnIndex>
void read_block_type(Cursor& cursor, uint32_t opcode, OnIndex& on_index) {
  const uint8_t byte = cursor.peek();
  if (byte == kEmptyBlockType) {
    cursor.read_byte("a block type");
  } else if (is_type_code(byte)) {
    read_value_type(cursor, opcode, on_index);
  } else {
    read_signed_type_index(cursor, opcode, "a block type", on_index);
  }
}

/// Limits of a table (`known_flags` 0x07) or memory (0x0f). Sizes are read as 64-bit numbers, as
/// the specification has it; that they fit the address type is for a validator to say.
inline Limits read_limits(Cursor& cursor, uint8_t known_flags, const char* what) {
  const uint32_t position = cursor.position();
  const uint8_t flags = cursor.read_byte(what);
  if ((flags & ~known_flags) != 0) {
    cursor.fail(position, what, "limits with known flags");
  }
  Limits limits;
  limits.is_shared = (flags & 2) != 0;
  limits.is_64 = (flags & 4) != 0;
  limits.minimum = cursor.read_u64(what);
  if ((flags & 1) != 0) limits.maximum = cursor.read_u64(what);
  if ((flags & 8) != 0) limits.page_size_log2 = cursor.read_u32(what);
  return limits;
}

inline Limits read_memory_type(Cursor& cursor) {
  return read_limits(cursor, 0x0f, "the limits of a memory");
}

template <typename OnIndex>
void read_table_type(Cursor& cursor, OnIndex& on_index) {
  read_reference_type(cursor, on_index);
  read_limits(cursor, 0x07, "the limits of a table");
}

template <typename OnIndex>
void read_global_type(Cursor& cursor, OnIndex& on_index) {
  read_value_type(cursor, kNoOpcode, on_index);
  const uint32_t position = cursor.position();
  if (cursor.read_byte("the mutability of a global") > 3) {
    cursor.fail(position, "the mutability of a global", "known flags");
  }
}

template <typename OnIndex>
void read_tag_type(Cursor& cursor, OnIndex& on_index) {
  const uint32_t position = cursor.position();
  if (cursor.read_byte("the attribute of a tag") != 0) {
    cursor.fail(position, "the attribute of a tag", "0 (exception)");
  }
  read_index(cursor, IndexSpace::kType, kNoOpcode, on_index);
}

}  // namespace wasm_vfs::wasm

#endif  // WASM_VFS_WASM_TYPES_H_
