// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Problem: the guest's environment is a list in which a NAME occurs once, and the order of --env is
// to be kept. There are few variables, so setting one searches the list; checking a list that
// anyone may have made does not, as it may be long. Tested by defaults_test.cc.

#include "image/defaults.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "image/paths.h"

namespace wasm_vfs::image {
namespace {

Status check_text(const char* option, std::string_view text) {
  if (is_utf8(text) && text.find('\0') == std::string_view::npos) return ok_status();
  return Error{std::string(option) + " '" + printable(text) +
               "': has a NUL or is not UTF-8, as WASI wants it"};
}

}  // namespace

std::string_view name_of_variable(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

void set_variable(Defaults& defaults, std::string variable) {
  const std::string_view name = name_of_variable(variable);
  const auto same =
      std::find_if(defaults.environment.begin(), defaults.environment.end(),
                   [&](const auto& other) { return name_of_variable(other) == name; });
  if (same != defaults.environment.end()) {
    *same = std::move(variable);
  } else {
    defaults.environment.push_back(std::move(variable));
  }
}

Status check_defaults(const Defaults& defaults) {
  RETURN_IF_ERROR(check_text("program name", defaults.program_name));
  for (const std::string& argument : defaults.arguments)
    RETURN_IF_ERROR(check_text("--arg", argument));
  std::unordered_set<std::string_view> names;
  for (const std::string& variable : defaults.environment) {
    RETURN_IF_ERROR(check_text("--env", variable));
    const std::string_view name = name_of_variable(variable);
    if (name.empty() || name.size() == variable.size())
      return Error{"--env '" + printable(variable) + "': is not NAME=VALUE"};
    if (!names.insert(name).second)
      return Error{"--env '" + printable(variable) + "': the same NAME is there already"};
  }
  return ok_status();
}

std::string argument_strings(const Defaults& defaults) {
  std::string strings;
  if (defaults.arguments.empty()) return strings;
  strings.append(defaults.program_name).push_back('\0');
  for (const std::string& argument : defaults.arguments) strings.append(argument).push_back('\0');
  return strings;
}

std::string environment_strings(const Defaults& defaults) {
  std::string strings;
  for (const std::string& variable : defaults.environment) strings.append(variable).push_back('\0');
  return strings;
}

}  // namespace wasm_vfs::image
