// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tested by packed_test.cc.

#include "splice/packed.h"

#include "image/reader.h"
#include "splice/undo.h"

namespace wasm_vfs::splice {

std::optional<ImageSegments> find_image(const wasm::Module& module) {
  const auto& segments = module.data_segments;
  for (size_t i = 0; i + 1 < segments.size(); ++i)
    if (segments[i].is_passive && segments[i + 1].is_passive &&
        image::looks_like_index(segments[i].bytes))
      return ImageSegments{segments[i].bytes, segments[i + 1].bytes};
  return std::nullopt;
}

Result<Manifest> read_manifest(const wasm::Module& module) {
  const wasm::Section* section = module.find_custom_section(kManifestSection);
  if (section) {
    Result<Manifest> manifest = decode_manifest(wasm::custom_contents(*section));
    if (!manifest.ok()) return Error{module.file + ": " + manifest.error().message};
    return manifest;
  }
  if (find_image(module))
    return Error{module.file +
                 ": the module is packed, but a tool has stripped the custom section 'wasm-vfs' "
                 "that says how; take the module as wasm-vfs wrote it"};
  return Error{module.file + ": the module is not packed: it has no custom section 'wasm-vfs'"};
}

Result<ByteBuffer> unpack(const wasm::Module& module, const Manifest& manifest) {
  Result<ByteBuffer> application =
      apply_undo(module.bytes, manifest.undo, manifest.application_size);
  if (application.ok() && image::digest_of(*application) == manifest.application_digest)
    return application;
  return Error{module.file +
               ": another tool has changed the module since it was packed, so the module before "
               "the pack cannot be had back; take the module as wasm-vfs wrote it"};
}

}  // namespace wasm_vfs::splice
