// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Asks wabt's wasm-validate, a second opinion on whether a module is valid. It runs as a process of
// its own: wabt's library is not packaged.

#ifndef WASM_VFS_TESTS_UNIT_SPLICE_VALIDATE_H_
#define WASM_VFS_TESTS_UNIT_SPLICE_VALIDATE_H_

#include <array>
#include <cstdio>
#include <string>

#include "base/bytes.h"
#include "testing/temporary_directory.h"

namespace wasm_vfs::splice::test {

/// What the command prints; empty if it succeeds.
inline std::string run_command(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return "cannot run " + command;
  std::string output;
  std::array<char, 4096> buffer;
  while (const size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), size);
  const int status = ::pclose(pipe);
  if (status != 0 && output.empty()) output = command + " failed";
  return status == 0 ? "" : output;
}

/// Why a module is not valid; empty if it is.
inline std::string why_invalid(Bytes module) {
  const TemporaryDirectory directory;
  return run_command(WASM_VFS_WASM_VALIDATE " " +
                     directory.write("module.wasm", as_text(module)));
}

}  // namespace wasm_vfs::splice::test

#endif  // WASM_VFS_TESTS_UNIT_SPLICE_VALIDATE_H_
