// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes the binary format's constructs by appending them to a buffer. Independent of the reader,
// so that each can be tested against the other. Numbers are in leb.h.
// WebAssembly 3.0, "Binary Format" (https://webassembly.github.io/spec/core/binary/).
// Tested by writer_test.cc.

#ifndef WASM_VFS_WASM_WRITER_H_
#define WASM_VFS_WASM_WRITER_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "wasm/leb.h"

namespace wasm_vfs::wasm {

/// The magic number and the version.
void append_module_header(ByteBuffer& out);

/// A length and the bytes.
void append_name(ByteBuffer& out, std::string_view name);

/// The id and size of a section whose contents of `contents_size` bytes will follow, from wherever.
void append_section_header(ByteBuffer& out, uint8_t id, uint64_t contents_size);

/// A whole section.
void append_section(ByteBuffer& out, uint8_t id, Bytes contents);

/// A whole custom section; `contents` without the name.
void append_custom_section(ByteBuffer& out, std::string_view name, Bytes contents);

/// A function type, from value type codes.
void append_function_type(ByteBuffer& out, Bytes parameters, Bytes results);

}  // namespace wasm_vfs::wasm

#endif  // WASM_VFS_WASM_WRITER_H_
