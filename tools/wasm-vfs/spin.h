// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs spin`: packs the files of a Spin application into its components.

#ifndef WASM_VFS_TOOLS_SPIN_H_
#define WASM_VFS_TOOLS_SPIN_H_

#include <CLI/CLI.hpp>
#include <string>

#include "pack_options.h"

namespace wasm_vfs::tool {

struct SpinOptions {
  std::string manifest;
  std::string output;  // a directory
  PackOptions pack;    // of each component; input, output and sources are set for each
};

/// Declares the options on `command`. They are stored in `options`, which must outlive the parse.
void declare_spin_options(CLI::App& command, SpinOptions& options);

/// Packs all components that have files, and says what was done. Returns the exit code.
int spin(SpinOptions options);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_SPIN_H_
