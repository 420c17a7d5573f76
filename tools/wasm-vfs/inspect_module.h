// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What `wasm-vfs inspect` tells of a module: what is in it, and how large each part is.

#ifndef WASM_VFS_TOOLS_INSPECT_MODULE_H_
#define WASM_VFS_TOOLS_INSPECT_MODULE_H_

#include <string>

#include "base/result.h"
#include "image/reader.h"
#include "listing.h"
#include "splice/manifest.h"
#include "splice/packed.h"
#include "wasm/module.h"

namespace wasm_vfs::tool {

/// Mounts, defaults, versions, sizes by section; of a module that is not packed, what there is.
/// Fails where a packed module's image or manifest is damaged.
Result<Json> describe_module(const wasm::Module& module);
/// The same as lines.
std::string description_lines(const Json& description, const OutputStyle& style);

/// What pack put into a module; views of the module's bytes.
struct PackedParts {
  splice::Manifest manifest;
  splice::ImageSegments segments;
  image::ImageReader image;
};

/// Fails for a module that is not packed, or that another tool has changed.
Result<PackedParts> open_parts(const wasm::Module& module);

/// "type section", "custom section 'name'".
std::string section_label(const wasm::Section& section);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_INSPECT_MODULE_H_
