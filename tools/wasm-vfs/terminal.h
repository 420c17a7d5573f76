// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All that the command says to a person: errors, warnings, the summary, progress. It goes to
// standard error, line by line, so that standard output carries only what was asked for.

#ifndef WASM_VFS_TOOLS_TERMINAL_H_
#define WASM_VFS_TOOLS_TERMINAL_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace wasm_vfs::tool {

enum class Verbosity { kQuiet, kNormal, kVerbose };

class Terminal {
 public:
  explicit Terminal(Verbosity verbosity = Verbosity::kNormal);
  ~Terminal() { clear_progress(); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// "wasm-vfs: error: MESSAGE", and HINT on a second line if there is one.
  void error(std::string_view message, std::string_view hint = {});
  void warning(std::string_view message);
  /// A line of the summary; not with --quiet.
  void line(std::string_view text);
  /// A line that only --verbose shows.
  void detail(std::string_view text);
  bool is_verbose() const { return verbosity_ == Verbosity::kVerbose; }

  /// "writing 45%", on a terminal, where the work takes longer than a moment. Cheap to call often.
  void progress(std::string_view what, uint64_t done, uint64_t total);

 private:
  void print(std::string_view prefix, std::string_view text);
  void clear_progress();

  Verbosity verbosity_;
  bool shows_progress_;
  bool progress_is_shown_ = false;
  std::chrono::steady_clock::time_point next_progress_;
};

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_TERMINAL_H_
