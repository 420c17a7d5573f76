// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/splice/index_map.h.

#include "splice/index_map.h"

#include "build_module.h"
#include "fake_shim.h"
#include "testing/catch.h"

namespace wasm_vfs::splice {
namespace {

using test::import_function;
using test::join;
using test::module;
using test::name;
using test::section;
using test::vec;
using enum wasm::SectionId;

constexpr std::string_view kWasi = "wasi_snapshot_preview1";

/// An application of 6 types, the given imports, 2 functions, 3 globals (one imported) and one data
/// segment.
ByteBuffer application(std::vector<ByteBuffer> imports) {
  imports.push_back(join({name("env"), name("g"), {0x03, test::kI32, 0x00}}));
  const ByteBuffer global = {test::kI32, 0x00, 0x41, 0x00, 0x0b};
  return module({
      section(kType, vec({test::path_open_type(), test::fd_read_type(), test::fd_close_type(),
                          test::none_type(), test::fd_read_type(), test::fd_close_type()})),
      section(kImport, vec(imports)),
      section(kFunction, {2, 3, 3}),
      test::memory_section(),
      section(kGlobal, vec({global, global})),
      section(kCode, vec({test::body({}), test::body({})})),
      section(kData, vec({{0x01, 0x01, 0xaa}})),
  });
}

struct Mapped {
  ByteBuffer bytes, shim_bytes;
  Result<wasm::Module> module, shim;
  Result<Interception> interception;
  Result<IndexMap> map;

  Mapped(ByteBuffer application_bytes, const test::FakeShim& options = {},
         Sealing sealing = Sealing::kNone)
      : bytes(std::move(application_bytes)),
        shim_bytes(test::fake_shim(options)),
        module(wasm::read_module(bytes, "app.wasm")),
        shim(wasm::read_module(shim_bytes, "shim")),
        interception(find_intercepted_imports(*module, *shim, {.sealing = sealing})),
        map(map_indices(*module, *interception, *shim)) {}
};

std::vector<uint32_t> types_of_added(const IndexMap& map) {
  std::vector<uint32_t> types;
  for (const AddedFunction& function : map.added_after) types.push_back(function.type_index);
  return types;
}

std::vector<AddedFunction> thunks(const IndexMap& map) {
  std::vector<AddedFunction> found;
  for (const auto* list : {&map.added_before, &map.added_after})
    for (const AddedFunction& function : *list)
      if (function.kind == AddedFunction::Kind::kThunk) found.push_back(function);
  return found;
}

const std::vector<ByteBuffer> kPlainImports = {
    import_function(kWasi, "path_open", 0),  // function 0
    import_function("env", "f", 3),          // 1
    import_function(kWasi, "fd_read", 1),    // 2
    import_function(kWasi, "fd_close", 2),   // 3
};

TEST_CASE("index map: the shim's things come after the application's last ones") {
  const Mapped mapped(application(kPlainImports));
  REQUIRE(mapped.map.ok());
  const IndexMap& map = *mapped.map;
  CHECK(map.first_shim_type == 6);
  CHECK(map.first_added_before == 4);
  CHECK(map.added_before.empty());
  CHECK(map.first_added_after == 4 + 2);
  CHECK(map.added_after.size() == 7);
  CHECK(map.function_count == 13);
  CHECK(map.memory_base_global == 3);
  CHECK(map.stack_pointer_global == 4);
  CHECK(map.pin_global == 5);
  CHECK(map.index_segment == 1);
  CHECK(map.contents_segment == 2);
  CHECK(map.shim_function(test::kFakeImports) == 6);
  CHECK(map.shim_function(test::kFakeImports + test::kFakeHelper) == 11);
  CHECK(map.memory_size_function == 6 + test::kFakeMemorySize);
  CHECK(map.memory_grow_function == 6 + test::kFakeMemoryGrow);
}

TEST_CASE("index map: each intercepted import has its function, the others have none") {
  const Mapped mapped(application(kPlainImports));
  REQUIRE(mapped.map.ok());
  CHECK(mapped.map->import_references ==
        std::vector<uint32_t>{6 + test::kFakePathOpen, kUnmapped, 6 + test::kFakeFdRead,
                              6 + test::kFakeFdClose});
  CHECK(mapped.map->application_function(0) == 6 + test::kFakePathOpen);
  CHECK(mapped.map->application_function(1) == 1);
  CHECK(mapped.map->application_function(5) == 5);
  CHECK(thunks(*mapped.map).empty());
}

TEST_CASE("index map: a function that replaces an import has the import's own type") {
  const Mapped mapped(application({import_function(kWasi, "path_open", 0),
                                   import_function(kWasi, "fd_read", 4),    // the second of two
                                   import_function(kWasi, "fd_close", 5)}));  // equal types
  REQUIRE(mapped.map.ok());
  CHECK(types_of_added(*mapped.map) ==
        std::vector<uint32_t>{0, 4, 5,         // path_open, fd_read, fd_close
                              6 + 3, 6 + 6,    // memory_size, memory_grow: the shim's own
                              6 + 3, 6 + 2});  // helper; fd_datasync, which nobody imports
}

TEST_CASE("index map: the shim's imports") {
  using Kind = ShimImport::Kind;
  const Mapped mapped(application(kPlainImports));
  REQUIRE(mapped.map.ok());
  const std::vector<std::pair<Kind, uint32_t>> expected = {
      {Kind::kHostCall, 2},   {Kind::kIndexInit, 0}, {Kind::kContentsInit, 0},
      {Kind::kGlobalGet, 3},  {Kind::kGlobalSet, 3},  // memory base
      {Kind::kGlobalGet, 4},  {Kind::kGlobalSet, 4},  // stack pointer
      {Kind::kGlobalGet, 5},  {Kind::kGlobalSet, 5},  // pin
      {Kind::kHostCall, 3},
  };
  REQUIRE(mapped.map->shim_imports.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    CHECK(mapped.map->shim_imports[i].kind == expected[i].first);
    CHECK(mapped.map->shim_imports[i].index == expected[i].second);
  }
  CHECK(mapped.map->shim_globals == std::vector<uint32_t>{3, 4});
}

TEST_CASE("index map: an import that stands twice with one type has one function") {
  const Mapped mapped(application({import_function(kWasi, "path_open", 0),
                                   import_function(kWasi, "fd_read", 1),
                                   import_function(kWasi, "fd_read", 1),
                                   import_function(kWasi, "fd_close", 2)}));
  REQUIRE(mapped.map.ok());
  CHECK(mapped.map->import_references[1] == mapped.map->import_references[2]);
  CHECK(thunks(*mapped.map).empty());
  // The shim forwards to the first of them.
  CHECK(mapped.map->shim_imports[test::kFakeHostFdRead].index == 1);
}

TEST_CASE("index map: an import that stands twice with two types has a thunk for the second") {
  const Mapped mapped(application({import_function(kWasi, "path_open", 0),
                                   import_function(kWasi, "fd_read", 4),
                                   import_function(kWasi, "fd_read", 1),
                                   import_function(kWasi, "fd_read", 1),
                                   import_function(kWasi, "fd_close", 2)}));
  REQUIRE(mapped.map.ok());
  const IndexMap& map = *mapped.map;
  const uint32_t fd_read = map.first_added_after + test::kFakeFdRead;
  const uint32_t first_thunk = map.first_added_after + 7;
  CHECK(map.import_references[1] == fd_read);
  CHECK(map.added_after[test::kFakeFdRead].type_index == 4);
  REQUIRE(thunks(map).size() == 1);  // one for both imports of type 1
  CHECK(map.import_references[2] == first_thunk);
  CHECK(map.import_references[3] == first_thunk);
  CHECK(map.added_after[7].kind == AddedFunction::Kind::kThunk);
  CHECK(map.added_after[7].type_index == 1);
  CHECK(map.added_after[7].value == fd_read);
  CHECK(map.function_count == first_thunk + 1);
}

TEST_CASE("index map: two calls that one function of the shim's answers") {
  const auto imports = [](uint32_t close_type, uint32_t datasync_type) {
    return application({import_function(kWasi, "path_open", 0),
                        import_function(kWasi, "fd_close", close_type),
                        import_function(kWasi, "fd_datasync", datasync_type),
                        import_function(kWasi, "fd_read", 1)});
  };
  const test::FakeShim merged{.merge_equal_functions = true};
  SECTION("with one type: one function") {
    const Mapped mapped(imports(2, 2), merged);
    REQUIRE(mapped.map.ok());
    CHECK(mapped.map->import_references[1] == mapped.map->import_references[2]);
    CHECK(thunks(*mapped.map).empty());
  }
  SECTION("with two types: a thunk") {
    const Mapped mapped(imports(2, 5), merged);
    REQUIRE(mapped.map.ok());
    const IndexMap& map = *mapped.map;
    REQUIRE(thunks(map).size() == 1);
    CHECK(map.added_after.back().type_index == 5);
    CHECK(map.added_after.back().value == map.import_references[1]);
    CHECK(map.import_references[2] == map.function_count - 1);
    CHECK(map.added_after[test::kFakeFdClose].type_index == 2);
  }
}

TEST_CASE("index map: a removed import gives its place to the function that answers it") {
  const Mapped mapped(application({import_function(kWasi, "fd_datasync", 2),  // 0: goes
                                   import_function("env", "f", 3),            // 1
                                   import_function(kWasi, "fd_read", 1),      // 2
                                   import_function(kWasi, "path_open", 0),    // 3: goes
                                   import_function(kWasi, "fd_close", 2),     // 4
                                   import_function(kWasi, "fd_datasync", 5)}),  // 5: goes
                      {}, Sealing::kFilesystem);
  REQUIRE(mapped.map.ok());
  const IndexMap& map = *mapped.map;
  // Imports that stay: env.f, fd_read, fd_close. Then what takes the places of those that go, in
  // their order, so that the application's functions (6 and 7) stay where they are.
  CHECK(map.first_added_before == 3);
  REQUIRE(map.added_before.size() == 3);
  CHECK(map.added_before[0].kind == AddedFunction::Kind::kShim);
  CHECK(map.added_before[0].value == test::kFakeFdDatasync);
  CHECK(map.added_before[0].type_index == 2);
  CHECK(map.added_before[1].value == test::kFakePathOpen);
  CHECK(map.added_before[2].kind == AddedFunction::Kind::kThunk);
  CHECK(map.added_before[2].value == 3);
  CHECK(map.added_before[2].type_index == 5);
  CHECK(map.first_added_after == 8);
  CHECK(map.added_after.size() == 5);
  // fd_read is the first of the shim's other functions.
  CHECK(map.import_places == std::vector<uint32_t>{kUnmapped, 0, 1, kUnmapped, 2, kUnmapped});
  CHECK(map.import_references == std::vector<uint32_t>{3, 0, 8, 4, 9, 5});
  CHECK(map.application_function(6) == 6);
  CHECK(map.shim_imports[test::kFakeHostFdRead].index == 1);
  CHECK(map.shim_imports[test::kFakeHostFdClose].index == 2);
  CHECK(map.shim_function(test::kFakeImports + test::kFakeFdDatasync) == 3);
  CHECK(map.function_count == 13);
}

TEST_CASE("index map: a shim of another version is refused") {
  const ByteBuffer bytes = application(kPlainImports);
  const auto message = [&](const test::FakeShim& options) {
    const Mapped mapped(bytes, options);
    return mapped.map.ok() ? "no error" : mapped.map.error().message;
  };
  const auto unknown = [](const std::string& import) {
    return "the shim imports '" + import +
           "', which this splicer does not know; rebuild it with runtime-shim/build";
  };
  const std::string defines =
      "the shim defines globals or data, which this splicer does not place; rebuild it with "
      "runtime-shim/build";
  CHECK(message({.import_unknown_intrinsic = true}) == unknown("intrinsic.get_moon"));
  CHECK(message({.import_unknown_global = true}) == unknown("env.__tls_base"));
  // A call that the application lacks should have been replaced when the shim was specialised.
  CHECK(message({.import_unknown_call = true}) == unknown("wasi_snapshot_preview1.fd_write"));
  CHECK(message({.define_global = true}) == defines);
  CHECK(message({.define_data = true}) == defines);
}

}  // namespace
}  // namespace wasm_vfs::splice
