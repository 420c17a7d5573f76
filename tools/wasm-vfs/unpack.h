// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs unpack`: gives back the module as it was before it was packed, byte for byte.

#ifndef WASM_VFS_TOOLS_UNPACK_H_
#define WASM_VFS_TOOLS_UNPACK_H_

#include <CLI/CLI.hpp>
#include <string>

#include "packed_file.h"

namespace wasm_vfs::tool {

struct UnpackOptions {
  PackedInput input;
  std::string output;  // "-" is standard output
  bool quiet = false;
};

/// Declares the options on `command`. They are stored in `options`, which must outlive the parse.
void declare_unpack_options(CLI::App& command, UnpackOptions& options);

/// Unpacks, and says what was done. Returns the exit code.
int unpack(UnpackOptions options);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_UNPACK_H_
