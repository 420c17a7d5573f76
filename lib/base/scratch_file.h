// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bytes that are written once and read back once, and that memory should not hold: a file without a
// name in the directory for temporary files ($TMPDIR, else /tmp). Tested by scratch_file_test.cc.

#ifndef WASM_VFS_BASE_SCRATCH_FILE_H_
#define WASM_VFS_BASE_SCRATCH_FILE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace wasm_vfs {

/// Empty at first; the file is made by the first append(). Gone with the object.
class ScratchFile {
 public:
  ScratchFile() = default;
  ~ScratchFile();
  ScratchFile(ScratchFile&& other) noexcept;
  ScratchFile& operator=(ScratchFile&& other) noexcept;

  /// Errors: the file cannot be made or written (the disk is full).
  Status append(Bytes bytes);

  uint64_t size() const { return size_; }

  /// Gives all bytes to `sink`, in order and in blocks that are valid during the call only. Errors:
  /// the sink's; the file cannot be read.
  Status read(const std::function<Status(Bytes)>& sink) const;

 private:
  Status create();

  int descriptor_ = -1;
  uint64_t size_ = 0;
  std::string directory_;  // for messages
};

}  // namespace wasm_vfs

#endif  // WASM_VFS_BASE_SCRATCH_FILE_H_
