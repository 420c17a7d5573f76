// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Puts the shim and an image's segments into an application. The last pass before writing.
// Tested by splice_test.cc.

#ifndef WASM_VFS_SPLICE_SPLICE_H_
#define WASM_VFS_SPLICE_SPLICE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/pieces.h"
#include "base/result.h"
#include "image/builder.h"
#include "shim/shim.h"
#include "splice/code_section.h"
#include "splice/interception.h"
#include "splice/memory_layout.h"
#include "wasm/module.h"

namespace wasm_vfs::splice {

/// What a pack does to one section of the application, for `--verbose`.
struct SectionChange {
  std::string section;
  uint64_t old_size;    // bytes with its header, 0 where it is new
  uint64_t new_offset;  // in the packed module; of the id byte
  uint64_t new_size;
};

/// A packed module, ready to be written: `head`, then the contents, then `tail`; then whatever
/// custom sections the caller adds (the manifest).
struct PackedModule {
  Pieces head;  // ends where the first byte of the contents stands
  Pieces tail;
  CodeStatistics code;
  std::vector<SectionChange> changes;
  std::vector<std::string> warnings;  // for the user, each a line
};

struct SpliceInput {
  const wasm::Module& application;
  const Interception& interception;
  const MemoryLayout& memory;
  Bytes shim;              // as shim::specialise() made it; outlives the PackedModule
  Bytes index;             // the image's index segment; outlives the PackedModule
  uint32_t contents_size;  // bytes of the contents segment
  std::string_view version;  // of wasm-vfs, for the producers section
  unsigned threads;
};

/// The request that makes the shim for an application: which calls, and the constants that memory
/// decides. add_image_constants() adds those of the image.
shim::Request shim_request(const Interception& interception, const MemoryLayout& memory);

/// Adds the constants that the image decides: where its index has what.
void add_image_constants(shim::Request& request, const image::Image& image);

/// Errors: code that cannot be read (file, function, offset), or a packed module over 4 GiB.
Result<PackedModule> splice(const SpliceInput& input);

/// A custom section, header and all.
ByteBuffer custom_section(std::string_view name, Bytes contents);

}  // namespace wasm_vfs::splice

#endif  // WASM_VFS_SPLICE_SPLICE_H_
