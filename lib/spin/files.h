// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which files Spin would show a component, and where: the rules of its loader
// (https://github.com/spinframework/spin, crates/loader/src/local.rs) for `files` and
// `exclude_files`. docs/spin.md has them in words. Tested by files_test.cc.

#ifndef WASM_VFS_SPIN_FILES_H_
#define WASM_VFS_SPIN_FILES_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/host_files.h"

namespace wasm_vfs::spin {

/// An element of `files`: a file, directory or pattern, or { source, destination }.
struct FileMount {
  std::string source;
  std::optional<std::string> destination;
  std::string position;  // "spin.toml:12:9", for messages
};

/// An element of `exclude_files`.
struct ExcludedFiles {
  std::string pattern;
  std::string position;
};

/// What a component sees below `/`. Guest paths are normalised.
struct FileTree {
  std::map<std::string, std::string> files;  // guest path → host path
  std::set<std::string> directories;         // that are there even when no file is in them
  std::vector<std::string> warnings;
};

struct FileRules {
  std::string root;                        // the manifest's directory, to which all is relative
  std::optional<image::HostStat> skipped;  // this directory is passed over: the one written to
};

/// Finds the files. Symlinks are followed, as Spin does. Errors begin with the element's position:
/// nothing there that it names, a path out of the root, two that do not fit together.
Result<FileTree> find_files(const std::vector<FileMount>& mounts,
                            const std::vector<ExcludedFiles>& excluded, const FileRules& rules,
                            const image::HostFiles& files);

}  // namespace wasm_vfs::spin

#endif  // WASM_VFS_SPIN_FILES_H_
