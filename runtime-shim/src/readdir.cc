// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fd_readdir. Entry 0 is `.`, entry 1 is `..`, and the directory's children follow in the order of
// their names; an entry's number is its cookie, so that any place is found at once. The last entry
// is cut where the buffer ends, which tells the guest that there are more.
// Tested by tests/unit/shim/readdir_test.cc.

#include "forward.h"
#include "stat.h"

namespace wasm_vfs::runtime {
namespace {

SHIM_NOINLINE Errno readdir_packed(int32_t fd, uint32_t buffer, uint32_t buffer_size,
                                   uint64_t cookie, uint32_t result) {
  Node directory;
  const Entry* const entry = packed_entry(fd, directory);
  if (entry == nullptr || !is_directory(directory)) return Errno::kBadf;
  const uint32_t number = entry->target;
  const uint64_t count = directory.size + uint64_t{2};
  uint32_t used = 0;
  for (; cookie < count && used < buffer_size; ++cookie) {
    Node node;
    Dirent dirent;
    dirent.next = cookie + 1;
    if (cookie < 2) {
      dirent.inode = inode_of(cookie == 0 ? number : directory.parent);
      dirent.name_size = static_cast<uint32_t>(cookie) + 1;
      dirent.filetype = static_cast<uint32_t>(Filetype::kDirectory);
    } else {
      const uint32_t child = directory.data + static_cast<uint32_t>(cookie - 2);
      if (!read_node(child, node)) return Errno::kIo;
      dirent.inode = inode_of(child);
      dirent.name_size = node.name_size;
      dirent.filetype = static_cast<uint32_t>(filetype_of(node));
    }

    const uint32_t left = buffer_size - used;
    if (left < sizeof(Dirent)) {
      __builtin_memcpy(intrinsic::at(buffer + used), &dirent, left);
      used = buffer_size;
      break;
    }
    store(buffer + used, dirent);
    used += static_cast<uint32_t>(sizeof(Dirent));
    const uint32_t name_left = buffer_size - used;
    const uint32_t name_size = dirent.name_size < name_left ? dirent.name_size : name_left;
    if (cookie < 2) {
      __builtin_memset(intrinsic::at(buffer + used), '.', name_size);
    } else if (name_size != 0) {
      read_string(intrinsic::at(buffer + used),
                  node.string_offset + (node.string_size - node.name_size), name_size);
    }
    used += name_size;
  }
  store(result, used);
  return Errno::kSuccess;
}

}  // namespace

Errno fd_readdir(int32_t fd, uint32_t buffer, uint32_t buffer_size, uint64_t cookie,
                 uint32_t result) {
  SHIM_FORWARD(fd_readdir, is_guest(buffer, buffer_size) && is_guest(result, 4), fd, buffer,
               buffer_size, cookie, result);
  return readdir_packed(fd, buffer, buffer_size, cookie, result);
}

}  // namespace wasm_vfs::runtime
