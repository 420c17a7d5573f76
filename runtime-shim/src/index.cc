// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The hash look-up: one read of a few slots, and for a slot whose hash is right, the node and the
// two strings that make up its path. Tested by tests/unit/shim/index_test.cc.

#include "index.h"

#define XXH_INLINE_ALL
#define XXH_NO_XXH3
#define XXH_FORCE_ALIGN_CHECK 0
#include <xxhash.h>

#include "state.h"

namespace wasm_vfs::runtime {
namespace {

/// Whether the bytes of `path` are those of a string of the index.
SHIM_NOINLINE bool equals_string(const uint8_t* path, uint32_t offset, uint32_t size) {
  uint8_t* const compared = scratch().lookup.compared;
  read_string(compared, offset, size);
  uint32_t i = 0;
  for (; i + 8 <= size; i += 8) {
    uint64_t a, b;
    __builtin_memcpy(&a, path + i, 8);
    __builtin_memcpy(&b, compared + i, 8);
    if (a != b) return false;
  }
  for (; i < size; ++i) {
    if (path[i] != compared[i]) return false;
  }
  return true;
}

/// Whether `path` is the path of `node`.
bool has_path(const Node& node, const uint8_t* path, uint32_t size) {
  if (is_directory(node)) {
    return node.string_size == size && equals_string(path, node.string_offset, size);
  }
  const uint32_t name_size = node.string_size;
  if (size < name_size) return false;
  if (!equals_string(path + (size - name_size), node.string_offset, name_size)) return false;
  if (node.parent == kRootNode) return size == name_size;
  Node parent;
  if (size == name_size || !read_node_inline(node.parent, parent)) return false;
  const uint32_t parent_size = size - name_size - 1;
  return path[parent_size] == '/' && parent.string_size == parent_size &&
         equals_string(path, parent.string_offset, parent_size);
}

}  // namespace

SHIM_NOINLINE bool read_node(uint32_t number, Node& node) { return read_node_inline(number, node); }

SHIM_NOINLINE uint32_t find_path(const uint8_t* path, uint32_t size, Node& node) {
  if (size == 0) {
    read_node(kRootNode, node);
    return kRootNode;
  }
  if (size > image::kMaxPathSize) return kNoNode;
  const auto hash = static_cast<uint32_t>(XXH64(path, size, 0) >> 32);
  auto slot = static_cast<uint32_t>((static_cast<uint64_t>(hash) * constant::home_count()) >> 32);
  while (true) {
    image::Slot slots[image::kSlotsPerRead];
    intrinsic::index_init(
        slots, constant::slots_offset() + slot * static_cast<uint32_t>(sizeof(image::Slot)),
        sizeof(slots));
    for (const image::Slot& candidate : slots) {
      if (candidate.node == kNoNode || candidate.hash > hash) return kNoNode;
      if (candidate.hash != hash) continue;
      if (read_node_inline(candidate.node, node) && has_path(node, path, size)) return candidate.node;
    }
    slot += image::kSlotsPerRead;
  }
}

}  // namespace wasm_vfs::runtime
