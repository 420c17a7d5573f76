// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table of descriptors: how it is filled, and how numbers are taken and given back.
// Tested by tests/unit/shim/descriptors_test.cc.

#include "descriptors.h"

#include "region.h"
#include "resolve.h"

namespace wasm_vfs::runtime {
namespace {

inline constexpr uint32_t kFirstPreopen = 3;

/// Whether an entry holds a descriptor of the host's under another number.
SHIM_NOINLINE bool is_translated(const Entry& entry, uint32_t fd) {
  const int64_t host_fd = host_descriptor_of(entry);
  return host_fd >= 0 && host_fd != fd;
}

bool is_absent(Errno error) {
  return error == Errno::kBadf || error == Errno::kNosys || error == Errno::kNotsup;
}

/// The lowest free number that is at least `minimum`, or kTableSize.
uint32_t take_number(uint32_t minimum) {
  const uint32_t lowest = state().lowest_free;
  for (uint32_t fd = lowest < minimum ? minimum : lowest; fd < kTableSize; ++fd) {
    const EntryKind kind = state().entries[fd].kind;
    if (kind == EntryKind::kHost || is_packed(kind)) continue;
    if (kind == EntryKind::kUnknown && host_holds(fd)) {
      set_host(fd, fd);
      continue;
    }
    if (lowest >= minimum) state().lowest_free = fd;
    return fd;
  }
  return kTableSize;
}

/// The node at which a preopen of the host's lies: the packed directory of its name. kNoNode if there
/// is none. `absolute` says how the name begins.
SHIM_NOINLINE uint32_t preopen_node(int32_t fd, uint32_t size, bool& absolute) {
  if (size > image::kMaxPathSize) return kNoNode;
  auto& lookup = scratch().lookup;
  {
    const Pin pin;
    if (host::fd_prestat_dir_name(fd, address_of(lookup.rest), size) != Errno::kSuccess) {
      return kNoNode;
    }
  }
  absolute = size != 0 && lookup.rest[0] == '/';
  Node node;
  const uint32_t found =
      find_path(lookup.path, canonical_path(lookup.rest, size, lookup.path), node);
  return found != kNoNode && is_directory(node) ? found : kNoNode;
}

/// Enters a preopen of the host's, merged with the packed directory at its place.
void add_host_preopen(uint32_t fd, uint32_t name_size) {
  set_host(fd, fd);
  if (!may_merge()) return;
  bool absolute = false;
  const uint32_t node = preopen_node(static_cast<int32_t>(fd), name_size, absolute);
  if (node == kNoNode) return;
  set_entry(fd, {node, EntryKind::kMerged,
                 absolute ? Preopen::kHostAbsolute : Preopen::kHostRelative, 0, fd});
}

/// Whether a preopen without a name is no directory: wazero shows its listening sockets so.
bool is_nameless_socket(uint32_t fd, uint32_t name_size) {
  if (name_size != 0 || !constant::has_fd_fdstat_get()) return false;
  uint8_t* const fdstat = state().result;
  const Pin pin;
  return host::fd_fdstat_get(static_cast<int32_t>(fd), address_of(fdstat)) == Errno::kSuccess &&
         static_cast<Filetype>(fdstat[offsetof(Fdstat, filetype)]) != Filetype::kDirectory;
}

/// Enters the host's preopens, and returns the number after the last.
uint32_t add_host_preopens() {
  uint32_t next = kFirstPreopen;
  if (!constant::has_fd_prestat_get()) return next;
  for (uint32_t fd = kFirstPreopen; fd < kTableSize; ++fd) {
    Errno error;
    uint32_t name_size;
    {
      const Pin pin;
      uint8_t* const prestat = state().result;
      error = host::fd_prestat_get(static_cast<int32_t>(fd), address_of(prestat));
      __builtin_memcpy(&name_size, prestat + offsetof(Prestat, name_size), sizeof(name_size));
    }
    // Another error is a descriptor that is no preopen, such as a listening socket.
    if (error == Errno::kBadf) break;
    if (error != Errno::kSuccess) continue;
    if (is_nameless_socket(fd, name_size)) {
      // C libraries would look for files in it: to them its name is that of the root.
      set_host(fd, fd);
      state().entries[fd].preopen = Preopen::kNoDirectory;
      continue;
    }
    add_host_preopen(fd, name_size);
    next = fd + 1;
  }
  return next;
}

/// Whether one preopen of the host's leads to a packed directory by its absolute name.
bool is_covered(uint32_t node) {
  const State& s = state();
  for (uint32_t fd = kFirstPreopen; fd < s.merged_preopens; ++fd) {
    const Entry& entry = s.entries[fd];
    if (entry.preopen == Preopen::kHostAbsolute && is_at_or_below(node, entry.target)) return true;
  }
  return false;
}

/// Whether all that is packed is covered.
bool is_all_covered() {
  if (!may_merge() || state().merged_preopens == 0) return false;
  for (uint32_t i = 0; i < constant::mount_count(); ++i) {
    image::Mount mount;
    intrinsic::index_init(&mount,
                          constant::mounts_offset() + i * static_cast<uint32_t>(sizeof(mount)),
                          sizeof(mount));
    if (!is_covered(mount.node)) return false;
  }
  return true;
}

/// Adds the preopen "/" after the host's. Where the host has a directory there, because one of its
/// preopens is called ".", the two are merged: C libraries take "/" and "." for the same name, and
/// the later preopen.
void add_root(uint32_t minimum) {
  uint32_t root;
  if (add_packed(kRootNode, Preopen::kOurs, 0, minimum, root) != Errno::kSuccess) return;
  // Guests list preopens until EBADF, which is what the host says of the numbers between.
  for (uint32_t fd = minimum; fd < root; ++fd) state().entries[fd].preopen = Preopen::kNoDirectory;
  if (may_merge()) merge_with_host(root, root, kAllRights, kAllRights);
}

SHIM_NOINLINE void fill_table() {
  State& s = state();
  // First of all: a host call below can come back here.
  s.initialised = 1;
  for (uint32_t fd = 0; fd < kFirstPreopen; ++fd) {
    // The guest can have closed it already, or put another in its place.
    if (s.entries[fd].kind == EntryKind::kUnknown) set_host(fd, fd);
  }
  const uint32_t minimum = add_host_preopens();
  if (!is_all_covered()) add_root(minimum);
}

}  // namespace

SHIM_NOINLINE void greet() {
  if (state().greeted) return;
  state().greeted = 1;
  if (constant::has_fd_close()) host::fd_close(-1);
}

SHIM_NOINLINE void prepare() {
  if (state().initialised) return;
  greet();
  // The host may have come back here.
  if (!state().initialised) fill_table();
}

SHIM_NOINLINE int64_t host_descriptor(int32_t fd) { return host_descriptor_inline(fd); }

SHIM_NOINLINE int64_t host_side(int32_t descriptor) {
  const auto fd = static_cast<uint32_t>(descriptor);
  if (may_merge() && fd < kTableSize && state().entries[fd].kind == EntryKind::kMerged) {
    return host_descriptor_of(state().entries[fd]);
  }
  return host_descriptor(descriptor);
}

SHIM_NOINLINE int64_t known_host_descriptor(uint32_t fd) {
  if (fd >= kTableSize) return untabled_descriptor(fd);
  const Entry& entry = state().entries[fd];
  if (entry.kind == EntryKind::kHost) return host_target(entry);
  if (is_packed(entry.kind)) return kPackedDescriptor;
  if (constant::sealing() != kNotSealed) {
    // What is not a socket does not exist.
    if (!host_holds(fd)) return kBadDescriptor;
    set_host(fd, fd);
    return fd;
  }
  // The host may know what we do not, unless the number is that of a descriptor which the guest
  // knows by another.
  if (state().translated_count != 0 && guest_number(fd) != kTableSize) return kBadDescriptor;
  return fd;
}

SHIM_NOINLINE int64_t host_descriptor_slow(uint32_t fd) {
  if (!state().initialised) {
    // The standard streams are the host's until something needs the table.
    if (fd < kFirstPreopen && constant::sealing() != kSealedWasi) return fd;
    prepare();
  }
  return known_host_descriptor(fd);
}

bool host_holds(uint32_t fd) {
  // No descriptor is greater (Node says EINVAL of such a number).
  if (!constant::has_fd_fdstat_get() || static_cast<int32_t>(fd) < 0) return false;
  if (state().translated_count != 0 && guest_number(fd) != kTableSize) return false;
  uint8_t* const fdstat = state().result;
  Errno error;
  {
    const Pin pin;
    error = host::fd_fdstat_get(static_cast<int32_t>(fd), address_of(fdstat));
  }
  if (constant::sealing() == kNotSealed) return !is_absent(error);
  const auto filetype = static_cast<Filetype>(fdstat[offsetof(Fdstat, filetype)]);
  return error == Errno::kSuccess && filetype != Filetype::kDirectory &&
         filetype != Filetype::kRegularFile;
}

bool is_open(uint32_t fd) {
  const EntryKind kind = fd < kTableSize ? state().entries[fd].kind : EntryKind::kUnknown;
  if (kind == EntryKind::kHost || is_packed(kind)) return true;
  return kind == EntryKind::kUnknown && host_holds(fd);
}

uint32_t guest_number(uint32_t host_fd) {
  const State& s = state();
  const uint32_t count = s.entry_count < kTableSize ? s.entry_count : kTableSize;
  for (uint32_t fd = 0; fd < count; ++fd) {
    if (host_descriptor_of(s.entries[fd]) == host_fd) return fd;
  }
  return kTableSize;
}

SHIM_NOINLINE void set_entry(uint32_t fd, const Entry& entry) {
  State& s = state();
  Entry& old = s.entries[fd];
  if (is_translated(old, fd)) --s.translated_count;
  if (is_translated(entry, fd)) ++s.translated_count;
  const bool merged_preopen =
      entry.kind == EntryKind::kMerged && entry.preopen >= Preopen::kHostRelative;
  if (may_merge() && merged_preopen && fd >= s.merged_preopens) s.merged_preopens = fd + 1;
  old = entry;
  if (fd == s.lowest_free) s.lowest_free = fd + 1;
  if (fd >= s.entry_count) s.entry_count = fd + 1;
}

SHIM_NOINLINE void set_host(uint32_t fd, uint32_t host_fd) {
  set_entry(fd, {host_fd, EntryKind::kHost, Preopen::kNone, 0, 0});
}

SHIM_NOINLINE void clear_entry(uint32_t fd, EntryKind kind) {
  set_entry(fd, {0, kind, Preopen::kNone, 0, 0});
  State& s = state();
  if (fd <= s.lowest_free) s.lowest_free = fd;
}

Errno add_packed(uint32_t node, Preopen preopen, Fdflags fdflags, uint32_t minimum, uint32_t& fd) {
  fd = take_number(minimum);
  if (fd == kTableSize) return Errno::kMfile;
  set_entry(fd, {node, EntryKind::kPacked, preopen, fdflags, 0});
  return Errno::kSuccess;
}

Errno add_host(uint32_t host_fd, uint32_t& fd) {
  fd = host_fd;
  const bool in_table = host_fd < kTableSize;
  if (!in_table && constant::sealing() == kNotSealed) return Errno::kSuccess;
  const Entry& same = state().entries[in_table ? host_fd : 0];
  const bool taken = !in_table || is_packed(same.kind) ||
                     (same.kind == EntryKind::kHost && same.target != host_fd);
  if (taken) {
    fd = take_number(0);
    if (fd == kTableSize) {
      const Pin pin;
      if (constant::has_fd_close()) host::fd_close(static_cast<int32_t>(host_fd));
      return Errno::kMfile;
    }
  }
  set_host(fd, host_fd);
  return Errno::kSuccess;
}

}  // namespace wasm_vfs::runtime
