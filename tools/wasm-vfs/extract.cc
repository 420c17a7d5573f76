// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tested by tests/cli/cases/*extract*.test; hostile images by tests/unit/image/extract_test.cc.

#include "extract.h"

#include <cstdint>
#include <utility>

#include "command_line.h"
#include "image/extract.h"
#include "image/lookup.h"
#include "listing.h"
#include "summary.h"
#include "terminal.h"

namespace wasm_vfs::tool {
namespace {

Result<image::Extracted> run_passes(const ExtractOptions& options) {
  ASSIGN_OR_RETURN(const PackedFile packed, open_packed(options.input));
  std::vector<uint32_t> nodes;
  for (const std::string& path : options.paths) {
    const Result<uint32_t> node = image::look_up(packed.image, path, image::LastLink::kKeep);
    if (!node.ok()) return Error{packed.name + ": " + node.error().message};
    nodes.push_back(*node);
  }
  if (options.paths.empty()) nodes.push_back(image::kRootNode);
  const auto stream = [&](uint32_t node, const std::function<Status(Bytes)>& sink) {
    return stream_file(packed, node, sink);
  };
  return image::extract(packed.image, nodes, options.output, stream, {.force = options.force});
}

}  // namespace

void declare_extract_options(CLI::App& command, ExtractOptions& options) {
  declare_packed_input(command, options.input);
  command.add_option("PATH", options.paths, "what to extract, as the guest names it [all]")
      ->option_text("[PATH...]");
  const char* const group = "Output";
  command
      .add_option("-o,--output", options.output,
                  "the directory to write to; it is made if it is missing")
      ->required()
      ->option_text("DIR")
      ->group(group);
  add_flag(command, "--force", options.force, "replace files that exist")->group(group);
  add_flag(command, "--json", options.json, "print the summary as JSON on standard output")
      ->group(group);
  add_flag(command, "-q,--quiet", options.quiet, "no summary")->group(group);
}

int extract(const ExtractOptions& options) {
  Terminal terminal(options.quiet ? Verbosity::kQuiet : Verbosity::kNormal);
  const Result<image::Extracted> done = run_passes(options);
  if (!done.ok()) return conclude(done.error(), terminal);
  std::string text = "extracted " + counted(done->files, "file", "files") + " (" +
                     readable_size(done->bytes) + ")";
  if (done->directories != 0)
    text += " in " + counted(done->directories, "directory", "directories");
  if (done->symlinks != 0) text += " with " + counted(done->symlinks, "symlink", "symlinks");
  terminal.line(text + " to " + options.output);
  if (options.json)
    print_json({{"input", options.input.path},
                {"output", options.output},
                {"files", done->files},
                {"directories", done->directories},
                {"symlinks", done->symlinks},
                {"file_bytes", done->bytes}});
  return kExitDone;
}

}  // namespace wasm_vfs::tool
