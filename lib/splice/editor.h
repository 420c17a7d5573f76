// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A copy of some bytes with changes here and there. Tested by editor_test.cc.

#ifndef WASM_VFS_SPLICE_EDITOR_H_
#define WASM_VFS_SPLICE_EDITOR_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/bytes.h"
#include "wasm/instructions.h"
#include "wasm/leb.h"

namespace wasm_vfs::splice {

/// Copies what is between changes, and the changes, to a new body.
class Editor {
 public:
  explicit Editor(Bytes bytes) : bytes_(bytes) {}

  bool changed() const { return changed_; }

  /// Copies up to `begin`, skips to `end`; what is appended to the returned buffer stands there.
  ByteBuffer& replace(size_t begin, size_t end) {
    changed_ = true;
    append(out_, bytes_.subspan(copied_, begin - copied_));
    copied_ = end;
    return out_;
  }

  /// Puts an index in the place of another, in the same width where it fits.
  void replace_index(const wasm::IndexUse& use, uint32_t value) {
    ByteBuffer& out = replace(use.position, use.position + use.width);
    wasm::append_padded_leb(out, value, std::max<uint32_t>(use.width, wasm::unsigned_leb_width(value)));
  }

  ByteBuffer finish() {
    append(out_, bytes_.subspan(copied_));
    return std::move(out_);
  }

 private:
  Bytes bytes_;
  ByteBuffer out_;
  size_t copied_ = 0;
  bool changed_ = false;
};

}  // namespace wasm_vfs::splice

#endif  // WASM_VFS_SPLICE_EDITOR_H_
