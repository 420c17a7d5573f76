// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Each chunk is a zstd frame of its own (RFC 8878), so that reading anywhere costs one chunk. Chunks
// are gathered until there are some for each thread, and compressed side by side; the order in which
// they are stored is that of the bytes. A frame is kept only if it saves more than a sixteenth: else
// reading the chunk as it is, with memory.init, is worth more. So no frame is as large as its chunk,
// which tells the two apart. Each kept frame has been decoded in the way in which the shim does it.
// Tested by chunks_test.cc.

#include "image/chunks.h"

#include <zstd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

#include "base/parallel.h"

namespace wasm_vfs::image {
namespace {

/// Chunks are gathered up to this many bytes, or as many chunks as there are threads.
constexpr size_t kBatchSize = 4 * 1024 * 1024;

constexpr size_t kChecksumSize = 4;

/// Of the frame header's descriptor (RFC 8878, 3.1.1.1.1).
constexpr size_t kDescriptorOffset = 4;
constexpr uint8_t kHasChecksum = 0x04;

struct FreeDecoder {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

bool decode(ZSTD_DCtx* context, std::span<uint8_t> to, uint64_t expected, Bytes frame) {
  return frame.size() > kDescriptorOffset + kChecksumSize &&
         (frame[kDescriptorOffset] & kHasChecksum) != 0 &&
         ZSTD_getFrameContentSize(frame.data(), frame.size()) == expected &&
         ZSTD_findFrameCompressedSize(frame.data(), frame.size()) == frame.size() &&
         ZSTD_decompressDCtx(context, to.data(), to.size(), frame.data(), frame.size()) == expected;
}

}  // namespace

/// What one thread needs to compress one chunk after the other.
struct ChunkWriter::Worker {
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> compressor{ZSTD_createCCtx(), &ZSTD_freeCCtx};
  std::unique_ptr<ZSTD_DCtx, FreeDecoder> decoder{ZSTD_createDCtx()};
  ByteBuffer tried;  // a chunk's place with the room behind it

  Worker(int level, uint32_t chunk_size) : tried(chunk_size + frame_room(chunk_size)) {
    ZSTD_CCtx_setParameter(compressor.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(compressor.get(), ZSTD_c_checksumFlag, 1);
  }

  /// Puts into `stored` the chunk's frame, or the chunk as it is.
  void store(Bytes chunk, ByteBuffer& stored) {
    stored.resize(ZSTD_compressBound(chunk.size()));
    const size_t size = ZSTD_compress2(compressor.get(), stored.data(), stored.size(), chunk.data(),
                                       chunk.size());
    if (!ZSTD_isError(size) && size < chunk.size() - chunk.size() / 16) {
      stored.resize(size);
      if (decodes_in_place(chunk, stored)) return;
    }
    stored.assign(chunk.begin(), chunk.end());
  }

  bool decodes_in_place(Bytes chunk, Bytes frame) {
    const std::span<uint8_t> end = std::span(tried).last(frame.size());
    std::copy(frame.begin(), frame.end(), end.begin());
    return decode(decoder.get(), tried, chunk.size(), end) &&
           std::equal(chunk.begin(), chunk.end(), tried.begin());
  }
};

ChunkWriter::ChunkWriter(int level, uint32_t chunk_size, unsigned threads)
    : level_(level), chunk_size_(chunk_size), threads_(threads) {
  const size_t chunks = std::max<size_t>(threads, kBatchSize / chunk_size);
  pending_capacity_ = chunks * chunk_size;
  pending_.reserve(pending_capacity_);
}

ChunkWriter::~ChunkWriter() = default;

Status ChunkWriter::add(Bytes bytes) {
  while (!bytes.empty()) {
    const size_t part = std::min(bytes.size(), pending_capacity_ - pending_.size());
    append(pending_, bytes.first(part));
    bytes = bytes.subspan(part);
    if (pending_.size() == pending_capacity_) RETURN_IF_ERROR(compress_pending());
  }
  return ok_status();
}

Status ChunkWriter::finish() { return compress_pending(); }

Status ChunkWriter::compress_pending() {
  const size_t count = (pending_.size() + chunk_size_ - 1) / chunk_size_;
  std::vector<ByteBuffer> stored(count);
  const size_t helpers = std::min<size_t>(threads_, count);
  while (workers_.size() < helpers)
    workers_.push_back(std::make_unique<Worker>(level_, chunk_size_));
  std::atomic<size_t> next{0};
  parallel_for(threads_, helpers, [&](size_t worker) {
    for (size_t i = next++; i < count; i = next++) {
      const size_t begin = i * chunk_size_;
      const size_t size = std::min<size_t>(chunk_size_, pending_.size() - begin);
      workers_[worker]->store(Bytes(pending_).subspan(begin, size), stored[i]);
    }
  });
  pending_.clear();
  for (const ByteBuffer& chunk : stored) {
    RETURN_IF_ERROR(stored_.append(chunk));
    ends_.push_back(stored_.size());
  }
  return ok_status();
}

bool decode_chunk(Bytes frame, std::span<uint8_t> to) {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeDecoder> context{ZSTD_createDCtx()};
  return decode(context.get(), to, to.size(), frame);
}

}  // namespace wasm_vfs::image
