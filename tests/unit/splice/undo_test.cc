// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/splice/undo.h.

#include "splice/undo.h"

#include "build_module.h"
#include "testing/catch.h"

namespace wasm_vfs::splice {
namespace {

using test::join;
using test::leb;

ByteBuffer counting(size_t count, uint8_t first = 0) {
  ByteBuffer out;
  for (size_t i = 0; i < count; ++i) out.push_back(static_cast<uint8_t>(first + i));
  return out;
}

ByteBuffer flat(const PackedModule& packed, Bytes contents) {
  return join({test::flatten(packed.head), test::copy(contents), test::flatten(packed.tail)});
}

/// An instruction that copies, as the encoding has it.
ByteBuffer copy_of(uint64_t size, int64_t distance) {
  ByteBuffer out = leb(size * 2);
  wasm::append_signed_leb(out, distance);
  return out;
}

ByteBuffer literal(const ByteBuffer& bytes) { return join({leb(bytes.size() * 2 + 1), bytes}); }

TEST_CASE("undo: what is kept is copied, what is not is recorded") {
  const ByteBuffer application = counting(100);
  const Bytes view(application);
  PackedModule packed;
  packed.head.add_view(view.first(20));
  packed.head.add({0xa0, 0xa1, 0xa2});        // instead of bytes 20 and 21
  packed.head.add_view(view.subspan(22, 30));  // to 52
  packed.tail.add_view(view.subspan(60));
  const ByteBuffer contents(1000, 0xcc);
  const ByteBuffer undo = encode_undo(application, packed, contents.size());
  CHECK(undo == join({copy_of(20, 0), literal({20, 21}), copy_of(30, 3),
                      literal(counting(8, 52)), copy_of(40, 1000)}));
  const auto undone = apply_undo(flat(packed, contents), undo, application.size());
  REQUIRE(undone.ok());
  CHECK(*undone == application);
}

TEST_CASE("undo: what moved backwards") {
  const ByteBuffer application = counting(60);
  const Bytes view(application);
  PackedModule packed;
  packed.head.add_view(view.first(10));
  packed.head.add_view(view.subspan(40, 20));
  packed.tail.add_view(view.subspan(10, 30));
  const ByteBuffer undo = encode_undo(application, packed, 5);
  CHECK(undo == join({copy_of(10, 0), copy_of(30, 25), copy_of(20, -55)}));
  CHECK(*apply_undo(flat(packed, ByteBuffer(5, 0)), undo, 60) == application);
}

TEST_CASE("undo: a few bytes are not worth a copy") {
  const ByteBuffer application = counting(20);
  PackedModule packed;
  packed.head.add_view(Bytes(application).first(7));
  packed.head.add({0xff});
  packed.head.add_view(Bytes(application).subspan(7, 13));
  const ByteBuffer undo = encode_undo(application, packed, 0);
  CHECK(undo == join({literal(counting(7)), copy_of(13, 8)}));
  CHECK(*apply_undo(flat(packed, {}), undo, 20) == application);
}

TEST_CASE("undo: nothing is kept, or there is nothing") {
  const ByteBuffer application = counting(5);
  PackedModule packed;
  packed.head.add(counting(9));
  CHECK(encode_undo(application, packed, 0) == literal(application));
  CHECK(*apply_undo(flat(packed, {}), literal(application), 5) == application);
  CHECK(encode_undo({}, packed, 0).empty());
  CHECK(apply_undo(flat(packed, {}), {}, 0)->empty());
}

TEST_CASE("undo: instructions that do not fit the module") {
  const std::string message =
      "custom section 'wasm-vfs': what it says of the application does not fit the module";
  const ByteBuffer packed = counting(50);
  const auto error = [&](const ByteBuffer& undo, uint64_t size) {
    const auto undone = apply_undo(packed, undo, size);
    return undone.ok() ? "no error" : undone.error().message;
  };
  CHECK(error(copy_of(50, 0), 50) == "no error");
  CHECK(error(copy_of(20, 30), 20) == "no error");
  CHECK(error(copy_of(50, 0), 49) == message);               // more than there should be
  CHECK(error(copy_of(50, 0), 51) == message);               // less
  CHECK(error(copy_of(51, 0), 51) == message);               // beyond the end
  CHECK(error(copy_of(20, 31), 20) == message);
  CHECK(error(copy_of(20, -1), 20) == message);              // before the start
  CHECK(error(copy_of(0, INT64_MIN), 0) == message);
  CHECK(error(join({copy_of(10, 40), copy_of(10, INT64_MAX)}), 20) == message);
  CHECK(error(copy_of(UINT64_MAX / 2, 0), 20) == message);
  CHECK(error(join({leb(7), {1, 2}}), 3) == message);        // literal bytes cut short
  CHECK(error({0x80}, 0) == message);                        // a number cut short
  CHECK(error(leb(4), 2) == message);                        // a distance is missing
  CHECK(error({}, 1) == message);
  CHECK(error({}, UINT64_MAX) == message);                   // nobody allocates this much
  // As many bytes several times, each within bounds, are bounded by the application's size.
  ByteBuffer many;
  for (int i = 0; i < 100; ++i) append(many, copy_of(50, i == 0 ? 0 : -50));
  CHECK(error(many, 50) == message);
}

TEST_CASE("undo: cut at every byte") {
  const ByteBuffer packed = counting(50);
  const ByteBuffer undo = join({copy_of(20, 3), literal({1, 2, 3}), copy_of(10, -5)});
  REQUIRE(apply_undo(packed, undo, 33).ok());
  for (size_t size = 0; size < undo.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(apply_undo(packed, Bytes(undo).first(size), 33).ok());
  }
}

}  // namespace
}  // namespace wasm_vfs::splice
