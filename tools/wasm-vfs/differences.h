// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How the commands that compare trees print what they found.

#ifndef WASM_VFS_TOOLS_DIFFERENCES_H_
#define WASM_VFS_TOOLS_DIFFERENCES_H_

#include <string>
#include <vector>

#include "image/compare.h"
#include "listing.h"

namespace wasm_vfs::tool {

/// "added\t/a", "removed\t/b", "changed\t/c\tbytes, executable bit": one a line.
std::string difference_lines(const std::vector<image::Difference>& differences,
                             const OutputStyle& style);

Json difference_json(const std::vector<image::Difference>& differences);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_DIFFERENCES_H_
