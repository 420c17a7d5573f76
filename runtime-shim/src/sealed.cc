// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a guest sealed off from WASI (--sealed=wasi) gets from the calls that are otherwise the
// host's alone: there is no clock, no randomness and nobody to exit to, and the guest is told so.
// A trap ends it, as an exit would. docs/sealed.md has the whole table.
// Tested by tests/unit/shim/sealed_test.cc.

#include "forward.h"

namespace wasm_vfs::runtime {

Errno clock_res_get(uint32_t, uint32_t result) {
  return is_guest(result, 8) ? Errno::kNotsup : Errno::kFault;
}

Errno clock_time_get(uint32_t, uint64_t, uint32_t result) {
  return is_guest(result, 8) ? Errno::kNotsup : Errno::kFault;
}

Errno random_get(uint32_t buffer, uint32_t buffer_size) {
  return is_guest(buffer, buffer_size) ? Errno::kNotsup : Errno::kFault;
}

Errno proc_raise(uint32_t) { return Errno::kNotsup; }

Errno sched_yield() { return Errno::kSuccess; }

void proc_exit(uint32_t) { __builtin_trap(); }

}  // namespace wasm_vfs::runtime
