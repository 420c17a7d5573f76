// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Makes an image (format.h, docs/image-format.md) of a tree. The index is built in memory; of the
// contents only the plan is, and write_contents() streams the files when their turn comes.
// Tested by builder_test.cc.

#ifndef WASM_VFS_IMAGE_BUILDER_H_
#define WASM_VFS_IMAGE_BUILDER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/scratch_file.h"
#include "image/chunks.h"
#include "image/digest.h"
#include "image/format.h"
#include "image/host_files.h"
#include "image/tree.h"

namespace wasm_vfs::image {

/// How contents are compressed.
struct Compression {
  int level = kDefaultLevel;
  uint32_t chunk_size = kDefaultChunkSize;
  Bytes decoder_tables;  // for the shim; outlives the build
};

/// A run of the logical contents: the bytes of one host file.
struct Extent {
  const Entry* file = nullptr;   // of the tree
  uint64_t size = 0;             // never 0
  std::optional<Digest> digest;  // where the build had to read the file
};

struct Statistics {
  uint32_t files = 0;
  uint32_t directories = 0;  // without the root
  uint32_t symlinks = 0;
  uint64_t file_bytes = 0;    // as the guest sees them
  uint32_t shared_files = 0;  // whose bytes another file's extent holds
  uint64_t shared_bytes = 0;  // what that saved
};

struct LargeFile {
  std::string guest_path;
  uint64_t size = 0;
};

/// Sums to check contents by.
struct ContentsSums {
  Digest contents{};               // of all their bytes
  std::vector<ShortDigest> files;  // of each extent's bytes, in order
};

/// Contents that the build has compressed.
struct CompressedContents {
  CompressionHeader header;
  size_t raw_extents = 0;          // the first ones are not in the chunks
  ScratchFile chunks;              // as they are stored
  std::vector<ShortDigest> files;  // of each other extent's bytes
};

struct Image {
  IndexHeader header;
  ByteBuffer index;
  std::vector<Extent> extents;  // in the order of their bytes in the (logical) contents
  uint32_t contents_size = 0;   // bytes of the segment; if not compressed, the sum of the extents'
  std::optional<CompressedContents> compressed;
  Statistics statistics;
  std::vector<LargeFile> largest;  // the five largest files, for messages about size
};

/// Index and contents together stay under this: a data section's size is a 32-bit number, and the
/// application's own data, the shim and the sections' headers need room too.
inline constexpr uint64_t kMaxImageSize = (4ull << 30) - (16ull << 20);

/// Builds the index and plans the contents. Files of equal size are read, to store equal ones once.
/// With `compression` all files are read, and lie compressed in a temporary file afterwards, but for
/// those that are to stay raw; where that saves nothing, the image is not a compressed one. The
/// result depends on the tree, the files' bytes and the compression alone, and refers to the tree's
/// entries. `threads` is for reading and compressing; at least 1.
/// Errors: a file cannot be read or changed its size since the scan; the image is too large; the
/// tree's defaults are not what check_defaults() accepts; the temporary file cannot be written.
Result<Image> build(const Tree& tree, const HostFiles& files, unsigned threads = 1,
                    const std::optional<Compression>& compression = std::nullopt);

/// Gives the contents to `sink`, in order and in blocks that are valid during the call only, and
/// returns their sums. `threads` is for reading; at least 1. Errors: the sink's; a
/// file cannot be read, or is not what the build saw. What was given to the sink before the error is
/// then void.
Result<ContentsSums> write_contents(const Image& image, const HostFiles& files,
                                    const std::function<Status(Bytes)>& sink,
                                    unsigned threads = 1);

/// An error that names the largest files if `output_size` is more than `max_size` (both in bytes).
Status check_max_size(const Image& image, uint64_t output_size, uint64_t max_size);

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_BUILDER_H_
