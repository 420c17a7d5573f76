// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bytes for tests of compression: the same for the same arguments, whenever they are asked for.

#ifndef WASM_VFS_TESTS_UNIT_TESTING_TEXT_H_
#define WASM_VFS_TESTS_UNIT_TESTING_TEXT_H_

#include <cstddef>
#include <random>
#include <string>

namespace wasm_vfs {

/// Lines that compress well.
inline std::string text(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string bytes;
  while (bytes.size() < size) bytes += "line " + std::to_string(random() % 500) + "\n";
  bytes.resize(size);
  return bytes;
}

/// What does not compress.
inline std::string noise(size_t size) {
  std::mt19937 random(3);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

}  // namespace wasm_vfs

#endif  // WASM_VFS_TESTS_UNIT_TESTING_TEXT_H_
