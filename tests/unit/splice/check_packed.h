// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compares a packed module with the application that it was made of: it must be the application,
// with exactly the changes that docs/architecture.md lists. Knows nothing of the splicer's tables:
// what a redirected call reaches is judged by the reached function's name and type. Used by unit
// tests on hand-made modules and by the fuzz target `splice` on any.

#ifndef WASM_VFS_TESTS_UNIT_SPLICE_CHECK_PACKED_H_
#define WASM_VFS_TESTS_UNIT_SPLICE_CHECK_PACKED_H_

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "splice/interception.h"
#include "splice/memory_layout.h"
#include "splice/splice.h"
#include "wasm/module.h"

namespace wasm_vfs::splice::test {

struct PackedCheck {
  const wasm::Module& application;
  const Interception& interception;
  const MemoryLayout& memory;
  const CodeStatistics& statistics;
  Bytes index;
  Bytes contents;
};

/// The packed module's bytes: head, contents, tail.
ByteBuffer assemble(const PackedModule& packed, Bytes contents);

/// What is wrong with the packed module, or nothing.
std::string difference(const PackedCheck& check, Bytes packed);

/// What is wrong with what is recorded to get the application back.
std::string undo_problem(Bytes application, const PackedModule& packed, Bytes contents);

/// What became of an application that was packed with the real shim and a small image.
struct Trial {
  Status accepted;      // why the application was refused
  std::string problem;  // of an accepted one: what is wrong with the packed module
  ByteBuffer packed;
};

Trial pack_with_real_shim(Bytes application, const InterceptionOptions& options = {});

}  // namespace wasm_vfs::splice::test

#endif  // WASM_VFS_TESTS_UNIT_SPLICE_CHECK_PACKED_H_
