// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The checks of lib/splice/verify.h, and with --against a comparison of the packed tree with the
// host's, scanned as pack scans it. Tested by tests/cli/cases/*verify*.test.

#include "verify.h"

#include <algorithm>
#include <utility>

#include "command_line.h"
#include "differences.h"
#include "guest_path.h"
#include "image/layer.h"
#include "listing.h"
#include "module_files.h"
#include "packed_file.h"
#include "splice/packed.h"
#include "splice/verify.h"
#include "summary.h"
#include "terminal.h"

namespace wasm_vfs::tool {
namespace {

/// What --against says, as sources of a pack. The error is a usage error.
Status finish_against(VerifyOptions& options) {
  for (const std::string& value : options.against) {
    const Result<image::HostStat> stat =
        image::posix_files().stat(value.substr(0, value.rfind("::")));
    const bool is_file = stat.ok() && stat->kind == image::HostKind::kFile;
    ASSIGN_OR_RETURN(image::Source source, parse_source(value, is_file, "--against"));
    options.tree.sources.push_back(std::move(source));
  }
  return ok_status();
}

/// What the packed tree has otherwise than the host's.
Result<std::vector<image::Difference>> compare_with_host(const VerifyOptions& options,
                                                         const PackedFile& packed) {
  const image::LayeredFiles packed_files(image::posix_files(), packed.image);
  ASSIGN_OR_RETURN(const image::ScanOptions scan, scan_options(options.tree));
  ASSIGN_OR_RETURN(const image::Tree host,
                   image::scan(options.tree.sources, scan, image::posix_files()));
  return image::compare(host, image::posix_files(), image::tree_of(packed.image), packed_files,
                        {.times = options.tree.preserve_mtime, .mounts = false});
}

std::string check_lines(const std::vector<splice::Check>& checks, const OutputStyle& style) {
  Table table({{"CHECK"}, {"RESULT"}, {"FOUND"}});
  for (const splice::Check& check : checks) {
    if (check.problems.empty()) table.add({check.name, {"ok", Colour::kGreen}, check.passed});
    for (const std::string& problem : check.problems)
      table.add({check.name, {"failed", Colour::kRed}, problem});
  }
  return table.text(style);
}

Json check_json(const std::vector<splice::Check>& checks) {
  Json list = Json::array();
  for (const splice::Check& check : checks) {
    Json item = {{"name", check.name}, {"ok", check.problems.empty()}};
    if (check.problems.empty())
      item["found"] = check.passed;
    else
      item["problems"] = check.problems;
    list.push_back(std::move(item));
  }
  return list;
}

Status run_passes(const VerifyOptions& options) {
  const std::string name = input_name(options.input.path);
  ASSIGN_OR_RETURN(MappedFile file, open_input(options.input.path));
  ASSIGN_OR_RETURN(component::CoreModule core,
                   find_packed_module(file.bytes(), name, options.input.module));
  const wasm::Module& module = core.module;
  if (!splice::find_image(module) && !module.find_custom_section(splice::kManifestSection))
    return Error{name + ": the module is not packed: it holds no files of wasm-vfs"};

  std::vector<splice::Check> checks = splice::verify(module);
  if (const auto manifest = splice::read_manifest(module);
      manifest.ok() && !core.enclosing.empty())
    checks.push_back(component::check_enclosing(core, *manifest));
  const auto failed = std::count_if(checks.begin(), checks.end(),
                                    [](const auto& check) { return !check.problems.empty(); });
  Json json = {{"ok", failed == 0}, {"checks", check_json(checks)}};
  if (!options.json) print(check_lines(checks, output_style()));

  std::vector<image::Difference> differences;
  if (!options.against.empty()) {
    ASSIGN_OR_RETURN(const PackedFile packed,
                     open_packed(std::move(file), name, std::move(core.module)));
    ASSIGN_OR_RETURN(differences, compare_with_host(options, packed));
    json["ok"] = failed == 0 && differences.empty();
    json["differences"] = difference_json(differences);
    if (!options.json) print(difference_lines(differences, output_style()));
  }
  if (options.json) print_json(json);
  if (failed != 0)
    return Error{name + ": " + counted(static_cast<uint64_t>(failed), "check", "checks") +
                 " failed: the module is not as wasm-vfs wrote it"};
  if (!differences.empty())
    return Error{name + ": the packed files differ from those of --against: " +
                 counted(differences.size(), "difference", "differences")};
  return ok_status();
}

}  // namespace

void declare_verify_options(CLI::App& command, VerifyOptions& options) {
  declare_packed_input(command, options.input);
  const char* group = "Compare";
  add_each(command, "--against", "HOST[::GUEST]",
           "the packed files are these and no others (repeatable, as pack's --dir and --file)",
           [&](const std::string& value) { options.against.push_back(value); })
      ->group(group);
  declare_scan_options(command, options.tree, group);
  add_flag(command, "--json", options.json, "as JSON")->group("Output");
}

int verify(VerifyOptions options) {
  Terminal terminal;
  if (const Status status = finish_against(options); !status.ok())
    return conclude_usage(status.error(), "verify", terminal);
  return conclude(run_passes(options), terminal);
}

}  // namespace wasm_vfs::tool
