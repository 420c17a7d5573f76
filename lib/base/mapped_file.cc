// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A file's bytes, read-only. Regular files are mapped, so that a large module costs no copy; what
// has no size of its own (a pipe, a file of /proc) is read to its end. A mapped file that another
// process truncates while we read it ends the process with SIGBUS: no portable way prevents that.
// Tested by mapped_file_test.cc.

#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace wasm_vfs {
namespace {

Error system_error(const std::string& name, const char* what, int number) {
  return Error{name + ": " + what + ": " + std::strerror(number)};
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::string& path) {
  int descriptor;
  do {
    descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) return system_error(path, "cannot open", errno);
  Result<MappedFile> file = read(descriptor, path);
  ::close(descriptor);
  return file;
}

Result<MappedFile> MappedFile::read(int descriptor, const std::string& name) {
  struct stat status;
  if (::fstat(descriptor, &status) != 0) return system_error(name, "cannot read", errno);
  if (S_ISDIR(status.st_mode)) return system_error(name, "cannot read", EISDIR);

  MappedFile file;
  // Standard input may stand in the middle of a regular file; what was consumed is not ours.
  const off_t position = S_ISREG(status.st_mode) ? ::lseek(descriptor, 0, SEEK_CUR) : -1;
  if (position == 0 && status.st_size > 0) {
    const size_t size = static_cast<size_t>(status.st_size);
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (address != MAP_FAILED) {
      file.bytes_ = {static_cast<const uint8_t*>(address), size};
      file.mapped_ = true;
      return file;
    }
    // A file system that cannot map can still read.
  }

  constexpr size_t kBlock = 1 << 16;
  size_t used = 0;
  for (;;) {
    if (file.buffer_.size() - used < kBlock) file.buffer_.resize(used * 2 + kBlock);
    const ssize_t count =
        ::read(descriptor, file.buffer_.data() + used, file.buffer_.size() - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(name, "cannot read", errno);
    if (count == 0) break;
    used += static_cast<size_t>(count);
  }
  file.buffer_.resize(used);
  file.bytes_ = file.buffer_;
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})),
      buffer_(std::move(other.buffer_)),
      mapped_(std::exchange(other.mapped_, false)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  std::swap(buffer_, other.buffer_);
  std::swap(mapped_, other.mapped_);
  return *this;
}

MappedFile::~MappedFile() {
  if (mapped_) ::munmap(const_cast<uint8_t*>(bytes_.data()), bytes_.size());
}

}  // namespace wasm_vfs
