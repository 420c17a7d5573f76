// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// wasm_vfs_identity MODULE…: reads each module, walks every section and every body, and puts the
// module together again from the pieces that the reader and the walkers reported; the result must
// be the input, byte for byte. Run over real modules by the end-to-end suite, and over testdata by
// ctest. With --time it repeats the walk of the bodies and prints its speed.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

#include "base/mapped_file.h"
#include "wasm/instructions.h"
#include "wasm/module.h"
#include "wasm/sections.h"
#include "wasm/writer.h"

namespace wasm_vfs::wasm {
namespace {

struct Totals {
  size_t sections = 0, bodies = 0, instructions = 0, indices = 0;
};

// An index written again in its own width must give its own bytes.
Status check_index(Bytes bytes, const IndexUse& use) {
  if (use.width == 0 || use.position + use.width > bytes.size())
    return Error{"an index lies outside"};
  const uint8_t* begin = bytes.data() + use.position;
  uint64_t value = 0;
  uint32_t width = 0;
  if (use.is_signed) {
    const auto number = read_leb<int64_t, 33>(begin, bytes.data() + bytes.size());
    value = static_cast<uint64_t>(number.value);
    width = number.width;
  } else {
    const auto number = read_leb<uint32_t>(begin, bytes.data() + bytes.size());
    value = number.value;
    width = number.width;
  }
  if (value != use.value || width != use.width)
    return Error{"an index is not where it is said to be"};
  return ok_status();
}

// Walks a body and returns its code put together from the instructions reported.
Result<ByteBuffer> rewrite_body(const Module& module, uint32_t index, Totals& totals) {
  const Bytes code = module.bodies[index].code;
  ByteBuffer out;
  uint32_t end = 0;  // of the previous instruction
  Status problem = ok_status();
  const auto on_index = [&](const IndexUse& use) {
    ++totals.indices;
    if (Status status = check_index(code, use); !status.ok()) problem = status;
  };
  RETURN_IF_ERROR(walk_body(module, index, on_index, [&](const Instruction& instruction) {
    ++totals.instructions;
    if (end == 0)
      append(out, code.first(instruction.begin));  // the local declarations
    else if (end != instruction.begin)
      problem = Error{"a gap between instructions"};
    if (opcode_name(instruction.opcode).empty()) problem = Error{"an instruction without a name"};
    append(out, code.subspan(instruction.begin, instruction.end - instruction.begin));
    end = instruction.end;
  }));
  if (!problem.ok()) return problem.error();
  return out;
}

Result<ByteBuffer> rewrite(const Module& module, Totals& totals) {
  ByteBuffer out;
  append_module_header(out);
  for (const Section& section : module.sections) {
    ++totals.sections;
    Status problem = ok_status();
    RETURN_IF_ERROR(walk_section_indices(module, section, [&](const IndexUse& use) {
      ++totals.indices;
      if (Status status = check_index(section.contents, use); !status.ok()) problem = status;
    }));
    if (!problem.ok()) return problem.error();
    if (section.id != SectionId::kCode) {
      append(out, section.whole);
      continue;
    }
    // Everything before the first body, then each body: its size LEB and its code.
    const uint64_t bodies_at = module.bodies.empty() ? section.offset + section.whole.size()
                                                     : module.bodies.front().offset;
    append(out, section.whole.first(bodies_at - section.offset));
    for (uint32_t i = 0; i < module.bodies.size(); ++i) {
      const Body& body = module.bodies[i];
      append(out, body.whole.first(body.whole.size() - body.code.size()));
      ASSIGN_OR_RETURN(const ByteBuffer code, rewrite_body(module, i, totals));
      append(out, code);
      ++totals.bodies;
    }
  }
  return out;
}

// Adds up the best times of small runs of bodies: on a busy machine no single walk of all is quick.
Status time_bodies(const Module& module) {
  constexpr uint32_t kRun = 200;
  constexpr int kRounds = 20;
  const auto count = static_cast<uint32_t>(module.bodies.size());
  double total = 0;
  size_t bytes = 0, calls = 0;
  for (uint32_t begin = 0; begin < count; begin += kRun) {
    const uint32_t end = std::min(count, begin + kRun);
    for (uint32_t i = begin; i < end; ++i) bytes += module.bodies[i].code.size();
    double best = 1e9;
    for (int round = 0; round < kRounds; ++round) {
      const auto start = std::chrono::steady_clock::now();
      for (uint32_t i = begin; i < end; ++i) {
        RETURN_IF_ERROR(walk_body(
            module, i, [&](const IndexUse& use) { calls += use.space == IndexSpace::kFunction; },
            kIgnore));
      }
      const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
      best = std::min(best, elapsed.count());
    }
    total += best;
  }
  std::printf("%s: walked %zu bytes of code in %.2f ms, %.0f MB/s (%zu function indices)\n",
              module.file.c_str(), bytes, total * 1e3, static_cast<double>(bytes) / total / 1e6,
              calls / kRounds);
  return ok_status();
}

Status check(const std::string& path, bool time) {
  ASSIGN_OR_RETURN(const MappedFile file, MappedFile::open(path));
  ASSIGN_OR_RETURN(const Module module, read_module(file.bytes(), path));
  Totals totals;
  ASSIGN_OR_RETURN(const ByteBuffer out, rewrite(module, totals));
  if (out.size() != file.bytes().size() ||
      !std::equal(out.begin(), out.end(), file.bytes().begin())) {
    return Error{path + ": the rewritten module differs"};
  }
  std::printf("%s: identical: %zu bytes, %zu sections, %zu bodies, %zu instructions, %zu indices\n",
              path.c_str(), out.size(), totals.sections, totals.bodies, totals.instructions,
              totals.indices);
  return time ? time_bodies(module) : ok_status();
}

}  // namespace
}  // namespace wasm_vfs::wasm

int main(int argc, char** argv) {
  bool time = false;
  int checked = 0, failed = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--time") {
      time = true;
      continue;
    }
    ++checked;
    if (const auto status = wasm_vfs::wasm::check(argument, time); !status.ok()) {
      std::fprintf(stderr, "error: %s\n", status.error().message.c_str());
      ++failed;
    }
  }
  if (checked == 0) {
    std::fprintf(stderr, "usage: wasm_vfs_identity [--time] MODULE...\n");
    return 2;
  }
  return failed == 0 ? 0 : 1;
}
