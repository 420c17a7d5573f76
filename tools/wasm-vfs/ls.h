// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs ls`: lists packed files.

#ifndef WASM_VFS_TOOLS_LS_H_
#define WASM_VFS_TOOLS_LS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "packed_file.h"

namespace wasm_vfs::tool {

struct LsOptions {
  PackedInput input;
  std::vector<std::string> paths;  // none: the root
  bool long_form = false;
  bool recursive = false;
  bool json = false;
};

/// Declares the options on `command`. They are stored in `options`, which must outlive the parse.
void declare_ls_options(CLI::App& command, LsOptions& options);

/// Lists. Returns the exit code.
int ls(const LsOptions& options);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_LS_H_
