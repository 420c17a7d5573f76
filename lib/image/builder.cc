// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Problem: make index and contents of a tree, fast, and the same bytes whatever the host.
//
// The tree is flattened breadth first into nodes; the files, in that order, get their place in the
// contents, so that the files of a directory lie together. Equal files share one place: only files
// of equal size can be equal, so only those are read before they are written: first their start, then,
// where that is equal, all; they are hashed, and where hashes agree, compared byte by byte. The index
// is then laid out as format.h says.
//
// Limits: the packer runs on little-endian hosts only. A file that changes between build() and
// write_contents() without changing its size is noticed only if the build had to read all of it.
// Tested by builder_test.cc.

#include "image/builder.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/parallel.h"
#include "image/paths.h"

namespace wasm_vfs::image {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the index's structures are written as they lie in memory");

/// Big enough that system calls cost nothing, small enough to stay in the L2 cache.
constexpr size_t kBlockSize = 256 * 1024;

/// What is read of larger files to see whether they can be equal: most differ here already.
constexpr size_t kStartSize = 16 * 1024;

/// What is read at once of files that are smaller than a block.
constexpr size_t kBatchSize = 2 * 1024 * 1024;

constexpr size_t kLargestNamed = 5;

/// A host file that must have the size it had when it was scanned.
class SizedFile {
 public:
  static Result<SizedFile> open(const HostFiles& files, const std::string& path, uint64_t size) {
    ASSIGN_OR_RETURN(std::unique_ptr<HostFile> file, files.open(path));
    return SizedFile(std::move(file), path, size);
  }

  /// The next block: as many bytes as the buffer takes, fewer at the file's end, none after it.
  Result<Bytes> next(std::span<uint8_t> buffer) {
    size_t filled = 0;
    while (filled < buffer.size() && !ended_) {
      const std::span<uint8_t> free = buffer.subspan(filled);
      const uint64_t left = size_ - offset_;
      ASSIGN_OR_RETURN(const size_t got, file_->read(free));
      if (got > left || (got == 0 && left != 0)) return changed();
      // A read that asked for more than is left and got just that has seen the end.
      ended_ = got == left && got < free.size();
      offset_ += got;
      filled += got;
    }
    return Bytes(buffer.data(), filled);
  }

  bool ended() const { return ended_; }

  Error changed() const {
    return Error{printable(path_) + ": changed while it was packed: it had " +
                 std::to_string(size_) +
                 " bytes when the directory was scanned; pack again when "
                 "nothing writes to it"};
  }

 private:
  SizedFile(std::unique_ptr<HostFile> file, const std::string& path, uint64_t size)
      : file_(std::move(file)), path_(path), size_(size) {}

  std::unique_ptr<HostFile> file_;
  std::string path_;
  uint64_t size_;
  uint64_t offset_ = 0;
  bool ended_ = false;
};

/// Of all its bytes.
Result<Digest> hash_file(const HostFiles& files, const std::string& path, uint64_t size,
                         ByteBuffer& buffer) {
  ASSIGN_OR_RETURN(SizedFile file, SizedFile::open(files, path, size));
  ASSIGN_OR_RETURN(Bytes block, file.next(buffer));
  if (file.ended()) return digest_of(block);
  Hasher hasher;
  while (!block.empty()) {
    hasher.update(block);
    ASSIGN_OR_RETURN(block, file.next(buffer));
  }
  return hasher.digest();
}

/// Of the first bytes of a file that has more.
Result<Digest> hash_start(const HostFiles& files, const std::string& path, uint64_t size,
                          ByteBuffer& buffer) {
  ASSIGN_OR_RETURN(SizedFile file, SizedFile::open(files, path, size));
  ASSIGN_OR_RETURN(const Bytes block, file.next(std::span(buffer).first(kStartSize)));
  return digest_of(block);
}

Result<bool> equal_files(const HostFiles& files, const std::string& a, const std::string& b,
                         uint64_t size, ByteBuffer& buffer_a, ByteBuffer& buffer_b) {
  ASSIGN_OR_RETURN(SizedFile file_a, SizedFile::open(files, a, size));
  ASSIGN_OR_RETURN(SizedFile file_b, SizedFile::open(files, b, size));
  while (true) {
    ASSIGN_OR_RETURN(const Bytes block_a, file_a.next(buffer_a));
    ASSIGN_OR_RETURN(const Bytes block_b, file_b.next(buffer_b));
    if (!std::equal(block_a.begin(), block_a.end(), block_b.begin(), block_b.end())) return false;
    if (block_a.empty()) return true;
  }
}

/// An entry of the tree with its place among the nodes.
struct FlatEntry {
  const Entry* entry;
  uint32_t parent;
  uint32_t first_child = 0;
  uint64_t contents_offset = 0;  // of a file
};

/// Breadth first: as the list of nodes grows, it is also the queue.
Result<std::vector<FlatEntry>> flatten(const Tree& tree) {
  std::vector<FlatEntry> nodes{{&tree.root, kRootNode}};
  for (size_t i = 0; i < nodes.size(); ++i) {
    const Entry& entry = *nodes[i].entry;
    if (nodes.size() + entry.children.size() > kMaxImageSize / sizeof(Node)) {
      return Error{"the packed directories hold more than " +
                   std::to_string(kMaxImageSize / sizeof(Node)) + " entries; pack fewer"};
    }
    nodes[i].first_child = static_cast<uint32_t>(nodes.size());
    for (const Entry& child : entry.children) nodes.push_back({&child, static_cast<uint32_t>(i)});
  }
  return nodes;
}

/// Without the leading slash; empty for the root.
std::string path_of(const std::vector<FlatEntry>& nodes, uint32_t index) {
  if (index == kRootNode) return {};
  std::string path = path_of(nodes, nodes[index].parent);
  if (!path.empty()) path += '/';
  return path += nodes[index].entry->name;
}

/// Finds which files hold the same bytes.
class Sharing {
 public:
  Sharing(const std::vector<FlatEntry>& nodes, const HostFiles& files, unsigned threads)
      : nodes_(nodes), files_(files), threads_(std::max(threads, 1u)) {}

  /// Afterwards original_of() and digest_of() answer for every file that is not empty.
  Status find() {
    std::map<uint64_t, std::vector<uint32_t>> by_size;
    for (uint32_t i = 0; i < nodes_.size(); ++i) {
      const Entry& entry = *nodes_[i].entry;
      if (entry.kind == NodeKind::kFile && entry.size != 0) by_size[entry.size].push_back(i);
    }
    for (const auto& [size, group] : by_size) {
      if (group.size() > 1) candidates_.insert(candidates_.end(), group.begin(), group.end());
    }
    original_.resize(nodes_.size());
    for (uint32_t i = 0; i < nodes_.size(); ++i) original_[i] = i;
    digest_.resize(nodes_.size());
    RETURN_IF_ERROR(hash(candidates_, Part::kStart));
    drop_unique_starts();
    RETURN_IF_ERROR(hash(candidates_, Part::kWhole));
    sort_candidates();

    // The first file in node order that has some bytes keeps them.
    ByteBuffer buffer_a(kBlockSize);
    ByteBuffer buffer_b(kBlockSize);
    std::vector<uint32_t> same_hash;
    for (uint32_t candidate : candidates_) {
      const Entry& entry = *nodes_[candidate].entry;
      if (!same_hash.empty() && !is_like(same_hash[0], candidate)) same_hash.clear();
      for (uint32_t original : same_hash) {
        ASSIGN_OR_RETURN(const bool equal,
                         equal_files(files_, nodes_[original].entry->host_path, entry.host_path,
                                     entry.size, buffer_a, buffer_b));
        if (!equal) continue;
        original_[candidate] = original;
        break;
      }
      if (original_[candidate] == candidate) same_hash.push_back(candidate);
    }
    return ok_status();
  }

  uint32_t original_of(uint32_t node) const { return original_[node]; }
  const std::optional<Digest>& digest_of(uint32_t node) const { return digest_[node]; }

 private:
  enum class Part { kStart, kWhole };

  bool is_large(uint32_t node) const { return nodes_[node].entry->size > kStartSize; }

  bool is_like(uint32_t a, uint32_t b) const {
    return nodes_[a].entry->size == nodes_[b].entry->size && digest_[a] == digest_[b];
  }

  /// Brings those of one size and digest together, in node order.
  void sort_candidates() {
    std::sort(candidates_.begin(), candidates_.end(), [&](uint32_t a, uint32_t b) {
      const uint64_t size_a = nodes_[a].entry->size;
      const uint64_t size_b = nodes_[b].entry->size;
      return std::tie(size_a, *digest_[a], a) < std::tie(size_b, *digest_[b], b);
    });
  }

  /// Leaves only the candidates whose start another of its size has. The digest of a large file's
  /// start is not that of the file, and is forgotten.
  void drop_unique_starts() {
    sort_candidates();
    std::vector<uint32_t> kept;
    for (size_t i = 0; i < candidates_.size(); ++i) {
      if ((i > 0 && is_like(candidates_[i - 1], candidates_[i])) ||
          (i + 1 < candidates_.size() && is_like(candidates_[i], candidates_[i + 1]))) {
        kept.push_back(candidates_[i]);
      }
    }
    for (uint32_t candidate : candidates_) {
      if (is_large(candidate)) digest_[candidate].reset();
    }
    // So that the first error does not depend on digests.
    std::sort(kept.begin(), kept.end());
    candidates_ = std::move(kept);
  }

  /// Hashes the files that have no digest yet, on several threads. Of several errors the first
  /// file's is returned, so that the message does not depend on the threads.
  Status hash(const std::vector<uint32_t>& wanted, Part part) {
    std::mutex mutex;
    size_t first_failed = wanted.size();
    Error error;
    parallel_for(threads_, wanted.size(), [&](size_t i) {
      if (digest_[wanted[i]]) return;
      thread_local ByteBuffer buffer(kBlockSize);
      const Entry& entry = *nodes_[wanted[i]].entry;
      const auto hash_part = part == Part::kStart && is_large(wanted[i]) ? hash_start : hash_file;
      Result<Digest> digest = hash_part(files_, entry.host_path, entry.size, buffer);
      if (digest.ok()) {
        digest_[wanted[i]] = *digest;
      } else {
        const std::lock_guard lock(mutex);
        if (i < first_failed) error = digest.error();
        first_failed = std::min(first_failed, i);
      }
    });
    if (first_failed < wanted.size()) return error;
    return ok_status();
  }

  const std::vector<FlatEntry>& nodes_;
  const HostFiles& files_;
  const unsigned threads_;
  std::vector<uint32_t> candidates_;  // files that share their size with another
  std::vector<uint32_t> original_;    // by node
  std::vector<std::optional<Digest>> digest_;
};

std::vector<LargeFile> largest_files(const std::vector<FlatEntry>& nodes) {
  std::vector<uint32_t> files;
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].entry->kind == NodeKind::kFile) files.push_back(i);
  }
  const size_t count = std::min(files.size(), kLargestNamed);
  std::partial_sort(files.begin(), files.begin() + static_cast<std::ptrdiff_t>(count), files.end(),
                    [&](uint32_t a, uint32_t b) {
                      const uint64_t size_a = nodes[a].entry->size;
                      const uint64_t size_b = nodes[b].entry->size;
                      return size_a != size_b ? size_a > size_b : a < b;
                    });
  std::vector<LargeFile> result;
  for (size_t i = 0; i < count; ++i) {
    result.push_back({'/' + path_of(nodes, files[i]), nodes[files[i]].entry->size});
  }
  return result;
}

/// "; the largest files: /a (12 bytes), /b (3 bytes)"
std::string name_largest(const std::vector<LargeFile>& largest) {
  std::string text;
  for (const LargeFile& file : largest) {
    text += text.empty() ? "; the largest files: " : ", ";
    text += printable(file.guest_path) + " (" + std::to_string(file.size) + " bytes)";
  }
  return text;
}

/// What place_contents() finds. Without compression all extents are raw.
struct Placement {
  uint64_t raw_size = 0;  // bytes
  uint64_t size = 0;      // bytes, raw ones and others
  size_t raw_extents = 0;
};

/// Gives each file its place in the contents.
Result<Placement> place_contents(std::vector<FlatEntry>& nodes, const HostFiles& files,
                                 unsigned threads, bool compressed, Image& image) {
  Sharing sharing(nodes, files, threads);
  RETURN_IF_ERROR(sharing.find());
  // Growing by doubling would hold it twice, and the rest of the room is never touched.
  image.extents.reserve(nodes.size());
  Placement placement;
  const auto place = [&](bool raw) {
    for (uint32_t i = 0; i < nodes.size(); ++i) {
      const Entry& entry = *nodes[i].entry;
      if (entry.kind != NodeKind::kFile || entry.size == 0 || sharing.original_of(i) != i ||
          (entry.stays_raw || !compressed) != raw) {
        continue;
      }
      nodes[i].contents_offset = placement.size;
      placement.size += entry.size;
      image.extents.push_back({&entry, entry.size, sharing.digest_of(i)});
    }
  };
  // Where equal files are wanted both ways, the first decides.
  place(true);
  placement.raw_extents = image.extents.size();
  placement.raw_size = placement.size;
  place(false);
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    const Entry& entry = *nodes[i].entry;
    if (entry.kind != NodeKind::kFile) continue;
    image.statistics.file_bytes += entry.size;
    if (entry.size == 0) continue;
    const uint32_t original = sharing.original_of(i);
    if (original == i) continue;
    nodes[i].contents_offset = nodes[original].contents_offset;
    ++image.statistics.shared_files;
    image.statistics.shared_bytes += entry.size;
  }
  return placement;
}

/// Lays out the index. All sizes are checked by then, so the 32-bit casts are safe.
class IndexWriter {
 public:
  explicit IndexWriter(const std::vector<FlatEntry>& flat) : flat_(flat) {}

  void add_nodes() {
    std::vector<std::string> directory_paths(flat_.size());
    std::string path;
    for (uint32_t i = 0; i < flat_.size(); ++i) {
      const Entry& entry = *flat_[i].entry;
      path = directory_paths[flat_[i].parent];
      if (!path.empty()) path += '/';
      path += entry.name;
      const std::string_view string = entry.kind == NodeKind::kDirectory ? path : entry.name;
      Node node{};
      node.string_offset = add_string(string);
      node.string_size = static_cast<uint16_t>(string.size());
      node.name_size = static_cast<uint8_t>(entry.name.size());
      node.kind_and_flags = static_cast<uint8_t>(entry.kind);
      if (entry.executable) node.kind_and_flags |= kExecutable;
      if (entry.mount_point) node.kind_and_flags |= kMountPoint;
      node.parent = flat_[i].parent;
      switch (entry.kind) {
        case NodeKind::kDirectory:
          node.data = flat_[i].first_child;
          node.size = static_cast<uint32_t>(entry.children.size());
          directory_paths[i] = path;
          break;
        case NodeKind::kFile:
          node.data = static_cast<uint32_t>(flat_[i].contents_offset);
          node.size = static_cast<uint32_t>(entry.size);
          break;
        case NodeKind::kSymlink:
          node.data = add_string(entry.target);
          node.size = static_cast<uint32_t>(entry.target.size());
          break;
      }
      node.mtime_low = static_cast<uint32_t>(entry.mtime_ns);
      node.mtime_high = static_cast<uint32_t>(entry.mtime_ns >> 32);
      nodes_.push_back(node);
      hashes_.push_back({hash_of_path(path), i});
    }
  }

  void add_slots() {
    home_count_ = (flat_.size() * 4 + 2) / 3;  // three quarters full: 10.7 bytes a node
    std::sort(hashes_.begin(), hashes_.end(), [](const Slot& a, const Slot& b) {
      return a.hash != b.hash ? a.hash < b.hash : a.node < b.node;
    });
    constexpr Slot kFree{0xffffffffu, kNoNode};
    slots_.assign(home_count_, kFree);
    size_t next = 0;
    for (const Slot& slot : hashes_) {
      next = std::max<size_t>(next, (slot.hash * home_count_) >> 32);
      if (next >= slots_.size()) slots_.resize(next + 1, kFree);
      slots_[next++] = slot;
    }
    slots_.insert(slots_.end(), kSlotsPerRead, kFree);
  }

  void add_mounts(const std::vector<std::string>& guest_paths) {
    for (const std::string& guest_path : guest_paths) mounts_.push_back({find(guest_path)});
    // What was packed outside of them needs a place, too.
    std::vector<bool> has_place(flat_.size());
    for (uint32_t i = 0; i < flat_.size(); ++i) {
      const Entry& entry = *flat_[i].entry;
      if (entry.kind != NodeKind::kDirectory) continue;
      has_place[i] = entry.mount_point || has_place[flat_[i].parent];
      const bool holds_files = std::any_of(
          entry.children.begin(), entry.children.end(),
          [](const Entry& child) { return child.kind != NodeKind::kDirectory; });
      if (has_place[i] || !holds_files) continue;
      mounts_.push_back({i});
      has_place[i] = true;
    }
  }

  void add_defaults(const Defaults& defaults) {
    arguments_ = argument_strings(defaults);
    arguments_count_ =
        defaults.arguments.empty() ? 0 : static_cast<uint32_t>(1 + defaults.arguments.size());
    environment_ = environment_strings(defaults);
    environment_count_ = static_cast<uint32_t>(defaults.environment.size());
  }

  /// `decoder_tables` are to outlive this.
  void add_chunks(const CompressionHeader& header, const std::vector<uint64_t>& ends,
                  Bytes decoder_tables) {
    compression_ = header;
    chunks_.push_back(header.raw_size);
    for (const uint64_t end : ends)
      chunks_.push_back(static_cast<uint32_t>(header.raw_size + end));
    tables_ = decoder_tables;
  }

  uint64_t size() const {
    return sizeof(IndexHeader) + (compression_ ? sizeof(CompressionHeader) : 0) +
           chunks_.size() * sizeof(uint32_t) + tables_.size() + nodes_.size() * sizeof(Node) + slots_.size() * sizeof(Slot) +
           mounts_.size() * sizeof(Mount) + strings_.size() + arguments_.size() +
           environment_.size();
  }

  /// Fills in the compression header, too, where there is one.
  void write(uint32_t contents_size, IndexHeader& header, CompressionHeader* compression,
             ByteBuffer& index) const {
    header = {};
    header.magic = kMagic;
    header.version = compression_ ? kCompressedVersion : kVersion;
    header.index_size = static_cast<uint32_t>(size());
    header.contents_size = contents_size;
    header.node_count = static_cast<uint32_t>(nodes_.size());
    header.nodes_offset = sizeof(IndexHeader) + (compression_ ? sizeof(CompressionHeader) : 0);
    header.home_count = static_cast<uint32_t>(home_count_);
    header.slot_count = static_cast<uint32_t>(slots_.size());
    header.slots_offset = header.nodes_offset + header.node_count * uint32_t{sizeof(Node)};
    header.mount_count = static_cast<uint32_t>(mounts_.size());
    header.mounts_offset = header.slots_offset + header.slot_count * uint32_t{sizeof(Slot)};
    header.strings_size = static_cast<uint32_t>(strings_.size());
    header.strings_offset = header.mounts_offset + header.mount_count * uint32_t{sizeof(Mount)};
    header.arguments_count = arguments_count_;
    header.arguments_size = static_cast<uint32_t>(arguments_.size());
    header.arguments_offset = header.strings_offset + header.strings_size;
    header.environment_count = environment_count_;
    header.environment_size = static_cast<uint32_t>(environment_.size());
    header.environment_offset = header.arguments_offset + header.arguments_size;
    index.reserve(header.index_size);
    append(index, {reinterpret_cast<const uint8_t*>(&header), sizeof(header)});
    if (compression_) {
      *compression = *compression_;
      compression->chunk_count = static_cast<uint32_t>(chunks_.size() - 1);
      compression->chunks_offset = header.environment_offset + header.environment_size;
      compression->tables_size = static_cast<uint32_t>(tables_.size());
      compression->tables_offset =
          compression->chunks_offset + static_cast<uint32_t>(chunks_.size() * sizeof(uint32_t));
      append(index, {reinterpret_cast<const uint8_t*>(compression), sizeof(*compression)});
    }
    append_all(index, nodes_);
    append_all(index, slots_);
    append_all(index, mounts_);
    append(index, as_bytes(strings_));
    append(index, as_bytes(arguments_));
    append(index, as_bytes(environment_));
    append_all(index, chunks_);
    append(index, tables_);
  }

 private:
  uint32_t add_string(std::string_view text) {
    const auto offset = static_cast<uint32_t>(strings_.size());
    strings_ += text;
    return offset;
  }

  uint32_t find(std::string_view guest_path) const {
    uint32_t node = kRootNode;
    for (std::string_view name : components_of(guest_path)) {
      const auto& children = flat_[node].entry->children;
      const auto child =
          std::lower_bound(children.begin(), children.end(), name,
                           [](const Entry& entry, std::string_view n) { return entry.name < n; });
      node = flat_[node].first_child + static_cast<uint32_t>(child - children.begin());
    }
    return node;
  }

  template <typename T>
  static void append_all(ByteBuffer& out, const std::vector<T>& items) {
    append(out, {reinterpret_cast<const uint8_t*>(items.data()), items.size() * sizeof(T)});
  }

  const std::vector<FlatEntry>& flat_;
  std::vector<Node> nodes_;
  std::vector<Slot> hashes_;  // one for each node
  std::vector<Slot> slots_;
  std::vector<Mount> mounts_;
  std::string strings_;
  std::string arguments_;
  std::string environment_;
  uint32_t arguments_count_ = 0;
  uint32_t environment_count_ = 0;
  uint64_t home_count_ = 0;
  std::optional<CompressionHeader> compression_;
  std::vector<uint32_t> chunks_;  // where each begins in the contents, and the last one ends
  Bytes tables_;
};

/// Reads a file that fits the buffer with a byte to spare, which a file that has grown would fill.
Status read_extent(const Extent& extent, const HostFiles& files, std::span<uint8_t> buffer,
                   ShortDigest& sum) {
  ASSIGN_OR_RETURN(SizedFile file, SizedFile::open(files, extent.file->host_path, extent.size));
  ASSIGN_OR_RETURN(const Bytes bytes, file.next(buffer));
  const Digest digest = digest_of(bytes);
  if (extent.digest && digest != *extent.digest) return file.changed();
  sum = shorten(digest);
  return ok_status();
}

/// Gives `sink` a file of any size, block by block.
Status stream_extent(const Extent& extent, const HostFiles& files, ByteBuffer& buffer,
                     const std::function<Status(Bytes)>& sink, ShortDigest& sum) {
  ASSIGN_OR_RETURN(SizedFile file, SizedFile::open(files, extent.file->host_path, extent.size));
  Hasher hasher;
  while (true) {
    ASSIGN_OR_RETURN(const Bytes block, file.next(std::span(buffer).first(kBlockSize)));
    if (block.empty()) break;
    hasher.update(block);
    RETURN_IF_ERROR(sink(block));
  }
  const Digest digest = hasher.digest();
  if (extent.digest && digest != *extent.digest) return file.changed();
  sum = shorten(digest);
  return ok_status();
}

/// Gives the bytes of extents to `sink`, in order, and their sums.
Status stream_extents(std::span<const Extent> extents, const HostFiles& files,
                      const std::function<Status(Bytes)>& sink, unsigned threads,
                      std::span<ShortDigest> sums) {
  ByteBuffer buffer(kBatchSize);
  for (size_t next = 0; next < extents.size();) {
    // Opening takes most of a small file's time, so several are read at once, each to its place.
    std::vector<std::span<uint8_t>> places;
    for (size_t used = 0; next + places.size() < extents.size();) {
      const uint64_t size = extents[next + places.size()].size + 1;
      if (size > kBlockSize || size > buffer.size() - used) break;
      places.push_back(std::span(buffer).subspan(used, static_cast<size_t>(size)));
      used += places.back().size();
    }
    if (places.empty()) {
      RETURN_IF_ERROR(stream_extent(extents[next], files, buffer, sink, sums[next]));
      ++next;
      continue;
    }
    std::vector<Status> read(places.size(), ok_status());
    parallel_for(threads, places.size(), [&](size_t i) {
      read[i] = read_extent(extents[next + i], files, places[i], sums[next + i]);
    });
    for (size_t i = 0; i < places.size(); ++i) {
      RETURN_IF_ERROR(read[i]);
      RETURN_IF_ERROR(sink(Bytes(places[i]).first(places[i].size() - 1)));
    }
    next += places.size();
  }
  return ok_status();
}

/// Reads and compresses the extents that are not to stay raw.
Status compress(const Compression& compression, const Placement& placement, const HostFiles& files,
                unsigned threads, Image& image, IndexWriter& index) {
  CompressedContents& compressed = image.compressed.emplace();
  compressed.raw_extents = placement.raw_extents;
  compressed.header = {};
  compressed.header.level = static_cast<uint32_t>(compression.level);
  compressed.header.chunk_size = compression.chunk_size;
  compressed.header.raw_size = static_cast<uint32_t>(placement.raw_size);
  compressed.header.logical_size = static_cast<uint32_t>(placement.size);
  const auto extents = std::span<const Extent>(image.extents).subspan(placement.raw_extents);
  compressed.files.resize(extents.size());
  ChunkWriter chunks(compression.level, compression.chunk_size, threads);
  RETURN_IF_ERROR(stream_extents(
      extents, files, [&](Bytes bytes) { return chunks.add(bytes); }, threads, compressed.files));
  RETURN_IF_ERROR(chunks.finish());
  if (chunks.stored_size() == placement.size - placement.raw_size) {  // nothing was worth it
    image.compressed.reset();
    return ok_status();
  }
  image.contents_size = static_cast<uint32_t>(placement.raw_size + chunks.stored_size());
  index.add_chunks(compressed.header, chunks.ends(), compression.decoder_tables);
  compressed.chunks = chunks.take_stored();
  return ok_status();
}

}  // namespace

Result<Image> build(const Tree& tree, const HostFiles& files, unsigned threads,
                    const std::optional<Compression>& compression) {
  Image image;
  RETURN_IF_ERROR(check_defaults(tree.defaults));
  ASSIGN_OR_RETURN(std::vector<FlatEntry> nodes, flatten(tree));
  for (const FlatEntry& node : nodes) {
    switch (node.entry->kind) {
      case NodeKind::kDirectory:
        ++image.statistics.directories;
        break;
      case NodeKind::kFile:
        ++image.statistics.files;
        break;
      case NodeKind::kSymlink:
        ++image.statistics.symlinks;
        break;
    }
  }
  --image.statistics.directories;  // the root
  image.largest = largest_files(nodes);

  ASSIGN_OR_RETURN(const Placement placement,
                   place_contents(nodes, files, threads, compression.has_value(), image));

  IndexWriter index(nodes);
  index.add_nodes();
  index.add_slots();
  index.add_mounts(tree.mounts);
  index.add_defaults(tree.defaults);
  if (index.size() + placement.size >= kMaxImageSize) {
    return Error{"the files to pack take " + std::to_string(index.size() + placement.size) +
                 " bytes; a module can hold less than " + std::to_string(kMaxImageSize) +
                 name_largest(image.largest)};
  }
  // All sizes are known to fit 32 bits from here on: compressing makes nothing larger.
  image.contents_size = static_cast<uint32_t>(placement.size);
  if (compression)
    RETURN_IF_ERROR(compress(*compression, placement, files, threads, image, index));
  index.write(image.contents_size, image.header,
              image.compressed ? &image.compressed->header : nullptr, image.index);
  return image;
}

Result<ContentsSums> write_contents(const Image& image, const HostFiles& files,
                                    const std::function<Status(Bytes)>& sink, unsigned threads) {
  Hasher whole;
  const auto write = [&](Bytes bytes) {
    whole.update(bytes);
    return sink(bytes);
  };
  const auto extents = std::span<const Extent>(image.extents)
                           .first(image.compressed ? image.compressed->raw_extents
                                                   : image.extents.size());
  ContentsSums sums;
  sums.files.resize(extents.size());
  RETURN_IF_ERROR(stream_extents(extents, files, write, threads, sums.files));
  if (image.compressed) {
    RETURN_IF_ERROR(image.compressed->chunks.read(write));
    sums.files.insert(sums.files.end(), image.compressed->files.begin(),
                      image.compressed->files.end());
  }
  sums.contents = whole.digest();
  return sums;
}

Status check_max_size(const Image& image, uint64_t output_size, uint64_t max_size) {
  if (output_size <= max_size) return ok_status();
  return Error{"the packed module takes " + std::to_string(output_size) +
               " bytes, more than --max-size " + std::to_string(max_size) +
               name_largest(image.largest)};
}

}  // namespace wasm_vfs::image
