// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/splice/packed.h.

#include "splice/packed.h"

#include "splice/undo.h"
#include "spliced.h"
#include "testing/catch.h"

namespace wasm_vfs::splice {
namespace {

using test::custom;
using test::imports;
using test::join;
using test::kContents;
using test::kIndex;
using test::memory_section;
using test::module;
using test::section;
using test::Spliced;
using test::types;
using test::vec;
using enum wasm::SectionId;

/// A packed module with its manifest, as the command writes it.
ByteBuffer with_manifest(const Spliced& spliced) {
  Manifest manifest;
  manifest.application_size = spliced.bytes.size();
  manifest.application_digest = image::digest_of(spliced.bytes);
  manifest.mounts = {"/static"};
  manifest.undo = encode_undo(spliced.bytes, *spliced.packed, kContents.size());
  return join({spliced.out, custom_section(kManifestSection, encode_manifest(manifest))});
}

Result<wasm::Module> read(const ByteBuffer& bytes) { return wasm::read_module(bytes, "p.wasm"); }

TEST_CASE("packed: image, manifest and application are found again") {
  const Spliced spliced(module({types(), imports(), memory_section(),
                                section(kData, vec({{0x01, 0x02, 0xaa, 0xbb}}))}));
  const ByteBuffer bytes = with_manifest(spliced);
  const auto packed = read(bytes);
  REQUIRE(packed.ok());
  const auto image = find_image(*packed);
  REQUIRE(image.has_value());
  CHECK(test::copy(image->index) == kIndex);
  CHECK(test::copy(image->contents) == kContents);
  const auto manifest = read_manifest(*packed);
  REQUIRE(manifest.ok());
  CHECK(manifest->mounts == std::vector<std::string>{"/static"});
  const auto application = unpack(*packed, *manifest);
  REQUIRE(application.ok());
  CHECK(*application == spliced.bytes);
}

TEST_CASE("packed: a module that is not") {
  const ByteBuffer bytes = module({types(), imports(), memory_section()});
  const auto plain = read(bytes);
  CHECK_FALSE(find_image(*plain).has_value());
  const auto manifest = read_manifest(*plain);
  REQUIRE_FALSE(manifest.ok());
  CHECK(manifest.error().message ==
        "p.wasm: the module is not packed: it has no custom section 'wasm-vfs'");
}

TEST_CASE("packed: a tool has stripped the manifest") {
  const Spliced spliced(module({types(), imports(), memory_section()}));
  const auto packed = read(spliced.out);
  CHECK(find_image(*packed).has_value());
  const auto manifest = read_manifest(*packed);
  REQUIRE_FALSE(manifest.ok());
  CHECK(manifest.error().message ==
        "p.wasm: the module is packed, but a tool has stripped the custom section 'wasm-vfs' that "
        "says how; take the module as wasm-vfs wrote it");
}

TEST_CASE("packed: a broken manifest is an error that names the file") {
  const ByteBuffer bytes = module({types(), imports(), memory_section(), custom("wasm-vfs", {3})});
  const auto manifest = read_manifest(*read(bytes));
  REQUIRE_FALSE(manifest.ok());
  CHECK(manifest.error().message.starts_with("p.wasm: custom section 'wasm-vfs': "));
}

TEST_CASE("packed: segments that are no image") {
  const auto has_image = [](std::vector<ByteBuffer> segments) {
    const ByteBuffer bytes = module({types(), imports(), memory_section(), section(kData, vec(segments))});
    return find_image(*read(bytes)).has_value();
  };
  const ByteBuffer index = join({{0x01}, test::leb(kIndex.size()), kIndex});
  const ByteBuffer active = join({{0x00, 0x41, 0x00, 0x0b}, test::leb(kIndex.size()), kIndex});
  const ByteBuffer other = {0x01, 0x01, 0xaa};
  CHECK(has_image({other, index, other}));
  CHECK_FALSE(has_image({index}));               // without contents
  CHECK_FALSE(has_image({other, index}));
  CHECK_FALSE(has_image({active, other}));
  CHECK_FALSE(has_image({index, active}));       // contents that are not passive
  CHECK_FALSE(has_image({other, other}));
  CHECK_FALSE(has_image({}));
}

TEST_CASE("packed: another tool has changed the module") {
  const Spliced spliced(module({custom("note", ByteBuffer(40, 7)), types(), imports(), memory_section()}));
  const ByteBuffer bytes = with_manifest(spliced);
  const auto manifest = read_manifest(*read(bytes));
  REQUIRE(manifest.ok());
  // Each byte that the application has in common with the packed module counts.
  ByteBuffer changed = bytes;
  changed[20] ^= 1;  // in the custom section's contents
  const auto application = unpack(*read(changed), *manifest);
  REQUIRE_FALSE(application.ok());
  CHECK(application.error().message ==
        "p.wasm: another tool has changed the module since it was packed, so the module before the "
        "pack cannot be had back; take the module as wasm-vfs wrote it");
  // Shorter, so that the instructions lead out of it.
  const ByteBuffer stripped = module({types(), imports(), memory_section()});
  CHECK_FALSE(unpack(*read(stripped), *manifest).ok());
}

}  // namespace
}  // namespace wasm_vfs::splice
