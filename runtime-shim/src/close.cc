// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Giving numbers back and moving them: fd_close and fd_renumber, in all combinations of the host's
// descriptors and ours. Tested by tests/unit/shim/close_test.cc.

#include "forward.h"
#include "region.h"

namespace wasm_vfs::runtime {
namespace {

/// Removes a descriptor of ours. False if it is none.
SHIM_NOINLINE bool close_packed(int32_t fd) {
  if (static_cast<uint32_t>(fd) >= kTableSize) return false;
  clear_entry(static_cast<uint32_t>(fd), EntryKind::kFree);
  return true;
}

/// Forgets a number whose descriptor is being closed at the host.
SHIM_NOINLINE void forget_host(uint32_t fd) {
  // The host can fail to close it, and is asked again before the number is taken.
  if (fd < kTableSize && host_descriptor_of(entry_of(fd)) >= 0) {
    clear_entry(fd, EntryKind::kUnknown);
  }
}

/// The host renumbers, and the table follows: `from` is gone, `to` is what it was or becomes the
/// host's number `host_to`.
SHIM_NOINLINE Errno renumber_host(uint32_t from, uint32_t host_from, uint32_t to,
                                  uint32_t host_to) {
  Errno error;
  {
    const Pin pin;
    error = host::fd_renumber(static_cast<int32_t>(host_from), static_cast<int32_t>(host_to));
  }
  if (error != Errno::kSuccess || from == to) return error;
  forget_host(from);
  if (to < kTableSize) set_host(to, host_to);
  return error;
}

/// Moves an entry of the table over one that is not the host's.
SHIM_NOINLINE Errno move_entry(uint32_t from, const Entry& entry, uint32_t to) {
  if (from == to) return Errno::kSuccess;
  if (to >= kTableSize) return Errno::kBadf;
  set_entry(to, entry);
  if (from < kTableSize) {
    clear_entry(from, entry.kind == EntryKind::kPacked ? EntryKind::kFree : EntryKind::kUnknown);
  }
  return Errno::kSuccess;
}

SHIM_NOINLINE Errno move_packed(uint32_t from, uint32_t to) {
  if (from >= kTableSize) return Errno::kBadf;
  const Entry entry = entry_of(from);
  return move_entry(from, entry, to);
}

SHIM_NOINLINE Errno move_host(uint32_t from, uint32_t host_from, uint32_t to) {
  const bool known = from < kTableSize && entry_of(from).kind == EntryKind::kHost;
  if (!known && !host_holds(host_from)) return Errno::kBadf;
  return move_entry(from, {host_from, EntryKind::kHost, Preopen::kNone, 0, 0}, to);
}

/// Moves a descriptor of the host's over another without the host's help: sealed modules do not ask
/// for it.
SHIM_NOINLINE Errno move_host_over(uint32_t from, uint32_t host_from, uint32_t to,
                                   uint32_t host_to) {
  const Errno error = move_host(from, host_from, to);
  if (error != Errno::kSuccess || from == to || !constant::has_fd_close()) return error;
  const Pin pin;
  host::fd_close(static_cast<int32_t>(host_to));
  return error;
}

}  // namespace

Errno fd_close(int32_t fd) {
  prepare();
  const int64_t host_fd = host_side(fd);
  if (host_fd < 0) {
    return host_fd == kPackedDescriptor && close_packed(fd) ? Errno::kSuccess : Errno::kBadf;
  }
  forget_host(static_cast<uint32_t>(fd));
  return host::fd_close(static_cast<int32_t>(host_fd));
}

Errno fd_renumber(int32_t from, int32_t to) {
  prepare();
  const int64_t host_from = host_descriptor(from);
  const int64_t host_to = host_side(to);
  const auto from_number = static_cast<uint32_t>(from);
  const auto to_number = static_cast<uint32_t>(to);
  if (host_from == kBadDescriptor) return Errno::kBadf;
  // Only a number that is in use can be given to another descriptor; between two of the host's the
  // host says so.
  if ((host_from < 0 || host_to < 0) && !is_open(to_number)) return Errno::kBadf;
  if (host_from == kPackedDescriptor) {
    if (from == to) return Errno::kSuccess;
    const Errno error = move_packed(from_number, to_number);
    // What was at `to` is closed, as far as there was something.
    if (error == Errno::kSuccess && host_to >= 0 && constant::has_fd_close()) {
      host::fd_close(static_cast<int32_t>(host_to));
    }
    return error;
  }
  // The host has no descriptor for `to`, or its number is that of another.
  if (host_to < 0) return move_host(from_number, static_cast<uint32_t>(host_from), to_number);
  if (!constant::has_fd_renumber()) {
    return move_host_over(from_number, static_cast<uint32_t>(host_from), to_number,
                          static_cast<uint32_t>(host_to));
  }
  return renumber_host(from_number, static_cast<uint32_t>(host_from), to_number,
                       static_cast<uint32_t>(host_to));
}

}  // namespace wasm_vfs::runtime
