// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Path resolution. Stored paths are canonical, so a path that the index knows needs no look at its
// characters: most calls are one hash look-up. What misses is walked: from the parent directory if
// that is known by its path, else component by component, because a `..` or a symbolic link means
// something only after what is before it (`file/../x` is ENOTDIR, `missing/../x` is ENOENT).
// Nothing leads above the directory that a path is relative to, except the target of an absolute
// link, which starts at the guest's root.
// Tested by tests/unit/shim/resolve_test.cc and fuzzed by tests/fuzz/path_fuzz.cc.

#include "resolve.h"

#include "descriptors.h"
#include "guest.h"
#include "state.h"

namespace wasm_vfs::runtime {
namespace {

/// The size of the UTF-8 sequence at the start of `bytes`, or 0 if it is none.
uint32_t utf8_sequence(const uint8_t* bytes, uint32_t size) {
  const uint8_t first = bytes[0];
  if (first < 0x80) return 1;
  uint32_t length;
  uint32_t code;
  if (first >= 0xc2 && first <= 0xdf) {
    length = 2;
    code = first & 0x1f;
  } else if ((first & 0xf0) == 0xe0) {
    length = 3;
    code = first & 0x0f;
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4;
    code = first & 0x07;
  } else {
    return 0;
  }
  if (length > size) return 0;
  for (uint32_t i = 1; i < length; ++i) {
    if ((bytes[i] & 0xc0) != 0x80) return 0;
    code = (code << 6) | (bytes[i] & 0x3f);
  }
  if (length == 3 && (code < 0x800 || (code >= 0xd800 && code <= 0xdfff))) return 0;
  if (length == 4 && (code < 0x10000 || code > 0x10ffff)) return 0;
  return length;
}

/// What Wasmtime says of a path before it looks for it.
Errno check_path(const uint8_t* path, uint32_t size) {
  bool has_nul = false;
  for (uint32_t i = 0; i < size;) {
    const uint32_t length = utf8_sequence(path + i, size - i);
    if (length == 0) return Errno::kIlseq;
    if (path[i] == 0) has_nul = true;
    i += length;
  }
  if (size == 0) return Errno::kNoent;
  if (has_nul) return Errno::kInval;
  if (size > image::kMaxPathSize) return Errno::kNametoolong;
  return Errno::kSuccess;
}

/// Finds `name` below a directory. kNoNode if it is not there.
uint32_t find_below(const Node& directory, const uint8_t* name, uint32_t name_size, Node& node) {
  if (directory.string_size == 0) return find_path(name, name_size, node);
  const uint32_t prefix = directory.string_size + 1u;
  if (prefix + name_size > image::kMaxPathSize) return kNoNode;
  uint8_t* const path = scratch().lookup.path;
  read_string(path, directory.string_offset, directory.string_size);
  path[prefix - 1] = '/';
  __builtin_memcpy(path + prefix, name, name_size);
  return find_path(path, prefix + name_size, node);
}

/// A walk: where it is, and what is left of the path, at the end of Scratch::lookup.rest.
struct Walk {
  uint32_t number;  // of the directory reached
  Node node;
  uint32_t top;     // the directory that `..` must not leave
  bool at_root;     // an absolute link has been followed: `top` is the guest's root
  uint32_t links;
  uint32_t begin;
};

/// Puts the target of a link before what is left of the path from `after` on.
Errno follow_link(Walk& walk, const Node& link, uint32_t after) {
  if (++walk.links > kMaxSymlinks) return Errno::kLoop;
  if (link.size == 0) return Errno::kNoent;
  if (link.size > after) return Errno::kNametoolong;
  uint8_t* const rest = scratch().lookup.rest;
  walk.begin = after - link.size;
  read_string(rest + walk.begin, link.data, link.size);
  if (rest[walk.begin] == '/') {
    walk.number = walk.top = kRootNode;
    walk.at_root = true;
    read_node(kRootNode, walk.node);
  }
  return Errno::kSuccess;
}

void run_walk(Walk& walk, bool follow, Resolved& result) {
  const uint8_t* const rest = scratch().lookup.rest;
  result.error = Errno::kSuccess;
  result.last = LastComponent::kDot;
  while (true) {
    while (walk.begin < kRestCapacity && rest[walk.begin] == '/') ++walk.begin;
    if (walk.begin == kRestCapacity) break;

    const uint8_t* const name = rest + walk.begin;
    uint32_t after = walk.begin;
    while (after < kRestCapacity && rest[after] != '/') ++after;
    const uint32_t name_size = after - walk.begin;
    uint32_t next = after;
    while (next < kRestCapacity && rest[next] == '/') ++next;
    const bool final = next == kRestCapacity;
    result.trailing_slash = final && after != next;
    walk.begin = after;

    if (name_size == 1 && name[0] == '.') {
      result.last = LastComponent::kDot;
      continue;
    }
    if (name_size == 2 && name[0] == '.' && name[1] == '.') {
      result.last = LastComponent::kDotDot;
      if (walk.number != walk.top) {
        walk.number = walk.node.parent;
        read_node(walk.number, walk.node);
      } else if (!walk.at_root) {
        result.error = Errno::kPerm;
        return;
      }
      continue;
    }

    result.last = LastComponent::kName;
    result.has_parent = final;
    if (name_size > image::kMaxNameSize) {
      result.error = Errno::kNametoolong;
      return;
    }
    const uint32_t child = find_below(walk.node, name, name_size, result.node);
    if (child == kNoNode) {
      result.error = Errno::kNoent;
      return;
    }
    if (is_directory(result.node)) {
      walk.number = child;
      walk.node = result.node;
    } else if (is_symlink(result.node)) {
      if (after == kRestCapacity && !follow) {
        result.number = child;
        return;
      }
      const Errno error = follow_link(walk, result.node, after);
      if (error != Errno::kSuccess) {
        result.error = error;
        result.has_parent = false;
        return;
      }
    } else if (after != kRestCapacity) {
      result.error = Errno::kNotdir;
      return;
    } else {
      result.number = child;
      return;
    }
  }
  result.number = walk.number;
  result.node = walk.node;
}

/// The path without its last component; 0 if it has but one, or is anything but plain names.
uint32_t plain_parent(const uint8_t* path, uint32_t size) {
  uint32_t parent = 0;
  uint32_t start = 0;
  for (uint32_t i = 0; i <= size; ++i) {
    if (i < size && path[i] != '/') continue;
    const uint32_t length = i - start;
    if (length == 0 || length > image::kMaxNameSize) return 0;
    if (path[start] == '.' && (length == 1 || (length == 2 && path[start + 1] == '.'))) return 0;
    if (i < size) {
      parent = i;
      start = i + 1;
    }
  }
  return parent;
}

SHIM_NOINLINE void resolve_by_walk(uint32_t base, const Node& base_node, const uint8_t* path,
                                   uint32_t size, bool follow, Resolved& result) {
  result.error = check_path(path, size);
  if (result.error != Errno::kSuccess) return;
  if (path[0] == '/') {
    result.error = Errno::kPerm;
    return;
  }
  Walk walk = {base, base_node, base, false, 0, kRestCapacity - size};
  const uint32_t parent = plain_parent(path, size);
  if (parent != 0) {
    const uint32_t found = find_below(base_node, path, parent, result.node);
    if (found != kNoNode && is_directory(result.node)) {
      walk.number = found;
      walk.node = result.node;
      walk.begin += parent;
    }
  }
  __builtin_memcpy(scratch().lookup.rest + (kRestCapacity - size), path, size);
  run_walk(walk, follow, result);
}

SHIM_NOINLINE void resolve_by_link(uint32_t base, bool follow, Resolved& result) {
  Walk walk = {result.node.parent, {}, base, false, 0, kRestCapacity};
  read_node(walk.number, walk.node);
  const Node link = result.node;
  result.error = follow_link(walk, link, kRestCapacity);
  if (result.error == Errno::kSuccess) run_walk(walk, follow, result);
}

}  // namespace

SHIM_NOINLINE void resolve_at(int32_t fd, uint32_t path, uint32_t path_size, bool follow,
                              Errno not_directory, Resolved& result) {
  result.last = LastComponent::kName;
  result.trailing_slash = false;
  result.has_parent = false;
  Node base_node;
  const Entry* const entry = packed_entry(fd, base_node);
  if (entry == nullptr) {
    result.error = Errno::kBadf;
    return;
  }
  if (!is_directory(base_node)) {
    result.error = not_directory;
    return;
  }
  if (!is_guest(path, path_size)) {
    result.error = Errno::kFault;
    return;
  }
  const uint32_t base = entry->target;
  const uint8_t* const bytes = intrinsic::at(path);
  if (path_size != 0 && path_size <= image::kMaxPathSize) {
    result.number = find_below(base_node, bytes, path_size, result.node);
    if (result.number != kNoNode) {
      result.error = Errno::kSuccess;
      if (follow && is_symlink(result.node)) resolve_by_link(base, follow, result);
      return;
    }
  }
  resolve_by_walk(base, base_node, bytes, path_size, follow, result);
}

}  // namespace wasm_vfs::runtime
