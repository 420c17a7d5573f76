// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How an exported call begins: what is not about a packed descriptor goes on to the host, from a
// function without a frame that uses nothing of the region afterwards, so that nothing needs to be
// pinned and the region can move during the call.

#ifndef WASM_VFS_RUNTIME_FORWARD_H_
#define WASM_VFS_RUNTIME_FORWARD_H_

#include "abi.h"
#include "descriptors.h"
#include "guest.h"

/// Returns from the enclosing call with the host's answer, unless `fd` is packed or bad: what follows
/// must answer kBadf for what packed_entry() does not know.
/// `valid` says whether all pointers of the call are the guest's. It is asked after the descriptor has
/// been looked for: that may fill the table, and the region can move on the way.
#define SHIM_FORWARD(call, valid, fd, ...) \
  SHIM_FORWARD_FROM(host_descriptor, call, valid, fd __VA_OPT__(, ) __VA_ARGS__)

/// The same, but a merged descriptor is the host's.
#define SHIM_FORWARD_SIDE(call, valid, fd, ...) \
  SHIM_FORWARD_FROM(host_side, call, valid, fd __VA_OPT__(, ) __VA_ARGS__)

#define SHIM_FORWARD_FROM(find_host, call, valid, fd, ...)                              \
  do {                                                                                  \
    const int64_t host_fd = find_host(fd);                                              \
    if (!(valid)) return Errno::kFault;                                                 \
    if (host_fd >= 0)                                                                   \
      return host::call(static_cast<int32_t>(host_fd) __VA_OPT__(, ) __VA_ARGS__);      \
  } while (false)

#endif  // WASM_VFS_RUNTIME_FORWARD_H_
