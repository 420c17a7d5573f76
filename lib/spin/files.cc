// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Spin copies the files of a component to a temporary directory and mounts that at `/`. Here the
// same files are found without copying. Where its loader does something that its users can hardly
// want, the tree is still Spin's, and a warning says so: an application must not behave otherwise
// when it is packed.
//
// Limits: a name that is not UTF-8 matches no pattern (WASI could not name it); a symlink that
// leads back to a directory it lies in is passed over, where Spin copies it some forty times.
// Tested by files_test.cc.

#include "spin/files.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "image/paths.h"
#include "spin/glob.h"

namespace wasm_vfs::spin {
namespace {

using image::HostFiles;
using image::HostKind;
using image::HostStat;
using image::printable;

std::string join(const std::string& directory, std::string_view name) {
  if (directory.empty() || directory == ".") return std::string(name);
  return directory + (directory.ends_with('/') ? "" : "/") + std::string(name);
}

/// `path` without `.` and `..`, by its letters alone; nothing if it climbs above where it starts.
std::optional<std::string> without_dots(std::string_view path) {
  std::vector<std::string_view> names;
  for (const std::string_view name : image::components_of(path)) {
    if (name == ".") continue;
    if (name == "..") {
      if (names.empty()) return std::nullopt;
      names.pop_back();
    } else {
      names.push_back(name);
    }
  }
  std::string result;
  for (const std::string_view name : names) result = join(result, name);
  return result;
}

bool is_same(const HostStat& a, const HostStat& b) {
  return a.device == b.device && a.inode == b.inode;
}

/// Finds the files that a pattern names.
class Walk {
 public:
  struct Found {
    std::string host;
    std::string relative;  // to where the walk began
  };

  Walk(const FileRules& rules, const HostFiles& files, std::vector<std::string>& warnings)
      : rules_(rules), files_(files), warnings_(warnings) {}

  /// All files at and below `directory`.
  Result<std::vector<Found>> all_below(const std::string& directory) {
    components_ = {{"", std::nullopt, true}, {"", *Glob::parse("*"), false}};
    return run(directory);
  }

  /// All files below `directory` that `pattern` names.
  Result<std::vector<Found>> matching(const std::string& directory, std::string_view pattern) {
    RETURN_IF_ERROR(Glob::parse(pattern));
    for (const std::string_view text : image::components_of(pattern)) {
      if (text == ".") continue;
      if (text == "**") {
        if (components_.empty() || !components_.back().is_recursive)
          components_.push_back({"", std::nullopt, true});
      } else if (text.find_first_of("?*[") == std::string_view::npos) {
        components_.push_back({std::string(text), std::nullopt, false});
      } else {
        ASSIGN_OR_RETURN(Glob glob, Glob::parse(text));
        components_.push_back({"", std::move(glob), false});
      }
    }
    // A slash at the end asks for directories, and only files are copied.
    if (pattern.ends_with('/') || components_.empty()) return std::vector<Found>{};
    return run(directory);
  }

 private:
  struct Component {
    std::string literal;       // where there is neither of these
    std::optional<Glob> glob;  // of one name
    bool is_recursive;         // `**`
  };

  Result<std::vector<Found>> run(const std::string& directory) {
    ASSIGN_OR_RETURN(const HostStat stat, files_.stat(directory));
    RETURN_IF_ERROR(descend(directory, "", stat, 0));
    return std::move(found_);
  }

  /// Goes on with components_[index] in `directory`.
  Status descend(const std::string& directory, const std::string& relative, const HostStat& stat,
                 size_t index) {
    const Component& component = components_[index];
    const bool is_last = index + 1 == components_.size();
    if (component.is_recursive && is_last) return ok_status();  // names directories only
    if (!component.is_recursive && !component.glob) {
      const std::string host = join(directory, component.literal);
      if (const Result<HostStat> child = files_.stat(host); child.ok())
        return visit(host, join(relative, component.literal), *child, index + 1);
      return ok_status();
    }

    if (component.is_recursive) RETURN_IF_ERROR(descend(directory, relative, stat, index + 1));
    ASSIGN_OR_RETURN(const std::vector<image::HostEntry> entries, files_.list(directory));
    ancestors_.push_back(stat);
    for (const image::HostEntry& entry : entries) {
      if (!image::is_utf8(entry.name)) continue;
      const std::string host = join(directory, entry.name);
      const Result<HostStat> child =
          entry.stat.kind == HostKind::kSymlink ? files_.stat(host) : Result(entry.stat);
      if (!child.ok()) continue;  // a link to nothing
      if (component.is_recursive) {
        if (child->kind == HostKind::kDirectory)
          RETURN_IF_ERROR(visit(host, join(relative, entry.name), *child, index));
      } else if (component.glob->matches(entry.name)) {
        RETURN_IF_ERROR(visit(host, join(relative, entry.name), *child, index + 1));
      }
    }
    ancestors_.pop_back();
    return ok_status();
  }

  Status visit(const std::string& host, const std::string& relative, const HostStat& stat,
               size_t index) {
    if (index == components_.size()) {
      if (stat.kind == HostKind::kFile) found_.push_back({host, relative});
      return ok_status();
    }
    if (stat.kind != HostKind::kDirectory) return ok_status();
    if (rules_.skipped && is_same(stat, *rules_.skipped)) return ok_status();
    const bool is_loop =
        std::any_of(ancestors_.begin(), ancestors_.end(),
                    [&](const HostStat& ancestor) { return is_same(ancestor, stat); });
    if (is_loop && components_[index].is_recursive) {
      warnings_.push_back(printable(host) +
                          ": leads back to a directory that it lies in; passed over");
      return ok_status();
    }
    return descend(host, relative, stat, index);
  }

  const FileRules& rules_;
  const HostFiles& files_;
  std::vector<std::string>& warnings_;
  std::vector<Component> components_;
  std::vector<HostStat> ancestors_;  // the directories being listed, outermost first
  std::vector<Found> found_;
};

class Finder {
 public:
  Finder(const FileRules& rules, const HostFiles& files) : rules_(rules), files_(files) {}

  Status add_excludes(const std::vector<ExcludedFiles>& excluded) {
    for (const ExcludedFiles& each : excluded) {
      Result<Glob> glob = Glob::parse(each.pattern);
      if (!glob.ok()) return Error{each.position + ": " + glob.error().message};
      excluded_.push_back(*std::move(glob));
    }
    return ok_status();
  }

  Status add(const FileMount& mount) {
    const Status status =
        mount.destination ? add_placement(mount) : add_file_or_pattern(mount.source);
    if (!status.ok()) return Error{mount.position + ": " + status.error().message};
    for (; warned_ < tree_.warnings.size(); ++warned_)
      tree_.warnings[warned_].insert(0, mount.position + ": ");
    return ok_status();
  }

  Result<FileTree> take() {
    // A path cannot be a file and a directory; Spin fails while it copies.
    const auto check = [&](const std::string& guest) -> Status {
      for (size_t end = guest.rfind('/'); end != 0; end = guest.rfind('/', end - 1)) {
        const auto file = tree_.files.find(guest.substr(0, end));
        if (file != tree_.files.end())
          return Error{printable(file->first) + " would be the file " + printable(file->second) +
                       " and a directory, with " + printable(guest) +
                       " in it; change a destination"};
      }
      return ok_status();
    };
    for (const auto& [guest, host] : tree_.files) {
      RETURN_IF_ERROR(check(guest));
      if (tree_.directories.count(guest) != 0)
        return Error{printable(guest) + " would be the file " + printable(host) +
                     " and a directory; change a destination"};
    }
    for (const std::string& guest : tree_.directories) RETURN_IF_ERROR(check(guest));
    return std::move(tree_);
  }

 private:
  void warn(std::string text) { tree_.warnings.push_back(std::move(text)); }

  Status add_file_or_pattern(const std::string& text) {
    const std::string shown = printable(text);
    if (text.empty() || text.starts_with('/'))
      return Error{"'" + shown + "': must be a path relative to the manifest's directory"};
    const std::string_view last = std::string_view(text).substr(text.rfind('/') + 1);
    if (last == "." || last == "..")
      return Error{"'" + shown + "': a pattern cannot end in " + std::string(last) +
                   "; write { source = \"" + shown + "\", destination = \"/\" }"};
    if (text == "*" || text == "**/*")
      warn("'" + text + "' takes all of the application's directory; write './" + text +
           "' if that is meant");

    const std::string host = join(rules_.root, text);
    const Result<HostStat> stat = files_.stat(host);
    if (stat.ok() && stat->kind != HostKind::kDirectory) return put(text, host, "");
    if (stat.ok()) {
      // Spin's loader puts the path as written twice before the files of a directory.
      ASSIGN_OR_RETURN(const std::string place, place_of(text));
      if (!place.empty())
        warn("'" + shown + "' is a directory, whose files Spin shows in /" +
             printable(join(place, place)) + ", and so does the packed one; write { source = \"" +
             shown + "\", destination = \"/" + printable(place) + "\" }");
      ASSIGN_OR_RETURN(const std::vector<Walk::Found> found,
                       Walk(rules_, files_, tree_.warnings).all_below(host));
      return put_all(found, text, join(text, text), text);
    }
    if (!looks_like_glob(text))
      return Error{"'" + shown +
                   "': nothing of this name in the manifest's directory, and it is no "
                   "pattern"};
    Result<std::vector<Walk::Found>> found =
        Walk(rules_, files_, tree_.warnings).matching(rules_.root, text);
    if (!found.ok()) return Error{"'" + shown + "': " + found.error().message};
    if (found->empty())
      warn("'" + shown + "' matches no files" +
           (text.ends_with("**") ? "; " + shown + "/* has those of all directories" : ""));
    return put_all(*found, "", "", "");
  }

  Status add_placement(const FileMount& mount) {
    const std::string& destination = *mount.destination;
    if (mount.source.empty() || mount.source.starts_with('/'))
      return Error{"source '" + printable(mount.source) +
                   "': must be a path relative to the manifest's directory"};
    const std::string host = join(rules_.root, mount.source);
    const Result<HostStat> stat = files_.stat(host);
    if (!stat.ok()) return Error{stat.error().message};
    if (stat->kind == HostKind::kDirectory) {
      ASSIGN_OR_RETURN(const std::vector<Walk::Found> found,
                       Walk(rules_, files_, tree_.warnings).all_below(host));
      return put_all(found, mount.source, destination, destination);
    }
    const std::string_view name = std::string_view(destination).substr(destination.rfind('/') + 1);
    if (name.empty() || name == "." || name == "..")
      return Error{"destination '" + printable(destination) + "': " + printable(mount.source) +
                   " is a file; its destination must end in a file name"};
    return put(destination, host, "");
  }

  /// Puts what was found at `source` (relative to the root) below `destination`.
  Status put_all(const std::vector<Walk::Found>& found, const std::string& source,
                 const std::string& destination, const std::string& directory) {
    ASSIGN_OR_RETURN(const std::string made, place_of(directory));
    tree_.directories.insert("/" + made);
    for (const Walk::Found& file : found)
      RETURN_IF_ERROR(
          put(join(destination, file.relative), file.host, join(source, file.relative)));
    return ok_status();
  }

  /// Puts one file. `excludable` is its path for exclude_files; empty where they do not apply.
  Status put(const std::string& guest, const std::string& host, const std::string& excludable) {
    if (!excludable.empty()) {
      const std::string path = without_dots(excludable).value_or(excludable);
      for (const Glob& glob : excluded_)
        if (glob.matches(path)) return ok_status();
    }
    ASSIGN_OR_RETURN(std::string place, place_of(guest));
    const auto [at, is_new] = tree_.files.emplace("/" + std::move(place), host);
    if (!is_new && at->second != host) {
      warn(printable(at->first) + " is given twice: " + printable(host) + " lies over " +
           printable(at->second) + " (with Spin it is a matter of chance)");
      at->second = host;
    }
    return ok_status();
  }

  static Result<std::string> place_of(const std::string& guest) {
    if (std::optional<std::string> place = without_dots(guest)) return *std::move(place);
    return Error{"'" + printable(guest) +
                 "' leads out of the component's root directory; write { "
                 "source, destination } with a destination below /"};
  }

  const FileRules& rules_;
  const HostFiles& files_;
  std::vector<Glob> excluded_;
  FileTree tree_;
  size_t warned_ = 0;  // warnings that name their element already
};

}  // namespace

Result<FileTree> find_files(const std::vector<FileMount>& mounts,
                            const std::vector<ExcludedFiles>& excluded, const FileRules& rules,
                            const HostFiles& files) {
  Finder finder(rules, files);
  RETURN_IF_ERROR(finder.add_excludes(excluded));
  for (const FileMount& mount : mounts) RETURN_IF_ERROR(finder.add(mount));
  return finder.take();
}

}  // namespace wasm_vfs::spin
