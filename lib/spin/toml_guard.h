// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Keeps from toml++ what it cannot be given: where it skips white space, its versions 3.3 and 3.4
// have undefined behaviour for most characters beyond ASCII (is_non_ascii_horizontal_whitespace()
// ends in an unreachable branch). TOML 1.0 allows such characters in strings and comments only, so
// that nearly all of these texts are errors anyway. Tested by toml_guard_test.cc.

#ifndef WASM_VFS_SPIN_TOML_GUARD_H_
#define WASM_VFS_SPIN_TOML_GUARD_H_

#include <cstddef>
#include <optional>
#include <string_view>

namespace wasm_vfs::spin {

/// The byte offset of the first character beyond ASCII that stands outside of strings and comments,
/// or after the backslash at a line's end in a multi-line string (which TOML allows). A byte order
/// mark at the start is none. What else is wrong with the text is not looked at.
std::optional<size_t> find_stray_character(std::string_view text);

}  // namespace wasm_vfs::spin

#endif  // WASM_VFS_SPIN_TOML_GUARD_H_
