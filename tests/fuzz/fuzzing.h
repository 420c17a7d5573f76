// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What several fuzz targets share: how they fail, how they take decisions from the input, and what
// an error about the file "fuzz.wasm" must look like.

#ifndef WASM_VFS_TESTS_FUZZ_FUZZING_H_
#define WASM_VFS_TESTS_FUZZ_FUZZING_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/result.h"

namespace wasm_vfs::fuzzing {

inline void require(bool condition) {
  if (!condition) std::abort();
}

/// The input's bytes, one after the other, and zeroes behind its end.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  bool empty() const { return at_ == size_; }
  uint8_t byte() { return empty() ? uint8_t{0} : data_[at_++]; }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

/// A message is one line, and its offset is within the file, of `size` bytes.
inline void check_message(const Error& error, size_t size) {
  require(error.message.starts_with("fuzz.wasm: "));
  require(error.message.find('\n') == std::string::npos);
  const size_t place = error.message.find("(offset ");
  if (place == std::string::npos) return;
  require(std::stoull(error.message.substr(place + 8), nullptr, 16) <= size);
}

}  // namespace wasm_vfs::fuzzing

#endif  // WASM_VFS_TESTS_FUZZ_FUZZING_H_
