// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a pack did, for people and as JSON.

#ifndef WASM_VFS_TOOLS_SUMMARY_H_
#define WASM_VFS_TOOLS_SUMMARY_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "image/builder.h"
#include "terminal.h"

namespace wasm_vfs::tool {

struct Summary {
  std::string input;   // as given, "-" for standard input
  std::string output;  // as given, "-" for standard output
  image::Statistics files;
  uint64_t index_size = 0;  // bytes, as all sizes
  uint64_t contents_size = 0;  // as stored
  std::optional<image::CompressionHeader> compression;
  uint32_t region_pages = 0;  // of linear memory, of 64 KiB: what the shim needs
  uint64_t input_size = 0;
  uint64_t output_size = 0;
  bool unchanged = false;  // --if-changed: the target had these bytes already
  std::vector<std::string> dependencies;  // host paths, where --depfile asks for them
  std::vector<std::string> warnings;
  std::chrono::duration<double, std::milli> time{};
};

/// "app.wasm (444 bytes) -> app.packed.wasm (5.3 KB)". Paths as given, "-" for the standard ones.
std::string size_change(const std::string& input, uint64_t input_size, const std::string& output,
                        uint64_t output_size);

/// "444 bytes", "5.3 KB": 1000 bytes to a KB.
std::string readable_size(uint64_t bytes);

/// "1 file", "2 files".
std::string counted(uint64_t count, const char* singular, const char* plural);

/// Two lines, of which the first begins with `prefix`.
void print_summary(const Summary& summary, Terminal& terminal, const std::string& prefix = {});

/// One object on one line, with the newline. Names of files that are not UTF-8 come with U+FFFD.
std::string json_summary(const Summary& summary);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_SUMMARY_H_
