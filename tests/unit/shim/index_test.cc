// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The hash look-up finds what is there and nothing else.

#include "fake_host.h"
#include "index.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

uint32_t find(std::string_view path) {
  use_scratch();
  Node node;
  return find_path(reinterpret_cast<const uint8_t*>(path.data()),
                   static_cast<uint32_t>(path.size()), node);
}

TEST_CASE("every path is found, and leads to its own node") {
  Files files;
  std::vector<std::string> paths;
  for (int i = 0; i < 300; ++i) {
    const std::string directory = "d" + std::to_string(i % 17);
    const std::string path = directory + "/sub" + std::to_string(i % 5) + "/file" + std::to_string(i);
    files.emplace_back(path, std::to_string(i));
    paths.push_back(path);
    paths.push_back(directory);
    paths.push_back(directory + "/sub" + std::to_string(i % 5));
  }
  files.emplace_back("top", "x");
  paths.push_back("top");
  FakeHost fake(build_image(files));
  std::map<uint32_t, std::string> found;
  for (const std::string& path : paths) {
    INFO(path);
    const uint32_t node = find(path);
    REQUIRE(node < fake.image.header.node_count);
    CHECK(found.emplace(node, path).first->second == path);
    for (const std::string& other :
         {path + "/", path + "x", "/" + path, path.substr(1), path.substr(0, path.size() - 1),
          path + std::string(1, 0), "./" + path}) {
      if (std::find(paths.begin(), paths.end(), other) != paths.end()) continue;
      CHECK(find(other) == kNoNode);
    }
  }
  CHECK(found.size() == fake.image.header.node_count - 1);
  CHECK(find("") == kRootNode);
}

TEST_CASE("an empty image has its root only") {
  FakeHost fake(build_image({}));
  CHECK(find("") == kRootNode);
  CHECK(find("a") == kNoNode);
  CHECK(find(std::string(5000, 'a')) == kNoNode);
}

TEST_CASE("equal hashes are told apart by the path") {
  // The index is changed so that every slot that follows has the hash of the first.
  FakeHost fake(build_image({{"a", "1"}, {"b", "2"}, {"c", "3"}}));
  const image::IndexHeader& header = fake.image.header;
  std::vector<image::Slot> slots(header.slot_count);
  std::memcpy(slots.data(), fake.image.index.data() + header.slots_offset, slots.size() * 8);
  std::vector<uint32_t> nodes;
  for (const image::Slot& slot : slots) {
    if (slot.node != kNoNode) nodes.push_back(slot.node);
  }
  for (const std::string path : {"a", "b", "c"}) {
    const uint32_t node = find(path);
    // All nodes in one run of slots, from the home of this path's hash.
    image::Slot own = {};
    for (const image::Slot& slot : slots) {
      if (slot.node == node) own = slot;
    }
    std::vector<image::Slot> crowded(nodes.size() + header.slot_count + 8, {kNoNode, kNoNode});
    auto home = static_cast<uint32_t>((uint64_t{own.hash} * header.home_count) >> 32);
    for (uint32_t other : nodes) crowded[home++] = {own.hash, other};
    Image image = fake.image;
    image.header.slots_offset = static_cast<uint32_t>(image.index.size());
    const auto* bytes = reinterpret_cast<const uint8_t*>(crowded.data());
    image.index.insert(image.index.end(), bytes, bytes + crowded.size() * 8);
    std::swap(fake.image, image);
    CHECK(find(path) == node);
    std::swap(fake.image, image);
  }
}

TEST_CASE("a node that is not in the image is not read") {
  FakeHost fake(build_image({{"a", "1"}}));
  Node node;
  CHECK(read_node(1, node));
  CHECK_FALSE(read_node(2, node));
  CHECK_FALSE(read_node(0xffffffffu, node));
}

}  // namespace
}  // namespace wasm_vfs::runtime
