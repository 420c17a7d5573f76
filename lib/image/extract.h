// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes files of an image, which anyone may have made, into a directory of the host: nothing is
// written outside it. Tested by extract_test.cc.

#ifndef WASM_VFS_IMAGE_EXTRACT_H_
#define WASM_VFS_IMAGE_EXTRACT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/reader.h"

namespace wasm_vfs::image {

struct ExtractOptions {
  bool force = false;  // replace files and symlinks that exist; else one that exists is an error
};

struct Extracted {
  uint64_t files = 0;
  uint64_t directories = 0;  // without `target` itself
  uint64_t symlinks = 0;
  uint64_t bytes = 0;
};

/// Gives a file's bytes to a sink, and fails where they are damaged.
using StreamFile = std::function<Status(uint32_t node, const std::function<Status(Bytes)>& sink)>;

/// Writes `nodes`, with all below those that are directories, to the same paths below the directory
/// `target`, which is made if it is missing; directories on the way are made, those that exist
/// stay. Executable bits and times are those of the image. A symlink that leads out of `target` is
/// an error, and so is a file whose bytes are damaged, or one where a directory is needed, or the other
/// way round; all that is seen before the first byte is written. `stream` is called twice for each
/// file. Errors name the path on the host.
Result<Extracted> extract(const ImageReader& image, const std::vector<uint32_t>& nodes,
                          const std::string& target, const StreamFile& stream,
                          const ExtractOptions& options);

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_EXTRACT_H_
