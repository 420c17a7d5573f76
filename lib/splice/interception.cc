// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which imports are intercepted: every function import of wasi_snapshot_preview1, or of its
// forerunner wasi_unstable, whose name the shim exports and whose signature is the shim's. One with
// another signature is somebody's own idea of that name and is left alone. Calls of WASI's that no
// descriptor passes through (clocks, random …) stay the host's, unless an option asks for them.
// Tested by interception_test.cc.

#include "splice/interception.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "image/paths.h"
#include "image/reader.h"
#include "shim/shim.h"
#include "splice/manifest.h"
#include "splice/memory_layout.h"
#include "wasm/cursor.h"

namespace wasm_vfs::splice {
namespace {

constexpr std::string_view kPreview1 = "wasi_snapshot_preview1";
constexpr std::string_view kUnstable = "wasi_unstable";

/// Calls of preview 1 that have nothing to do with descriptors, and one that adapters of components
/// add (reset_adapter_state). Sorted.
constexpr std::array<std::string_view, 11> kCallsWithoutDescriptors = {
    "args_get",         "args_sizes_get", "clock_res_get", "clock_time_get", "environ_get",
    "environ_sizes_get", "proc_exit",      "proc_raise",    "random_get",     "reset_adapter_state", "sched_yield"};

/// Calls of the file system, which go with Sealing::kFilesystem; besides all path_ ones. What is left
/// serves standard input and output, clocks, polls and sockets. Sorted.
constexpr std::array<std::string_view, 15> kFilesystemCalls = {
    "fd_advise",        "fd_allocate",          "fd_datasync",
    "fd_fdstat_set_rights", "fd_filestat_get",  "fd_filestat_set_size",
    "fd_filestat_set_times", "fd_pread",        "fd_prestat_dir_name",
    "fd_prestat_get",   "fd_pwrite",            "fd_readdir",
    "fd_renumber",      "fd_sync",              "fd_tell"};

/// The names by which tools that make components find a function to allocate with.
constexpr std::array<std::string_view, 3> kAllocators = {"cabi_realloc", "cabi_realloc_adapter",
                                                         "cm32p2_realloc"};

template <size_t kSize>
bool contains(const std::array<std::string_view, kSize>& sorted, std::string_view name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

bool is_filesystem_call(std::string_view call) {
  return call.starts_with("path_") || contains(kFilesystemCalls, call);
}

/// Whether the shim answers a call that it could answer.
bool is_intercepted(std::string_view call, const InterceptionOptions& options) {
  if (options.sealing == Sealing::kWasi) return true;
  if (call.starts_with("args_")) return options.arguments;
  if (call.starts_with("environ_")) return options.environment;
  return !contains(kCallsWithoutDescriptors, call);
}

bool is_removed(std::string_view call, Sealing sealing) {
  return sealing == Sealing::kWasi || (sealing == Sealing::kFilesystem && is_filesystem_call(call));
}

bool same_signature(const wasm::Type& a, const wasm::Type& b) {
  return a.is_function && b.is_function && a.parameters == b.parameters && a.results == b.results;
}

std::string quoted(std::string_view module, std::string_view name) {
  return image::printable(module) + "." + image::printable(name);
}

/// "wasi:filesystem/types, env (12 more …)": what the application imports, by module.
std::string imported_modules(const wasm::Module& application) {
  std::map<std::string_view, int> modules;
  for (const wasm::Import& import : application.imports)
    if (import.kind == wasm::ExternalKind::kFunction) ++modules[import.module];
  if (modules.empty()) return "no functions at all";
  std::string list;
  for (const auto& [name, count] : modules) {
    if (!list.empty()) list += ", ";
    list += std::to_string(count) + " from '" + image::printable(name) + "'";
  }
  return list;
}

/// A data segment that begins like an image's index gives away a packed module whose manifest a
/// tool has stripped.
bool is_packed(const wasm::Module& application) {
  return application.find_custom_section(kManifestSection) ||
         std::any_of(application.data_segments.begin(), application.data_segments.end(),
                     [](const wasm::DataSegment& segment) {
                       return segment.is_passive && image::looks_like_index(segment.bytes);
                     });
}

Status check_memory(const wasm::Module& application) {
  const wasm::Limits* const limits = first_memory(application);
  if (limits == nullptr)
    return Error{application.file + ": the module has no memory, so it cannot make WASI calls"};
  auto unsupported = [&](const std::string& what) {
    return Error{application.file +
                 (application.imported_memories != 0 ? ": import section: " : ": memory section: ") +
                 what};
  };
  for (const wasm::Export& item : application.exports)
    if (item.kind == wasm::ExternalKind::kMemory && item.name == "memory" && item.index != 0)
      return unsupported("the memory exported as 'memory' has index " + std::to_string(item.index) +
                         "; only memory 0 can be served so far");
  const wasm::Limits& memory = *limits;
  if (memory.is_shared)
    return unsupported("the memory is shared (threads); shared memories cannot be packed so far: "
                       "build without threads");
  if (memory.is_64)
    return unsupported("the memory has 64-bit addresses (memory64), which WASI preview 1 does not "
                       "define; build for wasm32");
  if (memory.page_size_log2 && *memory.page_size_log2 != 16)
    return unsupported("the memory has a custom page size, which cannot be packed so far");
  return ok_status();
}

Error cannot_open_files(const wasm::Module& application) {
  return Error{application.file +
               ": the module cannot open files: it does not import wasi_snapshot_preview1.path_open."
               " It imports " +
               imported_modules(application)};
}

std::vector<uint32_t> find_allocators(const wasm::Module& application) {
  std::set<uint32_t> found;
  for (const wasm::Export& item : application.exports)
    if (item.kind == wasm::ExternalKind::kFunction && contains(kAllocators, item.name) &&
        item.index >= application.imported_functions)
      found.insert(item.index);
  return {found.begin(), found.end()};
}

/// Defaults that the application never asks for are an error.
Status check_defaults(const wasm::Module& application, const InterceptionOptions& options,
                      const std::set<std::string_view>& calls) {
  const auto need = [&](bool wanted, const char* option, const char* sizes, const char* get) {
    if (!wanted) return ok_status();
    for (const char* call : {sizes, get})
      if (!calls.contains(call))
        return Status(Error{application.file + ": " + option +
                            " would have no effect: the module does not import WASI's " + call});
    return ok_status();
  };
  RETURN_IF_ERROR(need(options.arguments, "--arg", "args_sizes_get", "args_get"));
  return need(options.environment, "--env", "environ_sizes_get", "environ_get");
}

}  // namespace

std::string_view sealing_name(Sealing sealing) {
  switch (sealing) {
    case Sealing::kNone:
      break;
    case Sealing::kFilesystem:
      return "fs";
    case Sealing::kWasi:
      return "wasi";
  }
  return {};
}

std::optional<Sealing> find_sealing(std::string_view name) {
  for (const Sealing sealing : {Sealing::kFilesystem, Sealing::kWasi})
    if (name == sealing_name(sealing)) return sealing;
  return std::nullopt;
}

Result<Interception> find_intercepted_imports(const wasm::Module& application,
                                              const wasm::Module& shim,
                                              const InterceptionOptions& options) {
  if (is_packed(application))
    return Error{application.file +
                 ": the module is packed already; `wasm-vfs unpack` gives back the application"};

  std::map<std::string_view, const wasm::Type*> served;
  for (const wasm::Export& item : shim.exports)
    if (item.kind == wasm::ExternalKind::kFunction && shim::is_call(item.name))
      served[item.name] = &shim.types[shim.function_type(item.index)];

  Interception result;
  result.sealing = options.sealing;
  bool is_preview1 = false;
  std::set<std::string_view> calls;
  for (const wasm::Import& import : application.imports) {
    if (import.kind != wasm::ExternalKind::kFunction) continue;
    if (import.module == kUnstable) {
      result.is_unstable = true;
    } else if (import.module == kPreview1) {
      is_preview1 = true;
    } else {
      if (import.module.starts_with("wasix")) result.foreign_descriptor_calls = true;
      continue;
    }
    const auto found = served.find(import.name);
    const bool is_known = found != served.end() || contains(kCallsWithoutDescriptors, import.name);
    const bool has_signature =
        found != served.end() &&
        same_signature(application.types[import.type_index], *found->second);
    if (has_signature && is_intercepted(import.name, options)) {
      calls.insert(import.name);
      result.imports.push_back({import.index, import.type_index, std::string(import.name),
                                import.offset, is_removed(import.name, options.sealing)});
      continue;
    }
    // It stays the host's.
    if (is_removed(import.name, options.sealing))
      return Error{application.file + ": import section (offset " +
                   wasm::hexadecimal(import.offset) + "): the import " +
                   quoted(import.module, import.name) +
                   " cannot be answered inside the module: " +
                   (is_known ? "it does not have WASI's signature" : "it is unknown") +
                   "; pack without --sealed"};
    if (!is_known) {
      result.foreign_descriptor_calls = true;
      result.warnings.push_back("the import " + quoted(import.module, import.name) +
                                " is unknown and stays the host's; packed files get descriptors "
                                "from 1024 up");
    } else if (is_intercepted(import.name, options)) {
      result.warnings.push_back("the import " + quoted(import.module, import.name) +
                                " does not have WASI's signature and stays the host's");
    }
  }
  if (result.is_unstable && is_preview1)
    return Error{application.file +
                 ": the module imports both wasi_snapshot_preview1 and its forerunner "
                 "wasi_unstable, whose structures differ; only one of them can be served: build all "
                 "of the module with one toolchain"};
  if (!calls.contains("path_open")) return cannot_open_files(application);
  RETURN_IF_ERROR(check_defaults(application, options, calls));
  RETURN_IF_ERROR(check_memory(application));
  result.allocators = find_allocators(application);
  return result;
}

}  // namespace wasm_vfs::splice
