// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs verify`: whether a packed module is what pack wrote, and holds a certain tree.

#ifndef WASM_VFS_TOOLS_VERIFY_H_
#define WASM_VFS_TOOLS_VERIFY_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "pack_options.h"
#include "packed_file.h"

namespace wasm_vfs::tool {

struct VerifyOptions {
  PackedInput input;
  std::vector<std::string> against;  // HOST[::GUEST]
  PackOptions tree;                  // how those are scanned
  bool json = false;
};

/// Declares the options on `command`. They are stored in `options`, which must outlive the parse.
void declare_verify_options(CLI::App& command, VerifyOptions& options);

/// Prints the checks. Returns the exit code.
int verify(VerifyOptions options);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_VERIFY_H_
