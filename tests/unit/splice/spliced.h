// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A module built by hand, spliced with the shim made by hand, and what there is to say against the
// result.

#ifndef WASM_VFS_TESTS_UNIT_SPLICE_SPLICED_H_
#define WASM_VFS_TESTS_UNIT_SPLICE_SPLICED_H_

#include <string>
#include <vector>

#include "build_module.h"
#include "check_packed.h"
#include "fake_shim.h"
#include "image/format.h"
#include "splice/splice.h"
#include "validate.h"

namespace wasm_vfs::splice::test {

inline constexpr std::string_view kWasi = "wasi_snapshot_preview1";
inline constexpr shim::RegionLayout kRegion = {4096, 2};
inline constexpr uint32_t kFdReadType = 1, kCloseType = 2, kNoneType = 3;
inline constexpr uint32_t kImports = 3;  // path_open, fd_read, fd_close
inline constexpr uint8_t kFdClose = 2;

/// Begins as an index does.
inline const ByteBuffer kIndex =
    join({{0x00, 'W', 'A', 'S', 'M', 'V', 'F', 'S'}, ByteBuffer(sizeof(image::IndexHeader), 1)});
inline const ByteBuffer kContents = {'h', 'e', 'l', 'l', 'o'};

inline ByteBuffer types() {
  return section(wasm::SectionId::kType,
                 vec({path_open_type(), fd_read_type(), fd_close_type(), none_type()}));
}

inline ByteBuffer imports() {
  return section(wasm::SectionId::kImport,
                 vec({import_function(kWasi, "path_open", 0),
                      import_function(kWasi, "fd_read", kFdReadType),
                      import_function(kWasi, "fd_close", kCloseType)}));
}

struct Spliced {
  ByteBuffer bytes, shim_bytes;
  Result<wasm::Module> module;
  Result<Interception> interception;
  Result<MemoryLayout> memory;
  Result<PackedModule> packed;
  ByteBuffer out;  // the packed module's bytes
  Result<wasm::Module> result;

  explicit Spliced(ByteBuffer application, const InterceptionOptions& options = {},
                   ByteBuffer shim = fake_shim())
      : bytes(std::move(application)),
        shim_bytes(std::move(shim)),
        module(wasm::read_module(bytes, "app.wasm")),
        interception(find(*module, options)),
        memory(lay_out_memory(*module, kRegion)),
        packed(splice({*module, *interception, *memory, shim_bytes, kIndex,
                       static_cast<uint32_t>(kContents.size()), "1.2.3", 2})),
        out(packed.ok() ? assemble(*packed, kContents) : ByteBuffer()),
        result(wasm::read_module(out, "packed")) {}

  static Result<Interception> find(const wasm::Module& application,
                                   const InterceptionOptions& options = {}) {
    static const ByteBuffer served = fake_shim();
    static const auto shim = wasm::read_module(served, "shim");
    return find_intercepted_imports(application, *shim, options);
  }

  /// Everything that check_packed.h and wabt have to say against it.
  std::string problems() const {
    if (!packed.ok()) return packed.error().message;
    if (!result.ok()) return result.error().message;
    std::string why = difference();
    if (why.empty()) why = undo_problem(bytes, *packed, kContents);
    if (why.empty() && why_invalid(bytes).empty()) why = why_invalid(out);
    return why;
  }
  std::string difference() const {
    return test::difference(
        {*module, *interception, *memory, packed->code, kIndex, kContents}, out);
  }

  uint32_t shim_function(uint32_t defined) const { return module->function_count() + defined; }
  ByteBuffer contents(wasm::SectionId id) const {
    const wasm::Section* found = result->find_section(id);
    return found ? copy(found->contents) : ByteBuffer();
  }
  ByteBuffer whole(wasm::SectionId id) const { return copy(result->find_section(id)->whole); }
  std::vector<std::string> section_names() const {
    std::vector<std::string> names;
    for (const wasm::Section& item : result->sections)
      names.push_back(item.id == wasm::SectionId::kCustom ? std::string(item.name)
                                         : std::string(wasm::section_name(item.id)));
    return names;
  }
};

}  // namespace wasm_vfs::splice::test

#endif  // WASM_VFS_TESTS_UNIT_SPLICE_SPLICED_H_
