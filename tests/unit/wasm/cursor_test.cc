// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cursor: its reads, that it stays failed, and the messages of failures.

#include "wasm/cursor.h"

#include "testing/catch.h"

namespace wasm_vfs::wasm {
namespace {

std::string message(const Cursor& cursor) {
  return cursor.failed() ? cursor.error("app.wasm", "import section").message : "no failure";
}

TEST_CASE("reads advance, and positions count from the first byte") {
  const ByteBuffer bytes = {0x07, 0xe5, 0x8e, 0x26, 0x7f, 3, 'a', 'b', 'c', 0x80, 0x01, 9};
  Cursor cursor(bytes, 0x100);
  CHECK(cursor.read_byte("a byte") == 7);
  CHECK(cursor.read_u32("a number") == 624485);
  CHECK(cursor.position() == 4);
  CHECK(cursor.offset() == 0x104);
  CHECK(cursor.peek() == 0x7f);
  CHECK(cursor.read_s33("a number") == -1);
  CHECK(cursor.read_name("a name") == "abc");
  CHECK(cursor.read_u64("a number") == 128);
  CHECK(cursor.remaining() == 1);
  CHECK(cursor.since(5).size() == 6);
  CHECK(!cursor.at_end());
  CHECK(cursor.read_bytes(1, "bytes")[0] == 9);
  CHECK(cursor.at_end());
  CHECK(cursor.peek() == 0);
  cursor.expect_end("the rest");
  CHECK(!cursor.failed());
}

TEST_CASE("the first failure stays, and reads give zero from then on") {
  const ByteBuffer bytes = {0x01, 0x80, 0x80, 0x80, 0x80, 0x80, 0x05, 0x06};
  Cursor cursor(bytes, 0x4f20);
  CHECK(cursor.read_byte("a byte") == 1);
  CHECK(cursor.read_u32("the import count") == 0);
  CHECK(cursor.failed());
  CHECK(cursor.at_end());
  CHECK(cursor.read_byte("another") == 0);
  CHECK(cursor.read_name("another").empty());
  CHECK(cursor.read_bytes(1, "another").empty());
  CHECK(cursor.read_count("another") == 0);
  cursor.fail(0, "another", "nothing");
  CHECK(message(cursor) ==
        "app.wasm: import section (offset 0x4f21): unable to read the import count: expected a "
        "LEB128 number of at most 5 bytes, found a sixth");
}

TEST_CASE("failures say what was expected") {
  const auto failing = [](const ByteBuffer& bytes, auto read) {
    Cursor cursor(bytes, 0x10);
    read(cursor);
    const std::string text = message(cursor);
    const std::string start = "app.wasm: import section (offset ";
    return text.starts_with(start) ? text.substr(start.size()) : text;
  };
  CHECK(failing({}, [](Cursor& c) { c.read_byte("x"); }) ==
        "0x10): unable to read x: expected a byte, found the end");
  CHECK(failing({0x80}, [](Cursor& c) { c.read_u32("x"); }) ==
        "0x10): unable to read x: expected a LEB128 number, found the end");
  CHECK(failing({0xff, 0xff, 0xff, 0xff, 0x7f}, [](Cursor& c) { c.read_u32("x"); }) ==
        "0x10): unable to read x: expected a LEB128 number of 32 bits, found more bits");
  CHECK(failing({0xff, 0xff, 0xff, 0xff, 0x0f}, [](Cursor& c) { c.read_s32("x"); }) ==
        "0x10): unable to read x: expected a signed LEB128 number of 32 bits, found more bits");
  CHECK(failing({0xff, 0xff, 0xff, 0xff, 0x1f}, [](Cursor& c) { c.read_s33("x"); }) ==
        "0x10): unable to read x: expected a signed LEB128 number of 33 bits, found more bits");
  CHECK(failing(ByteBuffer(11, 0x80), [](Cursor& c) { c.read_u64("x"); }) ==
        "0x10): unable to read x: expected a LEB128 number of at most 10 bytes, found an eleventh");
  CHECK(failing({0, 3, 'a', 'b'}, [](Cursor& c) { c.read_byte("y"), c.read_name("x"); }) ==
        "0x11): unable to read x: expected a name, found a length greater than all that follows");
  CHECK(failing({3, 0, 0, 0, 0, 0}, [](Cursor& c) { c.read_count("x", 2); }) ==
        "0x10): unable to read x: expected a count, found one greater than all that follows can "
        "hold");
  CHECK(failing({2, 0, 0, 0, 0}, [](Cursor& c) { CHECK(c.read_count("x", 2) == 2); }) ==
        "no failure");
  CHECK(failing({1, 2}, [](Cursor& c) { c.read_bytes(3, "x"); }) ==
        "0x10): unable to read x: expected more bytes, found the end");
  CHECK(failing({1, 2}, [](Cursor& c) { c.read_byte("y"), c.expect_end("x"); }) ==
        "0x11): unable to read x: expected the end, found more bytes");
  CHECK(failing({0xfb, 0x7e}, [](Cursor& c) {
          c.read_bytes(2, "y");
          c.fail_opcode(0);
        }).starts_with("0x10): unknown opcode 0xfb 0x7e; this wasm-vfs knows WebAssembly 3.0"));
}

TEST_CASE("a count of the greatest size does not wrap") {
  const ByteBuffer bytes = {0xff, 0xff, 0xff, 0xff, 0x0f, 0};
  Cursor count(bytes, 0);
  CHECK(count.read_count("x", 0x7fffffff) == 0);
  CHECK(count.failed());
  Cursor name(bytes, 0);
  CHECK(name.read_name("x").empty());
  CHECK(name.failed());
}

}  // namespace
}  // namespace wasm_vfs::wasm
