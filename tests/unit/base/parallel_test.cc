// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/base/parallel.h.

#include "base/parallel.h"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "testing/catch.h"

namespace wasm_vfs {
namespace {

TEST_CASE("parallel_for: each job once, whatever the number of threads") {
  for (const unsigned threads : {1u, 2u, 7u, 100u})
    for (const size_t count : {0u, 1u, 3u, 1000u}) {
      INFO(threads << " threads, " << count << " jobs");
      std::vector<std::atomic<int>> calls(count);
      parallel_for(threads, count, [&](size_t i) { ++calls[i]; });
      bool once = true;
      for (const std::atomic<int>& each : calls) once = once && each == 1;
      CHECK(once);
    }
}

TEST_CASE("parallel_for: no more threads than asked for, and jobs run side by side") {
  std::mutex mutex;
  std::set<std::thread::id> used;
  std::atomic<int> started{0};
  parallel_for(3, 3, [&](size_t) {
    {
      const std::lock_guard lock(mutex);
      used.insert(std::this_thread::get_id());
    }
    ++started;
    while (started < 3) std::this_thread::yield();  // ends only where three run at once
  });
  CHECK(used.size() == 3);
  used.clear();
  parallel_for(1, 5, [&](size_t) { used.insert(std::this_thread::get_id()); });
  CHECK(used == std::set{std::this_thread::get_id()});
  CHECK(default_thread_count() >= 1);
}

}  // namespace
}  // namespace wasm_vfs
