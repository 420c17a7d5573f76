// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where each of the shim's things stands in the packed module. The application's own indices do not
// move: the shim's types, functions, globals and data segments come after its last ones. The one
// exception are function imports that are removed (--sealed): each gives its place to a function
// that is put before the application's defined ones, so that only imports behind it move. Filled
// before any code is encoded, and never changed afterwards. Tested by index_map_test.cc.

#ifndef WASM_VFS_SPLICE_INDEX_MAP_H_
#define WASM_VFS_SPLICE_INDEX_MAP_H_

#include <cstdint>
#include <map>
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
    kHostCall,      // a call of `index`, one of the packed module's imports
    kIndexInit,     // memory.init of the index segment
    kContentsInit,  // memory.init of the contents segment
    kGlobalGet,     // global.get of `index`
    kGlobalSet,     // global.set of `index`
  };
  Kind kind;
  uint32_t index = 0;
};

/// A function of the packed module that the application does not have.
struct AddedFunction {
  enum class Kind {
    kShim,  // the shim's defined function `value`
    /// A call of function `value`. A second import of the same call gets one when its type index is
    /// another (types that are structurally equal need not be the same type to `call_indirect`), or
    /// when it is removed and needs a function in its place.
    kThunk,
    /// Calls `value`, one of the application's allocators, and counts in IndexMap::allocating_global
    /// that it runs. Takes its place among the exports.
    kAllocator,
  };
  Kind kind;
  uint32_t type_index;  // of the packed module
  uint32_t value;
};

struct IndexMap {
  // Of the packed module:
  uint32_t first_shim_type;
  uint32_t function_count;  // less the bodies that are moved out of line
  uint32_t memory_base_global;
  uint32_t stack_pointer_global;
  uint32_t pin_global;
  uint32_t allocating_global = kUnmapped;  // only where there are allocators
  uint32_t index_segment;
  uint32_t contents_segment;

  std::vector<ShimImport> shim_imports;   // by the shim's function index
  std::vector<uint32_t> shim_globals;     // by the shim's global index
  std::vector<uint32_t> shim_functions;   // by the shim's function index, less its imports

  /// Functions in the places of removed imports, from first_added_before up; and those after the
  /// application's, from first_added_after up.
  std::vector<AddedFunction> added_before;
  std::vector<AddedFunction> added_after;
  uint32_t first_added_before;
  uint32_t first_added_after;

  /// By the application's function import: its place among the packed module's imports, or kUnmapped
  /// where it is removed.
  std::vector<uint32_t> import_places;
  /// By the application's function import: what references to it become, or kUnmapped where they
  /// stay as they are.
  std::vector<uint32_t> import_references;
  /// The functions that stand for the instructions.
  uint32_t memory_size_function = kUnmapped;
  uint32_t memory_grow_function = kUnmapped;
  /// Gets the region; kUnmapped where the application defines its memory.
  uint32_t acquire_region_function = kUnmapped;

  /// By the application's allocator: the function that is exported in its place.
  std::map<uint32_t, uint32_t> allocators;

  /// What the application's reference to function `index` becomes.
  uint32_t application_function(uint32_t index) const {
    return index < import_references.size() && import_references[index] != kUnmapped
               ? import_references[index]
               : index;
  }
  /// What its export of function `index` becomes.
  uint32_t exported_function(uint32_t index) const {
    const auto allocator = allocators.find(index);
    return allocator != allocators.end() ? allocator->second : application_function(index);
  }
  /// The shim's defined function `index` (of the shim's index space) in the packed module.
  uint32_t shim_function(uint32_t index) const {
    return shim_functions[index - shim_imports.size()];
  }
};

/// Fails when the shim has imports, globals or data that this splicer does not know: a prebuilt
/// shim of another version.
Result<IndexMap> map_indices(const wasm::Module& application, const Interception& interception,
                             const wasm::Module& shim);

}  // namespace wasm_vfs::splice

#endif  // WASM_VFS_SPLICE_INDEX_MAP_H_
