// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The calls that change a directory. For what is packed, the answers are those of Linux on a read-only
// mount, in its order: the parent directory is looked for first; creating asks then whether the name
// is taken; removing and renaming do not even look at the name before they say EROFS. What is not
// packed is the host's to change, where the host has the directory.
// Tested by tests/unit/shim/path_change_test.cc and union_test.cc.

#include "forward.h"
#include "resolve.h"
#include "stat.h"

namespace wasm_vfs::runtime {
namespace {

/// What creating a packed name answers. `directory` allows a trailing slash.
Errno refuse_create(const Resolved& found, bool directory) {
  if (found.error == Errno::kSuccess) return Errno::kExist;
  if (found.error != Errno::kNoent || !found.has_parent) return found.error;
  return found.trailing_slash && !directory ? Errno::kNoent : Errno::kRofs;
}

/// What removing or renaming a packed name answers, with `dot` and `dot_dot` for the names that
/// cannot be.
Errno refuse_remove(const Resolved& found, Errno dot, Errno dot_dot) {
  const bool parent_exists = found.error == Errno::kSuccess || found.has_parent;
  if (!parent_exists) return found.error;
  if (found.last == LastComponent::kDot) return dot;
  if (found.last == LastComponent::kDotDot) return dot_dot;
  return Errno::kRofs;
}

SHIM_NOINLINE Errno create_directory(int32_t fd, uint32_t path, uint32_t path_size) {
  Resolved found;
  resolve_name(fd, path, path_size, found);
  if (!found.is_host()) return refuse_create(found, true);
  return ask_host(found, Creates::kYes, host::path_create_directory);
}

SHIM_NOINLINE Errno create_symlink(uint32_t target, uint32_t target_size, int32_t fd, uint32_t path,
                                   uint32_t path_size) {
  if (target_size == 0) return Errno::kNoent;
  if (target_size > image::kMaxPathSize) return Errno::kNametoolong;
  Resolved found;
  resolve_name(fd, path, path_size, found);
  if (!found.is_host()) return refuse_create(found, false);
  return ask_host(found, Creates::kYes,
                  [&](int32_t host_fd, uint32_t host_path, uint32_t size) {
                    return host::path_symlink(target, target_size, host_fd, host_path, size);
                  });
}

SHIM_NOINLINE Errno unlink_file(int32_t fd, uint32_t path, uint32_t path_size) {
  Resolved found;
  resolve_name(fd, path, path_size, found);
  if (!found.is_host()) return refuse_remove(found, Errno::kIsdir, Errno::kIsdir);
  return ask_host(found, Creates::kNo, host::path_unlink_file);
}

SHIM_NOINLINE Errno remove_directory(int32_t fd, uint32_t path, uint32_t path_size) {
  Resolved found;
  resolve_name(fd, path, path_size, found);
  if (!found.is_host()) return refuse_remove(found, Errno::kInval, Errno::kNotempty);
  return ask_host(found, Creates::kNo, host::path_remove_directory);
}

SHIM_NOINLINE Errno set_times(int32_t fd, uint32_t lookupflags, uint32_t path, uint32_t path_size,
                              uint64_t access, uint64_t modification, uint32_t which) {
  if ((lookupflags & ~kLookupSymlinkFollow) != 0 || !are_valid_time_flags(which)) {
    return Errno::kInval;
  }
  Resolved found;
  resolve_at(fd, path, path_size, (lookupflags & kLookupSymlinkFollow) != 0, Errno::kNotdir, found);
  if (found.is_host()) {
    return ask_host(found, Creates::kNo, [&](int32_t host_fd, uint32_t host_path, uint32_t size) {
      return host::path_filestat_set_times(host_fd, lookupflags, host_path, size, access,
                                           modification, which);
    });
  }
  return found.error == Errno::kSuccess ? Errno::kRofs : found.error;
}

/// One side of a link or a renaming: a path relative to one of the guest's descriptors.
struct Side {
  int32_t fd;
  int64_t host_fd;  // what host_descriptor() says of it
  uint32_t path;
  uint32_t path_size;
};

/// Whether a descriptor that is left to the host is open there.
bool is_open_side(const Side& side) {
  return side.host_fd < 0 || is_open(static_cast<uint32_t>(side.fd));
}

/// What a path relative to a descriptor of the host's is.
void leave_to_host(const Side& side, Resolved& found) {
  found.error = Errno::kNoent;
  found.has_parent = false;
  found.host_fd = static_cast<uint32_t>(side.host_fd);
  found.host_path = side.path;
  found.host_path_size = side.path_size;
  found.host_directory_size = 0;
}

/// Keeps the path for the host while another is resolved.
void hold_path(Resolved& found) {
  auto& lookup = scratch().lookup;
  if (found.host_fd == kNoHost || found.host_path != address_of(lookup.path)) return;
  __builtin_memcpy(lookup.held, lookup.path, found.host_path_size);
  found.host_path = address_of(lookup.held);
}

/// A link of which at least one side is packed or merged.
SHIM_NOINLINE Errno link_packed(int32_t old_fd, int64_t old_host, uint32_t lookupflags,
                                uint32_t old_path, uint32_t old_path_size, int32_t new_fd,
                                int64_t new_host, uint32_t new_path, uint32_t new_path_size) {
  const Side from = {old_fd, old_host, old_path, old_path_size};
  const Side to = {new_fd, new_host, new_path, new_path_size};
  if (!is_open_side(from) || !is_open_side(to)) return Errno::kBadf;
  if ((lookupflags & ~kLookupSymlinkFollow) != 0) return Errno::kInval;
  Resolved found;
  if (from.host_fd >= 0) {
    leave_to_host(from, found);
  } else {
    resolve_at(from.fd, from.path, from.path_size, (lookupflags & kLookupSymlinkFollow) != 0,
               Errno::kNotdir, found);
    if (!found.is_host() && found.error != Errno::kSuccess) return found.error;
    hold_path(found);
  }
  Resolved created;
  if (to.host_fd >= 0) {
    leave_to_host(to, created);
  } else {
    resolve_name(to.fd, to.path, to.path_size, created);
    if (created.host_fd == kNoHost) return refuse_create(created, false);
  }
  if (!may_merge() || found.host_fd == kNoHost) return Errno::kXdev;
  return ask_host(created, Creates::kYes,
                  [&](int32_t host_fd, uint32_t host_path, uint32_t size) {
                    return host::path_link(static_cast<int32_t>(found.host_fd), lookupflags,
                                           found.host_path, found.host_path_size, host_fd,
                                           host_path, size);
                  });
}

/// Resolves one side of a renaming; kXdev if it is the host's.
Errno resolve_renamed(const Side& side, Resolved& found) {
  if (side.host_fd >= 0) {
    leave_to_host(side, found);
  } else {
    resolve_name(side.fd, side.path, side.path_size, found);
  }
  return found.host_fd != kNoHost ? Errno::kXdev
                                  : refuse_remove(found, Errno::kBusy, Errno::kBusy);
}

/// A renaming of which at least one side is packed or merged.
SHIM_NOINLINE Errno rename_packed(int32_t old_fd, int64_t old_host, uint32_t old_path,
                                  uint32_t old_path_size, int32_t new_fd, int64_t new_host,
                                  uint32_t new_path, uint32_t new_path_size) {
  const Side from = {old_fd, old_host, old_path, old_path_size};
  const Side to = {new_fd, new_host, new_path, new_path_size};
  if (!is_open_side(from) || !is_open_side(to)) return Errno::kBadf;
  const auto is_settled = [](Errno error) {
    return error != Errno::kXdev && error != Errno::kRofs && error != Errno::kBusy;
  };
  Resolved old;
  const Errno old_error = resolve_renamed(from, old);
  if (is_settled(old_error)) return old_error;
  hold_path(old);
  Resolved renamed;
  const Errno new_error = resolve_renamed(to, renamed);
  if (is_settled(new_error)) return new_error;
  if (old.host_fd == kNoHost && renamed.host_fd == kNoHost) {
    return old_error == Errno::kBusy ? old_error : new_error;
  }
  if (!may_merge() || old.host_fd == kNoHost || renamed.host_fd == kNoHost) return Errno::kXdev;
  const Errno error = ask_host(
      renamed, Creates::kYes, [&](int32_t host_fd, uint32_t host_path, uint32_t size) {
        return host::path_rename(static_cast<int32_t>(old.host_fd), old.host_path,
                                 old.host_path_size, host_fd, host_path, size);
      });
  // A directory that is packed only is on another file system than what the host has.
  return error == Errno::kRofs ? Errno::kXdev : error;
}

}  // namespace

Errno path_create_directory(int32_t fd, uint32_t path, uint32_t path_size) {
  SHIM_FORWARD(path_create_directory, is_guest(path, path_size), fd, path, path_size);
  return create_directory(fd, path, path_size);
}

Errno path_symlink(uint32_t target, uint32_t target_size, int32_t fd, uint32_t path,
                   uint32_t path_size) {
  const int64_t host_fd = host_descriptor(fd);
  if (!is_guest(target, target_size) || !is_guest(path, path_size)) return Errno::kFault;
  if (host_fd == kBadDescriptor) return Errno::kBadf;
  if (host_fd == kPackedDescriptor) return create_symlink(target, target_size, fd, path, path_size);
  return host::path_symlink(target, target_size, static_cast<int32_t>(host_fd), path, path_size);
}

Errno path_unlink_file(int32_t fd, uint32_t path, uint32_t path_size) {
  SHIM_FORWARD(path_unlink_file, is_guest(path, path_size), fd, path, path_size);
  return unlink_file(fd, path, path_size);
}

Errno path_remove_directory(int32_t fd, uint32_t path, uint32_t path_size) {
  SHIM_FORWARD(path_remove_directory, is_guest(path, path_size), fd, path, path_size);
  return remove_directory(fd, path, path_size);
}

Errno path_filestat_set_times(int32_t fd, uint32_t lookupflags, uint32_t path, uint32_t path_size,
                              uint64_t access, uint64_t modification, uint32_t which) {
  SHIM_FORWARD(path_filestat_set_times, is_guest(path, path_size), fd, lookupflags, path,
               path_size, access, modification, which);
  return set_times(fd, lookupflags, path, path_size, access, modification, which);
}

Errno path_link(int32_t old_fd, uint32_t lookupflags, uint32_t old_path, uint32_t old_path_size,
                int32_t new_fd, uint32_t new_path, uint32_t new_path_size) {
  const int64_t old_host = host_descriptor(old_fd);
  const int64_t new_host = host_descriptor(new_fd);
  if (!is_guest(old_path, old_path_size) || !is_guest(new_path, new_path_size)) {
    return Errno::kFault;
  }
  if (old_host == kBadDescriptor || new_host == kBadDescriptor) return Errno::kBadf;
  if (old_host >= 0 && new_host >= 0) {
    return host::path_link(static_cast<int32_t>(old_host), lookupflags, old_path, old_path_size,
                           static_cast<int32_t>(new_host), new_path, new_path_size);
  }
  return link_packed(old_fd, old_host, lookupflags, old_path, old_path_size, new_fd, new_host,
                     new_path, new_path_size);
}

Errno path_rename(int32_t old_fd, uint32_t old_path, uint32_t old_path_size, int32_t new_fd,
                  uint32_t new_path, uint32_t new_path_size) {
  const int64_t old_host = host_descriptor(old_fd);
  const int64_t new_host = host_descriptor(new_fd);
  if (!is_guest(old_path, old_path_size) || !is_guest(new_path, new_path_size)) {
    return Errno::kFault;
  }
  if (old_host == kBadDescriptor || new_host == kBadDescriptor) return Errno::kBadf;
  if (old_host >= 0 && new_host >= 0) {
    return host::path_rename(static_cast<int32_t>(old_host), old_path, old_path_size,
                             static_cast<int32_t>(new_host), new_path, new_path_size);
  }
  return rename_packed(old_fd, old_host, old_path, old_path_size, new_fd, new_host, new_path,
                       new_path_size);
}

}  // namespace wasm_vfs::runtime
