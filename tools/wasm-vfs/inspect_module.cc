// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tested by tests/cli/cases/inspect-*.test.

#include "inspect_module.h"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

#include "guest_path.h"
#include "image/layer.h"
#include "image/paths.h"
#include "shim/shim.h"
#include "splice/packed.h"
#include "wasm/cursor.h"

namespace wasm_vfs::tool {

Result<PackedParts> open_parts(const wasm::Module& module) {
  ASSIGN_OR_RETURN(splice::Manifest manifest, splice::read_manifest(module));
  const auto segments = splice::find_image(module);
  if (!segments)
    return Error{module.file + ": the packed files are gone; take the module as wasm-vfs wrote it"};
  Result<image::ImageReader> image = image::ImageReader::open(segments->index, segments->contents);
  if (!image.ok()) return Error{module.file + ": " + image.error().message};
  return PackedParts{std::move(manifest), *segments, *std::move(image)};
}

std::string section_label(const wasm::Section& section) {
  return section.id == wasm::SectionId::kCustom
             ? "custom section '" + image::printable(section.name) + "'"
             : std::string(wasm::section_name(section.id)) + " section";
}

namespace {

/// `wasmtime run` with the directories that were packed: for development, without packing.
std::string development_line(const PackedParts& packed) {
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

Json packed_json(const PackedParts& packed, uint64_t module_size) {
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
    ASSIGN_OR_RETURN(const PackedParts packed, open_parts(module));
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

}  // namespace wasm_vfs::tool
