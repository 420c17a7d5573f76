// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Packs on top of an image that exists: its tree, to lay more over (scan()'s base), and its files'
// bytes, to be packed again beside the host's. Tested by layer_test.cc.

#ifndef WASM_VFS_IMAGE_LAYER_H_
#define WASM_VFS_IMAGE_LAYER_H_

#include <memory>
#include <string>
#include <vector>

#include "image/host_files.h"
#include "image/reader.h"
#include "image/tree.h"

namespace wasm_vfs::image {

/// The tree that an image was built of, but for the warnings and the files' places on the host: a
/// file's host path is a NUL, which no host path has, and its path in the image. LayeredFiles opens
/// these.
Tree tree_of(const ImageReader& image);

/// The host's files, and those of an image under the paths that tree_of() gives them. Refers to
/// both, which must outlive it and the files that it opened.
class LayeredFiles final : public HostFiles {
 public:
  LayeredFiles(const HostFiles& host, const ImageReader& image) : host_(host), image_(image) {}

  Result<std::vector<HostEntry>> list(const std::string& path) const override {
    return host_.list(path);
  }
  Result<HostStat> stat(const std::string& path) const override { return host_.stat(path); }
  Result<std::string> read_link(const std::string& path) const override {
    return host_.read_link(path);
  }
  Result<std::unique_ptr<HostFile>> open(const std::string& path) const override;

 private:
  const HostFiles& host_;
  const ImageReader& image_;
};

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_LAYER_H_
