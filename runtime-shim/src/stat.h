// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the calls about a file's attributes share. Tested by tests/unit/shim/stat_test.cc.

#ifndef WASM_VFS_RUNTIME_STAT_H_
#define WASM_VFS_RUNTIME_STAT_H_

#include "abi.h"
#include "index.h"

namespace wasm_vfs::runtime {

/// The device of all packed files: not 0, and no host's.
inline constexpr uint64_t kDevice = 0x736676;  // "vfs"

SHIM_INLINE uint64_t inode_of(uint32_t number) { return number + uint64_t{1}; }

SHIM_INLINE Filetype filetype_of(const Node& node) {
  if (is_directory(node)) return Filetype::kDirectory;
  return is_symlink(node) ? Filetype::kSymbolicLink : Filetype::kRegularFile;
}

/// Writes the attributes of a node to the guest. REQUIRES: the guest has room for them there.
void store_filestat(uint32_t number, const Node& node, uint32_t result);

/// Whether fstflags are not contradictory: a time is set to a value or to now, not to both.
SHIM_INLINE bool are_valid_time_flags(uint32_t which) {
  return which <= 0xf && (which & 3) != 3 && (which & 12) != 12;
}

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_STAT_H_
