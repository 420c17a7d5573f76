/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* What the shim, the splicer and the packer must agree on about the region: the pages at the top of
   the application's memory that belong to the shim. From the region's start lie the stack, which
   grows down from the memory base, then, at the memory base, the state; then, where contents are
   compressed, the decoder: libzstd's tables, its working memory, and the buffer, which has a slot
   for each decoded chunk that is kept and, behind the slots, room for a chunk's frame. All of it
   starts as zeroes. */

#ifndef WASM_VFS_RUNTIME_LAYOUT_H_
#define WASM_VFS_RUNTIME_LAYOUT_H_

#include <stdint.h>

/* Bytes. libzstd's tables lie WASM_VFS_STATE_CAPACITY bytes after the memory base, where the linker
   put them (runtime-shim/build); zstd_decoder.c, which is C, needs these numbers too. */
#define WASM_VFS_STATE_CAPACITY 88064
#define WASM_VFS_DECODER_TABLES 2560
#define WASM_VFS_DECODER_WORKSPACE 31744

#ifdef __cplusplus
#include "image/format.h"

namespace wasm_vfs::runtime {

using image::frame_room;

inline constexpr uint32_t kPageSize = 65536;

/// Bytes of the stack. The memory base, and the initial stack pointer, are the region's start plus
/// this. runtime-shim/check proves that the deepest call fits.
inline constexpr uint32_t kStackSize = 4096;

/// Bytes from the memory base that the state may take.
inline constexpr uint32_t kStateCapacity = WASM_VFS_STATE_CAPACITY;

/// The most chunks that are kept, and the bytes that those of a small size may take together.
inline constexpr uint32_t kMaxSlots = 16;
inline constexpr uint32_t kSlotsBytes = 256 * 1024;

constexpr uint32_t slot_count(uint32_t chunk_size) {
  return chunk_size >= kSlotsBytes ? 1 : kSlotsBytes / chunk_size;
}

/// Bytes of the slots and the room behind them.
constexpr uint32_t buffer_size(uint32_t chunk_size) {
  return slot_count(chunk_size) * chunk_size + frame_room(chunk_size);
}

/// A chunk that is kept in a slot, or zeroes.
struct CachedChunk {
  uint32_t number;     // of the chunk, counted from 1
  uint32_t check;      // ~number: a smashed one is not taken for another chunk
  uint32_t last_used;  // by the cache's clock
};

/// What lies behind the state where contents are compressed. The buffer follows.
struct Decoder {
  uint8_t tables[WASM_VFS_DECODER_TABLES];
  alignas(8) uint8_t workspace[WASM_VFS_DECODER_WORKSPACE];
  uint32_t clock;
  CachedChunk cached[kMaxSlots];
};

/// Pages of the region; `chunk_size` is 0 where nothing is compressed.
constexpr uint32_t region_pages(uint32_t chunk_size) {
  uint32_t bytes = kStackSize + kStateCapacity;
  if (chunk_size != 0) bytes += static_cast<uint32_t>(sizeof(Decoder)) + buffer_size(chunk_size);
  return (bytes + kPageSize - 1) / kPageSize;
}

/// Pages of the region of an image that is not compressed.
inline constexpr uint32_t kRegionPages = region_pages(0);

static_assert(kRegionPages == 2);
static_assert(slot_count(image::kMinChunkSize) == kMaxSlots);
static_assert(region_pages(128 * 1024) <= 8);
static_assert(region_pages(512 * 1024) <= 12);

}  // namespace wasm_vfs::runtime
#endif

#endif  // WASM_VFS_RUNTIME_LAYOUT_H_
