// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The guest's arguments and environment: what the host gives, and what the pack has baked in. The
// default arguments come after argv[0] and before the host's others; a default variable counts where
// the host has none of that name. What the guest gets lies in its memory as a host would put it:
// the strings in their order, without gaps.
//
// How much room the environment takes depends on the host's names, and the guest asks before it has
// made room for them. The host's are read into the scratch then. If they are larger than that, each
// default variable is counted, and one that the host has, too, is given to the guest a second time
// with the host's value: whichever of the two a program takes, it is right.
//
// A host that has none is not asked for them: C libraries do not either, and Node answers EINVAL.
//
// The host's pointers are not trusted. Tested by tests/unit/shim/defaults_test.cc.

#include "forward.h"
#include "region.h"

namespace wasm_vfs::runtime {
namespace {

inline constexpr uint32_t kPointerSize = 4;

/// What args_sizes_get and environ_sizes_get tell.
struct Sizes {
  uint32_t count;
  uint32_t size;  // bytes of the strings, with their NULs
};

/// Asks the host. Zeroes if there is none.
#define SHIM_HOST_SIZES(call, sizes)                                                      \
  do {                                                                                    \
    sizes = {0, 0};                                                                       \
    if (!constant::has_##call()) break;                                                   \
    const Pin pin;                                                                        \
    uint8_t* const result = state().result;                                             \
    const Errno error = host::call(address_of(result), address_of(result + kPointerSize)); \
    if (error != Errno::kSuccess) return error;                                           \
    __builtin_memcpy(&sizes, result, sizeof(sizes));                                      \
  } while (false)

/// A byte of the index. The defaults are few and read once.
uint8_t index_byte(uint32_t offset) {
  uint8_t byte;
  intrinsic::index_init(&byte, offset, 1);
  return byte;
}

/// Bytes of the string at an offset of the index, with its NUL. It ends before `end`.
uint32_t string_size(uint32_t offset, uint32_t end) {
  uint32_t at = offset;
  while (at < end && index_byte(at) != 0) ++at;
  return at - offset + 1;
}

SHIM_INLINE bool is_room(uint32_t pointers, uint32_t buffer, const Sizes& sizes) {
  return is_guest(pointers, static_cast<uint64_t>(sizes.count) * kPointerSize) &&
         is_guest(buffer, sizes.size);
}

SHIM_INLINE void store_sizes(const Sizes& sizes, uint32_t count, uint32_t size) {
  store(count, sizes.count);
  store(size, sizes.size);
}

/// Adds to both. kOverflow if a sum has more than 32 bits.
SHIM_INLINE Errno add(Sizes& sizes, uint32_t count, uint32_t size) {
  if (sizes.count > UINT32_MAX - count || sizes.size > UINT32_MAX - size) return Errno::kOverflow;
  sizes.count += count;
  sizes.size += size;
  return Errno::kSuccess;
}

/// The default arguments as they follow the host's argv[0], or with the name where there is none.
struct BakedArguments {
  uint32_t count;
  uint32_t offset;  // in the index
  uint32_t size;
};

BakedArguments baked_arguments(const Sizes& host) {
  const uint32_t offset = constant::arguments_offset();
  const uint32_t size = constant::arguments_size();
  if (host.count == 0 || constant::arguments_count() == 0) {
    return {constant::arguments_count(), offset, size};
  }
  const uint32_t name = string_size(offset, offset + size);
  return {constant::arguments_count() - 1, offset + name, size - name};
}

SHIM_NOINLINE Errno measure_arguments(Sizes& host, Sizes& all) {
  SHIM_HOST_SIZES(args_sizes_get, host);
  const BakedArguments baked = baked_arguments(host);
  all = host;
  return add(all, baked.count, baked.size);
}

/// Where the string ends that the first pointer of the host's leads to, in its `host.size` bytes.
uint32_t end_of_first(uint32_t first, uint32_t buffer, const Sizes& host) {
  if (host.count == 0 || first < buffer || first - buffer >= host.size) return 0;
  uint32_t at = first - buffer;
  while (at < host.size - 1 && load<uint8_t>(buffer + at) != 0) ++at;
  return at + 1;
}

/// Puts the default arguments among the host's, of which the pointers begin at `pointers` +
/// 4 * baked.count, and the strings at `buffer`.
void insert_arguments(uint32_t pointers, uint32_t buffer, const Sizes& host,
                      const BakedArguments& baked) {
  const uint32_t hosts = pointers + baked.count * kPointerSize;
  const uint32_t first = host.count == 0 ? 0 : load<uint32_t>(hosts);
  const uint32_t place = end_of_first(first, buffer, host);
  if (place != host.size) {
    __builtin_memmove(intrinsic::at(buffer + place + baked.size), intrinsic::at(buffer + place),
                      host.size - place);
  }
  for (uint32_t i = 0; i < host.count; ++i) {
    const uint32_t at = hosts + i * kPointerSize;
    const auto argument = load<uint32_t>(at);
    const uint32_t offset = argument - buffer;
    if (offset >= place && offset < host.size) store(at, argument + baked.size);
  }
  uint32_t pointer = pointers;
  if (host.count != 0) {
    store(pointer, load<uint32_t>(hosts));
    pointer += kPointerSize;
  }
  const uint32_t strings = buffer + place;
  intrinsic::index_init(intrinsic::at(strings), baked.offset, baked.size);
  for (uint32_t at = 0; at < baked.size;) {
    store(pointer, strings + at);
    pointer += kPointerSize;
    at += string_size(baked.offset + at, baked.offset + baked.size);
  }
}

SHIM_NOINLINE Errno give_arguments(uint32_t pointers, uint32_t buffer) {
  Sizes host;
  Sizes all;
  const Errno error = measure_arguments(host, all);
  if (error != Errno::kSuccess) return error;
  if (!is_room(pointers, buffer, all)) return Errno::kFault;
  const BakedArguments baked = baked_arguments(host);
  if (host.count != 0) {
    const Pin pin;
    const Errno failure = host::args_get(pointers + baked.count * kPointerSize, buffer);
    if (failure != Errno::kSuccess) return failure;
  }
  if (baked.count != 0) insert_arguments(pointers, buffer, host, baked);
  return Errno::kSuccess;
}

/// Whether the string at `at`, of bytes that end at `end`, is a variable of the same name as the
/// default one at `offset` of the index.
bool has_same_name(uint32_t at, uint32_t end, uint32_t offset) {
  for (;; ++at, ++offset) {
    const uint8_t wanted = index_byte(offset);
    const uint8_t byte = at < end ? *intrinsic::at(at) : uint8_t{0};
    if (wanted == '=') return byte == '=' || byte == 0;
    if (byte != wanted) return false;
  }
}

/// The host's variable of the same name, or 0. `strings` are host.size bytes.
uint32_t find_variable(uint32_t pointers, uint32_t strings, const Sizes& host, uint32_t offset) {
  for (uint32_t i = 0; i < host.count; ++i) {
    uint32_t variable;
    __builtin_memcpy(&variable, intrinsic::at(pointers + i * kPointerSize), sizeof(variable));
    if (variable - strings < host.size &&
        has_same_name(variable, strings + host.size, offset)) {
      return variable;
    }
  }
  return 0;
}

/// Whether the host's environment can be looked at in the scratch.
SHIM_INLINE bool fits_scratch(const Sizes& host) {
  return static_cast<uint64_t>(host.count) * kPointerSize + host.size <= kEnvironmentCapacity;
}

/// Counts the default variables that the host does not have. Uses the scratch.
Errno measure_missing(const Sizes& host, Sizes& all) {
  use_scratch();
  const uint32_t pointers = address_of(scratch().environment);
  const uint32_t strings = pointers + host.count * kPointerSize;
  if (host.count != 0) {
    const Pin pin;
    const Errno error = host::environ_get(pointers, strings);
    if (error != Errno::kSuccess) return error;
  }
  const uint32_t end = constant::environment_offset() + constant::environment_size();
  for (uint32_t offset = constant::environment_offset(); offset < end;) {
    const uint32_t size = string_size(offset, end);
    if (find_variable(pointers, strings, host, offset) == 0) {
      const Errno error = add(all, 1, size);
      if (error != Errno::kSuccess) return error;
    }
    offset += size;
  }
  return Errno::kSuccess;
}

SHIM_NOINLINE Errno measure_environment(Sizes& host, Sizes& all) {
  SHIM_HOST_SIZES(environ_sizes_get, host);
  all = host;
  if (constant::environment_count() == 0) return Errno::kSuccess;
  if (fits_scratch(host)) return measure_missing(host, all);
  return add(all, constant::environment_count(), constant::environment_size());
}

/// Puts the default variables behind the host's.
Errno append_variables(uint32_t pointers, uint32_t buffer, const Sizes& host, const Sizes& all) {
  uint32_t count = host.count;
  uint32_t used = host.size;
  const uint32_t end = constant::environment_offset() + constant::environment_size();
  for (uint32_t offset = constant::environment_offset(); offset < end;) {
    const uint32_t size = string_size(offset, end);
    const uint32_t hosts = find_variable(pointers, buffer, host, offset);
    if (hosts == 0 || !fits_scratch(host)) {
      // The host gives other variables than when it was asked for their sizes, or the guest's two
      // buffers overlap.
      if (count >= all.count) return Errno::kFault;
      uint32_t variable = hosts;
      if (hosts == 0) {
        if (size > all.size - used) return Errno::kFault;
        variable = buffer + used;
        intrinsic::index_init(intrinsic::at(variable), offset, size);
        used += size;
      }
      store(pointers + count++ * kPointerSize, variable);
    }
    offset += size;
  }
  return Errno::kSuccess;
}

SHIM_NOINLINE Errno give_environment(uint32_t pointers, uint32_t buffer) {
  Sizes host;
  Sizes all;
  const Errno error = measure_environment(host, all);
  if (error != Errno::kSuccess) return error;
  if (!is_room(pointers, buffer, all)) return Errno::kFault;
  if (host.count != 0) {
    const Pin pin;
    const Errno failure = host::environ_get(pointers, buffer);
    if (failure != Errno::kSuccess) return failure;
  }
  return append_variables(pointers, buffer, host, all);
}

SHIM_NOINLINE Errno give_arguments_sizes(uint32_t count, uint32_t size) {
  Sizes host;
  Sizes all;
  const Errno error = measure_arguments(host, all);
  if (error != Errno::kSuccess) return error;
  store_sizes(all, count, size);
  return Errno::kSuccess;
}

SHIM_NOINLINE Errno give_environment_sizes(uint32_t count, uint32_t size) {
  Sizes host;
  Sizes all;
  const Errno error = measure_environment(host, all);
  if (error != Errno::kSuccess) return error;
  store_sizes(all, count, size);
  return Errno::kSuccess;
}

}  // namespace

Errno args_sizes_get(uint32_t count, uint32_t size) {
  greet();
  if (!is_guest(count, 4) || !is_guest(size, 4)) return Errno::kFault;
  return give_arguments_sizes(count, size);
}

Errno args_get(uint32_t arguments, uint32_t buffer) {
  greet();
  return give_arguments(arguments, buffer);
}

Errno environ_sizes_get(uint32_t count, uint32_t size) {
  greet();
  if (!is_guest(count, 4) || !is_guest(size, 4)) return Errno::kFault;
  return give_environment_sizes(count, size);
}

Errno environ_get(uint32_t variables, uint32_t buffer) {
  greet();
  return give_environment(variables, buffer);
}

}  // namespace wasm_vfs::runtime
