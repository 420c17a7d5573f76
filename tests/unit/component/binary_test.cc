// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/component/binary.h.

#include "component/binary.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "component/build_component.h"
#include "testing/catch.h"
#include "wasm/cursor.h"

namespace wasm_vfs::component {
namespace {

using namespace test;

Binary read(const ByteBuffer& bytes) {
  Result<Binary> binary = read_binary(bytes, "c.wasm");
  INFO((binary.ok() ? "" : binary.error().message));
  REQUIRE(binary.ok());
  return *std::move(binary);
}

std::string error_of(const ByteBuffer& bytes) {
  const Result<Binary> binary = read_binary(bytes, "c.wasm");
  return binary.ok() ? "no error" : binary.error().message;
}

ByteBuffer import_entry(std::string_view text, const ByteBuffer& description, uint8_t form = 0) {
  return join({{form}, name(text), description});
}

/// Components in each other, with core modules before, in and after, and sections of other kinds.
ByteBuffer example() {
  const ByteBuffer inner =
      component({core_module(module({})), core_module(application(), 3), custom("x", {1, 2, 3})});
  const ByteBuffer middle = component({nested(inner, 2), core_module(module({}))});
  return component(
      {component_section(7, vec({{0x40, 0x00, 0x01, 0x00}})),
       component_section(10, vec({import_entry("wasi:filesystem/types@0.2.6", {0x05, 0x00})})),
       core_module(module({})), nested(middle), custom("producers", {0}),
       component_section(6,
                         vec({{0x01, 0x00, 0x00, 0x01, 'f'}, {0x00, 0x02, 0x01, 0x00, 0x01, 'm'}})),
       component_section(8, vec({{0x00, 0x00, 0x01, 0x02, 0x00, 0x03, 0x00, 0x00}, {0x03, 0x01}})),
       core_module(module({}), 5)});
}

TEST_CASE("binary: a core module is its own only module") {
  const ByteBuffer bytes = module({custom("name", join({{0x00}, leb(5), name("main")}))});
  const Binary binary = read(bytes);
  CHECK_FALSE(binary.is_component);
  REQUIRE(binary.modules.size() == 1);
  CHECK(binary.modules[0].name == "main");
  CHECK(binary.modules[0].enclosing.empty());
  CHECK(binary.modules[0].module.file == "c.wasm");
  const auto around = surround(binary, binary.modules[0], 5, {});
  REQUIRE(around.ok());
  CHECK(replaced(*around, {1, 2, 3, 4, 5}) == ByteBuffer{1, 2, 3, 4, 5});
}

TEST_CASE("binary: the modules of a component, nested ones too, in the order of the file") {
  const ByteBuffer bytes = example();
  const Binary binary = read(bytes);
  CHECK(binary.is_component);
  REQUIRE(binary.modules.size() == 5);
  const size_t depths[] = {1, 3, 3, 2, 1};
  for (size_t i = 0; i < 5; ++i) {
    const CoreModule& module = binary.modules[i];
    INFO(i);
    CHECK(module.enclosing.size() == depths[i]);
    CHECK(module.module.offset == static_cast<uint64_t>(module.module.bytes.data() - bytes.data()));
    for (const SizeField& field : module.enclosing)
      CHECK(wasm::Cursor(Bytes(bytes).subspan(field.offset), 0).read_u32("size") == field.value);
  }
  const auto enclosing = enclosing_sections(binary.modules[2]);
  REQUIRE(enclosing.size() == 3);
  const uint32_t widths[] = {3, 2, 1};
  for (size_t i = 0; i < 3; ++i) CHECK(enclosing[i].size_width == widths[i]);
  CHECK(enclosing[0].beside == 0);
  CHECK(binary.modules[2].module.imports.size() == 1);
  // Its offsets are the file's.
  CHECK(bytes[binary.modules[2].module.imports[0].offset] ==
        22);  // the length of the module's name
  CHECK(binary.modules[2].module.file == "c.wasm: core module 2");
}

TEST_CASE("binary: names come from the component, else from the module") {
  const ByteBuffer named = module({custom("name", join({{0x00}, leb(4), name("own")}))});
  const ByteBuffer bytes = component({
      component_section(10, vec({import_entry("m", {0x00, 0x11, 0x00})})),  // core module 0
      core_module(named),                                                   // 1
      component_section(6, vec({{0x00, 0x11, 0x02, 0x01, 0x00}})),          // 2
      core_module(named),                                                   // 3
      nested(component({core_module(named), module_names({module_name(0, "inner")})})),
      module_names({module_name(0, "imported"), module_name(3, "libc.so"), module_name(9, "none")}),
  });
  const Binary binary = read(bytes);
  REQUIRE(binary.modules.size() == 3);
  CHECK(binary.modules[0].name == "own");
  CHECK(binary.modules[1].name == "libc.so");
  CHECK(binary.modules[2].name == "inner");
  CHECK(module_label(binary, 1) == "1 'libc.so'");
  CHECK(binary.modules[1].module.file == "c.wasm: core module 1 'libc.so'");

  // A message is one line.
  CHECK(module_label(read(component({core_module(named), module_names({module_name(0, "a\nb")})})),
                     0) == "0 'a\\x0ab'");

  // Names that cannot be read name nothing.
  const ByteBuffer damaged =
      component({core_module(named), custom("component-name", {0x01, 0x7f, 0x00, 0x11, 0x01})});
  CHECK(read(damaged).modules[0].name == "own");
}

TEST_CASE("binary: imports of every kind, of the outermost component only") {
  const ByteBuffer bytes = component({
      component_section(
          10, vec({import_entry("m", {0x00, 0x11, 0x00}), import_entry("f", {0x01, 0x05}, 1),
                   import_entry("v", {0x02, 0x00, 0x01}), import_entry("w", {0x02, 0x01, 0x7f}),
                   import_entry("t", {0x03, 0x00, 0x01}), import_entry("r", {0x03, 0x01}),
                   import_entry("c", {0x04, 0x01}),
                   import_entry("wasi:io/poll@0.2.0", {0x05, 0x80, 0x01})})),
      nested(component({component_section(10, vec({import_entry("inner", {0x05, 0x00})}))})),
  });
  const Binary binary = read(bytes);
  std::string names;
  for (const ComponentImport& import : binary.imports)
    names += std::string(import.name) + std::to_string(static_cast<int>(import.kind)) + " ";
  CHECK(names == "m0 f1 v2 w2 t3 r3 c4 wasi:io/poll@0.2.05 ");
}

TEST_CASE("binary: sizes around a packed module are those that the pack wrote") {
  const ByteBuffer note = custom("note", {});
  const auto inside = [&](const ByteBuffer& bytes, uint32_t width) {
    return component({note, core_module(bytes, width), note});
  };
  const ByteBuffer small = module({}), large = module({custom("pad", ByteBuffer(200, 7))});
  splice::Manifest manifest;
  const ByteBuffer before = component({nested(inside(small, 2), 3), note});
  manifest.enclosing = enclosing_sections(read(before).modules[0]);
  CHECK(manifest.enclosing ==
        std::vector<splice::EnclosingSection>{{2, 0}, {3, 8 + 1 + 2 * note.size()}});
  const auto problems = [&](const ByteBuffer& bytes) {
    const Binary binary = read(bytes);
    return check_enclosing(binary.modules[0], manifest).problems.size();
  };
  CHECK(problems(component({nested(inside(large, 2), 3), note})) == 0);
  // Another component around all of it, and the module by itself, are no damage.
  CHECK(problems(component({nested(component({nested(inside(large, 2), 3), note}))})) == 0);
  CHECK(problems(large) == 0);
  // The nested component ends one section later.
  CHECK(problems(component({nested(join({inside(large, 2), note}), 3)})) == 1);
  // Sizes in other bytes than they need, and than they had.
  CHECK(problems(component({nested(inside(large, 3), 4), note})) == 2);
  CHECK(problems(component({nested(inside(large, 2), 2), note})) == 1);
}

TEST_CASE("binary: a module is replaced, and every other byte stays") {
  const ByteBuffer bytes = example();
  const Binary binary = read(bytes);
  for (size_t i = 0; i < binary.modules.size(); ++i) {
    const CoreModule& module = binary.modules[i];
    const std::vector<splice::EnclosingSection> enclosing = enclosing_sections(module);
    // By itself: nothing changes.
    const auto same = surround(binary, module, module.module.bytes.size(), enclosing);
    REQUIRE(same.ok());
    CHECK(replaced(*same, copy(module.module.bytes)) == bytes);

    // By others, at the sizes where LEBs grow.
    for (const size_t size :
         {40u, 125u, 126u, 127u, 128u, 129u, 200u, 16000u, 16383u, 16384u, 3000000u}) {
      INFO("module " << i << " by " << size << " bytes");
      const ByteBuffer other =
          wasm_vfs::component::test::module({custom("pad", ByteBuffer(size, 7))});
      const auto around = surround(binary, module, other.size(), enclosing);
      REQUIRE(around.ok());
      const ByteBuffer changed = replaced(*around, other);
      const Binary read_again = read(changed);
      REQUIRE(read_again.modules.size() == 5);
      for (size_t k = 0; k < 5; ++k)
        CHECK(copy(read_again.modules[k].module.bytes) ==
              (k == i ? other : copy(binary.modules[k].module.bytes)));

      // And back again, though LEBs are wider now.
      const CoreModule& there = read_again.modules[i];
      const auto back = surround(read_again, there, module.module.bytes.size(), enclosing);
      REQUIRE(back.ok());
      CHECK(replaced(*back, copy(module.module.bytes)) == bytes);
    }
  }
  const auto too_large = surround(binary, binary.modules[2], 0x100000000, {});
  REQUIRE_FALSE(too_large.ok());
  CHECK(too_large.error().message.find("the binary format allows less than 4 GiB") !=
        std::string::npos);
}

TEST_CASE("binary: what is no component is refused") {
  const ByteBuffer header = component({});
  const auto after = [&](const ByteBuffer& section) { return error_of(join({header, section})); };
  CHECK(after({0x0d, 0x00}) ==
        "c.wasm: component (offset 0x08): unknown section id 0x0d; this wasm-vfs knows 0 to 12 in "
        "components");
  CHECK(
      after({0x01, 0x05, 0x00}) ==
      "c.wasm: core module section (offset 0x08): its size is 5 bytes, but only 1 follow; the file "
      "is cut short or damaged");
  CHECK(after({0x01}) ==
        "c.wasm: component (offset 0x09): unable to read the size of a section: expected a LEB128 "
        "number, found the end");
  CHECK(after(component_section(4, module({}))) ==
        "c.wasm: component section (offset 0x0a): expected a component of version 0x0d");
  CHECK(
      after(core_module(component({}))) ==
      "c.wasm: core module 0: not a WebAssembly module: expected a core module, found a component");
  CHECK(after(core_module({0x00, 'a', 's', 'm', 2, 0, 0, 0})) ==
        "c.wasm: core module 0: header (offset 0x0e): unknown version 0x02 0x00 0x00 0x00; this "
        "wasm-vfs knows version 1 of core modules, and 0x0d of components");
  CHECK(after(core_module(module({{0x01, 0x02, 0x01, 0x22}}))) ==
        "c.wasm: core module 0: type section (offset 0x15): unable to read a type: expected a "
        "function, struct, array or continuation type");
  CHECK(
      after(component_section(10, vec({import_entry("m", {0x05, 0x00}, 2)}))) ==
      "c.wasm: import section (offset 0x0b): unable to read the form of an import's name: expected "
      "0 or 1");
  CHECK(
      after(component_section(10, vec({import_entry("m", {0x06, 0x00})}))) ==
      "c.wasm: import section (offset 0x0e): unable to read the kind of an import: expected a core "
      "module, function, value, type, component or instance");
  CHECK(after(component_section(6, vec({{0x00, 0x11, 0x03, 0x00}}))) ==
        "c.wasm: alias section (offset 0x0d): unable to read the target of an alias: expected 0, 1 "
        "or "
        "2");
  CHECK(after(component_section(6, join({vec({}), {0x00}}))) ==
        "c.wasm: alias section (offset 0x0b): unable to read the section: expected the end, found "
        "more "
        "bytes");

  ByteBuffer deep = component({});
  for (int i = 0; i < 101; ++i) deep = component({nested(deep)});
  CHECK(error_of(deep).ends_with("components nested more than 100 deep"));
}

TEST_CASE("binary: asynchronous components are refused") {
  const auto canonical = [](const ByteBuffer& function) {
    return error_of(component({component_section(8, vec({function}))}));
  };
  const std::string refusal =
      ": expected one of WASI 0.2; this one is asynchronous (WASI 0.3) or newer than this "
      "wasm-vfs: "
      "such components cannot be packed so far";
  // lift with the options async and callback; lower with async; task.return; an unknown number.
  CHECK(canonical({0x00, 0x00, 0x01, 0x02, 0x06, 0x07, 0x01, 0x00}) ==
        "c.wasm: canon section (offset 0x0f): unable to read a canonical option" + refusal);
  CHECK(canonical({0x01, 0x00, 0x01, 0x01, 0x06}) ==
        "c.wasm: canon section (offset 0x0f): unable to read a canonical option" + refusal);
  CHECK(canonical({0x09, 0x01, 0x00, 0x00}) ==
        "c.wasm: canon section (offset 0x0b): unable to read a canonical function" + refusal);
  CHECK(canonical({0x7f, 0x00}) ==
        "c.wasm: canon section (offset 0x0b): unable to read a canonical function" + refusal);
  CHECK(
      canonical({0x00, 0x01, 0x00, 0x00}) ==
      "c.wasm: canon section (offset 0x0b): unable to read a canonical function: expected 0 after "
      "lift or lower");
}

TEST_CASE("binary: a component cut anywhere is an error, but between two sections") {
  const ByteBuffer bytes = example();
  std::vector<size_t> boundaries = {8};
  wasm::Cursor cursor(bytes, 0);
  cursor.skip(8);
  while (!cursor.at_end()) {
    cursor.read_byte("id");
    cursor.skip(cursor.read_u32("size"));
    boundaries.push_back(cursor.position());
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    INFO(size);
    // A copy of its own, so that a sanitizer sees a read past the end.
    const ByteBuffer cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const bool at_boundary =
        std::find(boundaries.begin(), boundaries.end(), size) != boundaries.end();
    const Result<Binary> binary = read_binary(cut, "c.wasm");
    CHECK(binary.ok() == at_boundary);
    if (!binary.ok()) CHECK(binary.error().message.starts_with("c.wasm: "));
  }
}

TEST_CASE("binary: flipped bits give an error or another component, never more") {
  const ByteBuffer bytes = example();
  size_t errors = 0;
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    ByteBuffer flipped = bytes;
    flipped[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    const Result<Binary> binary = read_binary(flipped, "c.wasm");
    if (!binary.ok()) {
      ++errors;
      CHECK(binary.error().message.starts_with("c.wasm: "));
      continue;
    }
    for (const CoreModule& module : binary->modules) {
      const auto around =
          surround(*binary, module, module.module.bytes.size(), enclosing_sections(module));
      if (!around.ok()) FAIL("bit " << bit << ": " << around.error().message);
      if (replaced(*around, copy(module.module.bytes)) != flipped) FAIL("bit " << bit);
    }
  }
  CHECK(errors > bytes.size());  // most flips are noticed
}

}  // namespace
}  // namespace wasm_vfs::component
