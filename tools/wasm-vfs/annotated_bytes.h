// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs inspect --bytes`: a dump of all that pack wrote into a module, field by field.

#ifndef WASM_VFS_TOOLS_ANNOTATED_BYTES_H_
#define WASM_VFS_TOOLS_ANNOTATED_BYTES_H_

#include <string>

#include "base/result.h"
#include "wasm/module.h"

namespace wasm_vfs::tool {

/// Each byte of a packed module: those that pack wrote, annotated, and where the application's are.
/// Offsets are those in the file. Fails for a module that is not packed, or that another tool has
/// changed.
Result<std::string> annotated_bytes(const wasm::Module& module);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_ANNOTATED_BYTES_H_
