// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Preopens: fd_prestat_get and fd_prestat_dir_name. The host answers for its own, merged or not; the
// one of ours is called "/". Guests list preopens until EBADF, so a descriptor of the host's between
// its preopens and ours (Wasmtime's listening sockets) is shown as something that is no directory,
// which they skip. Tested by tests/unit/shim/preopen_test.cc.

#include "forward.h"

namespace wasm_vfs::runtime {
namespace {

/// What kind of preopen the guest's `fd` is, if the shim answers for it; else kNone.
SHIM_NOINLINE Preopen own_preopen(int32_t fd) {
  prepare();
  if (static_cast<uint32_t>(fd) >= kTableSize) return Preopen::kNone;
  const Preopen preopen = entry_of(fd).preopen;
  if (preopen == Preopen::kNoDirectory) return preopen;
  const bool is_ours =
      preopen == Preopen::kOurs && is_packed_descriptor(fd) && !is_packed_file(fd);
  return is_ours ? preopen : Preopen::kNone;
}

}  // namespace

Errno fd_prestat_get(int32_t fd, uint32_t result) {
  const Preopen preopen = own_preopen(fd);
  if (preopen == Preopen::kNone) {
    if (!constant::has_fd_prestat_get()) return Errno::kBadf;  // sealed
    SHIM_FORWARD_SIDE(fd_prestat_get, is_guest(result, sizeof(Prestat)), fd, result);
    return Errno::kBadf;
  }
  if (!is_guest(result, sizeof(Prestat))) return Errno::kFault;
  constexpr uint32_t directory = 0;
  constexpr uint32_t no_directory = 1;
  const bool is_ours = preopen == Preopen::kOurs;
  store(result, Prestat{is_ours ? directory : no_directory, is_ours ? 1u : 0u});
  return Errno::kSuccess;
}

Errno fd_prestat_dir_name(int32_t fd, uint32_t path, uint32_t path_size) {
  const Preopen preopen = own_preopen(fd);
  if (preopen == Preopen::kNone) {
    SHIM_FORWARD_SIDE(fd_prestat_dir_name, is_guest(path, path_size), fd, path, path_size);
    return refuse_packed(fd, Errno::kNotdir);
  }
  if (!is_guest(path, path_size)) return Errno::kFault;
  if (preopen == Preopen::kNoDirectory) return Errno::kSuccess;
  if (path_size == 0) return Errno::kNametoolong;
  store<uint8_t>(path, '/');
  return Errno::kSuccess;
}

}  // namespace wasm_vfs::runtime
