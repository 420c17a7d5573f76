// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads contents that lie in chunks. A chunk is found by division; the index says where its bytes
// are. One that was not worth compressing is read with memory.init like raw contents. Any other is a
// zstd frame, decoded into a slot of the buffer behind the state, in place of the chunk that has not
// been used for longest, and copied from there.
//
// Nothing here trusts the frames, or what the guest may have overwritten: a frame has a checksum,
// libzstd's tables are fetched anew for each, and its state is made anew. The offsets in the index
// are checked too, which costs nothing beside a chunk.
//
// The region moves whenever the guest's memory grows. Chunks that were used since the last move are
// copied, which costs a tenth of decoding one again; chunks that were not are dropped, so that a
// heap that grows page by page pays for them once.
// Tested by tests/unit/shim/contents_test.cc.

#ifdef WASM_VFS_DECODER
#include "contents.h"

#include "decoder.h"
#include "image/format.h"

namespace wasm_vfs::runtime {
namespace {

SHIM_INLINE Decoder& decoder() {
  return *reinterpret_cast<Decoder*>(
      intrinsic::at(intrinsic::get_memory_base() + kStateCapacity));
}

SHIM_INLINE uint8_t* buffer() { return reinterpret_cast<uint8_t*>(&decoder() + 1); }

SHIM_INLINE uint8_t* slot_bytes(uint32_t slot) { return buffer() + slot * constant::chunk_size(); }

/// A chunk that is there: its bytes in the contents segment, and what they come to.
struct Chunk {
  uint32_t offset;
  uint32_t stored_size;
  uint32_t size;
};

/// False where the index is not right.
bool read_chunk(uint32_t number, Chunk& chunk) {
  const uint32_t chunk_size = constant::chunk_size();
  const uint32_t begin = number * chunk_size;
  const uint32_t in_chunks = constant::logical_size() - constant::raw_size();
  if (begin >= in_chunks) return false;
  chunk.size = in_chunks - begin < chunk_size ? in_chunks - begin : chunk_size;
  uint32_t ends[2];
  intrinsic::index_init(
      ends, constant::chunks_offset() + number * static_cast<uint32_t>(sizeof(uint32_t)),
      sizeof(ends));
  chunk.offset = ends[0];
  chunk.stored_size = ends[1] - ends[0];
  return ends[0] <= ends[1] && ends[1] <= constant::contents_size() &&
         chunk.stored_size <= chunk.size;
}

/// The slot that holds the chunk, or -1 and, in `oldest`, the slot to put it into.
int32_t find_slot(uint32_t number, uint32_t& oldest) {
  Decoder& d = decoder();
  oldest = 0;
  for (uint32_t i = 0; i < slot_count(constant::chunk_size()); ++i) {
    const CachedChunk& cached = d.cached[i];
    if (cached.number == number + 1 && cached.check == ~cached.number) return static_cast<int32_t>(i);
    if (cached.last_used < d.cached[oldest].last_used) oldest = i;
  }
  return -1;
}

/// Decodes a chunk into a slot. False where the frame is damaged; the slot is empty then.
bool decode(uint32_t number, const Chunk& chunk, uint32_t slot) {
  Decoder& d = decoder();
  d.cached[slot].number = 0;
  intrinsic::index_init(d.tables, constant::tables_offset(), constant::tables_size());
  uint8_t* const to = slot_bytes(slot);
  uint8_t* const end = buffer() + buffer_size(constant::chunk_size());
  uint8_t* const frame = end - chunk.stored_size;
  intrinsic::contents_init(frame, chunk.offset, chunk.stored_size);
  // The last slot may be written beyond its end, for a moment, while a block is being decoded.
  const bool is_last = slot + 1 == slot_count(constant::chunk_size());
  const auto capacity = is_last ? static_cast<uint32_t>(end - to) : constant::chunk_size();
  if (!wasm_vfs_decode_frame(to, capacity, frame, chunk.stored_size, chunk.size, d.workspace))
    return false;
  d.cached[slot].number = number + 1;
  d.cached[slot].check = ~(number + 1);
  return true;
}

}  // namespace

SHIM_NOINLINE bool copy_chunks(uint32_t to, uint32_t from, uint32_t size) {
  const uint32_t chunk_size = constant::chunk_size();
  const uint32_t raw_size = constant::raw_size();
  if (from < raw_size) {  // a file lies on one side, but who knows
    const uint32_t raw = raw_size - from;
    intrinsic::contents_init(intrinsic::at(to), from, raw);
    to += raw;
    from += raw;
    size -= raw;
  }
  from -= raw_size;
  while (size != 0) {
    const uint32_t number = from / chunk_size;
    const uint32_t within = from - number * chunk_size;
    uint32_t part = chunk_size - within;
    if (part > size) part = size;
    uint32_t slot;
    int32_t found = find_slot(number, slot);
    Chunk chunk;
    if (found < 0) {
      if (!read_chunk(number, chunk) || within + part > chunk.size) return false;
      if (chunk.stored_size == chunk.size) {
        intrinsic::contents_init(intrinsic::at(to), chunk.offset + within, part);
      } else {
        state().cache_use = CacheUse::kUsed;
        if (!decode(number, chunk, slot)) return false;
        found = static_cast<int32_t>(slot);
      }
    }
    if (found >= 0) {
      state().cache_use = CacheUse::kUsed;
      Decoder& d = decoder();
      d.cached[found].last_used = ++d.clock;
      __builtin_memcpy(intrinsic::at(to), slot_bytes(static_cast<uint32_t>(found)) + within, part);
    }
    to += part;
    from += part;
    size -= part;
  }
  return true;
}

void move_decoder(uint32_t distance) {
  const CacheUse use = state().cache_use;
  if (use == CacheUse::kNone) return;
  constexpr auto tables_and_workspace = static_cast<uint32_t>(offsetof(Decoder, clock));
  const uint32_t chunk_size = constant::chunk_size();
  const auto all = static_cast<uint32_t>(sizeof(Decoder)) + buffer_size(chunk_size);
  auto* const from = reinterpret_cast<uint8_t*>(&decoder());
  if (use == CacheUse::kIdle) {
    state().cache_use = CacheUse::kNone;
    __builtin_memset(from, 0, all);
    return;
  }
  state().cache_use = CacheUse::kIdle;
  // Only the chunks: all else is made anew for each frame.
  __builtin_memmove(from + distance + tables_and_workspace, from + tables_and_workspace,
                    all - frame_room(chunk_size) - tables_and_workspace);
  __builtin_memset(from, 0, all < distance ? all : distance);
}

}  // namespace wasm_vfs::runtime
#endif
