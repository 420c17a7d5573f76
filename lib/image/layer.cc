// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Problem: a second pack must give what one pack of everything would have given, byte for byte. The
// image holds all that the tree it was built of held, but for the host paths. So the tree is made
// again, with names of our own for the places of the bytes, and the second pack is an ordinary one:
// it finds shared contents and lays out the image without knowing of layers.
//
// Limits: an image without arguments does not name its program; whoever adds the first argument
// must. Tested by layer_test.cc.

#include "image/layer.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "image/paths.h"

namespace wasm_vfs::image {
namespace {

class PackedFile final : public HostFile {
 public:
  PackedFile(const ImageReader& image, uint32_t node) : image_(image), node_(node) {}

  Result<size_t> read(std::span<uint8_t> buffer) override {
    ASSIGN_OR_RETURN(const size_t size, image_.read(node_, offset_, buffer));
    offset_ += size;
    return size;
  }

 private:
  const ImageReader& image_;
  uint32_t node_;
  uint64_t offset_ = 0;
};

Entry entry_of(const ImageReader& image, uint32_t index) {
  const Node node = image.node(index);
  Entry entry;
  entry.name = image.name(index);
  entry.kind = kind_of(node);
  entry.executable = (node.kind_and_flags & kExecutable) != 0;
  entry.mount_point = (node.kind_and_flags & kMountPoint) != 0;
  entry.mtime_ns = mtime_of(node);
  switch (entry.kind) {
    case NodeKind::kDirectory:
      entry.children.reserve(node.size);
      for (uint32_t i = 0; i < node.size; ++i)
        entry.children.push_back(entry_of(image, node.data + i));
      break;
    case NodeKind::kFile:
      entry.size = node.size;
      entry.stays_raw = image.compression().has_value() && image.is_raw(index);
      entry.host_path = '\0' + image.path(index);
      break;
    case NodeKind::kSymlink:
      entry.target = image.target(index);
      break;
  }
  return entry;
}

}  // namespace

Tree tree_of(const ImageReader& image) {
  Tree tree;
  tree.root = entry_of(image, kRootNode);
  for (uint32_t i = 0; i < image.mount_count(); ++i) {
    // The builder finds the other places of files again.
    if ((image.node(image.mount(i)).kind_and_flags & kMountPoint) != 0)
      tree.mounts.push_back(image.path(image.mount(i)));
  }
  tree.defaults = image.defaults();
  return tree;
}

Result<std::unique_ptr<HostFile>> LayeredFiles::open(const std::string& path) const {
  if (!path.starts_with('\0')) return host_.open(path);
  const auto node = image_.find(std::string_view(path).substr(1));
  if (!node || kind_of(image_.node(*node)) != NodeKind::kFile)
    return Error{printable(path.substr(1)) + ": is no file of the packed module"};
  return std::unique_ptr<HostFile>(std::make_unique<PackedFile>(image_, *node));
}

}  // namespace wasm_vfs::image
