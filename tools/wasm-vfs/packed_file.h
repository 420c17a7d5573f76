// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The packed module in a file, for the commands that look into one.

#ifndef WASM_VFS_TOOLS_PACKED_FILE_H_
#define WASM_VFS_TOOLS_PACKED_FILE_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "base/result.h"
#include "component/binary.h"
#include "image/reader.h"
#include "splice/manifest.h"
#include "wasm/module.h"

namespace wasm_vfs::tool {

struct PackedFile {
  std::string name;  // for messages
  MappedFile file;
  wasm::Module module;  // of the file's bytes
  image::ImageReader image;
  std::optional<splice::Manifest>
      manifest;  // nothing where another tool has stripped or changed it
  std::vector<std::optional<image::ShortDigest>> sums;  // by node; without a manifest, none
};

/// How the commands that look into one packed module are told which.
struct PackedInput {
  std::string path;    // "-" is standard input
  std::string module;  // of a component: --module NAME|INDEX
};

/// Declares the argument PACKED.wasm and the option --module.
void declare_packed_input(CLI::App& command, PackedInput& input);
/// Declares --module NAME|INDEX.
void declare_module_option(CLI::App& command, std::string& module, const char* group = "What");

/// The packed module in a file's bytes: the file itself, or in a component. Of a core module it is
/// not asked whether it is packed.
Result<component::CoreModule> find_packed_module(Bytes bytes, const std::string& name,
                                                 const std::string& selector);

/// Opens a packed module and finds its image, also where the manifest is gone. Fails where there is
/// none, saying what the file is instead.
Result<PackedFile> open_packed(const PackedInput& input);
/// The same of a module that has been found in `file`; `name` is for messages.
Result<PackedFile> open_packed(MappedFile file, const std::string& name, wasm::Module module);

/// Gives a file's bytes to `sink`, in order. Fails, after the last of them, where they are not
/// those that were packed. REQUIRES: `node` is a file.
Status stream_file(const PackedFile& packed, uint32_t node,
                   const std::function<Status(Bytes)>& sink);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_PACKED_FILE_H_
