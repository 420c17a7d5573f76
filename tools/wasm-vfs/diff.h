// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs diff`: compares the files of two packed modules.

#ifndef WASM_VFS_TOOLS_DIFF_H_
#define WASM_VFS_TOOLS_DIFF_H_

#include <CLI/CLI.hpp>
#include <string>

namespace wasm_vfs::tool {

struct DiffOptions {
  std::string before;
  std::string after;
  std::string module;  // of components
  bool json = false;
};

/// Declares the options on `command`. They are stored in `options`, which must outlive the parse.
void declare_diff_options(CLI::App& command, DiffOptions& options);

/// Prints the differences. Returns the exit code, as diff(1) has it: 0 none, 1 some, 2 trouble.
int diff(const DiffOptions& options);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_DIFF_H_
