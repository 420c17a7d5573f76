// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The syntax that GNU Make, Ninja and CMake read alike: a backslash before a space, `#` or `:`, a
// second `$` after a `$`. They do not agree on backslashes, and a `;` or a line's end cannot be
// written at all. Make expands `*`, `?` and `[`, which then stand for the file itself at least.
// https://www.gnu.org/software/make/manual/html_node/Rule-Syntax.html
// Tested by tests/cli/cases/*depfile*.test and, with Make itself, tests/cli/properties (depfile).

#include "depfile.h"

#include <algorithm>

#include "image/paths.h"

namespace wasm_vfs::tool {
namespace {

Result<std::string> escaped(const std::string& path) {
  std::string text;
  for (const char c : path) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == ';' || c == '\\')
      return Error{image::printable(path) +
                   ": the name has a character that --depfile cannot write; rename the file, leave "
                   "it out, or do without --depfile"};
    if (c == ' ' || c == '#' || c == ':') text += '\\';
    if (c == '$') text += '$';
    text += c;
  }
  return text;
}

void append_files(const image::Entry& entry, std::vector<std::string>& paths) {
  if (entry.kind == image::NodeKind::kFile && !entry.host_path.starts_with('\0'))
    paths.push_back(entry.host_path);
  for (const image::Entry& child : entry.children) append_files(child, paths);
}

}  // namespace

Result<std::vector<image::HostEntry>> ListingRecorder::list(const std::string& path) const {
  {
    const std::lock_guard lock(mutex_);
    listed_.push_back(path);
  }
  return files_.list(path);
}

std::vector<std::string> ListingRecorder::listed() const {
  const std::lock_guard lock(mutex_);
  return listed_;
}

void append_host_files(const image::Tree& tree, std::vector<std::string>& paths) {
  append_files(tree.root, paths);
}

Result<std::string> depfile_text(const std::string& target, std::vector<std::string> dependencies) {
  std::sort(dependencies.begin(), dependencies.end());
  dependencies.erase(std::unique(dependencies.begin(), dependencies.end()), dependencies.end());
  std::erase(dependencies, target);  // packed into itself: no rule can say that
  ASSIGN_OR_RETURN(std::string rule, escaped(target));
  rule += ":";
  std::string phony;
  for (const std::string& path : dependencies) {
    ASSIGN_OR_RETURN(const std::string name, escaped(path));
    rule += " \\\n  " + name;
    phony += "\n" + name + ":\n";
  }
  return rule + "\n" + phony;
}

}  // namespace wasm_vfs::tool
