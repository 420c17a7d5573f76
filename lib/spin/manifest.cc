// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The manifest is read with toml++, which tells where in the text each key and value is. A change
// is a cut or a replacement at such a place, so that whatever is not meant stays byte for byte.
// What a cut takes depends on how the pair is written: a line of its own, with the comment on it
// left; one of the pairs of an inline table, with a comma; or `[[component.x.files]]` tables. The
// result is read again and compared with the tree that was meant.
//
// Limits: only a component with files is changed. Fields that this does not know are not looked at.
// Tested by manifest_test.cc.

#include "spin/manifest.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <optional>
#include <string_view>

#include "image/paths.h"
#include "spin/toml_guard.h"

// toml++ 3.3 and 3.4 assert what input can break (`[=`), and with NDEBUG they let the compiler
// assume it; the code after that handles it.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace wasm_vfs::spin {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Finds the byte of a line and column, which count from 1; a column is a character.
class TextPositions {
 public:
  explicit TextPositions(std::string_view text) : text_(text) {
    lines_.push_back(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    for (size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') lines_.push_back(i + 1);
  }

  size_t offset(const toml::source_position& position) const {
    size_t at = lines_[position.line - 1];
    for (uint32_t column = 1; column < position.column && at < text_.size(); ++column) {
      ++at;
      while (at < text_.size() && (static_cast<uint8_t>(text_[at]) & 0xc0) == 0x80) ++at;
    }
    return at;
  }

  toml::source_position position(size_t offset) const {
    const auto next = std::upper_bound(lines_.begin(), lines_.end(), offset);
    const auto column = std::count_if(text_.begin() + static_cast<ptrdiff_t>(*(next - 1)),
                                      text_.begin() + static_cast<ptrdiff_t>(offset), [](char c) {
                                        return (static_cast<uint8_t>(c) & 0xc0) != 0x80;
                                      });
    return {static_cast<toml::source_index>(next - lines_.begin()),
            static_cast<toml::source_index>(column + 1)};
  }

  Extent extent(const toml::source_region& region) const {
    return {offset(region.begin), offset(region.end)};
  }

 private:
  std::string_view text_;
  std::vector<size_t> lines_;  // where each begins
};

/// A table of the manifest.
struct Place {
  toml::table* table;
  const toml::table* inline_table;  // the innermost { } around it or that it is; or none
};

Place place_of(toml::table& table, const toml::table* around) {
  return {&table, table.is_inline() ? &table : around};
}

std::string position_text(const std::string& name, const toml::source_position& position) {
  return name + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

/// A component as it stands in the tree.
struct ComponentPlace {
  std::string id;
  Place place;
};

/// Cuts pairs out of the text.
class Cutter {
 public:
  Cutter(std::string_view text, const TextPositions& positions)
      : text_(text), positions_(positions) {}

  /// The extents of the pair `key` of a table, and of others beside it: in inline tables pairs are
  /// cut together, since the comma that goes depends on what stays.
  std::vector<Extent> cut(const Place& place, const std::vector<std::string_view>& keys) const {
    std::vector<Extent> cuts;
    if (place.inline_table != nullptr) {
      cut_inline(place, keys, cuts);
      return cuts;
    }
    for (const std::string_view key : keys)
      if (const auto found = place.table->find(key); found != place.table->end())
        cut_statement(found->first, found->second, cuts);
    return cuts;
  }

 private:
  struct Pair {
    Extent extent;  // from the last part of its key
    bool is_cut;
  };

  void cut_statement(const toml::key& key, const toml::node& value,
                     std::vector<Extent>& cuts) const {
    const toml::array* const array = value.as_array();
    const bool is_headed = array != nullptr && !array->empty() && array->front().is_table() &&
                           !array->front().as_table()->is_inline();
    if (!is_headed) {
      cuts.push_back(
          cut_line(positions_.offset(key.source().begin), positions_.offset(value.source().end)));
      return;
    }
    for (const toml::node& element : *array) {  // [[component.x.files]]
      const Extent header = positions_.extent(element.source());
      cuts.push_back(cut_line(header.begin, header.end));
      for (const auto& [name, field] : *element.as_table()) cut_statement(name, field, cuts);
    }
  }

  /// What goes with a statement: the whole line, or, with a comment on it, all but the comment.
  Extent cut_line(size_t begin, size_t end) const {
    while (begin > 0 && text_[begin - 1] != '\n') --begin;
    if (begin == 0 && text_.starts_with(kByteOrderMark)) begin = kByteOrderMark.size();
    while (end < text_.size() && (text_[end] == ' ' || text_[end] == '\t')) ++end;
    if (end < text_.size() && text_[end] == '#') {
      while (text_[begin] == ' ' || text_[begin] == '\t') ++begin;
      return {begin, end};
    }
    if (end < text_.size() && text_[end] == '\r') ++end;
    if (end < text_.size()) ++end;
    return {begin, end};
  }

  void cut_inline(const Place& place, const std::vector<std::string_view>& keys,
                  std::vector<Extent>& cuts) const {
    std::vector<Pair> pairs;
    collect(*place.inline_table, place, keys, pairs);
    std::sort(pairs.begin(), pairs.end(),
              [](const Pair& a, const Pair& b) { return a.extent.begin < b.extent.begin; });
    // Before the first key there is the bracket, before the others a comma; then perhaps the first
    // parts of a dotted key.
    const auto begin_of = [&](size_t i) {
      size_t at = i == 0 ? positions_.offset(place.inline_table->source().begin)
                         : text_.find(',', pairs[i - 1].extent.end);
      ++at;
      while (text_[at] == ' ' || text_[at] == '\t') ++at;
      return at;
    };
    for (size_t i = 0; i < pairs.size(); ++i) {
      if (!pairs[i].is_cut) continue;
      const size_t first = i;
      while (i + 1 < pairs.size() && pairs[i + 1].is_cut) ++i;
      if (first > 0)
        cuts.push_back({pairs[first - 1].extent.end, pairs[i].extent.end});
      else if (i + 1 < pairs.size())
        cuts.push_back({begin_of(0), begin_of(i + 1)});
      else
        cuts.push_back({begin_of(0), pairs[i].extent.end});
    }
  }

  /// The pairs between the brackets of an inline table, those of dotted keys too.
  void collect(const toml::table& table, const Place& place,
               const std::vector<std::string_view>& keys, std::vector<Pair>& pairs) const {
    for (const auto& [key, value] : table) {
      if (const toml::table* const inner = value.as_table(); inner && !inner->is_inline()) {
        collect(*inner, place, keys, pairs);
        continue;
      }
      const bool is_cut =
          &table == place.table && std::find(keys.begin(), keys.end(), key.str()) != keys.end();
      pairs.push_back(
          {{positions_.offset(key.source().begin), positions_.offset(value.source().end)}, is_cut});
    }
  }

  std::string_view text_;
  const TextPositions& positions_;
};

/// `text` as a TOML string.
std::string quoted(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) {
      result += "\\u00";
      result += kDigits[static_cast<uint8_t>(c) >> 4];
      result += kDigits[c & 15];
    } else {
      result += c;
    }
  }
  return result + '"';
}

}  // namespace

/// Reads what a manifest says; not part of the interface.
class ManifestReader {
 public:
  /// Parses manifest.text_.
  static Result<toml::table> parse(const Manifest& manifest) {
    if (const std::optional<size_t> stray = find_stray_character(manifest.text_))
      return Error{
          position_text(manifest.name_, TextPositions(manifest.text_).position(*stray)) +
          ": a character beyond ASCII can only stand in a comment or string, and there not "
          "after a backslash at a line's end"};
    toml::parse_result result = toml::parse(std::string_view(manifest.text_), manifest.name_);
    if (!result) {
      const toml::parse_error& error = result.error();
      return Error{position_text(manifest.name_, error.source().begin) + ": " +
                   std::string(error.description())};
    }
    return std::move(result).table();
  }

  ManifestReader(Manifest& manifest, toml::table& root)
      : manifest_(manifest),
        root_(root),
        positions_(manifest.text_),
        cutter_(manifest.text_, positions_) {}

  /// Fills in the manifest.
  Status read() {
    ASSIGN_OR_RETURN(const std::vector<ComponentPlace> places, components());
    for (const ComponentPlace& place : places) RETURN_IF_ERROR(read_component(place));
    return ok_status();
  }

  /// Finds the components, and dependencies of triggers.
  Result<std::vector<ComponentPlace>> components() {
    ASSIGN_OR_RETURN(const int version, read_version());
    std::vector<ComponentPlace> places;
    if (version == 1) {
      RETURN_IF_ERROR(find_version_1(places));
    } else {
      RETURN_IF_ERROR(find_version_2(places));
    }
    return places;
  }

  /// Carries out on the tree what rewrite() does to the text.
  Status change(const std::vector<std::pair<LocalPath, std::string>>& paths) {
    ASSIGN_OR_RETURN(const std::vector<ComponentPlace> places, components());
    for (size_t i = 0; i < places.size(); ++i) {
      if (manifest_.components_[i].files.empty()) continue;
      places[i].place.table->erase("files");
      places[i].place.table->erase("exclude_files");
    }
    set_paths(root_, paths);
    return ok_status();
  }

 private:
  Error error_at(const toml::node& node, const std::string& message) const {
    return Error{position(node) + ": " + message};
  }

  std::string position(const toml::node& node) const {
    return position_text(manifest_.name_, node.source().begin);
  }

  Result<int> read_version() const {
    const toml::node* version = root_.get("spin_manifest_version");
    if (version == nullptr) version = root_.get("spin_version");
    if (version == nullptr)
      return Error{manifest_.name_ + ": has no spin_manifest_version, so it is no Spin manifest"};
    if (version->value_exact<std::string>() == "1") return 1;
    if (version->value_exact<int64_t>() == 2) return 2;
    return error_at(*version, "this Spin manifest is of another version than \"1\" and 2");
  }

  Status find_version_1(std::vector<ComponentPlace>& places) const {
    toml::node* const list = root_.get("component");
    if (list == nullptr) return ok_status();
    if (!list->is_array()) return error_at(*list, "component: expected [[component]] tables");
    for (toml::node& element : *list->as_array()) {
      if (!element.is_table()) return error_at(element, "component: expected a table");
      const std::optional<std::string> id =
          element.as_table()->operator[]("id").value_exact<std::string>();
      if (!id) return error_at(element, "this component has no id");
      places.push_back({*id, place_of(*element.as_table(), nullptr)});
    }
    return ok_status();
  }

  Status find_version_2(std::vector<ComponentPlace>& places) {
    if (toml::node* const node = root_.get("component"); node != nullptr) {
      if (!node->is_table()) return error_at(*node, "component: expected a table of components");
      const Place list = place_of(*node->as_table(), nullptr);
      for (auto&& [id, component] : *list.table) {
        if (!component.is_table()) return error_at(component, "component: expected a table");
        places.push_back(
            {std::string(id.str()), place_of(*component.as_table(), list.inline_table)});
      }
    }
    // A trigger may have its component, or several, written into it.
    if (toml::table* const triggers = root_["trigger"].as_table())
      for (auto&& [type, node] : *triggers)
        if (toml::array* const list = node.as_array())
          for (size_t i = 0; i < list->size(); ++i)
            if (toml::table* const table = list->get(i)->as_table())
              find_in_trigger(place_of(*table, nullptr),
                              (*table)["id"].value_or(std::string(type.str()) + "-trigger" +
                                                      std::to_string(i + 1)),
                              places);
    // As they stand in the text, and not in the order of their names.
    std::sort(places.begin(), places.end(), [&](const ComponentPlace& a, const ComponentPlace& b) {
      return positions_.offset(a.place.table->source().begin) <
             positions_.offset(b.place.table->source().begin);
    });
    return ok_status();
  }

  void find_in_trigger(const Place& trigger, const std::string& id,
                       std::vector<ComponentPlace>& places) {
    const auto add = [&](toml::node& node, const toml::table* around, const std::string& name) {
      if (node.is_table()) places.push_back({name, place_of(*node.as_table(), around)});
    };
    if (toml::node* const component = trigger.table->get("component"))
      add(*component, trigger.inline_table, id + "-component");
    if (toml::table* const roles = (*trigger.table)["components"].as_table()) {
      const Place place = place_of(*roles, trigger.inline_table);
      for (auto&& [role, node] : *roles) {
        const std::string name = id + "-" + std::string(role.str());
        if (toml::array* const list = node.as_array()) {
          for (size_t i = 0; i < list->size(); ++i)
            add(*list->get(i), place.inline_table, name + std::to_string(i + 1));
        } else {
          add(node, place.inline_table, name);
        }
      }
    }
    if (const toml::table* const roles = (*trigger.table)["dependencies"].as_table())
      for (const auto& [role, node] : *roles)
        if (const toml::array* const list = node.as_array())
          for (const toml::node& dependency : *list) read_dependency(dependency);
  }

  Status read_component(const ComponentPlace& found) {
    toml::table& table = *found.place.table;
    Component component;
    component.id = found.id;
    const toml::node* const source = table.get("source");
    if (source == nullptr)
      return error_at(table, "component " + image::printable(found.id) + " has no source");
    RETURN_IF_ERROR(read_source(*source, "", component));
    if (const toml::table* const profiles = table["profile"].as_table())
      for (const auto& [profile, node] : *profiles) {
        const toml::table* const overrides = node.as_table();
        if (overrides == nullptr) continue;
        if (const toml::node* const other = overrides->get("source"))
          RETURN_IF_ERROR(read_source(*other, std::string(profile.str()), component));
        read_dependencies(*overrides);
      }
    read_dependencies(table);

    if (const toml::node* const files = table.get("files"))
      RETURN_IF_ERROR(read_files(*files, component));
    if (!component.files.empty()) {
      if (const toml::node* const excluded = table.get("exclude_files"))
        RETURN_IF_ERROR(read_excluded(*excluded, component));
      component.extents = cutter_.cut(found.place, {"files", "exclude_files"});
    }
    manifest_.components_.push_back(std::move(component));
    return ok_status();
  }

  Status read_source(const toml::node& node, const std::string& profile, Component& component) {
    CodeSource source;
    source.profile = profile;
    source.file.position = position(node);
    if (const auto path = node.value_exact<std::string>()) {
      if (path->empty()) return error_at(node, "source: is empty; expected the path of a module");
      // Spin takes no URL as a string; to say that the file is not there would be misleading.
      if (path->starts_with("http://") || path->starts_with("https://")) {
        source.kind = CodeSource::Kind::kUrl;
        source.name = *path;
      } else {
        source.file = local_path(node, *path);
      }
    } else if (const toml::table* const table = node.as_table()) {
      const auto url = (*table)["url"].value_exact<std::string>();
      const auto package = (*table)["package"].value_exact<std::string>();
      if (!url && !package)
        return error_at(node,
                        "source: expected a path, { url, digest } or { registry, package, "
                        "version }");
      source.kind = url ? CodeSource::Kind::kUrl : CodeSource::Kind::kRegistry;
      source.name = url ? *url : *package;
    } else {
      return error_at(node,
                      "source: expected a path, { url, digest } or { registry, package, "
                      "version }");
    }
    component.sources.push_back(std::move(source));
    return ok_status();
  }

  LocalPath local_path(const toml::node& node, const std::string& path) const {
    return {path, positions_.extent(node.source()), position(node)};
  }

  void read_dependencies(const toml::table& table) {
    if (const toml::table* const dependencies = table["dependencies"].as_table())
      for (const auto& [name, node] : *dependencies) read_dependency(node);
  }

  void read_dependency(const toml::node& node) {
    if (const toml::table* const table = node.as_table())
      if (const toml::node* const path = table->get("path"); path && path->is_string())
        manifest_.dependencies_.push_back(local_path(*path, path->as_string()->get()));
  }

  Status read_files(const toml::node& node, Component& component) const {
    const char* const expected = "files: expected a path or pattern, or { source, destination }";
    const toml::array* const list = node.as_array();
    if (list == nullptr) return error_at(node, "files: expected an array");
    for (const toml::node& element : *list) {
      FileMount mount;
      mount.position = position(element);
      if (const toml::table* const table = element.as_table()) {
        const auto source = (*table)["source"].value_exact<std::string>();
        mount.destination = (*table)["destination"].value_exact<std::string>();
        if (!source || !mount.destination || table->size() != 2) return error_at(element, expected);
        mount.source = *source;
      } else if (const auto text = element.value_exact<std::string>()) {
        mount.source = *text;
      } else {
        return error_at(element, expected);
      }
      component.files.push_back(std::move(mount));
    }
    return ok_status();
  }

  Status read_excluded(const toml::node& node, Component& component) const {
    const toml::array* const list = node.as_array();
    if (list == nullptr) return error_at(node, "exclude_files: expected an array");
    for (const toml::node& element : *list) {
      const auto text = element.value_exact<std::string>();
      if (!text) return error_at(element, "exclude_files: expected a pattern");
      component.excluded.push_back({*text, position(element)});
    }
    return ok_status();
  }

  void set_paths(toml::node& node,
                 const std::vector<std::pair<LocalPath, std::string>>& paths) const {
    if (toml::table* const table = node.as_table()) {
      for (auto&& [key, value] : *table) set_paths(value, paths);
    } else if (toml::array* const array = node.as_array()) {
      for (toml::node& element : *array) set_paths(element, paths);
    } else if (toml::value<std::string>* const text = node.as_string()) {
      for (const auto& [path, replacement] : paths)
        if (positions_.offset(node.source().begin) == path.extent.begin) *text = replacement;
    }
  }

  Manifest& manifest_;
  toml::table& root_;
  const TextPositions positions_;
  const Cutter cutter_;
};

Result<Manifest> Manifest::parse(std::string text, const std::string& name) {
  Manifest manifest;
  manifest.text_ = std::move(text);
  manifest.name_ = name;
  ASSIGN_OR_RETURN(toml::table root, ManifestReader::parse(manifest));
  RETURN_IF_ERROR(ManifestReader(manifest, root).read());
  return manifest;
}

Result<std::string> Manifest::rewrite(
    const std::vector<std::pair<LocalPath, std::string>>& paths) const {
  std::vector<Edit> edits;
  for (const auto& [path, replacement] : paths) edits.push_back({path.extent, quoted(replacement)});
  for (const Component& component : components_)
    for (const Extent& extent : component.extents) edits.push_back({extent, ""});
  std::sort(edits.begin(), edits.end(),
            [](const Edit& a, const Edit& b) { return a.extent.begin < b.extent.begin; });
  Manifest changed;
  changed.name_ = name_;
  size_t at = 0;
  for (const Edit& edit : edits) {
    changed.text_.append(text_, at, edit.extent.begin - at).append(edit.replacement);
    at = edit.extent.end;
  }
  changed.text_.append(text_, at);

  Manifest copy = *this;
  ASSIGN_OR_RETURN(toml::table wanted, ManifestReader::parse(copy));
  RETURN_IF_ERROR(ManifestReader(copy, wanted).change(paths));
  Result<toml::table> got = ManifestReader::parse(changed);
  if (!got.ok() || *got != wanted)
    return Error{name_ +
                 ": cannot be edited as it is written; give each component a table of its "
                 "own, [component.NAME], with `files` on a line of its own"};
  return std::move(changed.text_);
}

}  // namespace wasm_vfs::spin
