// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The sections' grammar: where each holds indices, by hand-written bytes and by
// testdata/wasm/all_sections.wat, which has every form of every entry.

#include "wasm/sections.h"

#include <map>
#include <vector>

#include "testing/catch.h"
#include "wasm/testdata.h"

namespace wasm_vfs::wasm {
namespace {

const char* const kSpaceNames[] = {"type",   "function", "table",   "memory",
                                   "global", "tag",      "element", "data"};

using Strings = std::vector<std::string>;

std::string shown(const IndexUse& use) {
  return std::string(kSpaceNames[static_cast<uint8_t>(use.space)]) + " " +
         std::to_string(use.value) + " at " + std::to_string(use.position) + "+" +
         std::to_string(use.width);
}

// The indices that a walk of `contents` reports; the error, if it fails.
template <typename Walk>
Strings indices(const ByteBuffer& contents, Walk walk) {
  Strings found;
  Cursor cursor(contents, 0);
  walk(cursor, [&](const IndexUse& use) { found.push_back(shown(use)); });
  cursor.expect_end("the section");
  if (cursor.failed()) return {cursor.error("a", "b").message};
  return found;
}

const auto kNoEntry = [](const auto&...) {};

TEST_CASE("type section: types in functions, fields, groups and clauses") {
  const auto walk = [](Cursor& cursor, auto on_index) {
    walk_type_section(cursor, kNoEntry, on_index);
  };
  CHECK(indices({1, 0x60, 1, 0x63, 9, 2, 0x7f, 0x64, 8}, walk) ==
        Strings{"type 9 at 4+1", "type 8 at 8+1"});
  CHECK(indices({2,                                   // 0: two entries
                 0x4e, 2,                             // 1: a group of two types
                 0x50, 1,    7,    0x5f, 1, 0x78, 1,  // 3: sub 7: a struct of a mutable i8
                 0x4f, 0,    0x5e, 0x63, 6, 0,        // 10: sub final: an array of (ref null 6)
                 0x65, 0x60, 0,    0},                // 16: a shared function type
                walk) == Strings{"type 7 at 5+1", "type 6 at 14+1"});
  CHECK(indices({2, 0x4d, 1, 0x5f, 0, 0x4c, 0, 0x5f, 0}, walk) ==
        Strings{"type 1 at 2+1", "type 0 at 6+1"});
  CHECK(indices({1, 0x5d, 3}, walk) == Strings{"type 3 at 2+1"});
  CHECK(indices({1, 0x61}, walk) ==
        Strings{"a: b (offset 0x01): unable to read a type: expected a function, struct, array or "
                "continuation type"});
}

TEST_CASE("type section: function types are read, others are counted") {
  const ByteBuffer contents = {3,    0x60, 5,    0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 1,    0x70,
                               0x5f, 0,    0x4e, 2,    0x60, 0,    0,    0x5e, 0x77, 0};
  std::vector<Type> types;
  Cursor cursor(contents, 0);
  walk_type_section(cursor, [&](Type type) { types.push_back(std::move(type)); }, kIgnore);
  REQUIRE(!cursor.failed());
  REQUIRE(types.size() == 4);
  CHECK(types[0].is_function);
  CHECK(types[0].parameters == std::vector{ValueType::kI32, ValueType::kI64, ValueType::kF32,
                                           ValueType::kF64, ValueType::kOther});
  CHECK(types[0].results == std::vector{ValueType::kOther});
  CHECK(!types[1].is_function);
  CHECK(types[2].is_function);
  CHECK(types[2].parameters.empty());
  CHECK(!types[3].is_function);
}

TEST_CASE("import section") {
  const auto walk = [](Cursor& cursor, auto on_index) {
    walk_import_section(cursor, kNoEntry, on_index);
  };
  CHECK(indices({5, 1, 'm', 1,    'f', 0,    7,  // 1: function of type 7
                 0, 0, 1,   0x63, 6,   0x00, 1,  // 7: table of (ref null 6)
                 0, 0, 2,   0x01, 1,   2,        // 14: memory
                 0, 0, 3,   0x64, 5,   1,        // 20: global of type (ref 5)
                 0, 0, 4,   0,    4},            // 26: tag of type 4
                walk) ==
        Strings{"type 7 at 6+1", "type 6 at 11+1", "type 5 at 24+1", "type 4 at 30+1"});
  CHECK(indices({1, 0, 0, 0x20, 7}, walk) == Strings{"type 7 at 4+1"});  // exact function
  CHECK(indices({1, 0, 0, 5, 0}, walk) ==
        Strings{"a: b (offset 0x03): unable to read the kind of an import: expected a function, "
                "table, memory, global or tag"});
}

TEST_CASE("import section: the compact forms") {
  const ByteBuffer contents = {
      3, 1,   'a', 0,    0x7f, 3, 1,   'f', 0,   3,       // of "a": function f,
      1, 'm', 2,   0,    9,    1, 'g', 0,   2,            // memory m, function g
      1, 'b', 0,   0x7e, 0,    4, 2,   1,   'g', 1, 'h',  // of "b": functions g and h of type 4
      0, 1,   'x', 0,    5};                              // of "": function x
  Strings imports;
  Strings found;
  Cursor cursor(contents, 0);
  walk_import_section(
      cursor,
      [&](const Import& import) {
        imports.push_back(std::string(import.module) + "." + std::string(import.name) + " " +
                          std::to_string(static_cast<int>(import.kind)) + " " +
                          std::to_string(import.type_index) + " " +
                          std::to_string(import.limits.minimum) + " at " +
                          std::to_string(import.offset));
      },
      [&](const IndexUse& use) { found.push_back(shown(use)); });
  REQUIRE(!cursor.failed());
  CHECK(cursor.at_end());
  CHECK(imports == Strings{"a.f 0 3 0 at 6", "a.m 2 0 9 at 10", "a.g 0 2 0 at 15",
                           "b.g 0 4 0 at 26", "b.h 0 4 0 at 28", ".x 0 5 0 at 30"});
  CHECK(found == Strings{"type 3 at 9+1", "type 2 at 18+1", "type 4 at 24+1", "type 5 at 34+1"});
}

TEST_CASE("function, start and tag sections") {
  CHECK(indices({3, 1, 0x82, 0x01, 2}, [](Cursor& c, auto on) { walk_function_section(c, on); }) ==
        Strings{"type 1 at 1+1", "type 130 at 2+2", "type 2 at 4+1"});
  CHECK(indices({0x83, 0x00}, [](Cursor& c, auto on) { walk_start_section(c, on); }) ==
        Strings{"function 3 at 0+2"});
  CHECK(indices({2, 0, 5, 0, 6}, [](Cursor& c, auto on) { walk_tag_section(c, kNoEntry, on); }) ==
        Strings{"type 5 at 2+1", "type 6 at 4+1"});
}

TEST_CASE("table section: element types and initialisers") {
  const auto walk = [](Cursor& c, auto on) { walk_table_section(c, kNoEntry, on); };
  CHECK(indices({2, 0x63, 4, 1, 1, 2, 0x40, 0, 0x64, 5, 0, 1, 0xd2, 6, 0x0b}, walk) ==
        Strings{"type 4 at 2+1", "type 5 at 9+1", "function 6 at 13+1"});
  CHECK(indices({1, 0x40, 1, 0x70, 0, 1, 0x0b}, walk) ==
        Strings{"a: b (offset 0x02): unable to read a table with an initialiser: expected 0 after "
                "0x40"});
  CHECK(indices({1, 0x70, 8, 1}, walk) ==
        Strings{"a: b (offset 0x02): unable to read the limits of a table: expected limits with "
                "known flags"});
}

TEST_CASE("memory section: all limits") {
  const ByteBuffer contents = {5,    0x00, 1,                             // minimum
                               0x01, 2,    3,                             // and maximum
                               0x03, 4,    5,                             // shared
                               0x05, 6,    0x80, 0x80, 0x80, 0x80, 0x10,  // 64-bit
                               0x08, 7,    0};                            // pages of 2^0 bytes
  std::vector<Limits> memories;
  Cursor cursor(contents, 0);
  walk_memory_section(cursor, [&](const Limits& limits) { memories.push_back(limits); });
  REQUIRE(!cursor.failed());
  CHECK(cursor.at_end());
  REQUIRE(memories.size() == 5);
  CHECK(memories[0].minimum == 1);
  CHECK(!memories[0].maximum);
  CHECK(memories[1].maximum == 3u);
  CHECK(!memories[1].is_shared);
  CHECK(memories[2].is_shared);
  CHECK(memories[3].is_64);
  CHECK(memories[3].maximum == uint64_t{1} << 32);
  CHECK(!memories[3].page_size_log2);
  CHECK(memories[4].page_size_log2 == 0u);
}

TEST_CASE("global section: types and initialisers") {
  CHECK(indices({3, 0x7f, 1, 0x23, 4, 0x0b, 0x64, 5, 0, 0xd2, 6, 0x0b, 0x7e, 0, 0x42, 0x0b, 0x0b},
                [](Cursor& c, auto on) { walk_global_section(c, kNoEntry, on); }) ==
        Strings{"global 4 at 4+1", "type 5 at 7+1", "function 6 at 10+1"});
}

TEST_CASE("export section: all kinds, and where the indices are in the file") {
  const ByteBuffer contents = {5, 1, 'f', 0, 0x81, 0x00, 0, 1, 2, 0, 2, 3, 0, 3, 4, 0, 4, 5};
  Strings exports;
  Strings found;
  Cursor cursor(contents, 0x100);
  walk_export_section(
      cursor,
      [&](const Export& entry) {
        exports.push_back(
            std::string(entry.name) + " " + std::to_string(static_cast<int>(entry.kind)) + " " +
            std::to_string(entry.index) + " at " + hexadecimal(entry.offset) + ", " +
            hexadecimal(entry.index_offset) + "+" + std::to_string(entry.index_width));
      },
      [&](const IndexUse& use) { found.push_back(shown(use)); });
  REQUIRE(!cursor.failed());
  CHECK(exports == Strings{"f 0 1 at 0x101, 0x104+2", " 1 2 at 0x106, 0x108+1",
                           " 2 3 at 0x109, 0x10b+1", " 3 4 at 0x10c, 0x10e+1",
                           " 4 5 at 0x10f, 0x111+1"});
  CHECK(found == Strings{"function 1 at 4+2", "table 2 at 8+1", "memory 3 at 11+1",
                         "global 4 at 14+1", "tag 5 at 17+1"});
}

TEST_CASE("element section: the eight forms") {
  const auto walk = [](Cursor& c, auto on) { walk_element_section(c, kNoEntry, on); };
  CHECK(indices({1, 0, 0x41, 0, 0x0b, 2, 7, 8}, walk) ==
        Strings{"function 7 at 6+1", "function 8 at 7+1"});
  CHECK(indices({1, 1, 0, 1, 7}, walk) == Strings{"function 7 at 4+1"});
  CHECK(indices({1, 2, 3, 0x23, 4, 0x0b, 0, 1, 7}, walk) ==
        Strings{"table 3 at 2+1", "global 4 at 4+1", "function 7 at 8+1"});
  CHECK(indices({1, 3, 0, 1, 7}, walk) == Strings{"function 7 at 4+1"});
  CHECK(indices({1, 4, 0x41, 0, 0x0b, 2, 0xd2, 7, 0x0b, 0xd0, 0x70, 0x0b}, walk) ==
        Strings{"function 7 at 7+1"});
  CHECK(indices({1, 5, 0x64, 9, 1, 0xd2, 7, 0x0b}, walk) ==
        Strings{"type 9 at 3+1", "function 7 at 6+1"});
  CHECK(indices({1, 6, 3, 0x41, 0, 0x0b, 0x70, 1, 0xd2, 7, 0x0b}, walk) ==
        Strings{"table 3 at 2+1", "function 7 at 9+1"});
  CHECK(indices({1, 7, 0x70, 1, 0xd2, 7, 0x0b}, walk) == Strings{"function 7 at 5+1"});
  CHECK(indices({1, 8, 0}, walk) ==
        Strings{"a: b (offset 0x01): unable to read the flags of an element segment: expected 0 to "
                "7"});
  CHECK(indices({1, 1, 1, 1, 7}, walk) ==
        Strings{"a: b (offset 0x02): unable to read the kind of the elements: expected 0 "
                "(functions)"});
}

TEST_CASE("data section: the three forms") {
  const auto walk = [](Cursor& c, auto on) { walk_data_section(c, kNoEntry, on); };
  CHECK(indices({3, 0, 0x23, 4, 0x0b, 1, 'x', 1, 2, 'y', 'z', 2, 5, 0x41, 0, 0x0b, 0}, walk) ==
        Strings{"global 4 at 3+1", "memory 5 at 12+1"});
  CHECK(indices({1, 1, 3, 'x', 'y'}, walk) ==
        Strings{"a: b (offset 0x02): unable to read the size of a data segment: expected a count, "
                "found one greater than all that follows can hold"});
  CHECK(indices({1, 3, 0}, walk) ==
        Strings{"a: b (offset 0x01): unable to read the flags of a data segment: expected 0 to 2"});
}

TEST_CASE("every form of every section, as an assembler writes it") {
  const ByteBuffer bytes = read_testdata("all_sections.wasm");
  auto module = read_module(bytes, "all_sections.wasm");
  REQUIRE(module.ok());
  std::map<std::string, int> counts;
  for (const Section& section : module->sections) {
    REQUIRE(walk_section_indices(*module, section, [&](const IndexUse& use) {
              ++counts[std::string(section_name(section.id)) + " " +
                       kSpaceNames[static_cast<uint8_t>(use.space)]];
            }).ok());
  }
  Strings found;
  for (const auto& [name, count] : counts) found.push_back(name + " " + std::to_string(count));
  // Counted in the .wat, in its order.
  CHECK(found == Strings{"data memory 1", "element function 10", "element table 2",
                         "element type 1", "export function 2", "export global 1",
                         "export memory 1", "export table 1", "export tag 1", "function type 2",
                         "global function 1", "global type 3", "import type 3", "start function 1",
                         "table function 1", "table type 1", "tag type 1", "type type 7"});
}

TEST_CASE("an index that the module has not is an error of its section") {
  const ByteBuffer bytes = make_module({{SectionId::kGlobal, {1, 0x70, 0, 0xd2, 0, 0x0b}}});
  auto module = read_module(bytes, "app.wasm");
  REQUIRE(module.ok());
  const Status status = walk_section_indices(*module, module->sections[0], kIgnore);
  REQUIRE(!status.ok());
  CHECK(status.error().message ==
        "app.wasm: global section (offset 0x0e): unable to read a function index: expected one "
        "that the module has");
}

}  // namespace
}  // namespace wasm_vfs::wasm
