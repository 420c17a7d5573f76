// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The patterns of a Spin manifest's `files` and `exclude_files`, which are those of Rust's glob
// crate (https://docs.rs/glob/0.3, Pattern) and not gitignore's. Tested by glob_test.cc.

#ifndef WASM_VFS_SPIN_GLOB_H_
#define WASM_VFS_SPIN_GLOB_H_

#include <string_view>
#include <vector>

#include "base/result.h"

namespace wasm_vfs::spin {

/// One pattern: `?` is any character, `*` any characters, `[ab-z]` and `[!ab-z]` one of a set, and
/// `**`, alone between slashes, any number of directories. There is no escape: `[*]` is an
/// asterisk. A leading dot is nothing special; neither is a slash, which `?`, `*` and `[!a]` match
/// too.
class Glob {
 public:
  /// The pattern is UTF-8. Errors, without the pattern: `[` without `]`, `**` beside other
  /// characters, three asterisks.
  static Result<Glob> parse(std::string_view pattern);

  /// Whether the pattern matches all of `path`, which is UTF-8.
  bool matches(std::string_view path) const;

 private:
  struct Range {
    char32_t first, last;
  };
  enum class Kind { kCharacter, kAny, kSet, kNotSet, kSequence, kDirectories };
  struct Token {
    Kind kind;
    char32_t character = 0;     // kCharacter
    std::vector<Range> ranges;  // kSet, kNotSet
  };
  std::vector<Token> tokens_;
};

/// Whether `text` has a character that means something in a pattern.
bool looks_like_glob(std::string_view text);

}  // namespace wasm_vfs::spin

#endif  // WASM_VFS_SPIN_GLOB_H_
