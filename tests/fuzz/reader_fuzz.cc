// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fuzzes the reader and the walkers with any bytes: they must stay within them (the sanitizers
// look), and what they accept must be what they reported: sections and bodies that tile the file,
// instructions that tile the code, indices that the module has, and messages that name a place
// inside the file. Seeds: testdata/wasm/*.wasm.

#include <cstdint>
#include <string>

#include "fuzzing.h"
#include "wasm/instructions.h"
#include "wasm/module.h"
#include "wasm/sections.h"

using namespace wasm_vfs;
using namespace wasm_vfs::wasm;

namespace {

using fuzzing::check_message;
using fuzzing::require;

void check_index(const IndexCounts& counts, Bytes bytes, const IndexUse& use) {
  require(use.value < counts[static_cast<uint8_t>(use.space)]);
  require(use.width >= 1 && use.width <= 5);
  require(use.position + use.width <= bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes bytes(data, size);
  const auto module = read_module(bytes, "fuzz.wasm");
  if (!module.ok()) {
    check_message(module.error(), size);
    return 0;
  }

  const IndexCounts counts = module->index_counts();
  uint64_t offset = 8;
  for (const Section& section : module->sections) {
    require(section.offset == offset);
    require(section.whole.data() == data + offset);
    require(section.contents.data() + section.contents.size() ==
            section.whole.data() + section.whole.size());
    offset += section.whole.size();
    const Status status = walk_section_indices(
        *module, section, [&](const IndexUse& use) { check_index(counts, section.contents, use); });
    if (!status.ok()) check_message(status.error(), size);
  }
  require(offset == size);

  for (uint32_t i = 0; i < module->function_count(); ++i) {
    require(module->types[module->function_type(i)].is_function);
  }
  for (size_t i = 1; i < module->bodies.size(); ++i) {
    const Body& before = module->bodies[i - 1];
    require(before.whole.data() + before.whole.size() == module->bodies[i].whole.data());
  }
  for (uint32_t i = 0; i < module->bodies.size(); ++i) {
    const Bytes code = module->bodies[i].code;
    uint32_t end = 0;
    const Status status = walk_body(
        *module, i, [&](const IndexUse& use) { check_index(counts, code, use); },
        [&](const Instruction& instruction) {
          require(instruction.begin < instruction.end);
          require(end == 0 || instruction.begin == end);
          require(!opcode_name(instruction.opcode).empty());
          end = instruction.end;
        });
    if (status.ok()) {
      require(end == code.size());
    } else {
      check_message(status.error(), size);
    }
  }
  return 0;
}
