// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Both trees are sorted, so they are walked side by side. Files are compared byte by byte: sums
// would have to be read off the same bytes. Tested by compare_test.cc.

#include "image/compare.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "base/bytes.h"

namespace wasm_vfs::image {
namespace {

constexpr size_t kBlockSize = 256 * 1024;

/// Fills `buffer` as far as the file reaches.
Result<size_t> read_block(HostFile& file, std::span<uint8_t> buffer) {
  size_t filled = 0;
  while (filled < buffer.size()) {
    ASSIGN_OR_RETURN(const size_t got, file.read(buffer.subspan(filled)));
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

class Comparison {
 public:
  Comparison(const HostFiles& before, const HostFiles& after, const CompareOptions& options)
      : before_files_(before), after_files_(after), options_(options) {}

  Status entries(const Entry& before, const Entry& after, const std::string& path) {
    std::vector<std::string> what;
    if (before.kind != after.kind) {
      what.push_back("kind");
    } else if (before.kind == NodeKind::kFile) {
      if (before.size != after.size) {
        what.push_back("size");
      } else {
        ASSIGN_OR_RETURN(const bool equal, same_bytes(before, after));
        if (!equal) what.push_back("bytes");
      }
      if (before.executable != after.executable) what.push_back("executable bit");
    } else if (before.kind == NodeKind::kSymlink && before.target != after.target) {
      what.push_back("target");
    }
    if (options_.mounts && before.mount_point != after.mount_point) what.push_back("mount");
    if (options_.times && before.mtime_ns != after.mtime_ns) what.push_back("time");
    if (!what.empty())
      differences_.push_back({Difference::Kind::kChanged, path.empty() ? "/" : path, what});
    return children(before, after, path);
  }

  std::vector<Difference> take() { return std::move(differences_); }

 private:
  Status children(const Entry& before, const Entry& after, const std::string& path) {
    auto old = before.children.begin();
    auto now = after.children.begin();
    while (old != before.children.end() || now != after.children.end()) {
      if (now == after.children.end() || (old != before.children.end() && old->name < now->name)) {
        all_of(*old, Difference::Kind::kRemoved, path + '/' + old->name);
        ++old;
      } else if (old == before.children.end() || now->name < old->name) {
        all_of(*now, Difference::Kind::kAdded, path + '/' + now->name);
        ++now;
      } else {
        RETURN_IF_ERROR(entries(*old, *now, path + '/' + old->name));
        ++old;
        ++now;
      }
    }
    return ok_status();
  }

  void all_of(const Entry& entry, Difference::Kind kind, const std::string& path) {
    differences_.push_back({kind, path, {}});
    for (const Entry& child : entry.children) all_of(child, kind, path + '/' + child.name);
  }

  /// REQUIRES: files of the same size. A file that is longer or shorter than that by now differs.
  Result<bool> same_bytes(const Entry& before, const Entry& after) {
    ASSIGN_OR_RETURN(const std::unique_ptr<HostFile> old, before_files_.open(before.host_path));
    ASSIGN_OR_RETURN(const std::unique_ptr<HostFile> now, after_files_.open(after.host_path));
    while (true) {
      ASSIGN_OR_RETURN(const size_t old_size, read_block(*old, old_block_));
      ASSIGN_OR_RETURN(const size_t now_size, read_block(*now, now_block_));
      if (old_size != now_size ||
          !std::equal(old_block_.begin(),
                      old_block_.begin() + static_cast<std::ptrdiff_t>(old_size),
                      now_block_.begin()))
        return false;
      if (old_size == 0) return true;
    }
  }

  const HostFiles& before_files_;
  const HostFiles& after_files_;
  const CompareOptions& options_;
  ByteBuffer old_block_ = ByteBuffer(kBlockSize);
  ByteBuffer now_block_ = ByteBuffer(kBlockSize);
  std::vector<Difference> differences_;
};

}  // namespace

Result<std::vector<Difference>> compare(const Tree& before, const HostFiles& before_files,
                                        const Tree& after, const HostFiles& after_files,
                                        const CompareOptions& options) {
  Comparison comparison(before_files, after_files, options);
  RETURN_IF_ERROR(comparison.entries(before.root, after.root, ""));
  return comparison.take();
}

}  // namespace wasm_vfs::image
