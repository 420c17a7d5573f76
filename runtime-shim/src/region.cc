// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The region: the pages at the top of the application's memory that hold the shim's stack and
// state. The application must see its memory as if they were not there, so its memory.size and
// memory.grow come here, and the region moves up whenever the memory grows. While a function of the
// shim that has a frame or an address in the region is on the stack, the region is pinned and must
// not move. These functions have no frame themselves: the stack is what they move.
// An imported memory has no region at first, because its limits are its owner's: the first call gets
// one by growing it.
// The rules and the reasons are in docs/architecture.md. Tested by tests/unit/shim/region_test.cc.

#include "region.h"

#include "contents.h"

namespace wasm_vfs::runtime {
namespace {

/// Bytes of the region, from its start, that may differ from zero.
SHIM_INLINE uint32_t used_bytes() {
  uint32_t count = state().entry_count;
  if (count > kTableSize) count = kTableSize;
  return kStackSize + static_cast<uint32_t>(offsetof(State, entries)) +
         count * static_cast<uint32_t>(sizeof(Entry));
}

/// Moves the region up to `to` and zeroes what it leaves. The pages from the region's old end on
/// must be zero as far as the new region covers them; so is what lies behind the used bytes.
SHIM_NOINLINE void move_region(uint32_t to) {
  const uint32_t from = region_start();
  const uint32_t used = used_bytes();
  const uint32_t distance = to - from;
  // First, because the state's new place can lie where the decoder was.
  move_decoder(distance);
  // While no function of ours is running, the stack and the scratch mean nothing. The scratch is
  // left alone where it has not been used: to write zeroes over a page that was never written costs
  // a page fault, and a heap that grows page by page moves the region each time.
  constexpr uint32_t kept = kStackSize + static_cast<uint32_t>(sizeof(Scratch));
  static_assert(kept <= kPageSize);
  const uint32_t cleared = state().scratch_used ? kept : kStackSize;
  __builtin_memmove(intrinsic::at(to + kept), intrinsic::at(from + kept), used - kept);
  __builtin_memset(intrinsic::at(from), 0, cleared);
  __builtin_memset(intrinsic::at(from + kept), 0, (used < distance ? used : distance) - kept);
  intrinsic::set_memory_base(to + kStackSize);
  intrinsic::set_stack_pointer(to + kStackSize);
  // Where the table is so long that it overlaps its new place, old entries lie in the new scratch.
  state().scratch_used = used > distance;
}

/// Brings the region back to the top after somebody else has grown the memory. False if the memory
/// cannot grow: the region stays in the middle.
SHIM_NOINLINE bool settle() {
  const uint64_t top = region_start() + region_bytes();
  if (top == static_cast<uint64_t>(intrinsic::real_memory_size()) * kPageSize) return true;
  const uint32_t pages = intrinsic::real_memory_grow(constant::region_pages());
  if (pages == kGrowFailed) return false;
  move_region(pages * kPageSize);
  return true;
}

/// Whether there is no region yet: what the application sees is then the memory as it is.
SHIM_INLINE bool is_unacquired() {
  return constant::memory_is_imported() != 0 && intrinsic::get_memory_base() == 0;
}

}  // namespace

uint32_t acquire_region() {
  const uint32_t pages = intrinsic::real_memory_grow(constant::region_pages());
  if (pages == kGrowFailed) return 0;
  const uint32_t base = pages * kPageSize + kStackSize;
  intrinsic::set_memory_base(base);
  intrinsic::set_stack_pointer(base);
  return 1;
}

uint32_t memory_size() {
  if (is_unacquired()) return intrinsic::real_memory_size();
  if (intrinsic::get_pin() != 0) return intrinsic::real_memory_size();
  settle();
  return region_start() / kPageSize;
}

uint32_t memory_grow(uint32_t pages) {
  if (is_unacquired()) return intrinsic::real_memory_grow(pages);
  if (intrinsic::get_pin() != 0) return intrinsic::real_memory_grow(pages);
  if (!settle()) return kGrowFailed;
  const uint32_t size = region_start() / kPageSize;
  if (pages == 0) return size;
  if (static_cast<uint64_t>(size) + pages > constant::application_maximum_pages())
    return kGrowFailed;
  if (intrinsic::real_memory_grow(pages) == kGrowFailed) return kGrowFailed;
  move_region((size + pages) * kPageSize);
  return size;
}

}  // namespace wasm_vfs::runtime
