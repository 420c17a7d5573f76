// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hostile images: ImageReader (lib/image/reader.cc) must refuse the bytes, or else answer
// everything about them from within them. The input is the index; its header's contents_size says
// how many bytes of contents are pretended to be there. The header is patched so that most inputs
// get past it: the sizes are made to fit where the input does not say otherwise in its magic
// number.

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

/// Makes the header consistent, from its counts and the size of the input.
void repair_header(ByteBuffer& index) {
  IndexHeader header;
  std::memcpy(&header, index.data(), sizeof header);
  header.magic = kMagic;
  header.version = kVersion;
  header.index_size = static_cast<uint32_t>(index.size());
  header.contents_size %= 4096;
  uint32_t left = header.index_size - static_cast<uint32_t>(sizeof header);
  header.node_count = header.node_count % (left / sizeof(Node) + 1);
  header.nodes_offset = sizeof header;
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
}

/// Asks for all that the reader answers. What it accepted must also be consistent.
void walk(const ImageReader& reader) {
  uint64_t total = 0;
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
        // A damaged chunk is an error, and gives no byte too many.
        (void)reader.stream(i, [&](Bytes block) {
          for (uint8_t byte : block) total += byte;
          return ok_status();
        });
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
  require(total == 0);  // the pretended contents are zeros
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteBuffer index(data, data + size);
  // The first byte of the magic number is 0; an odd one asks for the header to be left alone.
  if (size >= sizeof(IndexHeader) && (data[0] & 1) == 0) repair_header(index);
  ByteBuffer contents;
  if (size >= sizeof(IndexHeader)) {
    IndexHeader header;
    std::memcpy(&header, index.data(), sizeof header);
    contents.resize(header.contents_size % 4096);
  }
  const auto reader = ImageReader::open(index, contents);
  if (reader.ok()) walk(*reader);
  return 0;
}
