// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/splice/splice.h: whole modules, made by hand or from modules/*.wat, spliced with the
// hand-made shim or the real one. check_packed.h says what a packed module must be; wabt validates.

#include "splice/splice.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "spliced.h"
#include "splice/custom_sections.h"
#include "testing/catch.h"
#include "wasm/sections.h"

namespace wasm_vfs::splice {
namespace {

using test::body;
using test::call;
using test::call_with_zeroes;
using test::custom;
using test::export_function;
using test::i32_const;
using test::import_function;
using test::join;
using test::leb;
using test::module;
using test::name;
using test::padded;
using test::section;
using test::vec;
using test::imports;
using test::kCloseType;
using test::kContents;
using test::kFdClose;
using test::kFdReadType;
using test::kImports;
using test::kIndex;
using test::kNoneType;
using test::kRegion;
using test::kWasi;
using test::Spliced;
using test::types;
using enum wasm::SectionId;

// --- Sections that a pack adds or extends -------------------------------------------------------

TEST_CASE("splice: the smallest application gets all that it lacks") {
  // No function, global, data count, code or data section.
  const Spliced spliced(module({types(), imports(), test::memory_section(3)}));
  CHECK(spliced.problems() == "");
  REQUIRE(spliced.result.ok());
  CHECK(spliced.section_names() ==
        std::vector<std::string>{"type", "import", "function", "memory", "global", "data count",
                                 "code", "data", "name", "producers", "target_features"});
  CHECK(spliced.contents(kMemory) == ByteBuffer{1, 0x00, 5});
  // Memory base, stack pointer (both at 3 * 65536 + 4096) and pin.
  CHECK(spliced.contents(kGlobal) ==
        join({{3}, {0x7f, 0x01}, i32_const(200704), {0x0b}, {0x7f, 0x01}, i32_const(200704), {0x0b},
              {0x7f, 0x01, 0x41, 0x00, 0x0b}}));
  CHECK(spliced.contents(kDataCount) == ByteBuffer{2});
  CHECK(spliced.contents(kData) ==
        join({{2}, {0x01}, leb(kIndex.size()), kIndex, {0x01}, leb(kContents.size()), kContents}));
  // fd_datasync and what is the shim's own alone have the shim's types, which come after the
  // application's 4; the others have their imports' types.
  CHECK(spliced.contents(kFunction) == ByteBuffer{7, 0, 1, 2, 4 + 3, 4 + 6, 4 + 3, 4 + 2});
}

TEST_CASE("splice: what an application has is extended") {
  const ByteBuffer global = join({{0x7f, 0x00}, i32_const(9), {0x0b}});
  const Spliced spliced(module({
      types(), imports(), section(kFunction, {2, kNoneType, kNoneType}), test::memory_section(),
      section(kGlobal, vec({global})), section(kDataCount, {1}),
      section(kCode, vec({body({}), body({})})),
      section(kData, vec({{0x00, 0x41, 0x00, 0x0b, 0x02, 0xaa, 0xbb}})),
  }));
  CHECK(spliced.problems() == "");
  REQUIRE(spliced.result.ok());
  CHECK(spliced.contents(kDataCount) == ByteBuffer{3});
  CHECK(spliced.contents(kData)[0] == 3);
  CHECK(spliced.result->data_segments[0].bytes[1] == 0xbb);
  CHECK(spliced.result->global_count() == 4);
  CHECK(spliced.result->functions.size() == 2 + 7);
}

TEST_CASE("splice: the contents stand between head and tail") {
  const Spliced spliced(module({types(), imports(), test::memory_section()}));
  REQUIRE(spliced.packed.ok());
  REQUIRE(spliced.result.ok());
  CHECK(spliced.result->data_segments[1].offset == spliced.packed->head.size());
  CHECK(spliced.out.size() ==
        spliced.packed->head.size() + kContents.size() + spliced.packed->tail.size());
}

TEST_CASE("splice: empty contents") {
  const ByteBuffer bytes = module({types(), imports(), test::memory_section()});
  const ByteBuffer shim = test::fake_shim();
  const auto application = wasm::read_module(bytes, "app.wasm");
  const auto interception = Spliced::find(*application);
  const auto memory = lay_out_memory(*application, kRegion);
  const auto packed = splice({*application, *interception, *memory, shim, kIndex, 0, "1", 1});
  REQUIRE(packed.ok());
  const ByteBuffer out = test::assemble(*packed, {});
  CHECK(test::why_invalid(out) == "");
  CHECK(test::difference({*application, *interception, *memory, packed->code, kIndex, {}}, out) ==
        "");
}

TEST_CASE("splice: a data section over 4 GiB is an error before anything is written") {
  const ByteBuffer bytes = module({types(), imports(), test::memory_section()});
  const ByteBuffer shim = test::fake_shim();
  const auto application = wasm::read_module(bytes, "app.wasm");
  const auto interception = Spliced::find(*application);
  const auto memory = lay_out_memory(*application, kRegion);
  // count, two segment headers of 2 and 6 bytes, the index.
  const uint32_t other = 1 + 2 + 6 + static_cast<uint32_t>(kIndex.size());
  const auto with_contents = [&](uint32_t size) {
    return splice({*application, *interception, *memory, shim, kIndex, size, "1", 1});
  };
  // A data section that fits may still be too much with the rest of the module.
  const auto module_too_large = with_contents(UINT32_MAX - other);
  REQUIRE_FALSE(module_too_large.ok());
  CHECK(module_too_large.error().message.find("the packed module would have 429496") !=
        std::string::npos);
  const auto largest = with_contents(UINT32_MAX - other - 4096);
  REQUIRE(largest.ok());
  const auto packed = with_contents(UINT32_MAX - other + 1);
  REQUIRE_FALSE(packed.ok());
  CHECK(packed.error().message ==
        "app.wasm: the data section would have 4294967296 bytes; the binary format allows less than "
        "4 GiB: pack fewer files");
}

TEST_CASE("splice: the maximum of the memory rises, and the flags stay") {
  const auto memory = [](const ByteBuffer& limits) {
    const Spliced spliced(module({types(), imports(), section(kMemory, vec({limits}))}));
    CHECK(spliced.problems() == "");
    return spliced.contents(kMemory);
  };
  CHECK(memory({0x01, 2, 10}) == ByteBuffer{1, 0x01, 4, 14});
  CHECK(memory({0x01, 2, 2}) == ByteBuffer{1, 0x01, 4, 6});
  CHECK(memory(join({{0x01, 2}, leb(65535)})) == join({{1, 0x01, 4}, leb(65536)}));
  CHECK(memory(join({{0x01}, padded(2, 3), padded(10, 2)})) == ByteBuffer{1, 0x01, 4, 14});
  CHECK(memory({0x00, 126}) == ByteBuffer{1, 0x00, 0x80, 0x01});
}

TEST_CASE("splice: a memory with the default page size said explicitly keeps it") {
  const Spliced spliced(
      module({types(), imports(), section(kMemory, vec({{0x08, 0x01, 0x10}}))}));
  CHECK(spliced.difference() == "");  // wabt 1.0.32 does not know it
  CHECK(spliced.contents(kMemory) == ByteBuffer{1, 0x08, 3, 0x10});
}

TEST_CASE("splice: only the first of several memories changes") {
  const Spliced spliced(
      module({types(), imports(), section(kMemory, vec({{0x01, 1, 2}, {0x01, 3, 4}}))}));
  CHECK(spliced.problems() == "");
  CHECK(spliced.contents(kMemory) == ByteBuffer{2, 0x01, 3, 6, 0x01, 3, 4});
}

TEST_CASE("splice: types in recursive groups count one by one, and groups as one") {
  // (rec (type func) (type func)), then WASI's three: indices 0 and 1, and 2 to 4.
  const ByteBuffer group = join({{0x4e, 0x02}, test::none_type(), test::none_type()});
  const Spliced spliced(module(
      {section(kType, vec({group, test::path_open_type(), test::fd_read_type(),
                           test::fd_close_type()})),
       section(kImport, vec({import_function(kWasi, "path_open", 2),
                             import_function(kWasi, "fd_read", 3),
                             import_function(kWasi, "fd_close", 4)})),
       test::memory_section()}));
  REQUIRE(spliced.result.ok());
  CHECK(spliced.difference() == "");
  CHECK(spliced.contents(kType)[0] == 4 + test::kFakeTypes);
  CHECK(spliced.result->types.size() == 5 + test::kFakeTypes);
  CHECK(spliced.contents(kFunction) == ByteBuffer{7, 2, 3, 4, 5 + 3, 5 + 6, 5 + 3, 5 + 2});
}

TEST_CASE("splice: padded counts keep their width") {
  const ByteBuffer none = test::none_type();
  const Spliced spliced(module({
      section(kType, join({padded(4, 3), test::path_open_type(), test::fd_read_type(),
                           test::fd_close_type(), none})),
      imports(),
      section(kFunction, join({padded(1, 2), leb(kNoneType)})),
      test::memory_section(),
      section(kGlobal, join({padded(1, 5), {0x7f, 0x00}, i32_const(1), {0x0b}})),
      section(kCode, join({padded(1, 4), body({})})),
      section(kData, join({padded(0, 5)})),
  }));
  CHECK(spliced.problems() == "");
  REQUIRE(spliced.result.ok());
  const auto begins_with = [&](wasm::SectionId id, const ByteBuffer& count) {
    const ByteBuffer contents = spliced.contents(id);
    return std::equal(count.begin(), count.end(), contents.begin());
  };
  CHECK(begins_with(kType, padded(4 + test::kFakeTypes, 3)));
  CHECK(begins_with(kFunction, padded(8, 2)));
  CHECK(begins_with(kGlobal, padded(4, 5)));
  CHECK(begins_with(kCode, padded(8, 4)));
  CHECK(begins_with(kData, padded(2, 5)));
}

TEST_CASE("splice: a count whose LEB must grow") {
  const std::vector<ByteBuffer> globals(126, join({{0x7f, 0x00}, i32_const(1), {0x0b}}));
  const std::vector<ByteBuffer> bodies(125, body({}));
  const std::vector<ByteBuffer> functions(125, leb(kNoneType));
  const Spliced spliced(module({types(), imports(), section(kFunction, vec(functions)),
                                test::memory_section(), section(kGlobal, vec(globals)),
                                section(kCode, vec(bodies))}));
  CHECK(spliced.problems() == "");
  REQUIRE(spliced.result.ok());
  CHECK(spliced.result->global_count() == 129);
  CHECK(spliced.result->functions.size() == 132);
}

// --- References to intercepted functions --------------------------------------------------------

/// An application with one function (index 3, type none), a table where `rest` needs one, and these
/// sections between memory and code.
ByteBuffer with_sections(std::initializer_list<ByteBuffer> rest, const ByteBuffer& table = {},
                         const ByteBuffer& tail = {}) {
  return module({types(), imports(), section(kFunction, {1, kNoneType}), table,
                 test::memory_section(), join(rest), section(kCode, vec({body({})})), tail});
}

TEST_CASE("splice: an exported import") {
  const Spliced spliced(with_sections({section(
      kExport, vec({export_function("close", leb(kFdClose)), export_function("main", leb(kImports)),
                    export_function("close_too", padded(kFdClose)),
                    join({name("memory"), {0x02, 0x00}})}))}));
  CHECK(spliced.problems() == "");
  REQUIRE(spliced.result.ok());
  const uint32_t fd_close = spliced.shim_function(test::kFakeFdClose);
  CHECK(spliced.contents(kExport) ==
        vec({export_function("close", leb(fd_close)), export_function("main", leb(kImports)),
             export_function("close_too", padded(fd_close)), join({name("memory"), {0x02, 0x00}})}));
}

TEST_CASE("splice: an exported allocator is counted while it runs") {
  // cabi_realloc is of type fd_read; another export of it is counted as well, a call of it is not.
  const Spliced spliced(module({
      types(), imports(), section(kFunction, {2, kFdReadType, kNoneType}), test::memory_section(),
      section(kExport, vec({export_function("cabi_realloc", leb(kImports)),
                            export_function("other", leb(kImports)),
                            export_function("cabi_realloc_post", leb(kImports + 1))})),
      section(kCode, vec({body({0x41, 0x07}), body(join({call_with_zeroes(4, leb(kImports)), {0x1a}}))})),
  }));
  CHECK(spliced.problems() == "");
  REQUIRE(spliced.result.ok());
  const wasm::Module& packed = *spliced.result;
  const uint32_t wrapper = packed.function_count() - 1;
  CHECK(spliced.contents(kExport) == vec({export_function("cabi_realloc", leb(wrapper)),
                                          export_function("other", leb(wrapper)),
                                          export_function("cabi_realloc_post", leb(kImports + 1))}));
  CHECK(packed.functions.back() == kFdReadType);
  CHECK(packed.global_count() == 4);
  const ByteBuffer code = {0x00,                                               // no locals
                           0x23, 3,    0x41, 0x01, 0x6a, 0x24, 3,              // one more runs
                           0x20, 0,    0x20, 1,    0x20, 2,    0x20, 3,        // its parameters
                           0x10, kImports,                                     //
                           0x23, 3,    0x41, 0x7f, 0x6a, 0x24, 3,    0x0b};    // one fewer
  CHECK(ByteBuffer(packed.bodies.back().code.begin(), packed.bodies.back().code.end()) == code);
}

TEST_CASE("splice: an intercepted function in each form of element segment") {
  const ByteBuffer table = section(kTable, vec({{0x70, 0x00, 0x0a}}));
  const ByteBuffer zero = {0x41, 0x00, 0x0b};
  const ByteBuffer ref_null = {0xd0, 0x70, 0x0b};
  const auto expressions = [&](const ByteBuffer& index) {
    return vec({join({{0xd2}, leb(kImports), {0x0b}}), ref_null, join({{0xd2}, index, {0x0b}})});
  };
  const struct {
    uint8_t flags;
    ByteBuffer before;  // what stands before the elements
    bool has_expressions;
  } cases[] = {
      {0, zero, false},
      {1, {0x00}, false},                       // passive
      {2, join({{0x00}, zero, {0x00}}), false},  // table 0
      {3, {0x00}, false},                       // declarative
      {4, zero, true},
      {5, {0x70}, true},
      {6, join({{0x00}, zero, {0x70}}), true},
      {7, {0x70}, true},
  };
  for (const auto& item : cases) {
    CAPTURE(int{item.flags});
    const auto elements = [&](uint32_t close, uint32_t open) {
      if (item.has_expressions) return section(kElement, vec({join({{item.flags}, item.before, expressions(leb(close))})}));
      return section(kElement, vec({join({{item.flags}, item.before,
                                          vec({leb(kImports), leb(close), padded(open)})})}));
    };
    const Spliced spliced(with_sections({elements(kFdClose, 0)}, table));
    CHECK(spliced.problems() == "");
    REQUIRE(spliced.result.ok());
    CHECK(spliced.whole(kElement) == elements(spliced.shim_function(test::kFakeFdClose),
                                              spliced.shim_function(test::kFakePathOpen)));
  }
}

TEST_CASE("splice: ref.func in the initialisers of globals and tables") {
  const auto global = [](uint32_t index) {
    return join({{0x70, 0x00, 0xd2}, leb(index), {0x0b}});  // funcref
  };
  const Spliced spliced(
      with_sections({section(kGlobal, vec({global(kFdClose), global(kImports)}))}));
  CHECK(spliced.problems() == "");
  REQUIRE(spliced.result.ok());
  const ByteBuffer contents = spliced.contents(kGlobal);
  const ByteBuffer expected =
      join({{5}, global(spliced.shim_function(test::kFakeFdClose)), global(kImports)});
  CHECK(test::copy(Bytes(contents).first(expected.size())) == expected);

  // A table with an initialiser (function references proposal), which wabt 1.0.32 does not know.
  const auto table = [](uint32_t index) {
    return section(kTable, vec({join({{0x40, 0x00, 0x70, 0x00, 0x01, 0xd2}, leb(index), {0x0b}})}));
  };
  const Spliced with_table(with_sections({}, table(kFdClose)));
  CHECK(with_table.difference() == "");
  CHECK(with_table.whole(kTable) == table(with_table.shim_function(test::kFakeFdClose)));
}

TEST_CASE("splice: sections without such references are copied, header and all") {
  const ByteBuffer elements = {9, 0x87, 0x80, 0x00,                 // size 7, padded
                               1, 0x00, 0x41, 0x00, 0x0b, 1, 0x03};  // function 3
  const ByteBuffer exports = join({{7, 0x88, 0x80, 0x80, 0x00}, {1}, export_function("main", {3})});
  const ByteBuffer table = {4, 0x84, 0x00, 1, 0x70, 0x00, 0x01};
  const Spliced spliced(with_sections({exports, elements}, table));
  CHECK(spliced.problems() == "");
  REQUIRE(spliced.result.ok());
  CHECK(spliced.whole(kElement) == elements);
  CHECK(spliced.whole(kExport) == exports);
  CHECK(spliced.whole(kTable) == table);
  CHECK(spliced.whole(kImport) == imports());
}

TEST_CASE("splice: a start section stays") {
  const Spliced spliced(with_sections({section(kStart, {kImports})}));
  CHECK(spliced.problems() == "");
  CHECK(spliced.contents(kStart) == ByteBuffer{kImports});
}

TEST_CASE("splice: a call in each place of one module reaches the same function") {
  const Spliced spliced(module({
      types(), imports(), section(kFunction, {2, kNoneType, kCloseType}),
      section(kTable, vec({{0x70, 0x00, 0x01}})), test::memory_section(),
      section(kGlobal, vec({{0x70, 0x00, 0xd2, kFdClose, 0x0b}})),
      section(kExport, vec({export_function("close", leb(kFdClose))})),
      section(kElement, vec({{0x00, 0x41, 0x00, 0x0b, 1, kFdClose}})),
      section(kCode, vec({body(join({call_with_zeroes(1, leb(kFdClose)), {0x1a}})),
                          body(join({i32_const(0), {0x12, kFdClose}}))})),
  }));
  CHECK(spliced.problems() == "");
  CHECK(spliced.packed->code.redirected_calls == 2);
}

// --- Removed imports ----------------------------------------------------------------------------

/// Imports a function of another module behind the removed ones, so that its index moves, and uses
/// everything everywhere.
ByteBuffer to_be_sealed(std::initializer_list<ByteBuffer> tail) {
  constexpr uint8_t kPathOpen = 0, kFdRead = 1, kDatasync = 2, kEnvF = 3, kMain = 5;
  const ByteBuffer function_import = import_function("env", "f", kNoneType);
  return module({
      types(),
      section(kImport, vec({import_function(kWasi, "path_open", 0),
                            import_function(kWasi, "fd_read", 1),
                            import_function(kWasi, "fd_datasync", kCloseType),
                            join({name("env"), name("g"), {0x03, 0x7f, 0x00}}),
                            function_import,
                            import_function(kWasi, "fd_close", kCloseType)})),
      section(kFunction, {1, kCloseType}),
      section(kTable, vec({{0x70, 0x00, 0x08}})), test::memory_section(),
      section(kGlobal, vec({{0x70, 0x00, 0xd2, kEnvF, 0x0b}})),
      section(kExport, vec({export_function("f", {kEnvF}), export_function("sync", {kDatasync}),
                            export_function("read", {kFdRead})})),
      section(kElement,
              vec({{0x00, 0x41, 0x00, 0x0b, 5, kEnvF, kDatasync, kPathOpen, kFdRead, kMain}})),
      section(kCode, vec({body(join({call({kEnvF}), call_with_zeroes(1, {kDatasync}), {0x1a},
                                     call_with_zeroes(4, {kFdRead})}))})),
      join(tail),
  });
}

TEST_CASE("splice: removed imports give their places to functions, and what is behind them moves") {
  constexpr InterceptionOptions kSealed{.sealing = Sealing::kFilesystem};
  const ByteBuffer names = vec({join({{0}, name("open")}), join({{1}, name("read")}),
                                join({{3}, name("f")}), join({{5}, name("main")})});
  const Spliced spliced(to_be_sealed({custom("name", join({{1}, leb(names.size()), names}))}), kSealed);
  CHECK(spliced.problems() == "");
  REQUIRE(spliced.result.ok());
  CHECK(spliced.result->imported_functions == 3);  // fd_read, env.f, fd_close
  // path_open and fd_datasync are now the first defined functions.
  const auto new_names =
      function_names(wasm::custom_contents(*spliced.result->find_custom_section("name")));
  CHECK(new_names.contains(0));
  CHECK(new_names.at(0) == "read");  // intercepted, but the import stays
  CHECK(new_names.at(1) == "f");
  CHECK_FALSE(new_names.contains(2));  // the host's fd_close had no name
  CHECK(new_names.at(3) == "wasm_vfs.path_open");
  CHECK(new_names.at(4) == "wasm_vfs.fd_datasync");
  CHECK(new_names.at(5) == "main");
}

TEST_CASE("splice: with DWARF, removed imports make all debug information stale, which is counted") {
  const Spliced spliced(to_be_sealed({custom(".debug_info", {1})}),
                        {.sealing = Sealing::kFilesystem});
  CHECK(spliced.problems() == "");
  CHECK(spliced.packed->code.functions_with_stale_debug_info == 1);
}

// --- Custom and unknown sections ----------------------------------------------------------------

TEST_CASE("splice: custom sections stay where they are, byte for byte") {
  const ByteBuffer odd = join({{0x00, 0x8b, 0x80, 0x00}, {3}, as_bytes("odd").size() == 3
                                                             ? ByteBuffer{'o', 'd', 'd'}
                                                             : ByteBuffer{},
                               {1, 2, 3, 4, 5, 6, 7}});  // size 11, padded
  const Spliced spliced(module({
      custom("first", {1}), types(), custom("a", {2}), imports(), odd,
      section(kFunction, {1, kNoneType}), custom("b", {3}), test::memory_section(),
      custom("c", {4}), section(kCode, vec({body({})})), custom("d", {5}), custom("d", {6}),
      custom("last", {}),
  }));
  CHECK(spliced.problems() == "");
  REQUIRE(spliced.result.ok());
  CHECK(spliced.section_names() ==
        std::vector<std::string>{"first", "type", "a", "import", "odd", "function", "b", "memory",
                                 "c", "global", "data count", "code", "data", "d", "d", "last",
                                 "name", "producers", "target_features"});
  const auto contains = [&](const ByteBuffer& bytes) {
    return std::search(spliced.out.begin(), spliced.out.end(), bytes.begin(), bytes.end()) !=
           spliced.out.end();
  };
  CHECK(contains(odd));
  CHECK(contains(join({custom("d", {5}), custom("d", {6}), custom("last", {})})));
}

TEST_CASE("splice: a module of custom sections around nothing") {
  const Spliced spliced(module({types(), imports(), test::memory_section(), custom("end", {})}));
  CHECK(spliced.problems() == "");
  CHECK(spliced.section_names() ==
        std::vector<std::string>{"type", "import", "function", "memory", "global", "data count",
                                 "code", "data", "end", "name", "producers", "target_features"});
}

TEST_CASE("splice: a section of an unknown id passes through in its place") {
  const ByteBuffer unknown = {0x2a, 0x82, 0x00, 0xca, 0xfe};  // padded size 2
  const auto position = [](const ByteBuffer& bytes, const ByteBuffer& part) {
    return std::search(bytes.begin(), bytes.end(), part.begin(), part.end()) - bytes.begin();
  };
  SECTION("between others") {
    const Spliced spliced(module({types(), imports(), section(kFunction, {1, kNoneType}), unknown,
                                  test::memory_section(), section(kCode, vec({body({})}))}));
    REQUIRE(spliced.result.ok());
    CHECK(spliced.difference() == "");
    CHECK(spliced.section_names()[3] == "unknown");
  }
  SECTION("at the end") {
    const Spliced spliced(module({types(), imports(), section(kFunction, {1, kNoneType}),
                                  test::memory_section(), section(kCode, vec({body({})})), unknown}));
    REQUIRE(spliced.result.ok());
    CHECK(spliced.difference() == "");
    CHECK(position(spliced.out, unknown) < static_cast<ptrdiff_t>(spliced.out.size()));
  }
}

TEST_CASE("splice: the shim's functions have names, and moved bodies theirs") {
  const auto functions = [](const ByteBuffer& names) {
    return custom("name", join({{0x01}, leb(names.size()), names}));
  };
  // 130 functions, so that a redirected call takes more room; DWARF, so that its body moves.
  const std::vector<ByteBuffer> types_of(130, leb(kNoneType));
  std::vector<ByteBuffer> bodies(130, body({}));
  bodies[1] = body(join({call_with_zeroes(1, leb(kFdClose)), {0x1a}}));
  const Spliced spliced(module({
      types(), imports(), section(kFunction, vec(types_of)), test::memory_section(),
      section(kCode, vec(bodies)), custom(".debug_info", {1}),
      functions(vec({join({leb(0), name("imported")}), join({leb(kImports + 1), name("main")})})),
  }));
  CHECK(spliced.problems() == "");
  REQUIRE(spliced.result.ok());
  const auto names =
      function_names(wasm::custom_contents(*spliced.result->find_custom_section("name")));
  const uint32_t first = kImports + 130;
  CHECK(names == std::map<uint32_t, std::string_view>{
                     {0, "imported"},
                     {kImports + 1, "main"},
                     {first + test::kFakePathOpen, "wasm_vfs.path_open"},
                     {first + test::kFakeFdRead, "wasm_vfs.fd_read"},
                     {first + test::kFakeFdClose, "wasm_vfs.fd_close"},
                     {first + test::kFakeMemorySize, "wasm_vfs.memory_size"},
                     {first + test::kFakeMemoryGrow, "wasm_vfs.memory_grow"},
                     {first + test::kFakeHelper, "wasm_vfs.helper"},
                     {first + test::kFakeFdDatasync, "wasm_vfs.fd_datasync"},
                     {first + 7, "main.wasm_vfs"}});
}

TEST_CASE("splice: producers and target_features gain what the pack brings") {
  const Spliced spliced(module({types(), imports(), test::memory_section()}));
  REQUIRE(spliced.result.ok());
  const auto contents = [&](std::string_view custom_name) {
    return test::copy(wasm::custom_contents(*spliced.result->find_custom_section(custom_name)));
  };
  CHECK(contents("producers") == join({{1}, name("processed-by"), {1}, name("wasm-vfs"), name("1.2.3")}));
  CHECK(contents("target_features") == join({{3, '+'}, name("bulk-memory"), {'+'}, name("mutable-globals"),
                                             {'+'}, name("sign-ext")}));
}

TEST_CASE("splice: malformed custom sections are left alone") {
  const ByteBuffer bad = {0xff, 0xff};
  const Spliced spliced(module({types(), imports(), test::memory_section(), custom("name", bad),
                                custom("producers", bad), custom("target_features", bad)}));
  REQUIRE(spliced.result.ok());
  CHECK(spliced.difference() == "");
  for (const char* item : {"name", "producers", "target_features"})
    CHECK(test::copy(wasm::custom_contents(*spliced.result->find_custom_section(item))) == bad);
}

TEST_CASE("splice: of two name sections only the first changes") {
  const ByteBuffer names = {0x01, 0x04, 0x01, 0x00, 0x01, 'f'};
  const Spliced spliced(module({types(), imports(), test::memory_section(), custom("name", names),
                                custom("name", names)}));
  REQUIRE(spliced.result.ok());
  REQUIRE(spliced.section_names()[9] == "name");
  CHECK(test::copy(spliced.result->sections[9].whole) == custom("name", names));
}

TEST_CASE("splice: a source map is no longer true, which is a warning") {
  const Spliced spliced(module(
      {types(), imports(), test::memory_section(), custom("sourceMappingURL", name("app.map"))}));
  REQUIRE(spliced.packed.ok());
  REQUIRE(spliced.packed->warnings.size() == 1);
  CHECK(spliced.packed->warnings[0].find("sourceMappingURL") != std::string::npos);
  CHECK(spliced.problems() == "");
}

// --- What is reported ---------------------------------------------------------------------------

TEST_CASE("splice: each change is reported with its place and size") {
  const Spliced spliced(with_sections({section(kExport, vec({export_function("close", {kFdClose})}))}));
  REQUIRE(spliced.result.ok());
  size_t reported = 0;
  for (const SectionChange& change : spliced.packed->changes) {
    CAPTURE(change.section);
    const auto found = std::find_if(
        spliced.result->sections.begin(), spliced.result->sections.end(),
        [&](const wasm::Section& item) { return item.offset == change.new_offset; });
    REQUIRE(found != spliced.result->sections.end());
    CHECK(found->whole.size() == change.new_size);
    CHECK(change.section == (found->id == kCustom
                                 ? "custom section '" + std::string(found->name) + "'"
                                 : std::string(wasm::section_name(found->id))));
    const wasm::Section* old = spliced.module->find_section(found->id);
    CHECK(change.old_size == (old && found->id != kCustom ? old->whole.size() : 0));
    ++reported;
  }
  // All but the import section, which stays.
  CHECK(reported == spliced.result->sections.size() - 1);
}

TEST_CASE("splice: the same input gives the same bytes") {
  const ByteBuffer application = with_sections({});
  CHECK(Spliced(application).out == Spliced(application).out);
}

TEST_CASE("splice: the request for the shim says what memory decides") {
  Interception interception;
  interception.imports = {{0, 0, "fd_read", 0}, {1, 0, "path_open", 0, true}};
  const shim::Request request = shim_request(interception, {3, 100, 2, 5, 104, 0});
  CHECK(request.calls == interception.calls());
  CHECK(request.host_calls == std::set<std::string, std::less<>>{"fd_read"});
  CHECK(request.constants.at("region_pages") == 2);
  CHECK(request.constants.at("application_maximum_pages") == 100);
  CHECK(request.constants.at("sealing") == 0);
  CHECK(request.constants.at("is_unstable") == 0);
}

// --- Modules from text, with the real shim ------------------------------------------------------

ByteBuffer read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("splice: modules from text") {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(WASM_VFS_SPLICE_MODULES)) {
    if (entry.path().extension() != ".wasm") continue;
    CAPTURE(entry.path().filename().string());
    ++count;
    const ByteBuffer bytes = read_file(entry.path());
    REQUIRE(test::why_invalid(bytes) == "");
    for (const Sealing sealing : {Sealing::kNone, Sealing::kFilesystem, Sealing::kWasi}) {
      CAPTURE(static_cast<int>(sealing));
      const test::Trial trial = test::pack_with_real_shim(bytes, {.sealing = sealing});
      // Calls that the shim does not answer cannot go.
      if (sealing == Sealing::kWasi && !trial.accepted.ok()) continue;
      CHECK((trial.accepted.ok() ? "" : trial.accepted.error().message) == "");
      CHECK(trial.problem == "");
      CHECK(test::why_invalid(trial.packed) == "");
    }
  }
  CHECK(count >= 8);
}

}  // namespace
}  // namespace wasm_vfs::splice
