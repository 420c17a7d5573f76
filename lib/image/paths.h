// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What names and guest paths may be. Tested by paths_test.cc.

#ifndef WASM_VFS_IMAGE_PATHS_H_
#define WASM_VFS_IMAGE_PATHS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace wasm_vfs::image {

/// Whether `text` is well-formed UTF-8 (Unicode 15, table 3-7). WASI's strings must be.
bool is_utf8(std::string_view text);

/// `text` for a message: bytes that are not UTF-8, and control characters, as \xNN.
std::string printable(std::string_view text);

/// The components of a path; empty ones are left out.
std::vector<std::string_view> components_of(std::string_view path);

/// The guest path in the form that Source wants: absolute, without `.`, empty components and a
/// trailing slash ("/" for the root). An error for a path that is not absolute, has `..` or a NUL,
/// is not UTF-8, or is too long.
Result<std::string> normalise_guest_path(std::string_view path);

/// The hash by which the index finds a node (format.h), of a path without its leading slash.
uint32_t hash_of_path(std::string_view path);

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_PATHS_H_
