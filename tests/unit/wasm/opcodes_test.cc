// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The opcode table against an independent assembler: testdata/wasm/all_opcodes.wat has each opcode
// on a line of its own, and the walker must report the same names in the same order.

#include "wasm/opcodes.h"

#include <set>
#include <sstream>
#include <vector>

#include "testing/catch.h"
#include "wasm/instructions.h"
#include "wasm/testdata.h"

namespace wasm_vfs::wasm {
namespace {

std::string first_word(std::string_view text) {
  return std::string(text.substr(0, text.find(' ')));
}

// The first word of each line of each function, and "end" for the end of the function.
std::vector<std::vector<std::string>> lines_of_functions(const std::string& wat) {
  std::vector<std::vector<std::string>> functions;
  bool inside = false;
  std::istringstream lines(wat);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  (func $")) {
      inside = true;
      functions.emplace_back();
    } else if (inside && line == "  )") {
      inside = false;
      functions.back().push_back("end");
    } else if (inside) {
      functions.back().push_back(first_word(line.substr(line.find_first_not_of(' '))));
    }
  }
  return functions;
}

TEST_CASE("each opcode is what an assembler makes of its name") {
  const ByteBuffer bytes = read_testdata("all_opcodes.wasm");
  auto module = read_module(bytes, "all_opcodes.wasm");
  REQUIRE(module.ok());
  const auto expected = lines_of_functions(read_text("all_opcodes.wat"));
  REQUIRE(expected.size() == module->bodies.size());

  std::set<uint32_t> seen;
  for (uint32_t i = 0; i < expected.size(); ++i) {
    std::vector<std::string> found;
    const Status status = walk_body(*module, i, kIgnore, [&](const Instruction& instruction) {
      found.push_back(first_word(opcode_name(instruction.opcode)));
      seen.insert(instruction.opcode);
    });
    REQUIRE(status.ok());
    CHECK(found == expected[i]);
  }

  // And none is left out.
  for (uint32_t byte = 0; byte < 256; ++byte) {
    const bool known = kImmediates[byte] != Immediates::kUnknown;
    if (kImmediates[byte] != Immediates::kPrefix) {
      INFO("opcode " << byte);
      CHECK(known == seen.contains(byte));
      CHECK(known == !opcode_name(byte).empty());
      continue;
    }
    for (uint32_t sub = 0; sub < 0x200; ++sub) {
      const uint32_t opcode = byte << 16 | sub;
      const bool sub_known =
          prefixed_immediates(static_cast<uint8_t>(byte), sub) != Immediates::kUnknown;
      INFO("opcode " << opcode_bytes(opcode));
      CHECK(sub_known == seen.contains(opcode));
      CHECK(sub_known == !opcode_name(opcode).empty());
    }
  }
}

TEST_CASE("opcodes for messages") {
  CHECK(opcode_bytes(0x10) == "0x10");
  CHECK(opcode_bytes(0xfb007e) == "0xfb 0x7e");
  CHECK(opcode_bytes(0xfd0113) == "0xfd 0x93 0x02");
  CHECK(opcode_name(0xfc0008) == "memory.init");
  CHECK(opcode_name(kNoOpcode).empty());
  CHECK(prefixed_immediates(0x10, 0) == Immediates::kUnknown);
  CHECK(prefixed_immediates(0xfd, 0xffffffff) == Immediates::kUnknown);
}

}  // namespace
}  // namespace wasm_vfs::wasm
