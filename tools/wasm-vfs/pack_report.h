// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What `wasm-vfs pack --verbose` says about each pass, and a check that only people need.

#ifndef WASM_VFS_TOOLS_PACK_REPORT_H_
#define WASM_VFS_TOOLS_PACK_REPORT_H_

#include <optional>
#include <string>

#include "image/builder.h"
#include "pack_input.h"
#include "splice/splice.h"
#include "summary.h"
#include "terminal.h"

namespace wasm_vfs::tool {

void report_earlier_pack(const std::optional<EarlierPack>& earlier, Terminal& terminal);
void report_interception(const splice::Interception& interception, Terminal& terminal);
void report_memory(const splice::MemoryLayout& memory, Terminal& terminal);
/// `offset` is the packed module's in the file, `size` its bytes.
void report_module(const splice::PackedModule& module, const image::Image& image, uint64_t offset,
                   uint64_t size, Terminal& terminal);

/// Whether the host file `path` (the application, or an earlier output) is among what is packed,
/// which is seldom meant.
bool packs_file(const image::Image& image, const std::string& path);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_PACK_REPORT_H_
