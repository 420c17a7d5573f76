// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/splice/editor.h.

#include "splice/editor.h"

#include "build_module.h"
#include "testing/catch.h"

namespace wasm_vfs::splice {
namespace {

using test::leb;
using test::padded;

wasm::IndexUse use_at(uint32_t position, uint32_t width) {
  return {wasm::IndexSpace::kFunction, 0, wasm::kOpCall, position, width};
}

TEST_CASE("editor: without a change the copy is the original") {
  const ByteBuffer bytes = {1, 2, 3};
  Editor editor(bytes);
  CHECK_FALSE(editor.changed());
  CHECK(test::flatten(editor.finish()) == bytes);
}

TEST_CASE("editor: what is between changes is copied") {
  const ByteBuffer bytes = {0, 1, 2, 3, 4, 5, 6};
  Editor editor(bytes);
  editor.replace(1, 3).push_back(0xaa);
  editor.replace(3, 3).push_back(0xbb);  // an insertion, right after the change before
  editor.replace(6, 7);                  // a removal, at the end
  CHECK(editor.changed());
  CHECK(test::flatten(editor.finish()) == ByteBuffer{0, 0xaa, 0xbb, 3, 4, 5});
}

TEST_CASE("editor: a change at the first byte, and of everything") {
  const ByteBuffer bytes = {9, 8};
  Editor editor(bytes);
  editor.replace(0, 2).push_back(7);
  CHECK(test::flatten(editor.finish()) == ByteBuffer{7});
}

TEST_CASE("editor: an index keeps its width where the new one fits") {
  SECTION("padded") {
    const ByteBuffer bytes = test::join({{0x10}, padded(3), {0x0b}});
    Editor editor(bytes);
    editor.replace_index(use_at(1, 5), 300);
    CHECK(test::flatten(editor.finish()) == test::join({{0x10}, padded(300, 5), {0x0b}}));
  }
  SECTION("minimal, and the new one as small") {
    const ByteBuffer bytes = {0x10, 0x03, 0x0b};
    Editor editor(bytes);
    editor.replace_index(use_at(1, 1), 127);
    CHECK(test::flatten(editor.finish()) == ByteBuffer{0x10, 0x7f, 0x0b});
  }
  SECTION("minimal, and the new one does not fit") {
    const ByteBuffer bytes = {0x10, 0x03, 0x0b};
    Editor editor(bytes);
    editor.replace_index(use_at(1, 1), 128);
    CHECK(test::flatten(editor.finish()) == ByteBuffer{0x10, 0x80, 0x01, 0x0b});
  }
  SECTION("padded to two bytes, and the new one needs three") {
    const ByteBuffer bytes = {0x10, 0x83, 0x00, 0x0b};
    Editor editor(bytes);
    editor.replace_index(use_at(1, 2), 1 << 14);
    CHECK(test::flatten(editor.finish()) == test::join({{0x10}, leb(1 << 14), {0x0b}}));
  }
  SECTION("the greatest") {
    const ByteBuffer bytes = {0x10, 0x03};
    Editor editor(bytes);
    editor.replace_index(use_at(1, 1), 0xfffffffe);
    CHECK(test::flatten(editor.finish()) == ByteBuffer{0x10, 0xfe, 0xff, 0xff, 0xff, 0x0f});
  }
}

}  // namespace
}  // namespace wasm_vfs::splice
