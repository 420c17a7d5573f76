// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Preopens: fd_prestat_get and fd_prestat_dir_name. A preopen of ours is named by its path, "/" for
// the root. Tested by tests/unit/shim/preopen_test.cc.

#include "forward.h"

namespace wasm_vfs::runtime {
namespace {

/// The preopen of ours that `fd` is, or null.
SHIM_INLINE const Entry* packed_preopen(int32_t fd, Node& node) {
  const Entry* const entry = packed_entry(fd, node);
  return entry != nullptr && entry->preopen != 0 && is_directory(node) ? entry : nullptr;
}

SHIM_NOINLINE Errno prestat_packed(int32_t fd, uint32_t result) {
  Node node;
  if (packed_preopen(fd, node) == nullptr) return Errno::kBadf;
  const Prestat prestat = {0, node.string_size + 1u};
  store(result, prestat);
  return Errno::kSuccess;
}

SHIM_NOINLINE Errno dir_name_packed(int32_t fd, uint32_t path, uint32_t path_size) {
  Node node;
  if (packed_entry(fd, node) == nullptr) return Errno::kBadf;
  if (packed_preopen(fd, node) == nullptr) return Errno::kNotdir;
  if (path_size < node.string_size + 1u) return Errno::kNametoolong;
  store<uint8_t>(path, '/');
  if (node.string_size != 0) {
    read_string(intrinsic::at(path + 1), node.string_offset, node.string_size);
  }
  return Errno::kSuccess;
}

}  // namespace

Errno fd_prestat_get(int32_t fd, uint32_t result) {
  prepare();
  SHIM_FORWARD(fd_prestat_get, is_guest(result, sizeof(Prestat)), fd, result);
  return prestat_packed(fd, result);
}

Errno fd_prestat_dir_name(int32_t fd, uint32_t path, uint32_t path_size) {
  prepare();
  SHIM_FORWARD(fd_prestat_dir_name, is_guest(path, path_size), fd, path, path_size);
  return dir_name_packed(fd, path, path_size);
}

}  // namespace wasm_vfs::runtime
