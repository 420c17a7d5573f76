// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A shim made by hand, with each kind of import that the real one has and few functions, so that a
// test can say what every byte of it becomes. It stands for the prebuilt shim (its exports are what
// is served) and for the specialised one.

#ifndef WASM_VFS_TESTS_UNIT_SPLICE_FAKE_SHIM_H_
#define WASM_VFS_TESTS_UNIT_SPLICE_FAKE_SHIM_H_

#include "build_module.h"

namespace wasm_vfs::splice::test {

/// What the fake shim is made with.
struct FakeShim {
  /// fd_close and fd_datasync have one type; as Binaryen merges equal functions, one function may
  /// answer both.
  bool merge_equal_functions = false;
  bool import_unknown_intrinsic = false;
  bool import_unknown_global = false;
  bool import_unknown_call = false;
  bool define_global = false;
  bool define_data = false;
  bool use_type_index = false;
  bool acquire_region = false;  // as for an application that imports its memory
};

// Indices of its imports.
inline constexpr uint8_t kFakeHostFdRead = 0, kFakeIndexInit = 1, kFakeContentsInit = 2,
                         kFakeGetBase = 3, kFakeSetBase = 4, kFakeGetStack = 5, kFakeSetStack = 6,
                         kFakeGetPin = 7, kFakeSetPin = 8, kFakeHostFdClose = 9;
inline constexpr uint32_t kFakeImports = 10;
// Its functions, counted from the first defined one.
inline constexpr uint32_t kFakePathOpen = 0, kFakeFdRead = 1, kFakeFdClose = 2, kFakeMemorySize = 3,
                          kFakeMemoryGrow = 4, kFakeHelper = 5, kFakeFdDatasync = 6,
                          kFakeAcquireRegion = 7;  // where there is one
inline constexpr uint32_t kFakeTypes = 7;

inline ByteBuffer fake_shim(const FakeShim& options = {}) {
  using enum wasm::SectionId;
  // Type indices.
  constexpr uint8_t kPathOpenType = 0, kFdReadType = 1, kCloseType = 2, kGetType = 3, kSetType = 4,
                    kInitType = 5, kGrowType = 6;
  std::vector<ByteBuffer> imports = {
      join({name("env"), name("memory"), {0x02, 0x00, 0x01}}),
      join({name("env"), name("__memory_base"), {0x03, kI32, 0x00}}),
      import_function("wasi_snapshot_preview1", "fd_read", kFdReadType),
      import_function("intrinsic", "index_init", kInitType),
      import_function("intrinsic", "contents_init", kInitType),
      join({name("env"), name("__stack_pointer"), {0x03, kI32, 0x01}}),
      import_function("intrinsic", "get_memory_base", kGetType),
      import_function("intrinsic", "set_memory_base", kSetType),
      import_function("intrinsic", "get_stack_pointer", kGetType),
      import_function("intrinsic", "set_stack_pointer", kSetType),
      import_function("intrinsic", "get_pin", kGetType),
      import_function("intrinsic", "set_pin", kSetType),
      import_function("wasi_snapshot_preview1", "fd_close", kCloseType)};
  if (options.import_unknown_intrinsic)
    imports.push_back(import_function("intrinsic", "get_moon", kGetType));
  if (options.import_unknown_global)
    imports.push_back(join({name("env"), name("__tls_base"), {0x03, kI32, 0x01}}));
  if (options.import_unknown_call)
    imports.push_back(import_function("wasi_snapshot_preview1", "fd_write", kFdReadType));

  const uint8_t first = static_cast<uint8_t>(
      kFakeImports + options.import_unknown_intrinsic + options.import_unknown_call);
  const auto function = [&](uint32_t defined) { return leb(first + defined); };
  std::vector<ByteBuffer> exports = {
      export_function("path_open", function(kFakePathOpen)),
      export_function("fd_read", function(kFakeFdRead)),
      export_function("fd_close", function(kFakeFdClose)),
      export_function("fd_datasync",
                      function(options.merge_equal_functions ? kFakeFdClose : kFakeFdDatasync)),
      export_function("memory_size", function(kFakeMemorySize)),
      export_function("memory_grow", function(kFakeMemoryGrow))};
  if (options.acquire_region)
    exports.push_back(export_function("acquire_region", function(kFakeAcquireRegion)));
  const ByteBuffer path_open = join({
      {0x23, 0x00}, {0x24, 0x01},                           // stack pointer = memory base
      {0x41, 1, 0x41, 2, 0x41, 3, 0x10, kFakeIndexInit},     // index_init(1, 2, 3)
      {0x41, 4, 0x41, 5, 0x41, 6, 0x10, kFakeContentsInit},  // contents_init(4, 5, 6)
      {0x10, kFakeGetBase, 0x10, kFakeSetBase},
      {0x10, kFakeGetStack, 0x10, kFakeSetStack},
      {0x10, kFakeGetPin, 0x10, kFakeSetPin},
      {0x10}, function(kFakeHelper), {0x1a},
      options.use_type_index ? ByteBuffer{0x02, kGetType, 0x41, 0, 0x0b, 0x1a} : ByteBuffer{},
      i32_const(44),  // ENOENT
  });
  const ByteBuffer fd_read = {0x20, 0, 0x20, 1, 0x20, 2, 0x20, 3, 0x10, kFakeHostFdRead};
  const ByteBuffer fd_close = {0x20, 0, 0x10, kFakeHostFdClose};

  ByteBuffer out = module({
      section(kType, vec({path_open_type(), fd_read_type(), fd_close_type(),
                          function_type({}, {kI32}), function_type({kI32}, {}),
                          function_type({kI32, kI32, kI32}, {}), function_type({kI32}, {kI32})})),
      section(kImport, vec(imports)),
      section(kFunction, join({{static_cast<uint8_t>(7 + options.acquire_region), kPathOpenType,
                                kFdReadType, kCloseType, kGetType, kGrowType, kGetType, kCloseType},
                               options.acquire_region ? ByteBuffer{kGetType} : ByteBuffer{}})),
  });
  if (options.define_global)
    append(out, section(kGlobal, vec({join({{kI32, 0x00}, i32_const(0), {0x0b}})})));
  append(out, section(kExport, vec(exports)));
  std::vector<ByteBuffer> bodies = {body(path_open), body(fd_read), body(fd_close),
                                    body({0x3f, 0x00}),              // memory.size
                                    body({0x20, 0x00, 0x40, 0x00}),  // memory.grow
                                    body(i32_const(7)), body(fd_close)};
  if (options.acquire_region) bodies.push_back(body(i32_const(1)));
  append(out, section(kCode, vec(bodies)));
  if (options.define_data) append(out, section(kData, vec({{0x01, 0x01, 0xaa}})));
  // Function names: the helper's only, as C++ would have it.
  const ByteBuffer names = vec({join({function(kFakeHelper), name("wasm_vfs::runtime::helper(int)")})});
  append(out, custom("name", join({{0x01}, leb(names.size()), names})));
  return out;
}

}  // namespace wasm_vfs::splice::test

#endif  // WASM_VFS_TESTS_UNIT_SPLICE_FAKE_SHIM_H_
