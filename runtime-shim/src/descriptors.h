// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table of the guest's descriptors: each is the host's, under its own or another number, or an
// open file of ours, or a directory that both have (merged). It is filled by the first call that needs numbers, so that a program which
// never opens a file runs as before. Numbers from kTableSize on are the host's as they are.
// The rules are in docs/filesystem.md. Tested by tests/unit/shim/descriptors_test.cc.

#ifndef WASM_VFS_RUNTIME_DESCRIPTORS_H_
#define WASM_VFS_RUNTIME_DESCRIPTORS_H_

#include "abi.h"
#include "index.h"
#include "state.h"

namespace wasm_vfs::runtime {

/// What host_descriptor() answers, besides the numbers of the host.
inline constexpr int64_t kPackedDescriptor = -1;
inline constexpr int64_t kBadDescriptor = -2;

/// Whether directories of the host's can be merged with packed ones: their names must be known.
SHIM_INLINE bool may_merge() {
  return constant::has_fd_prestat_get() != 0 && constant::has_fd_prestat_dir_name() != 0;
}

/// Makes the harmless host call that comes before the first one that pins the region, so that a
/// component adapter's first call, which allocates, can still move the region. Has no frame.
void greet();

/// Fills the table, if that has not been done; greets the host before. Has no frame.
void prepare();

/// What a number is for which the table has no room: the host's, where the guest sees all of those.
SHIM_INLINE int64_t untabled_descriptor(uint32_t fd) {
  return constant::sealing() == kNotSealed ? int64_t{fd} : kBadDescriptor;
}

/// The host's number of a kHost entry. A guest that is sealed off from WASI has the numbers of the
/// standard streams, so that a file does not become one, but no streams.
SHIM_INLINE int64_t host_target(const Entry& entry) {
  return constant::sealing() == kSealedWasi ? kBadDescriptor : int64_t{entry.target};
}

/// For a number that the table has no kHost, kPacked or kMerged entry for.
int64_t host_descriptor_slow(uint32_t fd);

/// The host's number for the guest's `fd`, kPackedDescriptor (if it is merged, too) or
/// kBadDescriptor.
int64_t host_descriptor(int32_t fd);

/// The same, but of a merged descriptor the host's number.
int64_t host_side(int32_t fd);

/// The same, inlined: for the calls that must not cost a nanosecond more. It is 60 bytes each time.
SHIM_INLINE int64_t host_descriptor_inline(int32_t descriptor) {
  const auto fd = static_cast<uint32_t>(descriptor);
  if (fd >= kTableSize) return untabled_descriptor(fd);
  const Entry& entry = entry_of(fd);
  if (entry.kind == EntryKind::kHost) return host_target(entry);
  if (is_packed(entry.kind)) return kPackedDescriptor;
  return host_descriptor_slow(fd);
}

/// host_descriptor() once the table is filled, for functions that have a frame.
int64_t known_host_descriptor(uint32_t fd);

/// The entry and the node of a packed or merged descriptor; null if it is none, or if the table has
/// been overwritten with what cannot be.
Entry* packed_entry(int32_t fd, Node& node);

/// The same, inlined: for the calls that must not cost a nanosecond more.
SHIM_INLINE Entry* packed_entry_inline(int32_t fd, Node& node) {
  if (static_cast<uint32_t>(fd) >= kTableSize) return nullptr;
  Entry& entry = entry_of(static_cast<uint32_t>(fd));
  return is_packed(entry.kind) && read_node_inline(entry.target, node) ? &entry : nullptr;
}

/// Whether packed_entry() has something, and whether it is a file or a link.
bool is_packed_descriptor(int32_t fd);
bool is_packed_file(int32_t fd);

/// `error` for a packed descriptor, kBadf for any other.
Errno refuse_packed(int32_t fd, Errno error);

/// The least number that an open file of ours gets. Descriptors of the host's that pass through
/// calls which we do not know must keep their numbers, so ours stay away from them.
SHIM_INLINE uint32_t lowest_packed_number() {
  constexpr uint32_t kAboveHosts = 1024;
  return constant::foreign_descriptor_calls() ? kAboveHosts : 0;
}

/// The host's descriptor that an entry holds, or kPackedDescriptor if it holds none.
int64_t host_descriptor_of(const Entry& entry);

/// Asks the host for the attributes of one of its descriptors, pinned: they are put into State::result.
Errno ask_host_fdstat(uint32_t host_fd);

/// Gives `node` the lowest free number that is at least `minimum`. kMfile if there is none.
Errno add_packed(uint32_t node, Preopen preopen, Fdflags fdflags, uint32_t minimum, uint32_t& fd);

/// Finds a number for a descriptor that the host has just given: its own if it is free, else the
/// lowest free one. kMfile if there is none: the host's descriptor is closed.
Errno add_host(uint32_t host_fd, uint32_t& fd);

/// Whether the host holds a descriptor of this number that the table does not know. Asks the host.
bool host_holds(uint32_t fd);

/// Whether the guest has a descriptor of this number. Asks the host about one that the table does
/// not know.
bool is_open(uint32_t fd);

/// The guest's number for a descriptor of the host's, or kTableSize if the table has none.
uint32_t guest_number(uint32_t host_fd);

/// Puts `entry`, or a descriptor of the host's, at a number, or empties it: kUnknown or kFree. They
/// keep the counts and close nothing.
void set_entry(uint32_t fd, const Entry& entry);
void set_host(uint32_t fd, uint32_t host_fd);
void clear_entry(uint32_t fd, EntryKind kind);

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_DESCRIPTORS_H_
