// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A Spin manifest (https://spinframework.dev/manifest-reference), versions 1 and 2: what in it
// names files, and the manifest with that changed and all else as it was written. Tested by
// manifest_test.cc.

#ifndef WASM_VFS_SPIN_MANIFEST_H_
#define WASM_VFS_SPIN_MANIFEST_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "spin/files.h"

namespace wasm_vfs::spin {

/// A part of the manifest's text, in bytes.
struct Extent {
  size_t begin = 0;
  size_t end = 0;
};

/// A string in the manifest that is the path of a file.
struct LocalPath {
  std::string path;      // as written, relative to the manifest's directory
  Extent extent;         // of the string, with its quotes
  std::string position;  // "spin.toml:12:9", for messages
};

/// Where the code of a component comes from.
struct CodeSource {
  enum class Kind { kFile, kUrl, kRegistry };
  Kind kind = Kind::kFile;
  LocalPath file;       // kFile; else only its position
  std::string name;     // the URL, or the package
  std::string profile;  // the build profile that has it; empty for the component's own
};

struct Component {
  std::string id;
  std::vector<CodeSource> sources;  // its own, then those of its profiles
  std::vector<FileMount> files;
  std::vector<ExcludedFiles> excluded;
  std::vector<Extent> extents;  // of `files` and `exclude_files`: to be cut to be without them
};

/// A change of the text.
struct Edit {
  Extent extent;
  std::string replacement;
};

class Manifest {
 public:
  /// Reads a manifest; `name` is the file's, for messages. Errors begin with
  /// "spin.toml:LINE:COLUMN:
  /// "; a column counts characters. Only what names files is checked, not all that Spin checks.
  static Result<Manifest> parse(std::string text, const std::string& name);

  const std::vector<Component>& components() const { return components_; }

  /// Files that components and triggers depend on.
  const std::vector<LocalPath>& dependencies() const { return dependencies_; }

  /// The text without `files` and `exclude_files` of the components that have files, and with other
  /// paths in place of some. Everything else is as it was, comments included. Fails if what comes
  /// out does not read as it should.
  Result<std::string> rewrite(const std::vector<std::pair<LocalPath, std::string>>& paths) const;

 private:
  friend class ManifestReader;
  std::string text_;
  std::string name_;
  std::vector<Component> components_;
  std::vector<LocalPath> dependencies_;
};

}  // namespace wasm_vfs::spin

#endif  // WASM_VFS_SPIN_MANIFEST_H_
