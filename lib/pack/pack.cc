// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The list of passes. Cheap refusals come first (an application that cannot be packed), then the
// work in the order in which things become known; all that can fail, but for reading the files'
// bytes, comes before anything is written.

#include "pack/pack.h"

#include <algorithm>
#include <utility>

#include "image/digest.h"
#include "image/layer.h"
#include "shim/shim.h"
#include "splice/undo.h"
#include "wasm/module.h"

namespace wasm_vfs::pack {
namespace {

/// The defaults of an earlier pack, and on top of them those of this one.
image::Defaults gather_defaults(const Options& options, const std::optional<EarlierPack>& earlier) {
  if (!earlier) return options.defaults;
  image::Defaults defaults = earlier->image.defaults();
  if (defaults.arguments.empty()) defaults.program_name = options.defaults.program_name;
  for (const std::string& argument : options.defaults.arguments)
    defaults.arguments.push_back(argument);
  for (const std::string& variable : options.defaults.environment)
    image::set_variable(defaults, variable);
  return defaults;
}

/// What is sealed stays sealed.
splice::Sealing gather_sealing(const Options& options, const std::optional<EarlierPack>& earlier) {
  return earlier ? std::max(options.sealing, earlier->manifest.sealing) : options.sealing;
}

/// As asked for, or as the files were compressed that are packed already.
std::optional<image::Compression> gather_compression(const Options& options,
                                                     const std::optional<EarlierPack>& earlier) {
  std::optional<image::Compression> compression = options.compression;
  if (!compression && earlier && earlier->image.compression())
    compression = {static_cast<int>(earlier->image.compression()->level),
                   earlier->image.compression()->chunk_size,
                   {}};
  if (compression) compression->decoder_tables = shim::decoder_tables();
  return compression;
}

splice::Manifest describe(const Plan& plan, const Input& input) {
  const wasm::Module& application = input.application();
  splice::Manifest manifest;
  manifest.version = WASM_VFS_VERSION;
  manifest.binaryen_version = shim::binaryen_version();
  manifest.mounts = plan.tree.mounts;
  manifest.sealing = plan.interception.sealing;
  manifest.application_size = application.bytes.size();
  manifest.application_digest = image::digest_of(application.bytes);
  manifest.shim_digest = image::digest_of(shim::prebuilt_shim(plan.image.compressed.has_value()));
  manifest.index_digest = image::digest_of(plan.image.index);
  manifest.enclosing = input.enclosing();
  manifest.undo = splice::encode_undo(application.bytes, plan.module, plan.image.contents_size);
  manifest.file_sums.resize(plan.image.extents.size());
  return manifest;
}

ByteBuffer manifest_section(const splice::Manifest& manifest) {
  return splice::custom_section(splice::kManifestSection, splice::encode_manifest(manifest));
}

}  // namespace

Result<Plan> plan(const Input& input, const Options& options, const image::HostFiles& host) {
  const wasm::Module& application = input.application();
  Plan plan;
  plan.threads_ = options.threads;

  // Decide which imports the shim answers. Refuses what cannot be packed.
  const image::Defaults defaults = gather_defaults(options, input.earlier);
  ASSIGN_OR_RETURN(const wasm::Module prebuilt,
                   wasm::read_module(shim::prebuilt_shim(), "the prebuilt shim"));
  ASSIGN_OR_RETURN(plan.interception,
                   splice::find_intercepted_imports(
                       application, prebuilt,
                       {gather_sealing(options, input.earlier), !defaults.arguments.empty(),
                        !defaults.environment.empty()}));
  for (const std::string& text : plan.interception.warnings)
    plan.warnings.push_back(application.file + ": " + text);

  // Place the shim's region in the application's memory.
  const std::optional<image::Compression> wanted = gather_compression(options, input.earlier);
  ASSIGN_OR_RETURN(
      plan.memory,
      splice::lay_out_memory(application, shim::region_layout(wanted ? wanted->chunk_size : 0)));

  // Scan the directories into one tree, as the guest will see it, over what is packed already.
  std::optional<image::Tree> base;
  if (input.earlier) {
    base = image::tree_of(input.earlier->image);
    plan.layered_ = std::make_unique<image::LayeredFiles>(host, input.earlier->image);
  }
  plan.files_ = plan.layered_ ? plan.layered_.get() : &host;
  ASSIGN_OR_RETURN(plan.tree,
                   image::scan(options.sources, options.scan, *plan.files_, std::move(base)));
  plan.tree.defaults = defaults;
  for (const std::string& text : plan.tree.warnings) plan.warnings.push_back(text);

  // Build the index and plan the contents. Files of equal size are read, to share equal ones; all
  // files, if they are to be compressed.
  ASSIGN_OR_RETURN(plan.image, image::build(plan.tree, *plan.files_, options.threads, wanted));
  if (wanted && !plan.image.compressed) {  // it would have saved nothing
    ASSIGN_OR_RETURN(plan.memory, splice::lay_out_memory(application, shim::region_layout()));
  }

  // The image is fixed from here on: the shim carries its numbers.
  shim::Request request = splice::shim_request(plan.interception, plan.memory);
  splice::add_image_constants(request, plan.image);
  ASSIGN_OR_RETURN(plan.shim, shim::specialise(request));

  // Splice: the module's new sections, as views of the old ones where they are unchanged.
  ASSIGN_OR_RETURN(
      plan.module,
      splice::splice({application, plan.interception, plan.memory, plan.shim, plan.image.index,
                      plan.image.contents_size, WASM_VFS_VERSION, options.threads}));
  for (const std::string& text : plan.module.warnings)
    plan.warnings.push_back(application.file + ": " + text);

  // All offsets are known from here on; only sums, of fixed width, are not.
  plan.manifest = describe(plan, input);
  plan.module_size = plan.module.head.size() + plan.image.contents_size + plan.module.tail.size() +
                     manifest_section(plan.manifest).size();
  ASSIGN_OR_RETURN(plan.around, component::surround(input.binary, input.core_module(),
                                                    plan.module_size, input.enclosing()));
  plan.size = plan.around.before.size() + plan.module_size + plan.around.after.size();
  return plan;
}

Status Plan::write(const std::function<Status(Bytes)>& sink) const {
  splice::Manifest summed = manifest;
  image::Hasher module_sum;
  const auto write_summed = [&](const Pieces& pieces) -> Status {
    for (const Bytes part : pieces.parts()) {
      module_sum.update(part);
      RETURN_IF_ERROR(sink(part));
    }
    return ok_status();
  };
  for (const Bytes part : around.before.parts()) RETURN_IF_ERROR(sink(part));
  RETURN_IF_ERROR(write_summed(module.head));
  ASSIGN_OR_RETURN(image::ContentsSums sums, image::write_contents(image, *files_, sink, threads_));
  RETURN_IF_ERROR(write_summed(module.tail));
  summed.module_digest = module_sum.digest();
  summed.contents_digest = sums.contents;
  summed.file_sums = std::move(sums.files);
  RETURN_IF_ERROR(sink(manifest_section(summed)));
  return sink(around.after);
}

}  // namespace wasm_vfs::pack
