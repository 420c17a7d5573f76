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
  if (found.last == Component::kDot) return dot;
  if (found.last == Component::kDotDot) return dot_dot;
  return Errno::kRofs;
}

/// The calls about one name, which have the same parameters.
enum class Change { kCreateDirectory, kRemoveDirectory, kUnlinkFile };

SHIM_NOINLINE Errno change_name(Change change, int32_t fd, uint32_t path, uint32_t path_size) {
  const bool creates = change == Change::kCreateDirectory;
  const bool removes_directory = change == Change::kRemoveDirectory;
  Resolved found;
  resolve_name(fd, path, path_size, found);
  if (!found.is_host()) {
    if (creates) return refuse_create(found, true);
    return removes_directory ? refuse_remove(found, Errno::kInval, Errno::kNotempty)
                             : refuse_remove(found, Errno::kIsdir, Errno::kIsdir);
  }
  return ask_host(found, creates ? Creates::kYes : Creates::kNo,
                  [&](int32_t host_fd, uint32_t host_path, uint32_t size) {
                    if (creates) return host::path_create_directory(host_fd, host_path, size);
                    return removes_directory ? host::path_remove_directory(host_fd, host_path, size)
                                             : host::path_unlink_file(host_fd, host_path, size);
                  });
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

/// How one side of a link or a renaming is looked up.
enum class Lookup { kName, kNoFollow, kFollow };

/// Resolves one side. What is relative to a descriptor of the host's is left to it.
SHIM_NOINLINE void resolve_side(int32_t fd, uint32_t path, uint32_t path_size, Lookup lookup,
                                Resolved& found) {
  const int64_t host_fd = known_host_descriptor(static_cast<uint32_t>(fd));
  if (host_fd >= 0) {
    found.error = Errno::kNoent;
    found.has_parent = false;
    found.host_fd = static_cast<uint32_t>(host_fd);
    found.host_path = path;
    found.host_path_size = path_size;
    found.host_directory_size = 0;
  } else if (lookup == Lookup::kName) {
    resolve_name(fd, path, path_size, found);
  } else {
    resolve_at(fd, path, path_size, lookup == Lookup::kFollow, Errno::kNotdir, found);
  }
}

/// Keeps the path for the host while another is resolved.
SHIM_NOINLINE void hold_path(Resolved& found) {
  auto& lookup = state().scratch.lookup;
  if (found.host_fd == kNoHost || found.host_path != address_of(lookup.path)) return;
  __builtin_memcpy(lookup.held, lookup.path, found.host_path_size);
  found.host_path = address_of(lookup.held);
}

SHIM_NOINLINE bool are_open(int32_t old_fd, int32_t new_fd) {
  return is_open(static_cast<uint32_t>(old_fd)) && is_open(static_cast<uint32_t>(new_fd));
}

/// A link of which at least one side is packed or merged.
SHIM_NOINLINE Errno link_packed(int32_t old_fd, uint32_t lookupflags, uint32_t old_path,
                                uint32_t old_path_size, int32_t new_fd, uint32_t new_path,
                                uint32_t new_path_size) {
  if (!are_open(old_fd, new_fd)) return Errno::kBadf;
  if ((lookupflags & ~kLookupSymlinkFollow) != 0) return Errno::kInval;
  Resolved old;
  resolve_side(old_fd, old_path, old_path_size, lookupflags != 0 ? Lookup::kFollow : Lookup::kNoFollow,
               old);
  if (old.host_fd == kNoHost && old.error != Errno::kSuccess) return old.error;
  hold_path(old);
  Resolved created;
  resolve_side(new_fd, new_path, new_path_size, Lookup::kName, created);
  if (created.host_fd == kNoHost) return refuse_create(created, false);
  if (!may_merge() || old.host_fd == kNoHost) return Errno::kXdev;
  return ask_host(created, Creates::kYes,
                  [&](int32_t host_fd, uint32_t host_path, uint32_t size) {
                    return host::path_link(static_cast<int32_t>(old.host_fd), lookupflags,
                                           old.host_path, old.host_path_size, host_fd, host_path,
                                           size);
                  });
}

/// Resolves one side of a renaming; kXdev if it is the host's.
SHIM_NOINLINE Errno resolve_renamed(int32_t fd, uint32_t path, uint32_t path_size, Resolved& found) {
  resolve_side(fd, path, path_size, Lookup::kName, found);
  return found.host_fd != kNoHost ? Errno::kXdev
                                  : refuse_remove(found, Errno::kBusy, Errno::kBusy);
}

/// A renaming of which at least one side is packed or merged.
SHIM_NOINLINE Errno rename_packed(int32_t old_fd, uint32_t old_path, uint32_t old_path_size,
                                  int32_t new_fd, uint32_t new_path, uint32_t new_path_size) {
  if (!are_open(old_fd, new_fd)) return Errno::kBadf;
  const auto is_settled = [](Errno error) {
    return error != Errno::kXdev && error != Errno::kRofs && error != Errno::kBusy;
  };
  Resolved old;
  const Errno old_error = resolve_renamed(old_fd, old_path, old_path_size, old);
  if (is_settled(old_error)) return old_error;
  hold_path(old);
  Resolved renamed;
  const Errno new_error = resolve_renamed(new_fd, new_path, new_path_size, renamed);
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
  return change_name(Change::kCreateDirectory, fd, path, path_size);
}

Errno path_symlink(uint32_t target, uint32_t target_size, int32_t fd, uint32_t path,
                   uint32_t path_size) {
  const int64_t host_fd = host_descriptor(fd);
  if (!is_guest(target, target_size) || !is_guest(path, path_size)) return Errno::kFault;
  if (host_fd < 0) return create_symlink(target, target_size, fd, path, path_size);
  return host::path_symlink(target, target_size, static_cast<int32_t>(host_fd), path, path_size);
}

Errno path_unlink_file(int32_t fd, uint32_t path, uint32_t path_size) {
  SHIM_FORWARD(path_unlink_file, is_guest(path, path_size), fd, path, path_size);
  return change_name(Change::kUnlinkFile, fd, path, path_size);
}

Errno path_remove_directory(int32_t fd, uint32_t path, uint32_t path_size) {
  SHIM_FORWARD(path_remove_directory, is_guest(path, path_size), fd, path, path_size);
  return change_name(Change::kRemoveDirectory, fd, path, path_size);
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
  if (old_host >= 0 && new_host >= 0) {
    return host::path_link(static_cast<int32_t>(old_host), lookupflags, old_path, old_path_size,
                           static_cast<int32_t>(new_host), new_path, new_path_size);
  }
  return link_packed(old_fd, lookupflags, old_path, old_path_size, new_fd, new_path, new_path_size);
}

Errno path_rename(int32_t old_fd, uint32_t old_path, uint32_t old_path_size, int32_t new_fd,
                  uint32_t new_path, uint32_t new_path_size) {
  const int64_t old_host = host_descriptor(old_fd);
  const int64_t new_host = host_descriptor(new_fd);
  if (!is_guest(old_path, old_path_size) || !is_guest(new_path, new_path_size)) {
    return Errno::kFault;
  }
  if (old_host >= 0 && new_host >= 0) {
    return host::path_rename(static_cast<int32_t>(old_host), old_path, old_path_size,
                             static_cast<int32_t>(new_host), new_path, new_path_size);
  }
  return rename_packed(old_fd, old_path, old_path_size, new_fd, new_path, new_path_size);
}

}  // namespace wasm_vfs::runtime
