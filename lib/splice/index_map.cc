// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tested by index_map_test.cc.

#include "splice/index_map.h"

#include <algorithm>
#include <map>
#include <optional>

#include "shim/shim.h"

namespace wasm_vfs::splice {
namespace {

Error unknown_import(const wasm::Import& import) {
  return Error{"the shim imports '" + std::string(import.module) + "." + std::string(import.name) +
               "', which this splicer does not know; rebuild it with runtime-shim/build"};
}

std::optional<ShimImport> intrinsic(std::string_view name, const IndexMap& map) {
  using Kind = ShimImport::Kind;
  if (name == "index_init") return ShimImport{Kind::kIndexInit};
  if (name == "contents_init") return ShimImport{Kind::kContentsInit};
  if (name == "get_memory_base") return ShimImport{Kind::kGlobalGet, map.memory_base_global};
  if (name == "set_memory_base") return ShimImport{Kind::kGlobalSet, map.memory_base_global};
  if (name == "get_stack_pointer") return ShimImport{Kind::kGlobalGet, map.stack_pointer_global};
  if (name == "set_stack_pointer") return ShimImport{Kind::kGlobalSet, map.stack_pointer_global};
  if (name == "get_pin") return ShimImport{Kind::kGlobalGet, map.pin_global};
  if (name == "set_pin") return ShimImport{Kind::kGlobalSet, map.pin_global};
  if (name == "get_allocating" && map.allocating_global != kUnmapped)
    return ShimImport{Kind::kGlobalGet, map.allocating_global};
  return std::nullopt;
}

/// The application's imports after those that go have gone.
void map_kept_imports(const wasm::Module& application, const Interception& interception,
                      IndexMap& map) {
  std::vector<bool> removed(application.imported_functions, false);
  for (const InterceptedImport& import : interception.imports) removed[import.index] = import.removed;
  map.import_places.assign(application.imported_functions, kUnmapped);
  map.import_references.assign(application.imported_functions, kUnmapped);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < application.imported_functions; ++i) {
    if (removed[i]) continue;
    map.import_places[i] = kept;
    if (kept != i) map.import_references[i] = kept;
    ++kept;
  }
  map.first_added_before = kept;
  map.first_added_after = application.function_count();
}

/// Resolves the shim's imports. A host call goes to the application's first import of that name.
Status map_shim_imports(const Interception& interception, const wasm::Module& shim, IndexMap& map) {
  std::map<std::string_view, uint32_t> host_calls;
  for (const InterceptedImport& import : interception.imports)
    if (!import.removed) host_calls.emplace(import.call, map.import_places[import.index]);
  for (const wasm::Import& import : shim.imports) {
    if (import.kind == wasm::ExternalKind::kMemory) continue;
    if (import.kind == wasm::ExternalKind::kGlobal && import.name == "__memory_base") {
      map.shim_globals.push_back(map.memory_base_global);
    } else if (import.kind == wasm::ExternalKind::kGlobal && import.name == "__stack_pointer") {
      map.shim_globals.push_back(map.stack_pointer_global);
    } else if (import.kind != wasm::ExternalKind::kFunction) {
      return unknown_import(import);
    } else if (import.module == shim::kHostModule) {
      const auto found = host_calls.find(import.name);
      if (found == host_calls.end()) return unknown_import(import);
      map.shim_imports.push_back({ShimImport::Kind::kHostCall, found->second});
    } else {
      std::optional<ShimImport> mapped;
      if (import.module == shim::kIntrinsicModule) mapped = intrinsic(import.name, map);
      if (!mapped) return unknown_import(import);
      map.shim_imports.push_back(*mapped);
    }
  }
  return ok_status();
}

/// Gives each of the shim's functions its place and type, and each intercepted import its function.
/// A function takes the type of the first import that it answers.
class Placement {
 public:
  Placement(const Interception& interception, const wasm::Module& shim, IndexMap& map)
      : interception_(interception), map_(map), types_(shim.functions.size(), kUnmapped) {
    map_.shim_functions.assign(shim.functions.size(), kUnmapped);
    for (const wasm::Export& item : shim.exports)
      if (item.kind == wasm::ExternalKind::kFunction)
        defined_[item.name] = item.index - static_cast<uint32_t>(map.shim_imports.size());
  }

  void place_removed_imports() {
    for (const InterceptedImport& import : interception_.imports) {
      if (!import.removed) continue;
      const uint32_t place =
          map_.first_added_before + static_cast<uint32_t>(map_.added_before.size());
      const uint32_t defined = defined_.at(import.call);
      if (map_.shim_functions[defined] == kUnmapped) {
        place_shim_function(defined, import.type_index, place, map_.added_before);
      } else {
        map_.added_before.push_back(
            {AddedFunction::Kind::kThunk, import.type_index, map_.shim_functions[defined]});
      }
      map_.import_references[import.index] = place;
    }
  }

  void place_other_functions(const std::vector<uint32_t>& shim_types) {
    for (const InterceptedImport& import : interception_.imports) {
      uint32_t& type = types_[defined_.at(import.call)];
      if (!import.removed && type == kUnmapped) type = import.type_index;
    }
    for (uint32_t i = 0; i < shim_types.size(); ++i) {
      if (map_.shim_functions[i] != kUnmapped) continue;
      const uint32_t type =
          types_[i] != kUnmapped ? types_[i] : map_.first_shim_type + shim_types[i];
      place_shim_function(i, type, next_after(), map_.added_after);
    }
  }

  void answer_kept_imports() {
    std::map<std::pair<uint32_t, uint32_t>, uint32_t> thunks;  // (function, type index) -> thunk
    for (const InterceptedImport& import : interception_.imports) {
      if (import.removed) continue;
      const uint32_t defined = defined_.at(import.call);
      uint32_t function = map_.shim_functions[defined];
      if (types_[defined] != import.type_index) {
        const auto [thunk, is_new] = thunks.try_emplace({function, import.type_index}, next_after());
        if (is_new)
          map_.added_after.push_back({AddedFunction::Kind::kThunk, import.type_index, function});
        function = thunk->second;
      }
      map_.import_references[import.index] = function;
    }
  }

  void place_allocators(const wasm::Module& application) {
    for (const uint32_t allocator : interception_.allocators) {
      map_.allocators[allocator] = next_after();
      map_.added_after.push_back(
          {AddedFunction::Kind::kAllocator,
           application.functions[allocator - application.imported_functions], allocator});
    }
  }

  uint32_t function_of(std::string_view name) const {
    const auto found = defined_.find(name);
    return found == defined_.end() ? kUnmapped : map_.shim_functions[found->second];
  }

 private:
  void place_shim_function(uint32_t defined, uint32_t type, uint32_t place,
                           std::vector<AddedFunction>& list) {
    map_.shim_functions[defined] = place;
    types_[defined] = type;
    list.push_back({AddedFunction::Kind::kShim, type, defined});
  }

  uint32_t next_after() const {
    return map_.first_added_after + static_cast<uint32_t>(map_.added_after.size());
  }

  const Interception& interception_;
  IndexMap& map_;
  std::map<std::string_view, uint32_t> defined_;  // by export: among the shim's defined functions
  std::vector<uint32_t> types_;                   // of the shim's defined functions
};

}  // namespace

Result<IndexMap> map_indices(const wasm::Module& application, const Interception& interception,
                             const wasm::Module& shim) {
  if (shim.defined_globals != 0 || shim.data_segment_count != 0)
    return Error{"the shim defines globals or data, which this splicer does not place; rebuild it "
                 "with runtime-shim/build"};
  IndexMap map;
  map.first_shim_type = static_cast<uint32_t>(application.types.size());
  map.memory_base_global = application.global_count();
  map.stack_pointer_global = map.memory_base_global + 1;
  map.pin_global = map.memory_base_global + 2;
  if (!interception.allocators.empty()) map.allocating_global = map.memory_base_global + 3;
  map.index_segment = application.data_segment_count;
  map.contents_segment = map.index_segment + 1;
  map_kept_imports(application, interception, map);
  RETURN_IF_ERROR(map_shim_imports(interception, shim, map));

  Placement placement(interception, shim, map);
  placement.place_removed_imports();
  placement.place_other_functions(shim.functions);
  placement.answer_kept_imports();
  placement.place_allocators(application);
  map.function_count = map.first_added_after + static_cast<uint32_t>(map.added_after.size());
  map.memory_size_function = placement.function_of(shim::kMemorySize);
  map.memory_grow_function = placement.function_of(shim::kMemoryGrow);
  map.acquire_region_function = placement.function_of(shim::kAcquireRegion);
  return map;
}

}  // namespace wasm_vfs::splice
