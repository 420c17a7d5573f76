// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Says in what two trees differ: two images, or an image and directories of the host.
// Tested by compare_test.cc.

#ifndef WASM_VFS_IMAGE_COMPARE_H_
#define WASM_VFS_IMAGE_COMPARE_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "image/host_files.h"
#include "image/tree.h"

namespace wasm_vfs::image {

struct Difference {
  enum class Kind { kAdded, kRemoved, kChanged };
  Kind kind;
  std::string path;               // absolute
  std::vector<std::string> what;  // of a change: "bytes", "size", "kind", "executable bit",
                                  // "target", "time", "mount"
};

/// What is compared besides names, kinds, bytes, executable bits and targets.
struct CompareOptions {
  bool times = false;
  bool mounts = false;
};

/// What leads from `before` to `after`, by path: a directory comes before what is in it. Of a
/// directory that is added or removed, all below it is listed too. Each tree's files are read from
/// its own `files`. Errors: a file cannot be read.
Result<std::vector<Difference>> compare(const Tree& before, const HostFiles& before_files,
                                        const Tree& after, const HostFiles& after_files,
                                        const CompareOptions& options);

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_COMPARE_H_
