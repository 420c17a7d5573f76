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

/// The file type that ask_host_fdstat() has got.
Filetype asked_filetype() {
  return static_cast<Filetype>(state().result[offsetof(Fdstat, filetype)]);
}

bool is_absent(Errno error) {
  return error == Errno::kBadf || error == Errno::kNosys || error == Errno::kNotsup;
}

/// The lowest free number that is at least `minimum`, or kTableSize.
uint32_t take_number(uint32_t minimum) {
  const uint32_t lowest = state().lowest_free;
  for (uint32_t fd = lowest < minimum ? minimum : lowest; fd < kTableSize; ++fd) {
    const EntryKind kind = entry_of(fd).kind;
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
  return ask_host_fdstat(fd) == Errno::kSuccess && asked_filetype() != Filetype::kDirectory;
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
      entry_of(fd).preopen = Preopen::kNoDirectory;
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
    const Entry& entry = entry_of(fd);
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
  for (uint32_t fd = minimum; fd < root; ++fd) entry_of(fd).preopen = Preopen::kNoDirectory;
  if (may_merge()) merge_with_host(root, root, kAllRights, kAllRights);
}

SHIM_NOINLINE void fill_table() {
  // First of all: a host call below can come back here.
  state().initialised = 1;
  use_scratch();
  for (uint32_t fd = 0; fd < kFirstPreopen; ++fd) {
    // The guest can have closed it already, or put another in its place.
    if (entry_of(fd).kind == EntryKind::kUnknown) set_host(fd, fd);
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
  // An adapter may get the memory for its own stack by an allocator that runs constructors first
  // (wasm-ld wraps a command's exports so). It answers next to nothing then, and says that it has no
  // preopens, as it says to an application that is not packed: the table has to wait.
  if (constant::allocator_is_exported() && intrinsic::get_allocating() != 0) return;
  greet();
  // The host may have come back here.
  if (!state().initialised) fill_table();
}

SHIM_NOINLINE Entry* packed_entry(int32_t fd, Node& node) { return packed_entry_inline(fd, node); }

SHIM_NOINLINE bool is_packed_descriptor(int32_t fd) {
  Node node;
  return packed_entry(fd, node) != nullptr;
}

SHIM_NOINLINE bool is_packed_file(int32_t fd) {
  Node node;
  return packed_entry(fd, node) != nullptr && !is_directory(node);
}

SHIM_NOINLINE Errno refuse_packed(int32_t fd, Errno error) {
  return is_packed_descriptor(fd) ? error : Errno::kBadf;
}

SHIM_NOINLINE int64_t host_descriptor_of(const Entry& entry) {
  if (entry.kind == EntryKind::kHost) return entry.target;
  if (entry.kind == EntryKind::kMerged) return static_cast<uint32_t>(entry.position);
  return kPackedDescriptor;
}

SHIM_NOINLINE Errno ask_host_fdstat(uint32_t host_fd) {
  const Pin pin;
  return host::fd_fdstat_get(static_cast<int32_t>(host_fd), address_of(state().result));
}

SHIM_NOINLINE int64_t host_descriptor(int32_t fd) { return host_descriptor_inline(fd); }

SHIM_NOINLINE int64_t host_side(int32_t descriptor) {
  const auto fd = static_cast<uint32_t>(descriptor);
  if (may_merge() && fd < kTableSize && entry_of(fd).kind == EntryKind::kMerged) {
    return host_descriptor_of(entry_of(fd));
  }
  return host_descriptor(descriptor);
}

SHIM_NOINLINE int64_t known_host_descriptor(uint32_t fd) {
  if (fd >= kTableSize) return untabled_descriptor(fd);
  const Entry& entry = entry_of(fd);
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
  const Errno error = ask_host_fdstat(fd);
  if (constant::sealing() == kNotSealed) return !is_absent(error);
  const Filetype filetype = asked_filetype();
  return error == Errno::kSuccess && filetype != Filetype::kDirectory &&
         filetype != Filetype::kRegularFile;
}

bool is_open(uint32_t fd) {
  const EntryKind kind = fd < kTableSize ? entry_of(fd).kind : EntryKind::kUnknown;
  if (kind == EntryKind::kHost || is_packed(kind)) return true;
  return kind == EntryKind::kUnknown && host_holds(fd);
}

uint32_t guest_number(uint32_t host_fd) {
  for (uint32_t fd = 0; fd < state().entry_count && fd < kTableSize; ++fd) {
    if (host_descriptor_of(entry_of(fd)) == host_fd) return fd;
  }
  return kTableSize;
}

SHIM_NOINLINE void set_entry(uint32_t fd, const Entry& entry) {
  State& s = state();
  Entry& old = entry_of(fd);
  s.translated_count += is_translated(entry, fd) - is_translated(old, fd);
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
  const Entry& same = entry_of(in_table ? host_fd : 0);
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
