// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Problem: many host directories become one guest tree, and nothing may be left out unseen. Each
// source is scanned into a tree of its own, in which its symlinks are checked; then it is laid over
// what the earlier sources gave. All that cannot be packed is collected, so that the error names
// every such path and not just the first.
//
// Limits: case is folded in ASCII only, so É and é count as different names. Whether a kept symlink
// leaves its HOST is decided in the scanned tree: what the excludes removed counts as missing. An
// absolute target is read as the guest will read it, not as the host does: one that exists inside the
// HOST's guest path is kept, any other is an error.
// Tested by tree_test.cc.

#include "image/tree.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

#include "image/paths.h"

namespace wasm_vfs::image {
namespace {

/// As many symlinks as Linux follows in one look-up.
constexpr int kMaxLinksFollowed = 40;

/// At most so many paths are named after the first problem's message.
constexpr size_t kMaxProblemsNamed = 10;

std::string join(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty() && path.back() != '/') path += '/';
  path += name;
  return path;
}

const char* with_article(HostKind kind) {
  switch (kind) {
    case HostKind::kDirectory:
      return "a directory";
    case HostKind::kFile:
      return "a file";
    case HostKind::kSymlink:
      return "a symlink";
    case HostKind::kSocket:
      return "a socket";
    case HostKind::kFifo:
      return "a FIFO";
    case HostKind::kDevice:
      return "a device";
    case HostKind::kUnknown:
      break;
  }
  return "of an unknown kind";
}

const char* noun(NodeKind kind) {
  switch (kind) {
    case NodeKind::kDirectory:
      return "directory";
    case NodeKind::kFile:
      return "file";
    case NodeKind::kSymlink:
      break;
  }
  return "symlink";
}

/// "--exclude '/a'", quoted for a shell.
std::string exclude_flag(std::string_view relative_path) {
  std::string quoted;
  for (char c : exclude_pattern_for(relative_path)) {
    if (c == '\'') quoted += "'\\'";
    quoted += c;
  }
  return "--exclude '" + printable(quoted) + "'";
}

bool name_less(const Entry& entry, std::string_view name) {
  return entry.name < name;
}

/// What could not be packed, with the host paths.
class Problems {
 public:
  void add(const std::string& path, const std::string& why) {
    add(Error{printable(path) + ": " + why}, path);
  }
  void add(Error error, const std::string& path) {
    if (paths_.empty()) first_ = std::move(error);
    paths_.push_back(path);
  }

  Status status() const {
    if (paths_.empty()) return ok_status();
    Error error = first_;
    if (paths_.size() > 1) {
      error.message +=
          " (and " + std::to_string(paths_.size() - 1) + " more that cannot be packed:";
      for (size_t i = 1; i < paths_.size() && i <= kMaxProblemsNamed; ++i) {
        error.message += (i == 1 ? " " : ", ") + printable(paths_[i]);
      }
      error.message += paths_.size() > kMaxProblemsNamed + 1 ? ", …)" : ")";
    }
    return error;
  }

 private:
  Error first_;
  std::vector<std::string> paths_;
};

/// Scans one source.
class Scanner {
 public:
  Scanner(const ScanOptions& options, const HostFiles& files, std::vector<std::string>& warnings)
      : options_(options), files_(files), warnings_(warnings) {}

  /// The file or directory that the source names; its name is left empty.
  Result<Entry> scan(const Source& source) {
    if (source.host_path.empty() && !source.is_file) {
      Entry empty;
      empty.mtime_ns = options_.mtime_ns;
      return empty;
    }
    ASSIGN_OR_RETURN(const HostStat stat, files_.stat(source.host_path));
    const HostKind wanted = source.is_file ? HostKind::kFile : HostKind::kDirectory;
    if (stat.kind != wanted) {
      std::string why =
          std::string("is ") + with_article(stat.kind) + ", not " + with_article(wanted);
      if (stat.kind == HostKind::kFile) why += "; pack it with --file";
      if (stat.kind == HostKind::kDirectory) why += "; pack it with --dir";
      return Error{printable(source.host_path) + ": " + why};
    }
    if (source.is_file) {
      Entry file = file_entry(source.host_path, stat);
      const std::string_view path = source.host_path;
      file.stays_raw = options_.stay_raw.excludes(path.substr(path.rfind('/') + 1), false);
      return file;
    }
    Entry root;
    root.mtime_ns = mtime_of(source.host_path, stat);
    const size_t guest_size = source.guest_path == "/" ? 0 : source.guest_path.size();
    ancestors_.push_back(stat);
    scan_directory(root, source.host_path, "", guest_size);
    std::vector<const Entry*> directories{&root};
    guest_path_ = components_of(source.guest_path);
    check_symlinks(directories, source.host_path, "");
    RETURN_IF_ERROR(problems_.status());
    return root;
  }

 private:
  Entry file_entry(const std::string& host_path, const HostStat& stat) {
    Entry entry;
    entry.kind = NodeKind::kFile;
    entry.size = stat.size;
    entry.executable = stat.executable;
    entry.mtime_ns = mtime_of(host_path, stat);
    entry.host_path = host_path;
    return entry;
  }

  uint64_t mtime_of(const std::string& host_path, const HostStat& stat) {
    if (!options_.preserve_mtime) return options_.mtime_ns;
    if (stat.mtime_ns >= 0) return static_cast<uint64_t>(stat.mtime_ns);
    warnings_.push_back(printable(host_path) +
                        ": its time lies before 1970, which WASI cannot express; it becomes 1970");
    return 0;
  }

  /// Fills `directory` with what lies in `host_path`. `guest_size` is the length of its guest path.
  void scan_directory(Entry& directory, const std::string& host_path,
                      const std::string& relative_path, size_t guest_size) {
    Result<std::vector<HostEntry>> listed = files_.list(host_path);
    if (!listed.ok()) return problems_.add(std::move(listed).error(), host_path);
    directory.children.reserve(listed->size());
    for (HostEntry& found : *listed) {
      const std::string host = join(host_path, found.name);
      const std::string relative = join(relative_path, found.name);
      scan_entry(directory, found, host, relative, guest_size + 1 + found.name.size());
    }
  }

  void scan_entry(Entry& directory, HostEntry& found, const std::string& host,
                  const std::string& relative, size_t guest_size) {
    HostStat stat = found.stat;
    if (stat.kind == HostKind::kSymlink && options_.symlinks == SymlinkPolicy::kFollow) {
      Result<HostStat> followed = files_.stat(host);
      if (!followed.ok()) {
        if (options_.excludes.excludes(relative, false)) return;
        return problems_.add(
            Error{followed.error().message + "; it is a symlink: leave it out with " +
                  exclude_flag(relative)},
            host);
      }
      stat = *followed;
    }
    if (options_.excludes.excludes(relative, stat.kind == HostKind::kDirectory)) return;
    if (!check_name(found.name, host, relative, guest_size)) return;

    switch (stat.kind) {
      case HostKind::kFile:
        directory.children.push_back(file_entry(host, stat));
        directory.children.back().stays_raw =
            stay_raw_ || options_.stay_raw.excludes(relative, false);
        break;
      case HostKind::kDirectory: {
        const bool loop =
            std::any_of(ancestors_.begin(), ancestors_.end(), [&](const HostStat& ancestor) {
              return ancestor.device == stat.device && ancestor.inode == stat.inode;
            });
        if (loop) {
          return problems_.add(host,
                               "leads back to a directory that it lies in; leave it out with " +
                                   exclude_flag(relative));
        }
        Entry child;
        child.mtime_ns = mtime_of(host, stat);
        ancestors_.push_back(stat);
        const bool stays_raw = stay_raw_;
        stay_raw_ = stay_raw_ || options_.stay_raw.excludes(relative, true);
        scan_directory(child, host, relative, guest_size);
        stay_raw_ = stays_raw;
        ancestors_.pop_back();
        directory.children.push_back(std::move(child));
        break;
      }
      case HostKind::kSymlink: {
        Result<std::string> target = files_.read_link(host);
        if (!target.ok()) return problems_.add(std::move(target).error(), host);
        if (!is_utf8(*target) || target->empty() || target->size() > kMaxPathSize) {
          return problems_.add(host, "its target, " + printable(*target) +
                                         ", is not a path in UTF-8; leave it out with " +
                                         exclude_flag(relative));
        }
        Entry link;
        link.kind = NodeKind::kSymlink;
        link.mtime_ns = mtime_of(host, stat);
        link.target = *std::move(target);
        directory.children.push_back(std::move(link));
        break;
      }
      default:
        return problems_.add(host, std::string("is ") + with_article(stat.kind) +
                                       ", which cannot be packed; leave it out with " +
                                       exclude_flag(relative));
    }
    directory.children.back().name = std::move(found.name);
  }

  bool check_name(const std::string& name, const std::string& host, const std::string& relative,
                  size_t guest_size) {
    if (!is_utf8(name)) {
      problems_.add(host,
                    "its name is not UTF-8, as WASI wants it; rename it, or leave it out with " +
                        exclude_flag(relative));
      return false;
    }
    if (name.size() > kMaxNameSize) {
      problems_.add(host, "its name is longer than " + std::to_string(kMaxNameSize) +
                              " bytes; leave it out with " + exclude_flag(relative));
      return false;
    }
    if (guest_size > kMaxPathSize) {
      problems_.add(host, "its path in the guest is longer than " + std::to_string(kMaxPathSize) +
                              " bytes; leave it out with " + exclude_flag(relative));
      return false;
    }
    return true;
  }

  /// Checks all symlinks at and below directories.back(); `directories` leads there from the root.
  void check_symlinks(std::vector<const Entry*>& directories, const std::string& host_path,
                      const std::string& relative_path) {
    for (const Entry& child : directories.back()->children) {
      if (child.kind == NodeKind::kFile) continue;
      const std::string host = join(host_path, child.name);
      const std::string relative = join(relative_path, child.name);
      if (child.kind == NodeKind::kDirectory) {
        directories.push_back(&child);
        check_symlinks(directories, host, relative);
        directories.pop_back();
      } else if (leaves_tree(directories, child.target)) {
        problems_.add(host, "is a symlink to " + printable(child.target) +
                                ", outside the packed directory; pack what it leads to with "
                                "--symlinks=follow, or leave it out with " +
                                exclude_flag(relative));
      }
    }
  }

  /// Whether a symlink in the directory position.back() leads out of position.front(), be it on the
  /// way only. A component that does not exist counts as a directory. An absolute target is read as
  /// the guest will: it stays inside if it begins with the directory's guest path, and exists.
  bool leaves_tree(std::vector<const Entry*> position, std::string_view target) const {
    std::vector<std::string_view> pending;  // the next component is the last
    const auto push_path = [&](std::string_view path) {
      const std::vector<std::string_view> components = components_of(path);
      pending.insert(pending.end(), components.rbegin(), components.rend());
    };
    push_path(target);
    const bool absolute = target.starts_with('/');
    if (absolute) {
      std::erase(pending, ".");
      for (std::string_view component : guest_path_) {
        if (pending.empty() || pending.back() != component) return true;
        pending.pop_back();
      }
      position.resize(1);
    }
    int links_followed = 0;
    while (!pending.empty()) {
      const std::string_view component = pending.back();
      pending.pop_back();
      if (component == ".") continue;
      if (component == "..") {
        if (position.size() == 1) return true;
        position.pop_back();
        continue;
      }
      const Entry* child = find_child(position.back(), component);
      if (child == nullptr && absolute) return true;
      if (child == nullptr || child->kind != NodeKind::kSymlink) {
        position.push_back(child);
        continue;
      }
      // A link that leaves by itself is reported as itself; a loop is the guest's ELOOP.
      if (child->target.starts_with('/') || ++links_followed > kMaxLinksFollowed) return false;
      push_path(child->target);
    }
    return false;
  }

  static const Entry* find_child(const Entry* directory, std::string_view name) {
    if (directory == nullptr) return nullptr;
    const auto& children = directory->children;
    const auto found = std::lower_bound(children.begin(), children.end(), name, name_less);
    return found != children.end() && found->name == name ? &*found : nullptr;
  }

  const ScanOptions& options_;
  const HostFiles& files_;
  std::vector<std::string>& warnings_;
  Problems problems_;
  std::vector<HostStat> ancestors_;  // the directories being scanned, outermost first
  std::vector<std::string_view> guest_path_;  // of the source, by components
  bool stay_raw_ = false;            // whether one of these is to stay raw
};

bool holds_mount(const Entry& entry) {
  return entry.mount_point ||
         std::any_of(entry.children.begin(), entry.children.end(), holds_mount);
}

/// Lays scanned sources over a tree.
class Overlay {
 public:
  explicit Overlay(Tree& tree) : tree_(tree) {}

  /// Puts `layer` at an absolute path; directories on the way that are missing get `mtime_ns`.
  Status put(std::string_view guest_path, Entry layer, uint64_t mtime_ns) {
    Entry* place = &tree_.root;
    std::string path;
    std::vector<std::string_view> components = components_of(guest_path);
    for (size_t i = 0; i < components.size(); ++i) {
      path += '/';
      path += components[i];
      auto& children = place->children;
      auto child = std::lower_bound(children.begin(), children.end(), components[i], name_less);
      const bool exists = child != children.end() && child->name == components[i];
      if (i + 1 == components.size()) {
        layer.name = components[i];
        if (exists) return lay(*child, std::move(layer), path);
        children.insert(child, std::move(layer));
        return ok_status();
      }
      Entry directory;
      directory.name = components[i];
      directory.mtime_ns = mtime_ns;
      if (!exists) {
        child = children.insert(child, std::move(directory));
      } else if (child->kind != NodeKind::kDirectory) {
        RETURN_IF_ERROR(replace(*child, std::move(directory), path));
      }
      place = &*child;
    }
    return lay(*place, std::move(layer), "");
  }

 private:
  Status lay(Entry& below, Entry&& above, const std::string& path) {
    if (below.kind != NodeKind::kDirectory || above.kind != NodeKind::kDirectory) {
      return replace(below, std::move(above), path);
    }
    below.mtime_ns = above.mtime_ns;
    below.mount_point |= above.mount_point;
    std::vector<Entry> merged;
    merged.reserve(below.children.size() + above.children.size());
    auto low = below.children.begin();
    auto high = above.children.begin();
    while (low != below.children.end() && high != above.children.end()) {
      if (low->name < high->name) {
        merged.push_back(std::move(*low++));
      } else if (high->name < low->name) {
        merged.push_back(std::move(*high++));
      } else {
        RETURN_IF_ERROR(lay(*low, std::move(*high), path + '/' + low->name));
        merged.push_back(std::move(*low++));
        ++high;
      }
    }
    std::move(low, below.children.end(), std::back_inserter(merged));
    std::move(high, above.children.end(), std::back_inserter(merged));
    below.children = std::move(merged);
    return ok_status();
  }

  Status replace(Entry& below, Entry&& above, const std::string& path) {
    if (above.kind != NodeKind::kDirectory && holds_mount(below)) {
      return Error{printable(path) + ": a later --dir or --file has a " + noun(above.kind) +
                   " where an earlier --dir is mounted; leave one of them out"};
    }
    if (above.kind != below.kind) {
      tree_.warnings.push_back(printable(path) + ": a " + noun(above.kind) +
                               " takes the place of a " + noun(below.kind) +
                               " that an earlier --dir or --file put there");
    }
    below = std::move(above);
    return ok_status();
  }

  Tree& tree_;
};

/// REQUIRES: there is a directory at this path.
Entry& directory_at(Entry& root, std::string_view guest_path) {
  Entry* place = &root;
  for (std::string_view name : components_of(guest_path)) {
    auto& children = place->children;
    place = &*std::lower_bound(children.begin(), children.end(), name, name_less);
  }
  return *place;
}

/// Leaves of what lies below `directory` only the mounts and the way to them, as if no HOST had it.
void keep_mounts_only(Entry& directory, uint64_t mtime_ns) {
  std::erase_if(directory.children, [](const Entry& child) { return !holds_mount(child); });
  for (Entry& child : directory.children) {
    if (child.mount_point) continue;
    child.mtime_ns = mtime_ns;
    keep_mounts_only(child, mtime_ns);
  }
}

/// The sources with normalised guest paths, each of which may occur once.
Result<std::vector<Source>> normalise(std::vector<Source> sources) {
  std::set<std::string> guest_paths;
  for (Source& source : sources) {
    ASSIGN_OR_RETURN(source.guest_path, normalise_guest_path(source.guest_path));
    if (source.is_file && source.guest_path == "/") {
      return Error{printable(source.host_path) +
                   ": a file cannot be packed as /; name it: --file '" +
                   printable(source.host_path) + "::/NAME'"};
    }
    if (!guest_paths.insert(source.guest_path).second) {
      return Error{"guest path " + printable(source.guest_path) +
                   ": given twice; pack the second --dir or --file at another path"};
    }
  }
  return sources;
}

std::string ascii_lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// Warns of names that a file system which ignores case would take for one.
void warn_of_case(const Entry& directory, const std::string& path,
                  std::vector<std::string>& warnings) {
  std::vector<std::pair<std::string, const Entry*>> folded;
  folded.reserve(directory.children.size());
  for (const Entry& child : directory.children) {
    folded.emplace_back(ascii_lower(child.name), &child);
  }
  std::sort(folded.begin(), folded.end());  // equal ones by their place in the directory
  for (size_t i = 1; i < folded.size(); ++i) {
    if (folded[i].first != folded[i - 1].first) continue;
    warnings.push_back(printable(path + '/' + folded[i - 1].second->name) + " and " +
                       printable(path + '/' + folded[i].second->name) +
                       " differ in case only; where case is ignored they are one file");
  }
  for (const Entry& child : directory.children) {
    if (!child.children.empty()) warn_of_case(child, path + '/' + child.name, warnings);
  }
}

}  // namespace

Result<Tree> scan(const std::vector<Source>& sources, const ScanOptions& options,
                  const HostFiles& files, std::optional<Tree> base) {
  ASSIGN_OR_RETURN(const std::vector<Source> layers, normalise(sources));
  Tree tree;
  tree.root.mtime_ns = options.mtime_ns;
  if (base) tree = *std::move(base);
  const auto is_mounted = [&](const std::string& guest_path) {
    return std::find(tree.mounts.begin(), tree.mounts.end(), guest_path) != tree.mounts.end();
  };
  // Before any source is laid over the base, so that only the base's entries go.
  for (const Source& source : layers) {
    if (options.replace && is_mounted(source.guest_path))
      keep_mounts_only(directory_at(tree.root, source.guest_path), options.mtime_ns);
  }
  for (const Source& source : layers) {
    Scanner scanner(options, files, tree.warnings);
    ASSIGN_OR_RETURN(Entry layer, scanner.scan(source));
    layer.mount_point = !source.is_file;
    if (layer.mount_point && !is_mounted(source.guest_path))
      tree.mounts.push_back(source.guest_path);
    RETURN_IF_ERROR(Overlay(tree).put(source.guest_path, std::move(layer), options.mtime_ns));
  }
  warn_of_case(tree.root, "", tree.warnings);
  return tree;
}

}  // namespace wasm_vfs::image
