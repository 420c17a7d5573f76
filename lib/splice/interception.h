// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Finds out which of an application's imports the shim will answer, and refuses applications that
// cannot be packed. Tested by interception_test.cc.

#ifndef WASM_VFS_SPLICE_INTERCEPTION_H_
#define WASM_VFS_SPLICE_INTERCEPTION_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wasm/module.h"

namespace wasm_vfs::splice {

/// One function import that becomes one of the shim's functions. A module may import the same
/// call more than once (Go's linker does): each is listed.
struct InterceptedImport {
  uint32_t index;       // in the function index space
  uint32_t type_index;  // the import's own
  std::string call;     // "fd_read" …
  uint64_t offset;      // of the import, in the file
  bool removed = false; // the packed module does not import it
};

/// What of the host's the packed module shall not ask for.
enum class Sealing {
  kNone,
  kFilesystem,  // no file system import remains
  kWasi,        // no WASI import remains
};

/// "fs" or "wasi", as --sealed and the manifest have it; nothing for kNone.
std::string_view sealing_name(Sealing sealing);
/// The reverse; nothing for other names.
std::optional<Sealing> find_sealing(std::string_view name);

struct InterceptionOptions {
  Sealing sealing = Sealing::kNone;
  bool arguments = false;    // default arguments are baked in
  bool environment = false;  // default environment variables are
};

struct Interception {
  std::vector<InterceptedImport> imports;  // in the order of the import section
  Sealing sealing = Sealing::kNone;
  /// The application imports wasi_unstable, whose structures differ from preview 1's.
  bool is_unstable = false;
  /// The application imports calls that take or give descriptors and that the shim does not know.
  /// The host's numbers then reach the application as they are.
  bool foreign_descriptor_calls = false;
  /// Functions by which others allocate in the application's memory: those that are exported as
  /// `cabi_realloc` and the like. Indices, each once.
  std::vector<uint32_t> allocators;
  std::vector<std::string> warnings;  // for the user, each a line

  /// The calls of all imports, each once.
  std::set<std::string, std::less<>> calls() const {
    std::set<std::string, std::less<>> names;
    for (const InterceptedImport& import : imports) names.insert(import.call);
    return names;
  }
};

/// Decides for each import. `shim` is the prebuilt shim: its exports and their types say which
/// calls are served and how. Fails for an application that cannot open files, is packed already, or
/// has a memory that the shim cannot live in, or for which an option has no effect; the message
/// says what to do.
Result<Interception> find_intercepted_imports(const wasm::Module& application,
                                              const wasm::Module& shim,
                                              const InterceptionOptions& options = {});

}  // namespace wasm_vfs::splice

#endif  // WASM_VFS_SPLICE_INTERCEPTION_H_
