// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What `wasm-vfs inspect` tells of a packed module: what is in it, byte by byte where that is asked
// for, and under which licences.

#ifndef WASM_VFS_TOOLS_INSPECT_MODULE_H_
#define WASM_VFS_TOOLS_INSPECT_MODULE_H_

#include <string>

#include "base/result.h"
#include "listing.h"
#include "wasm/module.h"

namespace wasm_vfs::tool {

/// Mounts, defaults, versions, sizes by section; of a module that is not packed, what there is.
/// Fails where a packed module's image or manifest is damaged.
Result<Json> describe_module(const wasm::Module& module);
/// The same as lines.
std::string description_lines(const Json& description, const OutputStyle& style);

/// Each byte of a packed module: those that pack wrote, annotated, and where the application's are.
/// Fails for a module that is not packed, or that another tool has changed.
Result<std::string> annotated_bytes(const wasm::Module& module);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_INSPECT_MODULE_H_
