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

const wasm::Limits* first_memory(const wasm::Module& module) {
  for (const wasm::Import& import : module.imports)
    if (import.kind == wasm::ExternalKind::kMemory) return &import.limits;
  return module.memories.empty() ? nullptr : &module.memories.front();
}

Result<MemoryLayout> lay_out_memory(const wasm::Module& application, shim::RegionLayout region) {
  const wasm::Limits& memory = *first_memory(application);
  const bool is_imported = application.imported_memories != 0;
  const std::string place =
      application.file + (is_imported ? ": import section: " : ": memory section: ");
  uint32_t region_pages = region.pages;
  if (is_imported && memory.maximum && *memory.maximum < memory.minimum + region_pages)
    return Error{place + "the maximum of the imported memory, " + std::to_string(*memory.maximum) +
                 " pages, leaves no room for the " + std::to_string(region_pages) +
                 " pages that packed files need besides the initial " +
                 std::to_string(memory.minimum) + "; link with a larger --max-memory"};
  if (memory.minimum > kMaxPages - region_pages)
    return Error{place + "the initial size of " + std::to_string(memory.minimum) + " pages leaves no room for the " +
                 std::to_string(region_pages) + " pages that packed files need (" +
                 std::to_string(kMaxPages) + " is the limit); link with a smaller initial memory"};
  MemoryLayout layout;
  layout.application_pages = static_cast<uint32_t>(memory.minimum);
  layout.application_maximum_pages =
      static_cast<uint32_t>(std::min(memory.maximum.value_or(kMaxPages), kMaxPages));
  layout.region_pages = region_pages;
  layout.is_imported = is_imported;
  if (is_imported) {
    layout.initial_pages = layout.application_pages;
    if (memory.maximum) layout.maximum_pages = layout.application_maximum_pages;
    layout.memory_base = 0;
    return layout;
  }
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
