// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The writers, byte by byte.

#include "wasm/writer.h"

#include "testing/catch.h"

namespace wasm_vfs::wasm {
namespace {

TEST_CASE("a module of a type and a custom section") {
  ByteBuffer out;
  append_module_header(out);
  ByteBuffer types = {1};
  const ByteBuffer parameters = {0x7f, 0x7e}, results = {0x7d};
  append_function_type(types, parameters, results);
  append_section(out, 1, types);
  const ByteBuffer contents = {9, 8};
  append_custom_section(out, "ab", contents);
  CHECK(out == ByteBuffer{0x00, 'a', 's',  'm',  1,   0,    0, 0,  // magic, version
                          1,    7,                                 // type section, 7 bytes
                          1,                                       // one type
                          0x60, 2,   0x7f, 0x7e, 1,   0x7d,        // (i32, i64) -> f32
                          0,    5,   2,    'a',  'b', 9,    8});   // custom section "ab", 2 bytes
}

TEST_CASE("sizes beyond one byte") {
  ByteBuffer out;
  append_section_header(out, 10, 300);
  CHECK(out == ByteBuffer{10, 0xac, 0x02});
  out.clear();
  append_custom_section(out, std::string(200, 'n'), {});
  CHECK(out.size() == 1 + 2 + 2 + 200);
  CHECK(Bytes(out).first(5)[1] == 0xca);  // 202 = 2 for the name's size, 200 for the name
  CHECK(Bytes(out).first(5)[2] == 0x01);
}

}  // namespace
}  // namespace wasm_vfs::wasm
