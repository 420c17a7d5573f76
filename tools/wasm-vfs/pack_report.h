// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What `wasm-vfs pack --verbose` says about the passes, and a check that only people need.

#ifndef WASM_VFS_TOOLS_PACK_REPORT_H_
#define WASM_VFS_TOOLS_PACK_REPORT_H_

#include <string>

#include "image/builder.h"
#include "pack/pack.h"
#include "terminal.h"

namespace wasm_vfs::tool {

void report_plan(const pack::Input& input, const pack::Plan& plan, Terminal& terminal);

/// Whether the host file `path` (the application, or an earlier output) is among what is packed,
/// which is seldom meant.
bool packs_file(const image::Image& image, const std::string& path);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_PACK_REPORT_H_
