// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/splice/manifest.h.

#include "splice/manifest.h"

#include <string>

#include "testing/catch.h"
#include "wasm/cursor.h"
#include "wasm/writer.h"

namespace wasm_vfs::splice {
namespace {

Manifest example() {
  Manifest manifest;
  manifest.version = "0.1.0";
  manifest.binaryen_version = "108";
  manifest.mounts = {"/static", "/", "/quote\"and\\slash", "/gr\xc3\xbc\xc3\x9f"};
  manifest.application_size = 0x123456789a;
  manifest.application_digest = image::digest_of(as_bytes("application"));
  manifest.shim_digest = image::digest_of(as_bytes("shim"));
  manifest.index_digest = image::digest_of(as_bytes("index"));
  manifest.contents_digest = image::digest_of(as_bytes("contents"));
  manifest.module_digest = image::digest_of(as_bytes("module"));
  manifest.enclosing = {{3, 0}, {5, 0x123456789a}, {1, 7}};
  manifest.undo = {1, 2, 0xff, 0};
  manifest.file_sums = {{1, 2, 3, 4, 5, 6, 7, 8}, {9, 10, 11, 12, 13, 14, 15, 16}};
  return manifest;
}

/// The JSON text in it.
std::string encoded(const Manifest& manifest) {
  const ByteBuffer bytes = encode_manifest(manifest);
  wasm::Cursor cursor(bytes, 0);
  return std::string(cursor.read_name("text"));
}

/// Of contents with this JSON text, two files' sums, and a sum that is right.
std::string message(std::string_view text) {
  ByteBuffer bytes;
  wasm::append_name(bytes, text);
  append(bytes, ByteBuffer(2 * sizeof(image::ShortDigest)));
  append(bytes, image::digest_of(bytes));
  const auto manifest = decode_manifest(bytes);
  return manifest.ok() ? "no error" : manifest.error().message;
}

/// The manifest's text with one part of it changed.
std::string with(const std::string& part, const std::string& other) {
  std::string text = encoded(example());
  const size_t place = text.find(part);
  REQUIRE(place != std::string::npos);
  return text.replace(place, part.size(), other);
}

TEST_CASE("manifest: what is written is read back") {
  const Manifest manifest = example();
  const auto read = decode_manifest(encode_manifest(manifest));
  REQUIRE(read.ok());
  CHECK(read->version == manifest.version);
  CHECK(read->binaryen_version == manifest.binaryen_version);
  CHECK(read->mounts == manifest.mounts);
  CHECK(read->application_size == manifest.application_size);
  CHECK(read->application_digest == manifest.application_digest);
  CHECK(read->shim_digest == manifest.shim_digest);
  CHECK(read->index_digest == manifest.index_digest);
  CHECK(read->contents_digest == manifest.contents_digest);
  CHECK(read->module_digest == manifest.module_digest);
  CHECK(read->undo == manifest.undo);
  CHECK(read->enclosing == manifest.enclosing);
  CHECK(read->file_sums == manifest.file_sums);
  CHECK(read->sealing == Sealing::kNone);
  for (const Sealing sealing : {Sealing::kFilesystem, Sealing::kWasi}) {
    Manifest sealed = manifest;
    sealed.sealing = sealing;
    const auto again = decode_manifest(encode_manifest(sealed));
    REQUIRE(again.ok());
    CHECK(again->sealing == sealing);
    CHECK(again->mounts == manifest.mounts);
    CHECK(again->contents_digest == manifest.contents_digest);
  }
}

TEST_CASE("manifest: the text, so that other tools can rely on it") {
  Manifest manifest;
  manifest.version = "1.2.3";
  manifest.binaryen_version = "108";
  manifest.mounts = {"/static"};
  manifest.application_size = 7;
  CHECK(encoded(manifest) ==
        R"({"version":1,"wasm-vfs":"1.2.3","binaryen":"108","mounts":["/static"],)"
        R"("application":{"size":7,"xxh3-128":"00000000000000000000000000000000"},)"
        R"("shim":{"xxh3-128":"00000000000000000000000000000000"},)"
        R"("index":{"xxh3-128":"00000000000000000000000000000000"},)"
        R"("contents":{"xxh3-128":"00000000000000000000000000000000","sums":0},)"
        R"("module":{"xxh3-128":"00000000000000000000000000000000"}})");
}

TEST_CASE("manifest: its size does not depend on the sums") {
  Manifest manifest = example();
  const size_t size = encode_manifest(manifest).size();
  manifest.contents_digest = {};
  manifest.module_digest = {};
  manifest.file_sums = {{}, {}};
  CHECK(encode_manifest(manifest).size() == size);
}

TEST_CASE("manifest: no mounts") {
  Manifest manifest = example();
  manifest.mounts.clear();
  const auto read = decode_manifest(encode_manifest(manifest));
  REQUIRE(read.ok());
  CHECK(read->mounts.empty());
}

TEST_CASE("manifest: what is not one") {
  const std::string end =
      "; the module was not written by this wasm-vfs, or was changed since";
  const std::string start = "custom section 'wasm-vfs': ";
  for (const char* text : {"", "{", "[1]", "1", "null", "\"text\"", "{} {}", "\xff\xfe"}) {
    CAPTURE(text);
    CHECK(message(text) == start + "not a JSON object" + end);
  }
  CHECK(message("{}") == start + "not version 1 of the manifest" + end);
  CHECK(message(with("\"version\":1", "\"version\":2")) ==
        start + "not version 1 of the manifest" + end);
  CHECK(message(with("\"version\":1", "\"version\":\"1\"")) ==
        start + "not version 1 of the manifest" + end);
  const struct {
    const char *part, *other, *member;
  } cases[] = {
      {"\"wasm-vfs\":\"0.1.0\"", "\"wasm-vfs\":1", "wasm-vfs"},
      {"\"wasm-vfs\":", "\"wasm-fvs\":", "wasm-vfs"},
      {"\"binaryen\":\"108\"", "\"binaryen\":null", "binaryen"},
      {"\"/static\"", "1", "mounts"},
      {"\"mounts\":", "\"muonts\":", "mounts"},
      {"\"mounts\":[\"/static\"", "\"mounts\":\"/\",\"x\":[\"/static\"", "mounts"},
      {"\"size\":", "\"size\":-", "application"},
      {"\"size\":", "\"siez\":", "application"},
      {"\"application\":{", "\"application\":1,\"x\":{", "application"},
      {"width\":3", "width\":0", "application"},
      {"width\":3", "width\":6", "application"},
      {"width\":3", "width\":\"3\"", "application"},
      {"\"beside\":7", "\"beside\":-7", "application"},
      {"\"beside\":7", "\"besied\":7", "application"},
      {"\"enclosing\":[", "\"enclosing\":[1,", "application"},
      {"\"enclosing\":[", "\"enclosing\":1,\"x\":[", "application"},
      {"\"shim\":{\"xxh3-128\":\"", "\"shim\":{\"xxh3-128\":\"0", "shim"},
      {"\"index\":{\"xxh3-128\":\"", "\"index\":{\"xxh3-128\":\"G", "index"},
      {"\"contents\":{\"xxh3-128\"", "\"contents\":{\"xxh3\"", "contents"},
      {"\"sums\":2", "\"sums\":-2", "contents"},
      {"\"sums\":2", "\"sums\":\"2\"", "contents"},
      {"\"sums\":2", "\"smus\":2", "contents"},
      {"\"sums\":2", "\"sums\":18446744073709551615", "contents"},  // more than there are
  };
  for (const auto& item : cases) {
    CAPTURE(item.part, item.other);
    const std::string text = message(with(item.part, item.other));
    CHECK(text.starts_with(start + "no valid member '"));
    CHECK(text.ends_with(end));
  }
  // A digit that is none, without changing the length.
  std::string text = encoded(example());
  text[text.rfind('"') - 1] = 'g';
  CHECK(message(text) == start + "no valid member 'module'" + end);
  text[text.rfind('"') - 1] = 'A';  // canonical form is lower case
  CHECK(message(text) == start + "no valid member 'module'" + end);
}

TEST_CASE("manifest: cut at any byte, or with any bit changed, it is an error") {
  const ByteBuffer bytes = encode_manifest(example());
  for (size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(decode_manifest(Bytes(bytes).first(size)).ok());
    for (int bit = 0; bit < 8; ++bit) {
      ByteBuffer changed = bytes;
      changed[size] ^= static_cast<uint8_t>(1 << bit);
      CHECK_FALSE(decode_manifest(changed).ok());
    }
  }
}

}  // namespace
}  // namespace wasm_vfs::splice
