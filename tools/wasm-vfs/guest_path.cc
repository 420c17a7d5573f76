// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where the guest sees a packed directory or file. The rule is made so that the same command line
// means the same on every machine: what depends on where one stands (an absolute HOST, or one that
// climbs with `..`) is not turned into a guest path by guessing; the user is shown the line to
// type. The text is split at the last `::`, so that a HOST which has `::` in its name can be
// given, with a GUEST. Tested by the golden cases in tests/cli.

#include "guest_path.h"

#include <vector>

#include "image/paths.h"

namespace wasm_vfs::tool {
namespace {

constexpr std::string_view kSeparator = "::";

/// The components of a path without those that stand for nothing.
std::vector<std::string_view> names_of(std::string_view path) {
  std::vector<std::string_view> names = image::components_of(path);
  std::erase(names, ".");
  return names;
}

bool has_parent_component(const std::vector<std::string_view>& names) {
  for (const std::string_view name : names)
    if (name == "..") return true;
  return false;
}

std::string join(const std::vector<std::string_view>& names) {
  std::string result;
  for (const std::string_view name : names) result.append("/").append(name);
  return result.empty() ? "/" : result;
}

/// The guest path to propose for a host path that has no default.
std::string proposal(const std::vector<std::string_view>& host) {
  if (host.empty() || host.back() == "..") return "/";
  return "/" + std::string(host.back());
}

}  // namespace

std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos)
    return std::string(text);
  std::string result = "'";
  for (const char c : text)
    if (c == '\'')
      result += "'\\''";
    else
      result += c;
  return result + "'";
}

Result<image::Source> parse_source(std::string_view value, bool is_file, std::string option) {
  if (option.empty()) option = is_file ? "--file" : "--dir";
  const auto usage_error = [&](const std::string& why) {
    return Error{option + " " + shell_word(value) + ": " + why};
  };
  const auto write_instead = [&](std::string_view host, const std::string& guest) {
    return "; write " + option + " " +
           shell_word(std::string(host) + std::string(kSeparator) + guest);
  };

  const size_t separator = value.rfind(kSeparator);
  const bool has_guest = separator != std::string_view::npos;
  const std::string_view host = has_guest ? value.substr(0, separator) : value;
  if (host.empty()) return usage_error("HOST is empty; the current directory is `.`");
  const std::vector<std::string_view> host_names = names_of(host);

  std::vector<std::string_view> guest_names;
  if (has_guest) {
    const std::string_view guest = value.substr(separator + kSeparator.size());
    guest_names = names_of(guest);
    if (has_parent_component(guest_names))
      return usage_error("the guest path must not contain `..`");
    if (guest.empty() || guest.front() != '/')
      return usage_error(
          "the guest path must begin with a slash" +
          write_instead(host, guest_names.empty() ? proposal(host_names) : join(guest_names)));
    if (is_file && guest.back() == '/') {
      if (!host_names.empty() && host_names.back() != "..")
        guest_names.push_back(host_names.back());
      return usage_error("the guest path of a file must not end in a slash" +
                         write_instead(host, join(guest_names)));
    }
  } else if (is_file) {
    if (host_names.empty() || host_names.back() == "..")
      return usage_error("HOST has no file name");
    guest_names = {host_names.back()};
  } else {
    if (host.front() == '/')
      return usage_error("an absolute HOST needs a guest path" +
                         write_instead(host, proposal(host_names)));
    if (has_parent_component(host_names))
      return usage_error("a HOST with `..` needs a guest path" +
                         write_instead(host, proposal(host_names)));
    guest_names = host_names;
  }

  Result<std::string> guest = image::normalise_guest_path(join(guest_names));
  if (!guest.ok()) return usage_error(guest.error().message);
  return image::Source{std::string(host), *std::move(guest), is_file};
}

}  // namespace wasm_vfs::tool
