// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The calls that change a directory. The answers are those of Linux on a read-only mount, in its
// order: the parent directory is looked for first; creating asks then whether the name is taken;
// removing and renaming do not even look at the name before they say EROFS.
// Tested by tests/unit/shim/path_change_test.cc.

#include "forward.h"
#include "resolve.h"
#include "stat.h"

namespace wasm_vfs::runtime {
namespace {

/// What creating a name answers. `is_directory` allows a trailing slash.
Errno refuse_create(const Resolved& found, bool directory) {
  if (found.error == Errno::kSuccess) return Errno::kExist;
  if (found.error != Errno::kNoent || !found.has_parent) return found.error;
  return found.trailing_slash && !directory ? Errno::kNoent : Errno::kRofs;
}

/// What removing or renaming a name answers, with `dot` and `dot_dot` for the names that cannot be.
Errno refuse_remove(const Resolved& found, Errno dot, Errno dot_dot) {
  const bool parent_exists = found.error == Errno::kSuccess || found.has_parent;
  if (!parent_exists) return found.error;
  if (found.last == LastComponent::kDot) return dot;
  if (found.last == LastComponent::kDotDot) return dot_dot;
  return Errno::kRofs;
}

/// Resolves what is created, removed or renamed: a link that is the last name is not followed, not
/// even where a slash follows it.
SHIM_NOINLINE void resolve_name(int32_t fd, uint32_t path, uint32_t path_size, Resolved& found) {
  uint32_t size = path_size;
  // A path that is too long is so with its slashes.
  while (size > 1 && size <= image::kMaxPathSize && load<uint8_t>(path + size - 1) == '/') --size;
  resolve_at(fd, path, size, false, Errno::kNotdir, found);
  found.trailing_slash = size != path_size;
}

SHIM_NOINLINE Errno create_packed(int32_t fd, uint32_t path, uint32_t path_size, bool directory) {
  Resolved found;
  resolve_name(fd, path, path_size, found);
  return refuse_create(found, directory);
}

SHIM_NOINLINE Errno remove_packed(int32_t fd, uint32_t path, uint32_t path_size, Errno dot,
                                  Errno dot_dot) {
  Resolved found;
  resolve_name(fd, path, path_size, found);
  return refuse_remove(found, dot, dot_dot);
}

SHIM_NOINLINE Errno set_times_packed(int32_t fd, uint32_t lookupflags, uint32_t path,
                                     uint32_t path_size, uint32_t which) {
  if ((lookupflags & ~kLookupSymlinkFollow) != 0 || !are_valid_time_flags(which)) {
    return Errno::kInval;
  }
  Resolved found;
  resolve_at(fd, path, path_size, (lookupflags & kLookupSymlinkFollow) != 0, Errno::kNotdir, found);
  return found.error == Errno::kSuccess ? Errno::kRofs : found.error;
}

/// Whether those descriptors that are left to the host are open there.
SHIM_NOINLINE bool are_open(int32_t old_fd, bool old_is_host, int32_t new_fd, bool new_is_host) {
  return (!old_is_host || is_open(static_cast<uint32_t>(old_fd))) &&
         (!new_is_host || is_open(static_cast<uint32_t>(new_fd)));
}

/// A link of which at least one side is packed. A descriptor of the host's is none of ours, so that
/// side is never looked at.
SHIM_NOINLINE Errno link_packed(int32_t old_fd, bool old_is_host, uint32_t lookupflags,
                                uint32_t old_path, uint32_t old_path_size, int32_t new_fd,
                                bool new_is_host, uint32_t new_path, uint32_t new_path_size) {
  if (!are_open(old_fd, old_is_host, new_fd, new_is_host)) return Errno::kBadf;
  if ((lookupflags & ~kLookupSymlinkFollow) != 0) return Errno::kInval;
  Resolved found;
  if (!old_is_host) {
    resolve_at(old_fd, old_path, old_path_size, (lookupflags & kLookupSymlinkFollow) != 0, Errno::kNotdir, found);
    if (found.error != Errno::kSuccess) return found.error;
  }
  if (new_is_host) return Errno::kXdev;
  resolve_name(new_fd, new_path, new_path_size, found);
  return refuse_create(found, false);
}

/// A renaming of which at least one side is packed.
SHIM_NOINLINE Errno rename_packed(int32_t old_fd, bool old_is_host, uint32_t old_path,
                                  uint32_t old_path_size, int32_t new_fd, bool new_is_host,
                                  uint32_t new_path, uint32_t new_path_size) {
  if (!are_open(old_fd, old_is_host, new_fd, new_is_host)) return Errno::kBadf;
  Errno old_error = Errno::kXdev;
  Errno new_error = Errno::kXdev;
  if (!old_is_host) {
    old_error = remove_packed(old_fd, old_path, old_path_size, Errno::kBusy, Errno::kBusy);
    if (old_error != Errno::kRofs && old_error != Errno::kBusy) return old_error;
  }
  if (!new_is_host) {
    new_error = remove_packed(new_fd, new_path, new_path_size, Errno::kBusy, Errno::kBusy);
    if (new_error != Errno::kRofs && new_error != Errno::kBusy) return new_error;
  }
  if (old_is_host || new_is_host) return Errno::kXdev;
  return old_error == Errno::kBusy ? old_error : new_error;
}

}  // namespace

Errno path_create_directory(int32_t fd, uint32_t path, uint32_t path_size) {
  SHIM_FORWARD(path_create_directory, is_guest(path, path_size), fd, path, path_size);
  return create_packed(fd, path, path_size, true);
}

Errno path_symlink(uint32_t target, uint32_t target_size, int32_t fd, uint32_t path,
                   uint32_t path_size) {
  if (!is_guest(target, target_size) || !is_guest(path, path_size)) return Errno::kFault;
  const int64_t host_fd = host_descriptor(fd);
  if (host_fd == kBadDescriptor) return Errno::kBadf;
  if (host_fd == kPackedDescriptor) {
    if (target_size == 0) return Errno::kNoent;
    if (target_size > image::kMaxPathSize) return Errno::kNametoolong;
    return create_packed(fd, path, path_size, false);
  }
  return host::path_symlink(target, target_size, static_cast<int32_t>(host_fd), path, path_size);
}

Errno path_unlink_file(int32_t fd, uint32_t path, uint32_t path_size) {
  SHIM_FORWARD(path_unlink_file, is_guest(path, path_size), fd, path, path_size);
  return remove_packed(fd, path, path_size, Errno::kIsdir, Errno::kIsdir);
}

Errno path_remove_directory(int32_t fd, uint32_t path, uint32_t path_size) {
  SHIM_FORWARD(path_remove_directory, is_guest(path, path_size), fd, path, path_size);
  return remove_packed(fd, path, path_size, Errno::kInval, Errno::kNotempty);
}

Errno path_filestat_set_times(int32_t fd, uint32_t lookupflags, uint32_t path, uint32_t path_size,
                              uint64_t access, uint64_t modification, uint32_t which) {
  SHIM_FORWARD(path_filestat_set_times, is_guest(path, path_size), fd, lookupflags, path,
               path_size, access, modification, which);
  return set_times_packed(fd, lookupflags, path, path_size, which);
}

Errno path_link(int32_t old_fd, uint32_t lookupflags, uint32_t old_path, uint32_t old_path_size,
                int32_t new_fd, uint32_t new_path, uint32_t new_path_size) {
  if (!is_guest(old_path, old_path_size) || !is_guest(new_path, new_path_size)) {
    return Errno::kFault;
  }
  const int64_t old_host = host_descriptor(old_fd);
  const int64_t new_host = host_descriptor(new_fd);
  if (old_host == kBadDescriptor || new_host == kBadDescriptor) return Errno::kBadf;
  if (old_host >= 0 && new_host >= 0) {
    return host::path_link(static_cast<int32_t>(old_host), lookupflags, old_path, old_path_size,
                           static_cast<int32_t>(new_host), new_path, new_path_size);
  }
  return link_packed(old_fd, old_host >= 0, lookupflags, old_path, old_path_size, new_fd,
                     new_host >= 0, new_path, new_path_size);
}

Errno path_rename(int32_t old_fd, uint32_t old_path, uint32_t old_path_size, int32_t new_fd,
                  uint32_t new_path, uint32_t new_path_size) {
  if (!is_guest(old_path, old_path_size) || !is_guest(new_path, new_path_size)) {
    return Errno::kFault;
  }
  const int64_t old_host = host_descriptor(old_fd);
  const int64_t new_host = host_descriptor(new_fd);
  if (old_host == kBadDescriptor || new_host == kBadDescriptor) return Errno::kBadf;
  if (old_host >= 0 && new_host >= 0) {
    return host::path_rename(static_cast<int32_t>(old_host), old_path, old_path_size,
                             static_cast<int32_t>(new_host), new_path, new_path_size);
  }
  return rename_packed(old_fd, old_host >= 0, old_path, old_path_size, new_fd, new_host >= 0,
                       new_path, new_path_size);
}

}  // namespace wasm_vfs::runtime
