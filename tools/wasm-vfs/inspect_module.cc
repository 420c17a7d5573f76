// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// --bytes cuts the module at marks (where a section, a body, a node … begins) and tells for each
// piece whether pack copied it from the application: the manifest's undo instructions say that. The
// pieces follow one another from the first byte to the last, so none is left out.
// Tested by tests/cli/cases/inspect-*.test and tests/cli/properties (every_byte_is_accounted_for).

#include "inspect_module.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <utility>
#include <vector>

#include "guest_path.h"
#include "image/layer.h"
#include "image/lookup.h"
#include "image/paths.h"
#include "shim/shim.h"
#include "splice/custom_sections.h"
#include "splice/packed.h"
#include "splice/undo.h"
#include "wasm/cursor.h"

namespace wasm_vfs::tool {
namespace {

struct Opened {
  splice::Manifest manifest;
  splice::ImageSegments segments;
  image::ImageReader image;
};

Result<Opened> open_image(const wasm::Module& module) {
  ASSIGN_OR_RETURN(splice::Manifest manifest, splice::read_manifest(module));
  const auto segments = splice::find_image(module);
  if (!segments)
    return Error{module.file + ": the packed files are gone; take the module as wasm-vfs wrote it"};
  Result<image::ImageReader> image = image::ImageReader::open(segments->index, segments->contents);
  if (!image.ok()) return Error{module.file + ": " + image.error().message};
  return Opened{std::move(manifest), *segments, *std::move(image)};
}

std::string section_label(const wasm::Section& section) {
  return section.id == wasm::SectionId::kCustom
             ? "custom section '" + image::printable(section.name) + "'"
             : std::string(wasm::section_name(section.id)) + " section";
}

/// `wasmtime run` with the directories that were packed: for development, without packing.
std::string development_line(const Opened& packed) {
  std::string line = "wasmtime run";
  for (const std::string& mount : packed.manifest.mounts)
    line += " --dir " + shell_word("HOST::" + mount);
  const image::Defaults defaults = packed.image.defaults();
  for (const std::string& variable : defaults.environment)
    line += " --env " + shell_word(variable);
  line += " UNPACKED.wasm";
  for (const std::string& argument : defaults.arguments) line += " " + shell_word(argument);
  return line;
}

Json packed_json(const Opened& packed, uint64_t module_size) {
  uint64_t files = 0, directories = 0, symlinks = 0, file_bytes = 0;
  for (uint32_t i = 1; i < packed.image.node_count(); ++i) {
    const image::Node node = packed.image.node(i);
    switch (image::kind_of(node)) {
      case image::NodeKind::kDirectory:
        ++directories;
        break;
      case image::NodeKind::kFile:
        ++files;
        file_bytes += node.size;
        break;
      case image::NodeKind::kSymlink:
        ++symlinks;
        break;
    }
  }
  const image::Defaults defaults = packed.image.defaults();
  const uint64_t application = packed.manifest.application_size;
  const uint64_t contents = packed.segments.contents.size();
  Json compression = nullptr;
  if (const auto& header = packed.image.compression())
    compression = {{"level", header->level},
                   {"chunk_bytes", header->chunk_size},
                   {"uncompressed_bytes", header->logical_size},
                   {"ratio", std::round(1000.0 * static_cast<double>(contents) / header->logical_size) / 1000},
                   {"memory_pages", shim::region_layout(header->chunk_size).pages}};
  Json sealed = nullptr;
  if (packed.manifest.sealing != splice::Sealing::kNone)
    sealed = splice::sealing_name(packed.manifest.sealing);
  return {{"wasm-vfs", packed.manifest.version},
          {"binaryen", packed.manifest.binaryen_version},
          {"shim", image::hexadecimal(packed.manifest.shim_digest)},
          {"sealed", sealed},
          {"mounts", packed.manifest.mounts},
          {"arguments", defaults.arguments},
          {"environment", defaults.environment},
          {"files", files},
          {"directories", directories},
          {"symlinks", symlinks},
          {"file_bytes", file_bytes},
          {"contents_bytes", contents},
          {"compression", compression},
          {"index_bytes", packed.segments.index.size()},
          {"application_bytes", application},
          {"overhead_bytes", static_cast<int64_t>(module_size) - static_cast<int64_t>(application) -
                                 static_cast<int64_t>(contents)},
          {"development", development_line(packed)}};
}

/// "22%"
std::string percent(double ratio) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f%%", 100 * ratio);
  return text;
}

/// A place in the module where something else begins.
struct Mark {
  uint64_t offset;
  std::string label;
};

class Marks {
 public:
  Marks(const wasm::Module& module, const Opened& packed) : module_(module), packed_(packed) {}

  std::vector<Mark> all() {
    add(0, "magic number and version");
    for (const wasm::Section& section : module_.sections) {
      add(section.whole, section_label(section) + ": id and size");
      add(section.contents, section_label(section));
    }
    add_bodies();
    for (size_t i = 0; i < module_.data_segments.size(); ++i) {
      const Bytes bytes = module_.data_segments[i].bytes;
      add(bytes, "data segment " + std::to_string(i));
      add(place(bytes) + bytes.size(), "data section: header of a segment");
    }
    if (const wasm::Section* data = module_.find_section(wasm::SectionId::kData))
      add_after(*data);
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
  void add(uint64_t offset, std::string label) { marks_.push_back({offset, std::move(label)}); }
  void add(Bytes bytes, std::string label) {
    if (!bytes.empty()) add(place(bytes), std::move(label));
  }

  /// What comes after a section's own marks is the next section, if there is one.
  void add_after(const wasm::Section& section) {
    const uint64_t end = place(section.whole) + section.whole.size();
    for (const wasm::Section& next : module_.sections)
      if (place(next.whole) == end) add(next.whole, section_label(next) + ": id and size");
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

  void add_index() {
    const image::IndexHeader& header = packed_.image.header();
    const uint64_t begin = place(packed_.segments.index);
    add(begin, "index: header");
    const auto& compression = packed_.image.compression();
    if (compression) add(begin + sizeof(header), "index: compression header");
    for (uint32_t i = 0; i < header.node_count; ++i)
      add(begin + header.nodes_offset + uint64_t{i} * sizeof(image::Node),
          "index: node " + std::to_string(i) + ", " + image::printable(packed_.image.path(i)));
    const auto part = [&](uint32_t offset, uint64_t size, const char* label) {
      if (size != 0) add(begin + offset, label);
    };
    part(header.slots_offset, header.slot_count, "index: slots");
    part(header.mounts_offset, header.mount_count, "index: mounts");
    part(header.strings_offset, header.strings_size, "index: strings");
    part(header.arguments_offset, header.arguments_size, "index: arguments");
    part(header.environment_offset, header.environment_size, "index: environment");
    if (compression) {
      part(compression->chunks_offset, 1, "index: where the chunks begin");
      part(compression->tables_offset, compression->tables_size, "index: the decoder's tables");
    }
  }

  void add_contents() {
    const uint64_t begin = place(packed_.segments.contents);
    for (const image::ContentRun& run : image::content_runs(packed_.image)) {
      std::string label = "contents of " + image::printable(packed_.image.path(run.files.front()));
      if (run.files.size() > 1) label += " and " + std::to_string(run.files.size() - 1) + " more";
      const auto& compression = packed_.image.compression();
      const uint64_t raw = compression ? compression->raw_size : packed_.segments.contents.size();
      if (run.offset < raw) add(begin + run.offset, label);
    }
    if (const auto& compression = packed_.image.compression())
      for (uint32_t i = 0; i < compression->chunk_count; ++i)
        add(begin + packed_.image.chunk_begin(i), "contents: chunk " + std::to_string(i));
  }

  void add_manifest() {
    const wasm::Section* section = module_.find_custom_section(splice::kManifestSection);
    const Bytes contents = wasm::custom_contents(*section);
    wasm::Cursor cursor(contents, 0);
    cursor.read_name("manifest");
    add(section->contents, "manifest: name of the section");
    add(contents, "manifest: text");
    const uint64_t undo = place(contents) + cursor.position();
    const uint64_t sums = undo + packed_.manifest.undo.size();
    const uint64_t sum = sums + packed_.manifest.file_sums.size() * sizeof(image::ShortDigest);
    if (undo != sums) add(undo, "manifest: how to undo the pack");
    if (sums != sum) add(sums, "manifest: sums of the files");
    add(sum, "manifest: its own sum");
  }

  const wasm::Module& module_;
  const Opened& packed_;
  std::vector<Mark> marks_;
};

/// "0000002c: 00 61 73 6d  | LABEL", with more lines for more than 16 bytes.
void append_hex(std::string& out, Bytes bytes, uint64_t offset, const std::string& label) {
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
    out += line == 0 ? " | " + label + "\n" : " |\n";
  }
}

}  // namespace

Result<Json> describe_module(const wasm::Module& module) {
  const bool is_packed =
      splice::find_image(module) || module.find_custom_section(splice::kManifestSection);
  Json sections = Json::array();
  for (const wasm::Section& section : module.sections)
    sections.push_back({{"section", section_label(section)},
                        {"offset", section.offset},
                        {"bytes", section.whole.size()}});
  Json json = {{"bytes", module.bytes.size()}, {"packed", nullptr}, {"sections", sections}};
  if (is_packed) {
    ASSIGN_OR_RETURN(const Opened packed, open_image(module));
    json["packed"] = packed_json(packed, module.bytes.size());
  }
  return json;
}

std::string description_lines(const Json& description, const OutputStyle& style) {
  Table facts({{"WHAT"}, {"VALUE"}});
  facts.add({"size", description["bytes"].dump()});
  const Json& packed = description["packed"];
  if (packed.is_null()) {
    facts.add({"packed", "no"});
  } else {
    const auto text = [&](const char* name) { return packed[name].get<std::string>(); };
    facts.add({"packed", "by wasm-vfs " + text("wasm-vfs") + ", Binaryen " + text("binaryen")});
    facts.add({"shim", text("shim")});
    if (const Json& sealed = packed["sealed"]; !sealed.is_null())
      facts.add({"sealed", sealed == "fs" ? "fs: no file system import remains"
                                          : "wasi: no WASI import remains"});
    for (const Json& mount : packed["mounts"]) facts.add({"mount", mount.get<std::string>()});
    for (const Json& value : packed["arguments"]) facts.add({"argument", value.get<std::string>()});
    for (const Json& value : packed["environment"])
      facts.add({"variable", value.get<std::string>()});
    facts.add({"files", packed["files"].dump() + " (" + packed["file_bytes"].dump() + " bytes), " +
                            packed["directories"].dump() + " directories, " +
                            packed["symlinks"].dump() + " symlinks"});
    facts.add({"application", packed["application_bytes"].dump()});
    facts.add({"contents", packed["contents_bytes"].dump()});
    if (const Json& chunks = packed["compression"]; !chunks.is_null())
      facts.add({"compressed", "from " + chunks["uncompressed_bytes"].dump() + " (to " +
                                   percent(chunks["ratio"].get<double>()) + "), level " +
                                   chunks["level"].dump() + ", chunks of " +
                                   chunks["chunk_bytes"].dump() + "; with " +
                                   chunks["memory_pages"].dump() + " pages of memory"});
    facts.add({"index", packed["index_bytes"].dump()});
    facts.add({"overhead", packed["overhead_bytes"].dump()});
    facts.add({"development", text("development")});
  }
  Table sections({{"SECTION"}, {"OFFSET", true}, {"BYTES", true}});
  for (const Json& section : description["sections"])
    sections.add({section["section"].get<std::string>(),
                  wasm::hexadecimal(section["offset"].get<uint64_t>()), section["bytes"].dump()});
  return facts.text(style) + "\n" + sections.text(style);
}

Result<std::string> annotated_bytes(const wasm::Module& module) {
  ASSIGN_OR_RETURN(const Opened packed, open_image(module));
  ASSIGN_OR_RETURN(const std::vector<splice::CopiedRange> copies,
                   splice::copied_ranges(module.bytes, packed.manifest.undo));
  std::vector<Mark> marks = Marks(module, packed).all();
  std::string out;
  uint64_t ours = 0, theirs = 0;
  size_t mark = 0;
  auto copy = copies.begin();
  for (uint64_t at = 0; at < module.bytes.size();) {
    while (mark + 1 < marks.size() && marks[mark + 1].offset <= at) ++mark;
    const uint64_t next_mark =
        mark + 1 < marks.size() ? marks[mark + 1].offset : module.bytes.size();
    while (copy != copies.end() && copy->offset + copy->size <= at) ++copy;
    if (copy != copies.end() && copy->offset <= at) {
      // The application's own: one line, however many sections.
      const uint64_t size = copy->offset + copy->size - at;
      char text[64];
      std::snprintf(text, sizeof text, "%08llx: ", static_cast<unsigned long long>(module.offset + at));
      out += text + std::to_string(size) + " bytes of the application, as they were\n";
      theirs += size;
      at += size;
      continue;
    }
    const uint64_t end =
        std::min(next_mark, copy != copies.end() ? copy->offset : uint64_t{module.bytes.size()});
    append_hex(out, module.bytes.subspan(at, end - at), module.offset + at, marks[mark].label);
    ours += end - at;
    at = end;
  }
  return out + "total: " + std::to_string(module.bytes.size()) + " bytes; " + std::to_string(ours) +
         " written by wasm-vfs, " + std::to_string(theirs) + " of the application\n";
}

}  // namespace wasm_vfs::tool
