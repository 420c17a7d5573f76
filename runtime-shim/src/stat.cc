// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attributes: fd_filestat_get, path_filestat_get, fd_fdstat_get, path_readlink. Rights are those
// that Wasmtime reports, but a directory always passes on the right to write: wasi-libc asks for
// the rights it wants and the directory has, and O_RDWR would otherwise seem to succeed.
// Tested by tests/unit/shim/stat_test.cc.

#include "stat.h"

#include "forward.h"
#include "region.h"
#include "resolve.h"

namespace wasm_vfs::runtime {
namespace {

// FD_READDIR, and the path_* and fd_filestat_* rights but those of setting a size.
inline constexpr Rights kPreopenRights = 0x07b7fe00;
// The same, and all that concern files.
inline constexpr Rights kPreopenInheriting = kPreopenRights | 0x08e001ff;
inline constexpr Rights kDirectoryRights =
    kAllRights & ~(kRightFdSeek | kRightFdFilestatSetSize | kRightFdWrite);
inline constexpr Rights kFileRights = kAllRights & ~kRightFdWrite;

/// Either of the two structures.
template <typename AnyFilestat>
AnyFilestat filestat_of(uint32_t number, const Node& node) {
  const uint64_t time = static_cast<uint64_t>(node.mtime_high) << 32 | node.mtime_low;
  AnyFilestat filestat;
  filestat.device = kDevice;
  filestat.inode = inode_of(number);
  filestat.filetype = static_cast<uint32_t>(filetype_of(node));
  filestat.link_count = 1;
  filestat.size = is_directory(node) ? 0 : node.size;
  filestat.access_time = time;
  filestat.modification_time = time;
  filestat.status_change_time = time;
  return filestat;
}

SHIM_INLINE uint32_t filestat_size() {
  return constant::is_unstable() ? sizeof(UnstableFilestat) : sizeof(Filestat);
}

SHIM_NOINLINE Errno filestat_packed(int32_t fd, uint32_t result) {
  Node node;
  const Entry* const entry = packed_entry(fd, node);
  if (entry == nullptr) return Errno::kBadf;
  store_filestat(entry->target, node, result);
  return Errno::kSuccess;
}

SHIM_NOINLINE Errno path_filestat_packed(int32_t fd, uint32_t lookupflags, uint32_t path,
                                         uint32_t path_size, uint32_t result) {
  if ((lookupflags & ~kLookupSymlinkFollow) != 0) return Errno::kInval;
  Resolved found;
  resolve_at(fd, path, path_size, (lookupflags & kLookupSymlinkFollow) != 0, Errno::kBadf, found);
  if (found.is_host()) {
    return ask_host(found, Creates::kNo, [&](int32_t host_fd, uint32_t host_path, uint32_t size) {
      return host::path_filestat_get(host_fd, lookupflags, host_path, size, result);
    });
  }
  if (found.error != Errno::kSuccess) return found.error;
  store_filestat(found.number, found.node, result);
  return Errno::kSuccess;
}

SHIM_NOINLINE Errno fdstat_packed(int32_t fd, uint32_t result) {
  Node node;
  const Entry* const entry = packed_entry(fd, node);
  if (entry == nullptr) return Errno::kBadf;
  Fdstat fdstat = {};
  fdstat.filetype = static_cast<uint8_t>(filetype_of(node));
  if (!is_directory(node)) {
    fdstat.flags = entry->fdflags;
    fdstat.rights_base = fdstat.rights_inheriting = kFileRights;
  } else if (entry->preopen != Preopen::kNone) {
    fdstat.rights_base = kPreopenRights;
    fdstat.rights_inheriting = kPreopenInheriting;
  } else {
    fdstat.rights_base = kDirectoryRights;
    fdstat.rights_inheriting = kAllRights;
  }
  store(result, fdstat);
  return Errno::kSuccess;
}

SHIM_NOINLINE Errno readlink_packed(int32_t fd, uint32_t path, uint32_t path_size, uint32_t buffer,
                                    uint32_t buffer_size, uint32_t result) {
  Resolved found;
  resolve_at(fd, path, path_size, false, Errno::kBadf, found);
  if (found.is_host()) {
    return ask_host(found, Creates::kNo, [&](int32_t host_fd, uint32_t host_path, uint32_t size) {
      return host::path_readlink(host_fd, host_path, size, buffer, buffer_size, result);
    });
  }
  if (found.error != Errno::kSuccess) return found.error;
  if (!is_symlink(found.node)) return Errno::kInval;
  const uint32_t size = found.node.size < buffer_size ? found.node.size : buffer_size;
  if (size != 0) read_string(intrinsic::at(buffer), found.node.data, size);
  store(result, size);
  return Errno::kSuccess;
}

/// A stream or socket of a host that is not asked for its attributes: programs look at those of the
/// standard streams when they start. What is known is its type.
template <typename AnyFilestat>
Errno filestat_of_stream(int32_t host_fd, uint32_t result) {
  if (!constant::has_fd_fdstat_get()) return Errno::kNotsup;
  const Errno error = ask_host_fdstat(static_cast<uint32_t>(host_fd));
  if (error != Errno::kSuccess) return error;
  AnyFilestat filestat = {};
  filestat.device = kDevice + 1;
  filestat.inode = static_cast<uint32_t>(host_fd) + uint64_t{1};
  filestat.filetype = state().result[offsetof(Fdstat, filetype)];
  filestat.link_count = 1;
  store(result, filestat);
  return Errno::kSuccess;
}

SHIM_NOINLINE Errno sealed_filestat(int32_t fd, uint32_t result) {
  const int64_t host_fd = host_descriptor(fd);
  if (!is_guest(result, filestat_size())) return Errno::kFault;
  if (host_fd < 0) return filestat_packed(fd, result);
  return constant::is_unstable()
             ? filestat_of_stream<UnstableFilestat>(static_cast<int32_t>(host_fd), result)
             : filestat_of_stream<Filestat>(static_cast<int32_t>(host_fd), result);
}

}  // namespace

SHIM_NOINLINE void store_filestat(uint32_t number, const Node& node, uint32_t result) {
  if (constant::is_unstable()) {
    store(result, filestat_of<UnstableFilestat>(number, node));
  } else {
    store(result, filestat_of<Filestat>(number, node));
  }
}

Errno fd_filestat_get(int32_t fd, uint32_t result) {
  if (!constant::has_fd_filestat_get()) return sealed_filestat(fd, result);
  SHIM_FORWARD(fd_filestat_get, is_guest(result, filestat_size()), fd, result);
  return filestat_packed(fd, result);
}

Errno path_filestat_get(int32_t fd, uint32_t lookupflags, uint32_t path, uint32_t path_size,
                        uint32_t result) {
  SHIM_FORWARD(path_filestat_get,
               is_guest_inline(path, path_size) && is_guest_inline(result, filestat_size()), fd, lookupflags,
               path, path_size, result);
  return path_filestat_packed(fd, lookupflags, path, path_size, result);
}

Errno fd_fdstat_get(int32_t fd, uint32_t result) {
  SHIM_FORWARD_SIDE(fd_fdstat_get, is_guest(result, sizeof(Fdstat)), fd, result);
  return fdstat_packed(fd, result);
}

Errno path_readlink(int32_t fd, uint32_t path, uint32_t path_size, uint32_t buffer,
                    uint32_t buffer_size, uint32_t result) {
  SHIM_FORWARD(path_readlink,
               is_guest(path, path_size) && is_guest(buffer, buffer_size) && is_guest(result, 4),
               fd, path, path_size, buffer, buffer_size, result);
  return readlink_packed(fd, path, path_size, buffer, buffer_size, result);
}

}  // namespace wasm_vfs::runtime
