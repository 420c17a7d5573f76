// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Glob against the rules of Rust's glob crate, whose own tests were read for what matters: the
// expectations here follow its documentation and Pattern::matches.

#include "spin/glob.h"

#include <string>

#include "testing/catch.h"

namespace wasm_vfs::spin {
namespace {

bool matches(const std::string& pattern, const std::string& path) {
  const Result<Glob> glob = Glob::parse(pattern);
  INFO(pattern << " and " << path);
  REQUIRE(glob.ok());
  return glob->matches(path);
}

TEST_CASE("characters, one for another") {
  CHECK(matches("", ""));
  CHECK(matches("a/b.txt", "a/b.txt"));
  CHECK(!matches("a", "A"));
  CHECK(!matches("a", ""));
  CHECK(!matches("a", "ab"));
  CHECK(!matches("ab", "a"));
  CHECK(matches("a\\b", "a\\b"));  // nothing is escaped
  CHECK(matches("a?c", "abc"));
  CHECK(matches("a?c",
                "a\xc3\xa9"
                "c"));  // é: one character of two bytes
  CHECK(matches("?", "\xf0\x9f\x98\x80"));
  CHECK(!matches("??", "\xf0\x9f\x98\x80"));
  CHECK(!matches("?", ""));
}

TEST_CASE("an asterisk takes slashes and leading dots too") {
  CHECK(matches("*", ""));
  CHECK(matches("*", "a/b/c"));
  CHECK(matches("*.txt", "a/.b/c.txt"));
  CHECK(matches("secret*", "secret/a/b"));
  CHECK(!matches("secret*", "a/secret"));
  CHECK(matches("a*b*c", "abc"));
  CHECK(matches("a*b*c", "a_b_bb_c"));
  CHECK(!matches("a*b*c", "abcd"));
  CHECK(matches("a?c", "a/c"));
  CHECK(matches("*", ".hidden"));
}

TEST_CASE("two asterisks are any number of directories") {
  CHECK(matches("**/secret", "secret"));
  CHECK(matches("**/secret", "a/b/secret"));
  CHECK(!matches("**/secret", "a/nosecret"));
  CHECK(matches("a/**/b", "a/b"));
  CHECK(matches("a/**/b", "a/x/y/b"));
  CHECK(!matches("a/**/b", "a/xb"));
  CHECK(!matches("a/**/b", "ab"));
  CHECK(matches("a/**", "a/b/c"));
  CHECK(matches("a/**", "a/"));
  CHECK(!matches("a/**", "a"));
  CHECK(matches("**", "a/b"));
  CHECK(matches("**/**/*.js", "x.js"));
  CHECK(matches("a/**/**/b", "a/c/b"));
}

TEST_CASE("sets") {
  CHECK(matches("[abc]", "b"));
  CHECK(!matches("[abc]", "d"));
  CHECK(matches("[a-cx]", "c"));
  CHECK(matches("[a-cx]", "x"));
  CHECK(!matches("[a-c]", "-"));
  CHECK(matches("[a-]", "-"));
  CHECK(matches("[-a]", "-"));
  CHECK(!matches("[!a-c]", "b"));
  CHECK(matches("[!a-c]", "d"));
  CHECK(matches("x[!a]y", "x/y"));
  CHECK(matches("[]]", "]"));
  CHECK(matches("[]x]", "x"));
  CHECK(!matches("[!]]", "]"));
  CHECK(matches("[[]", "["));
  CHECK(matches("[*]", "*"));
  CHECK(!matches("[*]", "a"));
  CHECK(matches("[!!]", "a"));
  CHECK(!matches("[!!]", "!"));
  CHECK(matches("[\xc3\xa0-\xc3\xbf]", "\xc3\xa9"));  // à to ÿ, é
  CHECK(matches("a]", "a]"));
}

TEST_CASE("what is no pattern") {
  const auto error = [](const std::string& pattern) {
    const Result<Glob> glob = Glob::parse(pattern);
    INFO(pattern);
    REQUIRE(!glob.ok());
    return glob.error().message;
  };
  for (const char* pattern : {"a/**b", "a/bc**", "a/b**c**d", "a**b", "**a", "a**/b"})
    CHECK(error(pattern) == "** must stand alone between slashes, as in a/**/*");
  for (const char* pattern : {"***", "a/*****", "a/***/b"})
    CHECK(error(pattern) == "more than two asterisks in a row; write * or **");
  for (const char* pattern :
       {"abc[def", "abc[!def", "abc[", "abc[!", "abc[d", "abc[!d", "abc[]", "abc[!]"})
    CHECK(error(pattern) == "[ without ]; write [[] for the bracket itself");
}

TEST_CASE("a pattern of many asterisks takes no longer than its length") {
  const std::string path(1000, 'a');
  const std::string many = "*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b";
  CHECK(!matches(many, path));
  CHECK(matches(many, path + "b"));
}

TEST_CASE("what looks like a pattern") {
  CHECK(!looks_like_glob("a/b{c}!.txt"));
  for (const char* text : {"a*", "a?", "[", "a]"}) CHECK(looks_like_glob(text));
}

}  // namespace
}  // namespace wasm_vfs::spin
