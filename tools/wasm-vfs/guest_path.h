// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// HOST[::GUEST], the form in which --dir and --file name what is packed and where the guest sees
// it. The golden tests tests/cli/cases/*guest* hold the rules.

#ifndef WASM_VFS_TOOLS_GUEST_PATH_H_
#define WASM_VFS_TOOLS_GUEST_PATH_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "image/tree.h"

namespace wasm_vfs::tool {

/// Reads a value of --dir (`is_file` false) or --file. GUEST comes out absolute and normalised.
/// Without GUEST, a directory is placed at HOST as written under `/`, a file at `/NAME`; where that
/// is not possible, the error (a usage error) shows what to type. `option` is another option that
/// the value was given with.
Result<image::Source> parse_source(std::string_view value, bool is_file, std::string option = {});

/// `text` as a shell word: quoted where that is needed.
std::string shell_word(std::string_view text);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_GUEST_PATH_H_
