// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Paths are walked component by component, as POSIX has it ("Pathname Resolution"): no short cut is
// needed where a person waits. Tested by lookup_test.cc.

#include "image/lookup.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "image/paths.h"

namespace wasm_vfs::image {
namespace {

/// As many symlinks as Linux follows in one look-up.
constexpr int kMaxLinksFollowed = 40;

/// Node `directory`'s child of that name, or kNoNode.
uint32_t child_of(const ImageReader& image, uint32_t directory, std::string_view name) {
  const Node node = image.node(directory);
  uint32_t low = 0;
  uint32_t high = node.size;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (image.name(node.data + middle) < name)
      low = middle + 1;
    else
      high = middle;
  }
  return low < node.size && image.name(node.data + low) == name ? node.data + low : kNoNode;
}

}  // namespace

Result<uint32_t> look_up(const ImageReader& image, std::string_view path, LastLink last_link) {
  const auto fail = [&](const char* why) { return Error{printable(path) + ": " + why}; };
  // The next component is the last. They are views of `path` and of the image.
  std::vector<std::string_view> pending;
  const auto push = [&](std::string_view text) {
    const std::vector<std::string_view> components = components_of(text);
    pending.insert(pending.end(), components.rbegin(), components.rend());
    // A slash at the end asks for a directory, as "/." would.
    if (text.ends_with('/') && !components.empty())
      pending.insert(pending.end() - static_cast<std::ptrdiff_t>(components.size()), ".");
  };
  if (path.empty()) return fail("an empty path");
  push(path);
  uint32_t node = kRootNode;
  int links_followed = 0;
  while (!pending.empty()) {
    const std::string_view component = pending.back();
    pending.pop_back();
    if (kind_of(image.node(node)) != NodeKind::kDirectory) return fail("not a directory");
    if (component == ".") continue;
    if (component == "..") {
      node = image.node(node).parent;
      continue;
    }
    const uint32_t child = child_of(image, node, component);
    if (child == kNoNode) return fail("no such file in the packed module");
    const bool follow = kind_of(image.node(child)) == NodeKind::kSymlink &&
                        (!pending.empty() || last_link == LastLink::kFollow);
    if (!follow) {
      node = child;
      continue;
    }
    if (++links_followed > kMaxLinksFollowed) return fail("too many symlinks, one after the other");
    const std::string_view target = image.target(child);
    if (target.starts_with('/')) node = kRootNode;
    push(target);
  }
  return node;
}

std::vector<ContentRun> content_runs(const ImageReader& image) {
  struct Place {
    uint32_t offset, size, file;
  };
  std::vector<Place> places;
  for (uint32_t i = 0; i < image.node_count(); ++i) {
    const Node node = image.node(i);
    if (kind_of(node) == NodeKind::kFile && node.size != 0)
      places.push_back({node.data, node.size, i});
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.offset, a.size, a.file) < std::tie(b.offset, b.size, b.file);
  });
  std::vector<ContentRun> runs;
  for (const Place& place : places) {
    if (runs.empty() || runs.back().offset != place.offset || runs.back().size != place.size)
      runs.push_back({place.offset, place.size, {}});
    runs.back().files.push_back(place.file);
  }
  return runs;
}

uint64_t stored_size(const ImageReader& image, uint32_t node) {
  const Node file = image.node(node);
  const auto& compression = image.compression();
  if (!compression || image.is_raw(node)) return file.size;
  const uint64_t raw = compression->raw_size, chunk_size = compression->chunk_size;
  const uint64_t end = uint64_t{file.data} + file.size;
  // Others than the builder may let a file begin before the first chunk.
  uint64_t at = std::max<uint64_t>(file.data, raw);
  uint64_t stored = at - file.data;
  while (at < end) {
    const auto chunk = static_cast<uint32_t>((at - raw) / chunk_size);
    const uint64_t chunk_begin = raw + chunk * chunk_size;
    const uint64_t chunk_end =
        std::min<uint64_t>(chunk_begin + chunk_size, compression->logical_size);
    const uint64_t part = std::min(end, chunk_end) - at;
    stored += part * (image.chunk_begin(chunk + 1) - image.chunk_begin(chunk)) /
              (chunk_end - chunk_begin);
    at += part;
  }
  return stored;
}

}  // namespace wasm_vfs::image
