// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fd_readdir. Entry 0 is `.`, entry 1 is `..`, and the directory's children follow in the order of
// their names; an entry's number is its cookie, so that any place is found at once. The last entry
// is cut where the buffer ends, which tells the guest that there are more.
// Of a merged directory the host's entries follow, without those that are packed. They are read into
// the scratch: in the guest's buffer the end would cut entries that are to be left out, and there are
// hosts that refuse a buffer which is smaller than an entry.
// Tested by tests/unit/shim/readdir_test.cc and union_test.cc, fuzzed by tests/fuzz/readdir_fuzz.cc.

#include "forward.h"
#include "region.h"
#include "resolve.h"
#include "stat.h"

namespace wasm_vfs::runtime {
namespace {

/// Bytes of a host's entry for which there is always room: more than any name has on the way to WASI.
inline constexpr uint32_t kMaxEntrySize = 1100;
static_assert(kMaxEntrySize <= kRestCapacity);

/// The guest's buffer, and how much of it is used.
struct Listing {
  uint32_t buffer;
  uint32_t size;
  uint32_t used;

  void append(const void* bytes, uint32_t count) {
    const uint32_t left = size - used;
    const uint32_t copied = count < left ? count : left;
    __builtin_memcpy(intrinsic::at(buffer + used), bytes, copied);
    used += copied;
  }
};

SHIM_NOINLINE void append_entry(Listing& listing, const Dirent& dirent, const uint8_t* name) {
  listing.append(&dirent, sizeof(dirent));
  listing.append(name, dirent.name_size);
}

/// Whether a name of the host's is one that the packed directory has given.
bool is_given(const Node& directory, const uint8_t* name, uint32_t size) {
  if (size == 0 || size > image::kMaxNameSize) return false;
  if (component_kind(name, size) != Component::kName) return true;
  Node node;
  return find_below(directory, name, size, node) != kNoNode;
}

/// Appends the host's entries from its cookie `from` on.
SHIM_NOINLINE Errno append_host_entries(uint32_t host_fd, const Node& directory, uint64_t from,
                                        Listing& listing) {
  const uint64_t packed_count = directory.size + uint64_t{2};
  // A host that gives each name once drops no more than this.
  uint64_t drops_left = packed_count;
  auto& lookup = scratch().lookup;
  const uint8_t* const entries = lookup.rest;
  while (true) {
    const uint32_t left = listing.size - listing.used;
    const uint32_t asked = left < kMaxEntrySize   ? kMaxEntrySize
                           : left < kRestCapacity ? left
                                                  : kRestCapacity;
    {
      const Pin pin;
      const Errno error = host::fd_readdir(static_cast<int32_t>(host_fd), address_of(entries),
                                           asked, from, address_of(lookup.result));
      if (error != Errno::kSuccess) return error;
    }
    const auto given = static_cast<uint32_t>(lookup.result[0]);
    if (given > asked) return Errno::kIo;
    uint32_t at = 0;
    while (given - at >= sizeof(Dirent)) {
      Dirent dirent;
      __builtin_memcpy(&dirent, entries + at, sizeof(dirent));
      const uint32_t name = at + static_cast<uint32_t>(sizeof(dirent));
      if (dirent.name_size > given - name) break;
      at = name + dirent.name_size;
      from = dirent.next;
      if (is_given(directory, entries + name, dirent.name_size)) {
        if (drops_left-- == 0) return Errno::kIo;
        continue;
      }
      dirent.next += packed_count;
      if (dirent.next < packed_count) return Errno::kOverflow;
      append_entry(listing, dirent, entries + name);
      if (listing.used == listing.size) return Errno::kSuccess;
    }
    if (given < asked) return Errno::kSuccess;
    if (at == 0) return Errno::kIo;
  }
}

SHIM_NOINLINE Errno readdir_packed(int32_t fd, uint32_t buffer, uint32_t buffer_size,
                                   uint64_t cookie, uint32_t result) {
  Node directory;
  const Entry* const entry = packed_entry(fd, directory);
  if (entry == nullptr || !is_directory(directory)) return Errno::kBadf;
  use_scratch();
  const uint32_t number = entry->target;
  const uint64_t count = directory.size + uint64_t{2};
  Listing listing = {buffer, buffer_size, 0};
  uint8_t* const name = scratch().lookup.held;
  for (; cookie < count && listing.used < buffer_size; ++cookie) {
    Dirent dirent;
    dirent.next = cookie + 1;
    if (cookie < 2) {
      dirent.inode = inode_of(cookie == 0 ? number : directory.parent);
      dirent.name_size = static_cast<uint32_t>(cookie) + 1;
      dirent.filetype = static_cast<uint32_t>(Filetype::kDirectory);
      name[0] = name[1] = '.';
    } else {
      const uint32_t child = directory.data + static_cast<uint32_t>(cookie - 2);
      Node node;
      if (!read_node_inline(child, node)) return Errno::kIo;
      dirent.inode = inode_of(child);
      dirent.name_size = node.name_size;
      dirent.filetype = static_cast<uint32_t>(filetype_of(node));
      read_string(name, node.string_offset + (node.string_size - node.name_size), node.name_size);
    }
    append_entry(listing, dirent, name);
  }
  if (may_merge() && entry->kind == EntryKind::kMerged && listing.used < buffer_size) {
    const Errno error = append_host_entries(static_cast<uint32_t>(entry->position), directory,
                                            cookie - count, listing);
    // Also if there are entries: guests take a buffer that is not full for the end.
    if (error != Errno::kSuccess) return error;
  }
  store(result, listing.used);
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
