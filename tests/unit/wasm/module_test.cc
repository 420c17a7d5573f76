// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// read_module(): what it collects, the order and agreement of sections, and its messages for files
// that are no modules, or damaged ones.

#include "wasm/module.h"

#include "testing/catch.h"
#include "wasm/testdata.h"

namespace wasm_vfs::wasm {
namespace {

std::string error_of(const ByteBuffer& bytes) {
  auto module = read_module(bytes, "app.wasm");
  return module.ok() ? "none" : module.error().message;
}

std::string error_of(std::string_view text) {
  return error_of(ByteBuffer(text.begin(), text.end()));
}

TEST_CASE("what is collected from a module of every section") {
  const ByteBuffer bytes = read_testdata("all_sections.wasm");
  auto result = read_module(bytes, "all_sections.wasm");
  REQUIRE(result.ok());
  const Module& module = *result;

  CHECK(module.types.size() == 9);
  CHECK(module.types[1].parameters.size() == 8);
  CHECK(module.types[1].parameters[1] == ValueType::kI64);
  CHECK(!module.types[2].is_function);

  REQUIRE(module.imports.size() == 6);
  CHECK(module.imports[1].module == "host");
  CHECK(module.imports[1].name == "again");
  CHECK(module.imports[1].kind == ExternalKind::kFunction);
  CHECK(module.imports[1].index == 1);
  CHECK(module.imports[1].type_index == 1);
  CHECK(module.imports[3].kind == ExternalKind::kMemory);
  CHECK(module.imports[3].index == 0);
  CHECK(module.imports[3].limits.minimum == 1);
  CHECK(bytes[module.imports[5].offset] == 4);  // the length of "host"
  CHECK(module.imports[5].kind == ExternalKind::kTag);

  CHECK(module.imported_functions == 2);
  CHECK(module.function_count() == 4);
  CHECK(module.function_type(0) == 0);
  CHECK(module.function_type(1) == 1);
  CHECK(module.function_type(2) == 0);
  CHECK(module.index_counts() == IndexCounts{9, 4, 4, 5, 5, 2, 8, 4});

  REQUIRE(module.memories.size() == 4);
  CHECK(module.memories[0].maximum == 2u);
  CHECK(module.memories[1].is_shared);
  CHECK(module.memories[2].is_64);
  CHECK(module.memories[3].page_size_log2 == 0u);

  REQUIRE(module.exports.size() == 6);
  CHECK(module.exports[1].name == "imported");
  CHECK(module.exports[1].index == 0);
  CHECK(bytes[module.exports[0].index_offset] == 3);
  CHECK(module.exports[0].index_width == 1);
  CHECK(module.start == 2u);

  CHECK(module.data_count == 4u);
  CHECK(module.data_segment_count == 4);
  REQUIRE(module.data_segments.size() == 4);
  CHECK(as_text(module.data_segments[0].bytes) == "active");
  CHECK(!module.data_segments[0].is_passive);
  CHECK(module.data_segments[1].is_passive);
  CHECK(bytes[module.data_segments[1].offset] == 'p');
  CHECK(module.data_segments[2].memory == 3);
  CHECK(module.data_segments[3].bytes.empty());

  REQUIRE(module.bodies.size() == 2);
  for (const Body& body : module.bodies) {
    CHECK(body.whole.data() == bytes.data() + body.offset);
    CHECK(body.code.data() == bytes.data() + body.code_offset());
    CHECK(body.code.back() == 0x0b);
  }

  REQUIRE(module.find_custom_section("before code") != nullptr);
  CHECK(as_text(custom_contents(*module.find_custom_section("before code"))) == "custom");
  CHECK(module.find_custom_section("before") == nullptr);
  const Section* code = module.find_section(SectionId::kCode);
  REQUIRE(code != nullptr);
  CHECK(bytes[code->offset] == 10);
  CHECK(code->contents.data() == bytes.data() + code->contents_offset());

  // The sections are all there is.
  ByteBuffer whole;
  append_module_header(whole);
  for (const Section& section : module.sections) append(whole, section.whole);
  CHECK(whole == bytes);
}

TEST_CASE("an empty module, custom sections anywhere, and unknown sections are fine") {
  CHECK(error_of(make_module({})) == "none");
  CHECK(error_of(make_module({{SectionId::kCustom, {1, 'a', 7}},
                              {SectionId::kType, {0}},
                              {SectionId::kCustom, {1, 'a'}},
                              {SectionId::kFunction, {0}},
                              {SectionId::kCustom, {0}}})) == "none");
  const ByteBuffer bytes = make_module({{SectionId::kMemory, {0}},
                                        {static_cast<SectionId>(14), {1, 2, 3}},
                                        {SectionId::kExport, {0}},
                                        {static_cast<SectionId>(14), {}}});
  auto module = read_module(bytes, "app.wasm");
  REQUIRE(module.ok());
  CHECK(module->sections.size() == 4);
  CHECK(section_name(module->sections[1].id) == "unknown");
  CHECK(module->sections[1].contents.size() == 3);
}

TEST_CASE("over-long section sizes and counts are read") {
  ByteBuffer bytes;
  append_module_header(bytes);
  append(bytes, Bytes(ByteBuffer{3, 0x85, 0x80, 0x80, 0x80, 0x00, 0x80, 0x80, 0x80, 0x80, 0x00}));
  auto module = read_module(bytes, "app.wasm");
  REQUIRE(module.ok());
  CHECK(module->sections[0].whole.size() == 11);
  CHECK(module->sections[0].contents.size() == 5);
  CHECK(module->sections[0].contents_offset() == 14);
}

TEST_CASE("files that are no core modules are told apart") {
  CHECK(error_of("") == "app.wasm: not a WebAssembly module: the file is empty");
  CHECK(error_of("(module)") ==
        "app.wasm: not a WebAssembly module: it looks like WebAssembly text; assemble it first "
        "(wat2wasm, wasm-as)");
  CHECK(error_of("\n  ;; text\n(module)").find("WebAssembly text") != std::string::npos);
  CHECK(error_of("hello") ==
        "app.wasm: not a WebAssembly module: expected it to start with 0x00 0x61 0x73 0x6d "
        "(\"\\0asm\"), found 0x68 0x65 0x6c 0x6c");
  CHECK(error_of(std::string_view("\0a", 2)) ==
        "app.wasm: header (offset 0x02): unable to read the magic number and version: the file "
        "ends here; it is cut short");
  CHECK(error_of(std::string_view("\0asm\2\0\0\0", 8)) ==
        "app.wasm: header (offset 0x04): unknown version 0x02 0x00 0x00 0x00; this wasm-vfs knows "
        "version 1 of core modules, and 0x0d of components");
  CHECK(error_of(std::string_view("\0asm\x0d\0\1\0", 8)) ==
        "app.wasm: not a WebAssembly module: expected a core module, found a component");
  CHECK(error_of("\x1f\x8b\x08").find("gzip") != std::string::npos);
  CHECK(error_of("\x7f"
                 "ELF\x02")
            .find("native program") != std::string::npos);
  CHECK(error_of("!<arch>\n").find("static library") != std::string::npos);
  CHECK(recognise(as_bytes("hello")) == FileKind::kOther);
  CHECK(recognise(make_module({})) == FileKind::kCoreModule);
}

TEST_CASE("the order of sections") {
  CHECK(error_of(make_module({{SectionId::kMemory, {0}}, {SectionId::kMemory, {0}}})) ==
        "app.wasm: memory section (offset 0x0b): expected one such section, found a second");
  CHECK(error_of(make_module({{SectionId::kMemory, {0}}, {SectionId::kType, {0}}})) ==
        "app.wasm: type section (offset 0x0b): it is out of order: it belongs before a section "
        "that precedes it");
  // The numbers of tag and data count are not in the order of the sections.
  CHECK(error_of(make_module({{SectionId::kMemory, {0}},
                              {SectionId::kTag, {0}},
                              {SectionId::kGlobal, {0}},
                              {SectionId::kDataCount, {0}},
                              {SectionId::kCode, {0}},
                              {SectionId::kData, {0}}})) == "none");
  CHECK(error_of(make_module({{SectionId::kCode, {0}}, {SectionId::kDataCount, {0}}}))
            .find("out of order") != std::string::npos);
}

TEST_CASE("sizes and counts that cannot be") {
  CHECK(error_of(ByteBuffer{0, 'a', 's', 'm', 1, 0, 0, 0, 1, 5, 0}) ==
        "app.wasm: type section (offset 0x08): its size is 5 bytes, but only 1 follow; the file is "
        "cut short or damaged");
  CHECK(error_of(ByteBuffer{0, 'a', 's', 'm', 1, 0, 0, 0, 10}) ==
        "app.wasm: code section (offset 0x09): unable to read the size of a section: expected a "
        "LEB128 number, found the end");
  CHECK(error_of(make_module({{SectionId::kType, {0xff, 0xff, 0xff, 0xff, 0x0f, 0x60}}})) ==
        "app.wasm: type section (offset 0x0a): unable to read the number of types: expected a "
        "count, found one greater than all that follows can hold");
  CHECK(error_of(make_module({{SectionId::kType, {0, 0}}})) ==
        "app.wasm: type section (offset 0x0b): unable to read the section: expected the end, found "
        "more bytes");
  CHECK(error_of(make_module({{SectionId::kCustom, {5, 'a'}}})) ==
        "app.wasm: custom section (offset 0x0a): unable to read the name of a custom section: "
        "expected a name, found a length greater than all that follows");
  CHECK(error_of(make_module({{SectionId::kCode, {1, 9, 0, 0x0b}}})) ==
        "app.wasm: code section (offset 0x0b): unable to read the size of a function body: "
        "expected a count, found one greater than all that follows can hold");
}

TEST_CASE("sections must agree") {
  const SectionBytes type = {SectionId::kType, {1, 0x60, 0, 0}};
  CHECK(error_of(make_module({type, {SectionId::kFunction, {1, 0}}})) ==
        "app.wasm: function section (offset 0x0e): expected as many bodies as the function section "
        "declares (1), found 0");
  CHECK(error_of(make_module({type, {SectionId::kCode, {1, 2, 0, 0x0b}}})) ==
        "app.wasm: code section (offset 0x0e): expected as many bodies as the function section "
        "declares (0), found 1");
  CHECK(error_of(make_module({{SectionId::kDataCount, {1}}})) ==
        "app.wasm: data count section (offset 0x08): expected as many segments as the data count "
        "section declares (1), found 0");
  CHECK(error_of(make_module({{SectionId::kDataCount, {0}}, {SectionId::kData, {1, 1, 0}}})) ==
        "app.wasm: data section (offset 0x0b): expected as many segments as the data count section "
        "declares (0), found 1");
}

TEST_CASE("indices by which functions are looked up must be right") {
  const SectionBytes type = {SectionId::kType, {2, 0x60, 0, 0, 0x5f, 0}};
  const SectionBytes code = {SectionId::kCode, {1, 2, 0, 0x0b}};
  CHECK(error_of(make_module({type, {SectionId::kFunction, {1, 0}}, code})) == "none");
  CHECK(error_of(make_module({type, {SectionId::kFunction, {1, 2}}, code})) ==
        "app.wasm: function section (offset 0x13): unable to read a type index: expected one that "
        "the module has");
  CHECK(error_of(make_module({type, {SectionId::kFunction, {1, 1}}, code})) ==
        "app.wasm: function section (offset 0x10): the type of function 0 is not a function type");
  CHECK(error_of(make_module({type, {SectionId::kImport, {1, 0, 0, 0, 1}}})) ==
        "app.wasm: import section (offset 0x13): the type of an imported function is not a "
        "function type");
  CHECK(error_of(make_module({{SectionId::kExport, {1, 0, 0, 0}}})) ==
        "app.wasm: export section (offset 0x0d): unable to read a function index: expected one "
        "that the module has");
  CHECK(error_of(make_module({{SectionId::kStart, {0}}})) ==
        "app.wasm: start section (offset 0x0a): unable to read a function index: expected one that "
        "the module has");
}

TEST_CASE("a module cut at any byte is refused at a place before the cut, or is a shorter module") {
  const ByteBuffer bytes = read_testdata("all_sections.wasm");
  size_t accepted = 0;
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    const ByteBuffer start(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(cut));
    auto module = read_module(start, "app.wasm");
    if (module.ok()) {
      // Only where a section ends, and nothing that is missing is needed.
      ++accepted;
      const Section* last = module->sections.empty() ? nullptr : &module->sections.back();
      CHECK(cut == (last == nullptr ? 8 : last->offset + last->whole.size()));
      continue;
    }
    const std::string& message = module.error().message;
    INFO(message);
    CHECK(message.starts_with("app.wasm: "));
    CHECK(message.find('\n') == std::string::npos);
    if (cut == 0) continue;  // "the file is empty"
    const size_t place = message.find("(offset ");
    REQUIRE(place != std::string::npos);
    CHECK(std::stoul(message.substr(place + 8), nullptr, 16) <= cut);
  }
  CHECK(accepted == 5);  // after the header, and after the types, imports, data, "at the end"
}

TEST_CASE("a module with any byte changed never leads the reader astray") {
  // Nothing to compare with: the sanitizers and the reader's own bounds are what is tested.
  const ByteBuffer bytes = read_testdata("all_sections.wasm");
  size_t refused = 0;
  for (size_t place = 0; place < bytes.size(); ++place) {
    for (const int value : {0x00, 0x01, 0x40, 0x7f, 0x80, 0xff}) {
      ByteBuffer changed = bytes;
      changed[place] = static_cast<uint8_t>(value);
      auto module = read_module(changed, "app.wasm");
      if (!module.ok()) {
        ++refused;
        continue;
      }
      for (uint32_t i = 0; i < module->function_count(); ++i) {
        CHECK(module->function_type(i) < module->types.size());
      }
    }
  }
  CHECK(refused > 1000);
}

}  // namespace
}  // namespace wasm_vfs::wasm
