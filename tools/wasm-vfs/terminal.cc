// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Prints to standard error. Messages contain names of files, which may hold any byte: what
// is not text is shown as \xNN, so that a message is one line and cannot drive the terminal.
// Tested by the golden cases in tests/cli.

#include "terminal.h"

#include <unistd.h>

#include <cstdio>

#include "image/paths.h"

namespace wasm_vfs::tool {
namespace {

using Clock = std::chrono::steady_clock;
// Work shorter than the first needs no progress; more often than the second nobody can read.
constexpr auto kProgressDelay = std::chrono::milliseconds(500);
constexpr auto kProgressInterval = std::chrono::milliseconds(100);

}  // namespace

Terminal::Terminal(Verbosity verbosity)
    : verbosity_(verbosity),
      shows_progress_(verbosity == Verbosity::kNormal && isatty(STDERR_FILENO) == 1),
      next_progress_(Clock::now() + kProgressDelay) {}

void Terminal::print(std::string_view prefix, std::string_view text) {
  clear_progress();
  // One write per line: lines of several processes in one log do not mix.
  const std::string line = std::string(prefix) + image::printable(text) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void Terminal::error(std::string_view message, std::string_view hint) {
  print("wasm-vfs: error: ", message);
  if (!hint.empty()) print("wasm-vfs: hint: ", hint);
}

void Terminal::warning(std::string_view message) {
  print("wasm-vfs: warning: ", message);
}

void Terminal::line(std::string_view text) {
  if (verbosity_ != Verbosity::kQuiet) print("", text);
}

void Terminal::detail(std::string_view text) {
  if (is_verbose()) print("", text);
}

void Terminal::progress(std::string_view what, uint64_t done, uint64_t total) {
  if (!shows_progress_ || total == 0) return;
  const Clock::time_point now = Clock::now();
  if (now < next_progress_) return;
  next_progress_ = now + kProgressInterval;
  const auto percent =
      static_cast<unsigned>(static_cast<double>(done) * 100.0 / static_cast<double>(total));
  std::fprintf(stderr, "\r%.*s %3u%%", static_cast<int>(what.size()), what.data(), percent);
  progress_is_shown_ = true;
}

void Terminal::clear_progress() {
  if (!progress_is_shown_) return;
  std::fputs("\r\x1b[K", stderr);  // to the line's start, and erase it
  progress_is_shown_ = false;
}

}  // namespace wasm_vfs::tool
