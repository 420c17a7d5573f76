// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The shim's state: all that it remembers between calls. It lies at the memory base, inside the
// region at the top of the application's memory, and starts as zeroes. A guest with a wild pointer
// can overwrite it, so nothing in it is trusted: each value is checked when it is used.
// Tested by tests/unit/shim/.

#ifndef WASM_VFS_RUNTIME_STATE_H_
#define WASM_VFS_RUNTIME_STATE_H_

#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "image/format.h"
#include "layout.h"

namespace wasm_vfs::runtime {

/// Descriptors below this are ours to number; the others are the host's as they are.
inline constexpr uint32_t kTableSize = 4096;

/// Room for a path that is being walked, with what its symbolic links bring.
inline constexpr uint32_t kRestCapacity = 2 * (image::kMaxPathSize + 1);

/// Subscriptions that one host call may have when packed files are polled too (poll.cc).
inline constexpr uint32_t kPollBatch = 64;

/// Bytes of the host's environment, pointers and strings, up to which it is compared with the
/// default one before the guest has made room for it (defaults.cc).
inline constexpr uint32_t kEnvironmentCapacity = 16384;

enum class EntryKind : uint8_t {
  kUnknown = 0,  // the host may hold a descriptor of this number
  kFree = 1,     // the host holds none of this number
  kHost = 2,     // `target` is the host's descriptor
  kPacked = 3,   // `target` is a node of the image
  kMerged = 4,   // a directory of both: `target` is the node, `position` the host's descriptor
};

SHIM_INLINE bool is_packed(EntryKind kind) {
  return kind == EntryKind::kPacked || kind == EntryKind::kMerged;
}

/// How a descriptor came to be a preopen, if it is one.
enum class Preopen : uint8_t {
  kNone = 0,
  kOurs = 1,          // "/"
  kHostRelative = 2,  // one of the host's, merged: "." or "static"
  kHostAbsolute = 3,  // the same: "/" or "/static"
  kNoDirectory = 4,   // a descriptor of the host's among its preopens or before ours (preopen.cc)
};

/// What one of the guest's descriptors is.
struct Entry {
  uint32_t target;
  EntryKind kind;
  Preopen preopen;
  Fdflags fdflags;    // of a packed one
  uint64_t position;  // of a packed file: bytes
};
static_assert(sizeof(Entry) == 16);

/// What a call needs while it runs, and no later: it is not kept when the region moves.
union Scratch {
  struct {
    uint8_t path[image::kMaxPathSize + 1];      // a canonical path that is looked up
    uint8_t compared[image::kMaxPathSize + 1];  // a string of the index
    uint8_t rest[kRestCapacity];                // what is still to be walked
    uint8_t held[image::kMaxPathSize + 1];      // the first of two paths that the host is given
    uint64_t result[sizeof(Filestat) / 8];      // of a host call while a path is looked up
  } lookup;
  struct {
    uint8_t subscriptions[kPollBatch * sizeof(UnstableSubscription)];  // or smaller ones
    Event events[kPollBatch];
    uint32_t event_count;
  } poll;
  uint8_t environment[kEnvironmentCapacity];
};

/// Whether decoded chunks are worth copying when the region moves.
enum class CacheUse : uint8_t {
  kNone = 0,  // the decoder is zero
  kIdle = 1,  // not used since the region moved
  kUsed = 2,
};

struct State {
  Scratch scratch;
  uint8_t result[64];          // of a host call about a descriptor, whatever the scratch holds
  uint8_t greeted;             // the harmless first call has been made (descriptors.h)
  uint8_t initialised;         // the table has been filled
  uint8_t scratch_used;        // the scratch may differ from zero
  CacheUse cache_use;          // of the decoder behind the state
  uint32_t entry_count;        // entries that have been in use; the others are zero
  uint32_t lowest_free;        // no number below is free
  uint32_t translated_count;   // host descriptors that have another number at the guest
  uint32_t merged_preopens;    // those of the host's that are merged have numbers below this
  Entry entries[kTableSize];   // last, so that what is in use is a prefix
};
static_assert(sizeof(State) <= kStateCapacity);

/// The state. Not to be kept over a call that may move the region.
SHIM_INLINE State& state() {
  return *reinterpret_cast<State*>(intrinsic::at(intrinsic::get_memory_base()));
}

/// An entry of the table. REQUIRES: fd < kTableSize.
SHIM_INLINE Entry& entry_of(uint32_t fd) {
  // The table's place in the state becomes the offset that a load or store has for nothing.
  struct FromStateOn {
    uint8_t before[offsetof(State, entries)];
    Entry entry;
  };
  static_assert(offsetof(FromStateOn, entry) == offsetof(State, entries));
  const uint32_t address = intrinsic::get_memory_base() + fd * static_cast<uint32_t>(sizeof(Entry));
  return reinterpret_cast<FromStateOn*>(intrinsic::at(address))->entry;
}

/// Comes before scratch() in every call: whoever moves the region must then zero the scratch.
SHIM_INLINE void use_scratch() { state().scratch_used = 1; }

SHIM_INLINE Scratch& scratch() {
#ifndef __wasm__
  if (!state().scratch_used) __builtin_trap();
#endif
  return state().scratch;
}

/// The address, as the host and the guest know it, of a byte of the state.
SHIM_INLINE uint32_t address_of(const void* in_state) {
  return intrinsic::get_memory_base() +
         static_cast<uint32_t>(static_cast<const uint8_t*>(in_state) -
                               reinterpret_cast<const uint8_t*>(&state()));
}

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_STATE_H_
