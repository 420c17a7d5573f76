// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `wasm-vfs pack` as the list of its passes. Cheap refusals come first (an application that cannot
// be packed), then the work in the order in which things become known; nothing is written before
// all that can fail, but for the files' bytes, has been done. docs/architecture.md follows this
// file. Tested by tests/cli and tests/e2e.

#include "pack.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

#include "base/mapped_file.h"
#include "base/output_file.h"
#include "base/parallel.h"
#include "command_line.h"
#include "component/binary.h"
#include "depfile.h"
#include "image/builder.h"
#include "image/layer.h"
#include "interruption.h"
#include "pack_input.h"
#include "pack_report.h"
#include "shim/shim.h"
#include "splice/manifest.h"
#include "splice/splice.h"
#include "splice/undo.h"
#include "summary.h"
#include "wasm/module.h"

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

/// The defaults of an earlier pack, and on top of them those of this one.
image::Defaults gather_defaults(const PackOptions& options,
                                const std::optional<EarlierPack>& earlier) {
  image::Defaults defaults;
  if (earlier) defaults = earlier->image.defaults();
  if (defaults.arguments.empty() && !options.arguments.empty())
    defaults.program_name = program_name(options.input);
  for (const std::string& argument : options.arguments) defaults.arguments.push_back(argument);
  for (const std::string& variable : options.environment) image::set_variable(defaults, variable);
  return defaults;
}

/// What is sealed stays sealed.
splice::Sealing gather_sealing(const PackOptions& options,
                               const std::optional<EarlierPack>& earlier) {
  return earlier ? std::max(options.sealing, earlier->manifest.sealing) : options.sealing;
}

/// As asked for, or as the files were compressed that are packed already.
std::optional<image::Compression> compression(const PackOptions& options,
                                              const std::optional<EarlierPack>& earlier) {
  image::Compression compression;
  compression.decoder_tables = shim::decoder_tables();
  if (options.compress) {
    compression.level = *options.compress;
    compression.chunk_size = options.chunk_size.value_or(image::kDefaultChunkSize);
    return compression;
  }
  if (!earlier || !earlier->image.compression()) return std::nullopt;
  compression.level = static_cast<int>(earlier->image.compression()->level);
  compression.chunk_size = earlier->image.compression()->chunk_size;
  return compression;
}

splice::Manifest describe(const image::Tree& tree, const image::Image& image,
                          const PackInput& input, splice::Sealing sealing,
                          const splice::PackedModule& packed) {
  const wasm::Module& application = input.application();
  splice::Manifest manifest;
  manifest.version = WASM_VFS_VERSION;
  manifest.binaryen_version = shim::binaryen_version();
  manifest.mounts = tree.mounts;
  manifest.sealing = sealing;
  manifest.application_size = application.bytes.size();
  manifest.application_digest = image::digest_of(application.bytes);
  manifest.shim_digest = image::digest_of(shim::prebuilt_shim(image.compressed.has_value()));
  manifest.index_digest = image::digest_of(image.index);
  manifest.enclosing = input.enclosing();
  manifest.undo = splice::encode_undo(application.bytes, packed, image.contents_size);
  manifest.file_sums.resize(image.extents.size());
  return manifest;
}

ByteBuffer manifest_section(const splice::Manifest& manifest) {
  return splice::custom_section(splice::kManifestSection, splice::encode_manifest(manifest));
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

/// Writes the packed module, and what is around it in a component, to a temporary file, which is
/// `take`'s then.
Status write_module(const PackOptions& options, const component::Surroundings& around,
                    const splice::PackedModule& module, const image::Image& image,
                    const image::HostFiles& files, splice::Manifest manifest, uint64_t total,
                    unsigned threads, Terminal& terminal, const TakeOutput& take) {
  const InterruptionGuard guard;  // before `output`, so that it outlives the temporary file
  ASSIGN_OR_RETURN(OutputFile output, OutputFile::create(options.output));
  image::Hasher module_sum;
  const auto write = [&](Bytes bytes) -> Status {
    if (guard.interrupted()) return Error{options.output + ": interrupted; nothing was changed"};
    RETURN_IF_ERROR(output.write(bytes));
    terminal.progress("writing", output.offset(), total);
    return ok_status();
  };
  const auto write_summed = [&](const Pieces& pieces) -> Status {
    for (const Bytes part : pieces.parts()) {
      module_sum.update(part);
      RETURN_IF_ERROR(write(part));
    }
    return ok_status();
  };
  for (const Bytes part : around.before.parts()) RETURN_IF_ERROR(write(part));
  RETURN_IF_ERROR(write_summed(module.head));
  ASSIGN_OR_RETURN(image::ContentsSums sums, image::write_contents(image, files, write, threads));
  RETURN_IF_ERROR(write_summed(module.tail));
  manifest.module_digest = module_sum.digest();
  manifest.contents_digest = sums.contents;
  manifest.file_sums = std::move(sums.files);
  RETURN_IF_ERROR(write(manifest_section(manifest)));
  RETURN_IF_ERROR(write(around.after));
  return take(std::move(output));
}

}  // namespace

Result<image::Tree> scan_sources(const PackOptions& options, const image::HostFiles& files,
                                 std::optional<image::Tree> base) {
  image::ScanOptions scan;
  scan.symlinks = options.symlinks;
  scan.preserve_mtime = options.preserve_mtime;
  scan.mtime_ns = options.mtime_ns;
  scan.replace = options.replace;
  for (const Exclusion& exclusion : options.exclusions) {
    if (!exclusion.is_file) {
      RETURN_IF_ERROR(scan.excludes.add(exclusion.value));
      continue;
    }
    ASSIGN_OR_RETURN(const MappedFile list, MappedFile::open(exclusion.value));
    RETURN_IF_ERROR(scan.excludes.add_lines(as_text(list.bytes()), exclusion.value));
  }
  for (const std::string& pattern : options.stay_raw)
    RETURN_IF_ERROR(scan.stay_raw.add(pattern));
  return image::scan(options.sources, scan, files, std::move(base));
}

Status pack_file(const PackOptions& options, Terminal& terminal, Summary& summary,
                 const TakeOutput& take) {
  const auto start = std::chrono::steady_clock::now();
  const unsigned threads = options.threads != 0 ? options.threads : default_thread_count();
  summary.input = options.input;
  summary.output = options.output;
  const auto warn = [&](const std::string& text) {
    terminal.warning(text);
    summary.warnings.push_back(text);
  };

  // Read the application's structure, out of a component or a packed module too. The bytes are
  // mapped, and stay so until all is written.
  ASSIGN_OR_RETURN(const PackInput input, read_pack_input(options.input, options.module));
  const wasm::Module& application = input.application();
  summary.input_size = input.file.bytes().size();
  report_earlier_pack(input.earlier, terminal);
  if (!input.earlier && options.sources.empty())
    return Error{application.file +
                 ": nothing to pack, and no files of an earlier pack: give --dir HOST[::GUEST] or "
                 "--file HOST[::GUEST]"};
  const image::Defaults defaults = gather_defaults(options, input.earlier);

  // Decide which imports the shim answers. Refuses what cannot be packed.
  ASSIGN_OR_RETURN(const wasm::Module prebuilt,
                   wasm::read_module(shim::prebuilt_shim(), "the prebuilt shim"));
  ASSIGN_OR_RETURN(const splice::Interception interception,
                   splice::find_intercepted_imports(
                       application, prebuilt,
                       {gather_sealing(options, input.earlier), !defaults.arguments.empty(),
                        !defaults.environment.empty()}));
  for (const std::string& text : interception.warnings) warn(application.file + ": " + text);
  report_interception(interception, terminal);

  // Place the shim's region in the application's memory.
  const std::optional<image::Compression> wanted = compression(options, input.earlier);
  ASSIGN_OR_RETURN(
      splice::MemoryLayout memory,
      splice::lay_out_memory(application, shim::region_layout(wanted ? wanted->chunk_size : 0)));

  // Scan the directories into one tree, as the guest will see it, over what is packed already.
  std::optional<image::LayeredFiles> layered;
  if (input.earlier) layered.emplace(image::posix_files(), input.earlier->image);
  const ListingRecorder files(layered ? *layered : image::posix_files());
  std::optional<image::Tree> base;
  if (input.earlier) base = image::tree_of(input.earlier->image);
  ASSIGN_OR_RETURN(image::Tree tree, scan_sources(options, files, std::move(base)));
  tree.defaults = defaults;
  for (const std::string& text : tree.warnings) warn(text);
  if (!options.depfile.empty()) summary.dependencies = dependencies_of(options, tree, files);

  // Build the index and plan the contents. Files of equal size are read, to share equal ones; all
  // files, if they are to be compressed.
  ASSIGN_OR_RETURN(const image::Image image, image::build(tree, files, threads, wanted));
  if (wanted && !image.compressed) {  // it would have saved nothing
    ASSIGN_OR_RETURN(memory, splice::lay_out_memory(application, shim::region_layout()));
  }
  report_memory(memory, terminal);
  summary.files = image.statistics;
  summary.index_size = image.index.size();
  summary.contents_size = image.contents_size;
  if (image.compressed) summary.compression = image.compressed->header;
  summary.region_pages = memory.region_pages;
  for (const std::string& path : {options.input, options.output})
    if (packs_file(image, path)) warn(path + " is packed too; " + options.exclude_option + " leaves it out");

  // The image is fixed from here on: the shim carries its numbers.
  shim::Request request = splice::shim_request(interception, memory);
  splice::add_image_constants(request, image);
  ASSIGN_OR_RETURN(const ByteBuffer shim, shim::specialise(request));

  // Splice: the module's new sections, as views of the old ones where they are unchanged.
  ASSIGN_OR_RETURN(const splice::PackedModule packed,
                   splice::splice({application, interception, memory, shim, image.index,
                                   image.contents_size, WASM_VFS_VERSION, threads}));
  for (const std::string& text : packed.warnings) warn(application.file + ": " + text);

  // All offsets are known from here on; only sums, of fixed width, are not.
  const splice::Manifest manifest = describe(tree, image, input, interception.sealing, packed);
  const uint64_t module_size = packed.head.size() + image.contents_size + packed.tail.size() +
                               manifest_section(manifest).size();
  ASSIGN_OR_RETURN(const component::Surroundings around,
                   component::surround(input.binary, input.core_module(), module_size,
                                       input.enclosing()));
  summary.output_size = around.before.size() + module_size + around.after.size();
  report_module(packed, image, around.before.size(), module_size, terminal);
  if (options.max_size)
    RETURN_IF_ERROR(image::check_max_size(image, summary.output_size, *options.max_size));
  if (summary.output_size > kEngineLimit)
    warn(options.output + ": larger than 1 GiB, which V8 (Node, browsers) refuses to load");

  // Write, to a temporary file that takes the target's place when it is committed.
  RETURN_IF_ERROR(write_module(options, around, packed, image, files, manifest,
                               summary.output_size, threads, terminal, take));
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
