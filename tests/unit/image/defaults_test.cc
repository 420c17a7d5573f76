// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/image/defaults.cc.

#include "image/defaults.h"

#include "testing/catch.h"

namespace wasm_vfs::image {
namespace {

using namespace std::string_literals;

using Variables = std::vector<std::string>;

TEST_CASE("a variable set again changes its value and keeps its place", "[defaults]") {
  Defaults defaults;
  for (const char* variable : {"A=1", "B=2", "AB=3", "B=4=5", "A=", "C=6"})
    set_variable(defaults, variable);
  CHECK(defaults.environment == Variables{"A=", "B=4=5", "AB=3", "C=6"});
  CHECK(check_defaults(defaults).ok());
}

TEST_CASE("a variable's name ends at the first equals sign", "[defaults]") {
  CHECK(name_of_variable("A=B=C") == "A");
  CHECK(name_of_variable("=B") == "");
  CHECK(name_of_variable("AB") == "AB");
}

TEST_CASE("strings end with a NUL, and the program's name needs arguments", "[defaults]") {
  CHECK(argument_strings({"app", {"-x", ""}, {}}) == "app\0-x\0\0"s);
  CHECK(argument_strings({"", {"-x"}, {}}) == "\0-x\0"s);
  CHECK(argument_strings({"app", {}, {"A=1"}}).empty());
  CHECK(environment_strings({"app", {"-x"}, {"A=1", "B="}}) == "A=1\0B=\0"s);
  CHECK(environment_strings({}).empty());
}

TEST_CASE("what no guest could be given is refused", "[defaults]") {
  const auto message = [](const Defaults& defaults) {
    const Status status = check_defaults(defaults);
    return status.ok() ? "no error" : status.error().message;
  };
  CHECK(message({}) == "no error");
  CHECK(message({"é", {"", "a b", "="}, {"A=", "é= ü"}}) == "no error");
  const std::string text = ": has a NUL or is not UTF-8, as WASI wants it";
  CHECK(message({"a\0b"s, {}, {}}) == "program name 'a\\x00b'" + text);
  CHECK(message({"", {"x", "\xff"}, {}}) == "--arg '\\xff'" + text);
  CHECK(message({"", {"a\0b"s}, {}}) == "--arg 'a\\x00b'" + text);
  CHECK(message({"", {}, {"A=\xff"}}) == "--env 'A=\\xff'" + text);
  CHECK(message({"", {}, {"A=\0"s}}) == "--env 'A=\\x00'" + text);
  CHECK(message({"", {}, {"A"}}) == "--env 'A': is not NAME=VALUE");
  CHECK(message({"", {}, {""}}) == "--env '': is not NAME=VALUE");
  CHECK(message({"", {}, {"=1"}}) == "--env '=1': is not NAME=VALUE");
  CHECK(message({"", {}, {"A=1", "B=2", "A=3"}}) == "--env 'A=3': the same NAME is there already");
}

}  // namespace
}  // namespace wasm_vfs::image
