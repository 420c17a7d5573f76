// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs inspect`: what is in a module, packed or not, and what it asks of its host.

#ifndef WASM_VFS_TOOLS_INSPECT_H_
#define WASM_VFS_TOOLS_INSPECT_H_

#include <CLI/CLI.hpp>
#include <string>

namespace wasm_vfs::tool {

struct InspectOptions {
  std::string input;  // "-" is standard input
  std::string module;  // of a component: a core module's name or number, or empty
  bool imports = false;
  bool bytes = false;
  bool licenses = false;
  bool json = false;
};

/// Declares the options on `command`. They are stored in `options`, which must outlive the parse.
void declare_inspect_options(CLI::App& command, InspectOptions& options);

/// Prints what was asked for. Returns the exit code.
int inspect(const InspectOptions& options);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_INSPECT_H_
