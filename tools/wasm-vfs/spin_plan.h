// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What `wasm-vfs spin` will write, decided before anything is written.

#ifndef WASM_VFS_TOOLS_SPIN_PLAN_H_
#define WASM_VFS_TOOLS_SPIN_PLAN_H_

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "image/host_files.h"
#include "spin/manifest.h"

namespace wasm_vfs::tool {

/// A module or component that is packed.
struct SpinPack {
  const spin::Component* component;
  const spin::CodeSource* source;
  std::string host;    // where it is read
  std::string output;  // where it is written, relative to the output directory
  size_t tree;         // index of SpinPlan::trees: what is packed
};

/// A file that the manifest names and that stays as it is.
struct SpinCopy {
  const spin::LocalPath* path;
  std::string host;
  std::string output;  // relative to the output directory
};

struct SpinPlan {
  std::vector<SpinPack> packs;
  std::vector<SpinCopy> copies;  // each output once
  std::vector<spin::FileTree> trees;
  std::vector<std::pair<spin::LocalPath, std::string>> paths;  // what changes in the manifest
};

/// Plans the application whose manifest is `manifest_path`, for `output_directory`. The plan points
/// into `manifest`. Errors name the place in the manifest: files that are not there, a component
/// with files whose code is not a local file.
Result<SpinPlan> plan_spin(const spin::Manifest& manifest, const std::string& manifest_path,
                           const std::string& output_directory, const image::HostFiles& files);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_SPIN_PLAN_H_
