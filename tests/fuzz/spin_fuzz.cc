// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fuzzes the Spin manifest's reader and editor: what is read can be rewritten, what comes out reads
// as it should, and a manifest in which nothing changes stays byte for byte; toml++ meets no input
// that it has undefined behaviour for. Seeds: tests/fuzz/seeds/spin.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fuzzing.h"
#include "spin/manifest.h"

using namespace wasm_vfs;
using namespace wasm_vfs::spin;

using fuzzing::require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Result<Manifest> manifest = Manifest::parse(text, "spin.toml");
  if (!manifest.ok()) {
    require(manifest.error().message.starts_with("spin.toml:"));
    return 0;
  }
  std::vector<std::pair<LocalPath, std::string>> paths;
  bool has_files = false;
  for (const Component& component : manifest->components()) {
    has_files |= !component.files.empty();
    for (const CodeSource& source : component.sources)
      if (source.kind == CodeSource::Kind::kFile) paths.emplace_back(source.file, "p.wasm");
  }
  for (const LocalPath& path : manifest->dependencies()) paths.emplace_back(path, "d.wasm");

  const Result<std::string> rewritten = manifest->rewrite(paths);
  require(rewritten.ok());
  if (paths.empty() && !has_files) require(*rewritten == text);
  const Result<Manifest> after = Manifest::parse(*rewritten, "spin.toml");
  require(after.ok());
  require(after->components().size() == manifest->components().size());
  for (const Component& component : after->components()) {
    require(component.files.empty());
    for (const CodeSource& source : component.sources)
      if (source.kind == CodeSource::Kind::kFile) require(source.file.path == "p.wasm");
  }
  return 0;
}
