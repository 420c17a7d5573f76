// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A module is not text: it never goes to a terminal, also where a user forgot to redirect. Tested
// by the golden cases in tests/cli, and by tests/cli/properties (never_to_a_terminal).

#include "module_files.h"

#include <unistd.h>

namespace wasm_vfs::tool {

std::string input_name(const std::string& path) {
  return path == "-" ? "standard input" : path;
}

Result<MappedFile> open_input(const std::string& path) {
  return path == "-" ? MappedFile::read(STDIN_FILENO, input_name(path)) : MappedFile::open(path);
}

std::string without_suffix(std::string path) {
  constexpr std::string_view kSuffix = ".wasm";
  if (path.size() > kSuffix.size() && path.ends_with(kSuffix) &&
      path[path.size() - kSuffix.size() - 1] != '/')
    path.resize(path.size() - kSuffix.size());
  return path;
}

Status finish_paths(const std::string& input, std::string& output,
                    const std::string& default_output) {
  if (input.empty()) return Error{"the path of the module is empty"};
  if (output.empty()) {
    if (input == "-")
      return Error{"the module comes from standard input: name the output with -o FILE, or -o -"};
    output = default_output;
  }
  if (output == "-" && isatty(STDOUT_FILENO) == 1)
    return Error{
        "standard output is a terminal, and a module is not text; redirect it, or use -o FILE"};
  return ok_status();
}

}  // namespace wasm_vfs::tool
