// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a directory of the image and a path of the guest to a node. Tested by
// tests/unit/shim/resolve_test.cc and fuzzed by tests/fuzz/path_fuzz.cc.

#ifndef WASM_VFS_RUNTIME_RESOLVE_H_
#define WASM_VFS_RUNTIME_RESOLVE_H_

#include "abi.h"
#include "index.h"

namespace wasm_vfs::runtime {

inline constexpr uint32_t kMaxSymlinks = 40;

enum class LastComponent : uint8_t { kName, kDot, kDotDot };

/// What a path leads to.
struct Resolved {
  Errno error;         // kSuccess: there is such a node
  uint32_t number;     // the node's
  Node node;
  LastComponent last;  // what the path ends with
  bool trailing_slash;
  bool has_parent;     // after an error: the directory exists, only the last name is at fault
};

/// Resolves the guest's `path`, which is checked here, from a packed directory. With `follow` a
/// symbolic link at the end is followed, as are those before it in any case. Errors, as Wasmtime has
/// them: kBadf, kFault, kNoent, kNotdir, kIlseq, kInval (a NUL), kNametoolong, kLoop, and kPerm for
/// what leads out of the directory. `not_directory` is the answer for a descriptor of a file.
void resolve_at(int32_t fd, uint32_t path, uint32_t path_size, bool follow, Errno not_directory,
                Resolved& result);

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_RESOLVE_H_
