// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading compressed contents in the shim (runtime-shim/src/contents.cc). The input damages some of
// the stored bytes, then reads anywhere, grows the memory, by the program's hand or the host's, and
// overwrites the decoder's memory as a wild pointer does. A read gives the right bytes, or EIO
// where a frame that it needs is damaged; what grew is zero; nothing around the buffers changes. (A
// chunk that is stored as it is has no checksum: there the right bytes are those that are stored.)

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "contents.h"
#include "fake_host.h"
#include "fuzzing.h"
#include "testing/text.h"

namespace wasm_vfs::runtime {
namespace {

using fuzzing::Input;
using fuzzing::require;

const Files& files() {
  static const Files made = {
      {"a", text(150'000, 1)}, {"b", text(300, 2)},    {"c", ""},
      {"d", noise(70'000)},    {"e", text(20'000, 3)}, {"raw", text(9'000, 4)}};
  return made;
}

constexpr uint32_t kChunkSizes[] = {16'384, 20'000, 131'072, 262'144};

const Image& image_of(uint32_t which) {
  static const std::vector<Image> images = [] {
    image::ScanOptions options;
    require(options.stay_raw.add("raw").ok());
    std::vector<Image> made;
    for (const uint32_t chunk_size : kChunkSizes)
      made.push_back(build_image(files(), {"/"}, {},
                                 image::Compression{3, chunk_size, as_bytes("tables")}, options));
    return made;
  }();
  return images[which];
}

/// What is damaged, and what the reads must give.
struct Model {
  struct Run {
    std::string bytes;
    bool may_fail;  // a frame that is damaged
  };
  std::vector<Run> runs;  // the raw bytes, then each chunk
  uint32_t raw_size = 0;
  uint32_t chunk_size = 0;

  /// Of the logical contents.
  std::string bytes(uint32_t from, uint32_t size, bool& may_fail) const {
    std::string result;
    may_fail = false;
    while (result.size() < size) {
      const auto at = from + static_cast<uint32_t>(result.size());
      const uint32_t run = at < raw_size ? 0 : 1 + (at - raw_size) / chunk_size;
      const uint32_t within = at < raw_size ? at : (at - raw_size) % chunk_size;
      may_fail |= runs[run].may_fail;
      result += runs[run].bytes.substr(within, size - result.size());
    }
    return result;
  }
};

/// The bytes of all runs of an image that is sound, as the files have them.
Model sound_model(const Image& image, const std::vector<image::Node>& nodes) {
  Model model;
  model.raw_size = image.compression.raw_size;
  model.chunk_size = image.compression.chunk_size;
  std::string logical(image.compression.logical_size, '\0');
  for (size_t i = 0; i < nodes.size(); ++i)
    logical.replace(nodes[i].data, nodes[i].size, files()[i].second);
  model.runs.push_back({logical.substr(0, model.raw_size), false});
  for (size_t at = model.raw_size; at < logical.size(); at += model.chunk_size)
    model.runs.push_back({logical.substr(at, model.chunk_size), false});
  return model;
}

/// The node of each file.
std::vector<image::Node> find_nodes(const Image& image) {
  std::vector<image::Node> nodes;
  for (const auto& [name, bytes] : files()) {
    for (uint32_t i = 0; i < image.header.node_count; ++i) {
      image::Node node;
      std::memcpy(&node, image.index.data() + image.header.nodes_offset + i * sizeof node,
                  sizeof node);
      const char* const text = reinterpret_cast<const char*>(image.index.data()) +
                               image.header.strings_offset + node.string_offset;
      if (std::string(text, node.string_size) == name) nodes.push_back(node);
    }
  }
  require(nodes.size() == files().size());
  return nodes;
}

void damage(Image& image, Model& model, uint32_t position, uint8_t change) {
  position %= static_cast<uint32_t>(image.contents.size());
  image.contents[position] ^= change;
  if (position < model.raw_size) {
    model.runs[0].bytes[position] ^= static_cast<char>(change);
    return;
  }
  for (uint32_t chunk = 0; chunk < image.compression.chunk_count; ++chunk) {
    uint32_t ends[2];
    std::memcpy(ends, image.index.data() + image.compression.chunks_offset + chunk * 4,
                sizeof ends);
    if (position < ends[0] || position >= ends[1]) continue;
    Model::Run& run = model.runs[1 + chunk];
    if (ends[1] - ends[0] == run.bytes.size()) {
      run.bytes[position - ends[0]] ^= static_cast<char>(change);
    } else {
      run.may_fail |= change != 0;
    }
  }
}

uint32_t take_number(Input& input, int bytes) {
  uint32_t number = 0;
  for (; bytes > 0; --bytes) number = number << 8 | input.byte();
  return number;
}

void check_read(int32_t fd, const image::Node& node, uint32_t offset, uint32_t size,
                const Model& model) {
  constexpr uint32_t kGuard = 16;
  FakeHost& fake = FakeHost::get();
  const uint32_t buffer = fake.room(size + 2 * kGuard) + kGuard;
  const uint32_t iovec[] = {buffer, size};
  const uint32_t iovecs = fake.put({reinterpret_cast<const char*>(iovec), sizeof iovec});
  const uint32_t result = fake.room(4);
  const Errno error = fd_pread(fd, iovecs, 1, offset, result);
  const uint32_t expected_size = offset < node.size ? std::min(size, node.size - offset) : 0;
  bool may_fail;
  const std::string expected = model.bytes(node.data + offset, expected_size, may_fail);
  if (error == Errno::kSuccess) {
    require(fake.load<uint32_t>(result) == expected_size);
    require(fake.bytes_at(buffer, expected_size) == expected);
  } else {
    require(error == Errno::kIo && may_fail);
  }
  require(fake.bytes_at(buffer + size, kGuard) == std::string(kGuard, '\xcc'));
  require(fake.bytes_at(buffer - kGuard, kGuard) == std::string(kGuard, '\xcc'));
}

/// What is the application's, from `from` on, is zero.
void check_zero(uint32_t from, uint32_t to) {
  const uint8_t* const at = FakeHost::get().at(from);
  require(from == to || (at[0] == 0 && std::memcmp(at, at + 1, to - from - 1) == 0));
}

}  // namespace
}  // namespace wasm_vfs::runtime

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wasm_vfs::runtime;
  wasm_vfs::fuzzing::Input input(data, size);
  const uint8_t choices = input.byte();
  Image image = image_of(choices % 4);
  const std::vector<wasm_vfs::image::Node> nodes = find_nodes(image);
  Model model = sound_model(image, nodes);
  for (int i = choices / 4 % 4; i > 0; --i) {
    const uint32_t position = take_number(input, 3);
    damage(image, model, position, input.byte());
  }
  FakeHost fake(std::move(image));
  const int32_t directory = root();
  std::vector<int32_t> fds;
  for (const auto& [name, bytes] : files()) fds.push_back(open(directory, name));

  constexpr uint32_t kStart = FakeHost::kApplicationPages * kPageSize;
  bool is_smashed = false;
  for (int i = 0; !input.empty() && i < 300; ++i) {
    const uint8_t what = input.byte();
    switch (what % 8) {
      case 0:
        memory_grow(what / 8 % 9);
        if (!is_smashed) check_zero(kStart, memory_size() * kPageSize);
        break;
      case 1:
        fake.grow(what / 8 % 3);
        if (!is_smashed) check_zero(kStart, memory_size() * kPageSize);
        break;
      case 2: {
        is_smashed = true;
        // All of the decoder but the slots, which hold bytes and nothing else.
        std::minstd_rand random(what);
        const uint32_t decoder = fake.memory_base + kStateCapacity;
        for (uint32_t at = 0; at < sizeof(Decoder); at += 1 + what / 8 % 8)
          *fake.at(decoder + at) = static_cast<uint8_t>(random());
        break;
      }
      default: {
        const size_t file = what / 8 % nodes.size();
        const uint32_t offset = take_number(input, 3) % (nodes[file].size + 100);
        check_read(fds[file], nodes[file], offset, take_number(input, 2) % 40'000, model);
        break;
      }
    }
  }
  return 0;
}
