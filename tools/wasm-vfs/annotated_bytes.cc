// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The module is cut at marks (where a section, a body, a field … begins), and of each piece the
// manifest's undo instructions tell whether pack copied it from the application. The pieces follow
// one another from the first byte to the last, so none is left out; a mark that is missing or wrong
// costs a label, never a byte. Labels are those of docs/image-format.md.
// Tested by tests/cli/cases/inspect-bytes*.test and tests/cli/properties
// (every_byte_is_accounted_for).

#include "annotated_bytes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <utility>
#include <vector>

#include "image/lookup.h"
#include "image/paths.h"
#include "inspect_module.h"
#include "listing.h"
#include "splice/custom_sections.h"
#include "splice/undo.h"
#include "wasm/cursor.h"

namespace wasm_vfs::tool {
namespace {

/// A place in the module where something else begins.
struct Mark {
  uint64_t offset;
  std::string label;
  std::string heading;  // a line of its own before it, or empty
};

/// A 32-bit number in one of the image's headers.
struct HeaderField {
  const char* name;
  size_t offset;
};

#define FIELD(structure, name) \
  { #name, offsetof(image::structure, name) }
constexpr HeaderField kIndexFields[] = {
    FIELD(IndexHeader, version),           FIELD(IndexHeader, index_size),
    FIELD(IndexHeader, contents_size),     FIELD(IndexHeader, node_count),
    FIELD(IndexHeader, nodes_offset),      FIELD(IndexHeader, home_count),
    FIELD(IndexHeader, slot_count),        FIELD(IndexHeader, slots_offset),
    FIELD(IndexHeader, mount_count),       FIELD(IndexHeader, mounts_offset),
    FIELD(IndexHeader, strings_size),      FIELD(IndexHeader, strings_offset),
    FIELD(IndexHeader, arguments_count),   FIELD(IndexHeader, arguments_size),
    FIELD(IndexHeader, arguments_offset),  FIELD(IndexHeader, environment_count),
    FIELD(IndexHeader, environment_size),  FIELD(IndexHeader, environment_offset),
};
constexpr HeaderField kCompressionFields[] = {
    FIELD(CompressionHeader, level),         FIELD(CompressionHeader, chunk_size),
    FIELD(CompressionHeader, raw_size),      FIELD(CompressionHeader, logical_size),
    FIELD(CompressionHeader, chunk_count),   FIELD(CompressionHeader, chunks_offset),
    FIELD(CompressionHeader, tables_size),   FIELD(CompressionHeader, tables_offset),
};
#undef FIELD

std::string in_quotes(std::string_view text) {
  return '"' + image::printable(text) + '"';
}

class Marks {
 public:
  Marks(const wasm::Module& module, const PackedParts& packed)
      : module_(module), packed_(packed), index_(place(packed.segments.index)) {}

  std::vector<Mark> all() {
    add(0, "magic number and version");
    for (const wasm::Section& section : module_.sections) {
      add(section.whole, "id and size", section_label(section));
      add(section.contents, section_label(section));
    }
    add_bodies();
    add_data_segments();
    add_index();
    add_contents();
    add_manifest();
    // Of several at one place, the last added says most; stable_sort keeps their order.
    std::stable_sort(marks_.begin(), marks_.end(),
                     [](const Mark& a, const Mark& b) { return a.offset < b.offset; });
    return std::move(marks_);
  }

 private:
  uint64_t place(Bytes bytes) const {
    return static_cast<uint64_t>(bytes.data() - module_.bytes.data());
  }
  void add(uint64_t offset, std::string label, std::string heading = {}) {
    marks_.push_back({offset, std::move(label), std::move(heading)});
  }
  void add(Bytes bytes, std::string label, std::string heading = {}) {
    if (!bytes.empty()) add(place(bytes), std::move(label), std::move(heading));
  }
  /// At an offset in the index.
  void add_in_index(uint64_t offset, std::string label, std::string heading = {}) {
    add(index_ + offset, std::move(label), std::move(heading));
  }

  void add_bodies() {
    std::map<uint32_t, std::string_view> names;
    if (const wasm::Section* section = module_.find_custom_section("name"))
      names = splice::function_names(wasm::custom_contents(*section));
    for (size_t i = 0; i < module_.bodies.size(); ++i) {
      const auto index = static_cast<uint32_t>(module_.imported_functions + i);
      const auto name = names.find(index);
      add(module_.bodies[i].whole,
          "function " + std::to_string(index) +
              (name == names.end() ? "" : " '" + image::printable(name->second) + "'"));
    }
  }

  void add_data_segments() {
    const wasm::Section* const section = module_.find_section(wasm::SectionId::kData);
    if (section == nullptr) return;
    const uint64_t end = place(section->whole) + section->whole.size();
    for (size_t i = 0; i < module_.data_segments.size(); ++i) {
      const Bytes bytes = module_.data_segments[i].bytes;
      add(bytes, "data segment " + std::to_string(i));
      if (place(bytes) + bytes.size() != end)
        add(place(bytes) + bytes.size(), "header of data segment " + std::to_string(i + 1));
    }
  }

  template <size_t kCount>
  void add_header(uint64_t begin, const HeaderField (&fields)[kCount]) {
    for (const HeaderField& field : fields)
      add_in_index(begin + field.offset,
                   field.name + (" " + std::to_string(number(begin + field.offset))));
  }

  /// The 32-bit number at an offset in the index.
  uint32_t number(uint64_t offset) const {
    uint32_t value = 0;
    for (size_t i = 4; i-- > 0;) value = value << 8 | packed_.segments.index[offset + i];
    return value;
  }

  void add_index() {
    const image::IndexHeader& header = packed_.image.header();
    add_in_index(0, "magic: \"\\0WASMVFS\"", "index: header");
    add_header(0, kIndexFields);
    const auto& compression = packed_.image.compression();
    if (compression) {
      add_header(sizeof(header), kCompressionFields);
      marks_[marks_.size() - std::size(kCompressionFields)].heading = "index: compression header";
    }
    for (uint32_t i = 0; i < header.node_count; ++i) add_node(i);
    add_slots();
    for (uint32_t i = 0; i < header.mount_count; ++i)
      add_in_index(header.mounts_offset + i * sizeof(image::Mount),
                   "mount " + std::to_string(i) + ": node " +
                       std::to_string(packed_.image.mount(i)),
                   i == 0 ? "index: mounts" : "");
    add_strings();
    add_defaults();
    if (!compression) return;
    for (uint32_t i = 0; i <= compression->chunk_count; ++i)
      add_in_index(compression->chunks_offset + i * sizeof(uint32_t),
                   (i < compression->chunk_count ? "chunk " + std::to_string(i) + " begins at "
                                                 : std::string("the chunks end at ")) +
                       std::to_string(packed_.image.chunk_begin(i)),
                   i == 0 ? "index: where the chunks lie in the contents" : "");
    if (compression->tables_size != 0)
      add_in_index(compression->tables_offset, "constants", "index: the decoder's tables");
  }

  void add_node(uint32_t number) {
    const image::Node node = packed_.image.node(number);
    const uint64_t begin =
        packed_.image.header().nodes_offset + uint64_t{number} * sizeof(image::Node);
    const auto field = [&](size_t offset, std::string label) {
      add_in_index(begin + offset, std::move(label));
    };
    const auto text = [](uint64_t value) { return std::to_string(value); };
    add_in_index(
        begin, "string_offset " + text(node.string_offset),
        "index: node " + text(number) + ", " + image::printable(packed_.image.path(number)));
    field(offsetof(image::Node, string_size), "string_size " + text(node.string_size));
    field(offsetof(image::Node, name_size), "name_size " + text(node.name_size) + ": " +
                                                in_quotes(packed_.image.name(number)));
    field(offsetof(image::Node, parent), "parent " + text(node.parent));
    std::string kind, data, size;
    switch (image::kind_of(node)) {
      case image::NodeKind::kDirectory:
        kind = "directory";
        data = "first child ";
        size = "children ";
        break;
      case image::NodeKind::kFile:
        kind = "file";
        data = "offset in the contents ";
        size = "bytes ";
        break;
      case image::NodeKind::kSymlink:
        kind = "symlink";
        data = "target's offset in the strings ";
        size = "bytes of the target ";
        break;
    }
    if ((node.kind_and_flags & image::kExecutable) != 0) kind += ", executable";
    if ((node.kind_and_flags & image::kMountPoint) != 0) kind += ", mount point";
    field(offsetof(image::Node, kind_and_flags), "kind_and_flags: " + kind);
    field(offsetof(image::Node, data), data + text(node.data));
    field(offsetof(image::Node, size), size + text(node.size));
    field(offsetof(image::Node, mtime_low),
          "mtime: " + time_text(image::mtime_of(node)) + " UTC");
  }

  /// One mark for each slot in use, and for each run of free ones.
  void add_slots() {
    const image::IndexHeader& header = packed_.image.header();
    std::string heading = "index: slots";
    for (uint32_t i = 0; i < header.slot_count;) {
      const uint32_t first = i;
      const auto offset = [&](uint32_t slot) {
        return header.slots_offset + uint64_t{slot} * sizeof(image::Slot);
      };
      const auto node = [&](uint32_t slot) {
        return number(offset(slot) + offsetof(image::Slot, node));
      };
      std::string label = "slot " + std::to_string(first);
      if (node(i++) == image::kNoNode) {
        while (i < header.slot_count && node(i) == image::kNoNode) ++i;
        if (i - first > 1) label = "slots " + std::to_string(first) + " to " + std::to_string(i - 1);
        label += ": free";
      } else {
        const uint32_t hash = number(offset(first));
        label += ": hash " + wasm::hexadecimal(hash) + ", node " + std::to_string(node(first)) +
                 "; home " + std::to_string((uint64_t{hash} * header.home_count) >> 32);
      }
      add_in_index(offset(first), std::move(label), std::exchange(heading, {}));
    }
  }

  void add_strings() {
    const image::IndexHeader& header = packed_.image.header();
    if (header.strings_size == 0) return;
    add_in_index(header.strings_offset, "strings", "index: strings");
    for (uint32_t i = 0; i < header.node_count; ++i) {
      const image::Node node = packed_.image.node(i);
      const bool is_directory = image::kind_of(node) == image::NodeKind::kDirectory;
      const std::string of_node = " of node " + std::to_string(i);
      if (node.string_size != 0)
        add_in_index(header.strings_offset + uint64_t{node.string_offset},
                     in_quotes(is_directory ? std::string_view(packed_.image.path(i)).substr(1)
                                         : packed_.image.name(i)) +
                         (is_directory ? ": path" : ": name") + of_node);
      if (image::kind_of(node) == image::NodeKind::kSymlink)
        add_in_index(header.strings_offset + uint64_t{node.data},
                     in_quotes(packed_.image.target(i)) + ": target" + of_node);
    }
  }

  void add_defaults() {
    const image::IndexHeader& header = packed_.image.header();
    const image::Defaults defaults = packed_.image.defaults();
    uint64_t at = header.arguments_offset;
    const auto add_text = [&](const std::string& text, const char* what, const char* heading) {
      add_in_index(at, in_quotes(text) + ": " + what, heading);
      at += text.size() + 1;
    };
    if (header.arguments_count != 0)
      add_text(defaults.program_name, "the name of the program", "index: arguments");
    for (const std::string& argument : defaults.arguments) add_text(argument, "argument", "");
    at = header.environment_offset;
    const char* heading = "index: environment";
    for (const std::string& variable : defaults.environment)
      add_text(variable, "variable", std::exchange(heading, ""));
  }

  void add_contents() {
    const uint64_t begin = place(packed_.segments.contents);
    const auto& compression = packed_.image.compression();
    const uint64_t raw = compression ? compression->raw_size : packed_.segments.contents.size();
    if (!packed_.segments.contents.empty()) add(begin, "", "contents");
    for (const image::ContentRun& run : image::content_runs(packed_.image))
      if (run.offset < raw) add(begin + run.offset, "bytes of " + files_of(run));
    if (compression)
      for (uint32_t i = 0; i < compression->chunk_count; ++i)
        add(begin + packed_.image.chunk_begin(i), "chunk " + std::to_string(i));
  }

  /// "/a and 3 more".
  std::string files_of(const image::ContentRun& run) const {
    return image::printable(packed_.image.path(run.files.front())) +
           (run.files.size() > 1 ? " and " + std::to_string(run.files.size() - 1) + " more" : "");
  }

  void add_manifest() {
    const wasm::Section* section = module_.find_custom_section(splice::kManifestSection);
    const Bytes contents = wasm::custom_contents(*section);
    add(section->contents, "name of the section");
    wasm::Cursor cursor(contents, 0);
    const std::string_view text = cursor.read_name("manifest");
    const uint64_t begin = place(contents);
    const uint64_t text_begin = begin + cursor.position() - text.size();
    add(begin, "bytes of the text " + std::to_string(text.size()), "manifest: text");
    add_members(text, text_begin);
    add_undo(begin + cursor.position());
    const uint64_t sums = begin + cursor.position() + packed_.manifest.undo.size();
    const std::vector<image::ContentRun> runs = image::content_runs(packed_.image);
    const size_t count = packed_.manifest.file_sums.size();
    for (size_t i = 0; i < count; ++i)
      add(sums + i * sizeof(image::ShortDigest),
          runs.size() == count ? "of " + files_of(runs[i]) : "of a file",
          i == 0 ? "manifest: sums of the files" : "");
    add(sums + count * sizeof(image::ShortDigest), "XXH3-128 of all before", "manifest: its sum");
  }

  /// The members of a JSON object, each with the comma or brace before it.
  void add_members(std::string_view text, uint64_t begin) {
    int depth = 0;
    bool in_string = false;
    size_t member = 0;  // where the current one begins
    const auto add_member = [&](size_t end) {
      add(begin + member, image::printable(text.substr(member + 1, end - member - 1)));
      member = end;
    };
    for (size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (in_string) {
        if (c == '\\')
          ++i;
        else
          in_string = c != '"';
        continue;
      }
      if (c == '"') in_string = true;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      if (depth == 0 || (depth == 1 && c == ',')) add_member(i);
    }
  }

  void add_undo(uint64_t begin) {
    const char* heading = "manifest: how to undo the pack";
    const auto add_step = [&](const splice::UndoStep& step) {
      const std::string size = std::to_string(step.bytes.size());
      add(begin + step.offset,
          step.is_copy ? "copy " + size + " bytes from offset " + wasm::hexadecimal(place(step.bytes))
                       : "these bytes: " + size,
          std::exchange(heading, ""));
      return ok_status();
    };
    // It has been walked before, to find what was copied.
    [[maybe_unused]] const Status walked =
        splice::walk_undo(module_.bytes, packed_.manifest.undo, add_step);
  }

  const wasm::Module& module_;
  const PackedParts& packed_;
  const uint64_t index_;  // where the index begins in the module
  std::vector<Mark> marks_;
};

/// "0000002c: 00 61 73 6d  | LABEL", with more lines for more than 16 bytes.
void append_hex(std::string& out, Bytes bytes, uint64_t offset, std::string_view label) {
  constexpr size_t kPerLine = 16;
  char text[32];
  for (size_t line = 0; line < bytes.size(); line += kPerLine) {
    std::snprintf(text, sizeof text, "%08llx:", static_cast<unsigned long long>(offset + line));
    out += text;
    for (size_t i = line; i < line + kPerLine; ++i) {
      if (i >= bytes.size()) {
        out += "   ";
        continue;
      }
      std::snprintf(text, sizeof text, " %02x", bytes[i]);
      out += text;
    }
    out.append(" |");
    if (line == 0) out.append(" ").append(label);
    out += "\n";
  }
}

}  // namespace

Result<std::string> annotated_bytes(const wasm::Module& module) {
  ASSIGN_OR_RETURN(const PackedParts packed, open_parts(module));
  ASSIGN_OR_RETURN(const std::vector<splice::CopiedRange> copies,
                   splice::copied_ranges(module.bytes, packed.manifest.undo));
  const std::vector<Mark> marks = Marks(module, packed).all();
  std::string out;
  std::string_view label, heading;
  uint64_t ours = 0, theirs = 0;
  auto mark = marks.begin();
  auto copy = copies.begin();
  for (uint64_t at = 0; at < module.bytes.size();) {
    for (; mark != marks.end() && mark->offset <= at; ++mark) {
      label = mark->label;
      if (mark->offset == at && !mark->heading.empty()) heading = mark->heading;
    }
    while (copy != copies.end() && copy->offset + copy->size <= at) ++copy;
    uint64_t end = module.bytes.size();
    if (copy != copies.end() && copy->offset <= at) {
      // The application's own: one line, however many sections.
      end = copy->offset + copy->size;
      char text[64];
      std::snprintf(text, sizeof text, "%08llx: ", static_cast<unsigned long long>(module.offset + at));
      out += text + std::to_string(end - at) + " bytes of the application, as they were\n";
      theirs += end - at;
    } else {
      if (mark != marks.end()) end = std::min(end, mark->offset);
      if (copy != copies.end()) end = std::min(end, copy->offset);
      if (!heading.empty()) out.append("\n").append(heading).append("\n");
      append_hex(out, module.bytes.subspan(at, end - at), module.offset + at, label);
      ours += end - at;
    }
    heading = {};
    at = end;
  }
  return out + "\ntotal: " + std::to_string(module.bytes.size()) + " bytes; " +
         std::to_string(ours) + " written by wasm-vfs, " + std::to_string(theirs) +
         " of the application\n";
}

}  // namespace wasm_vfs::tool
