// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads a module's structure: finds the sections, checks their order and sizes, and collects the
// entries that a rewriter needs, by the grammar in sections.h. It is strict about structure (each
// byte of each known section is accounted for) and says nothing about validity, except where an
// index would lead our own look-ups astray. Tested by module_test.cc.

#include "wasm/module.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "wasm/cursor.h"
#include "wasm/sections.h"

namespace wasm_vfs::wasm {
namespace {

constexpr uint8_t kMagic[] = {0x00, 'a', 's', 'm'};
constexpr size_t kHeaderSize = 8;

bool starts_with(Bytes bytes, std::string_view prefix) {
  return as_text(bytes).starts_with(prefix);
}

// Where a known section stands in the order of sections; 0 for those that may stand anywhere.
int rank_of(SectionId id) {
  constexpr SectionId kOrder[] = {SectionId::kType,    SectionId::kImport,    SectionId::kFunction,
                                  SectionId::kTable,   SectionId::kMemory,    SectionId::kTag,
                                  SectionId::kGlobal,  SectionId::kExport,    SectionId::kStart,
                                  SectionId::kElement, SectionId::kDataCount, SectionId::kCode,
                                  SectionId::kData};
  const auto* place = std::find(std::begin(kOrder), std::end(kOrder), id);
  return place == std::end(kOrder) ? 0 : static_cast<int>(place - kOrder) + 1;
}

Error error_at(const Module& module, std::string_view place, uint64_t offset,
               const std::string& what) {
  return Error{module.file + ": " + std::string(place) + " (offset " + hexadecimal(offset) +
               "): " + what};
}

Error section_error(const Module& module, const Section& section, const std::string& what) {
  return error_at(module, std::string(section_name(section.id)) + " section", section.offset, what);
}

// What a file that is no core module is, as far as its first bytes tell, and what to do.
Error not_a_module(Bytes bytes, const std::string& file, uint64_t offset) {
  const auto error = [&](const char* what) {
    return Error{file + ": not a WebAssembly module: " + what};
  };
  if (bytes.empty()) return error("the file is empty");
  if (recognise(bytes) == FileKind::kComponent)
    return error("expected a core module, found a component");
  const size_t common = std::min(bytes.size(), sizeof kMagic);
  if (std::equal(kMagic, kMagic + common, bytes.begin())) {
    if (bytes.size() < kHeaderSize) {
      return Error{
          file + ": header (offset " + hexadecimal(offset + bytes.size()) +
          "): unable to read the magic number and version: the file ends here; it is cut short"};
    }
    return Error{file + ": header (offset " + hexadecimal(offset + sizeof kMagic) +
                 "): unknown version " + hexadecimal(bytes[4]) + " " + hexadecimal(bytes[5]) + " " +
                 hexadecimal(bytes[6]) + " " + hexadecimal(bytes[7]) +
                 "; this wasm-vfs knows version 1 of core modules, and 0x0d of components"};
  }
  const std::string_view text = as_text(bytes);
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos &&
      (text.substr(first).starts_with("(") || text.substr(first).starts_with(";;"))) {
    return error("it looks like WebAssembly text; assemble it first (wat2wasm, wasm-as)");
  }
  if (starts_with(bytes, "\x1f\x8b")) return error("it is compressed (gzip); decompress it first");
  if (starts_with(bytes, "\x28\xb5\x2f\xfd"))
    return error("it is compressed (zstd); decompress it first");
  if (starts_with(bytes, "PK\x03\x04")) return error("it is a zip archive");
  if (starts_with(bytes, "!<arch>\n")) return error("it is a static library (ar); link it first");
  if (starts_with(bytes, "BC\xc0\xde"))
    return error("it is LLVM bitcode; compile and link it first");
  if (starts_with(bytes,
                  "\x7f"
                  "ELF"))
    return error("it is a native program (ELF)");
  std::string found;
  for (size_t i = 0; i < std::min<size_t>(bytes.size(), 4); ++i)
    found += " " + hexadecimal(bytes[i]);
  return Error{file +
               ": not a WebAssembly module: expected it to start with 0x00 0x61 0x73 0x6d "
               "(\"\\0asm\"), found" +
               found};
}

// Finds the sections and puts them into module.sections.
Status read_sections(Module& module) {
  Cursor cursor(module.bytes.subspan(kHeaderSize), module.offset + kHeaderSize);
  int rank = 0;
  while (!cursor.at_end()) {
    Section section{};
    const uint32_t position = cursor.position();
    section.offset = cursor.offset();
    section.id = static_cast<SectionId>(cursor.read_byte("a section id"));
    const uint32_t size = cursor.read_u32("the size of a section");
    const std::string place = std::string(section_name(section.id)) + " section";
    if (cursor.failed()) return cursor.error(module.file, place);
    if (size > cursor.remaining()) {
      return section_error(module, section,
                           "its size is " + std::to_string(size) + " bytes, but only " +
                               std::to_string(cursor.remaining()) +
                               " follow; the file is cut short or damaged");
    }
    section.contents = cursor.read_bytes(size, "a section");
    section.whole = cursor.since(position);

    if (section.id == SectionId::kCustom) {
      Cursor name(section.contents, section.contents_offset());
      section.name = name.read_name("the name of a custom section");
      if (name.failed()) return name.error(module.file, place);
    } else if (const int own_rank = rank_of(section.id); own_rank != 0) {
      if (module.find_section(section.id) != nullptr) {
        return section_error(module, section, "expected one such section, found a second");
      }
      if (own_rank < rank) {
        return section_error(module, section,
                             "it is out of order: it belongs before a section that precedes it");
      }
      rank = own_rank;
    }
    module.sections.push_back(section);
  }
  return ok_status();
}

void add_import(Module& module, Import import) {
  uint32_t* const counts[] = {&module.imported_functions, &module.imported_tables,
                              &module.imported_memories, &module.imported_globals,
                              &module.imported_tags};
  import.index = (*counts[static_cast<uint8_t>(import.kind)])++;
  module.imports.push_back(import);
}

// Reads one section's contents into the module.
void read_contents(Module& module, const Section& section, Cursor& cursor) {
  const auto ignore = [](const IndexUse&) {};
  switch (section.id) {
    case SectionId::kType:
      walk_type_section(
          cursor, [&](Type type) { module.types.push_back(std::move(type)); }, ignore);
      break;
    case SectionId::kImport:
      walk_import_section(
          cursor, [&](const Import& import) { add_import(module, import); }, ignore);
      break;
    case SectionId::kFunction:
      walk_function_section(cursor,
                            [&](const IndexUse& use) { module.functions.push_back(use.value); });
      break;
    case SectionId::kTable:
      walk_table_section(cursor, [&] { ++module.defined_tables; }, ignore);
      break;
    case SectionId::kMemory:
      walk_memory_section(cursor, [&](const Limits& limits) { module.memories.push_back(limits); });
      break;
    case SectionId::kTag:
      walk_tag_section(cursor, [&] { ++module.defined_tags; }, ignore);
      break;
    case SectionId::kGlobal:
      walk_global_section(cursor, [&] { ++module.defined_globals; }, ignore);
      break;
    case SectionId::kExport:
      walk_export_section(
          cursor, [&](const Export& entry) { module.exports.push_back(entry); }, ignore);
      break;
    case SectionId::kStart:
      walk_start_section(cursor, [&](const IndexUse& use) { module.start = use.value; });
      break;
    case SectionId::kElement:
      walk_element_section(cursor, [&] { ++module.element_segment_count; }, ignore);
      break;
    case SectionId::kDataCount:
      module.data_count = cursor.read_u32("the number of data segments");
      break;
    case SectionId::kCode:
      walk_code_section(cursor, [&](const Body& body) { module.bodies.push_back(body); });
      break;
    case SectionId::kData:
      walk_data_section(
          cursor, [&](const DataSegment& segment) { module.data_segments.push_back(segment); },
          ignore);
      module.data_segment_count = static_cast<uint32_t>(module.data_segments.size());
      break;
    case SectionId::kCustom:
      return;  // its name was read with the headers; the rest is anybody's
    default:
      return;  // a section that we do not know is passed through
  }
  cursor.expect_end("the section");
}

// What two sections say of each other, and the indices by which function_type() and its callers
// look things up.
Status check_agreement(const Module& module) {
  const Section* code = module.find_section(SectionId::kCode);
  if (module.functions.size() != module.bodies.size()) {
    const Section* functions = module.find_section(SectionId::kFunction);
    return section_error(module, code != nullptr ? *code : *functions,
                         "expected as many bodies as the function section declares (" +
                             std::to_string(module.functions.size()) + "), found " +
                             std::to_string(module.bodies.size()));
  }
  if (module.data_count && *module.data_count != module.data_segment_count) {
    const Section* data = module.find_section(SectionId::kData);
    return section_error(module,
                         data != nullptr ? *data : *module.find_section(SectionId::kDataCount),
                         "expected as many segments as the data count section declares (" +
                             std::to_string(*module.data_count) + "), found " +
                             std::to_string(module.data_segment_count));
  }

  for (const Section& section : module.sections) {
    if (section.id != SectionId::kImport && section.id != SectionId::kFunction &&
        section.id != SectionId::kExport && section.id != SectionId::kStart) {
      continue;
    }
    RETURN_IF_ERROR(walk_section_indices(module, section, kIgnore));
  }
  for (const Import& import : module.imports) {
    if (import.kind == ExternalKind::kFunction && !module.types[import.type_index].is_function) {
      return error_at(module, "import section", import.offset,
                      "the type of an imported function is not a function type");
    }
  }
  for (size_t i = 0; i < module.functions.size(); ++i) {
    if (!module.types[module.functions[i]].is_function) {
      return section_error(module, *module.find_section(SectionId::kFunction),
                           "the type of function " + std::to_string(module.imported_functions + i) +
                               " is not a function type");
    }
  }
  return ok_status();
}

}  // namespace

std::string_view section_name(SectionId id) {
  constexpr std::string_view kNames[] = {"custom", "type",   "import",     "function", "table",
                                         "memory", "global", "export",     "start",    "element",
                                         "code",   "data",   "data count", "tag"};
  const auto index = static_cast<size_t>(id);
  return index < std::size(kNames) ? kNames[index] : "unknown";
}

FileKind recognise(Bytes bytes) {
  constexpr std::string_view kCore("\0asm\1\0\0\0", 8), kComponent("\0asm\x0d\0\1\0", 8);
  if (starts_with(bytes, kCore)) return FileKind::kCoreModule;
  if (starts_with(bytes, kComponent)) return FileKind::kComponent;
  return FileKind::kOther;
}

Bytes custom_contents(const Section& section) {
  const auto* after_name =
      reinterpret_cast<const uint8_t*>(section.name.data()) + section.name.size();
  return {after_name, section.contents.data() + section.contents.size()};
}

const Section* Module::find_section(SectionId id) const {
  const auto found = std::find_if(sections.begin(), sections.end(),
                                  [id](const Section& section) { return section.id == id; });
  return found == sections.end() ? nullptr : &*found;
}

const Section* Module::find_custom_section(std::string_view name) const {
  const auto found = std::find_if(sections.begin(), sections.end(), [name](const Section& section) {
    return section.id == SectionId::kCustom && section.name == name;
  });
  return found == sections.end() ? nullptr : &*found;
}

IndexCounts Module::index_counts() const {
  return {static_cast<uint32_t>(types.size()),
          function_count(),
          imported_tables + defined_tables,
          imported_memories + static_cast<uint32_t>(memories.size()),
          global_count(),
          imported_tags + defined_tags,
          element_segment_count,
          data_segment_count};
}

uint32_t Module::function_type(uint32_t index) const {
  if (index >= imported_functions) return functions[index - imported_functions];
  for (const Import& import : imports) {
    if (import.kind == ExternalKind::kFunction && import.index == index) return import.type_index;
  }
  return 0;  // not reached for an index within function_count()
}

Result<Module> read_module(Bytes bytes, std::string file, uint64_t offset) {
  if (recognise(bytes) != FileKind::kCoreModule) return not_a_module(bytes, file, offset);
  if (bytes.size() > std::numeric_limits<uint32_t>::max()) {
    return Error{file + ": larger than 4 GiB; no engine loads such a module"};
  }
  Module module;
  module.file = std::move(file);
  module.offset = offset;
  module.bytes = bytes;
  RETURN_IF_ERROR(read_sections(module));
  for (const Section& section : module.sections) {
    Cursor cursor(section.contents, section.contents_offset());
    read_contents(module, section, cursor);
    if (cursor.failed()) {
      return cursor.error(module.file, std::string(section_name(section.id)) + " section");
    }
  }
  RETURN_IF_ERROR(check_agreement(module));
  return module;
}

}  // namespace wasm_vfs::wasm
