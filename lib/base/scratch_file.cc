// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The file is removed as soon as it is open, so that nothing is left behind however the process
// ends. Tested by scratch_file_test.cc.

#include "base/scratch_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace wasm_vfs {
namespace {

constexpr size_t kBlockSize = 256 * 1024;

}  // namespace

ScratchFile::~ScratchFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

ScratchFile::ScratchFile(ScratchFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      size_(std::exchange(other.size_, 0)),
      directory_(std::move(other.directory_)) {}

ScratchFile& ScratchFile::operator=(ScratchFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  std::swap(directory_, other.directory_);
  return *this;
}

Status ScratchFile::create() {
  const char* const given = std::getenv("TMPDIR");
  directory_ = given != nullptr && *given != '\0' ? given : "/tmp";
  std::string name = directory_ + "/wasm-vfs.XXXXXX";
  descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ < 0)
    return Error{directory_ + ": cannot make a temporary file: " + std::strerror(errno) +
                 "; set TMPDIR to a directory with room for the compressed files"};
  ::unlink(name.c_str());
  return ok_status();
}

Status ScratchFile::append(Bytes bytes) {
  if (descriptor_ < 0) RETURN_IF_ERROR(create());
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return Error{directory_ + ": cannot write to a temporary file: " + std::strerror(errno) +
                   "; set TMPDIR to a directory with room for the compressed files"};
    }
    size_ += static_cast<uint64_t>(written);
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return ok_status();
}

Status ScratchFile::read(const std::function<Status(Bytes)>& sink) const {
  ByteBuffer buffer(std::min<uint64_t>(kBlockSize, size_));
  for (uint64_t offset = 0; offset < size_;) {
    const ssize_t got = ::pread(descriptor_, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      return Error{directory_ + ": cannot read a temporary file: " +
                   (got < 0 ? std::strerror(errno) : "it has been cut")};
    RETURN_IF_ERROR(sink(Bytes(buffer).first(static_cast<size_t>(got))));
    offset += static_cast<uint64_t>(got);
  }
  return ok_status();
}

}  // namespace wasm_vfs
