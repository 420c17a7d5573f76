// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Path resolution written for clearness, to compare the shim's with: names in a map, one component
// after the other. Used by resolve_test.cc, union_test.cc and tests/fuzz/path_fuzz.cc.

#ifndef WASM_VFS_TESTS_UNIT_SHIM_NAIVE_TREE_H_
#define WASM_VFS_TESTS_UNIT_SHIM_NAIVE_TREE_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "wasi.h"

namespace wasm_vfs::runtime {

struct NaiveTree {
  struct Item {
    uint8_t type;  // Filetype: 3, 4 or 7
    std::string target;
  };
  std::map<std::string, Item> items;  // by canonical path, "" is the root

  /// Whether a canonical path neither is there nor would lie below what is no directory.
  bool is_free(const std::string& path) const {
    for (size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
      const auto above = items.find(path.substr(0, at));
      if (above != items.end() && above->second.type != 3) return false;
    }
    return items.count(path) == 0;
  }

  /// What is wrong with a path as such.
  static Errno check(const std::string& path) {
    const auto follows = [&](size_t i) {
      return i < path.size() && (static_cast<uint8_t>(path[i]) & 0xc0) == 0x80;
    };
    for (size_t i = 0; i < path.size(); ++i) {
      const auto first = static_cast<uint8_t>(path[i]);
      if (first < 0x80) continue;
      const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
      if (first < 0xc2 || first > 0xf4) return Errno::kIlseq;
      uint32_t code = first & (0x3f >> more);
      for (int j = 0; j < more; ++j) {
        if (!follows(++i)) return Errno::kIlseq;
        code = code << 6 | (static_cast<uint8_t>(path[i]) & 0x3f);
      }
      const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
      if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
        return Errno::kIlseq;
      }
    }
    if (path.empty()) return Errno::kNoent;
    if (path.find('\0') != std::string::npos) return Errno::kInval;
    if (path.size() > 4095) return Errno::kNametoolong;
    return path[0] == '/' ? Errno::kPerm : Errno::kSuccess;
  }

  /// Resolves `path` from the directory `base`; `result` is the canonical path.
  Errno find(const std::string& base, std::string path, bool follow, std::string& result) const {
    const Errno error = check(path);
    if (error != Errno::kSuccess) return error;
    std::string at = base;
    std::string top = base;
    bool rooted = false;
    int links = 0;
    while (true) {
      const size_t start = path.find_first_not_of('/');
      if (start == std::string::npos) break;
      const size_t end = std::min(path.find('/', start), path.size());
      const std::string name = path.substr(start, end - start);
      path = path.substr(end);
      if (name == ".") continue;
      if (name == "..") {
        if (at == top && !rooted) return Errno::kPerm;
        if (at == top) continue;
        const size_t slash = at.rfind('/');
        at = slash == std::string::npos ? "" : at.substr(0, slash);
        continue;
      }
      if (name.size() > 255) return Errno::kNametoolong;
      const std::string child = at.empty() ? name : at + '/' + name;
      const auto found = items.find(child);
      if (found == items.end()) return Errno::kNoent;
      if (found->second.type == 3) {
        at = child;
      } else if (found->second.type == 7 && (follow || !path.empty())) {
        if (++links > 40) return Errno::kLoop;
        path = found->second.target + path;
        if (path[0] == '/') {
          at = top = "";
          rooted = true;
        }
      } else {
        result = child;
        return path.empty() ? Errno::kSuccess : Errno::kNotdir;
      }
    }
    result = at;
    return Errno::kSuccess;
  }
};

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_TESTS_UNIT_SHIM_NAIVE_TREE_H_
