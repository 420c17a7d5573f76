// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads the binary format's primitives from a range of bytes, and never outside it. Instead of
// every read returning a Result, the cursor remembers its first failure: from then on it stands at
// the end, every read gives zero, and the caller looks once, at the end of what it reads. Loops
// must therefore be bounded by read_count() or look at failed().
// Tested by cursor_test.cc.

#ifndef WASM_VFS_WASM_CURSOR_H_
#define WASM_VFS_WASM_CURSOR_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "wasm/leb.h"

namespace wasm_vfs::wasm {

/// "0x4f21", "0x0b".
std::string hexadecimal(uint64_t value);

class Cursor {
 public:
  /// `offset` is the place of the first byte in the file; for messages.
  Cursor(Bytes bytes, uint64_t offset)
      : begin_(bytes.data()), next_(begin_), end_(begin_ + bytes.size()), offset_(offset) {}

  bool failed() const { return what_ != nullptr; }
  bool at_end() const { return next_ == end_; }
  size_t remaining() const { return static_cast<size_t>(end_ - next_); }
  /// Of the next byte, counted from the first.
  uint32_t position() const { return static_cast<uint32_t>(next_ - begin_); }
  /// Of the next byte, in the file.
  uint64_t offset() const { return offset_ + static_cast<uint64_t>(next_ - begin_); }
  /// The bytes from `position` to the next byte. REQUIRES: position <= this->position().
  Bytes since(uint32_t position) const { return {begin_ + position, next_}; }

  /// The next byte, not consumed; 0 at the end (which is no failure).
  uint8_t peek() const { return next_ == end_ ? 0 : *next_; }

  /// The next four bytes as a little-endian number, not consumed. REQUIRES: remaining() >= 4.
  uint32_t peek_word() const {
    return next_[0] | uint32_t{next_[1]} << 8 | uint32_t{next_[2]} << 16 | uint32_t{next_[3]} << 24;
  }
  /// REQUIRES: size <= remaining().
  void skip(size_t size) { next_ += size; }

  // Each read says what it reads ("the import count") for the message of its failure.

  uint8_t read_byte(const char* what) {
    if (next_ == end_) [[unlikely]] {
      fail_at(next_, what, "a byte, found the end");
      return 0;
    }
    return *next_++;
  }

  uint32_t read_u32(const char* what) {
    if (next_ != end_ && *next_ < 0x80) [[likely]]
      return *next_++;
    return read_number<uint32_t, 32>(what);
  }
  uint64_t read_u64(const char* what) {
    if (next_ != end_ && *next_ < 0x80) [[likely]]
      return *next_++;
    return read_number<uint64_t, 64>(what);
  }
  int32_t read_s32(const char* what) { return read_number<int32_t, 32>(what); }
  int64_t read_s33(const char* what) { return read_number<int64_t, 33>(what); }
  int64_t read_s64(const char* what) { return read_number<int64_t, 64>(what); }

  Bytes read_bytes(size_t size, const char* what) {
    if (size > remaining()) [[unlikely]] {
      fail_at(next_, what, "more bytes, found the end");
      return {};
    }
    next_ += size;
    return {next_ - size, size};
  }

  /// A length and as many bytes; not checked to be UTF-8.
  std::string_view read_name(const char* what) {
    const uint8_t* start = next_;
    const uint32_t size = read_u32(what);
    if (size > remaining()) [[unlikely]] {
      fail_at(start, what, "a name, found a length greater than all that follows");
      return {};
    }
    return as_text(read_bytes(size, what));
  }

  /// The count of a vector whose entries take at least `min_entry_size` bytes each: a count that
  /// cannot be true fails here, before anybody allocates for it.
  uint32_t read_count(const char* what, size_t min_entry_size = 1) {
    const uint8_t* start = next_;
    const uint32_t count = read_u32(what);
    if (count > remaining() / min_entry_size) [[unlikely]] {
      fail_at(start, what, "a count, found one greater than all that follows can hold");
      return 0;
    }
    return count;
  }

  /// Fails at a place already passed: "unable to read WHAT: expected EXPECTED". Both must outlive
  /// the cursor. Only the first failure counts.
  void fail(uint32_t position, const char* what, const char* expected) {
    fail_at(begin_ + position, what, expected);
  }

  /// Fails at an unknown opcode, already passed; the message quotes its bytes.
  void fail_opcode(uint32_t position);

  /// Fails unless all was read.
  void expect_end(const char* what) {
    if (next_ != end_) fail_at(next_, what, "the end, found more bytes");
  }

  /// The failure as a message: "FILE: PLACE (offset 0x4f21): unable to read the import count:
  /// expected …". REQUIRES: failed().
  Error error(std::string_view file, std::string_view place) const;

 private:
  template <typename T, uint32_t kBits>
  T read_number(const char* what) {
    const Leb<T> number = read_leb<T, kBits>(next_, end_);
    if (number.problem != LebProblem::kNone) [[unlikely]] {
      fail_number(number.problem, what, std::is_signed_v<T>, kBits);
      return 0;
    }
    next_ += number.width;
    return number.value;
  }

  [[gnu::cold]] void fail_number(LebProblem problem, const char* what, bool is_signed,
                                 uint32_t bits);

  [[gnu::cold]] void fail_at(const uint8_t* place, const char* what, const char* expected);

  const uint8_t* begin_;
  const uint8_t* next_;
  const uint8_t* end_;
  uint64_t offset_;
  uint64_t failure_ = 0;        // position of the first failure
  const char* what_ = nullptr;  // set once failed
  const char* expected_ = nullptr;
  Bytes unknown_opcode_;  // where that is the failure
};

}  // namespace wasm_vfs::wasm

#endif  // WASM_VFS_WASM_CURSOR_H_
