// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Preopens: fd_prestat_get and fd_prestat_dir_name. The host answers for its own, merged or not; the
// one of ours is called "/". Guests list preopens until EBADF, so a descriptor of the host's between
// its preopens and ours (Wasmtime's listening sockets) is shown as something that is no directory,
// which they skip. Tested by tests/unit/shim/preopen_test.cc.

#include "forward.h"

namespace wasm_vfs::runtime {
namespace {

/// What kind of preopen the guest's `fd` is, as far as the table knows.
SHIM_INLINE Preopen preopen_of(int32_t fd) {
  return static_cast<uint32_t>(fd) < kTableSize ? state().entries[fd].preopen : Preopen::kNone;
}

SHIM_NOINLINE bool is_packed_descriptor(int32_t fd) {
  Node node;
  return packed_entry(fd, node) != nullptr;
}

/// A descriptor of ours, which is a preopen if it is kOurs.
SHIM_NOINLINE bool is_ours(int32_t fd) {
  Node node;
  return packed_entry(fd, node) != nullptr && is_directory(node) && preopen_of(fd) == Preopen::kOurs;
}

}  // namespace

Errno fd_prestat_get(int32_t fd, uint32_t result) {
  prepare();
  const Preopen preopen = preopen_of(fd);
  if (preopen != Preopen::kOurs && preopen != Preopen::kNoDirectory) {
    if (!constant::has_fd_prestat_get()) return Errno::kBadf;  // sealed
    SHIM_FORWARD_SIDE(fd_prestat_get, is_guest(result, sizeof(Prestat)), fd, result);
    return Errno::kBadf;
  }
  if (!is_guest(result, sizeof(Prestat))) return Errno::kFault;
  constexpr uint32_t no_directory = 1;
  if (preopen == Preopen::kNoDirectory) {
    store(result, Prestat{no_directory, 0});
    return Errno::kSuccess;
  }
  if (!is_ours(fd)) return Errno::kBadf;
  store(result, Prestat{0, 1});
  return Errno::kSuccess;
}

Errno fd_prestat_dir_name(int32_t fd, uint32_t path, uint32_t path_size) {
  prepare();
  const Preopen preopen = preopen_of(fd);
  if (preopen != Preopen::kOurs && preopen != Preopen::kNoDirectory) {
    SHIM_FORWARD_SIDE(fd_prestat_dir_name, is_guest(path, path_size), fd, path, path_size);
    return is_packed_descriptor(fd) ? Errno::kNotdir : Errno::kBadf;
  }
  if (!is_guest(path, path_size)) return Errno::kFault;
  if (preopen == Preopen::kNoDirectory) return Errno::kSuccess;
  if (!is_ours(fd)) return Errno::kBadf;
  if (path_size == 0) return Errno::kNametoolong;
  store<uint8_t>(path, '/');
  return Errno::kSuccess;
}

}  // namespace wasm_vfs::runtime
