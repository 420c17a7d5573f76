// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Host files in memory, for tests: any kind of entry, any name, any error, and changes at will.
// Used by the tests of lib/image and lib/spin.

#ifndef WASM_VFS_TESTS_UNIT_IMAGE_FAKE_HOST_FILES_H_
#define WASM_VFS_TESTS_UNIT_IMAGE_FAKE_HOST_FILES_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "image/host_files.h"
#include "image/paths.h"

namespace wasm_vfs::image {

class FakeHostFiles : public HostFiles {
 public:
  FakeHostFiles() { nodes_[""].stat = stat_of(HostKind::kDirectory); }

  /// Each adds an entry, and the directories above it that are missing. Returns its stat, to
  /// change.
  HostStat& directory(const std::string& path) { return add(path, HostKind::kDirectory, ""); }
  HostStat& file(const std::string& path, std::string bytes, bool executable = false) {
    HostStat& stat = add(path, HostKind::kFile, std::move(bytes));
    stat.executable = executable;
    return stat;
  }
  HostStat& symlink(const std::string& path, std::string target) {
    return add(path, HostKind::kSymlink, std::move(target));
  }
  HostStat& special(const std::string& path, HostKind kind) { return add(path, kind, ""); }

  /// Whatever is asked of `path` fails from now on.
  void deny(const std::string& path) { denied_.insert(path); }

  /// Called with the path before a file is opened; may change the files. Not for several threads.
  std::function<void(const std::string&)> before_open;

  /// The most bytes that one read gives.
  size_t largest_read = SIZE_MAX;

  /// How often a file was opened.
  int opened() const { return opened_; }

  Result<std::vector<HostEntry>> list(const std::string& path) const override {
    if (denied_.count(path) != 0) return Error{path + ": cannot open directory: Permission denied"};
    const std::string real = resolve(path);
    std::vector<HostEntry> entries;
    const std::string prefix = real.empty() ? "" : real + '/';
    for (auto found = nodes_.lower_bound(prefix); found != nodes_.end(); ++found) {
      const std::string_view other = found->first;
      if (!other.starts_with(prefix)) break;
      const std::string_view name = other.substr(prefix.size());
      if (name.empty() || name.find('/') != std::string_view::npos) continue;
      entries.push_back({std::string(name), found->second.stat});
    }
    std::sort(entries.begin(), entries.end(),
              [](const HostEntry& a, const HostEntry& b) { return a.name < b.name; });
    return entries;
  }

  Result<HostStat> stat(const std::string& path) const override {
    if (denied_.count(path) != 0) return Error{path + ": cannot open: Permission denied"};
    const std::string real = resolve(path);
    if (real == kLoop) return Error{path + ": cannot open: Too many levels of symbolic links"};
    const auto found = nodes_.find(real);
    if (found == nodes_.end()) return Error{path + ": cannot open: No such file or directory"};
    return found->second.stat;
  }

  Result<std::string> read_link(const std::string& path) const override {
    return nodes_.at(path).bytes;
  }

  Result<std::unique_ptr<HostFile>> open(const std::string& path) const override {
    if (before_open) before_open(path);
    if (denied_.count(path) != 0) return Error{path + ": cannot open: Permission denied"};
    const auto found = nodes_.find(resolve(path));
    if (found == nodes_.end()) return Error{path + ": cannot open: No such file or directory"};
    ++opened_;
    return std::unique_ptr<HostFile>(std::make_unique<Reader>(found->second.bytes, largest_read));
  }

 private:
  struct FakeNode {
    HostStat stat;
    std::string bytes;  // or the target
  };

  class Reader final : public HostFile {
   public:
    Reader(std::string_view rest, size_t largest_read)
        : rest_(rest), largest_read_(largest_read) {}
    Result<size_t> read(std::span<uint8_t> buffer) override {
      const size_t size = std::min({buffer.size(), rest_.size(), largest_read_});
      if (size > 0) std::memcpy(buffer.data(), rest_.data(), size);
      rest_.remove_prefix(size);
      return size;
    }

   private:
    std::string_view rest_;
    size_t largest_read_;
  };

  static constexpr const char* kLoop = "\x01loop";

  HostStat stat_of(HostKind kind) {
    HostStat stat;
    stat.kind = kind;
    stat.inode = next_inode_++;
    return stat;
  }

  HostStat& add(const std::string& path, HostKind kind, std::string bytes) {
    for (size_t i = path.find('/'); i != std::string::npos; i = path.find('/', i + 1)) {
      FakeNode& above = nodes_[path.substr(0, i)];
      if (above.stat.inode == 0) above.stat = stat_of(HostKind::kDirectory);
    }
    FakeNode& node = nodes_[path];
    node.stat = stat_of(kind);
    node.stat.size = bytes.size();
    node.bytes = std::move(bytes);
    return node.stat;
  }

  /// The path with its symlinks followed; kLoop after too many.
  std::string resolve(std::string_view path) const {
    std::vector<std::string> pending;
    const auto push = [&](std::string_view text) {
      const auto components = components_of(text);
      pending.insert(pending.end(), components.rbegin(), components.rend());
    };
    push(path);
    std::string at;
    for (int links = 0; !pending.empty();) {
      const std::string name = pending.back();
      pending.pop_back();
      if (name == ".") continue;
      if (name == "..") {
        const size_t slash = at.rfind('/');
        at.resize(slash == std::string::npos ? 0 : slash);
        continue;
      }
      const std::string next = at.empty() ? name : at + '/' + name;
      const auto found = nodes_.find(next);
      if (found == nodes_.end() || found->second.stat.kind != HostKind::kSymlink) {
        at = next;
        continue;
      }
      if (++links > 40) return kLoop;
      if (found->second.bytes.starts_with('/')) at.clear();
      push(found->second.bytes);
    }
    return at;
  }

  std::map<std::string, FakeNode> nodes_;
  std::set<std::string> denied_;
  uint64_t next_inode_ = 1;
  mutable std::atomic<int> opened_ = 0;
};

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_TESTS_UNIT_IMAGE_FAKE_HOST_FILES_H_
