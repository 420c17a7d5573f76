// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A file's bytes as an image's reader gives them, for tests.

#ifndef WASM_VFS_TESTS_UNIT_IMAGE_READ_BACK_H_
#define WASM_VFS_TESTS_UNIT_IMAGE_READ_BACK_H_

#include <string>

#include "image/reader.h"

namespace wasm_vfs::image {

/// The error's message where the file cannot be read.
inline std::string read_back(const ImageReader& reader, uint32_t node) {
  std::string bytes;
  const Status status = reader.stream(node, [&](Bytes block) {
    bytes += as_text(block);
    return ok_status();
  });
  return status.ok() ? bytes : status.error().message;
}

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_TESTS_UNIT_IMAGE_READ_BACK_H_
