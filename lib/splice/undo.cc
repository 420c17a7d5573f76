// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The instructions follow each other to the end. Each begins with an unsigned LEB128 number: twice
// a length, plus one where that many literal bytes follow. Otherwise a signed LEB128 number
// follows, and as many bytes are copied from the packed module, from that far beyond the end of the
// last copy. Copies ascend in the application; in the packed module they nearly always do (a body
// that moved out of line does not). Tested by undo_test.cc.

#include "splice/undo.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "wasm/cursor.h"
#include "wasm/leb.h"

namespace wasm_vfs::splice {
namespace {

/// Bytes of the application that stand in the packed module.
struct Kept {
  uint64_t application_offset;
  uint64_t packed_offset;
  uint64_t size;
};

/// A copy of fewer bytes costs more than the bytes.
constexpr uint64_t kMinCopySize = 8;

std::vector<Kept> find_kept(Bytes application, const PackedModule& packed, uint64_t contents_size) {
  const std::less_equal<> not_after;  // of pointers into unrelated buffers
  const uint8_t* begin = application.data();
  const uint8_t* end = begin + application.size();
  std::vector<Kept> kept;
  uint64_t offset = 0;
  const auto add = [&](const Pieces& pieces) {
    for (const Bytes part : pieces.parts()) {
      if (not_after(begin, part.data()) && not_after(part.data() + part.size(), end) &&
          part.size() >= kMinCopySize)
        kept.push_back({static_cast<uint64_t>(part.data() - begin), offset, part.size()});
      offset += part.size();
    }
  };
  add(packed.head);
  offset += contents_size;
  add(packed.tail);
  std::sort(kept.begin(), kept.end(), [](const Kept& a, const Kept& b) {
    return a.application_offset < b.application_offset;
  });
  return kept;
}

Error does_not_fit() {
  return Error{"custom section 'wasm-vfs': what it says of the application does not fit the module"};
}

}  // namespace

ByteBuffer encode_undo(Bytes application, const PackedModule& packed, uint64_t contents_size) {
  ByteBuffer out;
  uint64_t done = 0;       // bytes of the application
  uint64_t copied_to = 0;  // offset in the packed module
  const auto insert_until = [&](uint64_t end) {
    if (end == done) return;
    wasm::append_unsigned_leb(out, (end - done) * 2 + 1);
    append(out, application.subspan(done, end - done));
    done = end;
  };
  for (const Kept& kept : find_kept(application, packed, contents_size)) {
    insert_until(kept.application_offset);
    wasm::append_unsigned_leb(out, kept.size * 2);
    wasm::append_signed_leb(out, static_cast<int64_t>(kept.packed_offset - copied_to));
    done += kept.size;
    copied_to = kept.packed_offset + kept.size;
  }
  insert_until(application.size());
  return out;
}

Status walk_undo(Bytes packed, Bytes undo, const std::function<Status(const UndoStep&)>& visit) {
  uint64_t copied_to = 0;
  wasm::Cursor cursor(undo, 0);
  while (!cursor.at_end()) {
    UndoStep step{cursor.position(), false, {}};
    const uint64_t head = cursor.read_u64("length");
    const uint64_t size = head / 2;
    step.is_copy = head % 2 == 0;
    if (step.is_copy) {
      const uint64_t from = copied_to + static_cast<uint64_t>(cursor.read_s64("distance"));
      if (from > packed.size() || size > packed.size() - from) return does_not_fit();
      step.bytes = packed.subspan(from, size);
      copied_to = from + size;
    } else {
      step.bytes = cursor.read_bytes(size, "literal bytes");
    }
    if (cursor.failed()) return does_not_fit();
    RETURN_IF_ERROR(visit(step));
  }
  return ok_status();
}

Result<ByteBuffer> apply_undo(Bytes packed, Bytes undo, uint64_t application_size) {
  // Nothing in an application is longer than the module it is packed in, but for a few literals.
  if (application_size > packed.size() + undo.size()) return does_not_fit();
  ByteBuffer application;
  application.reserve(application_size);
  const auto add = [&](const UndoStep& step) -> Status {
    if (step.bytes.size() > application_size - application.size()) return does_not_fit();
    append(application, step.bytes);
    return ok_status();
  };
  RETURN_IF_ERROR(walk_undo(packed, undo, add));
  if (application.size() != application_size) return does_not_fit();
  return application;
}

Result<std::vector<CopiedRange>> copied_ranges(Bytes packed, Bytes undo) {
  std::vector<CopiedRange> ranges;
  const auto add = [&](const UndoStep& step) {
    if (step.is_copy && !step.bytes.empty())
      ranges.push_back(
          {static_cast<uint64_t>(step.bytes.data() - packed.data()), step.bytes.size()});
    return ok_status();
  };
  RETURN_IF_ERROR(walk_undo(packed, undo, add));
  std::sort(ranges.begin(), ranges.end(),
            [](const CopiedRange& a, const CopiedRange& b) { return a.offset < b.offset; });
  for (size_t i = 1; i < ranges.size(); ++i)
    if (ranges[i].offset - ranges[i - 1].offset < ranges[i - 1].size) return does_not_fit();
  return ranges;
}

}  // namespace wasm_vfs::splice
