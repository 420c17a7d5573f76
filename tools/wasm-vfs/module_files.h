// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How the subcommands name, read and write modules: "-" stands for standard input and output.

#ifndef WASM_VFS_TOOLS_MODULE_FILES_H_
#define WASM_VFS_TOOLS_MODULE_FILES_H_

#include <string>
#include <string_view>

#include "base/mapped_file.h"
#include "base/result.h"

namespace wasm_vfs::tool {

/// `path` for messages: "standard input" for "-".
std::string input_name(const std::string& path);

Result<MappedFile> open_input(const std::string& path);

/// The path of a module less ".wasm": dir/app.wasm → dir/app.
std::string without_suffix(std::string path);

/// Checks `input`, and sets an `output` that was not given to `default_output`. The errors are
/// usage errors: an empty path, no name to derive a default from, a terminal as the output.
Status finish_paths(const std::string& input, std::string& output,
                    const std::string& default_output);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_MODULE_FILES_H_
