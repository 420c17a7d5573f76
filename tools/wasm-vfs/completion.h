// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs completion`: scripts that complete the command line in shells.

#ifndef WASM_VFS_TOOLS_COMPLETION_H_
#define WASM_VFS_TOOLS_COMPLETION_H_

#include <CLI/CLI.hpp>
#include <string>

namespace wasm_vfs::tool {

struct CompletionOptions {
  std::string shell;  // "bash", "zsh" or "fish"
};

/// Declares the options on `command`. They are stored in `options`, which must outlive the parse.
void declare_completion_options(CLI::App& command, CompletionOptions& options);

/// Prints the script for what `app` declares. Returns the exit code.
int completion(const CLI::App& app, const CompletionOptions& options);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_COMPLETION_H_
