// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tested by digest_test.cc.

#include "image/digest.h"

#include <xxhash.h>

#include <algorithm>
#include <cstddef>

namespace wasm_vfs::image {
namespace {

Digest canonical(XXH128_hash_t hash) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  Digest digest;
  static_assert(sizeof(canonical.digest) == sizeof(Digest));
  std::copy(std::begin(canonical.digest), std::end(canonical.digest), digest.begin());
  return digest;
}

/// −1 for what is no lower-case hexadecimal digit.
int digit_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

}  // namespace

Digest digest_of(Bytes bytes) {
  return canonical(XXH3_128bits(bytes.data(), bytes.size()));
}

ShortDigest shorten(const Digest& digest) {
  ShortDigest half;
  std::copy_n(digest.begin(), half.size(), half.begin());
  return half;
}

std::string hexadecimal(const Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

bool parse_digest(std::string_view text, Digest& digest) {
  if (text.size() != 2 * digest.size()) return false;
  Digest parsed;
  for (size_t i = 0; i < parsed.size(); ++i) {
    const int high = digit_value(text[2 * i]);
    const int low = digit_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    parsed[i] = static_cast<uint8_t>(high * 16 + low);
  }
  digest = parsed;
  return true;
}

// xxHash aligns its state itself, so it comes from its own function.
struct Hasher::State {
  State() : xxh3(XXH3_createState()) { XXH3_128bits_reset(xxh3); }
  ~State() { XXH3_freeState(xxh3); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  XXH3_state_t* xxh3;
};

Hasher::Hasher() : state_(std::make_unique<State>()) {}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(Bytes bytes) {
  XXH3_128bits_update(state_->xxh3, bytes.data(), bytes.size());
}

Digest Hasher::digest() const {
  return canonical(XXH3_128bits_digest(state_->xxh3));
}

}  // namespace wasm_vfs::image
