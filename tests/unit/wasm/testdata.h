// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The modules of testdata/wasm, and small modules put together from bytes.

#ifndef WASM_VFS_TESTS_UNIT_WASM_TESTDATA_H_
#define WASM_VFS_TESTS_UNIT_WASM_TESTDATA_H_

#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>

#include "base/bytes.h"
#include "wasm/module.h"
#include "wasm/writer.h"

namespace wasm_vfs::wasm {

inline std::string read_text(const std::string& name) {
  std::ifstream in(std::string(WASM_VFS_TESTDATA "/wasm/") + name, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

inline ByteBuffer read_testdata(const std::string& name) {
  const std::string text = read_text(name);
  return ByteBuffer(text.begin(), text.end());
}

struct SectionBytes {
  SectionId id;
  ByteBuffer contents;
};

inline ByteBuffer make_module(std::initializer_list<SectionBytes> sections) {
  ByteBuffer out;
  append_module_header(out);
  for (const SectionBytes& section : sections) {
    append_section(out, static_cast<uint8_t>(section.id), section.contents);
  }
  return out;
}

/// A module of one function type () -> () and functions of it with these codes (from the local
/// declarations to the final `end`).
inline ByteBuffer make_module_of_codes(std::initializer_list<ByteBuffer> codes) {
  ByteBuffer functions, bodies;
  append_unsigned_leb(functions, codes.size());
  append_unsigned_leb(bodies, codes.size());
  for (const ByteBuffer& code : codes) {
    functions.push_back(0);
    append_unsigned_leb(bodies, code.size());
    append(bodies, code);
  }
  return make_module({{SectionId::kType, {1, 0x60, 0, 0}},
                      {SectionId::kFunction, functions},
                      {SectionId::kCode, bodies}});
}

}  // namespace wasm_vfs::wasm

#endif  // WASM_VFS_TESTS_UNIT_WASM_TESTDATA_H_
