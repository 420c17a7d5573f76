// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the shim's region lies in the application's memory when the module starts, and what the
// memory's limits become. Tested by memory_layout_test.cc.

#ifndef WASM_VFS_SPLICE_MEMORY_LAYOUT_H_
#define WASM_VFS_SPLICE_MEMORY_LAYOUT_H_

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "shim/shim.h"
#include "wasm/module.h"

namespace wasm_vfs::splice {

/// Pages are 64 KiB. The region lies above all that the application has, and moves up as the
/// application's memory grows. An imported memory keeps its limits, because whoever supplies it must
/// still link: the shim gets the region when it is first called, by growing the memory.
struct MemoryLayout {
  uint32_t application_pages;          // the application's initial size, where the region begins
  uint32_t application_maximum_pages;  // what memory.grow may reach, as the application sees it
  uint32_t region_pages;
  uint32_t initial_pages;                 // of the packed module's memory
  std::optional<uint32_t> maximum_pages;  // of the packed module's memory
  uint32_t memory_base;  // address of the shim's statics, where its stack begins; 0 in an imported memory
  bool is_imported = false;
};

/// The limits of memory 0, imported or defined, or nullptr where there is none.
const wasm::Limits* first_memory(const wasm::Module& module);

/// Fails when the application's initial memory leaves no room for the region.
/// REQUIRES: find_intercepted_imports() accepted the application.
Result<MemoryLayout> lay_out_memory(const wasm::Module& application, shim::RegionLayout region);

}  // namespace wasm_vfs::splice

#endif  // WASM_VFS_SPLICE_MEMORY_LAYOUT_H_
