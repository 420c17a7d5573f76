// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A packed module is never packed as it stands, which would put a shim inside a shim: the
// application is taken out of it, and packed anew with the old files under the new ones. So two
// packs give what one with all directories gives, byte for byte. That the application and the old
// files are those that were packed is checked by the manifest's sums.
// Tested by tests/cli/cases/*again*.test and tests/cli/properties (layers_equal_one_pack).

#include "pack/input.h"

#include <utility>

#include "component/select.h"
#include "splice/packed.h"

namespace wasm_vfs::pack {
namespace {

Result<EarlierPack> read_earlier_pack(const wasm::Module& packed) {
  ASSIGN_OR_RETURN(splice::Manifest manifest, splice::read_manifest(packed));
  const std::optional<splice::ImageSegments> segments = splice::find_image(packed);
  if (!segments || image::digest_of(segments->index) != manifest.index_digest ||
      image::digest_of(segments->contents) != manifest.contents_digest)
    return Error{packed.file +
                 ": another tool has changed the packed files since they were packed, so none can "
                 "be added; take the module as wasm-vfs wrote it"};
  Result<image::ImageReader> image = image::ImageReader::open(segments->index, segments->contents);
  if (!image.ok()) return Error{packed.file + ": " + image.error().message};
  return EarlierPack{std::move(manifest), *std::move(image)};
}

}  // namespace

Result<Input> read_input(MappedFile file, std::string name, const std::string& selector) {
  ASSIGN_OR_RETURN(component::Binary binary, component::read_binary(file.bytes(), std::move(name)));
  ASSIGN_OR_RETURN(const size_t place, component::find_application(binary, selector));
  Input input{std::move(file), std::move(binary), place, std::nullopt, {}, std::nullopt};
  const wasm::Module& module = input.core_module().module;
  if (!splice::find_image(module) && !module.find_custom_section(splice::kManifestSection))
    return input;

  ASSIGN_OR_RETURN(input.earlier, read_earlier_pack(module));
  ASSIGN_OR_RETURN(input.unpacked, splice::unpack(module, input.earlier->manifest));
  ASSIGN_OR_RETURN(input.unpacked_application, wasm::read_module(input.unpacked, module.file));
  return input;
}

}  // namespace wasm_vfs::pack
