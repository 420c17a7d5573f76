// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a packed module depends on, for build systems: --depfile. Tested by
// tests/cli/cases/*depfile*.test.

#ifndef WASM_VFS_TOOLS_DEPFILE_H_
#define WASM_VFS_TOOLS_DEPFILE_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/host_files.h"
#include "image/tree.h"

namespace wasm_vfs::tool {

/// Passes everything on to `files`, and remembers which directories were listed: an entry that is
/// added to one, or removed from it, changes its time.
class ListingRecorder final : public image::HostFiles {
 public:
  explicit ListingRecorder(const image::HostFiles& files) : files_(files) {}

  Result<std::vector<image::HostEntry>> list(const std::string& path) const override;
  Result<image::HostStat> stat(const std::string& path) const override { return files_.stat(path); }
  Result<std::string> read_link(const std::string& path) const override {
    return files_.read_link(path);
  }
  Result<std::unique_ptr<image::HostFile>> open(const std::string& path) const override {
    return files_.open(path);
  }

  std::vector<std::string> listed() const;

 private:
  const image::HostFiles& files_;
  mutable std::mutex mutex_;
  mutable std::vector<std::string> listed_;
};

/// Appends the host paths of the tree's files; not of those that come from an earlier pack.
void append_host_files(const image::Tree& tree, std::vector<std::string>& paths);

/// Rules in Make's syntax: `target` depends on all of `dependencies`, and each of these is a target
/// without a recipe, so that one that is gone is no error. Each is named once, in ascending order.
/// Fails for a path that Make's syntax cannot express.
Result<std::string> depfile_text(const std::string& target, std::vector<std::string> dependencies);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_DEPFILE_H_
