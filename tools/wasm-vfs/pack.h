// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs pack`: puts files into a WebAssembly module.

#ifndef WASM_VFS_TOOLS_PACK_H_
#define WASM_VFS_TOOLS_PACK_H_

#include "pack_options.h"

namespace wasm_vfs::tool {

/// Packs, and says what was done. Returns the exit code.
int pack(PackOptions options);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_PACK_H_
