// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A long run of bytes as a list of parts, most of which lie in somebody else's memory (the mapped
// input), so that copying a large module needs no buffer. Tested by pieces_test.cc.

#ifndef WASM_VFS_BASE_PIECES_H_
#define WASM_VFS_BASE_PIECES_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace wasm_vfs {

class Pieces {
 public:
  Pieces() = default;
  Pieces(Pieces&&) = default;  // a copy's parts would be the original's
  Pieces& operator=(Pieces&&) = default;

  /// Appends bytes that outlive this object.
  void add_view(Bytes bytes) {
    if (bytes.empty()) return;
    size_ += bytes.size();
    // Neighbours in the input stay one part.
    if (!parts_.empty() && parts_.back().data() + parts_.back().size() == bytes.data())
      parts_.back() = {parts_.back().data(), parts_.back().size() + bytes.size()};
    else
      parts_.push_back(bytes);
  }

  /// Appends bytes that this object keeps.
  void add(ByteBuffer bytes) {
    if (bytes.empty()) return;
    owned_.push_back(std::move(bytes));
    parts_.push_back(owned_.back());
    size_ += owned_.back().size();
  }

  void add(Pieces&& other) {
    size_ += other.size_;
    parts_.insert(parts_.end(), other.parts_.begin(), other.parts_.end());
    for (ByteBuffer& buffer : other.owned_) owned_.push_back(std::move(buffer));
  }

  uint64_t size() const { return size_; }
  const std::vector<Bytes>& parts() const { return parts_; }

 private:
  std::vector<Bytes> parts_;
  std::vector<ByteBuffer> owned_;  // a moved vector keeps its bytes where they are
  uint64_t size_ = 0;
};

/// One part that the result keeps.
inline Pieces owned(ByteBuffer bytes) {
  Pieces pieces;
  pieces.add(std::move(bytes));
  return pieces;
}

}  // namespace wasm_vfs

#endif  // WASM_VFS_BASE_PIECES_H_
