// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A core module as it lies in its file: where each section, import, function and body is, and no
// more of its contents than a rewriter needs. Everything points into the file's bytes.
// WebAssembly 3.0, "Binary Format" (https://webassembly.github.io/spec/core/binary/).
// Tested by module_test.cc.

#ifndef WASM_VFS_WASM_MODULE_H_
#define WASM_VFS_WASM_MODULE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "wasm/indices.h"

namespace wasm_vfs::wasm {

enum class SectionId : uint8_t {
  kCustom = 0,
  kType = 1,
  kImport = 2,
  kFunction = 3,
  kTable = 4,
  kMemory = 5,
  kGlobal = 6,
  kExport = 7,
  kStart = 8,
  kElement = 9,
  kCode = 10,
  kData = 11,
  kDataCount = 12,
  kTag = 13,
  // Others are possible: a section of an id that we do not know is passed through.
};

/// "code", "data count" …, "unknown"; for messages.
std::string_view section_name(SectionId id);

/// A section, header and contents as they stand in the file.
struct Section {
  SectionId id;
  std::string_view name;  // of a custom section; else empty
  uint64_t offset;        // of the id byte, in the file
  Bytes whole;            // id, size and contents
  Bytes contents;         // after the size; a custom section's begin with its name
  uint64_t contents_offset() const { return offset + (whole.size() - contents.size()); }
};

/// A custom section's contents after its name.
Bytes custom_contents(const Section& section);

/// What an import or export names. Values are the binary format's.
enum class ExternalKind : uint8_t { kFunction = 0, kTable = 1, kMemory = 2, kGlobal = 3, kTag = 4 };

/// Value types that the WASI signatures use, and "anything else".
enum class ValueType : uint8_t { kI32 = 0x7f, kI64 = 0x7e, kF32 = 0x7d, kF64 = 0x7c, kOther = 0 };

/// A type of the type index space. Only function types are looked into.
struct Type {
  bool is_function = false;
  std::vector<ValueType> parameters;
  std::vector<ValueType> results;
};

/// Limits of a memory or table (spec: "Limits", with the threads, memory64 and custom-page-sizes
/// flags).
struct Limits {
  uint64_t minimum = 0;
  std::optional<uint64_t> maximum;
  bool is_shared = false;
  bool is_64 = false;
  std::optional<uint32_t> page_size_log2;  // custom page sizes proposal
};

struct Import {
  std::string_view module;
  std::string_view name;
  ExternalKind kind;
  uint32_t index;       // in the index space of its kind
  uint32_t type_index;  // of a function or tag
  Limits limits;        // of a memory
  uint64_t offset;      // in the file
};

struct Export {
  std::string_view name;
  ExternalKind kind;
  uint32_t index;
  uint64_t offset;        // in the file
  uint64_t index_offset;  // of the index LEB, in the file
  uint32_t index_width;   // bytes of the index LEB as it stands
};

/// One entry of the code section.
struct Body {
  uint64_t offset;  // of the size LEB, in the file
  Bytes whole;      // size LEB and code
  Bytes code;       // local declarations, instructions and the final `end`
  uint64_t code_offset() const { return offset + (whole.size() - code.size()); }
};

/// A segment of the data section.
struct DataSegment {
  bool is_passive;
  uint32_t memory;  // of an active one
  Bytes bytes;
  uint64_t offset;  // of `bytes`, in the file
};

/// The sizes of the index spaces, by IndexSpace.
using IndexCounts = std::array<uint32_t, kIndexSpaces>;

struct Module {
  std::string file;     // for messages
  uint64_t offset = 0;  // of `bytes`, in the file
  Bytes bytes;
  std::vector<Section> sections;  // in file order, all of them

  std::vector<Type> types;
  std::vector<Import> imports;
  std::vector<uint32_t> functions;  // type index of each defined function
  std::vector<Limits> memories;     // defined ones
  std::vector<Export> exports;
  std::optional<uint32_t> start;
  std::vector<Body> bodies;
  std::optional<uint32_t> data_count;  // of the data count section
  uint32_t data_segment_count = 0;     // of the data section
  std::vector<DataSegment> data_segments;

  uint32_t imported_functions = 0;
  uint32_t imported_tables = 0;
  uint32_t imported_memories = 0;
  uint32_t imported_globals = 0;
  uint32_t imported_tags = 0;
  uint32_t defined_tables = 0;
  uint32_t defined_globals = 0;
  uint32_t defined_tags = 0;
  uint32_t element_segment_count = 0;

  const Section* find_section(SectionId id) const;  // the first of that id, or nullptr
  const Section* find_custom_section(std::string_view name) const;  // the first, or nullptr
  uint32_t function_count() const {
    return imported_functions + static_cast<uint32_t>(functions.size());
  }
  uint32_t global_count() const { return imported_globals + defined_globals; }
  IndexCounts index_counts() const;
  /// Type index of any function of the index space. REQUIRES: index < function_count().
  uint32_t function_type(uint32_t index) const;
};

/// Reads a module's structure. The result points into `bytes`, which must outlive it, and which
/// begin at `offset` in the file (of a component). Function bodies are delimited, not read
/// (walk_body() in instructions.h reads them). Errors name `file`, the section and the offset.
Result<Module> read_module(Bytes bytes, std::string file, uint64_t offset = 0);

/// What the first bytes of a file are.
enum class FileKind { kCoreModule, kComponent, kOther };
FileKind recognise(Bytes bytes);

}  // namespace wasm_vfs::wasm

#endif  // WASM_VFS_WASM_MODULE_H_
