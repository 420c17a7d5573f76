// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names and guest paths. Tested by paths_test.cc.

#include "image/paths.h"

#include <xxhash.h>

#include <cstddef>
#include <cstdint>

#include "image/format.h"

namespace wasm_vfs::image {
namespace {

/// Bytes of the well-formed UTF-8 sequence at the start of `text`, 0 if there is none. The second
/// byte's range depends on the first: that shuts out over-long forms, surrogates, and what lies
/// beyond U+10FFFF.
size_t sequence_size(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  size_t size;
  uint8_t low = 0x80;
  uint8_t high = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    size = 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    size = 3;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    size = 4;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
  } else {
    return 0;
  }
  if (text.size() < size || byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < size; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
  }
  return size;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t size = sequence_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string printable(std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string result;
  while (!text.empty()) {
    size_t size = sequence_size(text);
    const uint8_t lead = static_cast<uint8_t>(text[0]);
    if (size == 0 || lead < 0x20 || lead == 0x7f) {
      result += {'\\', 'x', kDigits[lead >> 4], kDigits[lead & 15]};
      size = 1;
    } else {
      result += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return result;
}

std::vector<std::string_view> components_of(std::string_view path) {
  std::vector<std::string_view> components;
  while (true) {
    const size_t start = path.find_first_not_of('/');
    if (start == std::string_view::npos) return components;
    path.remove_prefix(start);
    const size_t end = path.find('/');
    components.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return components;
    path.remove_prefix(end);
  }
}

Result<std::string> normalise_guest_path(std::string_view path) {
  const auto wrong = [&](const std::string& why) {
    return Error{"guest path " + printable(path) + ": " + why};
  };
  if (path.empty() || path[0] != '/') return wrong("must be absolute: begin it with /");
  if (path.find('\0') != std::string_view::npos) return wrong("must not hold a NUL");
  if (!is_utf8(path)) return wrong("must be UTF-8");
  std::string result;
  for (std::string_view component : components_of(path)) {
    if (component == ".") continue;
    if (component == "..") return wrong("must not contain `..`");
    if (component.size() > kMaxNameSize) {
      return wrong("has a name of " + std::to_string(component.size()) + " bytes; at most " +
                   std::to_string(kMaxNameSize) + " are possible");
    }
    result += '/';
    result += component;
  }
  if (result.size() > kMaxPathSize) {
    return wrong("is " + std::to_string(result.size()) + " bytes long; at most " +
                 std::to_string(kMaxPathSize) + " are possible");
  }
  if (result.empty()) result = "/";
  return result;
}

uint32_t hash_of_path(std::string_view path) {
  return static_cast<uint32_t>(XXH64(path.data(), path.size(), 0) >> 32);
}

}  // namespace wasm_vfs::image
