// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Looks into a packed module: the image and the manifest, and the application that it was made of.
// Tested by packed_test.cc.

#ifndef WASM_VFS_SPLICE_PACKED_H_
#define WASM_VFS_SPLICE_PACKED_H_

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "splice/manifest.h"
#include "wasm/module.h"

namespace wasm_vfs::splice {

/// An image's two segments; views of the module's bytes.
struct ImageSegments {
  Bytes index;
  Bytes contents;
};

/// The image in a module, found by the magic number that an index begins with, so that it is found
/// where a tool has stripped the manifest too. Nothing where there is none.
std::optional<ImageSegments> find_image(const wasm::Module& module);

/// The manifest of a packed module. Fails where there is none, saying whether the module is not
/// packed at all or has lost it.
Result<Manifest> read_manifest(const wasm::Module& module);

/// The module as it was before it was packed, byte for byte. Fails where another tool has changed
/// the packed module since.
Result<ByteBuffer> unpack(const wasm::Module& module, const Manifest& manifest);

}  // namespace wasm_vfs::splice

#endif  // WASM_VFS_SPLICE_PACKED_H_
