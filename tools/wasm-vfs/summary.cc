// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a pack did: two lines for people, or one JSON object for programs. Sizes for people count
// 1000 bytes to a KB, as `ls --si` and disk makers do; JSON has bytes.
// Tested by the golden cases in tests/cli.

#include "summary.h"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace wasm_vfs::tool {

std::string readable_size(uint64_t bytes) {
  if (bytes < 1000) return std::to_string(bytes) + " bytes";
  constexpr std::array<const char*, 3> kUnits = {"KB", "MB", "GB"};
  size_t unit = 0;
  double value = static_cast<double>(bytes) / 1000;
  for (; value >= 999.95 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", value, kUnits[unit]);
  return text;
}

std::string counted(uint64_t count, const char* singular, const char* plural) {
  return std::to_string(count) + " " + (count == 1 ? singular : plural);
}

namespace {

/// "compressed 11.3 MB to 2.5 MB (22%) in chunks of 128 KiB; reading takes 512 KiB of memory"
std::string compression_line(const Summary& summary) {
  const uint64_t before = summary.compression->logical_size;
  char percent[32];
  std::snprintf(percent, sizeof percent, "%.0f%%",
                100 * static_cast<double>(summary.contents_size) / static_cast<double>(before));
  return "compressed " + readable_size(before) + " to " + readable_size(summary.contents_size) + " (" +
         percent + ") in chunks of " + std::to_string(summary.compression->chunk_size / 1024) +
         " KiB; reading takes " + std::to_string(summary.region_pages * 64) + " KiB of memory";
}

}  // namespace

std::string size_change(const std::string& input, uint64_t input_size, const std::string& output,
                        uint64_t output_size) {
  return (input == "-" ? "standard input" : input) + " (" + readable_size(input_size) + ") -> " +
         (output == "-" ? "standard output" : output) + " (" + readable_size(output_size) + ")";
}

void print_summary(const Summary& summary, Terminal& terminal, const std::string& prefix) {
  const image::Statistics& files = summary.files;
  std::string packed = prefix + "packed " + counted(files.files, "file", "files") + " (" +
                       readable_size(files.file_bytes) + ")";
  if (files.directories != 0)
    packed += " in " + counted(files.directories, "directory", "directories");
  if (files.symlinks != 0) packed += " with " + counted(files.symlinks, "symlink", "symlinks");
  if (files.shared_files != 0)
    packed += "; " + counted(files.shared_files, "file", "files") + " equal to another: saved " +
              readable_size(files.shared_bytes);
  terminal.line(packed);
  if (summary.compression) terminal.line(compression_line(summary));

  char time[32];
  std::snprintf(time, sizeof time, "%.0f ms", summary.time.count());
  terminal.line(
      size_change(summary.input, summary.input_size, summary.output, summary.output_size) + " in " +
      time + (summary.unchanged ? "; the target had these bytes already" : ""));
}

std::string json_summary(const Summary& summary) {
  const image::Statistics& files = summary.files;
  nlohmann::json json = {
      {"input", summary.input},
      {"output", summary.output},
      {"files", files.files},
      {"directories", files.directories},
      {"symlinks", files.symlinks},
      {"file_bytes", files.file_bytes},
      {"shared_files", files.shared_files},
      {"shared_bytes", files.shared_bytes},
      {"index_bytes", summary.index_size},
      {"contents_bytes", summary.contents_size},
      {"input_bytes", summary.input_size},
      {"output_bytes", summary.output_size},
      {"unchanged", summary.unchanged},
      {"warnings", summary.warnings},
      {"milliseconds", summary.time.count()},
  };
  if (summary.compression)
    json["compression"] = {{"level", summary.compression->level},
                           {"chunk_bytes", summary.compression->chunk_size},
                           {"uncompressed_bytes", summary.compression->logical_size},
                           {"memory_pages", summary.region_pages}};
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace wasm_vfs::tool
