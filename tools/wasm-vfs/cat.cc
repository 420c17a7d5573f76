// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All paths are looked up before anything is printed. Tested by tests/cli/cases/*cat*.test.

#include "cat.h"

#include <cstdint>
#include <cstdio>

#include "command_line.h"
#include "image/lookup.h"
#include "image/paths.h"
#include "packed_file.h"
#include "terminal.h"

namespace wasm_vfs::tool {
namespace {

Status run_passes(const CatOptions& options) {
  ASSIGN_OR_RETURN(const PackedFile packed, open_packed(options.input));
  std::vector<uint32_t> files;
  for (const std::string& path : options.paths) {
    const Result<uint32_t> node = image::look_up(packed.image, path, image::LastLink::kFollow);
    if (!node.ok()) return Error{packed.name + ": " + node.error().message};
    if (image::kind_of(packed.image.node(*node)) != image::NodeKind::kFile)
      return Error{packed.name + ": " + image::printable(path) + ": is a directory"};
    files.push_back(*node);
  }
  const auto write = [](Bytes bytes) -> Status {
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return ok_status();
    return Error{"standard output: cannot write"};
  };
  for (const uint32_t file : files) RETURN_IF_ERROR(stream_file(packed, file, write));
  return ok_status();
}

}  // namespace

void declare_cat_options(CLI::App& command, CatOptions& options) {
  declare_packed_input(command, options.input);
  command.add_option("PATH", options.paths, "what to print, as the guest names it")
      ->required()
      ->option_text("PATH...");
}

int cat(const CatOptions& options) {
  Terminal terminal;
  return conclude(run_passes(options), terminal);
}

}  // namespace wasm_vfs::tool
