// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Packs from C++, without the command: packer APP.wasm DIRECTORY OUTPUT puts DIRECTORY at /static.
// lib/pack/pack.h says what else there is. Built and run by tests/package.

#include <cstdio>

#include "base/output_file.h"
#include "pack/pack.h"

namespace {

using namespace wasm_vfs;

Status pack_static(const char* application, const char* directory, const char* output) {
  ASSIGN_OR_RETURN(MappedFile file, MappedFile::open(application));
  ASSIGN_OR_RETURN(const pack::Input input, pack::read_input(std::move(file), application));
  pack::Options options;
  options.sources = {{directory, "/static"}};
  ASSIGN_OR_RETURN(const pack::Plan plan, pack::plan(input, options));
  for (const std::string& warning : plan.warnings)
    std::fprintf(stderr, "packer: warning: %s\n", warning.c_str());

  ASSIGN_OR_RETURN(OutputFile target, OutputFile::create(output));
  RETURN_IF_ERROR(plan.write([&](Bytes bytes) { return target.write(bytes); }));
  return target.commit();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: packer APP.wasm DIRECTORY OUTPUT\n");
    return 2;
  }
  const Status status = pack_static(argv[1], argv[2], argv[3]);
  if (!status.ok()) std::fprintf(stderr, "packer: %s\n", status.error().message.c_str());
  return status.ok() ? 0 : 1;
}
