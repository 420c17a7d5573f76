// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The region is put at the top because programs take all memory from their heap's base up to
// memory.size for theirs, and some (Go) assume that each memory.grow continues where the memory
// ended. Tested by memory_layout_test.cc.

#include "splice/memory_layout.h"

#include <algorithm>
#include <string>

namespace wasm_vfs::splice {
namespace {

constexpr uint64_t kPageSize = 65536;
constexpr uint64_t kMaxPages = 65536;  // 4 GiB

}  // namespace

Result<MemoryLayout> lay_out_memory(const wasm::Module& application, shim::RegionLayout region) {
  const wasm::Limits& memory = application.memories.front();
  uint32_t region_pages = region.pages;
  if (memory.minimum > kMaxPages - region_pages)
    return Error{application.file + ": memory section: the initial size of " +
                 std::to_string(memory.minimum) + " pages leaves no room for the " +
                 std::to_string(region_pages) + " pages that packed files need (" +
                 std::to_string(kMaxPages) + " is the limit); link with a smaller initial memory"};
  MemoryLayout layout;
  layout.application_pages = static_cast<uint32_t>(memory.minimum);
  layout.application_maximum_pages =
      static_cast<uint32_t>(std::min(memory.maximum.value_or(kMaxPages), kMaxPages));
  layout.region_pages = region_pages;
  layout.initial_pages = layout.application_pages + region_pages;
  // Twice the region: after growth from outside the region is put anew at the top, and the pages
  // it leaves behind become the application's.
  if (memory.maximum)
    layout.maximum_pages = static_cast<uint32_t>(
        std::min(uint64_t{layout.application_maximum_pages} + 2 * region_pages, kMaxPages));
  layout.memory_base =
      static_cast<uint32_t>(layout.application_pages * kPageSize + region.stack_size);
  return layout;
}

}  // namespace wasm_vfs::splice
