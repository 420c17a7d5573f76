// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The custom sections that a pack changes or adds. Tested by custom_sections_test.cc.

#ifndef WASM_VFS_SPLICE_CUSTOM_SECTIONS_H_
#define WASM_VFS_SPLICE_CUSTOM_SECTIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/pieces.h"

namespace wasm_vfs::splice {

/// Each function takes the contents of a custom section after its name (empty where the module has
/// none) and returns the new ones. A name section may be large: its result is views of the old one. Contents that are malformed come back as they were: engines
/// ignore such a section, and so does a pack.

/// Adds function names, in ascending order of their indices. The old names of functions below
/// `renumbered_below` go (the new ones among these come first); the other new ones have higher
/// indices than all that are named already. Spec: appendix "Name Section".
Pieces add_function_names(Bytes name_section,
                          const std::vector<std::pair<uint32_t, std::string>>& names,
                          uint32_t renumbered_below = 0);

/// The function names of a name section, by index; empty where it is malformed.
std::map<uint32_t, std::string_view> function_names(Bytes name_section);

/// Adds `tool` to the field "processed-by" (tool-conventions, ProducersSection.md); an earlier
/// entry of the same tool is replaced.
ByteBuffer add_producer(Bytes producers_section, std::string_view tool, std::string_view version);

/// Adds features as used (tool-conventions, Linking.md, "Target Features Section").
ByteBuffer add_target_features(Bytes target_features_section,
                               const std::vector<std::string_view>& features);

}  // namespace wasm_vfs::splice

#endif  // WASM_VFS_SPLICE_CUSTOM_SECTIONS_H_
