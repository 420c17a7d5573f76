// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads an image back: what ls, cat, extract and verify stand on. The image may come from anyone,
// so open() checks all that the format (format.h, docs/image-format.md) promises; nothing that it
// accepted can lead the other functions out of the bytes. Tested by reader_test.cc and, with
// hostile bytes, tests/fuzz/index_fuzz.cc.

#ifndef WASM_VFS_IMAGE_READER_H_
#define WASM_VFS_IMAGE_READER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "image/defaults.h"
#include "image/format.h"

namespace wasm_vfs::image {

/// Whether these bytes (a data segment's) begin as an index does. How an image is noticed in a
/// module that lost its manifest.
bool looks_like_index(Bytes segment);

/// An image whose structure is sound. Refers to the bytes given to open(), which must outlive it.
class ImageReader {
 public:
  /// An error names the part and the byte offset in the index: "index, node 3 (offset 0x94): …".
  /// Linear in the size of the index; does not read the contents.
  static Result<ImageReader> open(Bytes index, Bytes contents);

  const IndexHeader& header() const { return header_; }

  /// Where the contents are compressed.
  const std::optional<CompressionHeader>& compression() const { return compression_; }

  uint32_t node_count() const { return header_.node_count; }

  /// REQUIRES for all of these: `index` < node_count().
  Node node(uint32_t index) const;
  std::string_view name(uint32_t index) const;
  /// Absolute: "/", "/static/a.css".
  std::string path(uint32_t index) const;
  /// Reads a file's bytes from `offset` on: as many as `to` takes, fewer at the end, none after it.
  /// May be called by several threads. Errors: a damaged chunk, with its offset in the contents.
  /// REQUIRES: the node is a file.
  Result<size_t> read(uint32_t index, uint64_t offset, std::span<uint8_t> to) const;
  /// Gives all of a file's bytes to `sink`, in blocks that are valid during the call only. Errors:
  /// the sink's, and those of read(). REQUIRES: the node is a file.
  Status stream(uint32_t index, const std::function<Status(Bytes)>& sink) const;
  /// Where a chunk begins in the contents segment; one after the last: where they end. REQUIRES:
  /// compression(), and no more than its chunk_count.
  uint32_t chunk_begin(uint32_t chunk) const;
  /// Whether none of the file's bytes lie in chunks. REQUIRES: the node is a file.
  bool is_raw(uint32_t index) const;
  /// REQUIRES: the node is a symlink.
  std::string_view target(uint32_t index) const;

  /// The node with this absolute path ("/static/a.css", as path() gives it), found through the
  /// slots as the shim does. Follows no symlinks and folds nothing.
  std::optional<uint32_t> find(std::string_view path) const;

  /// With the directories that only files packed alone lie in: those lack the flag kMountPoint.
  uint32_t mount_count() const { return header_.mount_count; }
  /// The directory of a mount. REQUIRES: `index` < mount_count().
  uint32_t mount(uint32_t index) const;

  /// The arguments and variables that are baked in; without arguments the program name is empty.
  Defaults defaults() const;

 private:
  struct Cache;

  ImageReader(Bytes index, Bytes contents);
  Status check_layout();
  Status check_chunks() const;
  Status check_nodes() const;
  Status check_mounts() const;
  /// The directories of the list of mounts that are none: see docs/image-format.md.
  std::vector<uint32_t> other_places() const;
  Status check_slots() const;
  Status check_defaults() const;
  Slot slot(uint32_t index) const;
  std::string_view string(uint32_t offset, uint32_t size) const;
  std::string_view parent_path(const Node& node) const;
  uint32_t path_hash(const Node& node, std::string& scratch) const;
  uint64_t logical_size() const;
  uint64_t raw_size() const;
  Result<std::shared_ptr<const ByteBuffer>> chunk(uint32_t number) const;

  Bytes index_;
  Bytes contents_;
  IndexHeader header_{};
  std::optional<CompressionHeader> compression_;
  std::shared_ptr<Cache> cache_;  // of decoded chunks
};

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_READER_H_
