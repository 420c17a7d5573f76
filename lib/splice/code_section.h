// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes the packed module's code section: the application's bodies, with calls of intercepted
// imports and memory.size/memory.grow redirected; then the shim's. Tested by code_section_test.cc.

#ifndef WASM_VFS_SPLICE_CODE_SECTION_H_
#define WASM_VFS_SPLICE_CODE_SECTION_H_

#include <cstdint>
#include <vector>

#include "base/pieces.h"
#include "base/result.h"
#include "splice/index_map.h"
#include "wasm/module.h"

namespace wasm_vfs::splice {

/// What became of the application's code.
struct CodeStatistics {
  uint32_t redirected_calls = 0;         // call, return_call and ref.func of an intercepted import
  uint32_t replaced_instructions = 0;    // memory.size and memory.grow
  uint32_t changed_functions = 0;
  uint32_t moved_functions = 0;          // whose bodies went out of line
  /// Functions whose addresses in debug information are no longer true.
  uint32_t functions_with_stale_debug_info = 0;
};

struct CodeSection {
  Pieces contents;  // of the section: the count and the bodies
  /// Type indices of the functions that were appended after IndexMap::function_count: bodies moved
  /// out of line.
  std::vector<uint32_t> moved_function_types;
  /// The application's functions whose bodies those are.
  std::vector<uint32_t> moved_functions;
  CodeStatistics statistics;
};

/// Bodies that need no change are views of the application's bytes. Where the module has DWARF,
/// which counts code addresses from the start of the section's contents, the addresses of all
/// functions but the changed ones are kept where that is possible: a body that would change its
/// size moves behind all others, and a body of the old size that calls it takes its place.
/// Errors: an instruction that cannot be read.
Result<CodeSection> rewrite_code(const wasm::Module& application, const wasm::Module& shim,
                                 const IndexMap& map, unsigned threads);

}  // namespace wasm_vfs::splice

#endif  // WASM_VFS_SPLICE_CODE_SECTION_H_
