// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/base/pieces.h.

#include "base/pieces.h"

#include <string>
#include <type_traits>
#include <utility>

#include "testing/catch.h"

namespace wasm_vfs {
namespace {

std::string joined(const Pieces& pieces) {
  std::string text;
  for (const Bytes part : pieces.parts()) text += as_text(part);
  CHECK(pieces.size() == text.size());
  return text;
}

ByteBuffer buffer(std::string_view text) {
  return {text.begin(), text.end()};
}

TEST_CASE("pieces: views and bytes of their own, in order") {
  const std::string input = "abcdef";
  const Bytes bytes = as_bytes(input);
  Pieces pieces;
  CHECK(joined(pieces).empty());
  pieces.add_view(bytes.subspan(0, 2));
  pieces.add(buffer("--"));
  pieces.add_view(bytes.subspan(4));
  CHECK(joined(pieces) == "ab--ef");
  CHECK(pieces.parts()[0].data() == bytes.data());
}

TEST_CASE("pieces: neighbours are one part, nothing is none") {
  const std::string input = "abcdef";
  const Bytes bytes = as_bytes(input);
  Pieces pieces;
  pieces.add_view(bytes.subspan(0, 2));
  pieces.add_view({});
  pieces.add(ByteBuffer{});
  pieces.add_view(bytes.subspan(2, 3));
  CHECK(pieces.parts().size() == 1);
  CHECK(joined(pieces) == "abcde");
  pieces.add_view(bytes.subspan(0, 1));  // not the next one
  CHECK(pieces.parts().size() == 2);
  CHECK(joined(pieces) == "abcdea");
}

TEST_CASE("pieces: their own bytes stay where they are when they move") {
  static_assert(!std::is_copy_constructible_v<Pieces>);
  Pieces outer;
  const uint8_t* place = nullptr;
  {
    Pieces inner = owned(buffer("inner"));
    place = inner.parts()[0].data();
    outer.add(buffer("outer "));
    outer.add(std::move(inner));
  }
  for (int i = 0; i < 100; ++i) outer.add(buffer("!"));
  const Pieces moved = std::move(outer);
  CHECK(moved.parts()[1].data() == place);
  CHECK(joined(moved) == "outer inner" + std::string(100, '!'));
}

}  // namespace
}  // namespace wasm_vfs
