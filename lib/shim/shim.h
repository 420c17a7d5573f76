// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The shim that answers WASI calls inside a packed module: prebuilt (runtime-shim/), carried inside
// this library, and specialised by Binaryen for one application and one image.
// Tested by shim_test.cc.

#ifndef WASM_VFS_SHIM_SHIM_H_
#define WASM_VFS_SHIM_SHIM_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace wasm_vfs::shim {

/// The module names of the shim's imports. docs/architecture.md lists what they hold.
inline constexpr std::string_view kHostModule = "wasi_snapshot_preview1";
inline constexpr std::string_view kIntrinsicModule = "intrinsic";
inline constexpr std::string_view kConstantModule = "constant";

/// The exports that stand for the instructions memory.size and memory.grow.
inline constexpr std::string_view kMemorySize = "memory_size";
inline constexpr std::string_view kMemoryGrow = "memory_grow";
/// The export that gets the region from an imported memory.
inline constexpr std::string_view kAcquireRegion = "acquire_region";

/// Whether an export of the shim's answers the WASI call of its name.
constexpr bool is_call(std::string_view export_name) {
  return export_name != kMemorySize && export_name != kMemoryGrow &&
         export_name != kAcquireRegion && !export_name.starts_with("__");  // what a linker adds
}

/// What one application and one image ask of the shim.
struct Request {
  /// WASI calls that the shim answers.
  std::set<std::string, std::less<>> calls;
  /// WASI calls that the shim may make of the host: imports of the packed module.
  std::set<std::string, std::less<>> host_calls;
  /// The values of the shim's constants by name ("node_count" …), less has_<call> and
  /// memory_is_imported, which follow from the rest.
  std::map<std::string, uint32_t, std::less<>> constants;
  /// Whether the application imports its memory.
  bool memory_is_imported = false;
  /// Whether the contents are compressed: the shim with the decoder.
  bool decoder = false;
};

/// The linear memory that the shim's region takes: its stack, then its state.
struct RegionLayout {
  uint32_t stack_size;  // bytes; the state begins there
  uint32_t pages;       // of 64 KiB, all of the region
};

/// The prebuilt shim as runtime-shim/build wrote it, without or with the decoder of compressed
/// contents. Lives as long as the program, as do the tables.
Bytes prebuilt_shim(bool decoder = false);

/// What the decoder reads from the image: libzstd's constants.
Bytes decoder_tables();

/// `chunk_size` is that of compressed contents, 0 for others.
RegionLayout region_layout(uint32_t chunk_size = 0);

/// Makes the shim for one application: drops the exports that are not asked for and what only they
/// reach, answers ENOTSUP for host calls that the application lacks, folds the constants. Returns a
/// core module whose imports are those of the host, env and kIntrinsicModule that are left.
/// Fails when the shim asks for a constant that `request` lacks.
Result<ByteBuffer> specialise(const Request& request);

/// The version of the Binaryen that specialise() runs, for `--version` and the manifest.
std::string binaryen_version();

}  // namespace wasm_vfs::shim

#endif  // WASM_VFS_SHIM_SHIM_H_
