// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compares packed files only, with their times and mounts: modules that differ in their code alone
// are without difference. Tested by tests/cli/cases/*diff*.test.

#include "diff.h"

#include <cstdio>

#include "command_line.h"
#include "differences.h"
#include "image/layer.h"
#include "packed_file.h"
#include "terminal.h"

namespace wasm_vfs::tool {
namespace {

// As POSIX has them for diff.
enum DiffExitCode { kSame = 0, kDifferent = 1, kTrouble = 2 };

Result<std::vector<image::Difference>> run_passes(const DiffOptions& options) {
  if (options.before == "-" && options.after == "-")
    return Error{"only one of the modules can come from standard input"};
  ASSIGN_OR_RETURN(const PackedFile before, open_packed({options.before, options.module}));
  ASSIGN_OR_RETURN(const PackedFile after, open_packed({options.after, options.module}));
  return image::compare(
      image::tree_of(before.image), image::LayeredFiles(image::posix_files(), before.image),
      image::tree_of(after.image), image::LayeredFiles(image::posix_files(), after.image),
      {.times = true, .mounts = true});
}

}  // namespace

void declare_diff_options(CLI::App& command, DiffOptions& options) {
  command
      .add_option("OLD.wasm", options.before,
                  "a module or component that pack wrote; - is standard input")
      ->required()
      ->option_text("OLD.wasm");
  command.add_option("NEW.wasm", options.after, "another")->required()->option_text("NEW.wasm");
  declare_module_option(command, options.module);
  add_flag(command, "--json", options.json, "as JSON")->group("Output");
}

int diff(const DiffOptions& options) {
  const Result<std::vector<image::Difference>> differences = run_passes(options);
  if (!differences.ok()) {
    Terminal().error(differences.error().message);
    return kTrouble;
  }
  if (options.json)
    print_json({{"differences", difference_json(*differences)}});
  else
    print(difference_lines(*differences, output_style()));
  if (std::fflush(stdout) != 0) {
    Terminal().error("standard output: cannot write");
    return kTrouble;
  }
  return differences->empty() ? kSame : kDifferent;
}

}  // namespace wasm_vfs::tool
