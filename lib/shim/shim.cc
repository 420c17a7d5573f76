// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Specialises the prebuilt shim. The shim is compiled once and serves every WASI call; one
// application imports some of them, and one image fixes what the shim reads from "constants". So
// calls of the constants become numbers, calls of host functions that the application lacks become
// ENOTSUP, exports nobody asks for go, and Binaryen folds and removes what follows from that.
// Calls are replaced in the bytes, before Binaryen reads them: its inlining pass can do it, too, but
// goes over the whole caller for each call, which took longer than all the rest of a small pack.
// The shim was optimised when it was built: here only the passes run that the folding needs, because
// their output is part of the packed module and should vary little from one Binaryen to the next,
// and no function is inlined: functions that call the host unpinned must not get a stack frame
// (docs/architecture.md, Pinning).
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
#include "wasm/instructions.h"
#include "wasm/leb.h"
#include "wasm/module.h"
#include "wasm/writer.h"

extern "C" const uint8_t wasm_vfs_prebuilt_shim[];
extern "C" const uint8_t wasm_vfs_prebuilt_shim_end[];
extern "C" const uint8_t wasm_vfs_prebuilt_shim_zstd[];
extern "C" const uint8_t wasm_vfs_prebuilt_shim_zstd_end[];
extern "C" const uint8_t wasm_vfs_zstd_tables[];
extern "C" const uint8_t wasm_vfs_zstd_tables_end[];

namespace wasm_vfs::shim {
namespace {

constexpr uint32_t kErrnoNotsup = 58;  // wasi_snapshot_preview1 `errno.notsup`

using BinaryenModulePointer =
    std::unique_ptr<std::remove_pointer_t<BinaryenModuleRef>, decltype(&BinaryenModuleDispose)>;

/// The value that a constant import has for this request.
std::optional<uint32_t> constant_value(const Request& request, std::string_view name) {
  constexpr std::string_view kHas = "has_";
  if (name.starts_with(kHas))
    return request.host_calls.contains(name.substr(kHas.size()));
  if (name == "memory_is_imported") return request.memory_is_imported;
  auto found = request.constants.find(name);
  if (found == request.constants.end()) return std::nullopt;
  return found->second;
}

/// What each imported function returns that does not stay an import; by function index.
Result<std::vector<std::optional<uint32_t>>> settle_imports(const wasm::Module& shim,
                                                            const Request& request) {
  std::vector<std::optional<uint32_t>> values;
  for (const wasm::Import& import : shim.imports) {
    if (import.kind != wasm::ExternalKind::kFunction) continue;
    std::optional<uint32_t> value;
    if (import.module == kConstantModule) {
      value = constant_value(request, import.name);
      if (!value)
        return Error{"the prebuilt shim asks for an unknown constant '" +
                     std::string(import.name) + "'"};
    } else if (import.module == kHostModule &&
               !request.host_calls.contains(import.name)) {
      value = kErrnoNotsup;
    }
    values.push_back(value);
  }
  return values;
}

/// A body's code with each call of a settled import replaced: its operands are dropped, and the
/// constant takes the place of the result.
Result<ByteBuffer> settle_body(const wasm::Module& shim, uint32_t body_index,
                               const std::vector<std::optional<uint32_t>>& values) {
  constexpr uint8_t kOpDrop = 0x1a;
  const Bytes code = shim.bodies[body_index].code;
  ByteBuffer out;
  uint32_t kept = 0;
  uint32_t callee = 0;
  auto on_index = [&](const wasm::IndexUse& use) { callee = use.value; };
  auto on_instruction = [&](const wasm::Instruction& instruction) {
    if (instruction.opcode != wasm::kOpCall || callee >= values.size() || !values[callee]) return;
    append(out, code.subspan(kept, instruction.begin - kept));
    out.insert(out.end(), shim.types[shim.function_type(callee)].parameters.size(), kOpDrop);
    out.push_back(wasm::kOpI32Const);
    wasm::append_signed_leb(out, static_cast<int32_t>(*values[callee]));
    kept = instruction.end;
  };
  RETURN_IF_ERROR(wasm::walk_body(shim, body_index, on_index, on_instruction));
  append(out, code.subspan(kept));
  return out;
}

/// The prebuilt shim with all calls of settled imports replaced.
Result<ByteBuffer> settle_calls(const Request& request) {
  ASSIGN_OR_RETURN(const wasm::Module shim, wasm::read_module(prebuilt_shim(request.decoder), "the prebuilt shim"));
  ASSIGN_OR_RETURN(const auto values, settle_imports(shim, request));
  ByteBuffer bodies;
  wasm::append_unsigned_leb(bodies, shim.bodies.size());
  for (uint32_t i = 0; i < shim.bodies.size(); ++i) {
    ASSIGN_OR_RETURN(const ByteBuffer body, settle_body(shim, i, values));
    wasm::append_unsigned_leb(bodies, body.size());
    append(bodies, body);
  }
  ByteBuffer out;
  wasm::append_module_header(out);
  for (const wasm::Section& section : shim.sections) {
    if (section.id == wasm::SectionId::kCode) {
      wasm::append_section(out, static_cast<uint8_t>(section.id), bodies);
    } else {
      append(out, section.whole);
    }
  }
  return out;
}

void drop_unused_exports(BinaryenModuleRef module, const Request& request) {
  std::vector<std::string> unused;
  for (BinaryenIndex i = 0; i < BinaryenGetNumExports(module); ++i) {
    std::string name = BinaryenExportGetName(BinaryenGetExportByIndex(module, i));
    const bool used = name == kMemorySize || name == kMemoryGrow ||
                      (name == kAcquireRegion ? request.memory_is_imported
                                              : request.calls.contains(name));
    if (!used) unused.push_back(std::move(name));
  }
  for (const std::string& name : unused) BinaryenRemoveExport(module, name.c_str());
}

void fold(BinaryenModuleRef module) {
  BinaryenSetOptimizeLevel(2);
  BinaryenSetShrinkLevel(1);
  BinaryenSetDebugInfo(true);  // keeps the functions' names
  // First without what is not asked for, so that nothing is folded in vain; then without what only
  // the folded parts used.
  const char* passes[] = {"remove-unused-module-elements", "precompute", "vacuum",
                          "remove-unused-module-elements"};
  BinaryenModuleRunPasses(module, passes, std::size(passes));
}

}  // namespace

Bytes prebuilt_shim(bool decoder) {
  return decoder ? Bytes{wasm_vfs_prebuilt_shim_zstd, wasm_vfs_prebuilt_shim_zstd_end}
                 : Bytes{wasm_vfs_prebuilt_shim, wasm_vfs_prebuilt_shim_end};
}

Bytes decoder_tables() { return {wasm_vfs_zstd_tables, wasm_vfs_zstd_tables_end}; }

RegionLayout region_layout(uint32_t chunk_size) {
  return {runtime::kStackSize, runtime::region_pages(chunk_size)};
}

Result<ByteBuffer> specialise(const Request& request) {
  // Binaryen's options are process-wide.
  static std::mutex binaryen_mutex;
  std::lock_guard lock(binaryen_mutex);

  ASSIGN_OR_RETURN(const ByteBuffer settled, settle_calls(request));
  std::vector<char> input(settled.begin(), settled.end());
  BinaryenModulePointer module(BinaryenModuleRead(input.data(), input.size()),
                               &BinaryenModuleDispose);
  BinaryenModuleSetFeatures(module.get(), BinaryenFeatureMutableGlobals() |
                                              BinaryenFeatureBulkMemory() |
                                              BinaryenFeatureSignExt());
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
