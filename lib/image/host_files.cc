// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The host's files through POSIX calls. A directory's entries are stat'ed relative to its
// descriptor, so that scanning costs one short path look-up an entry. Files are read, not mapped: a
// file that shrinks meanwhile is then an error and not a SIGBUS. Tested by host_files_test.cc.

#include "image/host_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "image/paths.h"

namespace wasm_vfs::image {
namespace {

Error system_error(std::string_view path, std::string_view action, int code) {
  return Error{printable(path) + ": cannot " + std::string(action) + ": " + std::strerror(code)};
}

HostKind kind_of_mode(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return HostKind::kDirectory;
    case S_IFREG:
      return HostKind::kFile;
    case S_IFLNK:
      return HostKind::kSymlink;
    case S_IFSOCK:
      return HostKind::kSocket;
    case S_IFIFO:
      return HostKind::kFifo;
    case S_IFBLK:
    case S_IFCHR:
      return HostKind::kDevice;
    default:
      return HostKind::kUnknown;
  }
}

HostStat host_stat_of(const struct stat& status) {
#ifdef __APPLE__
  const timespec& mtime = status.st_mtimespec;
#else
  const timespec& mtime = status.st_mtim;
#endif
  HostStat result;
  result.kind = kind_of_mode(status.st_mode);
  result.size = static_cast<uint64_t>(status.st_size);
  // Nanoseconds in 64 bits reach from 1677 to 2262; a time outside becomes the nearest.
  constexpr int64_t kMaxSeconds = INT64_MAX / 1'000'000'000 - 1;
  const int64_t seconds = std::clamp<int64_t>(mtime.tv_sec, -kMaxSeconds, kMaxSeconds);
  result.mtime_ns = seconds * 1'000'000'000 + mtime.tv_nsec;
  result.executable = (status.st_mode & S_IXUSR) != 0;
  result.device = static_cast<uint64_t>(status.st_dev);
  result.inode = static_cast<uint64_t>(status.st_ino);
  return result;
}

class PosixFile final : public HostFile {
 public:
  PosixFile(int descriptor, const std::string& path) : descriptor_(descriptor), path_(path) {}
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  ~PosixFile() override { ::close(descriptor_); }

  Result<size_t> read(std::span<uint8_t> buffer) override {
    while (true) {
      const ssize_t got = ::read(descriptor_, buffer.data(), buffer.size());
      if (got >= 0) return static_cast<size_t>(got);
      if (errno != EINTR) return system_error(path_, "read", errno);
    }
  }

 private:
  int descriptor_;
  std::string path_;
};

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

class PosixFiles final : public HostFiles {
 public:
  Result<std::vector<HostEntry>> list(const std::string& path) const override {
    std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
    if (!directory) return system_error(path, "open directory", errno);
    std::vector<HostEntry> entries;
    while (true) {
      errno = 0;
      const dirent* found = ::readdir(directory.get());
      if (found == nullptr) {
        if (errno != 0) return system_error(path, "list directory", errno);
        break;
      }
      const std::string_view name = found->d_name;
      if (name == "." || name == "..") continue;
      struct stat status;
      if (::fstatat(::dirfd(directory.get()), found->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return system_error(path + '/' + std::string(name), "look at it", errno);
      }
      entries.push_back({std::string(name), host_stat_of(status)});
    }
    // Byte order, which std::string has: its characters compare as unsigned.
    std::sort(entries.begin(), entries.end(),
              [](const HostEntry& a, const HostEntry& b) { return a.name < b.name; });
    return entries;
  }

  Result<HostStat> stat(const std::string& path) const override {
    struct stat status;
    if (::stat(path.c_str(), &status) != 0) return system_error(path, "open", errno);
    return host_stat_of(status);
  }

  Result<std::string> read_link(const std::string& path) const override {
    std::string target(256, '\0');
    while (true) {
      const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
      if (size < 0) return system_error(path, "read symlink", errno);
      if (static_cast<size_t>(size) < target.size()) {
        target.resize(static_cast<size_t>(size));
        return target;
      }
      target.resize(target.size() * 2);
    }
  }

  Result<std::unique_ptr<HostFile>> open(const std::string& path) const override {
    // O_NONBLOCK: a file that became a FIFO since the scan must not hang us; its size will not
    // match.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return system_error(path, "open", errno);
    return std::unique_ptr<HostFile>(std::make_unique<PosixFile>(descriptor, path));
  }
};

}  // namespace

const HostFiles& posix_files() {
  static const PosixFiles files;
  return files;
}

}  // namespace wasm_vfs::image
