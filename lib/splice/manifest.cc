// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nothing in the manifest depends on the machine: no host path, no time, no user, so that the same
// input gives the same bytes. Tested by manifest_test.cc.

#include "splice/manifest.h"

#include <xxhash.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "wasm/cursor.h"
#include "wasm/writer.h"

namespace wasm_vfs::splice {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kManifestVersion = 1;

std::string hexadecimal(const image::Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

bool parse_digest(const std::string& text, image::Digest& digest) {
  auto value = [](char digit) {
    return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
  };
  if (text.size() != 2 * digest.size()) return false;
  for (size_t i = 0; i < digest.size(); ++i) {
    int high = value(text[2 * i]), low = value(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    digest[i] = static_cast<uint8_t>(high * 16 + low);
  }
  return true;
}

}  // namespace

image::Digest digest_of(Bytes bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  image::Digest digest;
  std::copy(std::begin(canonical.digest), std::end(canonical.digest), digest.begin());
  return digest;
}

ByteBuffer encode_manifest(const Manifest& manifest) {
  Json json = {
      {"version", kManifestVersion},
      {"wasm-vfs", manifest.version},
      {"binaryen", manifest.binaryen_version},
      {"mounts", manifest.mounts},
      {"application",
       {{"size", manifest.application_size}, {"xxh3-128", hexadecimal(manifest.application_digest)}}},
      {"shim", {{"xxh3-128", hexadecimal(manifest.shim_digest)}}},
      {"index", {{"xxh3-128", hexadecimal(manifest.index_digest)}}},
      {"contents", {{"xxh3-128", hexadecimal(manifest.contents_digest)}}},
  };
  const std::string text = json.dump();
  ByteBuffer contents;
  wasm::append_name(contents, text);
  append(contents, manifest.undo);
  return contents;
}

Result<Manifest> decode_manifest(Bytes contents) {
  auto malformed = [](const std::string& why) {
    return Error{"custom section 'wasm-vfs': " + why + "; the module was not written by this "
                 "wasm-vfs, or was changed since"};
  };
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
  const Bytes undo = contents.subspan(cursor.position());
  manifest.undo.assign(undo.begin(), undo.end());
  if (!missing.empty()) return malformed("no valid member '" + missing + "'");
  return manifest;
}

}  // namespace wasm_vfs::splice
