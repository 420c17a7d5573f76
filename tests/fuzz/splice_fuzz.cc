// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fuzzes a whole pack: any bytes as the application, the real shim, a small image. A module that is
// accepted must come out as check_packed.h says: the application but for the changes of a pack, and
// to be had back byte for byte. The last byte of the input chooses the sealing (a module may end
// with any byte, so nothing is cut off).
//
// The mutator knows sections and bodies: it changes the contents of one and makes the sizes around
// it right, so that most mutants get past the reader. With WASM_VFS_FUZZ_PACKED=DIRECTORY in the
// environment each packed module is written there, for a validator (tests/fuzz/run does that at the
// end). Seeds: tests/unit/splice/modules/*.wat, testdata/wasm/*.wasm.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "unit/splice/check_packed.h"
#include "wasm/module.h"
#include "wasm/writer.h"

using namespace wasm_vfs;

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

void write_for_validator(Bytes input, Bytes packed) {
  static const char* const directory = std::getenv("WASM_VFS_FUZZ_PACKED");
  if (directory == nullptr) return;
  static int count = 0;
  const std::string path = std::string(directory) + "/" + std::to_string(count++);
  std::ofstream(path + ".wasm", std::ios::binary) << as_text(input);
  std::ofstream(path + ".packed.wasm", std::ios::binary) << as_text(packed);
}

/// Some bytes, mutated by libFuzzer; up to `growth` bytes longer.
ByteBuffer mutated(Bytes bytes, size_t growth) {
  ByteBuffer out(bytes.begin(), bytes.end());
  out.resize(bytes.size() + growth);
  out.resize(LLVMFuzzerMutate(out.data(), bytes.size(), out.size()));
  return out;
}

/// The code section's contents with one body mutated.
ByteBuffer mutate_body(const wasm::Module& module, size_t index, size_t growth) {
  ByteBuffer out;
  wasm::append_unsigned_leb(out, module.bodies.size());
  for (size_t i = 0; i < module.bodies.size(); ++i) {
    if (i != index) {
      append(out, module.bodies[i].whole);
      continue;
    }
    const ByteBuffer code = mutated(module.bodies[i].code, growth);
    wasm::append_unsigned_leb(out, code.size());
    append(out, code);
  }
  return out;
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned seed) {
  std::minstd_rand random(seed);
  const auto module = wasm::read_module({data, size}, "");
  if (!module.ok() || module->sections.empty() || random() % 8 == 0)
    return LLVMFuzzerMutate(data, size, max_size);
  const size_t growth = std::min<size_t>(max_size - std::min(size, max_size), 64);
  const size_t chosen = random() % module->sections.size();
  const bool in_body = !module->bodies.empty() && random() % 2 == 0;
  ByteBuffer out;
  wasm::append_module_header(out);
  for (size_t i = 0; i < module->sections.size(); ++i) {
    const wasm::Section& section = module->sections[i];
    const auto id = static_cast<uint8_t>(section.id);
    if (in_body && section.id == wasm::SectionId::kCode)
      wasm::append_section(out, id, mutate_body(*module, random() % module->bodies.size(), growth));
    else if (!in_body && i == chosen)
      wasm::append_section(out, id, mutated(section.contents, growth));
    else
      append(out, section.whole);
  }
  if (out.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(out.begin(), out.end(), data);
  return out.size();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes bytes(data, size);
  constexpr splice::Sealing kSealings[] = {splice::Sealing::kNone, splice::Sealing::kFilesystem,
                                           splice::Sealing::kWasi};
  splice::InterceptionOptions options;
  options.sealing = kSealings[size == 0 ? 0 : data[size - 1] % 3];
  const splice::test::Trial trial = splice::test::pack_with_real_shim(bytes, options);
  if (!trial.accepted.ok()) {
    if (trial.accepted.error().message.empty()) std::abort();
    return 0;
  }
  if (!trial.problem.empty()) {
    std::fprintf(stderr, "%s\n", trial.problem.c_str());
    std::abort();
  }
  write_for_validator(bytes, trial.packed);
  return 0;
}
