// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Follows strings and comments as TOML has them (https://toml.io/en/v1.0.0#string). The parser
// stops at the first error, and up to there both agree on what is a string. Tested by
// toml_guard_test.cc.

#include "spin/toml_guard.h"

#include <algorithm>

namespace wasm_vfs::spin {
namespace {

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {
    if (text.starts_with("\xef\xbb\xbf")) at_ = 3;
  }

  std::optional<size_t> find() {
    while (at_ < text_.size() && !stray_) {
      const char c = text_[at_];
      if (c == '#') {
        skip_to(text_.find('\n', at_));
      } else if ((c == '"' || c == '\'') && may_begin_string()) {
        const std::string_view three = text_.substr(at_, 3);
        if (three == "\"\"\"" || three == "'''")
          skip_long_string(three);
        else
          skip_string(c);
      } else if (!is_ascii(c)) {
        stray_ = at_;
      } else {
        ++at_;
      }
    }
    return stray_;
  }

 private:
  /// A quote within a bare value or key is an error that the parser finds later than it should.
  bool may_begin_string() const {
    return at_ == 0 || std::string_view(" \t\r\n=[{,.\xbf").find(text_[at_ - 1]) != text_.npos;
  }

  void skip_to(size_t offset) { at_ = std::min(offset, text_.size()); }

  /// A string on one line. One without an end is the parser's to report: nothing after it matters.
  void skip_string(char quote) {
    for (++at_; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '\\' && quote == '"') {
        ++at_;
      } else if (text_[at_] == quote) {
        ++at_;
        return;
      }
    }
    at_ = text_.size();
  }

  void skip_long_string(std::string_view quotes) {
    for (at_ += 3; at_ < text_.size();) {
      if (text_[at_] == '\\' && quotes[0] == '"') {
        skip_to(text_.find_first_not_of(" \t\r\n", at_ + 1));
        if (at_ < text_.size() && !is_ascii(text_[at_])) {
          stray_ = at_;
          return;
        }
        if (at_ < text_.size() && !is_space(text_[at_ - 1]))
          ++at_;  // the character that it escapes
      } else if (text_.substr(at_, 3) == quotes) {
        at_ += 3;
        // One or two quotes before the end belong to the string.
        for (int i = 0; i < 2 && at_ < text_.size() && text_[at_] == quotes[0]; ++i) ++at_;
        return;
      } else {
        ++at_;
      }
    }
  }

  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  std::string_view text_;
  size_t at_ = 0;
  std::optional<size_t> stray_;
};

}  // namespace

std::optional<size_t> find_stray_character(std::string_view text) {
  return Scanner(text).find();
}

}  // namespace wasm_vfs::spin
