// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The layout of an image's index segment, shared by the packer (lib/image) and the shim
// (runtime-shim), which reads it with memory.init. docs/image-format.md describes it with a worked
// example. All integers are little-endian. Freestanding: includes nothing but <stdint.h>.
//
// An image is two passive data segments: the index, and the contents (the files' bytes, one after
// the other, equal contents once). The index is
//
//   IndexHeader | Node[node_count] | Slot[slot_count] | Mount[mount_count] | strings |
//   arguments | environment
//
// without gaps and in this order. Nodes form one tree, breadth first: node 0 is the guest's `/`, a
// directory; then, for each directory in the order of the nodes, come its children, consecutive and
// in ascending byte order of their names. An empty directory's first child is where it would be.
//
// A directory's string is its full path without the leading slash ("static/css", empty for the
// root); its name is the last `name_size` bytes. The string of any other node is its name alone, so
// its path is its parent's path, a slash, and its name. A symlink's target lies in the strings too.
//
// Slots find a node by its path. hash = the upper 32 bits of XXH64 (seed 0) of the path without the
// leading slash. A slot's home is (hash * home_count) >> 32: it never falls as the hash grows, so
// the slots are simply sorted by hash (equal ones by node), each at its home or as little after it
// as its predecessors allow. A free slot has hash 0xffffffff and node kNoNode. A look-up starts at
// the home and ends at a free slot or a greater hash; a slot with the same hash is a candidate
// whose path must be compared. The table does not wrap: slot_count = home_count plus what the last
// slots spill over plus at least kSlotsPerRead free slots, so that any kSlotsPerRead slots from a
// home on can be read, and every look-up ends before slot_count.
//
// The defaults that a pack bakes in (--arg, --env) are NUL-terminated strings. The arguments are
// the name of the program, for a host that gives no argv[0], and then the default arguments, of
// which there is at least one: without any there is no name either (arguments_count 0). The
// environment is NAME=VALUE, each NAME once.
//
// Compressed contents (version 2). A CompressionHeader follows the IndexHeader, before the nodes,
// and after the environment come a table of chunks and what the shim's decoder needs. A file's
// offset is then a logical one: logical contents are raw_size bytes that lie at the start of the
// contents segment as they are, and after them the bytes in chunks, chunk_size of them each but for
// the last chunk. Chunk i lies in the contents segment from table[i] to table[i + 1]; if that is as
// many bytes as the chunk has, as it is, else as one zstd frame with content size and checksum.

#ifndef WASM_VFS_IMAGE_FORMAT_H_
#define WASM_VFS_IMAGE_FORMAT_H_

#include <stdint.h>

namespace wasm_vfs::image {

/// "\0WASMVFS" as a little-endian number: how an index is recognised where the manifest is gone.
inline constexpr uint64_t kMagic = 0x5346564d53415700ull;
/// A reader refuses any other version than these.
inline constexpr uint32_t kVersion = 1;
inline constexpr uint32_t kCompressedVersion = 2;

inline constexpr uint32_t kNoNode = 0xffffffffu;
inline constexpr uint32_t kRootNode = 0;
inline constexpr uint32_t kSlotsPerRead = 4;
inline constexpr uint32_t kMaxNameSize = 255;   // NAME_MAX
inline constexpr uint32_t kMaxPathSize = 4095;  // PATH_MAX less its NUL; with the leading slash

enum class NodeKind : uint8_t { kDirectory = 0, kFile = 1, kSymlink = 2 };

/// Node::kind_and_flags: the kind in the low two bits.
inline constexpr uint8_t kKindMask = 0x03;
inline constexpr uint8_t kExecutable = 0x04;  // a file with the executable bit
inline constexpr uint8_t kMountPoint = 0x08;  // a directory that a Mount names

struct IndexHeader {
  uint64_t magic;
  uint32_t version;
  uint32_t index_size;     // bytes of the whole index segment
  uint32_t contents_size;  // bytes of the contents segment
  uint32_t node_count;
  uint32_t nodes_offset;  // offsets count from the start of the index segment
  uint32_t home_count;
  uint32_t slot_count;
  uint32_t slots_offset;
  uint32_t mount_count;
  uint32_t mounts_offset;
  uint32_t strings_size;
  uint32_t strings_offset;
  uint32_t arguments_count;  // the program name counts
  uint32_t arguments_size;   // bytes, with the NULs
  uint32_t arguments_offset;
  uint32_t environment_count;
  uint32_t environment_size;  // bytes, with the NULs
  uint32_t environment_offset;
};
static_assert(sizeof(IndexHeader) == 80);

struct CompressionHeader {
  uint32_t level;           // zstd's, 1 to 19: for a second pack
  uint32_t chunk_size;      // bytes, kMinChunkSize to kMaxChunkSize
  uint32_t raw_size;        // bytes before the first chunk
  uint32_t logical_size;    // bytes: raw_size and what the chunks come to
  uint32_t chunk_count;
  uint32_t chunks_offset;   // of uint32_t[chunk_count + 1]: offsets in the contents
  uint32_t tables_size;     // bytes
  uint32_t tables_offset;   // of the decoder's constants
};
static_assert(sizeof(CompressionHeader) == 32);

inline constexpr uint32_t kMinChunkSize = 16 * 1024;
inline constexpr uint32_t kMaxChunkSize = 4 * 1024 * 1024;

/// A zstd block has at most this many bytes.
inline constexpr uint32_t kMaxBlockSize = 128 * 1024;

/// Bytes behind a chunk's place that its decoder needs: a frame that ends where they end is decoded
/// to the chunk's place without running into itself, though it can reach back into that. The packer
/// has tried it with each frame. The frame of a chunk of one block lies behind it altogether.
constexpr uint32_t frame_room(uint32_t chunk_size) {
  return (chunk_size < kMaxBlockSize ? chunk_size : kMaxBlockSize) + 1024;
}

struct Node {
  uint32_t string_offset;  // in the strings
  uint16_t string_size;    // of a directory: its full path; else its name
  uint8_t name_size;       // the name is the last bytes of the string
  uint8_t kind_and_flags;
  uint32_t parent;  // node; the root is its own parent
  // What data and size are: of a file, its offset in the contents and its bytes; of a directory,
  // its first child and the number of children; of a symlink, the target's offset in the strings
  // and bytes.
  uint32_t data;
  uint32_t size;
  uint32_t mtime_low;  // nanoseconds since 1970-01-01 UTC, as a 64-bit number in two halves
  uint32_t mtime_high;
};
static_assert(sizeof(Node) == 28);

struct Slot {
  uint32_t hash;
  uint32_t node;
};
static_assert(sizeof(Slot) == 8);

/// A directory that was packed as such (`--dir HOST::GUEST`), in the order given, each once.
struct Mount {
  uint32_t node;
};
static_assert(sizeof(Mount) == 4);

inline NodeKind kind_of(const Node& node) {
  return static_cast<NodeKind>(node.kind_and_flags & kKindMask);
}

/// Nanoseconds since 1970-01-01 UTC.
inline uint64_t mtime_of(const Node& node) {
  return uint64_t{node.mtime_high} << 32 | node.mtime_low;
}

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_FORMAT_H_
