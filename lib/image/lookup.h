// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Questions that tools ask about a whole image: which node a path leads to, as the guest would find
// it, and which files share bytes. Tested by lookup_test.cc.

#ifndef WASM_VFS_IMAGE_LOOKUP_H_
#define WASM_VFS_IMAGE_LOOKUP_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/reader.h"

namespace wasm_vfs::image {

/// Whether a symlink that is the path's last component is followed.
enum class LastLink { kFollow, kKeep };

/// The node that a guest finds at `path`; without a leading slash it counts from `/`. Symlinks on
/// the way are followed, absolute ones from `/`. The error is "PATH: …": no such file, not a
/// directory, a loop of symlinks.
Result<uint32_t> look_up(const ImageReader& image, std::string_view path, LastLink last_link);

/// A run of the contents, and the files whose bytes it is.
struct ContentRun {
  uint32_t offset = 0;          // in the contents, as Node::data has it
  uint32_t size = 0;            // bytes, never 0
  std::vector<uint32_t> files;  // nodes, ascending; never none
};

/// All of them, ascending by offset, then by size. In an image that the builder made no two
/// overlap.
std::vector<ContentRun> content_runs(const ImageReader& image);

/// Bytes of the contents segment that a file lies in. Of a compressed chunk it is the file's part of
/// the chunk's bytes there, rounded down. REQUIRES: `node` is a file.
uint64_t stored_size(const ImageReader& image, uint32_t node);

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_LOOKUP_H_
