// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Path resolution. Stored paths are canonical, so a path that the index knows needs no look at its
// characters: most calls are one hash look-up. What misses is walked: from the parent directory if
// that is known by its path, else component by component, because a `..` or a symbolic link means
// something only after what is before it (`file/../x` is ENOTDIR, `missing/../x` is ENOENT).
// Nothing leads above the directory that a path is relative to, except the target of an absolute
// link, which starts at the guest's root.
//
// What a walk misses is the host's, if the host has a directory at the place of the packed one that
// has been reached: the rest of the path goes there. Where `..` may lead back, the host is asked for
// each component on the way, since only a directory can be left by `..` to where it was entered.
// Tested by tests/unit/shim/resolve_test.cc and union_test.cc, fuzzed by tests/fuzz/path_fuzz.cc.

#include "resolve.h"

#include "guest.h"

namespace wasm_vfs::runtime {
namespace {

/// The size of the UTF-8 sequence at the start of `bytes`, or 0 if it is none.
uint32_t utf8_sequence(const uint8_t* bytes, uint32_t size) {
  const uint8_t first = bytes[0];
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const uint32_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (length > size) return 0;
  uint32_t code = first & (0x7fu >> length);
  for (uint32_t i = 1; i < length; ++i) {
    if ((bytes[i] & 0xc0) != 0x80) return 0;
    code = (code << 6) | (bytes[i] & 0x3f);
  }
  const uint32_t least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
  const bool is_surrogate = code >> 11 == 0xd800 >> 11;
  return code < least || code > 0x10ffff || is_surrogate ? 0 : length;
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

}  // namespace

SHIM_NOINLINE Component component_kind(const uint8_t* name, uint32_t size) {
  if (size == 0) return Component::kDot;
  if (size > 2 || name[0] != '.' || name[size - 1] != '.') return Component::kName;
  return size == 1 ? Component::kDot : Component::kDotDot;
}

SHIM_NOINLINE uint32_t find_below(const Node& directory, const uint8_t* name, uint32_t name_size, Node& node) {
  if (directory.string_size == 0) return find_path(name, name_size, node);
  const uint32_t prefix = directory.string_size + 1u;
  if (prefix + name_size > image::kMaxPathSize) return kNoNode;
  uint8_t* const path = scratch().lookup.path;
  read_string(path, directory.string_offset, directory.string_size);
  path[prefix - 1] = '/';
  __builtin_memcpy(path + prefix, name, name_size);
  return find_path(path, prefix + name_size, node);
}

namespace {

/// A walk: where it is, and what is left of the path, at the end of Scratch::lookup.rest.
struct Walk {
  uint32_t number;  // of the directory reached
  Node node;
  uint32_t top;     // the directory that `..` must not leave
  bool at_root;     // an absolute link has been followed: `top` is the guest's root
  uint32_t links;
  uint32_t begin;
  uint32_t through;  // the guest's descriptor that the path is relative to
};

/// A directory of the host's, and the packed one at whose place it lies.
struct HostDirectory {
  uint32_t fd;
  uint32_t node;
};

/// A walk from the directory open at `fd`, which is still to be entered.
SHIM_NOINLINE void begin_walk(Walk& walk, uint32_t fd, uint32_t begin) {
  walk.top = entry_of(fd).target;
  walk.at_root = false;
  walk.links = 0;
  walk.begin = begin;
  walk.through = fd;
}

/// Goes to a directory whose node has been read.
SHIM_NOINLINE void enter(Walk& walk, uint32_t number, const Node& node) {
  walk.number = number;
  walk.node = node;
}

/// The same, and reads the node.
SHIM_NOINLINE void enter(Walk& walk, uint32_t number) {
  walk.number = number;
  read_node(number, walk.node);
}

/// Finds the host's directory that holds what the packed directory `number` lacks, reached through
/// the guest's descriptor `through`: that descriptor's own, else the preopen that lies deepest.
SHIM_NOINLINE bool find_host_directory(uint32_t through, uint32_t number, HostDirectory& found) {
  const State& s = state();
  const Entry& own = entry_of(through);
  found.fd = kNoHost;
  if (own.kind == EntryKind::kMerged && is_at_or_below(number, own.target)) {
    found = {static_cast<uint32_t>(own.position), own.target};
    return true;
  }
  for (uint32_t fd = 0; fd < s.merged_preopens && fd < kTableSize; ++fd) {
    const Entry& entry = entry_of(fd);
    if (entry.kind != EntryKind::kMerged || entry.preopen < Preopen::kHostRelative) continue;
    // Of the directories above a node, the deeper has the greater number.
    if (found.fd != kNoHost && entry.target < found.node) continue;
    if (!is_at_or_below(number, entry.target)) continue;
    found = {static_cast<uint32_t>(entry.position), entry.target};
  }
  return found.fd != kNoHost;
}

/// Puts the path of a packed directory, relative to one above it, at the start of Scratch::lookup.path.
/// Returns its size.
SHIM_NOINLINE uint32_t put_relative_path(const Node& directory, uint32_t above) {
  Node node;
  if (!read_node(above, node)) return 0;
  const uint32_t skipped = node.string_size == 0 ? 0 : node.string_size + 1u;
  if (directory.string_size <= skipped) return 0;
  const uint32_t size = directory.string_size - skipped;
  read_string(scratch().lookup.path, directory.string_offset + skipped, size);
  return size;
}

/// Where the component of Scratch::lookup.rest ends that begins at `at`.
SHIM_NOINLINE uint32_t component_end(uint32_t at) {
  const uint8_t* const rest = scratch().lookup.rest;
  while (at < kRestCapacity && rest[at] != '/') ++at;
  return at;
}

/// Whether a component of Scratch::lookup.rest, from `at` on, is `..`.
bool has_dot_dot(uint32_t at) {
  const uint8_t* const rest = scratch().lookup.rest;
  for (; at < kRestCapacity; ++at) {
    const uint32_t end = component_end(at);
    if (component_kind(rest + at, end - at) == Component::kDotDot) return true;
    at = end;
  }
  return false;
}

/// The attributes' file type of a path of the host's, not following a link; kUnknown and `error` if
/// there are none.
SHIM_NOINLINE Filetype host_filetype(uint32_t host_fd, uint32_t path_size, Errno& error) {
  auto& lookup = scratch().lookup;
  const Pin pin;
  error = host::path_filestat_get(static_cast<int32_t>(host_fd), 0, address_of(lookup.path),
                                  path_size, address_of(lookup.result));
  if (error != Errno::kSuccess) return Filetype::kUnknown;
  return static_cast<Filetype>(reinterpret_cast<const uint8_t*>(
      lookup.result)[offsetof(Filestat, filetype)]);
}

/// Goes on where the walk missed the component at `begin`. True if `..` led back to the packed
/// directory, where the walk continues; else `result` has the host's place of the path, or an error.
SHIM_NOINLINE bool walk_host(Walk& walk, uint32_t begin, Resolved& result) {
  HostDirectory directory;
  if (!find_host_directory(walk.through, walk.number, directory)) return false;
  auto& lookup = scratch().lookup;
  uint8_t* const path = lookup.path;
  const uint8_t* const rest = lookup.rest;
  uint32_t prefix = put_relative_path(walk.node, directory.node);
  if (prefix != 0) path[prefix++] = '/';
  uint32_t size = prefix;
  uint32_t at = begin;
  while (constant::has_path_filestat_get() && has_dot_dot(at)) {
    const uint32_t end = component_end(at);
    const uint32_t name_size = end - at;
    const Component kind = component_kind(rest + at, name_size);
    if (kind == Component::kDotDot) {
      --size;
      while (size > prefix && path[size - 1] != '/') --size;
      if (size == prefix) {
        result.last = Component::kDotDot;
        walk.begin = end;
        return true;
      }
    } else if (kind == Component::kName) {
      if (size + name_size >= image::kMaxPathSize) {
        result.error = Errno::kNametoolong;
        return false;
      }
      __builtin_memcpy(path + size, rest + at, name_size);
      size += name_size;
      const Filetype type = host_filetype(directory.fd, size, result.error);
      if (result.error != Errno::kSuccess) {
        // The host has something else in place of the packed directory.
        if (result.error == Errno::kNotdir && at == begin) result.error = Errno::kNoent;
        return false;
      }
      if (type == Filetype::kSymbolicLink) {
        size = prefix;
        at = begin;
        break;
      }
      if (type != Filetype::kDirectory) {
        result.error = Errno::kNotdir;
        return false;
      }
      path[size++] = '/';
    }
    at = end < kRestCapacity ? end + 1 : end;
  }
  const uint32_t left = kRestCapacity - at;
  if (size + left > image::kMaxPathSize) {
    result.error = Errno::kNametoolong;
    result.has_parent = false;
    return false;
  }
  __builtin_memcpy(path + size, rest + at, left);
  result.host_fd = directory.fd;
  result.host_path = address_of(path);
  result.host_path_size = size + left;
  result.host_directory_size = prefix;
  return false;
}

/// Puts the target of a link before what is left of the path from `after` on.
Errno follow_link(Walk& walk, const Node& link, uint32_t after) {
  if (++walk.links > kMaxSymlinks) return Errno::kLoop;
  if (link.size == 0) return Errno::kNoent;
  if (link.size > after) return Errno::kNametoolong;
  uint8_t* const rest = scratch().lookup.rest;
  walk.begin = after - link.size;
  read_string(rest + walk.begin, link.data, link.size);
  if (rest[walk.begin] == '/') {
    walk.top = kRootNode;
    walk.at_root = true;
    enter(walk, kRootNode);
  }
  return Errno::kSuccess;
}

void run_walk(Walk& walk, bool follow, Resolved& result) {
  const uint8_t* const rest = scratch().lookup.rest;
  result.error = Errno::kSuccess;
  result.last = Component::kDot;
  while (true) {
    while (walk.begin < kRestCapacity && rest[walk.begin] == '/') ++walk.begin;
    if (walk.begin == kRestCapacity) break;

    const uint8_t* const name = rest + walk.begin;
    const uint32_t after = component_end(walk.begin);
    const uint32_t name_size = after - walk.begin;
    uint32_t next = after;
    while (next < kRestCapacity && rest[next] == '/') ++next;
    const bool final = next == kRestCapacity;
    result.trailing_slash = final && after != next;
    const uint32_t begin = walk.begin;
    walk.begin = after;

    result.last = component_kind(name, name_size);
    if (result.last == Component::kDot) continue;
    if (result.last == Component::kDotDot) {
      if (walk.number != walk.top) {
        enter(walk, walk.node.parent);
      } else if (!walk.at_root) {
        result.error = Errno::kPerm;
        return;
      }
      continue;
    }

    result.has_parent = final;
    const bool too_long = name_size > image::kMaxNameSize;
    const uint32_t child =
        too_long ? kNoNode : find_below(walk.node, name, name_size, result.node);
    if (child == kNoNode) {
      if (may_merge() && walk_host(walk, begin, result)) continue;
      if (result.error == Errno::kSuccess) {
        result.error = too_long ? Errno::kNametoolong : Errno::kNoent;
      }
      return;
    }
    if (is_directory(result.node)) {
      enter(walk, child, result.node);
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

/// The size of the path without its last component; 0 if it has but one, or ends with a slash.
uint32_t parent_size(const uint8_t* path, uint32_t size) {
  if (path[--size] == '/') return 0;
  while (size != 0 && path[size] != '/') --size;
  return size;
}

SHIM_NOINLINE void resolve_by_walk(uint32_t fd, const Node& base_node, uint32_t address,
                                   uint32_t size, bool follow, Resolved& result) {
  const uint8_t* const path = intrinsic::at(address);
  const Entry& entry = entry_of(fd);
  result.error = check_path(path, size);
  if (result.error == Errno::kSuccess && path[0] == '/') result.error = Errno::kPerm;
  if (result.error != Errno::kSuccess) {
    if (entry.kind == EntryKind::kMerged) {
      result.host_fd = static_cast<uint32_t>(entry.position);
      result.host_path = address;
      result.host_path_size = size;
      result.host_directory_size = 0;
    }
    return;
  }
  Walk walk;
  begin_walk(walk, fd, kRestCapacity - size);
  enter(walk, walk.top, base_node);
  // A path that is found has neither `..` nor links in it, so the walk can begin behind it.
  if (const uint32_t parent = parent_size(path, size); parent != 0) {
    const uint32_t found = find_below(base_node, path, parent, result.node);
    if (found != kNoNode && is_directory(result.node)) {
      enter(walk, found, result.node);
      walk.begin += parent;
    }
  }
  __builtin_memcpy(scratch().lookup.rest + (kRestCapacity - size), path, size);
  run_walk(walk, follow, result);
}

SHIM_NOINLINE void resolve_by_link(uint32_t fd, bool follow, Resolved& result) {
  Walk walk;
  begin_walk(walk, fd, kRestCapacity);
  enter(walk, result.node.parent);
  result.error = follow_link(walk, result.node, kRestCapacity);
  if (result.error == Errno::kSuccess) run_walk(walk, follow, result);
}

}  // namespace

SHIM_NOINLINE void resolve_at(int32_t fd, uint32_t path, uint32_t path_size, bool follow,
                              Errno not_directory, Resolved& result) {
  result.last = Component::kName;
  result.trailing_slash = false;
  result.has_parent = false;
  result.host_fd = kNoHost;
  use_scratch();
  Node base_node;
  if (packed_entry_inline(fd, base_node) == nullptr) {
    result.error = Errno::kBadf;
    return;
  }
  if (!is_directory(base_node)) {
    result.error = not_directory;
    return;
  }
  if (!is_guest_inline(path, path_size)) {
    result.error = Errno::kFault;
    return;
  }
  const auto number = static_cast<uint32_t>(fd);
  if (path_size != 0 && path_size <= image::kMaxPathSize) {
    result.number = find_below(base_node, intrinsic::at(path), path_size, result.node);
    if (result.number != kNoNode) {
      result.error = Errno::kSuccess;
      if (follow && is_symlink(result.node)) resolve_by_link(number, follow, result);
      return;
    }
  }
  resolve_by_walk(number, base_node, path, path_size, follow, result);
}

SHIM_NOINLINE void resolve_name(int32_t fd, uint32_t path, uint32_t path_size, Resolved& result) {
  uint32_t size = path_size;
  // A path that is too long is so with its slashes.
  while (size > 1 && size <= image::kMaxPathSize && load<uint8_t>(path + size - 1) == '/') --size;
  resolve_at(fd, path, size, false, Errno::kNotdir, result);
  result.trailing_slash = size != path_size;
  if (!result.is_host() || size == path_size) return;
  // The host is asked with the slash, for which there is room: the path was shorter than before.
  if (result.host_path == path) {
    result.host_path_size = path_size;
  } else {
    scratch().lookup.path[result.host_path_size++] = '/';
  }
}

SHIM_NOINLINE Errno after_host(const Resolved& found, Creates creates, Errno error) {
  const bool made = creates == Creates::kYes && found.has_parent;
  if (error != Errno::kNotdir && (error != Errno::kNoent || !made)) return error;
  // Without a directory in the path, it is the host's own that has been asked.
  if (found.host_directory_size == 0) return error;
  if (constant::has_path_filestat_get()) {
    Errno missing;
    const Filetype type = host_filetype(found.host_fd, found.host_directory_size, missing);
    if (type == Filetype::kDirectory) return error;
  } else if (error == Errno::kNotdir) {
    return error;
  }
  return made ? Errno::kRofs : Errno::kNoent;
}

SHIM_NOINLINE uint32_t canonical_path(const uint8_t* path, uint32_t size, uint8_t* canonical) {
  uint32_t used = 0;
  uint32_t start = 0;
  for (uint32_t i = 0; i <= size; ++i) {
    if (i < size && path[i] != '/') continue;
    const uint32_t length = i - start;
    const uint8_t* const name = path + start;
    start = i + 1;
    const Component kind = component_kind(name, length);
    if (kind == Component::kDot) continue;
    if (kind == Component::kDotDot) return kNoNode;
    if (used != 0) canonical[used++] = '/';
    __builtin_memcpy(canonical + used, name, length);
    used += length;
  }
  return used;
}

SHIM_NOINLINE bool is_at_or_below(uint32_t number, uint32_t ancestor) {
  Node node;
  // A directory comes before what lies in it.
  while (number > ancestor && read_node(number, node)) number = node.parent;
  return number == ancestor;
}

SHIM_NOINLINE void merge_with_host(uint32_t fd, uint32_t through, Rights base, Rights inheriting) {
  const uint32_t number = entry_of(fd).target;
  auto& lookup = scratch().lookup;
  HostDirectory directory;
  Node node;
  if (!read_node(number, node) || !find_host_directory(through, number, directory)) return;
  const auto host_fd = static_cast<int32_t>(directory.fd);
  // A host refuses to open with rights that a directory does not pass on.
  if (constant::has_fd_fdstat_get()) {
    if (ask_host_fdstat(directory.fd) != Errno::kSuccess) return;
    Rights passed_on;
    __builtin_memcpy(&passed_on, state().result + offsetof(Fdstat, rights_inheriting),
                     sizeof(passed_on));
    base &= passed_on;
    inheriting &= passed_on;
  }
  uint32_t size = put_relative_path(node, directory.node);
  if (size == 0) lookup.path[size++] = '.';
  const Pin pin;
  // No directory can be opened for writing.
  const Errno error = host::path_open(host_fd, 0, address_of(lookup.path), size, kOflagDirectory,
                                      base & ~kRightFdWrite, inheriting, 0,
                                      address_of(lookup.result));
  if (error != Errno::kSuccess) return;
  const auto opened = static_cast<uint32_t>(lookup.result[0]);
  // The host may have come back to the guest.
  const Entry& entry = entry_of(fd);
  if (entry.kind == EntryKind::kPacked && entry.target == number) {
    set_entry(fd, {number, EntryKind::kMerged, entry.preopen, 0, opened});
  } else if (constant::has_fd_close()) {
    host::fd_close(static_cast<int32_t>(opened));
  }
}

}  // namespace wasm_vfs::runtime
