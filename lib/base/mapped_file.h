// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A file's bytes, read-only. Tested by mapped_file_test.cc.

#ifndef WASM_VFS_BASE_MAPPED_FILE_H_
#define WASM_VFS_BASE_MAPPED_FILE_H_

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace wasm_vfs {

/// The bytes of a regular file, mapped into memory; or, of a pipe, read into it. Unmapped on
/// destruction; moving keeps bytes() valid.
class MappedFile {
 public:
  /// Fails when the path cannot be opened or read, or is a directory: "app.wasm: cannot open: No
  /// such file or directory".
  static Result<MappedFile> open(const std::string& path);

  /// Reads all of a file descriptor (standard input); `name` stands for it in messages.
  static Result<MappedFile> read(int descriptor, const std::string& name);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  Bytes bytes() const { return bytes_; }

 private:
  MappedFile() = default;

  Bytes bytes_;
  ByteBuffer buffer_;  // the bytes of what cannot be mapped
  bool mapped_ = false;
};

}  // namespace wasm_vfs

#endif  // WASM_VFS_BASE_MAPPED_FILE_H_
