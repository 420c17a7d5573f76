// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nothing in the manifest depends on the machine: no host path, no time, no user, so that the same
// input gives the same bytes. Tested by manifest_test.cc.

#include "splice/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "wasm/cursor.h"
#include "wasm/writer.h"

namespace wasm_vfs::splice {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kManifestVersion = 1;

using image::hexadecimal;
using image::parse_digest;

}  // namespace

ByteBuffer encode_manifest(const Manifest& manifest) {
  Json json = {
      {"version", kManifestVersion},
      {"wasm-vfs", manifest.version},
      {"binaryen", manifest.binaryen_version},
      {"mounts", manifest.mounts},
  };
  if (manifest.sealing != Sealing::kNone)
    json["sealed"] = sealing_name(manifest.sealing);
  json.update(Json{
      {"application",
       {{"size", manifest.application_size}, {"xxh3-128", hexadecimal(manifest.application_digest)}}},
      {"shim", {{"xxh3-128", hexadecimal(manifest.shim_digest)}}},
      {"index", {{"xxh3-128", hexadecimal(manifest.index_digest)}}},
      {"contents",
       {{"xxh3-128", hexadecimal(manifest.contents_digest)}, {"sums", manifest.file_sums.size()}}},
      {"module", {{"xxh3-128", hexadecimal(manifest.module_digest)}}},
  });
  for (const EnclosingSection& section : manifest.enclosing)
    json["application"]["enclosing"].push_back(
        {{"size-width", section.size_width}, {"beside", section.beside}});
  const std::string text = json.dump();
  ByteBuffer contents;
  wasm::append_name(contents, text);
  append(contents, manifest.undo);
  for (const image::ShortDigest& sum : manifest.file_sums) append(contents, sum);
  append(contents, image::digest_of(contents));
  return contents;
}

Result<Manifest> decode_manifest(Bytes contents) {
  auto malformed = [](const std::string& why) {
    return Error{"custom section 'wasm-vfs': " + why + "; the module was not written by this "
                 "wasm-vfs, or was changed since"};
  };
  if (contents.size() < sizeof(image::Digest)) return malformed("shorter than its sum");
  const Bytes sum = contents.last(sizeof(image::Digest));
  contents = contents.first(contents.size() - sum.size());
  const image::Digest expected = image::digest_of(contents);
  if (!std::equal(sum.begin(), sum.end(), expected.begin()))
    return malformed("its sum is not that of its bytes");
  wasm::Cursor cursor(contents, 0);
  const std::string_view json_text = cursor.read_name("manifest");
  Json json = Json::parse(json_text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return malformed("not a JSON object");
  if (!json.contains("version") || json["version"] != kManifestVersion)
    return malformed("not version " + std::to_string(kManifestVersion) + " of the manifest");

  Manifest manifest;
  std::string missing;
  auto text = [&](const Json& object, const char* name) -> std::string {
    if (object.is_object() && object.contains(name) && object[name].is_string())
      return object[name].get<std::string>();
    missing = name;
    return "";
  };
  auto member = [&](const char* name) { return json.contains(name) ? json[name] : Json(); };
  auto digest = [&](const char* name, image::Digest& out) {
    if (!parse_digest(text(member(name), "xxh3-128"), out)) missing = name;
  };
  manifest.version = text(json, "wasm-vfs");
  manifest.binaryen_version = text(json, "binaryen");
  const Json mounts = member("mounts");
  if (!mounts.is_array()) missing = "mounts";
  for (const Json& mount : mounts) {
    if (!mount.is_string())
      missing = "mounts";
    else
      manifest.mounts.push_back(mount.get<std::string>());
  }
  if (json.contains("sealed")) {
    if (const auto sealing = find_sealing(text(json, "sealed")))
      manifest.sealing = *sealing;
    else
      missing = "sealed";
  }
  Json application = member("application");
  if (application.is_object() && application.contains("size") &&
      application["size"].is_number_unsigned())
    manifest.application_size = application["size"].get<uint64_t>();
  else
    missing = "application";
  digest("application", manifest.application_digest);
  digest("shim", manifest.shim_digest);
  digest("index", manifest.index_digest);
  digest("contents", manifest.contents_digest);
  digest("module", manifest.module_digest);
  const Json enclosing =
      application.is_object() ? application.value("enclosing", Json::array()) : Json();
  if (!enclosing.is_array()) missing = "application";
  for (const Json& section : enclosing) {
    const auto number = [&](const char* name) -> uint64_t {
      const Json value = section.is_object() ? section.value(name, Json()) : Json();
      if (!value.is_number_unsigned()) missing = "application";
      return value.is_number_unsigned() ? value.get<uint64_t>() : 0;
    };
    const uint64_t width = number("size-width");
    if (width < 1 || width > 5) missing = "application";  // a size takes one to five bytes
    manifest.enclosing.push_back({static_cast<uint32_t>(width), number("beside")});
  }
  Bytes rest = contents.subspan(cursor.position());
  const Json sums = member("contents").is_object() ? member("contents").value("sums", Json()) : Json();
  if (sums.is_number_unsigned() &&
      sums.get<uint64_t>() <= rest.size() / sizeof(image::ShortDigest)) {
    manifest.file_sums.resize(sums.get<size_t>());
    Bytes bytes = rest.last(manifest.file_sums.size() * sizeof(image::ShortDigest));
    rest = rest.first(rest.size() - bytes.size());
    for (image::ShortDigest& file : manifest.file_sums) {
      std::copy_n(bytes.begin(), file.size(), file.begin());
      bytes = bytes.subspan(file.size());
    }
  } else {
    missing = "contents";
  }
  manifest.undo.assign(rest.begin(), rest.end());
  if (!missing.empty()) return malformed("no valid member '" + missing + "'");
  return manifest;
}

}  // namespace wasm_vfs::splice
