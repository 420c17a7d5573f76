// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The module that a pack begins with, by itself or in a component: an application, or one that was
// packed before, into which a further layer goes.

#ifndef WASM_VFS_PACK_INPUT_H_
#define WASM_VFS_PACK_INPUT_H_

#include <optional>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "base/result.h"
#include "component/binary.h"
#include "image/reader.h"
#include "splice/manifest.h"
#include "wasm/module.h"

namespace wasm_vfs::pack {

/// What an earlier pack put into the application.
struct EarlierPack {
  splice::Manifest manifest;
  image::ImageReader image;  // of the file's bytes
};

struct Input {
  MappedFile file;
  component::Binary binary;  // of the file's bytes
  size_t place;              // of the module to pack, in binary.modules
  std::optional<EarlierPack> earlier;
  /// The application that was taken out of a packed module, and its bytes; its offsets are its own.
  ByteBuffer unpacked;
  std::optional<wasm::Module> unpacked_application;

  const component::CoreModule& core_module() const { return binary.modules[place]; }
  const wasm::Module& application() const {
    return unpacked_application ? *unpacked_application : core_module().module;
  }
  /// The sections around the application as they were before any pack.
  std::vector<splice::EnclosingSection> enclosing() const {
    return earlier ? earlier->manifest.enclosing : component::enclosing_sections(core_module());
  }
};

/// Reads the application, out of a packed module too. `name` is the file's, for messages; of a
/// component `selector` names the core module (component/select.h), or is empty. Fails where
/// another tool has changed a packed module since, so that it cannot be packed again.
Result<Input> read_input(MappedFile file, std::string name, const std::string& selector = {});

}  // namespace wasm_vfs::pack

#endif  // WASM_VFS_PACK_INPUT_H_
