// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The options of `wasm-vfs pack`: how they are given, and what they come to.

#ifndef WASM_VFS_TOOLS_PACK_OPTIONS_H_
#define WASM_VFS_TOOLS_PACK_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "image/tree.h"
#include "splice/interception.h"
#include "terminal.h"

namespace wasm_vfs::tool {

/// One --exclude GLOB or --exclude-from FILE. Their order matters, so they are kept together.
struct Exclusion {
  bool is_file;
  std::string value;
};

struct PackOptions {
  std::string input;                   // "-" is standard input
  std::string output;                  // "-" is standard output
  std::string module;                  // of a component: a core module's name or number, or empty
  std::vector<image::Source> sources;  // in the order given
  std::vector<Exclusion> exclusions;   // in the order given
  const char* exclude_option = "--exclude";  // what the user leaves files out with, for messages
  image::SymlinkPolicy symlinks = image::SymlinkPolicy::kKeep;
  bool preserve_mtime = false;
  uint64_t mtime_ns = image::kDefaultMtimeNs;
  std::vector<std::string> arguments;    // --arg, in the order given
  std::vector<std::string> environment;  // --env, NAME=VALUE, in the order given
  splice::Sealing sealing = splice::Sealing::kNone;
  bool replace = false;              // mounts of an earlier pack at the same guest path
  std::optional<int> compress;            // zstd's level
  std::optional<uint32_t> chunk_size;     // bytes
  std::vector<std::string> stay_raw;      // patterns of files that are not compressed
  std::optional<uint64_t> max_size;  // bytes of the packed module
  bool if_changed = false;  // a target with the same bytes is left as it is
  std::string depfile;      // where to; empty: none
  std::string config;       // the file that options came from; empty: none
  bool json = false;
  bool verbose = false;
  bool quiet = false;
  unsigned threads = 0;  // 0: as many as the machine has

  // As typed; finish_pack_options() makes `sealing` and `sources` of them.
  std::string given_sealing;
  struct GivenSource {
    bool is_file;
    std::string value;
  };
  std::vector<GivenSource> given_sources;

  /// Whether options of the group "Program" were given.
  bool changes_program() const {
    return !arguments.empty() || !environment.empty() || sealing != splice::Sealing::kNone;
  }

  Verbosity verbosity() const {
    return quiet ? Verbosity::kQuiet : verbose ? Verbosity::kVerbose : Verbosity::kNormal;
  }
};

/// Declares the options that say how directories are scanned: what is left out, symlinks, times.
void declare_scan_options(CLI::App& command, PackOptions& options, const char* group);
/// The last of them.
void declare_mtime_option(CLI::App& command, PackOptions& options, const char* group);

/// What these options come to. Fails where a file of --exclude-from cannot be read, or a pattern is
/// none.
Result<image::ScanOptions> scan_options(const PackOptions& options);

/// Declares the options on `command`. They are stored in `options`, which must outlive the parse.
void declare_pack_options(CLI::App& command, PackOptions& options);

/// Those of them that do not name what is packed, for commands that know that by themselves: what
/// the packed module is like, and what is said about it.
void declare_module_options(CLI::App& command, PackOptions& options);
void declare_report_options(CLI::App& command, PackOptions& options);

/// What the parser cannot do: guest paths, defaults, SOURCE_DATE_EPOCH, options that exclude each
/// other. The error is a usage error.
Status finish_pack_options(PackOptions& options);

/// The part of it for the options of declare_module_options() and declare_report_options().
Status finish_shared_pack_options(PackOptions& options);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_PACK_OPTIONS_H_
