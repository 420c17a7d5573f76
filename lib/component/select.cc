// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tested by select_test.cc.

#include "component/select.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string>
#include <vector>

#include "image/paths.h"
#include "splice/packed.h"
#include "wasm/cursor.h"

namespace wasm_vfs::component {
namespace {

using wasm::ExternalKind;

bool is_packed(const wasm::Module& module) {
  return module.find_custom_section(splice::kManifestSection) || splice::find_image(module);
}

bool opens_files(const wasm::Module& module) {
  return std::any_of(module.imports.begin(), module.imports.end(), [](const wasm::Import& import) {
    return import.kind == ExternalKind::kFunction && import.name == "path_open" &&
           (import.module == "wasi_snapshot_preview1" || import.module == "wasi_unstable");
  });
}

/// Whether a module exports its import of path_open to the others, or the shim's function once it
/// is packed: in a component of shared libraries (componentize-py's) the main module does so, and
/// the libraries have no other. The name is wit-component's.
bool hands_files_on(const wasm::Module& module) {
  return std::any_of(module.exports.begin(), module.exports.end(), [](const wasm::Export& item) {
    return item.kind == ExternalKind::kFunction && item.name == "wasi_snapshot_preview1:path_open";
  });
}

/// A module that answers preview 1 by the component's imports: it exports preview 1's calls, and
/// works in the memory of the module that it serves.
bool is_adapter(const wasm::Module& module) {
  // A libc exports no such names; sched_yield, poll and their like it does.
  constexpr std::array<std::string_view, 9> kCalls = {"args_get", "clock_time_get", "environ_get",
                                                      "fd_close", "fd_fdstat_get",  "fd_read",
                                                      "fd_write", "path_open",      "random_get"};
  return module.imported_memories != 0 &&
         std::any_of(module.exports.begin(), module.exports.end(), [&](const wasm::Export& item) {
           return item.kind == ExternalKind::kFunction &&
                  std::find(kCalls.begin(), kCalls.end(), item.name) != kCalls.end();
         });
}

std::string list(const Binary& binary, const std::vector<size_t>& indices) {
  std::string text;
  for (const size_t index : indices)
    text += (text.empty() ? "" : ", ") + module_label(binary, index) +
            (is_packed(binary.modules[index].module) ? " (packed)" : "");
  return text;
}

/// Why no module of a component can be packed.
Error nothing_to_pack(const Binary& binary) {
  for (size_t i = 0; i < binary.modules.size(); ++i) {
    const wasm::Module& module = binary.modules[i].module;
    if (is_adapter(module)) continue;
    std::set<std::string_view> interfaces;
    for (const wasm::Import& import : module.imports)
      if (import.module.starts_with("wasi:filesystem/")) interfaces.insert(import.module);
    if (interfaces.empty()) continue;
    std::string names;
    for (const std::string_view interface : interfaces)
      names += (names.empty() ? "" : ", ") + image::printable(interface);
    return Error{binary.file + ": core module " + module_label(binary, i) + " (offset " +
                 wasm::hexadecimal(module.offset) + ") imports " + names +
                 " itself, not WASI preview 1 by way of an adapter; such components cannot be "
                 "packed so far: build a preview 1 module (wasm32-wasip1), pack it, and make the "
                 "component of that"};
  }
  return Error{binary.file +
               ": no core module of this component can open files: none imports "
               "wasi_snapshot_preview1.path_open"};
}

}  // namespace

Result<size_t> find_named(const Binary& binary, std::string_view selector) {
  std::vector<size_t> all, found;
  size_t number = 0;
  const auto [end, problem] =
      std::from_chars(selector.data(), selector.data() + selector.size(), number);
  const bool is_number = problem == std::errc() && end == selector.data() + selector.size();
  for (size_t i = 0; i < binary.modules.size(); ++i) {
    all.push_back(i);
    if (is_number ? i == number : binary.modules[i].name == selector) found.push_back(i);
  }
  if (found.size() == 1) return found.front();
  if (found.empty())
    return Error{binary.file + ": there is no core module '" + image::printable(selector) +
                 "' in it; there are " + list(binary, all)};
  return Error{binary.file + ": several core modules have the name '" + image::printable(selector) +
               "': " + list(binary, found) + "; take the number"};
}

Result<size_t> find_application(const Binary& binary, std::string_view selector) {
  if (!selector.empty()) return find_named(binary, selector);
  if (!binary.is_component) return size_t{0};
  std::vector<size_t> found, handing_on;
  for (size_t i = 0; i < binary.modules.size(); ++i) {
    const wasm::Module& module = binary.modules[i].module;
    if (!opens_files(module) && !is_packed(module)) continue;
    found.push_back(i);
    if (hands_files_on(module)) handing_on.push_back(i);
  }
  if (found.size() == 1) return found.front();
  if (handing_on.size() == 1) return handing_on.front();
  if (found.empty()) return nothing_to_pack(binary);
  return Error{binary.file + ": several core modules of this component open files: " +
               list(binary, found) + "; choose one with --module"};
}

Result<size_t> find_packed(const Binary& binary, std::string_view selector) {
  if (!selector.empty()) return find_named(binary, selector);
  if (!binary.is_component) return size_t{0};
  std::vector<size_t> found;
  for (size_t i = 0; i < binary.modules.size(); ++i)
    if (is_packed(binary.modules[i].module)) found.push_back(i);
  if (found.size() == 1) return found.front();
  if (found.empty()) return Error{binary.file + ": no core module of this component is packed"};
  return Error{binary.file + ": several core modules of this component are packed: " +
               list(binary, found) + "; choose one with --module"};
}

}  // namespace wasm_vfs::component
