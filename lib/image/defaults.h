// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The arguments and environment variables that a pack bakes in (--arg, --env), and how they lie in
// an index (format.h): as NUL-terminated strings, one after the other. Tested by defaults_test.cc.

#ifndef WASM_VFS_IMAGE_DEFAULTS_H_
#define WASM_VFS_IMAGE_DEFAULTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace wasm_vfs::image {

struct Defaults {
  std::string program_name;              // argv[0] where the host gives none; only with arguments
  std::vector<std::string> arguments;    // in order, after argv[0] and before the host's own
  std::vector<std::string> environment;  // NAME=VALUE, each NAME once, in the order first given

  friend bool operator==(const Defaults&, const Defaults&) = default;
};

/// The NAME of a NAME=VALUE: what stands before the first equals sign.
std::string_view name_of_variable(std::string_view variable);

/// Adds a NAME=VALUE. One of the same NAME that is there already changes its value and keeps its
/// place. Nothing is checked.
void set_variable(Defaults& defaults, std::string variable);

/// An error for what a guest could not be given: text that has a NUL or is not UTF-8, a variable
/// without a NAME or an equals sign, the same NAME twice.
Status check_defaults(const Defaults& defaults);

/// The NUL-terminated strings of an index. The program name is the first of the arguments; without
/// arguments it is left out.
std::string argument_strings(const Defaults& defaults);
std::string environment_strings(const Defaults& defaults);

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_DEFAULTS_H_
