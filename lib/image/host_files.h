// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The little that packing needs of the host's file system, as an interface, so that tests can put
// an in-memory tree in its place (tests/unit/image/fake_host_files.h). Tested by
// host_files_test.cc.

#ifndef WASM_VFS_IMAGE_HOST_FILES_H_
#define WASM_VFS_IMAGE_HOST_FILES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace wasm_vfs::image {

/// What a host path names. Those after kSymlink cannot be packed.
enum class HostKind { kDirectory, kFile, kSymlink, kSocket, kFifo, kDevice, kUnknown };

struct HostStat {
  HostKind kind = HostKind::kUnknown;
  uint64_t size = 0;        // bytes; of a symlink or directory: meaningless
  int64_t mtime_ns = 0;     // nanoseconds since 1970-01-01 UTC
  bool executable = false;  // the owner's x bit
  uint64_t device = 0;      // device and inode together tell whether two paths are one object
  uint64_t inode = 0;
};

struct HostEntry {
  std::string name;
  HostStat stat;  // of the entry itself: a symlink is not followed
};

/// A file opened for reading.
class HostFile {
 public:
  virtual ~HostFile() = default;

  /// Reads the next bytes into `buffer` and returns how many: possibly fewer than it takes, but none
  /// only at the end of the file.
  virtual Result<size_t> read(std::span<uint8_t> buffer) = 0;
};

/// Errors read "PATH: cannot …: REASON". Safe to use from several threads.
class HostFiles {
 public:
  virtual ~HostFiles() = default;

  /// The entries of a directory, without `.` and `..`, in ascending byte order of their names.
  virtual Result<std::vector<HostEntry>> list(const std::string& path) const = 0;

  /// What `path` names, symlinks followed.
  virtual Result<HostStat> stat(const std::string& path) const = 0;

  virtual Result<std::string> read_link(const std::string& path) const = 0;

  virtual Result<std::unique_ptr<HostFile>> open(const std::string& path) const = 0;
};

/// The host's own files, through POSIX calls. Lives as long as the program.
const HostFiles& posix_files();

}  // namespace wasm_vfs::image

#endif  // WASM_VFS_IMAGE_HOST_FILES_H_
