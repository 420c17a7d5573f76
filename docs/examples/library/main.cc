// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Packs from C++, without the command: packer APP.wasm DIRECTORY OUTPUT puts DIRECTORY at /static.
// Each step is one library's; docs/architecture.md says what they do. What the command does besides
// (packing again, compression, components, the manifest that `unpack` needs) is left out.
// Built and run by tests/package.

#include <cstdio>

#include "base/mapped_file.h"
#include "base/output_file.h"
#include "image/builder.h"
#include "shim/shim.h"
#include "splice/splice.h"
#include "wasm/module.h"

namespace {

using namespace wasm_vfs;

Status pack(const char* input, const char* directory, const char* output) {
  // The application stays mapped until all is written.
  ASSIGN_OR_RETURN(const MappedFile file, MappedFile::open(input));
  ASSIGN_OR_RETURN(const wasm::Module application, wasm::read_module(file.bytes(), input));

  // Which of its imports the shim answers, and where the shim's memory lies.
  ASSIGN_OR_RETURN(const wasm::Module prebuilt,
                   wasm::read_module(shim::prebuilt_shim(), "the prebuilt shim"));
  ASSIGN_OR_RETURN(const splice::Interception interception,
                   splice::find_intercepted_imports(application, prebuilt));
  ASSIGN_OR_RETURN(const splice::MemoryLayout memory,
                   splice::lay_out_memory(application, shim::region_layout()));

  // The files: a tree of names, then an index.
  const image::HostFiles& files = image::posix_files();
  ASSIGN_OR_RETURN(const image::Tree tree, image::scan({{directory, "/static"}}, {}, files));
  ASSIGN_OR_RETURN(const image::Image image, image::build(tree, files));

  // The shim for this application and these files, and the new module's sections.
  shim::Request request = splice::shim_request(interception, memory);
  splice::add_image_constants(request, image);
  ASSIGN_OR_RETURN(const ByteBuffer shim, shim::specialise(request));
  ASSIGN_OR_RETURN(const splice::PackedModule packed,
                   splice::splice({application, interception, memory, shim, image.index,
                                   image.contents_size, "example", 1}));
  for (const std::string& warning : packed.warnings) std::fprintf(stderr, "%s\n", warning.c_str());

  ASSIGN_OR_RETURN(OutputFile target, OutputFile::create(output));
  const auto write = [&](Bytes bytes) { return target.write(bytes); };
  for (const Bytes part : packed.head.parts()) RETURN_IF_ERROR(write(part));
  ASSIGN_OR_RETURN(const image::ContentsSums sums, image::write_contents(image, files, write));
  for (const Bytes part : packed.tail.parts()) RETURN_IF_ERROR(write(part));
  return target.commit();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: packer APP.wasm DIRECTORY OUTPUT\n");
    return 2;
  }
  const Status status = pack(argv[1], argv[2], argv[3]);
  if (!status.ok()) std::fprintf(stderr, "packer: %s\n", status.error().message.c_str());
  return status.ok() ? 0 : 1;
}
