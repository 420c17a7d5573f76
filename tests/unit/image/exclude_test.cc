// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/image/exclude.cc: a table by hand, and random patterns against git itself.

#include "image/exclude.h"

#include <stdio.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <random>

#include "image/host_files.h"
#include "image/tree.h"
#include "testing/catch.h"
#include "testing/temporary_directory.h"

namespace wasm_vfs::image {
namespace {

struct Case {
  const char* patterns;  // one a line
  const char* path;      // with a slash at the end: a directory
  bool excluded;
};

const Case kCases[] = {
    // A name without a slash, at any depth.
    {"a", "a", true},
    {"a", "d/a", true},
    {"a", "d/a/", true},
    {"a", "ab", false},
    {"*.o", "d/x.o", true},
    {"*.o", ".o", true},
    {"*", ".hidden", true},
    {"?", "ab", false},
    {"**", "d/e", true},
    {"a**c", "d/abc", true},
    // Directories only.
    {"a/", "a", false},
    {"a/", "a/", true},
    {"a/", "d/a/", true},
    {"*/", "d/a/", true},
    // A slash at the start or inside anchors.
    {"/a", "a", true},
    {"/a", "d/a", false},
    {"d/a", "d/a", true},
    {"d/a", "e/d/a", false},
    {"d/a/", "d/a", false},
    {"d/a/", "d/a/", true},
    {"/*", "d/a", false},
    {"d/*", "d/e/a", false},
    {"d\\/a", "d/a", true},
    // Double stars.
    {"**/a", "a", true},
    {"**/a", "d/e/a", true},
    {"d/**", "d/", false},
    {"d/**", "d/e/a", true},
    {"d/**/a", "d/a", true},
    {"d/**/a", "d/e/f/a", true},
    {"d/**/a", "e/d/a", false},
    {"d/**/**/a", "d/a", true},
    {"**/d/**/a", "x/d/y/a", true},
    {"d/***/a", "d/e/f/a", true},
    {"/**", "a", true},
    {"d/a**", "d/abc", true},
    {"d/a**", "d/a/b", false},
    // Brackets and escapes.
    {"[ab]", "a", true},
    {"[!a]", "a", false},
    {"[^a]", "b", true},
    {"[]]", "]", true},
    {"[a-c]x", "bx", true},
    {"[[:digit:]]", "7", true},
    {"[[:digit:]]", "x", false},
    {"\\*", "*", true},
    {"\\*", "a", false},
    {"\\#a", "#a", true},
    {"\\!a", "!a", true},
    {"a\\ ", "a ", true},
    // The last match decides.
    {"*.o\n!keep.o", "keep.o", false},
    {"!keep.o\n*.o", "keep.o", true},
    {"*.o\n!keep.o\nd/keep.o", "d/keep.o", true},
    {"!a", "a", false},
    // Lines that are no patterns, and blanks.
    {"# a", "# a", false},
    {"\n\na", "a", true},
    {"a   ", "a", true},
    {"a\r\nb\r\n", "b", true},
    {"\xef\xbb\xbf"
     "a",
     "a", true},
    {"a b", "a b", true},
};

TEST_CASE("patterns match as gitignore(5) says", "[exclude]") {
  for (const Case& c : kCases) {
    CAPTURE(c.patterns, c.path);
    ExcludeRules rules;
    REQUIRE(rules.add_lines(c.patterns, "patterns").ok());
    std::string_view path = c.path;
    const bool is_directory = path.ends_with('/');
    if (is_directory) path.remove_suffix(1);
    CHECK(rules.excludes(path, is_directory) == c.excluded);
  }
}

TEST_CASE("a pattern from the command line is taken as it is", "[exclude]") {
  ExcludeRules rules;
  REQUIRE(rules.add("#a").ok());
  REQUIRE(rules.add("b ").ok());
  CHECK(rules.excludes("#a", false));
  CHECK(rules.excludes("b ", false));
  CHECK_FALSE(rules.excludes("b", false));
}

TEST_CASE("patterns that can never match are errors", "[exclude]") {
  const auto message = [](std::string_view pattern) {
    return ExcludeRules().add(pattern).error().message;
  };
  CHECK(message("a[b") == "pattern a[b: has [ without ]; write \\[ for a bracket");
  CHECK(message("[]") == "pattern []: has [ without ]; write \\[ for a bracket");
  CHECK(message("a\\") == "pattern a\\: ends in a backslash; write \\\\ for one");
  CHECK(message("") == "pattern : is empty: it would match nothing");
  CHECK(message("!/") == "pattern !/: is empty: it would match nothing");
  CHECK(message("./a") == "pattern ./a: no name is .; leave that out");
  CHECK(message("../a") == "pattern ../a: no name is ..; leave that out");
  CHECK(ExcludeRules().add_lines("a\n\n[b\n", "list").error().message ==
        "list: line 3: pattern [b: has [ without ]; write \\[ for a bracket");
}

TEST_CASE("exclude_pattern_for makes a pattern that matches just that path", "[exclude]") {
  CHECK(exclude_pattern_for("a/b*") == "/a/b\\*");
  CHECK(exclude_pattern_for("caf\xc3\xa9") == "/caf\xc3\xa9");
  CHECK(exclude_pattern_for("caf\xe9") == "/caf?");
  for (const std::string path : {"a", "a/b", "#x", "!x", "a ", "[a]", "a\\b", "a?c*", "\xff/b"}) {
    CAPTURE(path);
    ExcludeRules rules;
    REQUIRE(rules.add_lines(exclude_pattern_for(path), "").ok());
    CHECK(rules.excludes(path, false));
    CHECK_FALSE(rules.excludes("d/" + path, false));
    CHECK_FALSE(rules.excludes(path + "x", false));
  }
}

// Against git: `git ls-files --others` lists the files that patterns do not exclude.

std::string output_of(const std::string& command) {
  std::string output;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  char buffer[4096];
  for (size_t got; (got = ::fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, got);
  return ::pclose(pipe) == 0 ? output : "failed: " + command;
}

void list_files(const Entry& entry, const std::string& path, std::vector<std::string>& files) {
  for (const Entry& child : entry.children) {
    const std::string child_path = path + child.name;
    if (child.kind == NodeKind::kDirectory) {
      list_files(child, child_path + '/', files);
    } else {
      files.push_back(child_path);
    }
  }
}

bool has_stars_after_a_name(const std::string& pattern) {
  for (size_t i = pattern.find("**"); i != std::string::npos; i = pattern.find("**", i + 1)) {
    if (i > 0 && std::string_view("/!*").find(pattern[i - 1]) == std::string_view::npos)
      return true;
  }
  return false;
}

TEST_CASE("random patterns leave in what git leaves in", "[exclude][git]") {
  if (::system("git --version >/dev/null 2>&1") != 0) {
    if (::getenv("CI") != nullptr) FAIL("git is not installed");
    WARN("skipped: git is not installed");
    return;
  }
  TemporaryDirectory temporary;
  const std::string tree = temporary.path() + "/tree";
  const std::string git =
      "git --git-dir='" + temporary.path() + "/git' --work-tree='" + tree + "' ";
  std::filesystem::create_directory(tree);
  REQUIRE(output_of(git + "init -q 2>&1") == "");
  // Every path of up to three of these names, the last a file.
  const std::vector<std::string> directory_names = {"a", "b", "ab"};
  const std::vector<std::string> file_names = {"a.x", "b.x", "c", "ba", "a b", ".h", "*"};
  const std::function<void(const std::string&, int)> fill = [&](const std::string& path,
                                                                int depth) {
    std::filesystem::create_directories(temporary.path() + '/' + path);
    for (const std::string& name : file_names) temporary.write(path + '/' + name, "");
    if (depth == 0) return;
    for (const std::string& name : directory_names) fill(path + '/' + name, depth - 1);
  };
  fill("tree", 3);
  const size_t all_files = file_names.size() * (1 + 3 + 9 + 27);

  std::mt19937 random(20261123);
  const std::vector<std::string> tokens = {"a",    "b", "ab", "x",   "*",     "*",    "?",   "**",
                                           "/",    "/", "/",  "c",   "[ab]",  "[!a]", "\\a", ".x",
                                           "/**/", "h", " ",  "\\*", "[a-b]", "***",  "**/", "."};
  const auto pick = [&](size_t count) { return random() % count; };
  int compared = 0;
  int telling = 0;  // of these, how many leave out something, but not all
  while (compared < 400) {
    std::string lines;
    ExcludeRules rules;
    for (size_t count = 1 + pick(4); count > 0; --count) {
      std::string pattern;
      if (pick(4) == 0) pattern += '!';
      if (pick(4) == 0) pattern += '/';
      for (size_t length = 1 + pick(4); length > 0; --length)
        pattern += tokens[pick(tokens.size())];
      if (pick(4) == 0) pattern += '/';
      // Git takes an empty component for a name that nothing has; we fold it.
      if (pattern.find("//") != std::string::npos) continue;
      // Against its documentation, git (2.39) takes "ab**" for "ab/**" where a pattern is anchored.
      if (has_stars_after_a_name(pattern)) continue;
      pattern += '\n';
      if (ExcludeRules().add_lines(pattern, "").ok()) lines += pattern;
    }
    REQUIRE(rules.add_lines(lines, "").ok());
    if (lines.empty()) continue;
    ++compared;
    const std::string list = temporary.write("patterns", lines);
    const std::string expected =
        output_of(git + "ls-files --others -z --exclude-from='" + list + "'");

    ScanOptions options;
    options.excludes = rules;
    const auto scanned = scan({{tree, "/", false}}, options, posix_files());
    REQUIRE(scanned.ok());
    std::vector<std::string> files;
    list_files(scanned->root, "", files);
    std::sort(files.begin(), files.end());
    std::string found;
    for (const std::string& file : files) found += file + '\0';
    CAPTURE(lines);
    REQUIRE(found == expected);
    if (!files.empty() && files.size() < all_files) ++telling;
  }
  CHECK(telling > 150);
}

}  // namespace
}  // namespace wasm_vfs::image
