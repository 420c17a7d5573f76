// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/image/paths.cc.

#include "image/paths.h"

#include "testing/catch.h"

namespace wasm_vfs::image {
namespace {

TEST_CASE("is_utf8 follows Unicode's table of well-formed sequences", "[paths]") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("plain"));
  // The first and the last of each length.
  CHECK(is_utf8("\xc2\x80 \xdf\xbf"));
  CHECK(is_utf8("\xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf"));
  CHECK(is_utf8("\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"));

  CHECK_FALSE(is_utf8("\x80"));              // no lead byte
  CHECK_FALSE(is_utf8("\xc1\xbf"));          // over-long
  CHECK_FALSE(is_utf8("\xe0\x9f\xbf"));      // over-long
  CHECK_FALSE(is_utf8("\xf0\x8f\xbf\xbf"));  // over-long
  CHECK_FALSE(is_utf8("\xed\xa0\x80"));      // a surrogate
  CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));  // beyond U+10FFFF
  CHECK_FALSE(is_utf8("\xf5\x80\x80\x80"));
  CHECK_FALSE(is_utf8("\xff"));
  CHECK_FALSE(is_utf8("a\xc3"));  // cut
  CHECK_FALSE(is_utf8("a\xe2\x82"));
  CHECK_FALSE(is_utf8("\xe2\x82z"));
  CHECK_FALSE(is_utf8("\xf0\x9f\x98"));
}

TEST_CASE("printable keeps text and shows other bytes in hexadecimal", "[paths]") {
  CHECK(printable("Grüße.txt") == "Grüße.txt");
  CHECK(printable("a\nb\x7f") == "a\\x0ab\\x7f");
  CHECK(printable("a\xff\xc3") == "a\\xff\\xc3");
}

TEST_CASE("normalise_guest_path folds what does not matter and refuses the rest", "[paths]") {
  const auto normal = [](std::string_view path) { return *normalise_guest_path(path); };
  CHECK(normal("/") == "/");
  CHECK(normal("//") == "/");
  CHECK(normal("/.") == "/");
  CHECK(normal("/a/b") == "/a/b");
  CHECK(normal("//a/.//b/./") == "/a/b");
  CHECK(normal("/a..b/...") == "/a..b/...");
  CHECK(normal("/" + std::string(255, 'n')).size() == 256);

  const auto message = [](std::string_view path) {
    return normalise_guest_path(path).error().message;
  };
  CHECK(message("") == "guest path : must be absolute: begin it with /");
  CHECK(message("a") == "guest path a: must be absolute: begin it with /");
  CHECK(message("/a/../b") == "guest path /a/../b: must not contain `..`");
  CHECK(message("/a\xff") == "guest path /a\\xff: must be UTF-8");
  CHECK(message(std::string_view("/a\0b", 4)) == "guest path /a\\x00b: must not hold a NUL");
  CHECK(message("/" + std::string(256, 'n'))
            .ends_with("has a name of 256 bytes; at most 255 are possible"));

  std::string deep;
  for (int i = 0; i < 2047; ++i) deep += "/d";
  CHECK(normalise_guest_path(deep).ok());  // 4094 bytes
  CHECK(message(deep + "/d").ends_with("is 4096 bytes long; at most 4095 are possible"));
}

TEST_CASE("hash_of_path is the upper half of XXH64", "[paths]") {
  // XXH64's own test vectors, seed 0: "" is ef46db3751d8e999, "abc" is 44bc2cf5ad770999.
  CHECK(hash_of_path("") == 0xef46db37);
  CHECK(hash_of_path("abc") == 0x44bc2cf5);
}

}  // namespace
}  // namespace wasm_vfs::image
