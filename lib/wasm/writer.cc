// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The writers. REQUIRES of all: sizes below 4 GiB, which callers check before anything is written.
// Tested by writer_test.cc.

#include "wasm/writer.h"

namespace wasm_vfs::wasm {

void append_module_header(ByteBuffer& out) {
  append(out, as_bytes(std::string_view("\0asm\1\0\0\0", 8)));
}

void append_name(ByteBuffer& out, std::string_view name) {
  append_unsigned_leb(out, name.size());
  append(out, as_bytes(name));
}

void append_section_header(ByteBuffer& out, uint8_t id, uint64_t contents_size) {
  out.push_back(id);
  append_unsigned_leb(out, contents_size);
}

void append_section(ByteBuffer& out, uint8_t id, Bytes contents) {
  append_section_header(out, id, contents.size());
  append(out, contents);
}

void append_custom_section(ByteBuffer& out, std::string_view name, Bytes contents) {
  append_section_header(out, 0, unsigned_leb_width(name.size()) + name.size() + contents.size());
  append_name(out, name);
  append(out, contents);
}

void append_function_type(ByteBuffer& out, Bytes parameters, Bytes results) {
  out.push_back(0x60);
  append_unsigned_leb(out, parameters.size());
  append(out, parameters);
  append_unsigned_leb(out, results.size());
  append(out, results);
}

}  // namespace wasm_vfs::wasm
