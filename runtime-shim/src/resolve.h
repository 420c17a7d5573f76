// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a directory and a path of the guest to a node, or to what the host must be asked: the guest's
// tree is the union of the packed one and the host's directories (docs/filesystem.md). Tested by
// tests/unit/shim/resolve_test.cc and union_test.cc, fuzzed by tests/fuzz/path_fuzz.cc.

#ifndef WASM_VFS_RUNTIME_RESOLVE_H_
#define WASM_VFS_RUNTIME_RESOLVE_H_

#include "abi.h"
#include "descriptors.h"
#include "index.h"
#include "region.h"
#include "state.h"

namespace wasm_vfs::runtime {

inline constexpr uint32_t kMaxSymlinks = 40;

enum class Component : uint8_t { kName, kDot, kDotDot };

/// What one component of a path is; an empty one, between two slashes, is a `.`.
Component component_kind(const uint8_t* name, uint32_t size);

inline constexpr uint32_t kNoHost = 0xffffffffu;

/// What a path leads to.
struct Resolved {
  Errno error;         // kSuccess: there is such a node
  uint32_t number;     // the node's
  Node node;
  Component last;  // what the path ends with
  bool trailing_slash; // after the last name, be it in a link's target
  bool has_parent;     // after an error: the directory exists, only the last name is at fault
  uint32_t host_fd;    // after an error: of the host's descriptor that answers for the path, or kNoHost
  uint32_t host_path;  // the path to ask it for; in the scratch, or the guest's own
  uint32_t host_path_size;
  uint32_t host_directory_size;  // of that path, what leads to the packed directory's place

  bool is_host() const { return may_merge() && host_fd != kNoHost; }
};

/// Finds the packed node of a path below a packed directory, as it is stored. kNoNode if there is none.
uint32_t find_below(const Node& directory, const uint8_t* path, uint32_t size, Node& node);

/// Resolves the guest's `path`, which is checked here, from a packed directory. With `follow` a
/// symbolic link at the end is followed, as are those before it in any case. Errors, as Wasmtime has
/// them: kBadf, kFault, kNoent, kNotdir, kIlseq, kInval (a NUL), kNametoolong, kLoop, and kPerm for
/// what leads out of the directory. `not_directory` is the answer for a descriptor of a file. Can
/// call the host, pinned.
void resolve_at(int32_t fd, uint32_t path, uint32_t path_size, bool follow, Errno not_directory,
                Resolved& result);

/// Resolves what is created, removed or renamed: a link that is the last name is not followed, not
/// even where a slash follows it.
void resolve_name(int32_t fd, uint32_t path, uint32_t path_size, Resolved& result);

/// Whether a call makes a new name.
enum class Creates : bool { kNo, kYes };

/// What a call answers of which the host said `error` for a path that is_host(). Where the directory is
/// packed, but the host has none there, nothing can be made in it (kRofs), and what else the host has
/// there does not count (kNoent).
Errno after_host(const Resolved& found, Creates creates, Errno error);

/// Asks the host, with the descriptor and the path that answer for `found`.
template <typename Call>
SHIM_INLINE Errno ask_host(const Resolved& found, Creates creates, Call call) {
  Errno error;
  {
    const Pin pin;
    error = call(static_cast<int32_t>(found.host_fd), found.host_path, found.host_path_size);
  }
  return after_host(found, creates, error);
}

/// Makes a path without `.`, `..` and needless slashes of one; the buffers must not overlap. Returns
/// its size: more than kMaxPathSize if the path has `..`.
uint32_t canonical_path(const uint8_t* path, uint32_t size, uint8_t* canonical);

/// Whether a node is `ancestor` or lies somewhere below it.
bool is_at_or_below(uint32_t number, uint32_t ancestor);

/// Merges the packed directory open at `fd` with the host's of the same path, if there is one: opened
/// through the descriptor `through`, or through a preopen. It is asked for these rights, as far as
/// it can give them.
void merge_with_host(uint32_t fd, uint32_t through, Rights base, Rights inheriting);

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_RESOLVE_H_
