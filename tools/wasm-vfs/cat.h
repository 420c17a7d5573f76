// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs cat`: prints packed files.

#ifndef WASM_VFS_TOOLS_CAT_H_
#define WASM_VFS_TOOLS_CAT_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "packed_file.h"

namespace wasm_vfs::tool {

struct CatOptions {
  PackedInput input;
  std::vector<std::string> paths;  // at least one
};

/// Declares the options on `command`. They are stored in `options`, which must outlive the parse.
void declare_cat_options(CLI::App& command, CatOptions& options);

/// Prints. Returns the exit code.
int cat(const CatOptions& options);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_CAT_H_
