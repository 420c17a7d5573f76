// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fd_readdir. Entry 0 is `.`, entry 1 is `..`, and the directory's children follow in the order of
// their names; an entry's number is its cookie, so that any place is found at once. The last entry
// is cut where the buffer ends, which tells the guest that there are more.
// Of a merged directory the host's entries follow, without those that are packed: they are read into
// the guest's buffer and dropped there, and the host is asked again for the room that became free.
// Tested by tests/unit/shim/readdir_test.cc, fuzzed by tests/fuzz/readdir_fuzz.cc.

#include "forward.h"
#include "region.h"
#include "resolve.h"
#include "stat.h"

namespace wasm_vfs::runtime {
namespace {

/// Whether a name of the host's is one that the packed directory has given: the buffer is the guest's.
bool is_given(const Node& directory, uint32_t name, uint32_t name_size) {
  const uint8_t* const bytes = intrinsic::at(name);
  if (name_size != 0 && name_size <= 2 && bytes[0] == '.' && bytes[name_size - 1] == '.') {
    return true;
  }
  Node node;
  return name_size != 0 && name_size <= image::kMaxNameSize &&
         find_below(directory, bytes, name_size, node) != kNoNode;
}

/// Appends the host's entries from its cookie `from` on to the `used` bytes of the guest's buffer.
SHIM_NOINLINE Errno append_host_entries(uint32_t host_fd, const Node& directory, uint32_t buffer,
                                        uint32_t buffer_size, uint64_t from, uint32_t& used) {
  const uint64_t packed_count = directory.size + uint64_t{2};
  // A host that gives each name once drops no more than this.
  uint64_t drops_left = packed_count;
  while (used < buffer_size) {
    const uint32_t asked = buffer_size - used;
    const uint32_t begin = buffer + used;
    uint32_t given;
    {
      const Pin pin;
      uint64_t* const result = scratch().lookup.result;
      const Errno error = host::fd_readdir(static_cast<int32_t>(host_fd), begin, asked, from,
                                           address_of(result));
      if (error != Errno::kSuccess) return error;
      given = static_cast<uint32_t>(*result);
    }
    if (given > asked) return Errno::kIo;
    bool dropped = false;
    uint32_t at = 0;    // of the host's bytes
    uint32_t kept = 0;  // bytes of them
    while (given - at >= sizeof(Dirent)) {
      Dirent dirent = load<Dirent>(begin + at);
      const uint64_t size = sizeof(Dirent) + uint64_t{dirent.name_size};
      if (size > given - at) break;
      from = dirent.next;
      if (is_given(directory, begin + at + static_cast<uint32_t>(sizeof(Dirent)),
                   dirent.name_size)) {
        if (drops_left-- == 0) return Errno::kIo;
        dropped = true;
      } else {
        dirent.next += packed_count;
        if (dirent.next < packed_count) return Errno::kOverflow;
        store(begin + at, dirent);
        __builtin_memmove(intrinsic::at(begin + kept), intrinsic::at(begin + at),
                          static_cast<uint32_t>(size));
        kept += static_cast<uint32_t>(size);
      }
      at += static_cast<uint32_t>(size);
    }
    const bool more = given == asked;
    if (dropped && more) {
      used += kept;
      continue;
    }
    // What is left is an entry that the buffer's end cuts.
    __builtin_memmove(intrinsic::at(begin + kept), intrinsic::at(begin + at), given - at);
    used += kept + (given - at);
    return Errno::kSuccess;
  }
  return Errno::kSuccess;
}

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
  if (may_merge() && entry->kind == EntryKind::kMerged && used < buffer_size) {
    const Errno error = append_host_entries(static_cast<uint32_t>(entry->position), directory,
                                            buffer, buffer_size, cookie - count, used);
    // Also if there are entries: guests take a buffer that is not full for the end.
    if (error != Errno::kSuccess) return error;
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
