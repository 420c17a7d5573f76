// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/splice/custom_sections.h.

#include "splice/custom_sections.h"

#include "build_module.h"
#include "testing/catch.h"

namespace wasm_vfs::splice {
namespace {

using test::join;
using test::leb;
using test::name;
using test::padded;
using test::vec;

using Names = std::vector<std::pair<uint32_t, std::string>>;

ByteBuffer subsection(uint8_t id, const ByteBuffer& contents) {
  return join({{id}, leb(contents.size()), contents});
}

/// add_function_names() as bytes.
ByteBuffer with_names(const ByteBuffer& section, const Names& names, uint32_t renumbered_below = 0) {
  return test::flatten(add_function_names(section, names, renumbered_below));
}

ByteBuffer entry(uint32_t index, std::string_view text) { return join({leb(index), name(text)}); }

// --- name ---------------------------------------------------------------------------------------

TEST_CASE("name section: made where there is none") {
  CHECK(with_names({}, {{3, "a"}, {300, "bc"}}) ==
        subsection(1, vec({entry(3, "a"), entry(300, "bc")})));
}

TEST_CASE("name section: functions are appended, all else stays") {
  const ByteBuffer module_name = subsection(0, name("app"));
  const ByteBuffer locals = subsection(2, vec({join({leb(0), vec({entry(0, "x")})})}));
  const ByteBuffer unknown = subsection(42, {1, 2, 3});
  const ByteBuffer before =
      join({module_name, subsection(1, vec({entry(0, "f"), entry(2, "g")})), locals, unknown});
  CHECK(with_names(before, {{7, "h"}}) ==
        join({module_name, subsection(1, vec({entry(0, "f"), entry(2, "g"), entry(7, "h")})),
              locals, unknown}));
}

TEST_CASE("name section: without functions they come where they belong") {
  const ByteBuffer module_name = subsection(0, name("app"));
  const ByteBuffer globals = subsection(7, vec({entry(0, "g")}));
  const ByteBuffer added = subsection(1, vec({entry(7, "h")}));
  CHECK(with_names(join({module_name, globals}), {{7, "h"}}) ==
        join({module_name, added, globals}));
  CHECK(with_names(module_name, {{7, "h"}}) == join({module_name, added}));
  CHECK(with_names(globals, {{7, "h"}}) == join({added, globals}));
}

TEST_CASE("name section: the count's LEB grows with the count") {
  std::vector<ByteBuffer> entries;
  for (uint32_t i = 0; i < 127; ++i) entries.push_back(entry(i, "f"));
  const ByteBuffer after = with_names(subsection(1, vec(entries)), {{127, "g"}});
  entries.push_back(entry(127, "g"));
  CHECK(after == subsection(1, vec(entries)));
}

TEST_CASE("name section: malformed contents come back as they were") {
  const ByteBuffer functions = vec({entry(0, "f"), entry(1, "g")});
  const ByteBuffer good = subsection(1, functions);
  const std::vector<ByteBuffer> cases = {
      {1},                                           // no size
      {1, 5, 0},                                     // cut short
      {1, 0},                                        // no count
      subsection(1, {0x80}),                         // a count cut short
      subsection(1, {2, 0, 1, 'f'}),                 // fewer names than the count says
      subsection(1, join({functions, {0}})),         // more bytes than names
      subsection(1, {1, 0, 9, 'f'}),                 // a name cut short
      join({subsection(0, name("app")), {1, 0x80}}),
      subsection(1, {1, 0xff, 0xff, 0xff, 0xff, 0x7f, 1, 'f'}),  // an index of 35 bits
  };
  for (const ByteBuffer& contents : cases) {
    CAPTURE(contents);
    CHECK(with_names(contents, {{7, "h"}}) == contents);
  }
}

TEST_CASE("name section: cut at every byte it comes back as it was, or has the names") {
  const ByteBuffer good = join({subsection(0, name("app")), subsection(1, vec({entry(0, "f")})),
                                subsection(2, {0})});
  for (size_t size = 0; size <= good.size(); ++size) {
    CAPTURE(size);
    const ByteBuffer cut = test::copy(Bytes(good).first(size));
    const ByteBuffer after = with_names(cut, {{7, "h"}});
    if (after != cut && size <= 12) CHECK(function_names(after).at(7) == "h");
    // Whole subsections are no damage, and what follows the functions' is not looked at.
    const bool whole = size == 0 || size == 6 || size >= 12;
    CHECK((after != cut) == whole);
  }
}

TEST_CASE("name section: padded sizes and counts are read") {
  const ByteBuffer contents = join({padded(1, 4), entry(0, "f")});
  const ByteBuffer section = join({{1}, padded(contents.size(), 5), contents});
  CHECK(function_names(with_names(section, {{7, "h"}})) ==
        std::map<uint32_t, std::string_view>{{0, "f"}, {7, "h"}});
}

TEST_CASE("name section: functions below a limit get other names") {
  const ByteBuffer before =
      subsection(1, vec({entry(0, "a"), entry(1, "b"), entry(4, "c"), entry(5, "d")}));
  CHECK(with_names(before, {{0, "b"}, {3, "x"}, {9, "y"}}, 4) ==
        subsection(1, vec({entry(0, "b"), entry(3, "x"), entry(4, "c"), entry(5, "d"),
                           entry(9, "y")})));
  // All old ones go, or none.
  CHECK(with_names(before, {{2, "x"}}, 6) == subsection(1, vec({entry(2, "x")})));
  CHECK(with_names(before, {{9, "y"}}, 0) ==
        subsection(1, vec({entry(0, "a"), entry(1, "b"), entry(4, "c"), entry(5, "d"),
                           entry(9, "y")})));
  // There were none.
  CHECK(with_names({}, {{1, "x"}, {9, "y"}}, 4) == subsection(1, vec({entry(1, "x"), entry(9, "y")})));
}

TEST_CASE("name section: function names are read") {
  const ByteBuffer section =
      join({subsection(0, name("app")), subsection(1, vec({entry(0, "f"), entry(300, "")}))});
  CHECK(function_names(section) == std::map<uint32_t, std::string_view>{{0, "f"}, {300, ""}});
  CHECK(function_names({}).empty());
  CHECK(function_names(ByteBuffer{1, 9, 0}).empty());
  CHECK(function_names(subsection(1, {1, 0, 9, 'f'})).empty());
  CHECK(function_names(subsection(1, {200})).empty());
  CHECK(function_names(subsection(1, {1, 0, 1, 'f', 0})).empty());  // more than the count says
}

// --- producers ----------------------------------------------------------------------------------

ByteBuffer field(std::string_view field_name, const std::vector<ByteBuffer>& values) {
  return join({name(field_name), vec(values)});
}

ByteBuffer tool(std::string_view tool_name, std::string_view version) {
  return join({name(tool_name), name(version)});
}

TEST_CASE("producers: made where there is none") {
  CHECK(add_producer({}, "wasm-vfs", "1.0") ==
        vec({field("processed-by", {tool("wasm-vfs", "1.0")})}));
}

TEST_CASE("producers: added to the field, after the others") {
  const ByteBuffer language = field("language", {tool("C11", "")});
  const ByteBuffer sdk = field("sdk", {tool("wasi-sdk", "20")});
  CHECK(add_producer(vec({language, field("processed-by", {tool("clang", "19")}), sdk}), "wasm-vfs",
                     "1.0") ==
        vec({language, field("processed-by", {tool("clang", "19"), tool("wasm-vfs", "1.0")}), sdk}));
  CHECK(add_producer(vec({language}), "wasm-vfs", "1.0") ==
        vec({language, field("processed-by", {tool("wasm-vfs", "1.0")})}));
}

TEST_CASE("producers: an earlier entry of the same tool is replaced") {
  CHECK(add_producer(vec({field("processed-by", {tool("wasm-vfs", "0.9"), tool("lld", "19")})}),
                     "wasm-vfs", "1.0") ==
        vec({field("processed-by", {tool("lld", "19"), tool("wasm-vfs", "1.0")})}));
}

TEST_CASE("producers: malformed contents come back as they were") {
  const ByteBuffer good = vec({field("processed-by", {tool("clang", "19")})});
  for (size_t size = 1; size < good.size(); ++size) {
    CAPTURE(size);
    const ByteBuffer cut = test::copy(Bytes(good).first(size));
    CHECK(add_producer(cut, "wasm-vfs", "1.0") == cut);
  }
  const ByteBuffer longer = join({good, {0}});
  CHECK(add_producer(longer, "wasm-vfs", "1.0") == longer);
  // Counts that nothing could hold; they must not be believed.
  for (const ByteBuffer& absurd :
       {join({padded(0xffffffff), good}), join({{1}, name("language"), padded(0xffffffff)})})
    CHECK(add_producer(absurd, "wasm-vfs", "1.0") == absurd);
}

// --- target_features ----------------------------------------------------------------------------

ByteBuffer feature(char prefix, std::string_view feature_name) {
  return join({{static_cast<uint8_t>(prefix)}, name(feature_name)});
}

TEST_CASE("target_features: made where there is none") {
  CHECK(add_target_features({}, {"bulk-memory"}) == vec({feature('+', "bulk-memory")}));
}

TEST_CASE("target_features: what is there stays, what is missing is added") {
  CHECK(add_target_features(vec({feature('+', "simd128"), feature('=', "atomics")}),
                            {"bulk-memory", "simd128", "sign-ext"}) ==
        vec({feature('+', "simd128"), feature('=', "atomics"), feature('+', "bulk-memory"),
             feature('+', "sign-ext")}));
}

TEST_CASE("target_features: a feature that was not to be used is used now") {
  CHECK(add_target_features(vec({feature('-', "bulk-memory")}), {"bulk-memory"}) ==
        vec({feature('+', "bulk-memory")}));
}

TEST_CASE("target_features: malformed contents come back as they were") {
  const ByteBuffer good = vec({feature('+', "simd128")});
  for (size_t size = 1; size < good.size(); ++size) {
    CAPTURE(size);
    const ByteBuffer cut = test::copy(Bytes(good).first(size));
    CHECK(add_target_features(cut, {"bulk-memory"}) == cut);
  }
  const ByteBuffer longer = join({good, {0}});
  CHECK(add_target_features(longer, {"bulk-memory"}) == longer);
}

}  // namespace
}  // namespace wasm_vfs::splice
