// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// path_open. Wanting to write is FD_WRITE on what is not a directory, O_TRUNC, or O_CREAT of a
// missing name; other rights do not count (Go asks for some even to read). Looking answers as
// Wasmtime does, wanting to write as Linux does on a read-only mount.
// Tested by tests/unit/shim/path_open_test.cc.

#include "forward.h"
#include "region.h"
#include "resolve.h"

namespace wasm_vfs::runtime {
namespace {

/// Whether, and as what, a resolved path may be opened.
Errno check_open(const Resolved& found, uint32_t oflags, Rights rights) {
  const bool creates = (oflags & kOflagCreat) != 0;
  if (creates && found.trailing_slash && found.last == Component::kName &&
      (found.error == Errno::kSuccess || found.has_parent)) {
    return Errno::kIsdir;
  }
  if (creates && found.error == Errno::kNoent && found.has_parent) return Errno::kRofs;
  if (found.error != Errno::kSuccess) return found.error;
  if (creates && (oflags & kOflagExcl) != 0) return Errno::kExist;
  if (is_directory(found.node)) {
    return (oflags & (kOflagCreat | kOflagTrunc)) != 0 ? Errno::kIsdir : Errno::kSuccess;
  }
  if (is_symlink(found.node)) return Errno::kLoop;
  if ((oflags & kOflagDirectory) != 0) return Errno::kNotdir;
  const bool writes = (rights & kRightFdWrite) != 0 || (oflags & kOflagTrunc) != 0;
  return writes ? Errno::kRofs : Errno::kSuccess;
}

SHIM_NOINLINE Errno open_host(int32_t host_fd, uint32_t lookupflags, uint32_t path,
                              uint32_t path_size, uint32_t oflags, Rights rights_base,
                              Rights rights_inheriting, uint32_t fdflags, uint32_t result) {
  Errno error;
  {
    const Pin pin;
    error = host::path_open(host_fd, lookupflags, path, path_size, oflags, rights_base,
                            rights_inheriting, fdflags, result);
  }
  if (error != Errno::kSuccess) return error;
  uint32_t opened;
  error = add_host(load<uint32_t>(result), opened);
  if (error == Errno::kSuccess) store(result, opened);
  return error;
}

SHIM_NOINLINE Errno open_packed(int32_t fd, uint32_t lookupflags, uint32_t path,
                                uint32_t path_size, uint32_t oflags, Rights rights,
                                Rights rights_inheriting, uint32_t fdflags, uint32_t result) {
  if ((lookupflags & ~kLookupSymlinkFollow) != 0 || (oflags & ~uint32_t{kAllOflags}) != 0 ||
      (fdflags & ~uint32_t{kAllFdflags}) != 0) {
    return Errno::kInval;
  }
  if ((oflags & kOflagDirectory) != 0 && (oflags & ~uint32_t{kOflagDirectory}) != 0) {
    return Errno::kInval;
  }
  const bool exclusive = (oflags & kOflagCreat) != 0 && (oflags & kOflagExcl) != 0;
  const bool follow = (lookupflags & kLookupSymlinkFollow) != 0 && !exclusive;
  // Linux says of a name that it would create, and that has a slash after it, that it is a
  // directory, before it follows a link there.
  const bool slash = (oflags & kOflagCreat) != 0 && path_size != 0 &&
                     load<uint8_t>(path + path_size - 1) == '/';
  Resolved found;
  if (slash) {
    resolve_name(fd, path, path_size, found);
  } else {
    resolve_at(fd, path, path_size, follow, Errno::kNotdir, found);
  }
  if (found.is_host()) {
    // Packed directories pass on rights to sockets, as Wasmtime's do, and others' refuse them.
    const Errno error = open_host(static_cast<int32_t>(found.host_fd), lookupflags, found.host_path,
                                  found.host_path_size, oflags, rights & ~kSocketRights,
                                  rights_inheriting & ~kSocketRights, fdflags, result);
    return after_host(found, (oflags & kOflagCreat) != 0 ? Creates::kYes : Creates::kNo, error);
  }
  Errno error = check_open(found, oflags, rights);
  if (error != Errno::kSuccess) return error;
  const bool directory = is_directory(found.node);
  uint32_t opened;
  error = add_packed(found.number, Preopen::kNone,
                     directory ? Fdflags{0} : static_cast<Fdflags>(fdflags),
                     lowest_packed_number(), opened);
  if (error != Errno::kSuccess) return error;
  if (may_merge() && directory) {
    merge_with_host(opened, static_cast<uint32_t>(fd), rights, rights_inheriting);
  }
  store(result, opened);
  return Errno::kSuccess;
}

}  // namespace

Errno path_open(int32_t fd, uint32_t lookupflags, uint32_t path, uint32_t path_size,
                uint32_t oflags, uint64_t rights_base, uint64_t rights_inheriting,
                uint32_t fdflags, uint32_t result) {
  prepare();
  if (!is_guest_inline(path, path_size) || !is_guest_inline(result, 4)) return Errno::kFault;
  const int64_t host_fd = host_descriptor(fd);
  if (host_fd < 0) {
    return open_packed(fd, lookupflags, path, path_size, oflags, rights_base,
                       rights_inheriting, fdflags, result);
  }
  return open_host(static_cast<int32_t>(host_fd), lookupflags, path, path_size, oflags,
                   rights_base, rights_inheriting, fdflags, result);
}

}  // namespace wasm_vfs::runtime
