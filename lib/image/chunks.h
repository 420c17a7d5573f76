// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compressed contents (format.h): cuts bytes into chunks and compresses each, and decodes one.
// Tested by chunks_test.cc.

#ifndef WASM_VFS_IMAGE_CHUNKS_H_
#define WASM_VFS_IMAGE_CHUNKS_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/scratch_file.h"
#include "image/format.h"

namespace wasm_vfs::image {

/// 128 KiB: tests/bench/compression says why.
inline constexpr uint32_t kDefaultChunkSize = 128 * 1024;
inline constexpr int kDefaultLevel = 9;
inline constexpr int kMaxLevel = 19;

/// Compresses bytes that come in order. What comes out depends on the bytes, the level and the chunk
/// size alone. Holds a few chunks for each thread; the result lies in a file.
class ChunkWriter {
 public:
  /// REQUIRES: level 1 to kMaxLevel, chunk_size kMinChunkSize to kMaxChunkSize, threads at least 1.
  ChunkWriter(int level, uint32_t chunk_size, unsigned threads);
  ~ChunkWriter();

  /// Errors: those of the file.
  Status add(Bytes bytes);
  /// After the last add().
  Status finish();

  /// Where each chunk ends among what is stored.
  const std::vector<uint64_t>& ends() const { return ends_; }
  /// Bytes.
  uint64_t stored_size() const { return stored_.size(); }
  /// Gives up the stored chunks, after finish().
  ScratchFile take_stored() { return std::move(stored_); }

 private:
  struct Worker;
  Status compress_pending();

  const int level_;
  const uint32_t chunk_size_;
  const unsigned threads_;
  ByteBuffer pending_;
  size_t pending_capacity_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<uint64_t> ends_;
  ScratchFile stored_;
};

/// Decodes the frame of a chunk, which must fill `to`. False where it is damaged.
bool decode_chunk(Bytes frame, std::span<uint8_t> to);

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_CHUNKS_H_
