// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compares a packed module with what its manifest says of it. Each byte is under one of the sums,
// so that no change passes; the checks are ordered and worded so that they tell what is damaged.
// Tested by verify_test.cc.

#ifndef WASM_VFS_SPLICE_VERIFY_H_
#define WASM_VFS_SPLICE_VERIFY_H_

#include <optional>
#include <string>
#include <vector>

#include "image/lookup.h"
#include "splice/manifest.h"
#include "splice/packed.h"
#include "wasm/module.h"

namespace wasm_vfs::splice {

struct Check {
  std::string name;
  std::vector<std::string> problems;  // one line each; none: it passed
  std::string passed;                 // what was found right
};

/// All checks. Where one cannot be made because another failed (sums, without a manifest), it is
/// left out.
std::vector<Check> verify(const wasm::Module& module);

/// Of each node whose bytes the manifest has a sum of, that sum. Nothing where the manifest does
/// not fit the image.
std::optional<std::vector<std::optional<image::ShortDigest>>> sums_by_node(
    const image::ImageReader& image, const Manifest& manifest);

/// Whether a file's bytes have the sum `expected`. REQUIRES: `node` is a file of `image`.
bool has_sum(const image::ImageReader& image, uint32_t node, const image::ShortDigest& expected);

}  // namespace wasm_vfs::splice

#endif  // WASM_VFS_SPLICE_VERIFY_H_
