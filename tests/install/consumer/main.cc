// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Uses one thing of each installed library, so that a missing header, library or dependency shows.

#include <cstdio>

#include "base/result.h"
#include "image/builder.h"
#include "shim/shim.h"
#include "splice/manifest.h"
#include "wasm/module.h"

int main() {
  using namespace wasm_vfs;
  const Result<wasm::Module> module = wasm::read_module(shim::prebuilt_shim(), "the prebuilt shim");
  const Result<image::Image> image = image::build(image::Tree{}, image::posix_files());
  if (!module.ok() || !image.ok()) return 1;
  const image::Digest digest = image::digest_of(image->index);
  std::printf("%zu exports, Binaryen %s, sum begins %02x\n", module->exports.size(),
              shim::binaryen_version().c_str(), digest[0]);
  return module->exports.empty() ? 1 : 0;
}
