// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes the application's sections one after the other: those that a pack does not change as they
// stand, the others anew, and those that are missing where they belong. Application indices never
// move, so a section changes in few places: a vector gets entries at its end, a reference to an
// intercepted import becomes one to the shim's function. Tested by splice_test.cc.

#include "splice/splice.h"

#include <algorithm>
#include <map>
#include <optional>

#include "splice/custom_sections.h"
#include "splice/editor.h"
#include "splice/index_map.h"
#include "wasm/cursor.h"
#include "wasm/instructions.h"
#include "wasm/leb.h"
#include "wasm/sections.h"
#include "wasm/writer.h"

namespace wasm_vfs::splice {
namespace {

using wasm::Section;
using wasm::SectionId;

/// The order that the specification asks of sections that are not custom.
constexpr SectionId kSectionOrder[] = {
    SectionId::kType,   SectionId::kImport,  SectionId::kFunction, SectionId::kTable,
    SectionId::kMemory, SectionId::kTag,     SectionId::kGlobal,   SectionId::kExport,
    SectionId::kStart,  SectionId::kElement, SectionId::kDataCount, SectionId::kCode,
    SectionId::kData};

/// Entries for a section that is a vector.
struct Addition {
  uint32_t count = 0;
  ByteBuffer before;  // entries that go before the application's
  ByteBuffer after;   // and after them
};

/// Puts another count at the start of a section that is a vector; its LEB keeps its width where the
/// new count fits. A section that the application lacks (`contents` is empty) gets one. Entries may
/// be appended to the returned buffer: they come first.
ByteBuffer& change_count(Editor& editor, Bytes contents, int64_t change) {
  uint32_t count = 0;
  uint32_t width = 0;
  if (!contents.empty()) {
    wasm::Cursor cursor(contents, 0);
    count = cursor.read_u32("count");
    width = cursor.position();
  }
  count = static_cast<uint32_t>(count + change);
  ByteBuffer& out = editor.replace(0, width);
  wasm::append_padded_leb(out, count, std::max(width, wasm::unsigned_leb_width(count)));
  return out;
}

Bytes after_count(Bytes contents) {
  wasm::Cursor cursor(contents, 0);
  cursor.read_u32("count");
  return contents.subspan(cursor.position());
}

ByteBuffer section_header(SectionId id, uint64_t size) {
  ByteBuffer out;
  wasm::append_section_header(out, static_cast<uint8_t>(id), size);
  return out;
}

/// The defined memory with its new limits; what follows it in the section is copied.
Pieces rewrite_memory(Bytes contents, const MemoryLayout& memory) {
  constexpr uint8_t kHasMaximum = 0x01;
  wasm::Cursor cursor(contents, 0);
  cursor.read_u32("memory count");
  uint32_t begin = cursor.position();
  uint8_t flags = cursor.read_byte("limits");
  cursor.read_u64("minimum");
  if (flags & kHasMaximum) cursor.read_u64("maximum");
  Editor editor(contents);
  ByteBuffer& out = editor.replace(begin, cursor.position());
  out.push_back(flags);
  wasm::append_unsigned_leb(out, memory.initial_pages);
  if (flags & kHasMaximum) wasm::append_unsigned_leb(out, *memory.maximum_pages);
  return editor.finish();
}

Addition shim_types(const wasm::Module& shim) {
  const Section* types = shim.find_section(SectionId::kType);
  if (!types) return {};
  const Bytes entries = after_count(types->contents);
  return {static_cast<uint32_t>(shim.types.size()), {}, {entries.begin(), entries.end()}};
}

Addition shim_globals(const MemoryLayout& memory, const IndexMap& map) {
  Addition addition;
  const auto add = [&](uint32_t initial_value) {
    ++addition.count;
    append(addition.after, ByteBuffer{0x7f, 0x01, 0x41});  // i32, mutable, i32.const
    wasm::append_signed_leb(addition.after, static_cast<int32_t>(initial_value));
    addition.after.push_back(0x0b);  // end
  };
  // In the order of IndexMap: memory base, stack pointer, pin count, allocators that run.
  add(memory.memory_base);
  add(memory.memory_base);
  add(0);
  if (map.allocating_global != kUnmapped) add(0);
  return addition;
}

Addition shim_functions(const IndexMap& map, const CodeSection& code) {
  Addition addition;
  const auto add = [&](ByteBuffer& out, uint32_t type_index) {
    ++addition.count;
    wasm::append_unsigned_leb(out, type_index);
  };
  for (const AddedFunction& function : map.added_before) add(addition.before, function.type_index);
  for (const AddedFunction& function : map.added_after) add(addition.after, function.type_index);
  for (const uint32_t type : code.moved_function_types) add(addition.after, type);
  return addition;
}

/// "f" of a C++ function's full name: "wasm_vfs::runtime::(anonymous namespace)::f(int, unsigned)".
std::string_view last_component(std::string_view name) {
  constexpr std::string_view kAnonymous = "(anonymous namespace)::";
  if (const size_t at = name.find(kAnonymous); at != std::string_view::npos)
    name.remove_prefix(at + kAnonymous.size());
  name = name.substr(0, name.find('('));
  if (const size_t colon = name.rfind(':'); colon != std::string_view::npos)
    name.remove_prefix(colon + 1);
  return name;
}

/// The names that the packed module needs besides the old ones of defined functions.
/// "wasm_vfs.path_open" for the shim's functions: an exported one is named as the call, another by
/// the last part of its C++ name.
std::vector<std::pair<uint32_t, std::string>> new_function_names(const wasm::Module& application,
                                                                 const wasm::Module& shim,
                                                                 const IndexMap& map,
                                                                 const CodeSection& code) {
  const std::string prefix = "wasm_vfs.";
  std::map<uint32_t, std::string> names;
  if (const Section* section = shim.find_custom_section("name"))
    for (const auto& [index, name] : function_names(wasm::custom_contents(*section))) {
      if (index < map.shim_imports.size() || index >= shim.function_count()) continue;
      names[map.shim_function(index)] = prefix + std::string(last_component(name));
    }
  for (const wasm::Export& item : shim.exports)
    if (item.kind == wasm::ExternalKind::kFunction)
      names[map.shim_function(item.index)] = prefix + std::string(item.name);
  const auto name_thunks = [&](const std::vector<AddedFunction>& functions, uint32_t first) {
    for (uint32_t i = 0; i < functions.size(); ++i)
      if (functions[i].kind == AddedFunction::Kind::kThunk)
        names[first + i] = names[functions[i].value];
  };
  name_thunks(map.added_before, map.first_added_before);
  name_thunks(map.added_after, map.first_added_after);

  std::map<uint32_t, std::string_view> old_names;
  if (const Section* section = application.find_custom_section("name"))
    old_names = function_names(wasm::custom_contents(*section));
  for (const auto& [allocator, function] : map.allocators)
    if (const auto found = old_names.find(allocator); found != old_names.end())
      names[function] = prefix + std::string(found->second);
  // Where no import is removed, all names of imports stay with their numbers.
  for (const auto& [index, name] : old_names)
    if (!map.added_before.empty() && index < map.import_places.size() &&
        map.import_places[index] != kUnmapped)
      names[map.import_places[index]] = name;
  for (uint32_t i = 0; i < code.moved_functions.size(); ++i)
    if (const auto found = old_names.find(code.moved_functions[i]); found != old_names.end())
      names[map.function_count + i] = std::string(found->second) + ".wasm_vfs";
  return {names.begin(), names.end()};
}

class Splicer {
 public:
  Splicer(const SpliceInput& input, const wasm::Module& shim, const IndexMap& map, CodeSection code)
      : input_(input), application_(input.application), shim_(shim), map_(map), code_(std::move(code)) {}

  Result<PackedModule> run() {
    packed_.code = code_.statistics;
    out().add_view(application_.bytes.first(8));  // magic and version
    auto last_standard =
        std::find_if(application_.sections.rbegin(), application_.sections.rend(),
                     [](const Section& section) { return section.id != SectionId::kCustom; });
    size_t standard_end = static_cast<size_t>(application_.sections.rend() - last_standard);
    for (size_t i = 0; i < application_.sections.size(); ++i) {
      if (i == standard_end) RETURN_IF_ERROR(write_missing_before(std::end(kSectionOrder)));
      const Section& section = application_.sections[i];
      if (section.id == SectionId::kCustom) {
        write_custom(section);
      } else {
        const SectionId* place =
            std::find(std::begin(kSectionOrder), std::end(kSectionOrder), section.id);
        if (place != std::end(kSectionOrder)) {
          RETURN_IF_ERROR(write_missing_before(place));
          next_ = place + 1;
        }
        RETURN_IF_ERROR(write_standard(section.id, &section));
      }
    }
    RETURN_IF_ERROR(write_missing_before(std::end(kSectionOrder)));
    write_missing_custom();
    if (offset() > UINT32_MAX)
      return Error{application_.file + ": the packed module would have " +
                   std::to_string(offset()) +
                   " bytes; a module of 4 GiB or more cannot be read: pack fewer files"};
    return std::move(packed_);
  }

 private:
  Pieces& out() { return contents_begun_ ? packed_.tail : packed_.head; }

  uint64_t offset() const {
    return packed_.head.size() + (contents_begun_ ? input_.contents_size + packed_.tail.size() : 0);
  }

  /// Sections that the application lacks and the shim needs.
  Status write_missing_before(const SectionId* place) {
    for (; next_ < place; ++next_) RETURN_IF_ERROR(write_standard(*next_, nullptr));
    return ok_status();
  }

  void write(std::string name, const Section* old, Pieces section) {
    packed_.changes.push_back(
        {std::move(name), old ? old->whole.size() : 0, offset(), section.size()});
    out().add(std::move(section));
  }

  void write(SectionId id, const Section* old, Pieces contents) {
    Pieces section;
    section.add(section_header(id, contents.size()));
    section.add(std::move(contents));
    write(std::string(wasm::section_name(id)), old, std::move(section));
  }

  /// Writes one section that is not custom; `old` is the application's, or null. Where the
  /// application has none and the shim needs none, there is none.
  Status write_standard(SectionId id, const Section* old) {
    switch (id) {
      case SectionId::kType:
        return write_vector(id, old, shim_types(shim_));
      case SectionId::kImport:
        return old ? write_imports(old) : ok_status();
      case SectionId::kFunction:
        return write_vector(id, old, shim_functions(map_, code_));
      case SectionId::kGlobal:
        return write_vector(id, old, shim_globals(input_.memory, map_));
      case SectionId::kTable:
      case SectionId::kExport:
      case SectionId::kStart:
      case SectionId::kElement:
        return old ? write_vector(id, old, {}) : ok_status();
      case SectionId::kMemory:
        if (input_.memory.is_imported) {  // then any other stays as it is, too
          if (old) out().add_view(old->whole);
          return ok_status();
        }
        write(id, old, rewrite_memory(old->contents, input_.memory));
        return ok_status();
      case SectionId::kDataCount: {
        ByteBuffer count;
        wasm::append_unsigned_leb(count, map_.contents_segment + 1);
        write(id, old, owned(std::move(count)));
        return ok_status();
      }
      case SectionId::kCode:
        write(id, old, std::move(code_.contents));
        return ok_status();
      case SectionId::kData:
        return write_data(old);
      default:
        if (old) out().add_view(old->whole);
        return ok_status();
    }
  }

  /// Writes the import section without the imports that are removed.
  Status write_imports(const Section* old) {
    Editor editor(old->contents);
    if (!map_.added_before.empty())
      change_count(editor, old->contents, -static_cast<int64_t>(map_.added_before.size()));
    for (const InterceptedImport& import : input_.interception.imports) {
      if (!import.removed) continue;
      const uint64_t begin = import.offset - old->contents_offset();
      wasm::Cursor cursor(old->contents.subspan(begin), import.offset);
      cursor.read_name("module name");
      const std::string_view name = cursor.read_name("name");
      const uint8_t kind = cursor.read_byte("kind");
      const uint32_t type = cursor.read_u32("type index");
      if (cursor.failed() || name != import.call || kind != 0 ||
          type != import.type_index)
        return Error{application_.file + ": import section (offset " +
                     wasm::hexadecimal(import.offset) +
                     "): the import is in a short form that cannot be removed; pack without "
                     "--sealed"};
      editor.replace(begin, begin + cursor.position());
    }
    if (editor.changed())
      write(SectionId::kImport, old, editor.finish());
    else
      out().add_view(old->whole);
    return ok_status();
  }

  /// Writes a section that is a vector: with references to intercepted imports redirected, and
  /// with more entries.
  Status write_vector(SectionId id, const Section* old, const Addition& addition) {
    const Bytes contents = old ? old->contents : Bytes{};
    Editor editor(contents);
    if (addition.count != 0)
      append(change_count(editor, contents, addition.count), addition.before);
    if (old) {
      const auto redirect = [&](const wasm::IndexUse& use) {
        if (use.space != wasm::IndexSpace::kFunction) return;
        const uint32_t function = id == SectionId::kExport ? map_.exported_function(use.value)
                                                           : map_.application_function(use.value);
        if (function != use.value) editor.replace_index(use, function);
      };
      RETURN_IF_ERROR(wasm::walk_section_indices(application_, *old, redirect));
    }
    if (addition.count != 0)
      append(editor.replace(contents.size(), contents.size()), addition.after);
    if (editor.changed())
      write(id, old, editor.finish());
    else
      out().add_view(old->whole);
    return ok_status();
  }

  /// The application's segments, then index and contents as passive segments. The contents
  /// themselves come from the caller, so the section is split there.
  Status write_data(const Section* old) {
    constexpr uint8_t kPassive = 0x01;
    const Bytes contents = old ? old->contents : Bytes{};
    Editor editor(contents);
    change_count(editor, contents, 2);
    ByteBuffer& index_header = editor.replace(contents.size(), contents.size());
    index_header.push_back(kPassive);
    wasm::append_unsigned_leb(index_header, input_.index.size());
    Pieces segments = editor.finish();
    segments.add_view(input_.index);
    ByteBuffer contents_header{kPassive};
    wasm::append_unsigned_leb(contents_header, input_.contents_size);
    segments.add(std::move(contents_header));

    const uint64_t size = segments.size() + input_.contents_size;
    if (size > UINT32_MAX)
      return Error{application_.file + ": the data section would have " + std::to_string(size) +
                   " bytes; the binary format allows less than 4 GiB: pack fewer files"};
    Pieces section = owned(section_header(SectionId::kData, size));
    section.add(std::move(segments));
    packed_.changes.push_back({"data", old ? old->whole.size() : 0, offset(),
                               section.size() + input_.contents_size});
    out().add(std::move(section));
    contents_begun_ = true;
    return ok_status();
  }

  void write_custom(std::string_view name, const Section* old, Pieces contents) {
    ByteBuffer name_field;
    wasm::append_name(name_field, name);
    Pieces section = owned(section_header(SectionId::kCustom, name_field.size() + contents.size()));
    section.add(std::move(name_field));
    section.add(std::move(contents));
    write("custom section '" + std::string(name) + "'", old, std::move(section));
  }

  void write_custom(const Section& section) {
    Bytes contents = wasm::custom_contents(section);
    if (section.name == "name" && !wrote_names_) {
      wrote_names_ = true;
      write_custom(section.name, &section, add_function_names(contents, new_names(), renumbered_below()));
    } else if (section.name == "producers" && !wrote_producers_) {
      wrote_producers_ = true;
      write_custom(section.name, &section, owned(add_producer(contents, "wasm-vfs", input_.version)));
    } else if (section.name == "target_features" && !wrote_target_features_) {
      wrote_target_features_ = true;
      write_custom(section.name, &section, owned(add_target_features(contents, kFeatures)));
    } else {
      // Sections that count bytes of others; engines and debuggers take or leave them.
      if (section.name == "sourceMappingURL" || section.name.starts_with("reloc.") ||
          section.name.starts_with("metadata.code."))
        packed_.warnings.push_back(application_.file + ": custom section '" +
                                   std::string(section.name) +
                                   "' counts offsets in the module before the pack, and does not "
                                   "hold for the packed module");
      out().add_view(section.whole);
    }
  }

  void write_missing_custom() {
    if (!wrote_names_) write_custom("name", nullptr, add_function_names({}, new_names()));
    if (!wrote_producers_) write_custom("producers", nullptr, owned(add_producer({}, "wasm-vfs", input_.version)));
    if (!wrote_target_features_)
      write_custom("target_features", nullptr, owned(add_target_features({}, kFeatures)));
  }

  std::vector<std::pair<uint32_t, std::string>> new_names() const {
    return new_function_names(application_, shim_, map_, code_);
  }

  /// Names of functions below this are in new_names(), if they have one.
  uint32_t renumbered_below() const {
    return map_.added_before.empty() ? 0 : application_.imported_functions;
  }

  inline static const std::vector<std::string_view> kFeatures = {"bulk-memory", "mutable-globals",
                                                                 "sign-ext"};

  const SpliceInput& input_;
  const wasm::Module& application_;
  const wasm::Module& shim_;
  const IndexMap& map_;
  CodeSection code_;
  PackedModule packed_;
  const SectionId* next_ = std::begin(kSectionOrder);
  bool contents_begun_ = false;
  bool wrote_names_ = false;
  bool wrote_producers_ = false;
  bool wrote_target_features_ = false;
};

}  // namespace

ByteBuffer custom_section(std::string_view name, Bytes contents) {
  ByteBuffer section;
  wasm::append_custom_section(section, name, contents);
  return section;
}

shim::Request shim_request(const Interception& interception, const MemoryLayout& memory) {
  shim::Request request;
  request.calls = interception.calls();
  for (const InterceptedImport& import : interception.imports)
    if (!import.removed) request.host_calls.insert(import.call);
  request.memory_is_imported = memory.is_imported;
  request.constants = {{"region_pages", memory.region_pages},
                       {"application_maximum_pages", memory.application_maximum_pages},
                       {"sealing", static_cast<uint32_t>(interception.sealing)},
                       {"is_unstable", interception.is_unstable},
                       {"foreign_descriptor_calls", interception.foreign_descriptor_calls},
                       {"allocator_is_exported", !interception.allocators.empty()}};
  return request;
}

void add_image_constants(shim::Request& request, const image::Image& image) {
  const image::IndexHeader& header = image.header;
  request.constants.insert({{"node_count", header.node_count},
                            {"nodes_offset", header.nodes_offset},
                            {"home_count", header.home_count},
                            {"slot_count", header.slot_count},
                            {"slots_offset", header.slots_offset},
                            {"mount_count", header.mount_count},
                            {"mounts_offset", header.mounts_offset},
                            {"strings_size", header.strings_size},
                            {"strings_offset", header.strings_offset},
                            {"arguments_count", header.arguments_count},
                            {"arguments_size", header.arguments_size},
                            {"arguments_offset", header.arguments_offset},
                            {"environment_count", header.environment_count},
                            {"environment_size", header.environment_size},
                            {"environment_offset", header.environment_offset},
                            {"contents_size", header.contents_size},
                            {"index_size", header.index_size}});
  if (!image.compressed) return;
  request.decoder = true;
  const image::CompressionHeader& chunks = image.compressed->header;
  request.constants.insert({{"chunk_size", chunks.chunk_size},
                            {"chunks_offset", chunks.chunks_offset},
                            {"raw_size", chunks.raw_size},
                            {"logical_size", chunks.logical_size},
                            {"tables_size", chunks.tables_size},
                            {"tables_offset", chunks.tables_offset}});
}

Result<PackedModule> splice(const SpliceInput& input) {
  ASSIGN_OR_RETURN(wasm::Module shim, wasm::read_module(input.shim, "the specialised shim"));
  ASSIGN_OR_RETURN(IndexMap map, map_indices(input.application, input.interception, shim));
  // No index changes from here on.
  ASSIGN_OR_RETURN(CodeSection code, rewrite_code(input.application, shim, map, input.threads));
  return Splicer(input, shim, map, std::move(code)).run();
}

}  // namespace wasm_vfs::splice
