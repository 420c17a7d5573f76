// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Views of bytes, and the growable buffer that the writers append to.

#ifndef WASM_VFS_BASE_BYTES_H_
#define WASM_VFS_BASE_BYTES_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace wasm_vfs {

/// Bytes that somebody else owns.
using Bytes = std::span<const uint8_t>;

using ByteBuffer = std::vector<uint8_t>;

inline void append(ByteBuffer& out, Bytes bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace wasm_vfs

#endif  // WASM_VFS_BASE_BYTES_H_
