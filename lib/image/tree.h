// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Scans host directories and files into one tree as the guest will see it. Reads names, kinds,
// sizes and link targets; the files' bytes are read later (builder.h). Tested by tree_test.cc.

#ifndef WASM_VFS_IMAGE_TREE_H_
#define WASM_VFS_IMAGE_TREE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/defaults.h"
#include "image/exclude.h"
#include "image/format.h"
#include "image/host_files.h"

namespace wasm_vfs::image {

/// One --dir or --file.
struct Source {
  std::string host_path;   // followed where it is a symlink itself; empty: an empty directory
  std::string guest_path;  // as normalise_guest_path gives it
  bool is_file = false;    // --file
};

enum class SymlinkPolicy {
  kKeep,    // a symlink is packed as such; one that leads out of its HOST is an error
  kFollow,  // what it leads to is packed in its place
};

/// 1980-01-01 00:00:00 UTC: programs call time 0 invalid, and zip tools refuse anything earlier.
inline constexpr uint64_t kDefaultMtimeNs = 315532800ull * 1000000000ull;

struct ScanOptions {
  ExcludeRules excludes;  // relative to each directory's HOST; not asked about --file
  ExcludeRules stay_raw;  // which files are not to be compressed: those that these would leave out;
                          // a --file is asked for by its name
  SymlinkPolicy symlinks = SymlinkPolicy::kKeep;
  bool preserve_mtime = false;
  uint64_t mtime_ns = kDefaultMtimeNs;  // of everything, unless preserve_mtime; always of
                                        // directories that no HOST has
  bool replace = false;  // a --dir takes the place of the base's mount at the same guest path,
                         // instead of merging with it
};

/// A node of the tree, with those below it.
struct Entry {
  std::string name;
  NodeKind kind = NodeKind::kDirectory;
  bool executable = false;   // file
  bool stays_raw = false;    // file: not to be compressed
  bool mount_point = false;  // directory
  uint64_t size = 0;         // file: bytes
  uint64_t mtime_ns = 0;
  std::string host_path;        // file: where its bytes are
  std::string target;           // symlink
  std::vector<Entry> children;  // directory: in ascending byte order of the names
};

struct Tree {
  Entry root;
  std::vector<std::string> mounts;    // guest paths of the --dir's, in the order given
  std::vector<std::string> warnings;  // one line each
  Defaults defaults;                  // as the base has them; the rest is the caller's
};

/// Scans the sources in order; a later one lies on top, path by path: directories of both merge,
/// else the later one's entry replaces the earlier one's (with a warning if its kind differs).
/// Nothing is left out but what the excludes name: what cannot be packed is an error.
///
/// They lie on top of `base` if there is one (layer.h: the tree of an image), as if its sources had
/// been scanned before these. A --dir at the guest path of one of the base's mounts merges with it;
/// with `replace`, what the base has below that path is left out first, but for the directories
/// that are mounts of their own. The mount keeps its place in the order in either case.
Result<Tree> scan(const std::vector<Source>& sources, const ScanOptions& options,
                  const HostFiles& files, std::optional<Tree> base = std::nullopt);

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_TREE_H_
