// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The output directory is a whole application: what is packed is written as ID.packed.wasm, so that
// two components made of one module do not meet; all other files that the manifest names are copied
// to the same relative path, so that the manifest's text need not change. Only a path that leads
// out of the application gets another. Tested by tests/cli/cases/*spin*.test.

#include "spin_plan.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace wasm_vfs::tool {
namespace {

namespace fs = std::filesystem;

class Planner {
 public:
  Planner(const spin::Manifest& manifest, const fs::path& manifest_path)
      : manifest_(manifest),
        root_(manifest_path.parent_path()),
        taken_{manifest_path.filename().string()} {}

  Result<SpinPlan> plan(const std::string& output_directory, const image::HostFiles& files) {
    RETURN_IF_ERROR(check_sources(files));
    spin::FileRules rules;
    rules.root = root_.empty() ? "." : root_.string();
    if (const Result<image::HostStat> stat = files.stat(output_directory); stat.ok())
      rules.skipped = *stat;

    // First what keeps its path, then what gets a name that is free.
    for (const spin::Component& component : manifest_.components())
      if (component.files.empty())
        for (const spin::CodeSource& source : component.sources)
          if (source.kind == spin::CodeSource::Kind::kFile) copy_in_place(source.file);
    for (const spin::LocalPath& path : manifest_.dependencies()) copy_in_place(path);
    for (const spin::LocalPath* path : outside_) copy_from_outside(*path);
    for (const spin::Component& component : manifest_.components())
      if (!component.files.empty()) RETURN_IF_ERROR(pack(component, rules, files));
    return std::move(plan_);
  }

 private:
  /// A module that is not there has most often not been built.
  Status check_sources(const image::HostFiles& files) const {
    for (const spin::Component& component : manifest_.components())
      for (const spin::CodeSource& source : component.sources) {
        if (source.kind != spin::CodeSource::Kind::kFile) continue;
        if (const auto stat = files.stat(host_of(source.file)); !stat.ok())
          return Error{source.file.position + ": " + stat.error().message +
                       "; build the application first (spin build)"};
      }
    return ok_status();
  }

  /// A leading "./" would only make messages longer.
  std::string host_of(const spin::LocalPath& path) const {
    return (root_ / (path.path.starts_with("./") ? path.path.substr(2) : path.path)).string();
  }

  void copy_in_place(const spin::LocalPath& path) {
    const fs::path written(path.path);
    const bool leads_out =
        written.is_absolute() || std::find(written.begin(), written.end(), "..") != written.end();
    const std::string output = written.lexically_normal().string();
    if (leads_out || taken_.count(output) != 0) {
      outside_.push_back(&path);
    } else if (copied_.emplace((root_ / written).lexically_normal().string(), output).second) {
      names_.insert(output);
      plan_.copies.push_back({&path, host_of(path), output});
    }
  }

  void copy_from_outside(const spin::LocalPath& path) {
    const fs::path host = root_ / path.path;
    const std::string key = host.lexically_normal().string();
    auto found = copied_.find(key);
    if (found == copied_.end()) {
      found =
          copied_.emplace(key, free_name(host.stem().string(), host.extension().string())).first;
      plan_.copies.push_back({&path, host.string(), found->second});
    }
    plan_.paths.emplace_back(path, found->second);
  }

  Status pack(const spin::Component& component, const spin::FileRules& rules,
              const image::HostFiles& files) {
    for (const spin::CodeSource& source : component.sources)
      if (source.kind != spin::CodeSource::Kind::kFile)
        return Error{
            source.file.position + ": component " + component.id + " has files, but its code is " +
            (source.kind == spin::CodeSource::Kind::kUrl ? "at " : "the package ") + source.name +
            "; download it, put it beside the manifest and give its path as source"};
    ASSIGN_OR_RETURN(spin::FileTree tree,
                     spin::find_files(component.files, component.excluded, rules, files));
    plan_.trees.push_back(std::move(tree));
    for (const spin::CodeSource& source : component.sources) {
      const std::string name =
          component.id + (source.profile.empty() ? "" : "." + source.profile) + ".packed";
      const std::string output = free_name(name, ".wasm");
      plan_.packs.push_back(
          {&component, &source, host_of(source.file), output, plan_.trees.size() - 1});
      plan_.paths.emplace_back(source.file, output);
    }
    return ok_status();
  }

  /// A name in the output directory that nothing else has: "web.packed.wasm", "web.packed-2.wasm".
  std::string free_name(std::string stem, const std::string& extension) {
    for (char& c : stem)
      if (c == '/' || static_cast<unsigned char>(c) < 0x20) c = '-';
    std::string name = stem + extension;
    for (int number = 2; names_.count(name) + taken_.count(name) != 0; ++number)
      name = stem + "-" + std::to_string(number) + extension;
    names_.insert(name);
    return name;
  }

  const spin::Manifest& manifest_;
  const fs::path root_;
  const std::set<std::string> taken_;          // the manifest's own name
  std::set<std::string> names_;                // of outputs
  std::map<std::string, std::string> copied_;  // host path → output
  std::vector<const spin::LocalPath*> outside_;
  SpinPlan plan_;
};

}  // namespace

Result<SpinPlan> plan_spin(const spin::Manifest& manifest, const std::string& manifest_path,
                           const std::string& output_directory, const image::HostFiles& files) {
  return Planner(manifest, manifest_path).plan(output_directory, files);
}

}  // namespace wasm_vfs::tool
