// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a packed module gives back the application, byte for byte: most of the application stands in
// the packed module unchanged, so a short list of "copy these bytes" and "insert these" is enough.
// docs/image-format.md has the encoding. Tested by undo_test.cc.

#ifndef WASM_VFS_SPLICE_UNDO_H_
#define WASM_VFS_SPLICE_UNDO_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "splice/splice.h"

namespace wasm_vfs::splice {

/// REQUIRES: the views in `packed` lie in `application`, whose bytes each occur at most once.
ByteBuffer encode_undo(Bytes application, const PackedModule& packed, uint64_t contents_size);

/// The application's bytes. Fails where the instructions do not fit the module or do not give
/// `application_size` bytes; whether they are the right ones is for the caller's digest to say.
Result<ByteBuffer> apply_undo(Bytes packed, Bytes undo, uint64_t application_size);

/// One instruction.
struct UndoStep {
  uint64_t offset;  // where it stands among the instructions
  bool is_copy;     // of the packed module's bytes; else of the instruction's own
  Bytes bytes;      // that it gives, where they stand
};

/// Gives `visit` the instructions in order, and ends with its first error. Fails where they do not
/// fit the module.
Status walk_undo(Bytes packed, Bytes undo, const std::function<Status(const UndoStep&)>& visit);

/// A part of a packed module that the pack took from the application as it was.
struct CopiedRange {
  uint64_t offset;  // in the packed module
  uint64_t size;
};

/// All such parts, ascending by offset; none overlap. Fails where the instructions do not fit the
/// module.
Result<std::vector<CopiedRange>> copied_ranges(Bytes packed, Bytes undo);

}  // namespace wasm_vfs::splice

#endif  // WASM_VFS_SPLICE_UNDO_H_
