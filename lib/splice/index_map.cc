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
  return std::nullopt;
}

/// Resolves the shim's imports. A host call goes to the application's first import of that name.
Status map_shim_imports(const Interception& interception, const wasm::Module& shim, IndexMap& map) {
  std::map<std::string_view, uint32_t> host_calls;
  for (const InterceptedImport& import : interception.imports)
    host_calls.emplace(import.call, import.index);
  for (const wasm::Import& import : shim.imports) {
    if (import.kind == wasm::ExternalKind::kMemory) continue;
    if (import.kind == wasm::ExternalKind::kGlobal && import.name == "__memory_base") {
      map.shim_globals.push_back(map.memory_base_global);
    } else if (import.kind == wasm::ExternalKind::kGlobal && import.name == "__stack_pointer") {
      map.shim_globals.push_back(map.stack_pointer_global);
    } else if (import.kind != wasm::ExternalKind::kFunction) {
      return unknown_import(import);
    } else if (import.module == shim::kHostModule) {
      auto found = host_calls.find(import.name);
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

/// Gives each intercepted import its function, and each of the shim's functions its type.
void map_replacements(const wasm::Module& application, const Interception& interception,
                      const wasm::Module& shim, IndexMap& map) {
  std::map<std::string_view, uint32_t> exported;
  for (const wasm::Export& item : shim.exports)
    if (item.kind == wasm::ExternalKind::kFunction)
      exported[item.name] = map.shim_function(item.index);
  for (uint32_t type : shim.functions) map.shim_function_types.push_back(map.first_shim_type + type);

  map.replaced_imports.assign(application.imported_functions, kUnmapped);
  // (function, type index) -> what answers it; a function takes the type of the first import that
  // it replaces.
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> answered;
  std::vector<bool> typed(shim.functions.size(), false);
  for (const InterceptedImport& import : interception.imports) {
    uint32_t function = exported.at(import.call);
    auto [found, is_new] = answered.try_emplace({function, import.type_index}, function);
    uint32_t defined = function - map.first_shim_function;
    if (is_new && typed[defined]) {
      found->second = map.first_thunk + static_cast<uint32_t>(map.thunks.size());
      map.thunks.push_back({import.type_index, function, import.call});
    } else if (is_new) {
      typed[defined] = true;
      map.shim_function_types[defined] = import.type_index;
    }
    map.replaced_imports[import.index] = found->second;
  }
  map.function_count = map.first_thunk + static_cast<uint32_t>(map.thunks.size());

  auto instruction = [&](std::string_view name) {
    auto found = exported.find(name);
    return found == exported.end() ? kUnmapped : found->second;
  };
  map.memory_size_function = instruction(shim::kMemorySize);
  map.memory_grow_function = instruction(shim::kMemoryGrow);
}

}  // namespace

Result<IndexMap> map_indices(const wasm::Module& application, const Interception& interception,
                             const wasm::Module& shim) {
  if (shim.defined_globals != 0 || shim.data_segment_count != 0)
    return Error{"the shim defines globals or data, which this splicer does not place; rebuild it "
                 "with runtime-shim/build"};
  IndexMap map;
  map.first_shim_type = static_cast<uint32_t>(application.types.size());
  map.first_shim_function = application.function_count();
  map.first_thunk = map.first_shim_function + static_cast<uint32_t>(shim.functions.size());
  map.memory_base_global = application.global_count();
  map.stack_pointer_global = map.memory_base_global + 1;
  map.pin_global = map.memory_base_global + 2;
  map.index_segment = application.data_segment_count;
  map.contents_segment = map.index_segment + 1;
  RETURN_IF_ERROR(map_shim_imports(interception, shim, map));
  map_replacements(application, interception, shim, map);
  return map;
}

}  // namespace wasm_vfs::splice
