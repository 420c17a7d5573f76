// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/image/digest.h.

#include "image/digest.h"

#include <string>

#include "testing/catch.h"

namespace wasm_vfs::image {
namespace {

TEST_CASE("the digest is XXH3-128 in canonical form", "[digest]") {
  // xxhsum -H2 of no bytes.
  CHECK(hexadecimal(digest_of({})) == "99aa06d3014798d86001c324468d497f");
  CHECK(hexadecimal(Hasher().digest()) == "99aa06d3014798d86001c324468d497f");
}

TEST_CASE("a digest does not depend on the blocks", "[digest]") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i);
  for (const size_t cut : {size_t{0}, size_t{1}, size_t{255}, size_t{256}, text.size()}) {
    Hasher hasher;
    hasher.update(as_bytes(text).first(cut));
    hasher.update(as_bytes(text).subspan(cut));
    CHECK(hasher.digest() == digest_of(as_bytes(text)));
  }
}

TEST_CASE("a digest as text and back", "[digest]") {
  const Digest digest = digest_of(as_bytes("text"));
  Digest parsed{};
  REQUIRE(parse_digest(hexadecimal(digest), parsed));
  CHECK(parsed == digest);
  const std::string text = hexadecimal(digest);
  for (const std::string& other :
       {text.substr(1), text + "0", std::string(), "G" + text.substr(1), text.substr(1) + " "}) {
    CAPTURE(other);
    CHECK_FALSE(parse_digest(other, parsed));
    CHECK(parsed == digest);
  }
}

TEST_CASE("a short digest is the first half", "[digest]") {
  const Digest digest = digest_of({});
  CHECK(shorten(digest) == ShortDigest{0x99, 0xaa, 0x06, 0xd3, 0x01, 0x47, 0x98, 0xd8});
}

}  // namespace
}  // namespace wasm_vfs::image
