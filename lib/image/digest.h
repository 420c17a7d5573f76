// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The one sum that packing uses: XXH3-128, to find equal files and to notice damage. It is not
// cryptographic: it proves nothing against somebody who means harm.
// https://github.com/Cyan4973/xxHash. Tested by digest_test.cc.

#ifndef WASM_VFS_IMAGE_DIGEST_H_
#define WASM_VFS_IMAGE_DIGEST_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace wasm_vfs::image {

/// XXH3-128 (seed 0) in its canonical form: most significant byte first.
using Digest = std::array<uint8_t, 16>;

/// The first half of a Digest, where there are many of them: one of each file's bytes.
using ShortDigest = std::array<uint8_t, 8>;

Digest digest_of(Bytes bytes);

ShortDigest shorten(const Digest& digest);

/// 32 lower-case hexadecimal digits.
std::string hexadecimal(const Digest& digest);

/// The reverse of hexadecimal(). False, and `digest` is not changed, for any other text.
bool parse_digest(std::string_view text, Digest& digest);

/// The digest of bytes that come in blocks.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void update(Bytes bytes);
  Digest digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_DIGEST_H_
