// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table of opcodes: what follows each in the code, and what it is called. An instruction is
// known here by one number: its byte, or, where that byte is a prefix (0xfb to 0xfe),
// prefix << 16 | sub-opcode. Known: WebAssembly 3.0, and the proposals that engines ship or test
// (threads and shared-everything threads, legacy exceptions, wide arithmetic, memory.discard, stack
// switching, custom descriptors). To teach it a new instruction, add a row to opcodes.cc; to teach
// it a new kind of immediate, add that to Immediates and to the walker in instructions.h.
// WebAssembly 3.0, "Instructions"
// (https://webassembly.github.io/spec/core/binary/instructions.html), and the proposals' overviews
// (https://github.com/WebAssembly/proposals). Tested by opcodes_test.cc.

#ifndef WASM_VFS_WASM_OPCODES_H_
#define WASM_VFS_WASM_OPCODES_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace wasm_vfs::wasm {

/// What follows an opcode. Two words name two immediates, in their order in the binary format
/// (which is not always the text format's).
enum class Immediates : uint8_t {
  kUnknown,  // no such opcode
  kPrefix,   // the sub-opcode follows
  kNone,

  // Those that change the nesting.
  kBlock,     // a block type; opens a block
  kTryTable,  // a block type and catch clauses; opens a block
  kDelegate,  // a label; closes a block, as `end` does
  kEnd,       // closes a block

  // Numbers, not indices of the module.
  kLabel,
  kBranchTable,  // a vector of labels and one more
  kLocal,
  kLane,  // a byte
  kI32,
  kI64,
  kBytes4,
  kBytes8,
  kBytes16,
  kFence,  // a byte

  // Indices.
  kType,
  kFunction,
  kTable,
  kMemory,
  kGlobal,
  kTag,
  kElement,
  kData,
  kTypeType,
  kTypeTable,
  kTypeTag,
  kTypeElement,
  kTypeData,
  kTypeNumber,  // a field's or a count
  kTableTable,
  kElementTable,
  kMemoryMemory,
  kDataMemory,

  // Memory accesses: alignment, memory index where a flag says so, offset.
  kMemarg,
  kMemargLane,

  // Types, which may hold type indices.
  kHeapType,
  kSelectTypes,  // a vector of value types
  kCastBranch,   // flags, a label, two heap types

  // Stack switching: handlers, which hold tags and labels.
  kResume,       // a type, handlers
  kResumeThrow,  // a type, a tag, handlers

  // Shared-everything threads: a memory order comes first.
  kOrderGlobal,
  kOrderTable,
  kOrderType,
  kOrderTypeNumber,
};

/// For each first byte of an instruction.
extern const std::array<Immediates, 256> kImmediates;

/// An instruction in its short form: one whose immediates hold nothing that a walk reports, and
/// take one byte each. It is `width` bytes long if none of `long_bits` is set in its first four
/// bytes, read as a little-endian number. Most instructions of real code are short, and telling
/// them so saves the walker a jump that the processor cannot predict. Where there is no short form,
/// `long_bits` are the opcode's own, which are not 0.
struct ShortForm {
  uint32_t width;
  uint32_t long_bits;
};

/// For each first byte of an instruction.
extern const std::array<ShortForm, 256> kShortForms;

/// What follows the sub-opcode; kUnknown if there is no such.
Immediates prefixed_immediates(uint8_t prefix, uint32_t sub_opcode);

/// "i32.load"; empty if there is no such opcode. The text format's name, with "null" and "t" where
/// one name stands for two opcodes ("ref.test null", "select t").
std::string_view opcode_name(uint32_t opcode);

/// Its bytes, for messages: "0xfb 0x7e".
std::string opcode_bytes(uint32_t opcode);

}  // namespace wasm_vfs::wasm

#endif  // WASM_VFS_WASM_OPCODES_H_
