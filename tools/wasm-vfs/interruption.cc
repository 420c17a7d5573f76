// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A signal that would end the process is held back until the temporary file is gone, and then
// raised again, so that the shell or make sees what really ended us. Signals that the caller
// ignores (nohup) stay ignored. Tested by tests/cli/run (interruption).

#include "interruption.h"

namespace wasm_vfs::tool {
namespace {

volatile std::sig_atomic_t pending_signal = 0;
int guards = 0;  // of which the outermost does the work

void remember(int number) {
  pending_signal = number;
}

}  // namespace

InterruptionGuard::InterruptionGuard() {
  if (guards++ != 0) return;
  pending_signal = 0;
  for (size_t i = 0; i < kSignals.size(); ++i) {
    struct sigaction action = {};
    action.sa_handler = remember;
    action.sa_flags = SA_RESETHAND;  // a second one ends us even where a write hangs
    sigaction(kSignals[i], nullptr, &previous_[i]);
    if (previous_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &action, nullptr);
  }
}

InterruptionGuard::~InterruptionGuard() {
  if (--guards != 0) return;
  for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &previous_[i], nullptr);
  if (pending_signal != 0) std::raise(pending_signal);
}

bool InterruptionGuard::interrupted() const {
  return pending_signal != 0;
}

}  // namespace wasm_vfs::tool
