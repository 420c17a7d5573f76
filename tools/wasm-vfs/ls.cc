// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A directory's children are listed by name, with --recursive all below it by path; a file that is
// named stands for itself. Names on lines are shown as text, so that nothing in a module can drive
// a terminal; --json has them as they are. Tested by tests/cli/cases/*ls*.test.

#include "ls.h"

#include <cstdint>
#include <string_view>

#include "command_line.h"
#include "image/lookup.h"
#include "listing.h"
#include "packed_file.h"
#include "terminal.h"

namespace wasm_vfs::tool {
namespace {

using image::kind_of;
using image::mtime_of;
using image::Node;
using image::NodeKind;

/// A line of the listing.
struct Listed {
  uint32_t node;
  std::string shown;  // the name or path in the lines
};

class Lister {
 public:
  Lister(const PackedFile& packed, const LsOptions& options)
      : packed_(packed), options_(options), copies_(packed.image.node_count()) {
    for (const image::ContentRun& run : image::content_runs(packed.image))
      for (const uint32_t file : run.files)
        copies_[file] = {run.files.front(), static_cast<uint32_t>(run.files.size())};
  }

  /// Adds what `path` names.
  Status add(const std::string& path) {
    const Result<uint32_t> found =
        image::look_up(packed_.image, path,
                       options_.long_form ? image::LastLink::kKeep : image::LastLink::kFollow);
    if (!found.ok()) return Error{packed_.name + ": " + found.error().message};
    const Node node = packed_.image.node(*found);
    if (kind_of(node) != NodeKind::kDirectory)
      listed_.push_back({*found, packed_.image.path(*found)});
    else
      add_children(node);
    return ok_status();
  }

  std::string names() const {
    Table table({{"NAME"}});
    for (const Listed& item : listed_) table.add({{shown(item), colour(item)}});
    return table.text({.terminal = false, .colours = output_style().colours});
  }

  std::string table() const {
    Table table({{"MODE"}, {"SIZE", true}, {"STORED", true}, {"SHARED", true}, {"TIME (UTC)"}, {"NAME"}});
    for (const Listed& item : listed_) {
      const Node node = packed_.image.node(item.node);
      const NodeKind kind = kind_of(node);
      std::string name = shown(item);
      if (kind == NodeKind::kSymlink) name += " -> " + std::string(packed_.image.target(item.node));
      const bool is_shared = copies_[item.node].count > 1;
      table.add({mode(node),
                 kind == NodeKind::kDirectory ? "-" : std::to_string(node.size),
                 kind == NodeKind::kFile
                     ? std::to_string(image::stored_size(packed_.image, item.node))
                     : "-",
                 is_shared ? std::to_string(copies_[item.node].count) : "-",
                 time_text(mtime_of(node)),
                 {name, colour(item)}});
    }
    return table.text(output_style());
  }

  Json json() const {
    Json entries = Json::array();
    for (const Listed& item : listed_) {
      const Node node = packed_.image.node(item.node);
      Json entry = {{"path", packed_.image.path(item.node)}};
      switch (kind_of(node)) {
        case NodeKind::kDirectory:
          entry["kind"] = "directory";
          entry["mount"] = (node.kind_and_flags & image::kMountPoint) != 0;
          break;
        case NodeKind::kFile:
          entry["kind"] = "file";
          entry["size"] = node.size;
          entry["stored"] = image::stored_size(packed_.image, item.node);
          entry["executable"] = (node.kind_and_flags & image::kExecutable) != 0;
          if (copies_[item.node].count > 1) {
            entry["shared"] = copies_[item.node].count;
            if (copies_[item.node].first != item.node)
              entry["same_bytes_as"] = packed_.image.path(copies_[item.node].first);
          }
          break;
        case NodeKind::kSymlink:
          entry["kind"] = "symlink";
          entry["target"] = packed_.image.target(item.node);
          break;
      }
      entry["mtime"] = time_json(mtime_of(node));
      entries.push_back(std::move(entry));
    }
    return {{"entries", std::move(entries)}};
  }

 private:
  struct Copies {
    uint32_t first = 0;  // the first file that has these bytes
    uint32_t count = 0;  // how many have them
  };

  void add_children(const Node& directory) {
    for (uint32_t i = 0; i < directory.size; ++i) {
      const uint32_t child = directory.data + i;
      listed_.push_back({child, options_.recursive ? packed_.image.path(child)
                                                   : std::string(packed_.image.name(child))});
      const Node node = packed_.image.node(child);
      if (options_.recursive && kind_of(node) == NodeKind::kDirectory) add_children(node);
    }
  }

  /// A directory's name ends with a slash, as with `ls -p`.
  std::string shown(const Listed& item) const {
    return kind_of(packed_.image.node(item.node)) == NodeKind::kDirectory ? item.shown + "/"
                                                                          : item.shown;
  }

  Colour colour(const Listed& item) const {
    const Node node = packed_.image.node(item.node);
    switch (kind_of(node)) {
      case NodeKind::kDirectory:
        return Colour::kBlue;
      case NodeKind::kSymlink:
        return Colour::kCyan;
      case NodeKind::kFile:
        break;
    }
    return (node.kind_and_flags & image::kExecutable) != 0 ? Colour::kGreen : Colour::kNone;
  }

  /// As the guest could see it: nothing can be written.
  static std::string mode(const Node& node) {
    switch (kind_of(node)) {
      case NodeKind::kDirectory:
        return "dr-xr-xr-x";
      case NodeKind::kSymlink:
        return "lr-xr-xr-x";
      case NodeKind::kFile:
        break;
    }
    return (node.kind_and_flags & image::kExecutable) != 0 ? "-r-xr-xr-x" : "-r--r--r--";
  }

  const PackedFile& packed_;
  const LsOptions& options_;
  std::vector<Copies> copies_;  // by node
  std::vector<Listed> listed_;
};

Status run_passes(const LsOptions& options) {
  ASSIGN_OR_RETURN(const PackedFile packed, open_packed(options.input));
  Lister lister(packed, options);
  if (options.paths.empty()) RETURN_IF_ERROR(lister.add("/"));
  for (const std::string& path : options.paths) RETURN_IF_ERROR(lister.add(path));
  if (options.json)
    print_json(lister.json());
  else
    print(options.long_form ? lister.table() : lister.names());
  return ok_status();
}

}  // namespace

void declare_ls_options(CLI::App& command, LsOptions& options) {
  declare_packed_input(command, options.input);
  command.add_option("PATH", options.paths, "what to list, as the guest names it [/]")
      ->option_text("[PATH...]");
  add_flag(command, "-R,--recursive", options.recursive, "all below the directories too, by path")
      ->group("What");
  add_flag(command, "-l,--long", options.long_form,
           "mode, bytes, bytes as stored (a part of its chunks), files that share them, time, name")
      ->group("Output");
  add_flag(command, "--json", options.json, "as JSON, with all of that")->group("Output");
}

int ls(const LsOptions& options) {
  Terminal terminal;
  return conclude(run_passes(options), terminal);
}

}  // namespace wasm_vfs::tool
