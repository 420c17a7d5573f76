// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes a file so that the target is either the old one or the whole new one: a temporary file
// beside it takes the bytes and is renamed over it at the end. Tested by output_file_test.cc.

#ifndef WASM_VFS_BASE_OUTPUT_FILE_H_
#define WASM_VFS_BASE_OUTPUT_FILE_H_

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace wasm_vfs {

/// A file being written. Until commit() succeeds the target is untouched; destruction without it
/// removes the temporary file. A target that is a symlink is followed; the permission bits of an
/// existing target are kept, a new one gets 0666 less the umask. A target that is not a regular
/// file (a pipe, /dev/stdout) is written directly. Large blocks are not copied through a buffer.
class OutputFile {
 public:
  /// "-" is standard output.
  static Result<OutputFile> create(const std::string& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;
  ~OutputFile();

  Status write(Bytes bytes);

  /// Writes what is still in the buffer and closes. After that only the renaming can fail. Nothing
  /// may be written afterwards.
  Status close();

  /// Closes, if that has not been done, and tells whether the target is a regular file of the same
  /// bytes already. Without commit() it is then left as it is.
  Result<bool> equals_target();

  /// Closes, if that has not been done, and renames.
  Status commit();

  /// Bytes written so far.
  uint64_t offset() const { return offset_; }

 private:
  OutputFile() = default;
  Status flush();
  void discard();

  std::string path_;
  std::string temporary_path_;  // empty when the target is written directly
  int descriptor_ = -1;
  ByteBuffer buffer_;
  uint64_t offset_ = 0;
};

}  // namespace wasm_vfs

#endif  // WASM_VFS_BASE_OUTPUT_FILE_H_
