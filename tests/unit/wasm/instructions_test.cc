// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The walker: which indices it reports and where, by hand-written code; what it refuses. That it
// knows every opcode is opcodes_test.cc's.

#include "wasm/instructions.h"

#include <vector>

#include "testing/catch.h"
#include "wasm/testdata.h"

namespace wasm_vfs::wasm {
namespace {

const char* const kSpaceNames[] = {"type",   "function", "table",   "memory",
                                   "global", "tag",      "element", "data"};

struct Walk {
  std::vector<std::string> indices;       // "function 300 at 2+2"
  std::vector<std::string> instructions;  // "call 1-4"
  std::string error;
  uint32_t end = 0;
};

Walk walk(const ByteBuffer& code, bool with_locals = false) {
  Walk result;
  Cursor cursor(code, 0x1000);
  const auto on_index = [&](const IndexUse& use) {
    result.indices.push_back(std::string(kSpaceNames[static_cast<uint8_t>(use.space)]) + " " +
                             std::to_string(use.value) + " at " + std::to_string(use.position) +
                             "+" + std::to_string(use.width) + (use.is_signed ? " signed" : ""));
  };
  const auto on_instruction = [&](const Instruction& instruction) {
    result.instructions.push_back(std::string(opcode_name(instruction.opcode)) + " " +
                                  std::to_string(instruction.begin) + "-" +
                                  std::to_string(instruction.end));
  };
  const bool good = with_locals ? walk_code(cursor, on_index, on_instruction)
                                : walk_expression(cursor, on_index, on_instruction);
  if (!good) result.error = cursor.error("a.wasm", "code section").message;
  result.end = cursor.position();
  return result;
}

using Strings = std::vector<std::string>;

TEST_CASE("an expression ends at its own end") {
  const Walk result = walk({
      0x02, 0x40,                          // 0: block
      0x10, 0xac, 0x02,                    // 2: call 300
      0x0b,                                // 5: end
      0x41, 0x8b, 0x80, 0x80, 0x80, 0x00,  // 6: i32.const 11, whose bytes look like ends
      0x0b,                                // 12: end
      0x0b,                                // 13: not ours
  });
  CHECK(result.error.empty());
  CHECK(result.end == 13);
  CHECK(result.indices == Strings{"function 300 at 3+2"});
  CHECK(result.instructions ==
        Strings{"block 0-2", "call 2-5", "end 5-6", "i32.const 6-12", "end 12-13"});
}

TEST_CASE("a padded index has its own width") {
  CHECK(walk({0x10, 0x83, 0x80, 0x80, 0x80, 0x00, 0x0b}).indices == Strings{"function 3 at 1+5"});
}

TEST_CASE("indices of calls and references") {
  CHECK(walk({0x11, 5, 6, 0x0b}).indices == Strings{"type 5 at 1+1", "table 6 at 2+1"});
  CHECK(walk({0x12, 7, 0x0b}).indices == Strings{"function 7 at 1+1"});
  CHECK(walk({0x13, 5, 6, 0x0b}).indices == Strings{"type 5 at 1+1", "table 6 at 2+1"});
  CHECK(walk({0x14, 5, 0x15, 6, 0x0b}).indices == Strings{"type 5 at 1+1", "type 6 at 3+1"});
  CHECK(walk({0xd2, 7, 0x0b}).indices == Strings{"function 7 at 1+1"});
  CHECK(walk({0x23, 8, 0x24, 9, 0x0b}).indices == Strings{"global 8 at 1+1", "global 9 at 3+1"});
}

TEST_CASE("memory indices: bare, and in the argument of an access where a flag says so") {
  CHECK(walk({0x3f, 0, 0x40, 1, 0x0b}).indices == Strings{"memory 0 at 1+1", "memory 1 at 3+1"});
  CHECK(walk({0x28, 0x02, 0x84, 0x01, 0x0b}).indices.empty());
  CHECK(walk({0x28, 0x42, 3, 0x84, 0x01, 0x0b}).indices == Strings{"memory 3 at 2+1"});
  CHECK(walk({0xfd, 0x54, 0x40, 3, 0, 15, 0x0b}).indices == Strings{"memory 3 at 3+1"});
  CHECK(walk({0xfe, 0x10, 0x52, 3, 1, 0, 0x0b}).indices == Strings{"memory 3 at 3+1"});  // acquire
  CHECK(walk({0xfc, 8, 4, 5, 0x0b}).indices == Strings{"data 4 at 2+1", "memory 5 at 3+1"});
  CHECK(walk({0xfc, 10, 4, 5, 0x0b}).indices == Strings{"memory 4 at 2+1", "memory 5 at 3+1"});
  CHECK(walk({0xfc, 11, 4, 0x0b}).indices == Strings{"memory 4 at 2+1"});
  CHECK(walk({0xfc, 9, 4, 0x0b}).indices == Strings{"data 4 at 2+1"});
}

TEST_CASE("a memory offset may take 64 bits") {
  CHECK(walk({0x28, 0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x0b})
            .error.empty());
}

TEST_CASE("table, element and tag indices") {
  CHECK(walk({0xfc, 12, 4, 5, 0x0b}).indices == Strings{"element 4 at 2+1", "table 5 at 3+1"});
  CHECK(walk({0xfc, 14, 4, 5, 0x0b}).indices == Strings{"table 4 at 2+1", "table 5 at 3+1"});
  CHECK(walk({0x08, 4, 0x0b}).indices == Strings{"tag 4 at 1+1"});
  CHECK(walk({0x06, 0x40, 0x07, 4, 0x0b, 0x0b}).indices == Strings{"tag 4 at 3+1"});
  CHECK(walk({0x1f, 0x40, 3, 0, 4, 0, 1, 5, 0, 2, 0, 0x0b, 0x0b}).indices ==
        Strings{"tag 4 at 4+1", "tag 5 at 7+1"});
  CHECK(walk({0xe3, 1, 2, 0, 4, 0, 1, 5, 0x0b}).indices ==
        Strings{"type 1 at 1+1", "tag 4 at 4+1", "tag 5 at 7+1"});
}

TEST_CASE("type indices in types are signed numbers") {
  CHECK(walk({0x02, 0xc0, 0x00, 0x0b, 0x0b}).indices == Strings{"type 64 at 1+2 signed"});
  CHECK(walk({0x02, 0x63, 5, 0x0b, 0x0b}).indices == Strings{"type 5 at 2+1 signed"});
  CHECK(walk({0x02, 0x7f, 0x0b, 0x0b}).indices.empty());
  CHECK(walk({0xd0, 5, 0xd0, 0x70, 0x0b}).indices == Strings{"type 5 at 1+1 signed"});
  CHECK(walk({0xd0, 0x62, 5, 0x0b}).indices == Strings{"type 5 at 2+1"});  // exact
  CHECK(walk({0x1c, 2, 0x7f, 0x64, 5, 0x0b}).indices == Strings{"type 5 at 4+1 signed"});
  CHECK(walk({0xfb, 0x18, 3, 0, 5, 0x6e, 0x0b}).indices == Strings{"type 5 at 4+1 signed"});
}

TEST_CASE("local declarations come first, and hold types") {
  const Walk result = walk({2, 0xff, 0x01, 0x7f, 1, 0x63, 5, 0x20, 0, 0x1a, 0x0b}, true);
  CHECK(result.error.empty());
  CHECK(result.indices == Strings{"type 5 at 6+1 signed"});
  CHECK(result.instructions == Strings{"local.get 7-9", "drop 9-10", "end 10-11"});
}

TEST_CASE("delegate closes a try") {
  const Walk result = walk({0x06, 0x40, 0x18, 0, 0x0b, 0x0b});
  CHECK(result.error.empty());
  CHECK(result.end == 5);
  CHECK(walk({0x18, 0, 0x0b}).error ==
        "a.wasm: code section (offset 0x1000): unable to read `delegate`: expected it inside a "
        "`try`");
}

TEST_CASE("what the walker refuses") {
  const auto tail = [](const std::string& message) {
    return message.substr(std::min(message.size(), std::string("a.wasm: code section ").size()));
  };
  CHECK(tail(walk({0x01}).error) ==
        "(offset 0x1001): unable to read an instruction: expected a byte, found the end");
  CHECK(tail(walk({0x01, 0x27, 0x0b}).error)
            .starts_with("(offset 0x1001): unknown opcode 0x27; this wasm-vfs knows"));
  CHECK(tail(walk({0xfd, 0xff, 0x7f, 0x0b}).error)
            .starts_with("(offset 0x1000): unknown opcode 0xfd 0xff 0x7f; "));
  CHECK(tail(walk({0xfc, 0x80, 0x80, 0x04, 0x0b}).error)  // 0x10000: not to be taken for 0
            .starts_with("(offset 0x1000): unknown opcode 0xfc 0x80 0x80 0x04; "));
  CHECK(tail(walk({0xfb}).error) ==
        "(offset 0x1001): unable to read an opcode: expected a LEB128 number, found the end");
  CHECK(tail(walk({0x28, 0x80, 0x01, 0, 0x0b}).error) ==
        "(offset 0x1001): unable to read the alignment of a memory access: expected known flags");
  CHECK(tail(walk({0x28, 0x12, 0, 0x0b}).error) ==
        "(offset 0x1001): unable to read the alignment of a memory access: expected known flags");
  CHECK(tail(walk({0xfe, 0x10, 0x22, 0, 0x0b}).error) ==
        "(offset 0x1002): unable to read the alignment of a memory access: expected known flags");
  CHECK(tail(walk({0x02, 0x41, 0x0b, 0x0b}).error) ==
        "(offset 0x1001): unable to read a value type: expected a known type code");
  CHECK(tail(walk({0xd0, 0xff, 0x7f, 0x0b}).error) ==
        "(offset 0x1001): unable to read a heap type: expected a known type or a type index");
  CHECK(tail(walk({0x0e, 0x03, 0, 0, 0x0b}).error) ==
        "(offset 0x1005): unable to read a label: expected a LEB128 number, found the end");
  CHECK(tail(walk({0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0x0b}).error) ==
        "(offset 0x1001): unable to read the number of labels: expected a count, found one greater "
        "than all that follows can hold");
  CHECK(tail(walk({0x1f, 0x40, 1, 4, 0, 0x0b, 0x0b}).error) ==
        "(offset 0x1003): unable to read a catch clause: expected a kind from 0 to 3");
  CHECK(tail(walk({0xfd, 12, 0, 0x0b}).error) ==
        "(offset 0x1002): unable to read a vector constant: expected more bytes, found the end");
  CHECK(tail(walk({0, 0x0b, 0x01}, true).error) ==
        "(offset 0x1002): unable to read the code after the final `end`: expected the end, found "
        "more bytes");
  CHECK(tail(walk({}, true).error) ==
        "(offset 0x1000): unable to read the number of local declarations: expected a LEB128 "
        "number, found the end");
}

TEST_CASE("walk_body names the function, and refuses indices that the module has not") {
  const ByteBuffer bytes = make_module_of_codes({
      {0, 0x10, 2, 0x0b},     // call 2
      {0, 0x10, 3, 0x0b},     // call 3: there is none
      {0, 0xfb, 0x7e, 0x0b},  // no such opcode
  });
  auto module = read_module(bytes, "app.wasm");
  REQUIRE(module.ok());
  const auto error = [&](uint32_t index) {
    const Status status = walk_body(*module, index, kIgnore, kIgnore);
    return status.ok() ? std::string("none") : status.error().message;
  };
  CHECK(error(0) == "none");
  CHECK(error(1) ==
        "app.wasm: code section, function 1 (offset 0x1f): unable to read a function index: "
        "expected one that the module has");
  CHECK(error(2) ==
        "app.wasm: code section, function 2 (offset 0x23): unknown opcode 0xfb 0x7e; this wasm-vfs "
        "knows WebAssembly 3.0, threads, legacy exceptions, wide arithmetic, stack switching and "
        "custom descriptors");
}

TEST_CASE("code cut at any byte is refused, at a place before the cut") {
  const ByteBuffer bytes = read_testdata("all_opcodes.wasm");
  auto module = read_module(bytes, "all_opcodes.wasm");
  REQUIRE(module.ok());
  size_t cuts = 0;
  for (const Body& body : module->bodies) {
    for (size_t cut = 0; cut < body.code.size(); ++cut, ++cuts) {
      // A copy of its own, so that a sanitizer sees a read beyond the cut.
      const ByteBuffer code(body.code.begin(), body.code.begin() + static_cast<ptrdiff_t>(cut));
      Cursor cursor(code, 0);
      REQUIRE(!walk_code(cursor, kIgnore, kIgnore));
      const std::string message = cursor.error("a.wasm", "code").message;
      const size_t offset = message.find("(offset ") + 8;
      REQUIRE(std::stoul(message.substr(offset), nullptr, 16) <= cut);
    }
  }
  CHECK(cuts > 2500);
}

}  // namespace
}  // namespace wasm_vfs::wasm
