// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A component stores equal files once; several components cannot share. How much that costs is
// said, since it decides whether to make one component of two. Tested by
// tests/cli/cases/*spin*.test.

#include "spin_report.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/mapped_file.h"
#include "image/digest.h"

namespace wasm_vfs::tool {

Result<RepeatedFiles> find_repeated_files(const SpinPlan& plan, const image::HostFiles& files) {
  // By size, by host path: the packs that have it.
  std::map<uint64_t, std::map<std::string, std::set<size_t>>> packed;
  for (size_t i = 0; i < plan.packs.size(); ++i)
    for (const auto& [guest, host] : plan.trees[plan.packs[i].tree].files) {
      ASSIGN_OR_RETURN(const image::HostStat stat, files.stat(host));
      if (stat.size != 0) packed[stat.size][host].insert(i);
    }
  RepeatedFiles repeated;
  const auto count = [&](uint64_t size, const std::set<size_t>& holders) {
    if (holders.size() < 2) return;
    ++repeated.files;
    repeated.bytes += size * (holders.size() - 1);
  };
  for (const auto& [size, paths] : packed) {
    if (paths.size() == 1) {
      count(size, paths.begin()->second);
      continue;
    }
    std::map<image::Digest, std::set<size_t>> contents;
    for (const auto& [host, holders] : paths) {
      ASSIGN_OR_RETURN(const MappedFile file, MappedFile::open(host));
      contents[image::digest_of(file.bytes())].insert(holders.begin(), holders.end());
    }
    for (const auto& [digest, holders] : contents) count(size, holders);
  }
  return repeated;
}

void print_spin_summary(const SpinPlan& plan, const SpinSummary& summary, Terminal& terminal) {
  for (size_t i = 0; i < plan.packs.size(); ++i)
    print_summary(summary.packs[i], terminal, plan.packs[i].component->id + ": ");
  for (const SpinCopy& copy : plan.copies) terminal.line("copied " + copy.host);
  if (summary.repeated.files != 0)
    terminal.line(counted(summary.repeated.files, "file is", "files are") +
                  " in several components: " + readable_size(summary.repeated.bytes) +
                  " stored more than once");
  terminal.line("wrote " + summary.manifest);
}

std::string spin_json(const SpinPlan& plan, const SpinSummary& summary) {
  nlohmann::json components = nlohmann::json::array();
  for (size_t i = 0; i < plan.packs.size(); ++i) {
    nlohmann::json json = nlohmann::json::parse(json_summary(summary.packs[i]));
    json["id"] = plan.packs[i].component->id;
    if (!plan.packs[i].source->profile.empty()) json["profile"] = plan.packs[i].source->profile;
    components.push_back(std::move(json));
  }
  nlohmann::json copied = nlohmann::json::array();
  for (const SpinCopy& copy : plan.copies)
    copied.push_back({{"input", copy.host}, {"output", copy.output}});
  const nlohmann::json json = {
      {"manifest", summary.manifest},
      {"components", components},
      {"copied", copied},
      {"repeated_files", summary.repeated.files},
      {"repeated_bytes", summary.repeated.bytes},
      {"warnings", summary.warnings},
  };
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace wasm_vfs::tool
