// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A file that holds core modules: one core module by itself, or a component with any number of
// them, in nested components too. A component is walked as far as a rewriter of one of its core
// modules needs: the sizes of the sections around the module change, and nothing else does. What a
// component says of its types, instances and functions is not looked into. Component model, "Binary
// Format" (https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md). Tested
// by binary_test.cc.

#ifndef WASM_VFS_COMPONENT_BINARY_H_
#define WASM_VFS_COMPONENT_BINARY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/pieces.h"
#include "base/result.h"
#include "splice/manifest.h"
#include "splice/verify.h"
#include "wasm/module.h"

namespace wasm_vfs::component {

/// The size of a section that encloses a core module, as it stands in the file.
struct SizeField {
  uint64_t offset;  // in the file
  uint32_t width;   // bytes of the LEB
  uint64_t value;
};

struct CoreModule {
  wasm::Module module;  // its offsets are the file's
  std::string name;     // as the component calls it, or the module itself; empty where neither does
  /// The sections around it, innermost first: its own, then those of the nested components. Empty
  /// where the file is a core module.
  std::vector<SizeField> enclosing;
};

/// What a component imports. Values are the binary format's.
enum class ImportKind : uint8_t {
  kCoreModule = 0,
  kFunction = 1,
  kValue = 2,
  kType = 3,
  kComponent = 4,
  kInstance = 5,
};

struct ComponentImport {
  std::string_view name;  // "wasi:filesystem/types@0.2.6"
  ImportKind kind;
};

struct Binary {
  std::string file;  // for messages
  Bytes bytes;
  bool is_component = false;
  std::vector<CoreModule> modules;       // in the order of the file; their places are their numbers
  std::vector<ComponentImport> imports;  // of the outermost component
};

/// Reads a core module or a component. The result points into `bytes`, which must outlive it.
/// Errors name `file`, the section and the offset; asynchronous components (WASI 0.3), in which one
/// call of the application can run while another waits, are refused.
Result<Binary> read_binary(Bytes bytes, std::string file);

/// "3 'libc.so'": the number and, where it has one, the name of a core module; for messages.
std::string module_label(const Binary& binary, size_t place);

/// The bytes before and after a core module.
struct Surroundings {
  Pieces before;
  Bytes after;
};

/// The sections around a module as they stand, innermost first.
std::vector<splice::EnclosingSection> enclosing_sections(const CoreModule& module);

/// What stands around `module` when its place is taken by `size` bytes. The sizes of the sections
/// around it get the bytes they need, and at least as many as `enclosing` says, innermost first.
/// Views of binary.bytes. Fails when a section would have 4 GiB.
Result<Surroundings> surround(const Binary& binary, const CoreModule& module, uint64_t size,
                              const std::vector<splice::EnclosingSection>& enclosing);

/// Whether the sizes around a packed module are those that the pack wrote: the rest of splice::verify.
/// Sections that a composer has put around these since may have any size.
splice::Check check_enclosing(const CoreModule& module, const splice::Manifest& manifest);

}  // namespace wasm_vfs::component

#endif  // WASM_VFS_COMPONENT_BINARY_H_
