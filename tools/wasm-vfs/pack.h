// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs pack`: puts files into a WebAssembly module.

#ifndef WASM_VFS_TOOLS_PACK_H_
#define WASM_VFS_TOOLS_PACK_H_

#include <functional>

#include "base/output_file.h"
#include "base/result.h"
#include "pack_options.h"
#include "summary.h"
#include "terminal.h"

namespace wasm_vfs::tool {

/// Gets the packed module, all of it written and not yet committed: the target changes when it is,
/// if at all.
using TakeOutput = std::function<Status(OutputFile)>;

/// A pack up to the temporary file, with options as finish_pack_options() leaves them. Says on
/// `terminal` what --verbose shows, and warnings; fills `summary` as it goes.
Status pack_file(const PackOptions& options, Terminal& terminal, Summary& summary,
                 const TakeOutput& take);

/// Packs, and says what was done. Returns the exit code.
int pack(PackOptions options);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_PACK_H_
