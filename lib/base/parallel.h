// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs independent jobs on a few threads. Results must not depend on which thread ran what.
// Tested by parallel_test.cc.

#ifndef WASM_VFS_BASE_PARALLEL_H_
#define WASM_VFS_BASE_PARALLEL_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace wasm_vfs {

/// As many as the machine has processors.
inline unsigned default_thread_count() { return std::max(1u, std::thread::hardware_concurrency()); }

/// Calls job(0) … job(count - 1), each once, on at most `threads` threads, and returns when all are
/// done. Jobs must not throw.
template <typename Job>
void parallel_for(unsigned threads, size_t count, Job&& job) {
  std::atomic<size_t> next{0};
  auto work = [&] {
    for (size_t i = next++; i < count; i = next++) job(i);
  };
  std::vector<std::jthread> helpers;
  for (size_t i = 1; i < std::min<size_t>(threads, count); ++i) helpers.emplace_back(work);
  work();
}

}  // namespace wasm_vfs

#endif  // WASM_VFS_BASE_PARALLEL_H_
