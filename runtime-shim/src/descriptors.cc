// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table of descriptors: how it is filled, and how numbers are taken and given back.
// Tested by tests/unit/shim/descriptors_test.cc.

#include "descriptors.h"

#include "region.h"

namespace wasm_vfs::runtime {
namespace {

inline constexpr uint32_t kFirstPreopen = 3;

bool is_absent(Errno error) {
  return error == Errno::kBadf || error == Errno::kNosys || error == Errno::kNotsup;
}

/// The lowest free number that is at least `minimum`, or kTableSize.
uint32_t take_number(uint32_t minimum) {
  const uint32_t lowest = state().lowest_free;
  for (uint32_t fd = lowest < minimum ? minimum : lowest; fd < kTableSize; ++fd) {
    const EntryKind kind = state().entries[fd].kind;
    if (kind == EntryKind::kHost || kind == EntryKind::kPacked) continue;
    if (kind == EntryKind::kUnknown && host_holds(fd)) {
      set_entry(fd, {fd, EntryKind::kHost, 0, 0, 0});
      continue;
    }
    if (lowest >= minimum) state().lowest_free = fd;
    return fd;
  }
  return kTableSize;
}

/// Whether a preopen of the host's is called "/" or ".". A root of ours beside it would hide it:
/// wasi-libc takes the two names for the same, and the later preopen.
bool is_root_preopen(int32_t fd, uint32_t name_size) {
  if (!constant::has_fd_prestat_dir_name() || name_size != 1) return false;
  const Pin pin;
  uint8_t* const name = scratch().result;
  if (host::fd_prestat_dir_name(fd, address_of(name), 1) != Errno::kSuccess) return false;
  return name[0] == '/' || name[0] == '.';
}

/// Enters the host's preopens. Returns the number after the last; `has_root` says whether one of
/// them is the root.
uint32_t add_host_preopens(bool& has_root) {
  uint32_t next = kFirstPreopen;
  has_root = false;
  if (!constant::has_fd_prestat_get()) return next;
  for (uint32_t fd = kFirstPreopen; fd < kTableSize; ++fd) {
    Errno error;
    uint32_t name_size;
    {
      const Pin pin;
      uint8_t* const prestat = scratch().result;
      error = host::fd_prestat_get(static_cast<int32_t>(fd), address_of(prestat));
      __builtin_memcpy(&name_size, prestat + offsetof(Prestat, name_size), sizeof(name_size));
    }
    // Another error is a descriptor that is no preopen, such as a listening socket.
    if (error == Errno::kBadf) break;
    if (error != Errno::kSuccess) continue;
    set_entry(fd, {fd, EntryKind::kHost, 0, 0, 0});
    next = fd + 1;
    if (is_root_preopen(static_cast<int32_t>(fd), name_size)) has_root = true;
  }
  return next;
}

SHIM_NOINLINE void fill_table() {
  State& s = state();
  // First of all: a host call below can come back here.
  s.initialised = 1;
  for (uint32_t fd = 0; fd < kFirstPreopen; ++fd) {
    // The guest can have closed it already, or put another in its place.
    if (s.entries[fd].kind == EntryKind::kUnknown) set_entry(fd, {fd, EntryKind::kHost, 0, 0, 0});
  }
  bool has_root;
  const uint32_t minimum = add_host_preopens(has_root);
  uint32_t fd;
  if (!has_root) {
    add_packed(kRootNode, true, 0, minimum, fd);
    return;
  }
  for (uint32_t i = 0; i < constant::mount_count(); ++i) {
    image::Mount mount;
    intrinsic::index_init(&mount,
                          constant::mounts_offset() + i * static_cast<uint32_t>(sizeof(mount)),
                          sizeof(mount));
    if (add_packed(mount.node, true, 0, minimum, fd) != Errno::kSuccess) return;
  }
}

}  // namespace

SHIM_NOINLINE void prepare() {
  if (state().initialised) return;
  if (!state().greeted) {
    state().greeted = 1;
    if (constant::has_fd_close()) host::fd_close(-1);
    // The host may have come back here.
    if (state().initialised) return;
  }
  fill_table();
}

SHIM_NOINLINE int64_t host_descriptor(int32_t fd) { return host_descriptor_inline(fd); }

SHIM_NOINLINE int64_t known_host_descriptor(uint32_t fd) {
  if (fd >= kTableSize) return fd;
  const Entry& entry = state().entries[fd];
  if (entry.kind == EntryKind::kHost) return entry.target;
  if (entry.kind == EntryKind::kPacked) return kPackedDescriptor;
  // The host may know what we do not, unless the number is that of a descriptor which the guest
  // knows by another.
  if (state().translated_count != 0 && guest_number(fd) != kTableSize) return kBadDescriptor;
  return fd;
}

SHIM_NOINLINE int64_t host_descriptor_slow(uint32_t fd) {
  if (!state().initialised) {
    // The standard streams are the host's until something needs the table.
    if (fd < kFirstPreopen) return fd;
    prepare();
  }
  return known_host_descriptor(fd);
}

bool host_holds(uint32_t fd) {
  if (!constant::has_fd_fdstat_get()) return false;
  if (state().translated_count != 0 && guest_number(fd) != kTableSize) return false;
  const Pin pin;
  return !is_absent(host::fd_fdstat_get(static_cast<int32_t>(fd),
                                        address_of(scratch().result)));
}

bool is_open(uint32_t fd) {
  const EntryKind kind = fd < kTableSize ? state().entries[fd].kind : EntryKind::kUnknown;
  if (kind == EntryKind::kHost || kind == EntryKind::kPacked) return true;
  return kind == EntryKind::kUnknown && host_holds(fd);
}

uint32_t guest_number(uint32_t host_fd) {
  const State& s = state();
  const uint32_t count = s.entry_count < kTableSize ? s.entry_count : kTableSize;
  for (uint32_t fd = 0; fd < count; ++fd) {
    if (s.entries[fd].kind == EntryKind::kHost && s.entries[fd].target == host_fd) return fd;
  }
  return kTableSize;
}

SHIM_NOINLINE void set_entry(uint32_t fd, const Entry& entry) {
  State& s = state();
  Entry& old = s.entries[fd];
  if (old.kind == EntryKind::kHost && old.target != fd) --s.translated_count;
  if (entry.kind == EntryKind::kHost && entry.target != fd) ++s.translated_count;
  old = entry;
  if (fd == s.lowest_free) s.lowest_free = fd + 1;
  if (fd >= s.entry_count) s.entry_count = fd + 1;
}

SHIM_NOINLINE void clear_entry(uint32_t fd, EntryKind kind) {
  State& s = state();
  Entry& entry = s.entries[fd];
  if (entry.kind == EntryKind::kHost && entry.target != fd) --s.translated_count;
  entry.target = 0;
  entry.kind = kind;
  entry.preopen = 0;
  entry.fdflags = 0;
  entry.position = 0;
  if (fd < s.lowest_free) s.lowest_free = fd;
}

Errno add_packed(uint32_t node, bool preopen, Fdflags fdflags, uint32_t minimum, uint32_t& fd) {
  fd = take_number(minimum);
  if (fd == kTableSize) return Errno::kMfile;
  set_entry(fd, {node, EntryKind::kPacked, static_cast<uint8_t>(preopen), fdflags, 0});
  return Errno::kSuccess;
}

Errno add_host(uint32_t host_fd, uint32_t& fd) {
  fd = host_fd;
  if (host_fd >= kTableSize) return Errno::kSuccess;
  const Entry& same = state().entries[host_fd];
  const bool taken = same.kind == EntryKind::kPacked ||
                     (same.kind == EntryKind::kHost && same.target != host_fd);
  if (taken) {
    fd = take_number(0);
    if (fd == kTableSize) {
      const Pin pin;
      if (constant::has_fd_close()) host::fd_close(static_cast<int32_t>(host_fd));
      return Errno::kMfile;
    }
  }
  set_entry(fd, {host_fd, EntryKind::kHost, 0, 0, 0});
  return Errno::kSuccess;
}

}  // namespace wasm_vfs::runtime
