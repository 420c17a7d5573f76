// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Specialises the prebuilt shim. The shim is compiled once and serves every WASI call; one
// application imports some of them, and one image fixes what the shim reads from "constants". So
// the constants' imports become functions that return a number, host calls that the application
// lacks become functions that return ENOTSUP, exports nobody asks for go, and Binaryen folds and
// removes what follows from that. The shim was optimised when it was built: here only the passes
// run that this folding needs, because their output is part of the packed module and should vary
// little from one Binaryen to the next. In particular no function but those constants is inlined:
// functions that call the host unpinned must not get a stack frame (docs/architecture.md, Pinning).
//
// Binaryen ends the process on input that it cannot read. It sees the prebuilt shim only.
// Tested by shim_test.cc.

#include "shim/shim.h"

#include <binaryen-c.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>

#include "layout.h"  // runtime-shim/src

extern "C" const uint8_t wasm_vfs_prebuilt_shim[];
extern "C" const uint8_t wasm_vfs_prebuilt_shim_end[];

namespace wasm_vfs::shim {
namespace {

constexpr uint32_t kErrnoNotsup = 58;  // wasi_snapshot_preview1 `errno.notsup`

using BinaryenModulePointer =
    std::unique_ptr<std::remove_pointer_t<BinaryenModuleRef>, decltype(&BinaryenModuleDispose)>;

/// The value that a constant import has for this request.
std::optional<uint32_t> constant_value(const Request& request, std::string_view name) {
  constexpr std::string_view kHas = "has_";
  if (name.starts_with(kHas))
    return std::binary_search(request.calls.begin(), request.calls.end(), name.substr(kHas.size()));
  auto found = request.constants.find(name);
  if (found == request.constants.end()) return std::nullopt;
  return found->second;
}

/// Puts a function that returns a constant in the place of an imported one.
void replace_by_constant(BinaryenModuleRef module, BinaryenFunctionRef import, uint32_t value) {
  std::string name = BinaryenFunctionGetName(import);
  BinaryenType parameters = BinaryenFunctionGetParams(import);
  BinaryenType results = BinaryenFunctionGetResults(import);
  BinaryenRemoveFunction(module, name.c_str());
  BinaryenAddFunction(
      module, name.c_str(), parameters, results, nullptr, 0,
      BinaryenConst(module, BinaryenLiteralInt32(static_cast<int32_t>(value))));
}

/// Decides each import that does not stay one.
Status settle_imports(BinaryenModuleRef module, const Request& request) {
  std::vector<BinaryenFunctionRef> functions;
  for (BinaryenIndex i = 0; i < BinaryenGetNumFunctions(module); ++i)
    functions.push_back(BinaryenGetFunctionByIndex(module, i));
  for (BinaryenFunctionRef function : functions) {
    std::string_view from = BinaryenFunctionImportGetModule(function);
    std::string name = BinaryenFunctionImportGetBase(function);
    if (from == kConstantModule) {
      std::optional<uint32_t> value = constant_value(request, name);
      if (!value) return Error{"the prebuilt shim asks for an unknown constant '" + name + "'"};
      replace_by_constant(module, function, *value);
    } else if (from == kHostModule &&
               !std::binary_search(request.calls.begin(), request.calls.end(), name)) {
      replace_by_constant(module, function, kErrnoNotsup);
    }
  }
  return ok_status();
}

void drop_unused_exports(BinaryenModuleRef module, const Request& request) {
  std::vector<std::string> unused;
  for (BinaryenIndex i = 0; i < BinaryenGetNumExports(module); ++i) {
    std::string name = BinaryenExportGetName(BinaryenGetExportByIndex(module, i));
    bool used = (name == kMemorySize || name == kMemoryGrow)
                    ? request.virtual_memory_size
                    : std::binary_search(request.calls.begin(), request.calls.end(), name);
    if (!used) unused.push_back(std::move(name));
  }
  for (const std::string& name : unused) BinaryenRemoveExport(module, name.c_str());
}

void fold(BinaryenModuleRef module) {
  // A function whose body is one constant has size 1; nothing else is inlined.
  BinaryenSetAlwaysInlineMaxSize(1);
  BinaryenSetFlexibleInlineMaxSize(0);
  BinaryenSetOneCallerInlineMaxSize(0);
  BinaryenSetOptimizeLevel(2);
  BinaryenSetShrinkLevel(1);
  BinaryenSetDebugInfo(true);  // keeps the functions' names
  const char* passes[] = {"remove-unused-module-elements", "inlining", "precompute",
                          "remove-unused-brs", "dce", "vacuum", "remove-unused-names",
                          "reorder-locals", "remove-unused-module-elements"};
  BinaryenModuleRunPasses(module, passes, std::size(passes));
}

}  // namespace

Bytes prebuilt_shim() {
  return {wasm_vfs_prebuilt_shim,
          static_cast<size_t>(wasm_vfs_prebuilt_shim_end - wasm_vfs_prebuilt_shim)};
}

RegionLayout region_layout() { return {runtime::kStackSize, runtime::kRegionPages}; }

Result<ByteBuffer> specialise(const Request& request) {
  // Binaryen's options are process-wide.
  static std::mutex binaryen_mutex;
  std::lock_guard lock(binaryen_mutex);

  Bytes prebuilt = prebuilt_shim();
  std::vector<char> input(prebuilt.begin(), prebuilt.end());
  BinaryenModulePointer module(BinaryenModuleRead(input.data(), input.size()),
                               &BinaryenModuleDispose);
  BinaryenModuleSetFeatures(module.get(), BinaryenFeatureMutableGlobals() |
                                              BinaryenFeatureBulkMemory() |
                                              BinaryenFeatureSignExt());
  RETURN_IF_ERROR(settle_imports(module.get(), request));
  drop_unused_exports(module.get(), request);
  fold(module.get());
  BinaryenModuleAllocateAndWriteResult written =
      BinaryenModuleAllocateAndWrite(module.get(), nullptr);
  std::unique_ptr<void, decltype(&std::free)> owner(written.binary, &std::free);
  const auto* begin = static_cast<const uint8_t*>(written.binary);
  return ByteBuffer(begin, begin + written.binaryBytes);
}

std::string binaryen_version() { return WASM_VFS_BINARYEN_VERSION; }

}  // namespace wasm_vfs::shim
