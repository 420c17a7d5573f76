// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs pack`: lib/pack does it; here are what the options come to, what is said, and the file
// that is written. Tested by tests/cli and tests/e2e.

#include "pack.h"

#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/output_file.h"
#include "base/parallel.h"
#include "command_line.h"
#include "depfile.h"
#include "image/builder.h"
#include "image/chunks.h"
#include "interruption.h"
#include "module_files.h"
#include "pack/input.h"
#include "pack/pack.h"
#include "pack_report.h"
#include "summary.h"

namespace wasm_vfs::tool {
namespace {

// V8 refuses larger modules (kV8MaxWasmModuleSize).
constexpr uint64_t kEngineLimit = 1ull << 30;

/// argv[0] where the host gives none: the name of the application's file. Not that of an earlier
/// pack's output: app.packed.wasm was app.wasm.
std::string program_name(const std::string& input) {
  if (input == "-") return "app.wasm";
  const std::string name = input.substr(input.rfind('/') + 1);
  constexpr std::string_view kPacked = ".packed.wasm";
  if (name.size() > kPacked.size() && name.ends_with(kPacked))
    return name.substr(0, name.size() - kPacked.size()) + ".wasm";
  return name;
}

/// What lib/pack makes of the options, with the files of --exclude-from read.
Result<pack::Options> request_of(const PackOptions& options) {
  pack::Options request;
  request.sources = options.sources;
  ASSIGN_OR_RETURN(request.scan, scan_options(options));
  if (!options.arguments.empty()) request.defaults.program_name = program_name(options.input);
  request.defaults.arguments = options.arguments;
  for (const std::string& variable : options.environment)
    image::set_variable(request.defaults, variable);
  request.sealing = options.sealing;
  if (options.compress)
    request.compression = {
        *options.compress, options.chunk_size.value_or(image::kDefaultChunkSize), {}};
  request.threads = options.threads != 0 ? options.threads : default_thread_count();
  return request;
}

/// The host's files and directories that decide what comes out.
std::vector<std::string> dependencies_of(const PackOptions& options, const image::Tree& tree,
                                         const ListingRecorder& files) {
  std::vector<std::string> paths = files.listed();
  append_host_files(tree, paths);
  if (options.input != "-") paths.push_back(options.input);
  if (!options.config.empty()) paths.push_back(options.config);
  for (const Exclusion& exclusion : options.exclusions)
    if (exclusion.is_file) paths.push_back(exclusion.value);
  return paths;
}

void fill_in(Summary& summary, const pack::Plan& plan) {
  summary.files = plan.image.statistics;
  summary.index_size = plan.image.index.size();
  summary.contents_size = plan.image.contents_size;
  if (plan.image.compressed) summary.compression = plan.image.compressed->header;
  summary.region_pages = plan.memory.region_pages;
  summary.output_size = plan.size;
}

/// Writes the packed module to a temporary file, which is `take`'s then.
Status write_module(const PackOptions& options, const pack::Plan& plan, Terminal& terminal,
                    const TakeOutput& take) {
  const InterruptionGuard guard;  // before `output`, so that it outlives the temporary file
  ASSIGN_OR_RETURN(OutputFile output, OutputFile::create(options.output));
  const auto write = [&](Bytes bytes) -> Status {
    if (guard.interrupted()) return Error{options.output + ": interrupted; nothing was changed"};
    RETURN_IF_ERROR(output.write(bytes));
    terminal.progress("writing", output.offset(), plan.size);
    return ok_status();
  };
  RETURN_IF_ERROR(plan.write(write));
  return take(std::move(output));
}

}  // namespace

Status pack_file(const PackOptions& options, Terminal& terminal, Summary& summary,
                 const TakeOutput& take) {
  const auto start = std::chrono::steady_clock::now();
  summary.input = options.input;
  summary.output = options.output;
  const auto warn = [&](const std::string& text) {
    terminal.warning(text);
    summary.warnings.push_back(text);
  };

  // The application's bytes are mapped, and stay so until all is written.
  ASSIGN_OR_RETURN(MappedFile file, open_input(options.input));
  summary.input_size = file.bytes().size();
  ASSIGN_OR_RETURN(const pack::Input input,
                   pack::read_input(std::move(file), input_name(options.input), options.module));
  if (!input.earlier && options.sources.empty())
    return Error{input.application().file +
                 ": nothing to pack, and no files of an earlier pack: give --dir HOST[::GUEST] or "
                 "--file HOST[::GUEST]"};
  ASSIGN_OR_RETURN(const pack::Options request, request_of(options));
  const ListingRecorder files(image::posix_files());
  ASSIGN_OR_RETURN(const pack::Plan plan, pack::plan(input, request, files));

  report_plan(input, plan, terminal);
  fill_in(summary, plan);
  if (!options.depfile.empty()) summary.dependencies = dependencies_of(options, plan.tree, files);
  for (const std::string& text : plan.warnings) warn(text);
  for (const std::string& path : {options.input, options.output})
    if (packs_file(plan.image, path))
      warn(path + " is packed too; " + options.exclude_option + " leaves it out");
  if (options.max_size)
    RETURN_IF_ERROR(image::check_max_size(plan.image, plan.size, *options.max_size));
  if (plan.size > kEngineLimit)
    warn(options.output + ": larger than 1 GiB, which V8 (Node, browsers) refuses to load");

  RETURN_IF_ERROR(write_module(options, plan, terminal, take));
  summary.time = std::chrono::steady_clock::now() - start;
  return ok_status();
}

namespace {

/// Puts the packed module, and what it depends on, in place. What can fail comes before the target
/// changes. With --if-changed a target that has the same bytes stays as it is.
Status commit(const PackOptions& options, Summary& summary, OutputFile output) {
  std::optional<OutputFile> depfile;
  if (!options.depfile.empty()) {
    ASSIGN_OR_RETURN(const std::string rules, depfile_text(options.output, summary.dependencies));
    ASSIGN_OR_RETURN(depfile, OutputFile::create(options.depfile));
    RETURN_IF_ERROR(depfile->write(as_bytes(rules)));
    RETURN_IF_ERROR(depfile->close());
  }
  if (options.if_changed) {
    ASSIGN_OR_RETURN(summary.unchanged, output.equals_target());
  }
  if (!summary.unchanged) RETURN_IF_ERROR(output.commit());
  return depfile ? depfile->commit() : ok_status();
}

}  // namespace

int pack(PackOptions options) {
  Terminal terminal(options.verbosity());
  if (const Status status = finish_pack_options(options); !status.ok())
    return conclude_usage(status.error(), "pack", terminal);
  Summary summary;
  const auto take = [&](OutputFile output) { return commit(options, summary, std::move(output)); };
  if (const Status status = pack_file(options, terminal, summary, take); !status.ok())
    return conclude(status, terminal);
  print_summary(summary, terminal);
  if (options.json) std::fputs(json_summary(summary).c_str(), stdout);
  return kExitDone;
}

}  // namespace wasm_vfs::tool
