// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads the image's index (lib/image/format.h) with memory.init: nodes, strings, and the hash table
// from paths to nodes. The index was made by the packer and cannot change, so it is trusted; node
// numbers that come from the state are not. Tested by tests/unit/shim/index_test.cc.

#ifndef WASM_VFS_RUNTIME_INDEX_H_
#define WASM_VFS_RUNTIME_INDEX_H_

#include "abi.h"
#include "image/format.h"

namespace wasm_vfs::runtime {

using image::kNoNode;
using image::kRootNode;
using image::Node;
using image::NodeKind;

/// Reads a node. False if there is none of that number.
bool read_node(uint32_t number, Node& node);

/// The same, inlined: for the calls that must not cost a nanosecond more.
SHIM_INLINE bool read_node_inline(uint32_t number, Node& node) {
  if (number >= constant::node_count()) return false;
  intrinsic::index_init(&node,
                        constant::nodes_offset() + number * static_cast<uint32_t>(sizeof(Node)),
                        sizeof(Node));
  return true;
}

/// Reads `size` bytes of the strings, at an offset that a node gave.
SHIM_INLINE void read_string(void* to, uint32_t offset, uint32_t size) {
  intrinsic::index_init(to, constant::strings_offset() + offset, size);
}

SHIM_INLINE bool is_directory(const Node& node) { return kind_of(node) == NodeKind::kDirectory; }
SHIM_INLINE bool is_symlink(const Node& node) { return kind_of(node) == NodeKind::kSymlink; }

/// Finds the node with exactly this path: from the guest's root, no leading slash, as stored. The
/// node's record is put into `node`. kNoNode if there is none. Uses Scratch::lookup.compared.
uint32_t find_path(const uint8_t* path, uint32_t size, Node& node);

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_INDEX_H_
