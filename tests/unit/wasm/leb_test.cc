// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LEB128: values around the powers of two, every padding, and what must be refused.

#include "wasm/leb.h"

#include <limits>

#include "testing/catch.h"

namespace wasm_vfs::wasm {
namespace {

template <typename T, uint32_t kBits = sizeof(T) * 8>
Leb<T> read(const ByteBuffer& bytes) {
  return read_leb<T, kBits>(bytes.data(), bytes.data() + bytes.size());
}

// The value and width as one string, or the problem.
template <typename T, uint32_t kBits = sizeof(T) * 8>
std::string shown(const ByteBuffer& bytes) {
  const Leb<T> number = read<T, kBits>(bytes);
  switch (number.problem) {
    case LebProblem::kNone:
      return std::to_string(number.value) + " in " + std::to_string(number.width);
    case LebProblem::kTruncated:
      return "truncated";
    case LebProblem::kTooLong:
      return "too long";
    case LebProblem::kTooBig:
      return "too big";
  }
  return "?";
}

TEST_CASE("unsigned numbers around powers of two are read back as written") {
  for (uint32_t bit = 0; bit < 64; ++bit) {
    for (int64_t step = -2; step <= 2; ++step) {
      const uint64_t value = (uint64_t{1} << bit) + static_cast<uint64_t>(step);
      ByteBuffer bytes;
      append_unsigned_leb(bytes, value);
      CHECK(bytes.size() == unsigned_leb_width(value));
      CHECK(read<uint64_t>(bytes).value == value);
      CHECK(read<uint64_t>(bytes).width == bytes.size());
      if (value <= std::numeric_limits<uint32_t>::max()) {
        CHECK(read<uint32_t>(bytes).value == value);
        for (uint32_t width = unsigned_leb_width(value); width <= 5; ++width) {
          ByteBuffer padded;
          append_padded_leb(padded, value, width);
          CHECK(padded.size() == width);
          CHECK(read<uint32_t>(padded).value == value);
          CHECK(read<uint32_t>(padded).width == width);
        }
      } else {
        CHECK(read<uint32_t>(bytes).problem != LebProblem::kNone);
      }
      for (size_t cut = 0; cut < bytes.size(); ++cut) {
        const ByteBuffer start(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(cut));
        CHECK(shown<uint64_t>(start) == "truncated");
      }
    }
  }
}

TEST_CASE("signed numbers around powers of two are read back as written") {
  for (uint32_t bit = 0; bit < 64; ++bit) {
    for (int64_t step = -2; step <= 2; ++step) {
      for (const bool negative : {false, true}) {
        uint64_t bits = (uint64_t{1} << bit) + static_cast<uint64_t>(step);
        if (negative) bits = ~bits + 1;
        const int64_t value = static_cast<int64_t>(bits);
        ByteBuffer bytes;
        append_signed_leb(bytes, value);
        CHECK(read<int64_t>(bytes).value == value);
        CHECK(read<int64_t>(bytes).width == bytes.size());
        const bool fits_32 = value == static_cast<int32_t>(value);
        CHECK((read<int32_t>(bytes).problem == LebProblem::kNone) == fits_32);
        if (fits_32) CHECK(read<int32_t>(bytes).value == value);
        const int64_t limit = int64_t{1} << 32;
        const bool fits_33 = value >= -limit && value < limit;
        CHECK((read<int64_t, 33>(bytes).problem == LebProblem::kNone) == fits_33);
        if (fits_33) CHECK(read<int64_t, 33>(bytes).value == value);
      }
    }
  }
}

TEST_CASE("encodings are what the specification says") {
  ByteBuffer bytes;
  append_unsigned_leb(bytes, 624485);
  CHECK(bytes == ByteBuffer{0xe5, 0x8e, 0x26});
  bytes.clear();
  append_signed_leb(bytes, -123456);
  CHECK(bytes == ByteBuffer{0xc0, 0xbb, 0x78});
  bytes.clear();
  append_padded_leb(bytes, 3, 5);
  CHECK(bytes == ByteBuffer{0x83, 0x80, 0x80, 0x80, 0x00});
  bytes.clear();
  append_signed_leb(bytes, 64);  // bit 6 is the sign, so a second byte is needed
  CHECK(bytes == ByteBuffer{0xc0, 0x00});
}

TEST_CASE("numbers that are too long or too big are told apart") {
  CHECK(shown<uint32_t>({0xff, 0xff, 0xff, 0xff, 0x0f}) == "4294967295 in 5");
  CHECK(shown<uint32_t>({0xff, 0xff, 0xff, 0xff, 0x1f}) == "too big");
  CHECK(shown<uint32_t>({0x80, 0x80, 0x80, 0x80, 0x70}) == "too big");
  CHECK(shown<uint32_t>({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}) == "too long");
  CHECK(shown<uint32_t>({0x80, 0x80, 0x80, 0x80, 0x80}) == "too long");
  CHECK(shown<uint32_t>({0x80, 0x80, 0x80, 0x80}) == "truncated");
  CHECK(shown<uint32_t>({}) == "truncated");

  CHECK(shown<int32_t>({0xff, 0xff, 0xff, 0xff, 0x7f}) == "-1 in 5");
  CHECK(shown<int32_t>({0x80, 0x80, 0x80, 0x80, 0x78}) == "-2147483648 in 5");
  CHECK(shown<int32_t>({0xff, 0xff, 0xff, 0xff, 0x07}) == "2147483647 in 5");
  CHECK(shown<int32_t>({0xff, 0xff, 0xff, 0xff, 0x0f}) == "too big");
  CHECK(shown<int32_t>({0x80, 0x80, 0x80, 0x80, 0x70}) == "too big");
  CHECK(shown<int32_t>({0xff, 0xff, 0xff, 0xff, 0x4f}) == "too big");

  CHECK(shown<int64_t, 33>({0xff, 0xff, 0xff, 0xff, 0x0f}) == "4294967295 in 5");
  CHECK(shown<int64_t, 33>({0x80, 0x80, 0x80, 0x80, 0x70}) == "-4294967296 in 5");
  CHECK(shown<int64_t, 33>({0xff, 0xff, 0xff, 0xff, 0x1f}) == "too big");
  CHECK(shown<int64_t, 33>({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}) == "too long");

  const ByteBuffer nine(9, 0xff);
  const auto with = [&](std::initializer_list<uint8_t> rest) {
    ByteBuffer bytes = nine;
    bytes.insert(bytes.end(), rest);
    return bytes;
  };
  CHECK(shown<uint64_t>(with({0x01})) == "18446744073709551615 in 10");
  CHECK(shown<uint64_t>(with({0x03})) == "too big");
  CHECK(shown<uint64_t>(with({0x81, 0x00})) == "too long");
  CHECK(shown<int64_t>(with({0x00})) == "9223372036854775807 in 10");
  CHECK(shown<int64_t>(with({0x7f})) == "-1 in 10");
  CHECK(shown<int64_t>(with({0x01})) == "too big");
  CHECK(shown<int64_t>(with({0x7e})) == "too big");
}

}  // namespace
}  // namespace wasm_vfs::wasm
