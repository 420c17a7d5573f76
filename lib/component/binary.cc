// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sections that hold neither core modules nor nested components are read for three reasons only:
// imports and aliases, because they count in the index space by which the name section calls core
// modules; imports, to list them; and canonical functions, because asynchronous ones are refused.
// Tested by binary_test.cc.

#include "component/binary.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "image/paths.h"
#include "wasm/cursor.h"
#include "wasm/writer.h"

namespace wasm_vfs::component {
namespace {

using wasm::Cursor;

constexpr size_t kHeaderSize = 8;
/// Components nest by hand or by a composing tool, a few levels deep.
constexpr size_t kMaxDepth = 100;

enum class SectionId : uint8_t {
  kCustom = 0,
  kCoreModule = 1,
  kCoreInstance = 2,
  kCoreType = 3,
  kComponent = 4,
  kInstance = 5,
  kAlias = 6,
  kType = 7,
  kCanonical = 8,
  kStart = 9,
  kImport = 10,
  kExport = 11,
  kValue = 12,
};

constexpr std::string_view kSectionNames[] = {
    "custom", "core module", "core instance", "core type", "component", "instance", "alias",
    "type",   "canon",       "start",         "import",    "export",    "value"};

// What is sorted by index spaces of its own.
constexpr uint8_t kCoreSort = 0x00;
constexpr uint8_t kCoreModuleSort = 0x11;

/// Numbers in the core module index space of one component, and the place in Binary::modules.
using ModuleNumbers = std::map<uint32_t, size_t>;

struct Sort {
  uint8_t sort;
  uint8_t core_sort;
  bool is_core_module() const { return sort == kCoreSort && core_sort == kCoreModuleSort; }
};

Sort read_sort(Cursor& cursor) {
  const uint8_t sort = cursor.read_byte("a sort");
  return {sort, sort == kCoreSort ? cursor.read_byte("a core sort") : uint8_t{0}};
}

ComponentImport read_import(Cursor& cursor) {
  const uint32_t form_position = cursor.position();
  // Tools write 0 or 1; both are followed by the name.
  if (cursor.read_byte("the form of an import's name") > 1)
    cursor.fail(form_position, "the form of an import's name", "0 or 1");
  ComponentImport import{cursor.read_name("the name of an import"), ImportKind::kInstance};
  const uint32_t position = cursor.position();
  import.kind = static_cast<ImportKind>(cursor.read_byte("the kind of an import"));
  switch (import.kind) {
    case ImportKind::kCoreModule:
      if (cursor.read_byte("the core sort of an import") != kCoreModuleSort)
        cursor.fail(position, "the core sort of an import", "0x11 (core module)");
      cursor.read_u32("a type index");
      break;
    case ImportKind::kValue:
      if (cursor.read_byte("the bound of a value") == 0)
        cursor.read_u32("a value index");
      else
        cursor.read_s33("a value type");
      break;
    case ImportKind::kType:
      if (cursor.read_byte("the bound of a type") == 0) cursor.read_u32("a type index");
      break;
    case ImportKind::kFunction:
    case ImportKind::kComponent:
    case ImportKind::kInstance:
      cursor.read_u32("a type index");
      break;
    default:
      cursor.fail(position, "the kind of an import",
                  "a core module, function, value, type, component or instance");
  }
  return import;
}

/// Returns whether the alias is of a core module.
bool read_alias(Cursor& cursor) {
  const Sort sort = read_sort(cursor);
  const uint32_t position = cursor.position();
  switch (cursor.read_byte("the target of an alias")) {
    case 0x00:  // an instance's export
    case 0x01:  // a core instance's export
      cursor.read_u32("an instance index");
      cursor.read_name("the name of an export");
      break;
    case 0x02:  // an enclosing component's
      cursor.read_u32("the number of components outwards");
      cursor.read_u32("an index");
      break;
    default:
      cursor.fail(position, "the target of an alias", "0, 1 or 2");
  }
  return sort.is_core_module();
}

constexpr const char* kNotAsync =
    "one of WASI 0.2; this one is asynchronous (WASI 0.3) or newer than this wasm-vfs: such "
    "components cannot be packed so far";

void read_canonical_options(Cursor& cursor) {
  constexpr uint8_t kMemory = 0x03, kPostReturn = 0x05;
  const uint32_t count = cursor.read_count("the number of canonical options");
  for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
    const uint32_t position = cursor.position();
    const uint8_t option = cursor.read_byte("a canonical option");
    if (option > kPostReturn)
      cursor.fail(position, "a canonical option", kNotAsync);
    else if (option >= kMemory)  // memory, realloc, post-return; below are string encodings
      cursor.read_u32("the index of a canonical option");
  }
}

void read_canonical_function(Cursor& cursor) {
  const uint32_t position = cursor.position();
  const uint8_t kind = cursor.read_byte("a canonical function");
  switch (kind) {
    case 0x00:  // lift
    case 0x01:  // lower
      if (cursor.read_byte("a canonical function") != 0)
        cursor.fail(position, "a canonical function", "0 after lift or lower");
      cursor.read_u32("a function index");
      read_canonical_options(cursor);
      if (kind == 0x00) cursor.read_u32("a type index");
      break;
    case 0x02:  // resource.new
    case 0x03:  // resource.drop
    case 0x04:  // resource.rep
      cursor.read_u32("a type index");
      break;
    default:
      cursor.fail(position, "a canonical function", kNotAsync);
  }
}

/// The names that a component's "component-name" section gives its core modules. A damaged section
/// names what was read before the damage.
void read_module_names(Bytes contents, const ModuleNumbers& numbers, Binary& binary) {
  constexpr uint8_t kSortNames = 1;
  Cursor cursor(contents, 0);
  while (!cursor.at_end()) {
    const uint8_t kind = cursor.read_byte("a subsection id");
    Cursor names(cursor.read_bytes(cursor.read_u32("a size"), "a subsection"), 0);
    if (kind != kSortNames || !read_sort(names).is_core_module()) continue;
    const uint32_t count = names.read_count("the number of names");
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t index = names.read_u32("an index");
      const std::string_view name = names.read_name("a name");
      if (names.failed()) return;
      if (const auto found = numbers.find(index); found != numbers.end())
        binary.modules[found->second].name = name;
    }
  }
}

/// A module's name by its own "name" section.
std::string_view own_name(const wasm::Module& module) {
  constexpr uint8_t kModuleName = 0;
  const wasm::Section* section = module.find_custom_section("name");
  if (section == nullptr) return {};
  Cursor cursor(wasm::custom_contents(*section), 0);
  if (cursor.read_byte("a subsection id") != kModuleName) return {};
  cursor.read_u32("a size");
  return cursor.read_name("a module's name");
}

class Reader {
 public:
  explicit Reader(Binary& binary) : binary_(binary) {}

  Status read_component(Bytes bytes, uint64_t offset) {
    ModuleNumbers numbers;
    uint32_t module_count = 0;  // of this component's index space
    std::vector<Bytes> name_sections;
    Cursor cursor(bytes.subspan(kHeaderSize), offset + kHeaderSize);
    while (!cursor.at_end()) {
      const uint64_t section_offset = cursor.offset();
      const uint8_t id = cursor.read_byte("a section id");
      const uint64_t size_offset = cursor.offset();
      const uint32_t size = cursor.read_u32("the size of a section");
      if (cursor.failed()) return cursor.error(binary_.file, "component");
      if (id >= std::size(kSectionNames))
        return error_at("component", section_offset,
                        "unknown section id " + wasm::hexadecimal(id) +
                            "; this wasm-vfs knows 0 to 12 in components");
      const std::string place = std::string(kSectionNames[id]) + " section";
      if (size > cursor.remaining())
        return error_at(place, section_offset,
                        "its size is " + std::to_string(size) + " bytes, but only " +
                            std::to_string(cursor.remaining()) +
                            " follow; the file is cut short or damaged");
      const SizeField field{size_offset, static_cast<uint32_t>(cursor.offset() - size_offset),
                            size};
      const uint64_t contents_offset = cursor.offset();
      const Bytes contents = cursor.read_bytes(size, "a section");

      Cursor entries(contents, contents_offset);
      switch (static_cast<SectionId>(id)) {
        case SectionId::kCoreModule:
          numbers[module_count++] = binary_.modules.size();
          RETURN_IF_ERROR(read_core_module(contents, contents_offset, field));
          break;
        case SectionId::kComponent:
          RETURN_IF_ERROR(read_nested(contents, contents_offset, field));
          break;
        case SectionId::kImport:
          module_count += read_imports(entries);
          break;
        case SectionId::kAlias:
          module_count += read_all(entries, "the number of aliases", read_alias);
          break;
        case SectionId::kCanonical:
          read_all(entries, "the number of canonical functions", [](Cursor& each) {
            read_canonical_function(each);
            return false;
          });
          break;
        case SectionId::kCustom: {
          const std::string_view name = entries.read_name("the name of a custom section");
          if (name == "component-name")
            name_sections.push_back(contents.subspan(entries.position()));
          break;
        }
        default:
          break;  // passed through
      }
      if (entries.failed()) return entries.error(binary_.file, place);
    }
    for (const Bytes section : name_sections) read_module_names(section, numbers, binary_);
    return ok_status();
  }

 private:
  Error error_at(const std::string& place, uint64_t offset, const std::string& what) const {
    return Error{binary_.file + ": " + place + " (offset " + wasm::hexadecimal(offset) +
                 "): " + what};
  }

  /// Reads a vector to the section's end; returns for how many entries `read` said true.
  template <typename Read>
  uint32_t read_all(Cursor& entries, const char* what, Read&& read) {
    const uint32_t count = entries.read_count(what, 2);
    uint32_t found = 0;
    for (uint32_t i = 0; i < count && !entries.failed(); ++i) found += read(entries) ? 1 : 0;
    if (!entries.failed()) entries.expect_end("the section");
    return found;
  }

  uint32_t read_imports(Cursor& entries) {
    return read_all(entries, "the number of imports", [&](Cursor& each) {
      const ComponentImport import = read_import(each);
      if (each.failed()) return false;
      if (enclosing_.empty()) binary_.imports.push_back(import);
      return import.kind == ImportKind::kCoreModule;
    });
  }

  Status read_core_module(Bytes contents, uint64_t offset, const SizeField& field) {
    const std::string label =
        binary_.file + ": core module " + std::to_string(binary_.modules.size());
    ASSIGN_OR_RETURN(wasm::Module module, wasm::read_module(contents, label, offset));
    CoreModule entry{std::move(module), {}, {field}};
    entry.name = own_name(entry.module);
    entry.enclosing.insert(entry.enclosing.end(), enclosing_.rbegin(), enclosing_.rend());
    binary_.modules.push_back(std::move(entry));
    return ok_status();
  }

  Status read_nested(Bytes contents, uint64_t offset, const SizeField& field) {
    if (wasm::recognise(contents) != wasm::FileKind::kComponent)
      return error_at("component section", offset, "expected a component of version 0x0d");
    if (enclosing_.size() == kMaxDepth)
      return error_at("component section", offset,
                      "components nested more than " + std::to_string(kMaxDepth) + " deep");
    enclosing_.push_back(field);
    RETURN_IF_ERROR(read_component(contents, offset));
    enclosing_.pop_back();
    return ok_status();
  }

  Binary& binary_;
  std::vector<SizeField> enclosing_;  // sections of the components being read, outermost first
};

}  // namespace

Result<Binary> read_binary(Bytes bytes, std::string file) {
  Binary binary;
  binary.file = std::move(file);
  binary.bytes = bytes;
  if (wasm::recognise(bytes) != wasm::FileKind::kComponent) {
    ASSIGN_OR_RETURN(wasm::Module module, wasm::read_module(bytes, binary.file));
    binary.modules.push_back({std::move(module), {}, {}});
    binary.modules.front().name = own_name(binary.modules.front().module);
    return binary;
  }
  binary.is_component = true;
  RETURN_IF_ERROR(Reader(binary).read_component(bytes, 0));
  for (size_t i = 0; i < binary.modules.size(); ++i)
    binary.modules[i].module.file = binary.file + ": core module " + module_label(binary, i);
  return binary;
}

std::string module_label(const Binary& binary, size_t place) {
  const std::string& name = binary.modules[place].name;
  return std::to_string(place) + (name.empty() ? "" : " '" + image::printable(name) + "'");
}

std::vector<splice::EnclosingSection> enclosing_sections(const CoreModule& module) {
  std::vector<splice::EnclosingSection> sections;
  uint64_t inside = module.module.bytes.size();
  for (const SizeField& field : module.enclosing) {
    sections.push_back({field.width, field.value - inside});
    inside = field.width + field.value;
  }
  return sections;
}

splice::Check check_enclosing(const CoreModule& module, const splice::Manifest& manifest) {
  splice::Check check{"component", {}, {}};
  const std::vector<splice::EnclosingSection> found = enclosing_sections(module);
  const size_t depth = std::min(found.size(), manifest.enclosing.size());
  for (size_t i = 0; i < depth; ++i) {
    const SizeField& field = module.enclosing[i];
    const splice::EnclosingSection& packed = manifest.enclosing[i];
    if (found[i].beside != packed.beside ||
        field.width != std::max(wasm::unsigned_leb_width(field.value), packed.size_width))
      check.problems.push_back(
          "the size at offset " + wasm::hexadecimal(field.offset) +
          ", of a section around the module, is not the one that was written: another tool has "
          "changed the component, or it is damaged");
  }
  check.passed = std::to_string(depth) +
                 (depth == 1 ? " section" : " sections") + " around the module";
  return check;
}

Result<Surroundings> surround(const Binary& binary, const CoreModule& module, uint64_t size,
                              const std::vector<splice::EnclosingSection>& enclosing) {
  // Innermost first, because a size counts the bytes of those inside it.
  std::vector<ByteBuffer> sizes;
  uint64_t growth = size - module.module.bytes.size();  // modulo 2^64 where it shrinks
  for (size_t i = 0; i < module.enclosing.size(); ++i) {
    const SizeField& field = module.enclosing[i];
    const uint64_t value = field.value + growth;
    if (value > std::numeric_limits<uint32_t>::max())
      return Error{binary.file + ": the section at offset " + wasm::hexadecimal(field.offset - 1) +
                   " would have " + std::to_string(value) +
                   " bytes; the binary format allows less than 4 GiB: pack fewer files"};
    const uint32_t width =
        std::max(wasm::unsigned_leb_width(value), i < enclosing.size() ? enclosing[i].size_width : 1);
    wasm::append_padded_leb(sizes.emplace_back(), value, width);
    growth += width - uint64_t{field.width};
  }

  Surroundings around;
  uint64_t done = 0;
  for (size_t i = module.enclosing.size(); i-- > 0;) {
    const SizeField& field = module.enclosing[i];
    around.before.add_view(binary.bytes.subspan(done, field.offset - done));
    around.before.add(std::move(sizes[i]));
    done = field.offset + field.width;
  }
  const uint64_t begin = module.module.offset;
  around.before.add_view(binary.bytes.subspan(done, begin - done));
  around.after = binary.bytes.subspan(begin + module.module.bytes.size());
  return around;
}

}  // namespace wasm_vfs::component
