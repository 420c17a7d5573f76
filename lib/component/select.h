// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which core module of a file a command is about: the only one that it can be, or the one that the
// user names (--module NAME|INDEX). Tested by select_test.cc.

#ifndef WASM_VFS_COMPONENT_SELECT_H_
#define WASM_VFS_COMPONENT_SELECT_H_

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "component/binary.h"

namespace wasm_vfs::component {

/// The place in binary.modules of the core module of this name or number. Fails where there is
/// none, or several of the name, listing them.
Result<size_t> find_named(const Binary& binary, std::string_view selector);

/// The place in binary.modules of the module to pack: of a core module, itself; of a component, the
/// one that imports WASI's path_open or is packed already. `selector` is a name or a number, or
/// empty. Fails where none can be packed, saying why, and where several can, listing them.
Result<size_t> find_application(const Binary& binary, std::string_view selector);

/// The place in binary.modules of the packed module: of a core module, itself, packed or not; of a
/// component, the one that is packed. `selector` as above.
Result<size_t> find_packed(const Binary& binary, std::string_view selector);

}  // namespace wasm_vfs::component

#endif  // WASM_VFS_COMPONENT_SELECT_H_
