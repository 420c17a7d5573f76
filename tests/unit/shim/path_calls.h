// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The calls that change a tree, and path_readlink, with strings in place of addresses.

#ifndef WASM_VFS_TESTS_UNIT_SHIM_PATH_CALLS_H_
#define WASM_VFS_TESTS_UNIT_SHIM_PATH_CALLS_H_

#include <string>
#include <string_view>

#include "fake_host.h"

namespace wasm_vfs::runtime {

/// Stands for a string that a call did not give.
inline std::string errno_text(Errno error) {
  return "errno " + std::to_string(static_cast<int32_t>(error));
}

/// Each path is relative to `fd`; `to` is the other directory of a link or rename, if not `fd`.
struct PathCalls {
  int32_t fd;
  static uint32_t address(std::string_view path) { return FakeHost::get().put(path); }
  static uint32_t size(std::string_view path) { return static_cast<uint32_t>(path.size()); }
  Errno mkdir(std::string_view p) { return path_create_directory(fd, address(p), size(p)); }
  Errno rmdir(std::string_view p) { return path_remove_directory(fd, address(p), size(p)); }
  Errno unlink(std::string_view p) { return path_unlink_file(fd, address(p), size(p)); }
  Errno symlink(std::string_view target, std::string_view p) {
    return path_symlink(address(target), size(target), fd, address(p), size(p));
  }
  Errno utime(std::string_view p) {
    return path_filestat_set_times(fd, kLookupSymlinkFollow, address(p), size(p), 0, 0, 2);
  }
  Errno link(std::string_view p, std::string_view q, int32_t to = -1) {
    return path_link(fd, 0, address(p), size(p), to < 0 ? fd : to, address(q), size(q));
  }
  Errno rename(std::string_view p, std::string_view q, int32_t to = -1) {
    return path_rename(fd, address(p), size(p), to < 0 ? fd : to, address(q), size(q));
  }
  std::string readlink(std::string_view p) {
    FakeHost& fake = FakeHost::get();
    const uint32_t buffer = fake.room(99);
    const uint32_t result = fake.room(4);
    const Errno error = path_readlink(fd, address(p), size(p), buffer, 99, result);
    if (error != Errno::kSuccess) return errno_text(error);
    return fake.bytes_at(buffer, fake.load<uint32_t>(result));
  }
};

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_TESTS_UNIT_SHIM_PATH_CALLS_H_
