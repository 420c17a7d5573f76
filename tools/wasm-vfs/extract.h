// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs extract`: writes packed files to a directory.

#ifndef WASM_VFS_TOOLS_EXTRACT_H_
#define WASM_VFS_TOOLS_EXTRACT_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "packed_file.h"

namespace wasm_vfs::tool {

struct ExtractOptions {
  PackedInput input;
  std::vector<std::string> paths;  // none: all
  std::string output;              // a directory
  bool force = false;
  bool json = false;
  bool quiet = false;
};

/// Declares the options on `command`. They are stored in `options`, which must outlive the parse.
void declare_extract_options(CLI::App& command, ExtractOptions& options);

/// Extracts, and says what was done. Returns the exit code.
int extract(const ExtractOptions& options);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_EXTRACT_H_
