// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What all subcommands share on the command line: the look of --help, the texts of usage errors,
// and guards against what CLI11 would let pass.

#ifndef WASM_VFS_TOOLS_COMMAND_LINE_H_
#define WASM_VFS_TOOLS_COMMAND_LINE_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "terminal.h"

namespace wasm_vfs::tool {

enum ExitCode { kExitDone = 0, kExitFailed = 1, kExitUsage = 2 };

/// The --help text of `app`: the same with every version of CLI11. A command's footer() stands
/// before the options.
std::string help_text(const CLI::App* app, std::string prefix, CLI::AppFormatMode mode);

/// A flag that takes no value.
CLI::Option* add_flag(CLI::App& command, const char* name, bool& target, const char* description);

/// An option that is taken as often as it is given, in order, each time with one word.
CLI::Option* add_each(CLI::App& command, const char* name, const char* value,
                      const char* description, std::function<void(const std::string&)> take);

/// Reports how a command ended: an error, if it did not succeed. Returns its exit code.
int conclude(const Status& status, Terminal& terminal);

/// Reports a usage error that the parser could not find. Returns the exit code.
int conclude_usage(const Error& error, const char* command, Terminal& terminal);

/// The candidate that `word` is most likely a slip of, or nothing.
std::string closest(const std::string& word, const std::vector<std::string>& candidates);

/// Parses. Prints help, version, or a usage error. Returns true if the command shall run; otherwise
/// `exit_code` is what the program ends with.
bool parse_command_line(CLI::App& app, int argc, char** argv, int& exit_code);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_COMMAND_LINE_H_
