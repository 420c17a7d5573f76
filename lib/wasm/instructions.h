// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walks instructions without decoding them into anything: the caller hears of each index that an
// instruction holds, and of each instruction, with their places. All that a rewriter needs to
// change an index and copy the rest. Opcodes and immediates come from the table in opcodes.h.
// The walk checks structure, not validity: operands, labels and types may be wrong.
// WebAssembly 3.0, "Instructions"
// (https://webassembly.github.io/spec/core/binary/instructions.html).
// Tested by instructions_test.cc.

#ifndef WASM_VFS_WASM_INSTRUCTIONS_H_
#define WASM_VFS_WASM_INSTRUCTIONS_H_

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "wasm/cursor.h"
#include "wasm/indices.h"
#include "wasm/module.h"
#include "wasm/opcodes.h"
#include "wasm/types.h"

namespace wasm_vfs::wasm {

// Opcodes that the splicer looks for.
inline constexpr uint32_t kOpEnd = 0x0b;
inline constexpr uint32_t kOpCall = 0x10, kOpReturnCall = 0x12, kOpRefFunc = 0xd2;
inline constexpr uint32_t kOpMemorySize = 0x3f, kOpMemoryGrow = 0x40;
inline constexpr uint32_t kOpGlobalGet = 0x23, kOpGlobalSet = 0x24;
inline constexpr uint32_t kOpI32Const = 0x41;
inline constexpr uint32_t kOpMemoryInit = 0xfc0008, kOpDataDrop = 0xfc0009;

/// An instruction as it stands in the code: its bytes are [begin, end) of the walked bytes.
struct Instruction {
  uint32_t opcode;  // prefixed ones as (prefix << 16 | sub-opcode)
  uint32_t begin;
  uint32_t end;
};

/// For a walk that does not care for indices, or for instructions.
inline constexpr auto kIgnore = [](const auto&) {};

/// The flags (among them the alignment), the memory index (multi-memory), the memory order of an
/// atomic access (shared-everything threads, relaxed atomics), and the offset.
template <typename OnIndex>
void read_memory_argument(Cursor& cursor, uint32_t opcode, OnIndex& on_index) {
  constexpr uint32_t kHasOrder = 0x10, kHasMemory = 0x40, kKnownFlags = 0x5f;
  const uint32_t position = cursor.position();
  const uint32_t flags = cursor.read_u32("the alignment of a memory access");
  if (flags >= kHasOrder) [[unlikely]] {
    const bool is_atomic = (opcode >> 16) == 0xfe;
    if ((flags & ~kKnownFlags) != 0 || ((flags & kHasOrder) != 0 && !is_atomic)) {
      return cursor.fail(position, "the alignment of a memory access", "known flags");
    }
    if ((flags & kHasMemory) != 0) read_index(cursor, IndexSpace::kMemory, opcode, on_index);
    if ((flags & kHasOrder) != 0) cursor.read_byte("a memory order");
  }
  cursor.read_u64("the offset of a memory access");
}

template <typename OnIndex>
void read_catch_clauses(Cursor& cursor, uint32_t opcode, OnIndex& on_index) {
  const uint32_t count = cursor.read_count("the number of catch clauses", 2);
  for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
    const uint32_t position = cursor.position();
    const uint8_t kind =
        cursor.read_byte("a catch clause");  // tag, tag with ref, all, all with ref
    if (kind > 3) return cursor.fail(position, "a catch clause", "a kind from 0 to 3");
    if (kind < 2) read_index(cursor, IndexSpace::kTag, opcode, on_index);
    cursor.read_u32("the label of a catch clause");
  }
}

template <typename OnIndex>
void read_resume_handlers(Cursor& cursor, uint32_t opcode, OnIndex& on_index) {
  const uint32_t count = cursor.read_count("the number of handlers", 2);
  for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
    const uint32_t position = cursor.position();
    const uint8_t kind = cursor.read_byte("a handler");  // to a label, to a switch
    if (kind > 1) return cursor.fail(position, "a handler", "a kind of 0 or 1");
    read_index(cursor, IndexSpace::kTag, opcode, on_index);
    if (kind == 0) cursor.read_u32("the label of a handler");
  }
}

/// Walks one expression to its matching `end`: a body's instructions, or a constant expression.
/// Calls on_index(IndexUse) for each index and then on_instruction(Instruction) for the
/// instruction that holds it. Returns false if the cursor failed.
template <typename OnIndex, typename OnInstruction>
bool walk_expression(Cursor& cursor, OnIndex&& on_index, OnInstruction&& on_instruction) {
  using enum IndexSpace;
  uint32_t depth = 1;
  while (depth != 0) {
    const uint32_t begin = cursor.position();
    if (cursor.remaining() >= 4) {
      const uint32_t word = cursor.peek_word();
      const ShortForm& form = kShortForms[word & 0xff];
      if ((word & form.long_bits) == 0) {
        cursor.skip(form.width);
        on_instruction(Instruction{word & 0xff, begin, begin + form.width});
        continue;
      }
    }
    uint32_t opcode = cursor.read_byte("an instruction");
    Immediates immediates = kImmediates[opcode];
    if (immediates == Immediates::kPrefix) {
      const uint8_t prefix = static_cast<uint8_t>(opcode);
      const uint32_t sub_opcode = cursor.read_u32("an opcode");
      immediates = prefixed_immediates(prefix, sub_opcode);
      opcode = static_cast<uint32_t>(prefix) << 16 | (sub_opcode & 0xffff);
    }
    const auto read = [&](IndexSpace space) { read_index(cursor, space, opcode, on_index); };

    switch (immediates) {
      case Immediates::kUnknown:
      case Immediates::kPrefix:
        cursor.fail_opcode(begin);
        break;
      case Immediates::kNone:
        break;

      case Immediates::kBlock:
        ++depth;
        read_block_type(cursor, opcode, on_index);
        break;
      case Immediates::kTryTable:
        ++depth;
        read_block_type(cursor, opcode, on_index);
        read_catch_clauses(cursor, opcode, on_index);
        break;
      case Immediates::kDelegate:
        if (--depth == 0) cursor.fail(begin, "`delegate`", "it inside a `try`");
        cursor.read_u32("a label");
        break;
      case Immediates::kEnd:
        --depth;
        break;

      case Immediates::kLabel:
        cursor.read_u32("a label");
        break;
      case Immediates::kBranchTable: {
        const uint32_t count = cursor.read_count("the number of labels");
        for (uint32_t i = 0; i <= count && !cursor.failed(); ++i) cursor.read_u32("a label");
        break;
      }
      case Immediates::kLocal:
        cursor.read_u32("a local index");
        break;
      case Immediates::kLane:
        cursor.read_byte("a lane");
        break;
      case Immediates::kI32:
        cursor.read_s32("an i32 constant");
        break;
      case Immediates::kI64:
        cursor.read_s64("an i64 constant");
        break;
      case Immediates::kBytes4:
        cursor.read_bytes(4, "an f32 constant");
        break;
      case Immediates::kBytes8:
        cursor.read_bytes(8, "an f64 constant");
        break;
      case Immediates::kBytes16:
        cursor.read_bytes(16, "a vector constant");
        break;
      case Immediates::kFence:
        cursor.read_byte("the memory order of a fence");
        break;

      case Immediates::kType:
        read(kType);
        break;
      case Immediates::kFunction:
        read(kFunction);
        break;
      case Immediates::kTable:
        read(kTable);
        break;
      case Immediates::kMemory:
        read(kMemory);
        break;
      case Immediates::kGlobal:
        read(kGlobal);
        break;
      case Immediates::kTag:
        read(kTag);
        break;
      case Immediates::kElement:
        read(kElement);
        break;
      case Immediates::kData:
        read(kData);
        break;
      case Immediates::kTypeType:
        read(kType);
        read(kType);
        break;
      case Immediates::kTypeTable:
        read(kType);
        read(kTable);
        break;
      case Immediates::kTypeTag:
        read(kType);
        read(kTag);
        break;
      case Immediates::kTypeElement:
        read(kType);
        read(kElement);
        break;
      case Immediates::kTypeData:
        read(kType);
        read(kData);
        break;
      case Immediates::kTypeNumber:
        read(kType);
        cursor.read_u32("a field index or count");
        break;
      case Immediates::kTableTable:
        read(kTable);
        read(kTable);
        break;
      case Immediates::kElementTable:
        read(kElement);
        read(kTable);
        break;
      case Immediates::kMemoryMemory:
        read(kMemory);
        read(kMemory);
        break;
      case Immediates::kDataMemory:
        read(kData);
        read(kMemory);
        break;

      case Immediates::kMemarg:
        read_memory_argument(cursor, opcode, on_index);
        break;
      case Immediates::kMemargLane:
        read_memory_argument(cursor, opcode, on_index);
        cursor.read_byte("a lane");
        break;

      case Immediates::kHeapType:
        read_heap_type(cursor, opcode, on_index);
        break;
      case Immediates::kSelectTypes: {
        const uint32_t count = cursor.read_count("the number of types");
        for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
          read_value_type(cursor, opcode, on_index);
        }
        break;
      }
      case Immediates::kCastBranch: {
        const uint32_t position = cursor.position();
        if (cursor.read_byte("the flags of a cast") > 3) {
          cursor.fail(position, "the flags of a cast", "known flags");
        }
        cursor.read_u32("a label");
        read_heap_type(cursor, opcode, on_index);
        read_heap_type(cursor, opcode, on_index);
        break;
      }

      case Immediates::kResume:
        read(kType);
        read_resume_handlers(cursor, opcode, on_index);
        break;
      case Immediates::kResumeThrow:
        read(kType);
        read(kTag);
        read_resume_handlers(cursor, opcode, on_index);
        break;

      case Immediates::kOrderGlobal:
        cursor.read_byte("a memory order");
        read(kGlobal);
        break;
      case Immediates::kOrderTable:
        cursor.read_byte("a memory order");
        read(kTable);
        break;
      case Immediates::kOrderType:
        cursor.read_byte("a memory order");
        read(kType);
        break;
      case Immediates::kOrderTypeNumber:
        cursor.read_byte("a memory order");
        read(kType);
        cursor.read_u32("a field index");
        break;
    }
    if (cursor.failed()) return false;
    on_instruction(Instruction{opcode, begin, cursor.position()});
  }
  return true;
}

/// Walks a body's code: the local declarations (whose type indices have kNoOpcode), the
/// instructions, and nothing after them. Returns false if the cursor failed.
template <typename OnIndex, typename OnInstruction>
bool walk_code(Cursor& cursor, OnIndex&& on_index, OnInstruction&& on_instruction) {
  const uint32_t groups = cursor.read_count("the number of local declarations", 2);
  for (uint32_t i = 0; i < groups && !cursor.failed(); ++i) {
    cursor.read_u32("a number of locals");
    read_value_type(cursor, kNoOpcode, on_index);
  }
  if (cursor.failed() || !walk_expression(cursor, on_index, on_instruction)) return false;
  cursor.expect_end("the code after the final `end`");
  return !cursor.failed();
}

/// Walks the body `body_index` of a module. Positions count from the start of Body::code. An index
/// beyond its space is an error, so the callbacks need not check; the error names the function.
/// REQUIRES: body_index < module.bodies.size().
template <typename OnIndex, typename OnInstruction>
Status walk_body(const Module& module, uint32_t body_index, OnIndex&& on_index,
                 OnInstruction&& on_instruction) {
  const Body& body = module.bodies[body_index];
  const IndexCounts counts = module.index_counts();
  Cursor cursor(body.code, body.code_offset());
  const auto checked_on_index = [&](const IndexUse& use) {
    if (use.value >= counts[static_cast<uint8_t>(use.space)]) [[unlikely]] {
      return cursor.fail(use.position, index_name(use.space), "one that the module has");
    }
    on_index(use);
  };
  if (walk_code(cursor, checked_on_index, on_instruction)) return ok_status();
  return cursor.error(module.file, "code section, function " +
                                       std::to_string(module.imported_functions + body_index));
}

}  // namespace wasm_vfs::wasm

#endif  // WASM_VFS_WASM_INSTRUCTIONS_H_
