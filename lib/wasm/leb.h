// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LEB128 numbers: seven bits a byte, the lowest first, the eighth bit set on all but the last byte.
// A number of N bits may take up to ceil(N / 7) bytes; the bits of the last of these that lie
// beyond N must be zero (unsigned) or equal to the sign. Padding with more bytes than needed is
// legal, and linkers use it (a function index in five bytes, to be patched later). WebAssembly 3.0,
// "Integers" (https://webassembly.github.io/spec/core/binary/values.html). Tested by leb_test.cc.

#ifndef WASM_VFS_WASM_LEB_H_
#define WASM_VFS_WASM_LEB_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/bytes.h"

namespace wasm_vfs::wasm {

/// Why a number could not be read.
enum class LebProblem : uint8_t {
  kNone,
  kTruncated,  // the bytes end before the number does
  kTooLong,    // more bytes than a number of this size may take
  kTooBig,     // the last byte has bits that a number of this size has not
};

/// `value` and `width` (in bytes) are set only when `problem` is kNone.
template <typename T>
struct Leb {
  T value = 0;
  uint32_t width = 0;
  LebProblem problem = LebProblem::kNone;
};

/// The most bytes that a number of so many bits may take.
constexpr uint32_t max_leb_width(uint32_t bits) {
  return (bits + 6) / 7;
}

/// Reads a number of `kBits` bits (at most those of T) from [begin, end). Signed if T is.
template <typename T, uint32_t kBits = sizeof(T) * 8>
constexpr Leb<T> read_leb(const uint8_t* begin, const uint8_t* end) {
  using Unsigned = std::make_unsigned_t<T>;
  constexpr uint32_t kMaxWidth = max_leb_width(kBits);
  constexpr uint32_t kLastBits = kBits - 7 * (kMaxWidth - 1);  // of the last byte, that count
  Unsigned value = 0;
  for (uint32_t i = 0; i < kMaxWidth; ++i) {
    if (begin + i == end) return {0, 0, LebProblem::kTruncated};
    const uint8_t byte = begin[i];
    value |= static_cast<Unsigned>(static_cast<Unsigned>(byte & 0x7f) << (7 * i));
    if ((byte & 0x80) != 0) continue;
    if (i + 1 == kMaxWidth) {
      // All bits from the highest that counts upwards must be the same; unsigned: those above it,
      // and zero.
      const uint8_t excess = static_cast<uint8_t>(byte >> (kLastBits - std::is_signed_v<T>));
      const uint8_t all = static_cast<uint8_t>(0x7f >> (kLastBits - std::is_signed_v<T>));
      if (excess != 0 && !(std::is_signed_v<T> && excess == all)) {
        return {0, 0, LebProblem::kTooBig};
      }
    }
    if constexpr (std::is_signed_v<T>) {
      const uint32_t used = 7 * (i + 1);
      if (used < sizeof(T) * 8 && (byte & 0x40) != 0) {
        value |= static_cast<Unsigned>(~Unsigned{0} << used);
      }
    }
    return {static_cast<T>(value), i + 1, LebProblem::kNone};
  }
  return {0, 0, LebProblem::kTooLong};
}

/// The bytes that the minimal encoding of an unsigned number takes.
constexpr uint32_t unsigned_leb_width(uint64_t value) {
  uint32_t width = 1;
  while (value >>= 7) ++width;
  return width;
}

/// Appends the minimal encoding.
inline void append_unsigned_leb(ByteBuffer& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<uint8_t>(value));
}

/// Appends the encoding in exactly `width` bytes.
/// REQUIRES: width >= unsigned_leb_width(value), and width is legal for the number's type.
inline void append_padded_leb(ByteBuffer& out, uint64_t value, uint32_t width) {
  for (uint32_t i = 1; i < width; ++i) {
    out.push_back(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<uint8_t>(value & 0x7f));
}

/// Appends the minimal encoding of a signed number.
inline void append_signed_leb(ByteBuffer& out, int64_t value) {
  for (;;) {
    const uint8_t byte = static_cast<uint8_t>(value & 0x7f);
    value >>= 7;  // arithmetic, by C++20
    if ((value == 0 && (byte & 0x40) == 0) || (value == -1 && (byte & 0x40) != 0)) {
      out.push_back(byte);
      return;
    }
    out.push_back(byte | 0x80);
  }
}

}  // namespace wasm_vfs::wasm

#endif  // WASM_VFS_WASM_LEB_H_
