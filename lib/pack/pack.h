// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Packs files into an application: all passes, for the command and for programs that pack by
// themselves (docs/examples/library). plan() does everything but the files' bytes, and writes
// nothing; Plan::write() streams the packed module. docs/architecture.md follows these passes.
// Tested by pack_test.cc, and by tests/cli and tests/e2e through the command.

#ifndef WASM_VFS_PACK_PACK_H_
#define WASM_VFS_PACK_PACK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "component/binary.h"
#include "image/builder.h"
#include "image/host_files.h"
#include "image/tree.h"
#include "pack/input.h"
#include "splice/interception.h"
#include "splice/manifest.h"
#include "splice/memory_layout.h"
#include "splice/splice.h"

namespace wasm_vfs::pack {

/// What is packed, and what the packed module is like. Into a module that is packed already goes a
/// further layer: the sources lie on top of its files, the defaults are added to its own, and what
/// is sealed stays sealed.
struct Options {
  std::vector<image::Source> sources;  // in order, a later one on top
  image::ScanOptions scan;
  image::Defaults
      defaults;  // the program's name counts only where an earlier pack has no arguments
  splice::Sealing sealing = splice::Sealing::kNone;
  std::optional<image::Compression> compression;  // without the decoder's tables; if not given, as
                                                  // an earlier pack compressed
  unsigned threads = 1;                           // at least 1; does not change what comes out
};

/// A packed module of which all is known but the files' bytes.
struct Plan {
  std::vector<std::string> warnings;  // for the user, each a line
  splice::Interception interception;
  splice::MemoryLayout memory;
  image::Tree tree;
  image::Image image;           // refers to the tree
  ByteBuffer shim;              // as specialised
  splice::PackedModule module;  // views of the application, the image's index and the shim
  splice::Manifest manifest;    // but for the sums of what write() writes
  component::Surroundings around;
  uint64_t module_size = 0;  // bytes of the packed core module
  uint64_t size = 0;         // bytes of the whole file, with the component around it

  /// Gives all bytes of the packed file to `sink`, in order and in blocks that are valid during the
  /// call only. Errors: the sink's; a file cannot be read, or is not what plan() saw. What the sink
  /// got is void then.
  Status write(const std::function<Status(Bytes)>& sink) const;

 private:
  friend Result<Plan> plan(const Input& input, const Options& options,
                           const image::HostFiles& host);

  unsigned threads_ = 1;
  const image::HostFiles* files_ = nullptr;
  std::unique_ptr<image::HostFiles> layered_;  // the host's and those of an earlier pack
};

/// Refers to `input` and `host`, which must outlive the plan and stay where they are. Errors, which
/// name the file: an application that cannot be packed; a source that cannot be read, or has what
/// cannot be packed; an output that would be too large.
Result<Plan> plan(const Input& input, const Options& options,
                  const image::HostFiles& host = image::posix_files());

}  // namespace wasm_vfs::pack

#endif  // WASM_VFS_PACK_PACK_H_
