// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// find_stray_character(): `é` stands for what is beyond ASCII.

#include "spin/toml_guard.h"

#include <string>

#include "testing/catch.h"

namespace wasm_vfs::spin {
namespace {

TEST_CASE("in strings and comments all characters may be") {
  for (const char* text :
       {"", "a = 1\n",
        "\xef\xbb\xbf"
        "a = 1",
        "# é \" '\nb = 1 # é", "a = \"é # \\\" é\" # é\n", "a = 'é \" \\' # é", "\"é\" . 'é' = 1",
        "a = \"\"\"é\né\"\" \\\" é\"\"\"\"\" # é", "a = '''é\n\\é''' '' # é", "a = \"\" # é",
        "a = \"\"\" \\\n  a é \\\\é \"\"\"", "a = \"not ended é\nb é"}) {
    INFO(text);
    CHECK(!find_stray_character(text));
  }
}

TEST_CASE("elsewhere the first is found") {
  const auto found = [](const std::string& text) {
    INFO(text);
    const auto stray = find_stray_character(text);
    REQUIRE(stray);
    CHECK(text.substr(*stray, 2) == "é");
    return *stray;
  };
  CHECK(found("é = 1") == 0);
  CHECK(found("\xef\xbb\xbf"
              "é") == 3);
  CHECK(found("a = 1 é é") == 6);
  CHECK(found("# é\né") == 5);
  CHECK(found("a = '\\'é'") == 7);
  CHECK(found("a = \"\\\\\"é") == 8);
  CHECK(found("a = \"\"é") == 6);
  CHECK(found("a = 0'é'") == 6);
  CHECK(found("a = ''''é'''é") == 13);
  CHECK(found("a = \"\"\"x\"\"\"\"\"é") == 13);
}

TEST_CASE("after the backslash at a line's end") {
  CHECK(find_stray_character("a = \"\"\"x\\\né\"\"\"") == 10);
  CHECK(find_stray_character("a = \"\"\"x\\ \r\n\t é\"\"\"") == 14);
  CHECK(find_stray_character("a = \"\"\"\\é\"\"\"") == 8);
  CHECK(!find_stray_character("a = '''x\\\né'''"));
}

}  // namespace
}  // namespace wasm_vfs::spin
