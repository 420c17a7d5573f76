// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs spin` as the list of its passes. Each component that has files is packed as `wasm-vfs
// pack` would; everything is written to temporary files, which take their places together at the
// end, the manifest last. docs/spin.md says what comes out. Tested by tests/cli/cases/*spin*.test
// and tests/e2e/test_spin.py.

#include "spin.h"

#include <cstdio>
#include <filesystem>
#include <utility>
#include <vector>

#include "base/mapped_file.h"
#include "base/output_file.h"
#include "command_line.h"
#include "interruption.h"
#include "pack.h"
#include "spin/manifest.h"
#include "spin_plan.h"
#include "spin_report.h"
#include "terminal.h"

namespace wasm_vfs::tool {
namespace {

namespace fs = std::filesystem;

/// Makes directories, and removes those again that it made unless they are kept.
class NewDirectories {
 public:
  ~NewDirectories() {
    std::error_code ignored;
    for (; !made_.empty(); made_.pop_back()) fs::remove(made_.back(), ignored);
  }

  Status make(const fs::path& directory) {
    std::error_code error;
    if (directory.empty() || fs::is_directory(directory, error)) return ok_status();
    RETURN_IF_ERROR(make(directory.parent_path()));
    if (fs::create_directory(directory, error)) made_.push_back(directory);
    if (error)
      return Error{directory.string() + ": cannot create this directory: " + error.message()};
    return ok_status();
  }

  void keep() { made_.clear(); }

 private:
  std::vector<fs::path> made_;
};

/// What the component sees, as sources of a pack. Spin mounts one directory at `/`.
std::vector<image::Source> sources_of(const spin::FileTree& tree) {
  std::vector<image::Source> sources{{"", "/"}};
  for (const std::string& guest : tree.directories)
    if (guest != "/") sources.push_back({"", guest});
  for (const auto& [guest, host] : tree.files) sources.push_back({host, guest, true});
  return sources;
}

Status copy(const std::string& from, OutputFile& to) {
  ASSIGN_OR_RETURN(const MappedFile file, MappedFile::open(from));
  return to.write(file.bytes());
}

/// That the output directory is not the one whose manifest would be overwritten.
Status check_output(const SpinOptions& options) {
  if (options.output.empty()) return Error{"-o: the name of the directory is empty"};
  const fs::path parent = fs::path(options.manifest).parent_path();
  std::error_code error;
  if (fs::equivalent(parent.empty() ? "." : parent, options.output, error))
    return Error{"-o " + options.output + ": is the directory of " + options.manifest +
                 ", which would be overwritten; name another"};
  return ok_status();
}

/// All passes. Fills `plan` and `summary` as it goes.
Status run_passes(const SpinOptions& options, const spin::Manifest& manifest, Terminal& terminal,
                  SpinPlan& plan, SpinSummary& summary) {
  const image::HostFiles& files = image::posix_files();
  const fs::path directory(options.output);
  const auto warn = [&](const std::string& text) {
    terminal.warning(text);
    summary.warnings.push_back(text);
  };

  // Find all files, and decide what is written where. The new manifest is known from here on.
  ASSIGN_OR_RETURN(plan, plan_spin(manifest, options.manifest, options.output, files));
  for (const spin::FileTree& tree : plan.trees)
    for (const std::string& text : tree.warnings) warn(text);
  if (plan.packs.empty()) warn(options.manifest + ": no component has files; nothing is packed");
  ASSIGN_OR_RETURN(const std::string text, manifest.rewrite(plan.paths));

  // Write temporary files. Before `outputs` come what they shall not outlive.
  const InterruptionGuard guard;
  NewDirectories directories;
  std::vector<OutputFile> outputs;
  const auto create = [&](const std::string& name) -> Result<OutputFile*> {
    RETURN_IF_ERROR(directories.make((directory / name).parent_path()));
    ASSIGN_OR_RETURN(OutputFile output, OutputFile::create((directory / name).string()));
    outputs.push_back(std::move(output));
    return &outputs.back();
  };
  RETURN_IF_ERROR(directories.make(directory));
  for (const SpinPack& pack : plan.packs) {
    PackOptions pack_options = options.pack;
    pack_options.input = pack.host;
    pack_options.output = (directory / pack.output).string();
    pack_options.sources = sources_of(plan.trees[pack.tree]);
    pack_options.exclude_option = "exclude_files";
    terminal.detail("component " + pack.component->id + ": " + pack.host);
    for (const auto& [guest, host] : plan.trees[pack.tree].files)
      terminal.detail("file: " + guest + " is " + host);
    const Status status =
        pack_file(pack_options, terminal, summary.packs.emplace_back(), [&](OutputFile output) {
          outputs.push_back(std::move(output));
          return ok_status();
        });
    if (!status.ok())
      return Error{pack.source->file.position + ": component " + pack.component->id + ": " +
                   status.error().message};
  }
  for (const SpinCopy& each : plan.copies) {
    ASSIGN_OR_RETURN(OutputFile* const output, create(each.output));
    if (const Status status = copy(each.host, *output); !status.ok())
      return Error{each.path->position + ": " + status.error().message};
  }
  ASSIGN_OR_RETURN(OutputFile* const output,
                   create(fs::path(options.manifest).filename().string()));
  RETURN_IF_ERROR(output->write(as_bytes(text)));
  ASSIGN_OR_RETURN(summary.repeated, find_repeated_files(plan, files));

  // All has been written from here on; the files take their places, the manifest last.
  for (OutputFile& each : outputs) RETURN_IF_ERROR(each.close());
  if (guard.interrupted()) return Error{options.output + ": interrupted; nothing was changed"};
  directories.keep();
  for (OutputFile& each : outputs) RETURN_IF_ERROR(each.commit());
  return ok_status();
}

}  // namespace

void declare_spin_options(CLI::App& command, SpinOptions& options) {
  command.add_option("spin.toml", options.manifest, "the manifest, of version 1 or 2")
      ->required()
      ->option_text("spin.toml");
  declare_mtime_option(command, options.pack, "Files");
  declare_module_options(command, options.pack);
  command.add_option("-o,--output", options.output, "the directory to write; made if need be")
      ->required()
      ->option_text("DIR")
      ->group("Output");
  declare_report_options(command, options.pack);
}

int spin(SpinOptions options) {
  Terminal terminal(options.pack.verbosity());
  Status usage = finish_shared_pack_options(options.pack);
  if (usage.ok()) usage = check_output(options);
  if (!usage.ok()) return conclude_usage(usage.error(), "spin", terminal);
  Result<MappedFile> text = MappedFile::open(options.manifest);
  if (!text.ok()) return conclude(text.error(), terminal);
  const Result<spin::Manifest> manifest =
      spin::Manifest::parse(std::string(as_text(text->bytes())), options.manifest);
  if (!manifest.ok()) return conclude(manifest.error(), terminal);

  SpinPlan plan;
  SpinSummary summary;
  summary.manifest = (fs::path(options.output) / fs::path(options.manifest).filename()).string();
  if (const Status status = run_passes(options, *manifest, terminal, plan, summary); !status.ok())
    return conclude(status, terminal);
  print_spin_summary(plan, summary, terminal);
  if (options.pack.json) std::fputs(spin_json(plan, summary).c_str(), stdout);
  return kExitDone;
}

}  // namespace wasm_vfs::tool
