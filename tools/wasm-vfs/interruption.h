// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lets a pack that is interrupted (Ctrl-C, `kill`) remove its temporary file first.

#ifndef WASM_VFS_TOOLS_INTERRUPTION_H_
#define WASM_VFS_TOOLS_INTERRUPTION_H_

#include <array>
#include <csignal>

namespace wasm_vfs::tool {

/// While one lives, SIGINT, SIGTERM and SIGHUP only set a flag, for work that looks at it often.
/// After it, a signal that came is delivered as it would have been. They nest: the outermost
/// counts.
class InterruptionGuard {
 public:
  InterruptionGuard();
  ~InterruptionGuard();
  InterruptionGuard(const InterruptionGuard&) = delete;
  InterruptionGuard& operator=(const InterruptionGuard&) = delete;

  /// Whether a signal came.
  bool interrupted() const;

 private:
  static constexpr std::array<int, 3> kSignals = {SIGINT, SIGTERM, SIGHUP};
  std::array<struct sigaction, kSignals.size()> previous_;
};

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_INTERRUPTION_H_
