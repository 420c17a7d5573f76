// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where each of the shim's things stands in the packed module. The application's own indices never
// move: the shim's types, functions, globals and data segments come after its last ones. Filled
// before any code is encoded, and never changed afterwards. Tested by index_map_test.cc.

#ifndef WASM_VFS_SPLICE_INDEX_MAP_H_
#define WASM_VFS_SPLICE_INDEX_MAP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "splice/interception.h"
#include "wasm/module.h"

namespace wasm_vfs::splice {

inline constexpr uint32_t kUnmapped = 0xffffffffu;

/// What a call of one of the shim's function imports becomes.
struct ShimImport {
  enum class Kind {
    kHostCall,      // a call of `index`, one of the application's imports
    kIndexInit,     // memory.init of the index segment
    kContentsInit,  // memory.init of the contents segment
    kGlobalGet,     // global.get of `index`
    kGlobalSet,     // global.set of `index`
  };
  Kind kind;
  uint32_t index = 0;
};

/// A function that a second import of the same call gets when its type index is another: types that
/// are structurally equal need not be the same type to `call_indirect`. It calls `target`.
struct Thunk {
  uint32_t type_index;  // of the packed module
  uint32_t target;      // function index in the packed module
  std::string name;
};

struct IndexMap {
  // Of the packed module:
  uint32_t first_shim_type;
  uint32_t first_shim_function;
  uint32_t first_thunk;
  uint32_t function_count;  // less the bodies that are moved out of line
  uint32_t memory_base_global;
  uint32_t stack_pointer_global;
  uint32_t pin_global;
  uint32_t index_segment;
  uint32_t contents_segment;

  std::vector<ShimImport> shim_imports;  // by the shim's function index
  std::vector<uint32_t> shim_globals;    // by the shim's global index
  std::vector<uint32_t> shim_function_types;  // of its defined functions, in the packed module
  std::vector<Thunk> thunks;

  /// By the application's function import: the function that answers it, or kUnmapped.
  std::vector<uint32_t> replaced_imports;
  /// The functions that stand for the instructions.
  uint32_t memory_size_function = kUnmapped;
  uint32_t memory_grow_function = kUnmapped;

  /// The shim's function `index` (of the shim's index space, defined) in the packed module.
  uint32_t shim_function(uint32_t index) const {
    return first_shim_function + (index - static_cast<uint32_t>(shim_imports.size()));
  }
};

/// Fails when the shim has imports or globals that this splicer does not know: a prebuilt shim of
/// another version.
Result<IndexMap> map_indices(const wasm::Module& application, const Interception& interception,
                             const wasm::Module& shim);

}  // namespace wasm_vfs::splice

#endif  // WASM_VFS_SPLICE_INDEX_MAP_H_
