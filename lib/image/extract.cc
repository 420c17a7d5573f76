// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Problem: write a tree that anyone may have made, also into a directory that others write to.
//
// ImageReader has refused names with a slash, `.`, `..` and NUL, and trees that are none. Each
// entry is made by its name alone in a directory that was opened component by component, each
// without following a symlink (O_NOFOLLOW); files are made anew (O_EXCL). So nothing that lies in
// the target, or gets there meanwhile, leads elsewhere. Symlinks are made after all else, and only
// such as stay in the target: what reads the result later does not leave it by one of ours.
//
// Limits: a directory's permissions are those that the umask leaves. Times of directories that
// existed change with what is put into them. Tested by extract_test.cc.

#include "image/extract.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "image/paths.h"

namespace wasm_vfs::image {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  bool valid() const { return number_ >= 0; }

 private:
  int number_;
};

constexpr int kOpenDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::array<timespec, 2> times_of(const Node& node) {
  constexpr uint64_t kNanosecondsPerSecond = 1'000'000'000;
  const uint64_t mtime = mtime_of(node);
  timespec time{};
  time.tv_sec = static_cast<time_t>(mtime / kNanosecondsPerSecond);
  time.tv_nsec = static_cast<long>(mtime % kNanosecondsPerSecond);
  return {time, time};
}

/// Whether the target of a symlink at `path` (absolute) leads out of the tree, be it on the way.
bool leads_out(std::string_view path, std::string_view target) {
  if (target.starts_with('/')) return true;
  size_t depth = components_of(path).size() - 1;
  for (const std::string_view name : components_of(target)) {
    if (name == ".") continue;
    if (name != "..") {
      ++depth;
    } else if (depth-- == 0) {
      return true;
    }
  }
  return false;
}

class Extraction {
 public:
  Extraction(const ImageReader& image, const std::string& target, const StreamFile& stream,
             const ExtractOptions& options)
      : image_(image),
        target_(target),
        stream_(stream),
        options_(options),
        wanted_(image.node_count()) {}

  Result<Extracted> run(const std::vector<uint32_t>& nodes) {
    for (const uint32_t node : nodes) want(node);
    RETURN_IF_ERROR(check_links());
    RETURN_IF_ERROR(each(&Extraction::check_bytes));
    RETURN_IF_ERROR(open_target());
    // Nodes are breadth first: each directory comes before what is in it.
    RETURN_IF_ERROR(each(&Extraction::check_place));
    RETURN_IF_ERROR(each(&Extraction::make_directory));
    RETURN_IF_ERROR(each(&Extraction::write_file));
    RETURN_IF_ERROR(each(&Extraction::make_symlink));
    for (uint32_t node = image_.node_count(); node-- > 0;)
      if (wanted_[node]) RETURN_IF_ERROR(set_directory_time(node));
    return done_;
  }

 private:
  /// Marks a node, what is below it, and the directories above it.
  void want(uint32_t node) {
    for (uint32_t above = node; !wanted_[above];) {
      wanted_[above] = true;
      above = image_.node(above).parent;
    }
    mark_below(node);
  }

  void mark_below(uint32_t node) {
    wanted_[node] = true;
    const Node entry = image_.node(node);
    if (kind_of(entry) != NodeKind::kDirectory) return;
    for (uint32_t i = 0; i < entry.size; ++i) mark_below(entry.data + i);
  }

  Status each(Status (Extraction::*step)(uint32_t)) {
    for (uint32_t node = 0; node < image_.node_count(); ++node)
      if (wanted_[node] && node != kRootNode) RETURN_IF_ERROR((this->*step)(node));
    return ok_status();
  }

  NodeKind kind(uint32_t node) const { return kind_of(image_.node(node)); }

  std::string host_path(uint32_t node) const { return printable(target_ + image_.path(node)); }

  Error failed(uint32_t node, const char* what) const {
    return Error{host_path(node) + ": " + what + ": " + std::strerror(errno)};
  }

  Status check_links() const {
    for (uint32_t node = 0; node < image_.node_count(); ++node)
      if (wanted_[node] && kind(node) == NodeKind::kSymlink &&
          leads_out(image_.path(node), image_.target(node)))
        return Error{printable(image_.path(node)) + ": a symlink to " +
                     printable(image_.target(node)) +
                     ", which leads out of the packed files; name the files to extract without it"};
    return ok_status();
  }

  /// All are read twice, so that damage of the last file does not leave the others behind.
  Status check_bytes(uint32_t node) {
    if (kind(node) != NodeKind::kFile) return ok_status();
    return stream_(node, [](Bytes) { return ok_status(); });
  }

  Status open_target() {
    // The target itself is the user's to choose: it may be a symlink to a directory.
    if (::mkdir(target_.c_str(), 0777) != 0 && errno != EEXIST)
      return failed_target("cannot make the directory");
    root_ = Descriptor(::open(target_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root_.valid()) return failed_target("cannot open the directory");
    return ok_status();
  }

  Error failed_target(const char* what) const {
    return Error{printable(target_) + ": " + what + ": " + std::strerror(errno)};
  }

  /// Opens the directory that `node` lies in. Invalid, with errno, where it does not exist, or one
  /// of its components is a symlink by now.
  Descriptor open_parent(uint32_t node) {
    const uint32_t parent = image_.node(node).parent;
    if (parent != open_node_ || !open_.valid()) {
      Descriptor directory(::openat(root_.get(), ".", kOpenDirectory));
      const std::string path = image_.path(parent);
      for (const std::string_view name : components_of(path)) {
        if (!directory.valid()) break;
        directory =
            Descriptor(::openat(directory.get(), std::string(name).c_str(), kOpenDirectory));
      }
      open_ = std::move(directory);
      open_node_ = parent;
    }
    return Descriptor(open_.valid() ? ::fcntl(open_.get(), F_DUPFD_CLOEXEC, 0) : -1);
  }

  std::string name(uint32_t node) const { return std::string(image_.name(node)); }

  /// Before anything is written: what stands in the way.
  Status check_place(uint32_t node) {
    const Descriptor parent = open_parent(node);
    if (!parent.valid()) {
      if (errno == ENOENT) return ok_status();  // will be made
      return failed(node, "cannot be reached without following a symlink, or through a file");
    }
    struct stat status;
    if (::fstatat(parent.get(), name(node).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      return errno == ENOENT ? ok_status() : Status(failed(node, "cannot look at it"));
    const bool is_directory = S_ISDIR(status.st_mode);
    if (kind(node) == NodeKind::kDirectory) {
      if (is_directory) return ok_status();
      return Error{host_path(node) + ": is in the way of a directory; remove it first"};
    }
    if (is_directory) return Error{host_path(node) + ": is a directory; remove it first"};
    if (!options_.force)
      return Error{host_path(node) +
                   ": exists; --force replaces such files, or choose another "
                   "directory with -o"};
    return ok_status();
  }

  Status make_directory(uint32_t node) {
    if (kind(node) != NodeKind::kDirectory) return ok_status();
    const Descriptor parent = open_parent(node);
    if (!parent.valid()) return failed(node, "cannot open the directory it lies in");
    ++done_.directories;
    if (::mkdirat(parent.get(), name(node).c_str(), 0777) != 0 && errno != EEXIST)
      return failed(node, "cannot make the directory");
    return ok_status();
  }

  /// Makes way for a file or symlink.
  Status remove_old(uint32_t node, const Descriptor& parent) {
    if (options_.force && ::unlinkat(parent.get(), name(node).c_str(), 0) != 0 && errno != ENOENT)
      return failed(node, "cannot replace");
    return ok_status();
  }

  Status write_file(uint32_t node) {
    if (kind(node) != NodeKind::kFile) return ok_status();
    const Descriptor parent = open_parent(node);
    if (!parent.valid()) return failed(node, "cannot open the directory it lies in");
    RETURN_IF_ERROR(remove_old(node, parent));
    const bool executable = (image_.node(node).kind_and_flags & kExecutable) != 0;
    const Descriptor file(::openat(parent.get(), name(node).c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                   executable ? 0777 : 0666));
    if (!file.valid()) return failed(node, "cannot create");
    const Status written = stream_(node, [&](Bytes bytes) { return write_all(node, file, bytes); });
    if (!written.ok()) {
      ::unlinkat(parent.get(), name(node).c_str(), 0);  // no file with damaged bytes, or a part
      return written;
    }
    if (::futimens(file.get(), times_of(image_.node(node)).data()) != 0)
      return failed(node, "cannot set the time");
    ++done_.files;
    return ok_status();
  }

  Status write_all(uint32_t node, const Descriptor& file, Bytes bytes) {
    while (!bytes.empty()) {
      const ssize_t count =
          ::write(file.get(), bytes.data(), std::min<size_t>(bytes.size(), 0x7ffff000));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failed(node, "cannot write");
      bytes = bytes.subspan(static_cast<size_t>(count));
      done_.bytes += static_cast<uint64_t>(count);
    }
    return ok_status();
  }

  Status make_symlink(uint32_t node) {
    if (kind(node) != NodeKind::kSymlink) return ok_status();
    const Descriptor parent = open_parent(node);
    if (!parent.valid()) return failed(node, "cannot open the directory it lies in");
    RETURN_IF_ERROR(remove_old(node, parent));
    const std::string target(image_.target(node));
    if (::symlinkat(target.c_str(), parent.get(), name(node).c_str()) != 0)
      return failed(node, "cannot make the symlink");
    if (::utimensat(parent.get(), name(node).c_str(), times_of(image_.node(node)).data(),
                    AT_SYMLINK_NOFOLLOW) != 0)
      return failed(node, "cannot set the time");
    ++done_.symlinks;
    return ok_status();
  }

  /// After all that is in it has been made, which changes it.
  Status set_directory_time(uint32_t node) {
    if (node == kRootNode || kind(node) != NodeKind::kDirectory) return ok_status();
    const Descriptor parent = open_parent(node);
    if (!parent.valid()) return failed(node, "cannot open the directory it lies in");
    if (::utimensat(parent.get(), name(node).c_str(), times_of(image_.node(node)).data(),
                    AT_SYMLINK_NOFOLLOW) != 0)
      return failed(node, "cannot set the time");
    return ok_status();
  }

  const ImageReader& image_;
  const std::string& target_;
  const StreamFile& stream_;
  const ExtractOptions& options_;
  std::vector<bool> wanted_;  // by node
  Descriptor root_{-1};
  Descriptor open_{-1};  // the directory that was opened last, of open_node_
  uint32_t open_node_ = kNoNode;
  Extracted done_;
};

}  // namespace

Result<Extracted> extract(const ImageReader& image, const std::vector<uint32_t>& nodes,
                          const std::string& target, const StreamFile& stream,
                          const ExtractOptions& options) {
  return Extraction(image, target, stream, options).run(nodes);
}

}  // namespace wasm_vfs::image
