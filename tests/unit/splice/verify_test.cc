// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/splice/verify.h.

#include "splice/verify.h"

#include <algorithm>
#include <string>
#include <vector>

#include "../image/fake_host_files.h"
#include "image/builder.h"
#include "splice/undo.h"
#include "spliced.h"
#include "testing/catch.h"

namespace wasm_vfs::splice {
namespace {

using test::custom;
using test::imports;
using test::join;
using test::memory_section;
using test::module;
using test::section;
using test::types;
using test::vec;
using enum wasm::SectionId;

/// A packed module with its manifest, as the command writes it.
struct Packed {
  ByteBuffer bytes;
  uint64_t index_offset = 0;
  uint64_t contents_offset = 0;
  uint64_t contents_size = 0;
  uint64_t manifest_offset = 0;
};

/// Two of the four files have the same bytes, one has none.
Packed pack_example() {
  image::FakeHostFiles files;
  files.file("d/a", "first\n");
  files.file("d/b", "second\n");
  files.file("d/c", "first\n", true);
  files.file("d/empty", "");
  files.symlink("d/link", "a");
  const auto tree = image::scan({{"d", "/static"}}, {}, files);
  const auto image = image::build(*tree, files);
  REQUIRE(image.ok());

  const ByteBuffer application = module({custom("note", ByteBuffer(40, 7)), types(), imports(),
                                         memory_section(), section(kData, vec({{0x01, 0x01, 7}}))});
  const ByteBuffer shim = test::fake_shim();
  const auto read = wasm::read_module(application, "app.wasm");
  const auto interception = test::Spliced::find(*read);
  const auto memory = lay_out_memory(*read, test::kRegion);
  const auto packed =
      splice({*read, *interception, *memory, shim, image->index, image->contents_size, "1.2.3", 1});
  REQUIRE(packed.ok());

  Packed result;
  Manifest manifest;
  manifest.version = "1.2.3";
  manifest.binaryen_version = "108";
  manifest.mounts = {"/static"};
  manifest.application_size = application.size();
  manifest.application_digest = image::digest_of(application);
  manifest.index_digest = image::digest_of(image->index);
  manifest.undo = encode_undo(application, *packed, image->contents_size);
  const ByteBuffer head = test::flatten(packed->head);
  const ByteBuffer tail = test::flatten(packed->tail);
  manifest.module_digest = image::digest_of(join({head, tail}));
  ByteBuffer contents;
  const auto sums = image::write_contents(*image, files, [&](Bytes bytes) {
    append(contents, bytes);
    return ok_status();
  });
  manifest.contents_digest = sums->contents;
  manifest.file_sums = sums->files;
  result.bytes = join({head, contents, tail});
  result.manifest_offset = result.bytes.size();
  result.contents_offset = head.size();
  result.contents_size = contents.size();
  append(result.bytes, custom_section(kManifestSection, encode_manifest(manifest)));
  const auto again = wasm::read_module(result.bytes, "packed.wasm");
  result.index_offset = find_image(*again)->index.data() - result.bytes.data();
  return result;
}

/// "CHECK: PROBLEM" of all checks that failed; or why the module cannot be read. `offset` is that
/// of the module in its file.
std::vector<std::string> problems(const ByteBuffer& bytes, uint64_t offset = 0) {
  const auto module = wasm::read_module(bytes, "packed.wasm", offset);
  if (!module.ok()) return {"unreadable: " + module.error().message};
  std::vector<std::string> result;
  for (const Check& check : verify(*module))
    for (const std::string& problem : check.problems) result.push_back(check.name + ": " + problem);
  return result;
}

using Problems = std::vector<std::string>;

ByteBuffer changed(const Packed& packed, uint64_t offset) {
  ByteBuffer bytes = packed.bytes;
  bytes[offset] ^= 1;
  return bytes;
}

TEST_CASE("verify: a module as it was packed passes") {
  const Packed packed = pack_example();
  const auto module = wasm::read_module(packed.bytes, "packed.wasm");
  std::vector<std::string> names;
  for (const Check& check : verify(*module)) {
    names.push_back(check.name);
    CHECK(check.problems == Problems());
    CHECK_FALSE(check.passed.empty());
  }
  CHECK(names == std::vector<std::string>{"manifest", "image", "index", "contents", "module",
                                          "application"});
}

TEST_CASE("verify: a module in a component is as one by itself, but for the offsets") {
  const Packed packed = pack_example();
  CHECK(problems(packed.bytes, 0x100000) == Problems());
  const Problems found = problems(join({packed.bytes, custom("note", {})}), 0x100000);
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("(offset 0x10") != std::string::npos);
}

TEST_CASE("verify: every flip of a bit is found") {
  const Packed packed = pack_example();
  for (size_t i = 0; i < packed.bytes.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      ByteBuffer bytes = packed.bytes;
      bytes[i] ^= static_cast<uint8_t>(1 << bit);
      CAPTURE(i, bit);
      REQUIRE_FALSE(problems(bytes).empty());
    }
}

TEST_CASE("verify: every cut, and every byte too many, is found") {
  const Packed packed = pack_example();
  for (size_t size = 0; size < packed.bytes.size(); ++size) {
    CAPTURE(size);
    REQUIRE_FALSE(problems(ByteBuffer(packed.bytes.begin(),
                                      packed.bytes.begin() + static_cast<ptrdiff_t>(size)))
                      .empty());
  }
  const ByteBuffer note = custom("note", {});
  const std::string size = std::to_string(note.size());
  const Problems found = problems(join({packed.bytes, note}));
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("manifest: " + size + " bytes follow the manifest (offset 0x"));
}

TEST_CASE("verify: damage is told apart") {
  const Packed packed = pack_example();
  SECTION("in a file that shares its bytes") {
    CHECK(problems(changed(packed, packed.contents_offset + 2)) ==
          Problems{"contents: /static/a, /static/c: the bytes are not those that were packed"});
  }
  SECTION("in another") {
    CHECK(problems(changed(packed, packed.contents_offset + packed.contents_size - 1)) ==
          Problems{"contents: /static/b: the bytes are not those that were packed"});
  }
  SECTION("in a time, which the index's structure allows") {
    const uint64_t mtime =
        packed.index_offset + sizeof(image::IndexHeader) + sizeof(image::Node) - 8;
    const Problems found = problems(changed(packed, mtime));
    REQUIRE(found.size() == 2);
    CHECK(found[0] == "index: its bytes are not those that were written");
    CHECK(found[1].starts_with("module: "));
  }
  SECTION("in the application's own bytes") {
    const Problems found = problems(changed(packed, 20));
    REQUIRE(found.size() == 2);
    CHECK(found[0] ==
          "module: another tool has changed the module outside the packed files, or it is damaged");
    CHECK(found[1] == "application: unpack cannot give it back as it was");
  }
  SECTION("in the manifest") {
    const Problems found = problems(changed(packed, packed.bytes.size() - 40));
    REQUIRE(found.size() == 1);
    CHECK(found[0].starts_with("manifest: custom section 'wasm-vfs': its sum is not"));
  }
  SECTION("the manifest is gone") {
    ByteBuffer bytes = packed.bytes;
    bytes.resize(packed.manifest_offset);
    CHECK(problems(bytes) == Problems{"manifest: another tool has stripped the custom section "
                                      "'wasm-vfs', so there are no sums to compare with"});
  }
  SECTION("the image is gone") {
    const Problems found = problems(changed(packed, packed.index_offset));
    REQUIRE_FALSE(found.empty());
    CHECK(found[0] == "image: no passive data segment begins as an index does");
  }
}

TEST_CASE("verify: a manifest whose header another tool has widened") {
  const Packed packed = pack_example();
  const auto module = wasm::read_module(packed.bytes, "packed.wasm");
  const wasm::Section* section = module->find_custom_section(kManifestSection);
  ByteBuffer bytes(packed.bytes.begin(),
                   packed.bytes.begin() + static_cast<ptrdiff_t>(packed.manifest_offset));
  bytes.push_back(0);
  append(bytes, test::padded(section->contents.size()));
  append(bytes, section->contents);
  const Problems found = problems(bytes);
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("in more bytes than it takes") != std::string::npos);
}

TEST_CASE("verify: sums of files by node") {
  const Packed packed = pack_example();
  const auto module = wasm::read_module(packed.bytes, "packed.wasm");
  const auto segments = find_image(*module);
  const auto image = image::ImageReader::open(segments->index, segments->contents);
  auto manifest = read_manifest(*module);
  const auto sums = sums_by_node(*image, *manifest);
  REQUIRE(sums.has_value());
  const auto of = [&](const char* path) { return (*sums)[*image->find(path)]; };
  CHECK(of("/static/a") == image::shorten(image::digest_of(as_bytes("first\n"))));
  CHECK(of("/static/c") == of("/static/a"));
  CHECK(of("/static/b") == image::shorten(image::digest_of(as_bytes("second\n"))));
  CHECK_FALSE(of("/static/empty").has_value());
  CHECK_FALSE(of("/static").has_value());
  CHECK(has_sum(*image, *image->find("/static/a"), *of("/static/a")));
  CHECK_FALSE(has_sum(*image, *image->find("/static/a"), *of("/static/b")));
  manifest->file_sums.pop_back();
  CHECK_FALSE(sums_by_node(*image, *manifest).has_value());
}

}  // namespace
}  // namespace wasm_vfs::splice
