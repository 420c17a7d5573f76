// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The image is found without the manifest, so that a stripped module can still be listed and taken
// out; then nothing tells whether its files' bytes are the right ones.
// Tested by the golden cases in tests/cli.

#include "packed_file.h"

#include <utility>

#include "component/select.h"
#include "image/paths.h"
#include "module_files.h"
#include "splice/packed.h"
#include "splice/verify.h"

namespace wasm_vfs::tool {

void declare_module_option(CLI::App& command, std::string& module, const char* group) {
  command.add_option("--module", module, "which core module of a component")
      ->option_text("NAME|INDEX")
      ->group(group);
}

void declare_packed_input(CLI::App& command, PackedInput& input) {
  command
      .add_option("PACKED.wasm", input.path,
                  "a module or component that pack wrote; - is standard input")
      ->required()
      ->option_text("PACKED.wasm");
  declare_module_option(command, input.module);
}

Result<component::CoreModule> find_packed_module(Bytes bytes, const std::string& name,
                                                 const std::string& selector) {
  ASSIGN_OR_RETURN(component::Binary binary, component::read_binary(bytes, name));
  ASSIGN_OR_RETURN(const size_t place, component::find_packed(binary, selector));
  return std::move(binary.modules[place]);
}

Result<PackedFile> open_packed(const PackedInput& input) {
  ASSIGN_OR_RETURN(MappedFile file, open_input(input.path));
  const std::string name = input_name(input.path);
  ASSIGN_OR_RETURN(component::CoreModule core, find_packed_module(file.bytes(), name, input.module));
  return open_packed(std::move(file), name, std::move(core.module));
}

Result<PackedFile> open_packed(MappedFile file, const std::string& name, wasm::Module module) {
  const std::optional<splice::ImageSegments> segments = splice::find_image(module);
  if (!segments) {
    if (module.find_custom_section(splice::kManifestSection))
      return Error{
          name +
          ": the module has the custom section 'wasm-vfs', but no packed files: another "
          "tool has dropped or joined data segments; take the module as wasm-vfs wrote it"};
    return Error{name + ": the module is not packed: it holds no files of wasm-vfs"};
  }
  Result<image::ImageReader> image = image::ImageReader::open(segments->index, segments->contents);
  if (!image.ok()) return Error{name + ": the packed files are damaged: " + image.error().message};

  PackedFile packed{name, std::move(file), std::move(module), *std::move(image), std::nullopt, {}};
  if (Result<splice::Manifest> manifest = splice::read_manifest(packed.module); manifest.ok()) {
    packed.manifest = *std::move(manifest);
    if (auto sums = splice::sums_by_node(packed.image, *packed.manifest))
      packed.sums = *std::move(sums);
  }
  packed.sums.resize(packed.image.node_count());
  return packed;
}

Status stream_file(const PackedFile& packed, uint32_t node,
                   const std::function<Status(Bytes)>& sink) {
  image::Hasher hasher;
  const Status status = packed.image.stream(node, [&](Bytes bytes) {
    hasher.update(bytes);
    return sink(bytes);
  });
  RETURN_IF_ERROR(status);
  if (packed.sums[node] && image::shorten(hasher.digest()) != *packed.sums[node])
    return Error{packed.name + ": " + image::printable(packed.image.path(node)) +
                 ": the bytes are not those that were packed: the module was changed or damaged"};
  return ok_status();
}

}  // namespace wasm_vfs::tool
