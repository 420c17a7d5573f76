// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The module that `wasm-vfs pack` is given: an application, or one that was packed before, into
// which a further layer goes.

#ifndef WASM_VFS_TOOLS_PACK_INPUT_H_
#define WASM_VFS_TOOLS_PACK_INPUT_H_

#include <optional>
#include <string>

#include "base/mapped_file.h"
#include "base/result.h"
#include "image/reader.h"
#include "splice/manifest.h"
#include "wasm/module.h"

namespace wasm_vfs::tool {

/// What an earlier pack put into the application.
struct EarlierPack {
  splice::Manifest manifest;
  image::ImageReader image;  // of the file's bytes
};

struct PackInput {
  MappedFile file;
  ByteBuffer unpacked;       // the application, where the file is a packed module
  wasm::Module application;  // of `unpacked` or the file's bytes; offsets are those of the former
  std::optional<EarlierPack> earlier;
};

/// Reads the application, out of a packed module too. Fails where another tool has changed a packed
/// module since, so that it cannot be packed again.
Result<PackInput> read_pack_input(const std::string& path);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_PACK_INPUT_H_
