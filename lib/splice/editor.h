// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A copy of some bytes with changes here and there. Tested by editor_test.cc.

#ifndef WASM_VFS_SPLICE_EDITOR_H_
#define WASM_VFS_SPLICE_EDITOR_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/bytes.h"
#include "base/pieces.h"
#include "wasm/instructions.h"
#include "wasm/leb.h"

namespace wasm_vfs::splice {

/// Collects the changes, in ascending order, and gives the result as views of the old bytes, which
/// must outlive it, with the new ones between them.
class Editor {
 public:
  explicit Editor(Bytes bytes) : bytes_(bytes) {}

  bool changed() const { return changed_; }

  /// Keeps what is before `begin` and skips to `end`; what is appended to the returned buffer,
  /// until the next call, stands there.
  ByteBuffer& replace(size_t begin, size_t end) {
    changed_ = true;
    keep_until(begin);
    kept_ = end;
    return replacement_;
  }

  /// Puts an index in the place of another, in the same width where it fits.
  void replace_index(const wasm::IndexUse& use, uint32_t value) {
    ByteBuffer& out = replace(use.position, use.position + use.width);
    wasm::append_padded_leb(out, value,
                            std::max(use.width, wasm::unsigned_leb_width(value)));
  }

  Pieces finish() {
    keep_until(bytes_.size());
    return std::move(out_);
  }

 private:
  void keep_until(size_t end) {
    out_.add(std::exchange(replacement_, {}));
    out_.add_view(bytes_.subspan(kept_, end - kept_));
  }

  Bytes bytes_;
  Pieces out_;
  ByteBuffer replacement_;  // of the last change
  size_t kept_ = 0;
  bool changed_ = false;
};

}  // namespace wasm_vfs::splice

#endif  // WASM_VFS_SPLICE_EDITOR_H_
