// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tested by custom_sections_test.cc.

#include "splice/custom_sections.h"

#include <algorithm>

#include "splice/editor.h"
#include "wasm/cursor.h"
#include "wasm/writer.h"

namespace wasm_vfs::splice {
namespace {

constexpr uint8_t kFunctionNames = 1;  // subsection of the name section

ByteBuffer copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

struct NamedVersion {
  std::string_view name;
  std::string_view version;
};

struct ProducersField {
  std::string_view name;
  std::vector<NamedVersion> values;
};

}  // namespace

Pieces add_function_names(Bytes name_section,
                          const std::vector<std::pair<uint32_t, std::string>>& names,
                          uint32_t renumbered_below) {
  ByteBuffer first, last;
  for (const auto& [index, name] : names) {
    ByteBuffer& out = index < renumbered_below ? first : last;
    wasm::append_unsigned_leb(out, index);
    wasm::append_name(out, name);
  }
  // The old subsection, if there is one, is [begin, end), and those of its entries that stay begin
  // at `entries`; a new one stands at `begin`: subsections ascend by id.
  uint32_t begin = 0, entries = 0, end = 0, kept = 0;
  wasm::Cursor cursor(name_section, 0);
  while (!cursor.at_end()) {
    const uint32_t position = cursor.position();
    const uint8_t id = cursor.read_byte("subsection id");
    const uint32_t size = cursor.read_u32("subsection size");
    if (id > kFunctionNames) break;
    const uint32_t contents = cursor.position();
    cursor.read_bytes(size, "subsection");
    if (cursor.failed()) break;
    begin = entries = end = cursor.position();
    if (id < kFunctionNames) continue;
    wasm::Cursor map(name_section.subspan(contents, size), 0);
    const uint32_t count = map.read_count("name count", 2);
    uint32_t kept_from = map.position();
    for (uint32_t i = 0; i < count && !map.failed(); ++i) {
      const uint32_t index = map.read_u32("function index");
      map.read_name("function name");
      if (index < renumbered_below && kept == 0)
        kept_from = map.position();
      else
        ++kept;
    }
    map.expect_end("the function names");
    if (map.failed()) return Editor(name_section).finish();
    begin = position;
    entries = contents + kept_from;
    break;
  }
  Editor editor(name_section);
  if (!cursor.failed()) {
    ByteBuffer head;
    wasm::append_unsigned_leb(head, kept + names.size());
    append(head, first);
    ByteBuffer& header = editor.replace(begin, entries);
    header.push_back(kFunctionNames);
    wasm::append_unsigned_leb(header, head.size() + (end - entries) + last.size());
    append(header, head);
    append(editor.replace(end, end), last);
  }
  return editor.finish();
}

std::map<uint32_t, std::string_view> function_names(Bytes name_section) {
  std::map<uint32_t, std::string_view> names;
  wasm::Cursor cursor(name_section, 0);
  while (!cursor.at_end()) {
    uint8_t id = cursor.read_byte("subsection id");
    Bytes contents = cursor.read_bytes(cursor.read_u32("subsection size"), "subsection");
    if (id != kFunctionNames) continue;
    wasm::Cursor map(contents, 0);
    uint32_t count = map.read_count("name count", 2);
    for (uint32_t i = 0; i < count && !map.failed(); ++i) {
      uint32_t index = map.read_u32("function index");
      names[index] = map.read_name("function name");
    }
    map.expect_end("the function names");
    if (map.failed()) return {};
  }
  if (cursor.failed()) return {};
  return names;
}

ByteBuffer add_producer(Bytes producers_section, std::string_view tool, std::string_view version) {
  std::vector<ProducersField> fields;
  if (!producers_section.empty()) {
    wasm::Cursor cursor(producers_section, 0);
    uint32_t field_count = cursor.read_u32("field count");
    for (uint32_t i = 0; i < field_count && !cursor.failed(); ++i) {
      ProducersField field{cursor.read_name("field name"), {}};
      uint32_t value_count = cursor.read_u32("value count");
      for (uint32_t j = 0; j < value_count && !cursor.failed(); ++j) {
        std::string_view name = cursor.read_name("tool name");
        field.values.push_back({name, cursor.read_name("tool version")});
      }
      fields.push_back(std::move(field));
    }
    if (cursor.failed() || !cursor.at_end()) return copy(producers_section);
  }
  auto processed_by = std::find_if(fields.begin(), fields.end(), [](const ProducersField& field) {
    return field.name == "processed-by";
  });
  if (processed_by == fields.end())
    processed_by = fields.insert(fields.end(), ProducersField{"processed-by", {}});
  std::erase_if(processed_by->values, [&](const NamedVersion& value) { return value.name == tool; });
  processed_by->values.push_back({tool, version});

  ByteBuffer out;
  wasm::append_unsigned_leb(out, static_cast<uint32_t>(fields.size()));
  for (const ProducersField& field : fields) {
    wasm::append_name(out, field.name);
    wasm::append_unsigned_leb(out, static_cast<uint32_t>(field.values.size()));
    for (const NamedVersion& value : field.values) {
      wasm::append_name(out, value.name);
      wasm::append_name(out, value.version);
    }
  }
  return out;
}

ByteBuffer add_target_features(Bytes target_features_section,
                               const std::vector<std::string_view>& features) {
  constexpr uint8_t kUsed = '+';
  struct Feature {
    uint8_t prefix;
    std::string_view name;
  };
  std::vector<Feature> list;
  if (!target_features_section.empty()) {
    wasm::Cursor cursor(target_features_section, 0);
    uint32_t count = cursor.read_u32("feature count");
    for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
      uint8_t prefix = cursor.read_byte("feature prefix");
      list.push_back({prefix, cursor.read_name("feature")});
    }
    if (cursor.failed() || !cursor.at_end()) return copy(target_features_section);
  }
  for (std::string_view feature : features) {
    auto found = std::find_if(list.begin(), list.end(),
                              [&](const Feature& item) { return item.name == feature; });
    if (found != list.end())
      found->prefix = kUsed;
    else
      list.push_back({kUsed, feature});
  }
  ByteBuffer out;
  wasm::append_unsigned_leb(out, static_cast<uint32_t>(list.size()));
  for (const Feature& feature : list) {
    out.push_back(feature.prefix);
    wasm::append_name(out, feature.name);
  }
  return out;
}

}  // namespace wasm_vfs::splice
