// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What `wasm-vfs inspect --licenses` prints.

#ifndef WASM_VFS_TOOLS_LICENSES_H_
#define WASM_VFS_TOOLS_LICENSES_H_

#include <string>

namespace wasm_vfs::tool {

/// The licences of what pack put into a module; `has_decoder` where its files are compressed.
std::string licence_text(bool has_decoder);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_LICENSES_H_
