// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The shim's state: all that it remembers between calls. It lies at the memory base, inside the
// region at the top of the application's memory, and starts as zeroes. A guest with a wild pointer
// can overwrite it, so nothing in it is trusted: each value is checked when it is used.
// Tested by tests/unit/shim/.

#ifndef WASM_VFS_RUNTIME_STATE_H_
#define WASM_VFS_RUNTIME_STATE_H_

#include <stdint.h>

#include "abi.h"
#include "layout.h"

namespace wasm_vfs::runtime {

/// Descriptors below this are ours to number; the others are the host's as they are.
inline constexpr uint32_t kTableSize = 4096;

inline constexpr uint32_t kPathCapacity = 4096;

enum class EntryKind : uint8_t {
  kUnknown = 0,  // never looked at: the host may hold a descriptor of this number
  kFree = 1,     // the host holds none of this number that the table does not know
  kHost = 2,     // `target` is the host's descriptor
  kPacked = 3,   // `target` is a node
};

/// What one of the guest's descriptors is.
struct Entry {
  uint32_t target;
  EntryKind kind;
  uint8_t flags;      // of a packed one: kEntry... below
  uint16_t fdflags;   // of a packed one
  uint64_t position;  // of a packed file
};
static_assert(sizeof(Entry) == 16);

inline constexpr uint8_t kEntryPreopen = 1;   // a preopen of ours
inline constexpr uint8_t kEntryReadable = 2;  // opened with the right to read

struct State {
  uint8_t greeted;      // the harmless first call has been made (see region.h)
  uint8_t initialised;  // the table has been filled
  uint8_t padding[2];
  uint32_t entry_count;       // entries that have been in use; the others are zero
  uint32_t lowest_free;       // no number below is free
  uint32_t translated_count;  // host descriptors that have another number at the guest
  uint8_t scratch[64];        // where host calls put their results
  uint8_t path[2 * kPathCapacity];
  Entry entries[kTableSize];  // last, so that what is in use is a prefix
};
static_assert(sizeof(State) + kStackSize <= kRegionPages * kPageSize);

/// The state. Not to be kept over a call that may move the region.
SHIM_INLINE State& state() {
  return *reinterpret_cast<State*>(intrinsic::at(intrinsic::get_memory_base()));
}

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_STATE_H_
