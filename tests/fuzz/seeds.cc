// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes the seeds that are images or zstd frames: `fuzz_seeds DIRECTORY` makes DIRECTORY/index/*,
// which are an index with its contents behind it, and DIRECTORY/decoder/*, frames behind two bytes
// that choose how they are decoded. A part of tests/fuzz/run.

#include <zstd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "fake_host.h"
#include "fuzzing.h"
#include "testing/text.h"

namespace {

using wasm_vfs::fuzzing::require;
using namespace wasm_vfs::runtime;
using wasm_vfs::as_bytes;
using wasm_vfs::noise;
using wasm_vfs::text;

void write(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  require(file.good());
}

void write_image(const std::filesystem::path& path, const Image& image) {
  std::string bytes(image.index.begin(), image.index.end());
  bytes.append(image.contents.begin(), image.contents.end());
  write(path, bytes);
}

void write_images(const std::filesystem::path& folder) {
  const Files files = {{"a/b", text(300, 1)},  {"a/link", "-> b"}, {"a/empty/", ""},
                       {"c", text(20'000, 1)}, {"d", text(300, 1)},   {"raw", "as it is"}};
  wasm_vfs::image::Defaults defaults;
  defaults.program_name = "program";
  defaults.arguments = {"--flag"};
  defaults.environment = {"NAME=VALUE"};
  Files small = files;
  small[3].second = text(100, 1);
  write_image(folder / "raw", build_image(small, {"/", "/a"}, defaults));
  wasm_vfs::image::ScanOptions options;
  require(options.stay_raw.add("raw").ok());
  const wasm_vfs::image::Compression compression{3, wasm_vfs::image::kMinChunkSize,
                                                 as_bytes("tables")};
  write_image(folder / "compressed", build_image(files, {"/"}, {}, compression, options));
}

void write_frame(const std::filesystem::path& path, const std::string& choices,
                 const std::string& bytes, int level) {
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string frame(ZSTD_compressBound(bytes.size()), '\0');
  frame.resize(ZSTD_compress2(context, frame.data(), frame.size(), bytes.data(), bytes.size()));
  ZSTD_freeCCtx(context);
  write(path, choices + frame);
}

void write_frames(const std::filesystem::path& folder) {
  const std::vector<std::string> contents = {
      "",
      "a",
      text(500, 1),
      text(6000, 1),
      noise(700),
      std::string(3000, 'x'),
      // Several blocks: of noise, of one byte, of text.
      text(1000, 1) + noise(2000) + std::string(140'000, 'y') + text(9000, 1),
  };
  for (size_t i = 0; i < contents.size(); ++i)
    for (const int level : {1, 9, 19})
      for (const char choices : {'\2', '\3'})  // elsewhere, in place
        write_frame(folder / (std::to_string(i) + "-" + std::to_string(level) + "-" +
                              std::to_string(choices)),
                    {choices, '\x80'}, contents[i], level);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: fuzz_seeds DIRECTORY\n", stderr);
    return 2;
  }
  write_images(std::filesystem::path(argv[1]) / "index");
  write_frames(std::filesystem::path(argv[1]) / "decoder");
  return 0;
}
