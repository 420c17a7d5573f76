// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Builds small modules from bytes, for tests that need a say in each of them: the width of a LEB, a
// section that lies elsewhere, a count that is wrong. Each function returns the bytes of one
// construct of the binary format. Used by the tests in this directory.

#ifndef WASM_VFS_TESTS_UNIT_SPLICE_BUILD_MODULE_H_
#define WASM_VFS_TESTS_UNIT_SPLICE_BUILD_MODULE_H_

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/pieces.h"
#include "wasm/leb.h"
#include "wasm/module.h"
#include "wasm/writer.h"

namespace wasm_vfs::splice::test {

inline constexpr uint8_t kI32 = 0x7f, kI64 = 0x7e;

inline ByteBuffer join(std::initializer_list<ByteBuffer> parts) {
  ByteBuffer out;
  for (const ByteBuffer& part : parts) append(out, part);
  return out;
}

inline ByteBuffer leb(uint64_t value) {
  ByteBuffer out;
  wasm::append_unsigned_leb(out, value);
  return out;
}

inline ByteBuffer padded(uint64_t value, uint32_t width = 5) {
  ByteBuffer out;
  wasm::append_padded_leb(out, value, width);
  return out;
}

/// A count and the entries.
inline ByteBuffer vec(const std::vector<ByteBuffer>& entries) {
  ByteBuffer out = leb(entries.size());
  for (const ByteBuffer& entry : entries) append(out, entry);
  return out;
}

inline ByteBuffer name(std::string_view text) {
  ByteBuffer out;
  wasm::append_name(out, text);
  return out;
}

inline ByteBuffer section(wasm::SectionId id, const ByteBuffer& contents) {
  ByteBuffer out;
  wasm::append_section(out, static_cast<uint8_t>(id), contents);
  return out;
}

inline ByteBuffer custom(std::string_view section_name, const ByteBuffer& contents) {
  ByteBuffer out;
  wasm::append_custom_section(out, section_name, contents);
  return out;
}

inline ByteBuffer module(std::initializer_list<ByteBuffer> sections) {
  ByteBuffer out;
  wasm::append_module_header(out);
  append(out, join(sections));
  return out;
}

inline ByteBuffer function_type(ByteBuffer parameters, ByteBuffer results) {
  ByteBuffer out;
  wasm::append_function_type(out, parameters, results);
  return out;
}

inline ByteBuffer import_function(std::string_view from, std::string_view item, uint32_t type) {
  return join({name(from), name(item), {0x00}, leb(type)});
}

inline ByteBuffer export_function(std::string_view item, const ByteBuffer& index) {
  return join({name(item), {0x00}, index});
}

/// A body without locals: size LEB, code, `end`. `size_width` pads the size.
inline ByteBuffer body(const ByteBuffer& instructions, uint32_t size_width = 1) {
  const ByteBuffer code = join({{0x00}, instructions, {0x0b}});
  return join({padded(code.size(), size_width), code});
}

inline ByteBuffer i32_const(int32_t value) {
  ByteBuffer out{0x41};
  wasm::append_signed_leb(out, value);
  return out;
}

inline ByteBuffer call(const ByteBuffer& function) { return join({{0x10}, function}); }

/// `count` zeroes as arguments, then a call. For functions of i32 parameters.
inline ByteBuffer call_with_zeroes(uint32_t count, const ByteBuffer& function) {
  ByteBuffer out;
  for (uint32_t i = 0; i < count; ++i) append(out, i32_const(0));
  append(out, call(function));
  return out;
}

inline ByteBuffer flatten(const Pieces& pieces) {
  ByteBuffer out;
  for (const Bytes part : pieces.parts()) append(out, part);
  return out;
}

inline ByteBuffer copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

// --- WASI's types, as entries of a type section -------------------------------------------------

inline ByteBuffer path_open_type() {
  return function_type({kI32, kI32, kI32, kI32, kI32, kI64, kI64, kI32, kI32}, {kI32});
}
inline ByteBuffer fd_read_type() { return function_type({kI32, kI32, kI32, kI32}, {kI32}); }
inline ByteBuffer fd_close_type() { return function_type({kI32}, {kI32}); }
inline ByteBuffer none_type() { return function_type({}, {}); }

/// The memory section of `minimum` pages without a maximum.
inline ByteBuffer memory_section(uint32_t minimum = 1) {
  return section(wasm::SectionId::kMemory, vec({join({{0x00}, leb(minimum)})}));
}

}  // namespace wasm_vfs::splice::test

#endif  // WASM_VFS_TESTS_UNIT_SPLICE_BUILD_MODULE_H_
