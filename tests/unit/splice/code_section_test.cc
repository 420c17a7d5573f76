// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/splice/code_section.h, with a shim made by hand (fake_shim.h).

#include "splice/code_section.h"

#include <algorithm>

#include "build_module.h"
#include "fake_shim.h"
#include "testing/catch.h"
#include "wasm/sections.h"

namespace wasm_vfs::splice {
namespace {

using test::body;
using test::call;
using test::call_with_zeroes;
using test::i32_const;
using test::import_function;
using test::join;
using test::leb;
using test::padded;
using test::section;
using test::vec;
using enum wasm::SectionId;

constexpr std::string_view kWasi = "wasi_snapshot_preview1";
constexpr uint32_t kShimFunctions = 7;
// The application's types and imports.
constexpr uint32_t kFdReadType = 1, kNoneType = 3, kCloseType = 2, kReadTypeAgain = 4;
constexpr uint32_t kImports = 4;  // path_open, fd_read, fd_close, env.f
constexpr uint32_t kFdRead = 1, kFdClose = 2, kEnvF = 3;

ByteBuffer nops(size_t count) { return ByteBuffer(count, 0x01); }

/// What an application of this test has, but for the fixed imports.
struct Application {
  std::vector<ByteBuffer> bodies;
  std::vector<uint32_t> function_types = {};  // kNoneType where there are fewer
  ByteBuffer custom_sections = {};
  std::vector<ByteBuffer> more_imports = {};
  uint32_t count_width = 1;  // of the code section's count
};

ByteBuffer make(const Application& application) {
  std::vector<ByteBuffer> imports = {
      import_function(kWasi, "path_open", 0), import_function(kWasi, "fd_read", kFdReadType),
      import_function(kWasi, "fd_close", kCloseType), import_function("env", "f", kNoneType)};
  for (const ByteBuffer& entry : application.more_imports) imports.push_back(entry);
  std::vector<ByteBuffer> functions;
  for (size_t i = 0; i < application.bodies.size(); ++i)
    functions.push_back(
        leb(i < application.function_types.size() ? application.function_types[i] : kNoneType));
  ByteBuffer bodies = padded(application.bodies.size(), application.count_width);
  for (const ByteBuffer& item : application.bodies) append(bodies, item);
  return test::module(
      {section(kType, vec({test::path_open_type(), test::fd_read_type(), test::fd_close_type(),
                           test::none_type(), test::fd_read_type()})),
       section(kImport, vec(imports)), section(kFunction, vec(functions)), test::memory_section(),
       section(kCode, bodies), application.custom_sections});
}

struct Rewritten {
  ByteBuffer bytes, shim_bytes;
  Result<wasm::Module> module, shim;
  Result<Interception> interception;
  Result<IndexMap> map;
  Result<CodeSection> code;
  ByteBuffer contents;                  // of the code section
  std::vector<wasm::Body> bodies;       // in `contents`
  std::vector<uint32_t> body_positions;  // of their code, in `contents`

  explicit Rewritten(const Application& application, const test::FakeShim& options = {},
                     unsigned threads = 1)
      : bytes(make(application)),
        shim_bytes(test::fake_shim(options)),
        module(wasm::read_module(bytes, "app.wasm")),
        shim(wasm::read_module(shim_bytes, "shim")),
        interception(find_intercepted_imports(*module, *shim)),
        map(map_indices(*module, *interception, *shim)),
        code(rewrite_code(*module, *shim, *map, threads)) {
    if (!code.ok()) return;
    contents = test::flatten(code->contents);
    wasm::Cursor cursor(contents, 0);
    wasm::walk_code_section(cursor, [&](const wasm::Body& item) {
      bodies.push_back(item);
      body_positions.push_back(static_cast<uint32_t>(item.code_offset()));
    });
    REQUIRE_FALSE(cursor.failed());
    REQUIRE(cursor.at_end());
  }

  uint32_t shim_function(uint32_t defined) const { return map->first_added_after + defined; }
  const CodeStatistics& statistics() const { return code->statistics; }

  /// Code of body `index` of the packed module, without the declaration of no locals and the `end`.
  ByteBuffer instructions(uint32_t index) const {
    const Bytes all = bodies[index].code;
    CHECK(all.front() == 0x00);
    CHECK(all.back() == 0x0b);
    return test::copy(all.subspan(1, all.size() - 2));
  }

  /// Functions of the application whose code does not begin where it did, counted from the start of
  /// the section's contents; those that moved out of line among them.
  uint32_t count_stale() const {
    const uint64_t old_start = module->find_section(kCode)->contents_offset();
    uint32_t count = 0;
    for (uint32_t i = 0; i < module->bodies.size(); ++i) {
      const bool moved =
          std::count(code->moved_functions.begin(), code->moved_functions.end(), i + module->imported_functions) != 0;
      count += moved || module->bodies[i].code_offset() - old_start != body_positions[i] ||
               module->bodies[i].code.size() != bodies[i].code.size();
    }
    return count;
  }
};

const ByteBuffer kDwarf = test::custom(".debug_info", {1, 2, 3});

// --- What changes in a body ---------------------------------------------------------------------

TEST_CASE("code: a body without anything to change is a view of the application's bytes") {
  const ByteBuffer untouched = body(join({call(leb(kEnvF)), nops(3)}), /*size_width=*/3);
  const Rewritten out({.bodies = {untouched}});
  REQUIRE(out.code.ok());
  CHECK(test::copy(out.bodies[0].whole) == untouched);
  bool is_view = false;
  for (const Bytes part : out.code->contents.parts())
    is_view |= part.data() == out.module->bodies[0].whole.data();
  CHECK(is_view);
  CHECK(out.statistics().changed_functions == 0);
  CHECK(out.statistics().redirected_calls == 0);
}

TEST_CASE("code: the count is the application's, the shim's and the thunks'") {
  const Rewritten out({.bodies = {body({}), body({})},
                       .more_imports = {import_function(kWasi, "fd_read", kReadTypeAgain)}});
  REQUIRE(out.code.ok());
  CHECK(out.contents[0] == 2 + kShimFunctions + 1);
  CHECK(out.bodies.size() == 2 + kShimFunctions + 1);
  CHECK(out.map->function_count == kImports + 1 + out.bodies.size());
}

TEST_CASE("code: calls of intercepted imports are redirected, in every form") {
  const ByteBuffer arguments = join({i32_const(0), i32_const(0), i32_const(0), i32_const(0)});
  const Rewritten out({.bodies = {body(join({
                           call_with_zeroes(4, leb(kFdRead)), {0x1a},     // call, drop
                           {0xd2}, leb(kFdRead), {0x1a},                  // ref.func, drop
                           call_with_zeroes(1, padded(kFdClose)), {0x1a}, // a padded LEB
                           call(leb(kEnvF)),
                           call(leb(kImports)),                           // itself
                           arguments, {0x12}, leb(kFdRead),               // return_call
                       }))}});
  REQUIRE(out.code.ok());
  const ByteBuffer fd_read = leb(out.shim_function(test::kFakeFdRead));
  CHECK(out.instructions(0) ==
        join({call_with_zeroes(4, fd_read), {0x1a},
              {0xd2}, fd_read, {0x1a},
              call_with_zeroes(1, padded(out.shim_function(test::kFakeFdClose))), {0x1a},
              call(leb(kEnvF)),
              call(leb(kImports)),
              arguments, {0x12}, fd_read}));
  CHECK(out.statistics().redirected_calls == 4);
  CHECK(out.statistics().changed_functions == 1);
  CHECK(out.statistics().replaced_instructions == 0);
}

TEST_CASE("code: bytes that look like a call but are constants stay") {
  // i32.const of the bytes 0x10 0x01 (a call of fd_read), an f64 of such bytes, a v128 of such.
  const ByteBuffer code = join({
      {0x41, 0x90, 0x01, 0x1a},
      {0x44, 0x10, 0x01, 0x10, 0x01, 0x10, 0x01, 0x10, 0x01, 0x1a},
      {0xfd, 0x0c, 0x10, 0x01, 0x10, 0x01, 0x10, 0x01, 0x3f, 0x00, 0x40, 0x00, 0x10, 0x01, 0x10,
       0x01, 0x3f, 0x00, 0x1a},
  });
  const Rewritten out({.bodies = {body(code)}});
  REQUIRE(out.code.ok());
  CHECK(out.instructions(0) == code);
  CHECK(out.statistics().changed_functions == 0);
}

TEST_CASE("code: memory.size and memory.grow become calls") {
  const ByteBuffer code = join({{0x3f, 0x00, 0x40, 0x00, 0x1a}});
  const Rewritten out({.bodies = {body(code)}});
  REQUIRE(out.code.ok());
  CHECK(out.instructions(0) == join({call(leb(out.shim_function(test::kFakeMemorySize))),
                                     call(leb(out.shim_function(test::kFakeMemoryGrow))),
                                     {0x1a}}));
  CHECK(out.statistics().replaced_instructions == 2);
  CHECK(out.statistics().redirected_calls == 0);
}

TEST_CASE("code: memory.size with a padded index") {
  const Rewritten out({.bodies = {body({0x3f, 0x80, 0x80, 0x00, 0x1a})}});
  REQUIRE(out.code.ok());
  CHECK(out.instructions(0) ==
        join({call(leb(out.shim_function(test::kFakeMemorySize))), {0x1a}}));
}

TEST_CASE("code: memory.size and memory.grow of another memory stay") {
  ByteBuffer bytes = make({.bodies = {body({0x3f, 0x01, 0x40, 0x01, 0x1a})}});
  // Two memories instead of one.
  const ByteBuffer one = test::memory_section();
  const ByteBuffer two = section(kMemory, vec({{0x00, 0x01}, {0x00, 0x01}}));
  const auto at = std::search(bytes.begin(), bytes.end(), one.begin(), one.end());
  REQUIRE(at != bytes.end());
  bytes.insert(bytes.erase(at, at + static_cast<ptrdiff_t>(one.size())), two.begin(), two.end());
  const ByteBuffer shim_bytes = test::fake_shim();
  const auto application = wasm::read_module(bytes, "app.wasm");
  REQUIRE(application.ok());
  const auto shim = wasm::read_module(shim_bytes, "shim");
  const auto interception = find_intercepted_imports(*application, *shim);
  REQUIRE(interception.ok());
  const auto map = map_indices(*application, *interception, *shim);
  const auto code = rewrite_code(*application, *shim, *map, 1);
  REQUIRE(code.ok());
  CHECK(code->statistics.replaced_instructions == 0);
  CHECK(code->statistics.changed_functions == 0);
}

TEST_CASE("code: indices of 128 and more take another byte") {
  // 130 functions: the shim's begin at 134.
  std::vector<ByteBuffer> bodies(130, body({}));
  bodies[0] = body(join({call_with_zeroes(1, leb(kFdClose)), {0x1a, 0x3f, 0x00, 0x1a}}));
  const Rewritten out({.bodies = bodies, .count_width = 2});
  REQUIRE(out.code.ok());
  REQUIRE(out.shim_function(0) == 134);
  CHECK(out.instructions(0) ==
        join({call_with_zeroes(1, {0x88, 0x01}), {0x1a, 0x10, 0x89, 0x01, 0x1a}}));
}

TEST_CASE("code: a body whose size needs a longer LEB") {
  // 127 bytes of code that become 128.
  const ByteBuffer code =
      join({call_with_zeroes(1, leb(kFdClose)), {0x1a}, nops(127 - 2 - 5)});
  std::vector<ByteBuffer> bodies(130, body({}));
  bodies[1] = body(code);
  REQUIRE(bodies[1].size() == 128);
  const Rewritten out({.bodies = bodies, .count_width = 2});
  REQUIRE(out.code.ok());
  CHECK(out.bodies[1].whole.size() == 2 + 128);
  CHECK(test::copy(out.bodies[2].whole) == bodies[2]);
}

TEST_CASE("code: the size's LEB keeps its width") {
  const Rewritten out(
      {.bodies = {body(join({call_with_zeroes(1, leb(kFdClose)), {0x1a}}), /*size_width=*/5)}});
  REQUIRE(out.code.ok());
  CHECK(out.bodies[0].whole.size() - out.bodies[0].code.size() == 5);
  CHECK(out.statistics().changed_functions == 1);
}

TEST_CASE("code: an error names the file, the function and the offset") {
  std::vector<ByteBuffer> bodies(3, body({}));
  bodies[2] = body({0x01, 0xff});  // an opcode that is none
  const Application application{.bodies = bodies};
  const Rewritten out(application);
  REQUIRE_FALSE(out.code.ok());
  const uint64_t offset = out.module->bodies[2].code_offset() + 2;
  CHECK(out.code.error().message.starts_with("app.wasm: code section, function 6 (offset " +
                                             wasm::hexadecimal(offset) + "): "));
  CHECK(out.code.error().message.find("0xff") != std::string::npos);
}

TEST_CASE("code: the result does not depend on the number of threads") {
  // More bodies than one job takes; every third one changes, and two are broken.
  std::vector<ByteBuffer> bodies;
  for (int i = 0; i < 1000; ++i)
    bodies.push_back(i % 3 != 0 ? body(nops(static_cast<size_t>(i % 50)))
                                : body(join({call_with_zeroes(1, leb(kFdClose)), {0x1a}})));
  const Rewritten one({.bodies = bodies, .count_width = 2}, {}, 1);
  const Rewritten many({.bodies = bodies, .count_width = 2}, {}, 8);
  REQUIRE(one.code.ok());
  REQUIRE(many.code.ok());
  CHECK(one.contents == many.contents);
  CHECK(one.statistics().changed_functions == 334);
  CHECK(many.statistics().redirected_calls == 334);

  bodies[300] = bodies[900] = body({0xff});
  const Rewritten broken({.bodies = bodies, .count_width = 2}, {}, 8);
  REQUIRE_FALSE(broken.code.ok());
  CHECK(broken.code.error().message.find("function 304 ") != std::string::npos);  // the first
}

// --- The shim's bodies --------------------------------------------------------------------------

TEST_CASE("code: the shim's imports become one instruction each") {
  const Rewritten out({.bodies = {body({})}});
  REQUIRE(out.code.ok());
  // Globals 0, 1, 2: memory base, stack pointer, pin. Segments 0 and 1: index and contents.
  CHECK(out.instructions(1 + test::kFakePathOpen) ==
        join({{0x23, 0x00, 0x24, 0x01},
              {0x41, 1, 0x41, 2, 0x41, 3, 0xfc, 0x08, 0x00, 0x00},
              {0x41, 4, 0x41, 5, 0x41, 6, 0xfc, 0x08, 0x01, 0x00},
              {0x23, 0x00, 0x24, 0x00},
              {0x23, 0x01, 0x24, 0x01},
              {0x23, 0x02, 0x24, 0x02},
              call(leb(out.shim_function(test::kFakeHelper))), {0x1a},
              i32_const(44)}));
  CHECK(out.instructions(1 + test::kFakeFdRead) ==
        ByteBuffer{0x20, 0, 0x20, 1, 0x20, 2, 0x20, 3, 0x10, kFdRead});
  // Its own memory.size and memory.grow are real ones.
  CHECK(out.instructions(1 + test::kFakeMemorySize) == ByteBuffer{0x3f, 0x00});
  CHECK(out.instructions(1 + test::kFakeMemoryGrow) == ByteBuffer{0x20, 0x00, 0x40, 0x00});
}

TEST_CASE("code: in an imported memory, the shim's calls begin by getting the region") {
  const Rewritten out({.bodies = {body({})}}, {.acquire_region = true});
  REQUIRE(out.code.ok());
  // Unless the memory base is set: acquire_region(), or ENOMEM.
  const ByteBuffer guard = join({{0x23, 0x00, 0x45, 0x04, 0x40},
                                 call(leb(out.shim_function(test::kFakeAcquireRegion))),
                                 {0x45, 0x04, 0x40},
                                 i32_const(48),
                                 {0x0f, 0x0b, 0x0b}});
  CHECK(out.instructions(1 + test::kFakeFdRead) ==
        join({guard, {0x20, 0, 0x20, 1, 0x20, 2, 0x20, 3, 0x10, kFdRead}}));
  const ByteBuffer path_open = out.instructions(1 + test::kFakePathOpen);
  CHECK(ByteBuffer(path_open.begin(), path_open.begin() + static_cast<std::ptrdiff_t>(guard.size())) ==
        guard);
  // Not those that only the others call, nor what takes the instructions' place.
  CHECK(out.instructions(1 + test::kFakeMemorySize) == ByteBuffer{0x3f, 0x00});
  CHECK(out.instructions(1 + test::kFakeHelper) == i32_const(7));
  CHECK(out.instructions(1 + test::kFakeAcquireRegion) == i32_const(1));
}

TEST_CASE("code: a second import with another type gets a function that passes everything on") {
  const Rewritten out({.bodies = {body({})},
                       .more_imports = {import_function(kWasi, "fd_read", kReadTypeAgain)}});
  REQUIRE(out.code.ok());
  CHECK(out.instructions(1 + kShimFunctions) ==
        join({{0x20, 0, 0x20, 1, 0x20, 2, 0x20, 3},
              call(leb(out.shim_function(test::kFakeFdRead)))}));
}

TEST_CASE("code: a shim that has type indices in its code is refused") {
  const Rewritten out({.bodies = {body({})}}, {.use_type_index = true});
  REQUIRE_FALSE(out.code.ok());
  CHECK(out.code.error().message ==
        "the shim's code has type indices, which this splicer does not map; rebuild it with "
        "runtime-shim/build");
}

// --- Code addresses -----------------------------------------------------------------------------

TEST_CASE("code addresses: a call of the same width leaves every address") {
  const Rewritten out({.bodies = {body(nops(4)),
                                  body(join({call_with_zeroes(1, padded(kFdClose)), {0x1a}})),
                                  body(nops(7))},
                       .custom_sections = kDwarf});
  REQUIRE(out.code.ok());
  CHECK(out.statistics().changed_functions == 1);
  CHECK(out.statistics().moved_functions == 0);
  CHECK(out.statistics().functions_with_stale_debug_info == 0);
  CHECK(out.count_stale() == 0);
}

/// Bodies of so many functions that the shim's indices take two bytes.
std::vector<ByteBuffer> many(std::vector<ByteBuffer> bodies) {
  bodies.resize(130, body({}));
  return bodies;
}

TEST_CASE("code addresses: memory.size fits where the shim's indices are below 128") {
  const Rewritten out({.bodies = {body({0x3f, 0x00, 0x1a})}, .custom_sections = kDwarf});
  REQUIRE(out.code.ok());
  CHECK(out.statistics().replaced_instructions == 1);
  CHECK(out.statistics().moved_functions == 0);
  CHECK(out.count_stale() == 0);
  CHECK(out.statistics().functions_with_stale_debug_info == 0);
}

TEST_CASE("code addresses: a body that would grow moves out of line") {
  // The function has a parameter, which its trampoline passes on.
  const ByteBuffer code = join({{0x3f, 0x00, 0x1a}, nops(8), i32_const(5)});
  const Rewritten out({.bodies = many({body(nops(4)), body(code), body(nops(7))}),
                       .function_types = {kNoneType, kCloseType},
                       .custom_sections = kDwarf,
                       .count_width = 2});
  REQUIRE(out.code.ok());
  // One more function than usual, at the end, of the application's type.
  REQUIRE(out.bodies.size() == 130 + kShimFunctions + 1);
  CHECK(out.code->moved_function_types == std::vector<uint32_t>{kCloseType});
  CHECK(out.code->moved_functions == std::vector<uint32_t>{kImports + 1});
  CHECK(out.instructions(130 + kShimFunctions) ==
        join({call(leb(out.shim_function(test::kFakeMemorySize))), {0x1a}, nops(8), i32_const(5)}));
  CHECK(out.bodies[1].whole.size() == out.module->bodies[1].whole.size());
  CHECK(out.instructions(1) ==
        join({{0x20, 0x00}, call(leb(out.map->function_count)), nops(code.size() - 5)}));
  CHECK(out.statistics().moved_functions == 1);
  CHECK(out.statistics().functions_with_stale_debug_info == 1);
  CHECK(out.count_stale() == 1);
}

TEST_CASE("code addresses: bodies that grow by a call with a minimal LEB move, too") {
  std::vector<ByteBuffer> bodies(130, body(nops(6)));
  bodies[10] = body(join({call_with_zeroes(1, leb(kFdClose)), {0x1a}, nops(6)}));
  bodies[20] = body(join({call_with_zeroes(1, padded(kFdClose)), {0x1a}}));  // this one stays
  bodies[30] = body(join({call_with_zeroes(4, leb(kFdRead)), {0x1a}}));
  const Rewritten out({.bodies = bodies, .custom_sections = kDwarf, .count_width = 2});
  REQUIRE(out.code.ok());
  CHECK(out.code->moved_functions == std::vector<uint32_t>{kImports + 10, kImports + 30});
  CHECK(out.statistics().functions_with_stale_debug_info == 2);
  CHECK(out.count_stale() == 2);
}

TEST_CASE("code addresses: a body too small for a call moves all that follow, and they are counted") {
  std::vector<ByteBuffer> bodies(5, body(nops(4)));
  bodies[2] = body({0x3f, 0x00});  // 4 bytes of code: passing on a parameter does not fit
  bodies.resize(130, body(nops(4)));
  bodies[100] = body(join({{0x3f, 0x00, 0x1a}, nops(9)}));  // moves, and is not counted twice
  const Rewritten out({.bodies = bodies,
                       .function_types = {kNoneType, kNoneType, kCloseType},
                       .custom_sections = kDwarf,
                       .count_width = 2});
  REQUIRE(out.code.ok());
  CHECK(out.statistics().moved_functions == 1);
  CHECK(out.count_stale() == 130 - 2);
  CHECK(out.statistics().functions_with_stale_debug_info == 130 - 2);
}

TEST_CASE("code addresses: the count's extra byte is taken from a padded LEB") {
  // 121 functions and the shim's 7: the count becomes 128 and takes two bytes.
  std::vector<ByteBuffer> bodies(121, body(nops(3)));
  SECTION("of the first body that has one") {
    bodies[5] = body(join({call(padded(kEnvF)), call(padded(kEnvF))}));
    bodies[9] = body(call(padded(kEnvF)));
    const Rewritten out({.bodies = bodies, .custom_sections = kDwarf});
    REQUIRE(out.code.ok());
    REQUIRE(out.bodies.size() == 128);
    CHECK(out.instructions(5) == join({call(padded(kEnvF, 4)), call(padded(kEnvF))}));
    CHECK(test::copy(out.bodies[9].whole) == bodies[9]);
    // Functions 0 to 5 are a byte off.
    CHECK(out.count_stale() == 6);
    CHECK(out.statistics().functions_with_stale_debug_info == 6);
  }
  SECTION("with a body that moves, before it and after it") {
    bodies[2] = body(join({{0x3f, 0x00, 0x1a}, nops(9)}));
    bodies[5] = body(call(padded(kEnvF)));
    bodies[7] = body(join({{0x3f, 0x00, 0x1a}, nops(9)}));
    const Rewritten out({.bodies = bodies, .custom_sections = kDwarf});
    REQUIRE(out.code.ok());
    CHECK(out.count_stale() == 7);
    CHECK(out.statistics().functions_with_stale_debug_info == 7);
  }
  SECTION("and a padded index of a type in a block is not used") {
    // block (type 3) with its index in two bytes: as a signed LEB it is not ours to shorten.
    bodies[5] = body({0x02, 0x83, 0x00, 0x0b});
    bodies[6] = body(call(padded(kEnvF)));
    const Rewritten out({.bodies = bodies, .custom_sections = kDwarf});
    REQUIRE(out.code.ok());
    CHECK(test::copy(out.bodies[5].whole) == bodies[5]);
    CHECK(out.count_stale() == 7);
    CHECK(out.statistics().functions_with_stale_debug_info == 7);
  }
  SECTION("where there is none, all are counted") {
    const Rewritten out({.bodies = bodies, .custom_sections = kDwarf});
    REQUIRE(out.code.ok());
    CHECK(out.count_stale() == 121);
    CHECK(out.statistics().functions_with_stale_debug_info == 121);
  }
  SECTION("where the count is padded already, nothing has to be done") {
    bodies[5] = body(call(padded(kEnvF)));
    const Rewritten out({.bodies = bodies, .custom_sections = kDwarf, .count_width = 5});
    REQUIRE(out.code.ok());
    CHECK(test::copy(out.bodies[5].whole) == bodies[5]);
    CHECK(out.count_stale() == 0);
    CHECK(out.statistics().functions_with_stale_debug_info == 0);
  }
}

TEST_CASE("code addresses: DWARF in a file of its own counts as much") {
  const Rewritten out({.bodies = many({body(join({{0x3f, 0x00, 0x1a}, nops(9)}))}),
                       .custom_sections = test::custom("external_debug_info", {0}),
                       .count_width = 2});
  REQUIRE(out.code.ok());
  CHECK(out.statistics().moved_functions == 1);
}

TEST_CASE("code addresses: without DWARF nothing moves out of line") {
  const Rewritten out(
      {.bodies = many({body(join({{0x3f, 0x00, 0x1a}, nops(9)}))}), .count_width = 2});
  REQUIRE(out.code.ok());
  CHECK(out.statistics().changed_functions == 1);
  CHECK(out.statistics().moved_functions == 0);
  CHECK(out.statistics().functions_with_stale_debug_info == 0);
  CHECK(out.bodies.size() == 130 + kShimFunctions);
}

}  // namespace
}  // namespace wasm_vfs::splice
