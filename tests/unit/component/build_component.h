// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Builds small components from bytes, as splice/build_module.h does core modules. Used by the tests
// in this directory.

#ifndef WASM_VFS_TESTS_UNIT_COMPONENT_BUILD_COMPONENT_H_
#define WASM_VFS_TESTS_UNIT_COMPONENT_BUILD_COMPONENT_H_

#include <algorithm>
#include <string_view>

#include "component/binary.h"
#include "splice/build_module.h"

namespace wasm_vfs::component::test {

using namespace splice::test;

inline ByteBuffer component(std::initializer_list<ByteBuffer> sections) {
  return join({{0x00, 'a', 's', 'm', 0x0d, 0x00, 0x01, 0x00}, join(sections)});
}

/// A section whose size LEB has at least `width` bytes.
inline ByteBuffer component_section(uint8_t id, const ByteBuffer& contents, uint32_t width = 1) {
  return join({{id},
               padded(contents.size(), std::max(width, wasm::unsigned_leb_width(contents.size()))),
               contents});
}
inline ByteBuffer core_module(const ByteBuffer& bytes, uint32_t width = 1) {
  return component_section(1, bytes, width);
}
inline ByteBuffer nested(const ByteBuffer& bytes, uint32_t width = 1) {
  return component_section(4, bytes, width);
}

/// The "component-name" section's names of core modules.
inline ByteBuffer module_names(const std::vector<ByteBuffer>& names) {
  const ByteBuffer list = join({{0x00, 0x11}, vec(names)});
  return custom("component-name", join({{0x00, 0x02, 0x01, 'c', 0x01}, leb(list.size()), list}));
}
inline ByteBuffer module_name(uint32_t index, std::string_view text) {
  return join({leb(index), name(text)});
}

/// A module that imports `calls` from `from`, all of one type, and the memory that it asks for.
inline ByteBuffer importing_module(std::string_view from,
                                   const std::vector<std::string_view>& calls,
                                   std::initializer_list<ByteBuffer> more = {}) {
  std::vector<ByteBuffer> imports;
  for (const std::string_view call : calls) imports.push_back(import_function(from, call, 0));
  return module({section(wasm::SectionId::kType, vec({path_open_type()})),
                 section(wasm::SectionId::kImport, vec(imports)), join(more)});
}

inline ByteBuffer application() {
  return importing_module("wasi_snapshot_preview1", {"path_open"});
}

/// The whole file, with `replacement` in place of a core module.
inline ByteBuffer replaced(const Surroundings& around, const ByteBuffer& replacement) {
  return join({flatten(around.before), replacement, copy(around.after)});
}

}  // namespace wasm_vfs::component::test

#endif  // WASM_VFS_TESTS_UNIT_COMPONENT_BUILD_COMPONENT_H_
