// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hostile images: ImageReader (lib/image/reader.cc) must refuse the bytes, or else answer
// everything about them from within them. The input is the index with the contents behind it, as
// many bytes as its header's contents_size says. The header is patched so that most inputs get past
// it: the sizes are made to fit where the input does not say otherwise in its magic number. The
// seeds are images, compressed and not (seeds.cc).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "fuzzing.h"
#include "image/format.h"
#include "image/reader.h"

namespace {

using namespace wasm_vfs;
using namespace wasm_vfs::image;
using fuzzing::require;

/// The bytes at the end of the input that are the contents.
uint32_t contents_size_of(const IndexHeader& header, size_t size) {
  return header.contents_size % static_cast<uint32_t>(size - sizeof(IndexHeader) + 1);
}

/// Makes the header consistent, from its counts and the size of the input.
void repair_header(ByteBuffer& index, uint32_t contents_size) {
  IndexHeader header;
  std::memcpy(&header, index.data(), sizeof header);
  header.magic = kMagic;
  header.index_size = static_cast<uint32_t>(index.size());
  header.contents_size = contents_size;
  uint32_t left = header.index_size - static_cast<uint32_t>(sizeof header);
  CompressionHeader compression{};
  const bool is_compressed =
      header.version % 2 == 0 && left > sizeof compression + sizeof(uint32_t);
  header.version = is_compressed ? kCompressedVersion : kVersion;
  header.nodes_offset = sizeof header;
  if (is_compressed) {
    std::memcpy(&compression, index.data() + sizeof header, sizeof compression);
    header.nodes_offset += static_cast<uint32_t>(sizeof compression);
    left -= static_cast<uint32_t>(sizeof compression + sizeof(uint32_t));
    compression.chunk_count %= left / sizeof(uint32_t) + 1;
    left -= compression.chunk_count * static_cast<uint32_t>(sizeof(uint32_t));
    compression.tables_size %= left + 1;
    left -= compression.tables_size;
  }
  header.node_count = header.node_count % (left / sizeof(Node) + 1);
  left -= header.node_count * static_cast<uint32_t>(sizeof(Node));
  header.slot_count = header.slot_count % (left / sizeof(Slot) + 1);
  header.slots_offset =
      header.nodes_offset + header.node_count * static_cast<uint32_t>(sizeof(Node));
  left -= header.slot_count * static_cast<uint32_t>(sizeof(Slot));
  header.mount_count = header.mount_count % (left / sizeof(Mount) + 1);
  header.mounts_offset =
      header.slots_offset + header.slot_count * static_cast<uint32_t>(sizeof(Slot));
  left -= header.mount_count * static_cast<uint32_t>(sizeof(Mount));
  header.arguments_size %= left + 1;
  left -= header.arguments_size;
  header.environment_size %= left + 1;
  left -= header.environment_size;
  header.strings_size = left;
  header.strings_offset =
      header.mounts_offset + header.mount_count * static_cast<uint32_t>(sizeof(Mount));
  header.arguments_offset = header.strings_offset + left;
  header.environment_offset = header.arguments_offset + header.arguments_size;
  std::memcpy(index.data(), &header, sizeof header);
  if (!is_compressed) return;
  compression.chunks_offset = header.environment_offset + header.environment_size;
  compression.tables_offset =
      compression.chunks_offset +
      (compression.chunk_count + 1) * static_cast<uint32_t>(sizeof(uint32_t));
  std::memcpy(index.data() + sizeof header, &compression, sizeof compression);
}

/// A file's bytes are as many as it has, the same read from anywhere; or a damaged chunk is an
/// error.
void check_file(const ImageReader& reader, uint32_t file, Bytes contents) {
  constexpr size_t kMost = 100'000;  // so that one input is quick
  const Node node = reader.node(file);
  ByteBuffer all(std::min<size_t>(node.size, kMost));
  const auto got = reader.read(file, 0, all);
  if (reader.is_raw(file)) {
    const Bytes raw = contents.subspan(node.data, all.size());
    require(got.ok() && std::equal(all.begin(), all.end(), raw.begin()));
  }
  require(!got.ok() || *got == all.size());
  ByteBuffer half(all.size() / 2);
  const size_t offset = all.size() - half.size();
  const auto again = reader.read(file, offset, half);
  require(!got.ok() || (again.ok() && *again == half.size() &&
                        std::equal(half.begin(), half.end(),
                                   all.begin() + static_cast<std::ptrdiff_t>(offset))));
  if (node.size > kMost) return;
  ByteBuffer streamed;
  const Status status = reader.stream(file, [&](Bytes block) {
    append(streamed, block);
    return ok_status();
  });
  require(status.ok() == got.ok() && (!status.ok() || streamed == all));
}

/// Asks for all that the reader answers. What it accepted must also be consistent.
void walk(const ImageReader& reader, Bytes contents) {
  for (uint32_t i = 0; i < reader.node_count(); ++i) {
    const std::string path = reader.path(i);
    require(reader.find(path) == i);
    require(!reader.find(path + "/x\x01").has_value());
    const Node node = reader.node(i);
    require(node.parent < i || i == kRootNode);
    switch (kind_of(node)) {
      case NodeKind::kDirectory:
        for (uint32_t child = 0; child < node.size; ++child) {
          require(reader.node(node.data + child).parent == i);
        }
        break;
      case NodeKind::kFile:
        check_file(reader, i, contents);
        break;
      case NodeKind::kSymlink:
        require(!reader.target(i).empty());
        break;
    }
  }
  for (uint32_t i = 0; i < reader.mount_count(); ++i)
    require(reader.mount(i) < reader.node_count());
  // What was accepted is written the same again.
  const Defaults defaults = reader.defaults();
  require(argument_strings(defaults).size() == reader.header().arguments_size);
  require(environment_strings(defaults).size() == reader.header().environment_size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteBuffer index(data, data + size);
  ByteBuffer contents;
  if (size >= sizeof(IndexHeader)) {
    IndexHeader header;
    std::memcpy(&header, data, sizeof header);
    const uint32_t contents_size = contents_size_of(header, size);
    contents.assign(index.end() - contents_size, index.end());
    index.resize(size - contents_size);
    // The first byte of the magic number is 0; an odd one asks for the header to be left alone.
    if ((data[0] & 1) == 0) repair_header(index, contents_size);
  }
  const auto reader = ImageReader::open(index, contents);
  if (reader.ok()) walk(*reader, contents);
  return 0;
}
