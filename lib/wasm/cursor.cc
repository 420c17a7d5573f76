// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The failures of a Cursor, kept out of the way of its fast paths. Tested by cursor_test.cc.

#include "wasm/cursor.h"

#include <cstdio>

namespace wasm_vfs::wasm {

std::string hexadecimal(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%02llx", static_cast<unsigned long long>(value));
  return text;
}

void Cursor::fail_number(LebProblem problem, const char* what, bool is_signed, uint32_t bits) {
  const char* expected = "a LEB128 number, found the end";
  if (problem == LebProblem::kTooLong) {
    expected = bits > 33 ? "a LEB128 number of at most 10 bytes, found an eleventh"
                         : "a LEB128 number of at most 5 bytes, found a sixth";
  } else if (problem == LebProblem::kTooBig) {
    expected = bits == 64   ? is_signed ? "a signed LEB128 number of 64 bits, found more bits"
                                        : "a LEB128 number of 64 bits, found more bits"
               : bits == 33 ? "a signed LEB128 number of 33 bits, found more bits"
               : is_signed  ? "a signed LEB128 number of 32 bits, found more bits"
                            : "a LEB128 number of 32 bits, found more bits";
  }
  fail_at(next_, what, expected);
}

void Cursor::fail_at(const uint8_t* place, const char* what, const char* expected) {
  if (failed()) return;
  failure_ = static_cast<uint64_t>(place - begin_);
  what_ = what;
  expected_ = expected;
  next_ = end_;
}

void Cursor::fail_opcode(uint32_t position) {
  if (failed()) return;
  const uint8_t* place = begin_ + position;
  const uint8_t* after = next_;
  fail_at(place, "an opcode", nullptr);
  unknown_opcode_ = {place, after};
}

Error Cursor::error(std::string_view file, std::string_view place) const {
  std::string message = std::string(file) + ": " + std::string(place) + " (offset " +
                        hexadecimal(offset_ + failure_) + "): ";
  if (unknown_opcode_.empty()) {
    return Error{message + "unable to read " + what_ + ": expected " + expected_};
  }
  message += "unknown opcode";
  for (const uint8_t byte : unknown_opcode_) message += " " + hexadecimal(byte);
  return Error{message +
               "; this wasm-vfs knows WebAssembly 3.0, threads, legacy exceptions, wide "
               "arithmetic, stack switching and custom descriptors"};
}

}  // namespace wasm_vfs::wasm
