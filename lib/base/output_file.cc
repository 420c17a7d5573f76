// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes a file so that the target is either the old one or the whole new one. The bytes go to a
// new file in the target's own directory (the same file system, so that rename() can replace the
// target in one step); errors and destruction remove it. Nothing is synced to the disk: a power
// failure may lose the new file, as with any compiler's output. A process that is killed leaves
// the temporary file behind; its name begins with a dot and the target's name.
// Tested by output_file_test.cc.

#include "base/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <random>

#include "base/mapped_file.h"

namespace wasm_vfs {
namespace {

constexpr size_t kBufferSize = 1 << 16;
constexpr size_t kDirectSize = 1 << 14;  // blocks from this size on are not buffered

Error system_error(const std::string& name, const char* what, int number) {
  return Error{name + ": " + what + ": " + std::strerror(number)};
}

// "a/b" → "a/", "b" → "": what a name beside it is to be appended to.
std::string directory_prefix(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

// The path that `path` names once every symlink in its last component is followed, also where the
// last one leads to nothing yet (realpath() would fail there).
Result<std::string> follow_symlinks(const std::string& path) {
  constexpr int kMaxLinks = 40;  // Linux's own limit
  std::string current = path;
  for (int links = 0; links < kMaxLinks; ++links) {
    std::string target(4096, '\0');
    const ssize_t size = ::readlink(current.c_str(), target.data(), target.size());
    if (size < 0) return current;
    target.resize(static_cast<size_t>(size));
    current = target.starts_with('/') ? target : directory_prefix(current) + target;
  }
  return system_error(path, "cannot create", ELOOP);
}

// A name for a new file beside `target`, different each time.
std::string temporary_name(const std::string& target) {
  constexpr size_t kMaxStem = 200;  // leaves room within NAME_MAX
  static constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuv";
  std::random_device random;
  const std::string directory = directory_prefix(target);
  std::string name = directory + "." + target.substr(directory.size(), kMaxStem) + ".";
  for (int i = 0; i < 8; ++i) name += kDigits[random() % 32];
  return name + ".tmp";
}

}  // namespace

Result<OutputFile> OutputFile::create(const std::string& path) {
  OutputFile file;
  if (path == "-") {
    file.path_ = "standard output";
    file.descriptor_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (file.descriptor_ < 0) return system_error(file.path_, "cannot write", errno);
    return file;
  }

  struct stat status;
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (!exists && errno != ENOENT) return system_error(path, "cannot create", errno);
  if (exists) {
    // A file that may not be written is not replaced either, though rename() could; for what is
    // not a regular file this is the descriptor to write to. The name is used as it was given:
    // /dev/stdout and the shell's >(…) are symlinks whose text ("pipe:[4711]") is no path.
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) return system_error(path, "cannot write", errno);
    if (!S_ISREG(status.st_mode)) {
      file.path_ = path;
      file.descriptor_ = descriptor;
      return file;
    }
    ::close(descriptor);
  }
  ASSIGN_OR_RETURN(file.path_, follow_symlinks(path));
  if (exists) {
    // What a symlink of /proc says of a file that was deleted names another one, or none.
    struct stat followed;
    if (::stat(file.path_.c_str(), &followed) != 0 || followed.st_dev != status.st_dev ||
        followed.st_ino != status.st_ino)
      return Error{path + ": cannot replace: the file that it leads to has been deleted"};
  } else if (file.path_.empty() || file.path_.ends_with('/')) {
    return Error{path + ": cannot create: this names no file"};
  }

  do {
    file.temporary_path_ = temporary_name(file.path_);
    file.descriptor_ =
        ::open(file.temporary_path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (file.descriptor_ < 0 && (errno == EEXIST || errno == EINTR));
  if (file.descriptor_ < 0) {
    file.temporary_path_.clear();
    return system_error(path, "cannot create a temporary file beside it", errno);
  }
  if (exists && ::fchmod(file.descriptor_, status.st_mode & 0777) != 0) {
    return system_error(path, "cannot set the permissions of the temporary file beside it", errno);
  }
  return file;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_path_(std::exchange(other.temporary_path_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)),
      buffer_(std::move(other.buffer_)),
      offset_(other.offset_) {}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(temporary_path_, other.temporary_path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(buffer_, other.buffer_);
  std::swap(offset_, other.offset_);
  return *this;
}

OutputFile::~OutputFile() {
  discard();
}

void OutputFile::discard() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  if (!temporary_path_.empty()) ::unlink(std::exchange(temporary_path_, {}).c_str());
}

namespace {

Status write_all(int descriptor, Bytes bytes, const std::string& path) {
  while (!bytes.empty()) {
    // Linux writes at most 0x7ffff000 bytes at once; other systems refuse more.
    const ssize_t count =
        ::write(descriptor, bytes.data(), std::min<size_t>(bytes.size(), 0x7ffff000));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(path, "cannot write", errno);
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return ok_status();
}

}  // namespace

Status OutputFile::write(Bytes bytes) {
  if (bytes.size() >= kDirectSize || buffer_.size() + bytes.size() > kBufferSize) {
    RETURN_IF_ERROR(flush());
  }
  if (bytes.size() >= kDirectSize) {
    RETURN_IF_ERROR(write_all(descriptor_, bytes, path_));
  } else {
    append(buffer_, bytes);
  }
  offset_ += bytes.size();
  return ok_status();
}

Status OutputFile::flush() {
  RETURN_IF_ERROR(write_all(descriptor_, buffer_, path_));
  buffer_.clear();
  return ok_status();
}

Status OutputFile::close() {
  if (descriptor_ < 0) return ok_status();
  RETURN_IF_ERROR(flush());
  // Network file systems report some write errors only here.
  if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) {
    return system_error(path_, "cannot write", errno);
  }
  return ok_status();
}

Result<bool> OutputFile::equals_target() {
  RETURN_IF_ERROR(close());
  struct stat status;
  if (temporary_path_.empty() || ::stat(path_.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
      static_cast<uint64_t>(status.st_size) != offset_)
    return false;
  ASSIGN_OR_RETURN(const MappedFile written, MappedFile::open(temporary_path_));
  const Result<MappedFile> target = MappedFile::open(path_);
  if (!target.ok()) return false;  // one that cannot be read can still be replaced
  return std::equal(written.bytes().begin(), written.bytes().end(), target->bytes().begin(),
                    target->bytes().end());
}

Status OutputFile::commit() {
  RETURN_IF_ERROR(close());
  if (temporary_path_.empty()) return ok_status();
  if (::rename(temporary_path_.c_str(), path_.c_str()) != 0) {
    return system_error(path_, "cannot replace", errno);
  }
  temporary_path_.clear();
  return ok_status();
}

}  // namespace wasm_vfs
