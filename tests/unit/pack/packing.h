// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An application, host files in memory, and what packing them gives. Used by the tests in this
// directory.

#ifndef WASM_VFS_TESTS_UNIT_PACK_PACKING_H_
#define WASM_VFS_TESTS_UNIT_PACK_PACKING_H_

#include <string>

#include "image/fake_host_files.h"
#include "pack/pack.h"
#include "splice/build_module.h"
#include "testing/temporary_directory.h"

namespace wasm_vfs::pack::test {

/// A module that imports path_open and the calls that give arguments and environment.
inline ByteBuffer application() {
  using namespace splice::test;
  using enum wasm::SectionId;
  constexpr std::string_view kWasi = "wasi_snapshot_preview1";
  const ByteBuffer two_addresses = function_type({kI32, kI32}, {kI32});
  return module({section(kType, vec({path_open_type(), two_addresses})),
                 section(kImport, vec({import_function(kWasi, "path_open", 0),
                                       import_function(kWasi, "args_get", 1),
                                       import_function(kWasi, "args_sizes_get", 1),
                                       import_function(kWasi, "environ_get", 1),
                                       import_function(kWasi, "environ_sizes_get", 1)})),
                 memory_section()});
}

inline Result<Input> read(const ByteBuffer& bytes) {
  const TemporaryDirectory directory;  // a file that is mapped may go
  ASSIGN_OR_RETURN(MappedFile file, MappedFile::open(directory.write("app.wasm", as_text(bytes))));
  return read_input(std::move(file), "app.wasm");
}

/// Packs, and returns the packed module.
inline Result<ByteBuffer> packed(const ByteBuffer& bytes, const Options& options,
                                 const image::HostFiles& host) {
  ASSIGN_OR_RETURN(const Input input, read(bytes));
  ASSIGN_OR_RETURN(const Plan plan, pack::plan(input, options, host));
  ByteBuffer out;
  RETURN_IF_ERROR(plan.write([&](Bytes block) {
    append(out, block);
    return ok_status();
  }));
  if (out.size() != plan.size) return Error{"the plan's size is wrong"};
  return out;
}

struct HostFiles : image::FakeHostFiles {
  HostFiles() {
    file("a/one.txt", "one");
    file("a/sub/two.txt", std::string(100000, '2'));
    file("b/one.txt", "another");
  }
};

}  // namespace wasm_vfs::pack::test

#endif  // WASM_VFS_TESTS_UNIT_PACK_PACKING_H_
