// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Problem: match paths as gitignore(5) says. A pattern is cut at its slashes into components; those
// made of two or more asterisks alone stand for any number of directories, each other one is a glob
// for one name, which fnmatch(3) matches. A pattern without a slash matches a name at any depth.
//
// Limits: fnmatch goes by the process's locale; the tool never calls setlocale, so a name is a
// string of bytes, as it is to git. A bracket expression that holds a slash matches no slash.
//
// Where git and we differ: git drops a pattern that can never match, we say that it is wrong.
// Tested by exclude_test.cc.

#include "image/exclude.h"

#include <fnmatch.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "image/paths.h"

namespace wasm_vfs::image {
namespace {

/// The index after the bracket expression that opens at `start`, or npos if it never closes. A `]`
/// right after the bracket (or its negation) is a member; [:alpha:] is skipped as a whole.
size_t end_of_bracket(std::string_view pattern, size_t start) {
  size_t i = start + 1;
  if (i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^')) ++i;
  for (bool first = true; i < pattern.size(); first = false) {
    if (pattern[i] == ']' && !first) return i + 1;
    if (pattern[i] == '\\') {
      i += 2;
    } else if (pattern.substr(i, 2) == "[:") {
      const size_t end = pattern.find(":]", i + 2);
      i = end == std::string_view::npos ? i + 1 : end + 2;
    } else {
      ++i;
    }
  }
  return std::string_view::npos;
}

bool is_double_star(const std::string& component) {
  return component.size() >= 2 && component.find_first_not_of('*') == std::string::npos;
}

/// Whether the globs match the names, all of both. `**` at the end stands for at least one name,
/// elsewhere for any number.
bool match_components(std::span<const std::string> globs, std::span<const std::string> names) {
  while (!globs.empty()) {
    if (is_double_star(globs[0])) {
      if (globs.size() == 1) return !names.empty();
      for (size_t skipped = 0; skipped <= names.size(); ++skipped) {
        if (match_components(globs.subspan(1), names.subspan(skipped))) return true;
      }
      return false;
    }
    if (names.empty() || fnmatch(globs[0].c_str(), names[0].c_str(), 0) != 0) return false;
    globs = globs.subspan(1);
    names = names.subspan(1);
  }
  return names.empty();
}

/// Trailing spaces that no backslash keeps do not belong to a line's pattern.
std::string_view without_trailing_spaces(std::string_view line) {
  size_t end = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == ' ') continue;
    if (line[i] == '\\') ++i;
    end = i + 1;
  }
  return line.substr(0, end);
}

}  // namespace

Result<ExcludeRules::Rule> ExcludeRules::parse(std::string_view pattern) {
  const auto wrong = [whole = pattern](const std::string& why) {
    return Error{"pattern " + printable(whole) + ": " + why};
  };
  Rule rule;
  if (pattern.find('\0') != std::string_view::npos) return wrong("must not hold a NUL");
  if (!pattern.empty() && pattern[0] == '!') {
    rule.takes_back = true;
    pattern.remove_prefix(1);
  }
  std::string component;
  bool ends_in_slash = false;
  const auto finish_component = [&] {
    // Repeated stars of a run like a/**/**/b mean one, and would cost time for each.
    const bool repeated = !rule.components.empty() && is_double_star(component) &&
                          is_double_star(rule.components.back());
    if (!component.empty() && !repeated) rule.components.push_back(component);
    component.clear();
  };
  for (size_t i = 0; i < pattern.size();) {
    if (pattern.substr(i, 2) == "\\/") ++i;   // an escaped slash is a slash
    if (ends_in_slash) rule.anchored = true;  // it was not the last character
    ends_in_slash = pattern[i] == '/';
    if (ends_in_slash) {
      finish_component();
      ++i;
      continue;
    }
    size_t end = i + 1;
    if (pattern[i] == '\\') {
      if (end == pattern.size()) return wrong("ends in a backslash; write \\\\ for one");
      ++end;
    } else if (pattern[i] == '[') {
      end = end_of_bracket(pattern, i);
      if (end == std::string_view::npos) return wrong("has [ without ]; write \\[ for a bracket");
    }
    component += pattern.substr(i, end - i);
    i = end;
  }
  finish_component();
  rule.directories_only = ends_in_slash;
  if (rule.components.empty()) return wrong("is empty: it would match nothing");
  for (const std::string& name : rule.components) {
    if (name == "." || name == "..") return wrong("no name is " + name + "; leave that out");
  }
  return rule;
}

Status ExcludeRules::add(std::string_view pattern) {
  ASSIGN_OR_RETURN(Rule rule, parse(pattern));
  rules_.push_back(std::move(rule));
  return ok_status();
}

Status ExcludeRules::add_lines(std::string_view text, const std::string& name) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a byte order mark
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('#')) continue;
    line = without_trailing_spaces(line);
    if (line.empty()) continue;
    if (Status added = add(line); !added.ok()) {
      return Error{printable(name) + ": line " + std::to_string(number) + ": " +
                   added.error().message};
    }
  }
  return ok_status();
}

bool ExcludeRules::excludes(std::string_view path, bool is_directory) const {
  if (rules_.empty()) return false;
  const std::vector<std::string_view> views = components_of(path);
  const std::vector<std::string> names(views.begin(), views.end());
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->directories_only && !is_directory) continue;
    std::span<const std::string> subject = names;
    if (!rule->anchored && !subject.empty()) subject = subject.last(1);
    if (match_components(rule->components, subject)) return !rule->takes_back;
  }
  return false;
}

std::string exclude_pattern_for(std::string_view path) {
  const bool typeable = is_utf8(path);
  std::string pattern = "/";
  for (char c : path) {
    const uint8_t byte = static_cast<uint8_t>(c);
    if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !typeable)) {
      pattern += '?';
      continue;
    }
    if (std::string_view("*?[\\ ").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

}  // namespace wasm_vfs::image
