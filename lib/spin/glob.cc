// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A pattern is a list of tokens; a path is matched by keeping the set of all tokens that may come
// next, character by character, so that no pattern takes more than its length times the path's.
// Tested by glob_test.cc.

#include "spin/glob.h"

#include <algorithm>
#include <string>

namespace wasm_vfs::spin {
namespace {

/// The characters of UTF-8.
std::u32string characters_of(std::string_view text) {
  std::u32string result;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t character = length == 1 ? lead : lead & (0x7f >> length);
    for (size_t k = 1; k < length && i + k < text.size(); ++k)
      character = character << 6 | (static_cast<uint8_t>(text[i + k]) & 0x3f);
    result += character;
    i += length;
  }
  return result;
}

}  // namespace

Result<Glob> Glob::parse(std::string_view pattern) {
  const std::u32string text = characters_of(pattern);
  Glob glob;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == U'?') {
      glob.tokens_.push_back({Kind::kAny, 0, {}});
      ++i;
    } else if (text[i] == U'*') {
      const size_t end = std::min(text.find_first_not_of(U'*', i), text.size());
      if (end - i > 2) return Error{"more than two asterisks in a row; write * or **"};
      if (end - i == 2) {
        if ((i != 0 && text[i - 1] != U'/') || (end != text.size() && text[end] != U'/'))
          return Error{"** must stand alone between slashes, as in a/**/*"};
        glob.tokens_.push_back({Kind::kDirectories, 0, {}});
        i = end + 1;  // the slash belongs to it
      } else {
        glob.tokens_.push_back({Kind::kSequence, 0, {}});
        i = end;
      }
    } else if (text[i] == U'[') {
      const bool negated = i + 1 < text.size() && text[i + 1] == U'!';
      const size_t begin = i + (negated ? 2 : 1);
      // The first character may be a bracket itself.
      const size_t end = begin < text.size() ? text.find(U']', begin + 1) : std::u32string::npos;
      if (end == std::u32string::npos)
        return Error{"[ without ]; write [[] for the bracket itself"};
      Token set{negated ? Kind::kNotSet : Kind::kSet, 0, {}};
      for (size_t k = begin; k < end;) {
        if (k + 2 < end && text[k + 1] == U'-') {
          set.ranges.push_back({text[k], text[k + 2]});
          k += 3;
        } else {
          set.ranges.push_back({text[k], text[k]});
          ++k;
        }
      }
      glob.tokens_.push_back(std::move(set));
      i = end + 1;
    } else {
      glob.tokens_.push_back({Kind::kCharacter, text[i], {}});
      ++i;
    }
  }
  return glob;
}

bool Glob::matches(std::string_view path) const {
  // next[i]: tokens_[i] may match what comes next; next[size]: all tokens have been matched.
  std::vector<bool> next(tokens_.size() + 1);
  const auto reach = [&](std::vector<bool>& states, size_t token, bool at_name) {
    for (;; ++token) {
      states[token] = true;
      if (token == tokens_.size()) return;
      const Kind kind = tokens_[token].kind;
      if (kind != Kind::kSequence && !(kind == Kind::kDirectories && at_name)) return;
    }
  };
  reach(next, 0, true);
  for (const char32_t character : characters_of(path)) {
    std::vector<bool> after(tokens_.size() + 1);
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (!next[i]) continue;
      const Token& token = tokens_[i];
      const auto in_set = [&] {
        return std::any_of(token.ranges.begin(), token.ranges.end(), [&](const Range& range) {
          return range.first <= character && character <= range.last;
        });
      };
      const bool at_name = character == U'/';
      switch (token.kind) {
        case Kind::kSequence:
        case Kind::kDirectories:
          reach(after, i, at_name);
          break;
        case Kind::kCharacter:
          if (character == token.character) reach(after, i + 1, at_name);
          break;
        case Kind::kAny:
          reach(after, i + 1, at_name);
          break;
        case Kind::kSet:
          if (in_set()) reach(after, i + 1, at_name);
          break;
        case Kind::kNotSet:
          if (!in_set()) reach(after, i + 1, at_name);
          break;
      }
    }
    next = std::move(after);
  }
  // At the end `**` matches the files below a directory as well.
  return next[tokens_.size()] || (!tokens_.empty() && tokens_.back().kind == Kind::kDirectories &&
                                  next[tokens_.size() - 1]);
}

bool looks_like_glob(std::string_view text) {
  return text.find_first_of("?*[]") != std::string_view::npos;
}

}  // namespace wasm_vfs::spin
