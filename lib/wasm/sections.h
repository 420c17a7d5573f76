// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The grammar of each section, once: each walk_… reads a section's contents from a cursor and tells
// of its entries (to read_module()) and of the indices in it (to rewriters). Reading stops at the
// cursor's first failure. The code section is delimited here; instructions.h walks its bodies.
// WebAssembly 3.0, "Modules" (https://webassembly.github.io/spec/core/binary/modules.html); the
// imports' short forms: https://github.com/WebAssembly/compact-import-section.
// Tested by sections_test.cc.

#ifndef WASM_VFS_WASM_SECTIONS_H_
#define WASM_VFS_WASM_SECTIONS_H_

#include <string>

#include "base/result.h"
#include "wasm/cursor.h"
#include "wasm/indices.h"
#include "wasm/instructions.h"
#include "wasm/module.h"
#include "wasm/types.h"

namespace wasm_vfs::wasm {

template <typename OnIndex>
void read_constant_expression(Cursor& cursor, OnIndex& on_index) {
  walk_expression(cursor, on_index, kIgnore);
}

/// A vector of value types; returns them as far as ValueType knows them.
template <typename OnIndex>
std::vector<ValueType> read_value_types(Cursor& cursor, const char* what, OnIndex& on_index) {
  const uint32_t count = cursor.read_count(what);
  std::vector<ValueType> types;
  types.reserve(count);
  for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
    const uint8_t code = read_value_type(cursor, kNoOpcode, on_index);
    const bool is_number = code >= static_cast<uint8_t>(ValueType::kF64);
    types.push_back(is_number ? static_cast<ValueType>(code) : ValueType::kOther);
  }
  return types;
}

template <typename OnIndex>
void read_field_type(Cursor& cursor, OnIndex& on_index) {
  const uint8_t code = cursor.peek();
  if (code == kTypeI8 || code == kTypeI16) {
    cursor.read_byte("a packed type");
  } else {
    read_value_type(cursor, kNoOpcode, on_index);
  }
  const uint32_t position = cursor.position();
  if (cursor.read_byte("the mutability of a field") > 1) {
    cursor.fail(position, "the mutability of a field", "0 or 1");
  }
}

/// One type of the index space: `sub` and its supertypes, where they stand, and what it is.
template <typename OnType, typename OnIndex>
void read_sub_type(Cursor& cursor, OnType& on_type, OnIndex& on_index) {
  constexpr uint8_t kSub = 0x50, kSubFinal = 0x4f, kDescriptor = 0x4d, kDescribes = 0x4c;
  constexpr uint8_t kFunctionType = 0x60, kStruct = 0x5f, kArray = 0x5e, kContinuation = 0x5d;
  if (cursor.peek() == kSub || cursor.peek() == kSubFinal) {
    cursor.read_byte("a type");
    const uint32_t count = cursor.read_count("the number of supertypes");
    for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
      read_index(cursor, IndexSpace::kType, kNoOpcode, on_index);
    }
  }
  if (cursor.peek() == kTypeShared) cursor.read_byte("a shared type");
  for (const uint8_t clause : {kDescribes, kDescriptor}) {
    if (cursor.peek() != clause) continue;
    cursor.read_byte("a descriptor");
    read_index(cursor, IndexSpace::kType, kNoOpcode, on_index);
  }

  const uint32_t position = cursor.position();
  Type type;
  switch (cursor.read_byte("a type")) {
    case kFunctionType:
      type.is_function = true;
      type.parameters = read_value_types(cursor, "the number of parameters", on_index);
      type.results = read_value_types(cursor, "the number of results", on_index);
      break;
    case kStruct: {
      const uint32_t count = cursor.read_count("the number of fields", 2);
      for (uint32_t i = 0; i < count && !cursor.failed(); ++i) read_field_type(cursor, on_index);
      break;
    }
    case kArray:
      read_field_type(cursor, on_index);
      break;
    case kContinuation:
      read_signed_type_index(cursor, kNoOpcode, "a continuation type", on_index);
      break;
    default:
      cursor.fail(position, "a type", "a function, struct, array or continuation type");
  }
  if (!cursor.failed()) on_type(std::move(type));
}

/// on_type(Type) for each type of the index space.
template <typename OnType, typename OnIndex>
void walk_type_section(Cursor& cursor, OnType&& on_type, OnIndex&& on_index) {
  constexpr uint8_t kRecursiveGroup = 0x4e;
  const uint32_t entries = cursor.read_count("the number of types");
  for (uint32_t i = 0; i < entries && !cursor.failed(); ++i) {
    uint32_t group = 1;
    if (cursor.peek() == kRecursiveGroup) {
      cursor.read_byte("a recursive group");
      group = cursor.read_count("the number of types in a recursive group", 2);
    }
    for (uint32_t k = 0; k < group && !cursor.failed(); ++k) {
      read_sub_type(cursor, on_type, on_index);
    }
  }
}

/// What is imported, after its names. `import` gets its kind, type index and limits.
template <typename OnIndex>
void read_import_type(Cursor& cursor, Import& import, OnIndex& on_index) {
  constexpr uint8_t kExactFunction = 0x20;  // custom descriptors
  const auto read_type_index = [&](const IndexUse& use) {
    import.type_index = use.value;
    on_index(use);
  };
  const uint32_t position = cursor.position();
  const uint8_t kind = cursor.read_byte("the kind of an import");
  import.kind = kind == kExactFunction ? ExternalKind::kFunction : static_cast<ExternalKind>(kind);
  switch (import.kind) {
    case ExternalKind::kFunction:
      return read_index(cursor, IndexSpace::kType, kNoOpcode, read_type_index);
    case ExternalKind::kTable:
      return read_table_type(cursor, on_index);
    case ExternalKind::kMemory:
      import.limits = read_memory_type(cursor);
      return;
    case ExternalKind::kGlobal:
      return read_global_type(cursor, on_index);
    case ExternalKind::kTag:
      return read_tag_type(cursor, read_type_index);
  }
  cursor.fail(position, "the kind of an import", "a function, table, memory, global or tag");
}

/// on_import(Import) for each import; its `index` is not set. In the compact forms one module name
/// stands for several imports, and in one of them one type, too.
template <typename OnImport, typename OnIndex>
void walk_import_section(Cursor& cursor, OnImport&& on_import, OnIndex&& on_index) {
  constexpr uint8_t kSameModule = 0x7f, kSameModuleAndType = 0x7e;
  const uint32_t entries = cursor.read_count("the number of imports", 3);
  for (uint32_t i = 0; i < entries && !cursor.failed(); ++i) {
    Import import{};
    import.offset = cursor.offset();
    import.module = cursor.read_name("the module name of an import");
    import.name = cursor.read_name("the name of an import");
    const uint8_t form = import.name.empty() ? cursor.peek() : 0;
    if (form != kSameModule && form != kSameModuleAndType) {
      read_import_type(cursor, import, on_index);
      if (!cursor.failed()) on_import(import);
      continue;
    }

    cursor.read_byte("the form of an import");
    if (form == kSameModuleAndType) read_import_type(cursor, import, on_index);
    const uint32_t count = cursor.read_count("the number of imports of one module");
    for (uint32_t k = 0; k < count && !cursor.failed(); ++k) {
      import.offset = cursor.offset();
      import.name = cursor.read_name("the name of an import");
      if (form == kSameModule) {
        import.type_index = 0;
        import.limits = {};
        read_import_type(cursor, import, on_index);
      }
      if (!cursor.failed()) on_import(import);
    }
  }
}

template <typename OnIndex>
void walk_function_section(Cursor& cursor, OnIndex&& on_index) {
  const uint32_t count = cursor.read_count("the number of functions");
  for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
    read_index(cursor, IndexSpace::kType, kNoOpcode, on_index);
  }
}

/// on_table() for each table.
template <typename OnTable, typename OnIndex>
void walk_table_section(Cursor& cursor, OnTable&& on_table, OnIndex&& on_index) {
  constexpr uint8_t kWithInitialiser = 0x40;
  const uint32_t count = cursor.read_count("the number of tables", 3);
  for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
    const bool has_initialiser = cursor.peek() == kWithInitialiser;
    if (has_initialiser) {
      cursor.read_byte("a table with an initialiser");
      const uint32_t position = cursor.position();
      if (cursor.read_byte("a table with an initialiser") != 0) {
        cursor.fail(position, "a table with an initialiser", "0 after 0x40");
      }
    }
    read_table_type(cursor, on_index);
    if (has_initialiser) read_constant_expression(cursor, on_index);
    if (!cursor.failed()) on_table();
  }
}

/// on_memory(Limits) for each memory.
template <typename OnMemory>
void walk_memory_section(Cursor& cursor, OnMemory&& on_memory) {
  const uint32_t count = cursor.read_count("the number of memories", 2);
  for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
    const Limits limits = read_memory_type(cursor);
    if (!cursor.failed()) on_memory(limits);
  }
}

template <typename OnTag, typename OnIndex>
void walk_tag_section(Cursor& cursor, OnTag&& on_tag, OnIndex&& on_index) {
  const uint32_t count = cursor.read_count("the number of tags", 2);
  for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
    read_tag_type(cursor, on_index);
    if (!cursor.failed()) on_tag();
  }
}

/// on_global() for each global.
template <typename OnGlobal, typename OnIndex>
void walk_global_section(Cursor& cursor, OnGlobal&& on_global, OnIndex&& on_index) {
  const uint32_t count = cursor.read_count("the number of globals", 3);
  for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
    read_global_type(cursor, on_index);
    read_constant_expression(cursor, on_index);
    if (!cursor.failed()) on_global();
  }
}

/// on_export(Export) for each export.
template <typename OnExport, typename OnIndex>
void walk_export_section(Cursor& cursor, OnExport&& on_export, OnIndex&& on_index) {
  constexpr IndexSpace kSpaces[] = {IndexSpace::kFunction, IndexSpace::kTable, IndexSpace::kMemory,
                                    IndexSpace::kGlobal, IndexSpace::kTag};
  const uint32_t count = cursor.read_count("the number of exports", 3);
  for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
    Export entry{};
    entry.offset = cursor.offset();
    entry.name = cursor.read_name("the name of an export");
    const uint32_t position = cursor.position();
    const uint8_t kind = cursor.read_byte("the kind of an export");
    if (kind > static_cast<uint8_t>(ExternalKind::kTag)) {
      return cursor.fail(position, "the kind of an export",
                         "a function, table, memory, global or tag");
    }
    entry.kind = static_cast<ExternalKind>(kind);
    entry.index_offset = cursor.offset();
    const auto read_target = [&](const IndexUse& use) {
      entry.index = use.value;
      entry.index_width = use.width;
      on_index(use);
    };
    read_index(cursor, kSpaces[kind], kNoOpcode, read_target);
    if (!cursor.failed()) on_export(entry);
  }
}

template <typename OnIndex>
void walk_start_section(Cursor& cursor, OnIndex&& on_index) {
  read_index(cursor, IndexSpace::kFunction, kNoOpcode, on_index);
}

/// on_segment() for each segment.
template <typename OnSegment, typename OnIndex>
void walk_element_section(Cursor& cursor, OnSegment&& on_segment, OnIndex&& on_index) {
  // The three flags make the eight forms. In the two forms without a table index (0 and 4) nothing
  // is said of the elements' kind or type, either: functions.
  constexpr uint32_t kNotActive = 1, kExplicit = 2, kExpressions = 4;
  const uint32_t count = cursor.read_count("the number of element segments", 2);
  for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
    const uint32_t position = cursor.position();
    const uint32_t flags = cursor.read_u32("the flags of an element segment");
    if (flags > 7) return cursor.fail(position, "the flags of an element segment", "0 to 7");
    if ((flags & kNotActive) == 0) {
      if ((flags & kExplicit) != 0) read_index(cursor, IndexSpace::kTable, kNoOpcode, on_index);
      read_constant_expression(cursor, on_index);
    }
    if ((flags & (kNotActive | kExplicit)) != 0) {
      if ((flags & kExpressions) != 0) {
        read_reference_type(cursor, on_index);
      } else if (cursor.read_byte("the kind of the elements") != 0) {
        return cursor.fail(cursor.position() - 1, "the kind of the elements", "0 (functions)");
      }
    }
    const uint32_t elements = cursor.read_count("the number of elements");
    for (uint32_t k = 0; k < elements && !cursor.failed(); ++k) {
      if ((flags & kExpressions) != 0) {
        read_constant_expression(cursor, on_index);
      } else {
        read_index(cursor, IndexSpace::kFunction, kNoOpcode, on_index);
      }
    }
    if (!cursor.failed()) on_segment();
  }
}

/// on_segment(DataSegment) for each segment.
template <typename OnSegment, typename OnIndex>
void walk_data_section(Cursor& cursor, OnSegment&& on_segment, OnIndex&& on_index) {
  constexpr uint32_t kPassive = 1, kExplicit = 2;
  const uint32_t count = cursor.read_count("the number of data segments", 2);
  for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
    DataSegment segment{};
    const uint32_t position = cursor.position();
    const uint32_t flags = cursor.read_u32("the flags of a data segment");
    if (flags > kExplicit) return cursor.fail(position, "the flags of a data segment", "0 to 2");
    segment.is_passive = flags == kPassive;
    if (flags == kExplicit) {
      const auto read_memory = [&](const IndexUse& use) {
        segment.memory = use.value;
        on_index(use);
      };
      read_index(cursor, IndexSpace::kMemory, kNoOpcode, read_memory);
    }
    if (!segment.is_passive) read_constant_expression(cursor, on_index);
    const uint32_t size = cursor.read_count("the size of a data segment");
    segment.offset = cursor.offset();
    segment.bytes = cursor.read_bytes(size, "the bytes of a data segment");
    if (!cursor.failed()) on_segment(segment);
  }
}

/// on_body(Body) for each body.
template <typename OnBody>
void walk_code_section(Cursor& cursor, OnBody&& on_body) {
  const uint32_t count = cursor.read_count("the number of function bodies", 3);
  for (uint32_t i = 0; i < count && !cursor.failed(); ++i) {
    Body body{};
    const uint32_t position = cursor.position();
    body.offset = cursor.offset();
    const uint32_t size = cursor.read_count("the size of a function body");
    body.code = cursor.read_bytes(size, "a function body");
    if (cursor.failed()) return;
    body.whole = cursor.since(position);
    on_body(body);
  }
}

/// Tells of each index in a section's contents, from where positions count; the code section's
/// bodies and custom sections have none here. An index beyond its space is an error, so on_index
/// need not check.
template <typename OnIndex>
Status walk_section_indices(const Module& module, const Section& section, OnIndex&& on_index) {
  const IndexCounts counts = module.index_counts();
  Cursor cursor(section.contents, section.contents_offset());
  const auto checked_on_index = [&](const IndexUse& use) {
    if (use.value >= counts[static_cast<uint8_t>(use.space)]) {
      return cursor.fail(use.position, index_name(use.space), "one that the module has");
    }
    on_index(use);
  };
  const auto ignore = [](const auto&...) {};
  switch (section.id) {
    case SectionId::kType:
      walk_type_section(cursor, ignore, checked_on_index);
      break;
    case SectionId::kImport:
      walk_import_section(cursor, ignore, checked_on_index);
      break;
    case SectionId::kFunction:
      walk_function_section(cursor, checked_on_index);
      break;
    case SectionId::kTable:
      walk_table_section(cursor, ignore, checked_on_index);
      break;
    case SectionId::kTag:
      walk_tag_section(cursor, ignore, checked_on_index);
      break;
    case SectionId::kGlobal:
      walk_global_section(cursor, ignore, checked_on_index);
      break;
    case SectionId::kExport:
      walk_export_section(cursor, ignore, checked_on_index);
      break;
    case SectionId::kStart:
      walk_start_section(cursor, checked_on_index);
      break;
    case SectionId::kElement:
      walk_element_section(cursor, ignore, checked_on_index);
      break;
    case SectionId::kData:
      walk_data_section(cursor, ignore, checked_on_index);
      break;
    case SectionId::kCustom:
    case SectionId::kMemory:
    case SectionId::kCode:
    case SectionId::kDataCount:
      break;
  }
  if (cursor.failed()) {
    return cursor.error(module.file, std::string(section_name(section.id)) + " section");
  }
  return ok_status();
}

}  // namespace wasm_vfs::wasm

#endif  // WASM_VFS_WASM_SECTIONS_H_
