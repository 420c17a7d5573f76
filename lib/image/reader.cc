// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Problem: read an index that anyone may have made. All checks are in open(), in one pass over the
// nodes and one over the slots; the format leaves a writer no choice but the strings' order and the
// files' places, so whatever else differs from what our writer writes is an error.
// Tested by reader_test.cc and tests/fuzz/index_fuzz.cc.

#include "image/reader.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <list>
#include <mutex>
#include <utility>
#include <vector>

#include "image/chunks.h"
#include "image/paths.h"

namespace wasm_vfs::image {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the index's structures are read as they lie in memory");

/// The bytes may lie at any address, so structures are copied out of them.
template <typename T>
T load(Bytes bytes, uint64_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

std::string hex(uint64_t value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string digits;
  do {
    digits.insert(digits.begin(), kDigits[value & 15]);
    value >>= 4;
  } while (value != 0);
  return "0x" + digits;
}

Error broken(const std::string& part, uint64_t offset, const std::string& why) {
  return Error{"index, " + part + " (offset " + hex(offset) + "): " + why};
}

/// Chunks that are kept decoded: enough that files which several threads read in the order of their
/// bytes need each chunk once.
constexpr size_t kCacheBytes = 16 * 1024 * 1024;

/// What stream() gives at once.
constexpr size_t kBlockSize = 256 * 1024;

}  // namespace

struct ImageReader::Cache {
  struct Chunk {
    uint32_t number;
    std::shared_ptr<const ByteBuffer> bytes;
  };
  std::mutex mutex;
  std::list<Chunk> chunks;  // the last used first
};

ImageReader::ImageReader(Bytes index, Bytes contents)
    : index_(index), contents_(contents), cache_(std::make_shared<Cache>()) {}

bool looks_like_index(Bytes segment) {
  return segment.size() >= sizeof(IndexHeader) && load<uint64_t>(segment, 0) == kMagic;
}

Result<ImageReader> ImageReader::open(Bytes index, Bytes contents) {
  ImageReader reader(index, contents);
  RETURN_IF_ERROR(reader.check_layout());
  RETURN_IF_ERROR(reader.check_chunks());
  RETURN_IF_ERROR(reader.check_nodes());
  RETURN_IF_ERROR(reader.check_mounts());
  RETURN_IF_ERROR(reader.check_slots());
  RETURN_IF_ERROR(reader.check_defaults());
  return reader;
}

Status ImageReader::check_layout() {
  if (!looks_like_index(index_)) {
    return broken(
        "header", 0,
        "these " + std::to_string(index_.size()) + " bytes do not begin as an index does");
  }
  header_ = load<IndexHeader>(index_, 0);
  const auto expect = [](const char* field, size_t offset, uint64_t found,
                         uint64_t expected) -> Status {
    if (found == expected) return ok_status();
    return broken("header", offset,
                  std::string(field) + " is " + std::to_string(found) + ", expected " +
                      std::to_string(expected));
  };
#define EXPECT_FIELD(field, expected) \
  RETURN_IF_ERROR(expect(#field, offsetof(IndexHeader, field), header_.field, expected))
  if (header_.version != kVersion && header_.version != kCompressedVersion) {
    return broken("header", offsetof(IndexHeader, version),
                  "version " + std::to_string(header_.version) + "; this wasm-vfs reads versions " +
                      std::to_string(kVersion) + " and " + std::to_string(kCompressedVersion) +
                      ", use one that is as new as the image");
  }
  EXPECT_FIELD(index_size, index_.size());
  EXPECT_FIELD(contents_size, contents_.size());
  // Counts are below 2^32 and sizes below 2^5, so nothing overflows 64 bits.
  uint64_t offset = sizeof(IndexHeader);
  if (header_.version == kCompressedVersion) {
    if (index_.size() < offset + sizeof(CompressionHeader))
      return broken("compression header", offset, "the index ends within it");
    compression_ = load<CompressionHeader>(index_, offset);
    offset += sizeof(CompressionHeader);
  }
  EXPECT_FIELD(nodes_offset, offset);
  offset += header_.node_count * uint64_t{sizeof(Node)};
  EXPECT_FIELD(slots_offset, offset);
  offset += header_.slot_count * uint64_t{sizeof(Slot)};
  EXPECT_FIELD(mounts_offset, offset);
  offset += header_.mount_count * uint64_t{sizeof(Mount)};
  EXPECT_FIELD(strings_offset, offset);
  offset += header_.strings_size;
  EXPECT_FIELD(arguments_offset, offset);
  offset += header_.arguments_size;
  EXPECT_FIELD(environment_offset, offset);
  offset += header_.environment_size;
  if (compression_) {
    const auto expect_field = [&](const char* field, size_t at, uint64_t found) {
      return expect(field, sizeof(IndexHeader) + at, found, offset);
    };
    RETURN_IF_ERROR(expect_field("chunks_offset", offsetof(CompressionHeader, chunks_offset),
                                 compression_->chunks_offset));
    offset += (uint64_t{compression_->chunk_count} + 1) * sizeof(uint32_t);
    RETURN_IF_ERROR(expect_field("tables_offset", offsetof(CompressionHeader, tables_offset),
                                 compression_->tables_offset));
    offset += compression_->tables_size;
  }
  EXPECT_FIELD(index_size, offset);
#undef EXPECT_FIELD
  return ok_status();
}

Status ImageReader::check_chunks() const {
  if (!compression_) return ok_status();
  const CompressionHeader& header = *compression_;
  if (header.chunk_size < kMinChunkSize || header.chunk_size > kMaxChunkSize) {
    return broken("compression header", sizeof(IndexHeader) + offsetof(CompressionHeader, chunk_size),
                  "chunk_size is " + std::to_string(header.chunk_size) + ", expected " +
                      std::to_string(kMinChunkSize) + " to " + std::to_string(kMaxChunkSize));
  }
  if (header.level < 1 || header.level > kMaxLevel) {
    return broken("compression header", sizeof(IndexHeader) + offsetof(CompressionHeader, level),
                  "level is " + std::to_string(header.level) + ", expected 1 to " +
                      std::to_string(kMaxLevel));
  }
  const uint64_t in_chunks = uint64_t{header.logical_size} - header.raw_size;
  if (header.raw_size > header.logical_size ||
      header.chunk_count != (in_chunks + header.chunk_size - 1) / header.chunk_size) {
    return broken("compression header", sizeof(IndexHeader) + offsetof(CompressionHeader, raw_size),
                  "raw_size, logical_size and chunk_count do not fit one another");
  }
  for (uint32_t i = 0; i <= header.chunk_count; ++i) {
    const uint32_t begin = chunk_begin(i);
    const uint64_t limit =
        i == 0 ? header.raw_size
               : uint64_t{chunk_begin(i - 1)} +
                     std::min<uint64_t>(header.chunk_size,
                                        in_chunks - uint64_t{i - 1} * header.chunk_size);
    const uint32_t least = i == 0 ? header.raw_size : chunk_begin(i - 1) + 1;
    if (begin < least || begin > limit || (i == header.chunk_count && begin != contents_.size())) {
      return broken("chunk " + std::to_string(i),
                    header.chunks_offset + uint64_t{i} * sizeof(uint32_t),
                    "begins at " + hex(begin) + " of the contents, where it cannot");
    }
  }
  return ok_status();
}

Status ImageReader::check_nodes() const {
  uint32_t unclaimed = 1;  // the first node whose parent we have not met
  std::string path;
  for (uint32_t i = 0; i < header_.node_count; ++i) {
    const Node node = this->node(i);
    const auto wrong = [i, this](const std::string& why) {
      return broken("node " + std::to_string(i), header_.nodes_offset + uint64_t{i} * sizeof(Node),
                    why);
    };
    const NodeKind kind = kind_of(node);
    const bool is_directory = kind == NodeKind::kDirectory;

    // Its place in the tree. Each directory claims the next nodes as its children (below), so no
    // node has two parents, and all come after theirs: there are no cycles.
    if (i == kRootNode) {
      if (!is_directory) return wrong("the root is not a directory");
      if (node.parent != kRootNode) return wrong("the root has a parent");
    } else {
      if (i >= unclaimed) return wrong("lies in no directory");
      if (node.parent >= i) return wrong("its parent does not come before it");
      const Node directory = this->node(node.parent);
      if (kind_of(directory) != NodeKind::kDirectory || i < directory.data ||
          i - directory.data >= directory.size) {
        return wrong("its parent, node " + std::to_string(node.parent) + ", does not list it");
      }
    }

    // Its strings.
    if (uint64_t{node.string_offset} + node.string_size > header_.strings_size ||
        node.name_size > node.string_size ||
        (!is_directory && node.name_size != node.string_size)) {
      return wrong("its string or name has an impossible size or offset");
    }
    if (i == kRootNode) {
      if (node.string_size != 0) return wrong("the root has a name");
    } else {
      const std::string_view name = this->name(i);
      if (name.empty() || name == "." || name == ".." || !is_utf8(name) ||
          name.find('/') != std::string_view::npos || name.find('\0') != std::string_view::npos) {
        return wrong("its name, " + printable(name) + ", is not one that a file can have");
      }
      if (i > 1 && this->node(i - 1).parent == node.parent && this->name(i - 1) >= name) {
        return wrong("its name, " + printable(name) + ", does not sort after the one before it");
      }
      const std::string_view directory = parent_path(node);
      path.assign(directory);
      if (!path.empty()) path += '/';
      path += name;
      if (path.size() + 1 > kMaxPathSize) return wrong("its path is too long");
      if (is_directory && string(node.string_offset, node.string_size) != path) {
        return wrong("its string is not its path, " + printable(path));
      }
    }

    // Its data.
    const uint8_t allowed_flags =
        is_directory ? kMountPoint : (kind == NodeKind::kFile ? kExecutable : uint8_t{0});
    if ((node.kind_and_flags & ~kKindMask & ~allowed_flags) != 0) return wrong("unknown flags");
    switch (kind) {
      case NodeKind::kDirectory:
        if (node.data != unclaimed) {
          return wrong("its first child is node " + std::to_string(node.data) + ", expected " +
                       std::to_string(unclaimed));
        }
        if (node.size > header_.node_count - unclaimed) return wrong("more children than nodes");
        unclaimed += node.size;
        break;
      case NodeKind::kFile:
        if (uint64_t{node.data} + node.size > logical_size()) {
          return wrong("its bytes lie beyond the contents");
        }
        break;
      case NodeKind::kSymlink: {
        if (uint64_t{node.data} + node.size > header_.strings_size) {
          return wrong("its target lies beyond the strings");
        }
        const std::string_view target = string(node.data, node.size);
        if (target.empty() || target.size() > kMaxPathSize || !is_utf8(target) ||
            target.find('\0') != std::string_view::npos) {
          return wrong("its target is not a path");
        }
        break;
      }
      default:
        return wrong("unknown kind");
    }
  }
  if (header_.node_count == 0) {
    return broken("header", offsetof(IndexHeader, node_count), "no nodes, not even the root");
  }
  return ok_status();
}

Status ImageReader::check_mounts() const {
  std::vector<bool> mounted(header_.node_count);
  const std::vector<uint32_t> others = other_places();
  size_t next_other = 0;
  for (uint32_t i = 0; i < header_.mount_count; ++i) {
    const uint32_t directory = mount(i);
    const bool is_mount =
        directory < header_.node_count && (node(directory).kind_and_flags & kMountPoint) != 0;
    const bool fits = is_mount ? !mounted[directory] && next_other == 0
                               : next_other < others.size() && others[next_other] == directory;
    if (fits && !is_mount) ++next_other;
    if (!fits) {
      return broken("mount " + std::to_string(i),
                    header_.mounts_offset + uint64_t{i} * sizeof(Mount),
                    "node " + std::to_string(directory) +
                        " is not a mounted directory, or not for the first time");
    }
    mounted[directory] = true;
  }
  if (next_other != others.size()) {
    return broken("node " + std::to_string(others[next_other]),
                  header_.nodes_offset + uint64_t{others[next_other]} * sizeof(Node),
                  "holds files, but lies in no mount");
  }
  for (uint32_t i = 0; i < header_.node_count; ++i) {
    if ((node(i).kind_and_flags & kMountPoint) != 0 && !mounted[i]) {
      return broken("node " + std::to_string(i), header_.nodes_offset + uint64_t{i} * sizeof(Node),
                    "is a mount point, but no mount names it");
    }
  }
  return ok_status();
}

std::vector<uint32_t> ImageReader::other_places() const {
  std::vector<uint32_t> places;
  std::vector<bool> has_place(header_.node_count);
  for (uint32_t i = 0; i < header_.node_count; ++i) {
    const Node node = this->node(i);
    if (kind_of(node) != NodeKind::kDirectory) continue;
    has_place[i] = (node.kind_and_flags & kMountPoint) != 0 || has_place[node.parent];
    for (uint32_t child = 0; child < node.size && !has_place[i]; ++child) {
      if (kind_of(this->node(node.data + child)) == NodeKind::kDirectory) continue;
      places.push_back(i);
      has_place[i] = true;
    }
  }
  return places;
}

Status ImageReader::check_slots() const {
  if (header_.home_count == 0) {
    return broken("header", offsetof(IndexHeader, home_count), "must not be 0");
  }
  // The slots are sorted by hash and node, so each node's occurs once if as many as there are nodes
  // are used, each bears its node's hash, and none equals the one before it.
  uint64_t used = 0;
  uint64_t end = 0;  // after the last slot in use
  Slot previous{};
  std::string scratch;
  for (uint32_t i = 0; i < header_.slot_count; ++i) {
    const Slot slot = this->slot(i);
    const auto wrong = [i, this](const std::string& why) {
      return broken("slot " + std::to_string(i), header_.slots_offset + uint64_t{i} * sizeof(Slot),
                    why);
    };
    if (slot.node == kNoNode) {
      if (slot.hash != 0xffffffffu) return wrong("free, but has a hash");
      continue;
    }
    if (slot.node >= header_.node_count) return wrong("its node does not exist");
    if (slot.hash != path_hash(node(slot.node), scratch)) {
      return wrong("its hash is not that of node " + std::to_string(slot.node));
    }
    if (used != 0 &&
        (slot.hash < previous.hash || (slot.hash == previous.hash && slot.node <= previous.node))) {
      return wrong("out of order");
    }
    const uint64_t home = (uint64_t{slot.hash} * header_.home_count) >> 32;
    if (i != std::max(home, end)) return wrong("not where its hash puts it");
    previous = slot;
    ++used;
    end = uint64_t{i} + 1;
  }
  if (used != header_.node_count) {
    return broken("slots", header_.slots_offset,
                  std::to_string(used) + " in use, expected " + std::to_string(header_.node_count));
  }
  const uint64_t expected = std::max<uint64_t>(end, header_.home_count) + kSlotsPerRead;
  if (header_.slot_count != expected) {
    return broken(
        "header", offsetof(IndexHeader, slot_count),
        std::to_string(header_.slot_count) + " slots, expected " + std::to_string(expected));
  }
  return ok_status();
}

Status ImageReader::check_defaults() const {
  const auto check_strings = [this](const char* part, uint32_t offset, uint32_t size,
                                    uint32_t count) -> Status {
    const Bytes bytes = index_.subspan(offset, size);
    if (!bytes.empty() && bytes.back() != 0) return broken(part, offset, "does not end with a NUL");
    const auto found = std::count(bytes.begin(), bytes.end(), uint8_t{0});
    if (static_cast<uint64_t>(found) != count) {
      return broken(part, offset,
                    std::to_string(found) + " strings, expected " + std::to_string(count));
    }
    return ok_status();
  };
  RETURN_IF_ERROR(check_strings("arguments", header_.arguments_offset, header_.arguments_size,
                                header_.arguments_count));
  RETURN_IF_ERROR(check_strings("environment", header_.environment_offset, header_.environment_size,
                                header_.environment_count));
  if (header_.arguments_count == 1) {
    return broken("arguments", header_.arguments_offset,
                  "a program name without arguments after it");
  }
  if (const Status status = image::check_defaults(defaults()); !status.ok())
    return broken("defaults", header_.arguments_offset, status.error().message);
  return ok_status();
}

Defaults ImageReader::defaults() const {
  const auto split = [](std::string_view strings) {
    std::vector<std::string> result;
    while (!strings.empty()) {
      const size_t end = strings.find('\0');
      result.emplace_back(strings.substr(0, end));
      strings.remove_prefix(end + 1);
    }
    return result;
  };
  Defaults defaults;
  defaults.arguments =
      split(as_text(index_.subspan(header_.arguments_offset, header_.arguments_size)));
  if (!defaults.arguments.empty()) {
    defaults.program_name = std::move(defaults.arguments.front());
    defaults.arguments.erase(defaults.arguments.begin());
  }
  defaults.environment =
      split(as_text(index_.subspan(header_.environment_offset, header_.environment_size)));
  return defaults;
}

Node ImageReader::node(uint32_t index) const {
  return load<Node>(index_, header_.nodes_offset + uint64_t{index} * sizeof(Node));
}

Slot ImageReader::slot(uint32_t index) const {
  return load<Slot>(index_, header_.slots_offset + uint64_t{index} * sizeof(Slot));
}

std::string_view ImageReader::string(uint32_t offset, uint32_t size) const {
  return as_text(index_.subspan(header_.strings_offset + uint64_t{offset}, size));
}

std::string_view ImageReader::name(uint32_t index) const {
  const Node node = this->node(index);
  return string(node.string_offset + node.string_size - node.name_size, node.name_size);
}

/// Without the leading slash, as parent_path() + '/' + name() makes a path of.
std::string_view ImageReader::parent_path(const Node& node) const {
  const Node parent = this->node(node.parent);
  return string(parent.string_offset, parent.string_size);
}

std::string ImageReader::path(uint32_t index) const {
  std::string path = "/";
  if (index == kRootNode) return path;
  path += parent_path(node(index));
  if (path.size() > 1) path += '/';
  return path += name(index);
}

uint32_t ImageReader::path_hash(const Node& node, std::string& scratch) const {
  if (kind_of(node) == NodeKind::kDirectory) {
    return hash_of_path(string(node.string_offset, node.string_size));
  }
  scratch.assign(parent_path(node));
  if (!scratch.empty()) scratch += '/';
  scratch += string(node.string_offset, node.string_size);
  return hash_of_path(scratch);
}

uint64_t ImageReader::logical_size() const {
  return compression_ ? compression_->logical_size : contents_.size();
}

uint64_t ImageReader::raw_size() const {
  return compression_ ? compression_->raw_size : contents_.size();
}

bool ImageReader::is_raw(uint32_t index) const {
  const Node node = this->node(index);
  return uint64_t{node.data} + node.size <= raw_size();
}

uint32_t ImageReader::chunk_begin(uint32_t chunk) const {
  return load<uint32_t>(index_, compression_->chunks_offset + uint64_t{chunk} * sizeof(uint32_t));
}

/// Decoded, or as it is. Two threads may decode the same chunk at once; that costs only time.
Result<std::shared_ptr<const ByteBuffer>> ImageReader::chunk(uint32_t number) const {
  {
    const std::lock_guard lock(cache_->mutex);
    auto& chunks = cache_->chunks;
    for (auto found = chunks.begin(); found != chunks.end(); ++found) {
      if (found->number != number) continue;
      chunks.splice(chunks.begin(), chunks, found);
      return chunks.front().bytes;
    }
  }
  const uint32_t begin = chunk_begin(number);
  const Bytes stored = contents_.subspan(begin, chunk_begin(number + 1) - begin);
  const uint64_t left = logical_size() - raw_size() - uint64_t{number} * compression_->chunk_size;
  auto bytes = std::make_shared<ByteBuffer>(std::min<uint64_t>(compression_->chunk_size, left));
  if (stored.size() == bytes->size()) {
    std::copy(stored.begin(), stored.end(), bytes->begin());
  } else if (!decode_chunk(stored, *bytes)) {
    return Error{"contents, chunk " + std::to_string(number) + " (offset " + hex(begin) +
                 "): damaged: these bytes are not what was compressed; pack the files again"};
  }
  const std::lock_guard lock(cache_->mutex);
  cache_->chunks.push_front({number, bytes});
  if (cache_->chunks.size() > std::max<size_t>(1, kCacheBytes / compression_->chunk_size))
    cache_->chunks.pop_back();
  return std::shared_ptr<const ByteBuffer>(bytes);
}

Result<size_t> ImageReader::read(uint32_t index, uint64_t offset, std::span<uint8_t> to) const {
  const Node node = this->node(index);
  if (offset >= node.size) return size_t{0};
  to = to.first(static_cast<size_t>(std::min<uint64_t>(to.size(), node.size - offset)));
  uint64_t from = node.data + offset;
  for (std::span<uint8_t> left = to; !left.empty();) {
    size_t part = left.size();
    if (from < raw_size()) {
      part = static_cast<size_t>(std::min<uint64_t>(part, raw_size() - from));
      std::copy_n(contents_.begin() + static_cast<std::ptrdiff_t>(from), part, left.begin());
    } else {
      const uint64_t in_chunks = from - raw_size();
      const uint64_t within = in_chunks % compression_->chunk_size;
      ASSIGN_OR_RETURN(const std::shared_ptr<const ByteBuffer> bytes,
                       chunk(static_cast<uint32_t>(in_chunks / compression_->chunk_size)));
      part = static_cast<size_t>(std::min<uint64_t>(part, bytes->size() - within));
      std::copy_n(bytes->begin() + static_cast<std::ptrdiff_t>(within), part, left.begin());
    }
    left = left.subspan(part);
    from += part;
  }
  return to.size();
}

Status ImageReader::stream(uint32_t index, const std::function<Status(Bytes)>& sink) const {
  const Node node = this->node(index);
  if (is_raw(index)) return node.size == 0 ? ok_status() : sink(contents_.subspan(node.data, node.size));
  ByteBuffer buffer(std::min<size_t>(kBlockSize, node.size));
  for (uint64_t offset = 0; offset < node.size;) {
    ASSIGN_OR_RETURN(const size_t got, read(index, offset, buffer));
    RETURN_IF_ERROR(sink(Bytes(buffer).first(got)));
    offset += got;
  }
  return ok_status();
}

std::string_view ImageReader::target(uint32_t index) const {
  const Node node = this->node(index);
  return string(node.data, node.size);
}

std::optional<uint32_t> ImageReader::find(std::string_view path) const {
  if (!path.starts_with('/')) return std::nullopt;
  const uint32_t hash = hash_of_path(path.substr(1));
  auto i = static_cast<uint32_t>((uint64_t{hash} * header_.home_count) >> 32);
  for (Slot slot = this->slot(i); slot.node != kNoNode && slot.hash <= hash;
       slot = this->slot(++i)) {
    if (slot.hash == hash && this->path(slot.node) == path) return slot.node;
  }
  return std::nullopt;
}

uint32_t ImageReader::mount(uint32_t index) const {
  return load<Mount>(index_, header_.mounts_offset + uint64_t{index} * sizeof(Mount)).node;
}

}  // namespace wasm_vfs::image
