// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What `wasm-vfs spin` did, for people and as JSON.

#ifndef WASM_VFS_TOOLS_SPIN_REPORT_H_
#define WASM_VFS_TOOLS_SPIN_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/host_files.h"
#include "spin_plan.h"
#include "summary.h"
#include "terminal.h"

namespace wasm_vfs::tool {

/// Files whose bytes are in several of the packed components, and so are stored several times.
struct RepeatedFiles {
  uint64_t files = 0;  // different contents
  uint64_t bytes = 0;  // what the second and later ones take, before any compression
};

/// Compares what the packs hold. Reads files of equal size.
Result<RepeatedFiles> find_repeated_files(const SpinPlan& plan, const image::HostFiles& files);

struct SpinSummary {
  std::string manifest;        // as written, in the output directory
  std::vector<Summary> packs;  // in the order of the plan's
  RepeatedFiles repeated;
  std::vector<std::string> warnings;  // but those of packs
};

void print_spin_summary(const SpinPlan& plan, const SpinSummary& summary, Terminal& terminal);

/// One object on one line, with the newline.
std::string spin_json(const SpinPlan& plan, const SpinSummary& summary);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_SPIN_REPORT_H_
