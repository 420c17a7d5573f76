// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which files stay out of the image: the patterns of --exclude and --exclude-from, in the syntax of
// gitignore(5) (https://git-scm.com/docs/gitignore), relative to each packed directory. Tested by
// exclude_test.cc, also against git itself.

#ifndef WASM_VFS_IMAGE_EXCLUDE_H_
#define WASM_VFS_IMAGE_EXCLUDE_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace wasm_vfs::image {

/// An ordered list of patterns, of which the last that matches a path decides.
class ExcludeRules {
 public:
  /// Adds one pattern. A pattern that can never match (`[` without `]`, a single backslash at the
  /// end, nothing at all) is an error, where git would ignore it.
  Status add(std::string_view pattern);

  /// Adds a file's patterns, one a line; blank lines and those that begin with `#` are skipped, and
  /// trailing blanks without a backslash dropped. `name` is the file's, for messages.
  Status add_lines(std::string_view text, const std::string& name);

  /// Whether the patterns leave out `path` (relative to the packed directory, components joined by
  /// one slash). The caller does not ask about what lies under a directory that is left out: no
  /// pattern can take that back.
  bool excludes(std::string_view path, bool is_directory) const;

 private:
  struct Rule {
    std::vector<std::string> components;  // each a glob; "**" stands for any number of them
    bool takes_back = false;              // `!`
    bool directories_only = false;        // `/` at the end
    bool anchored = false;                // has a slash elsewhere: matches from the top only
  };
  static Result<Rule> parse(std::string_view pattern);

  std::vector<Rule> rules_;
};

/// The pattern that leaves out `path` (relative), to be shown to the user: "/a/b\*". What cannot be
/// typed (control characters; all beyond ASCII if the path is not UTF-8) is a `?`.
std::string exclude_pattern_for(std::string_view path);

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_EXCLUDE_H_
