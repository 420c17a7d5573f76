// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The application's code is never read into an IR: a walk over each body finds the few indices and
// instructions that change, and all else is copied. A redirected call keeps the width of its LEB
// where the new index fits (linkers pad relocatable indices to five bytes), so most bodies keep
// their size. memory.size and memory.grow are two bytes and become a call, which does not fit where the
// shim's functions have indices of 128 and more.
//
// Code addresses. DWARF counts them from the start of the section's contents, so they move when the
// function count's LEB grows by a byte, and after each body that changes its size. With DWARF, such
// a body goes out of line (CodeSection::moved_functions), and the count's extra byte is taken from
// the first body that has a padded LEB to spare; functions before that one are a byte off and are
// counted. Without DWARF nothing depends on addresses, and bodies change their size in place.
// Tested by code_section_test.cc.

#include "splice/code_section.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/parallel.h"
#include "shim/shim.h"
#include "splice/editor.h"
#include "wasm/cursor.h"
#include "wasm/instructions.h"
#include "wasm/leb.h"
#include "wasm/writer.h"

namespace wasm_vfs::splice {
namespace {

using wasm::IndexSpace;
using wasm::IndexUse;

constexpr size_t kBodiesPerJob = 256;

/// A body whose code changes.
struct ChangedBody {
  uint32_t index;  // in the code section
  Pieces code;
};

/// What one job found; jobs cover consecutive runs of bodies.
struct JobResult {
  std::vector<ChangedBody> bodies;
  CodeStatistics statistics;
  std::optional<Error> error;
};

/// Walks one of the application's bodies and redirects what is intercepted.
Status rewrite_body(const wasm::Module& application, const IndexMap& map, uint32_t index,
                    JobResult& result) {
  const wasm::Body& body = application.bodies[index];
  Editor editor(body.code);
  CodeStatistics& statistics = result.statistics;
  auto on_index = [&](const IndexUse& use) {
    if (use.space == IndexSpace::kFunction) {
      const uint32_t function = map.application_function(use.value);
      if (function == use.value) return;
      editor.replace_index(use, function);
      ++statistics.redirected_calls;
    } else if (use.space == IndexSpace::kMemory && use.value == 0 &&
               (use.opcode == wasm::kOpMemorySize || use.opcode == wasm::kOpMemoryGrow)) {
      // The opcode is the byte before the memory index.
      ByteBuffer& out = editor.replace(use.position - 1, use.position + use.width);
      out.push_back(static_cast<uint8_t>(wasm::kOpCall));
      wasm::append_unsigned_leb(out, use.opcode == wasm::kOpMemorySize ? map.memory_size_function
                                                               : map.memory_grow_function);
      ++statistics.replaced_instructions;
    }
  };
  RETURN_IF_ERROR(wasm::walk_body(application, index, on_index, wasm::kIgnore));
  if (!editor.changed()) return ok_status();
  ++statistics.changed_functions;
  result.bodies.push_back({index, editor.finish()});
  return ok_status();
}

Result<std::vector<ChangedBody>> rewrite_bodies(const wasm::Module& application,
                                                const IndexMap& map, unsigned threads,
                                                CodeStatistics& statistics) {
  size_t count = application.bodies.size();
  std::vector<JobResult> results((count + kBodiesPerJob - 1) / kBodiesPerJob);
  parallel_for(threads, results.size(), [&](size_t job) {
    JobResult& result = results[job];
    size_t end = std::min(count, (job + 1) * kBodiesPerJob);
    for (size_t i = job * kBodiesPerJob; i < end; ++i) {
      Status status = rewrite_body(application, map, static_cast<uint32_t>(i), result);
      if (!status.ok()) {
        result.error = std::move(status).error();
        return;
      }
    }
  });
  std::vector<ChangedBody> changed;
  for (JobResult& result : results) {
    if (result.error) return *std::move(result.error);
    std::move(result.bodies.begin(), result.bodies.end(), std::back_inserter(changed));
    statistics.redirected_calls += result.statistics.redirected_calls;
    statistics.replaced_instructions += result.statistics.replaced_instructions;
    statistics.changed_functions += result.statistics.changed_functions;
  }
  return changed;
}

/// The size LEB, at least `size_width` bytes wide, and the code.
Pieces encode_body(Pieces code, uint32_t size_width = 1) {
  ByteBuffer header;
  const auto size = static_cast<uint32_t>(code.size());
  wasm::append_padded_leb(header, size,
                          std::max(size_width, wasm::unsigned_leb_width(size)));
  Pieces out;
  out.add(std::move(header));
  out.add(std::move(code));
  return out;
}

/// Code that passes `parameters` parameters on to `function`.
ByteBuffer forwarding_code(size_t parameters, uint32_t function) {
  ByteBuffer code{0x00};  // no locals
  for (uint32_t i = 0; i < parameters; ++i) {
    code.push_back(0x20);  // local.get
    wasm::append_unsigned_leb(code, i);
  }
  code.push_back(static_cast<uint8_t>(wasm::kOpCall));
  wasm::append_unsigned_leb(code, function);
  return code;
}

/// What an allocator's export becomes: it counts in a global that the allocator runs.
ByteBuffer allocator_code(const IndexMap& map, size_t parameters, uint32_t function) {
  constexpr uint8_t kI32Add = 0x6a, kEnd = 0x0b;
  ByteBuffer code{0x00};  // no locals
  const auto count = [&](int32_t change) {
    code.push_back(static_cast<uint8_t>(wasm::kOpGlobalGet));
    wasm::append_unsigned_leb(code, map.allocating_global);
    code.push_back(static_cast<uint8_t>(wasm::kOpI32Const));
    wasm::append_signed_leb(code, change);
    code.push_back(kI32Add);
    code.push_back(static_cast<uint8_t>(wasm::kOpGlobalSet));
    wasm::append_unsigned_leb(code, map.allocating_global);
  };
  count(1);
  append(code, Bytes(forwarding_code(parameters, function)).subspan(1));
  count(-1);
  code.push_back(kEnd);
  return code;
}

/// A body of exactly `size` bytes of code that calls `function`; nothing where it does not fit.
std::optional<ByteBuffer> trampoline(size_t parameters, uint32_t function, size_t size) {
  ByteBuffer code = forwarding_code(parameters, function);
  if (code.size() + 1 > size) return std::nullopt;
  code.resize(size - 1, 0x01);  // nop
  code.push_back(0x0b);         // end
  return code;
}

uint32_t size_width(const wasm::Body& body) {
  return static_cast<uint32_t>(body.whole.size() - body.code.size());
}

/// Whether debug information, here or in a file of its own, counts on code addresses.
bool has_dwarf(const wasm::Module& module) {
  return std::any_of(module.sections.begin(), module.sections.end(), [](const wasm::Section& section) {
    return section.id == wasm::SectionId::kCustom &&
           (section.name.starts_with(".debug_") || section.name == "external_debug_info");
  });
}

/// The body with one of its padded indices a byte shorter.
Result<std::optional<Pieces>> shrink_by_one(const wasm::Module& application, uint32_t index) {
  Editor editor(application.bodies[index].code);
  auto on_index = [&](const IndexUse& use) {
    if (editor.changed() || use.width <= wasm::unsigned_leb_width(use.value)) return;
    // Type indices in block types and heap types are signed: not ours to shorten.
    if (use.space == IndexSpace::kType) return;
    wasm::append_padded_leb(editor.replace(use.position, use.position + use.width), use.value,
                            use.width - 1);
  };
  RETURN_IF_ERROR(wasm::walk_body(application, index, on_index, wasm::kIgnore));
  if (!editor.changed()) return std::optional<Pieces>();
  return std::optional<Pieces>(editor.finish());
}

/// The application's functions whose code is not where it was: those that moved out of line, that
/// changed their size, and that lie behind such a change.
uint32_t count_stale(const wasm::Module& application, const IndexMap& map, size_t count_growth,
                     const std::vector<ChangedBody>& bodies, const CodeSection& section) {
  // Functions that take the places of removed imports come first, and move all others.
  if (!map.added_before.empty()) return static_cast<uint32_t>(application.bodies.size());
  uint32_t stale = 0;
  auto distance = static_cast<int64_t>(count_growth);  // from the old address
  auto changed = bodies.begin();
  auto moved = section.moved_functions.begin();
  for (uint32_t i = 0; i < application.bodies.size(); ++i) {
    const wasm::Body& old = application.bodies[i];
    const bool is_moved =
        moved != section.moved_functions.end() && *moved == application.imported_functions + i;
    if (is_moved) ++moved;
    int64_t growth = 0;
    if (changed != bodies.end() && changed->index == i) {
      const uint64_t size = changed->code.size();
      growth = static_cast<int64_t>(size + std::max(size_width(old), wasm::unsigned_leb_width(size)) -
                                    old.whole.size());
      ++changed;
    }
    if (is_moved || distance != 0 || growth != 0) ++stale;
    distance += growth;
  }
  return stale;
}

/// Keeps code addresses: see the top of the file. Changes `bodies` so that each has its old size,
/// but those too small for a call, and one that is a byte shorter where the count's LEB is a byte
/// longer. Returns the bodies that moved behind all others.
Result<Pieces> keep_addresses(const wasm::Module& application, const IndexMap& map, size_t count_growth,
                      std::vector<ChangedBody>& bodies, CodeSection& section) {
  // No index changes from here on but those of the functions appended here.
  Pieces bodies_out_of_line;
  for (ChangedBody& body : bodies) {
    const wasm::Body& old = application.bodies[body.index];
    if (body.code.size() == old.code.size()) continue;
    const uint32_t type_index = application.functions[body.index];
    const uint32_t function =
        map.function_count + static_cast<uint32_t>(section.moved_functions.size());
    std::optional<ByteBuffer> code =
        trampoline(application.types[type_index].parameters.size(), function, old.code.size());
    if (!code) continue;
    section.moved_functions.push_back(application.imported_functions + body.index);
    section.moved_function_types.push_back(type_index);
    bodies_out_of_line.add(encode_body(std::move(body.code)));
    body.code = owned(*std::move(code));
  }
  if (count_growth == 1) {
    for (uint32_t i = 0; i < application.bodies.size(); ++i) {
      const auto at = std::lower_bound(bodies.begin(), bodies.end(), i,
                                       [](const ChangedBody& body, uint32_t index) { return body.index < index; });
      if (at != bodies.end() && at->index == i) continue;
      ASSIGN_OR_RETURN(std::optional<Pieces> shorter, shrink_by_one(application, i));
      if (!shorter) continue;
      bodies.insert(at, ChangedBody{i, *std::move(shorter)});
      break;
    }
  }
  section.statistics.functions_with_stale_debug_info =
      count_stale(application, map, count_growth, bodies, section);
  return bodies_out_of_line;
}

/// Whether the shim's defined function `index` takes an import's place.
bool answers_call(const wasm::Module& module, uint32_t index) {
  return std::any_of(module.exports.begin(), module.exports.end(), [&](const wasm::Export& item) {
    return item.kind == wasm::ExternalKind::kFunction &&
           item.index == module.imported_functions + index && shim::is_call(item.name);
  });
}

/// Where a body's instructions begin, after its locals.
uint64_t after_locals(Bytes code) {
  wasm::Cursor cursor(code, 0);
  for (uint32_t groups = cursor.read_u32("groups of locals"); groups > 0; --groups) {
    cursor.read_u32("number of locals");
    cursor.read_byte("type of locals");  // the shim has numbers only
  }
  return cursor.position();
}

/// What a function of the shim begins with in an application that imports its memory: it gets the
/// region, if there is none yet, and gives ENOMEM where the memory cannot grow. The shim's other
/// functions are called by these only.
ByteBuffer region_guard(const IndexMap& map, bool gives_errno) {
  constexpr uint8_t kIf = 0x04, kNoResult = 0x40, kEnd = 0x0b, kEqz = 0x45, kReturn = 0x0f,
                    kUnreachable = 0x00;
  constexpr int32_t kErrnoNomem = 48;  // wasi_snapshot_preview1 `errno.nomem`
  ByteBuffer out{static_cast<uint8_t>(wasm::kOpGlobalGet)};
  wasm::append_unsigned_leb(out, map.memory_base_global);
  append(out, ByteBuffer{kEqz, kIf, kNoResult, static_cast<uint8_t>(wasm::kOpCall)});
  wasm::append_unsigned_leb(out, map.acquire_region_function);
  append(out, ByteBuffer{kEqz, kIf, kNoResult});
  if (gives_errno) {
    out.push_back(static_cast<uint8_t>(wasm::kOpI32Const));
    wasm::append_signed_leb(out, kErrnoNomem);
    out.push_back(kReturn);
  } else {
    out.push_back(kUnreachable);
  }
  append(out, ByteBuffer{kEnd, kEnd});
  return out;
}

/// One of the shim's bodies in the packed module's index spaces.
Result<Pieces> merge_shim_body(const wasm::Module& shim, const IndexMap& map, uint32_t index) {
  Editor editor(shim.bodies[index].code);
  if (map.acquire_region_function != kUnmapped && answers_call(shim, index)) {
    const uint64_t begin = after_locals(shim.bodies[index].code);
    append(editor.replace(begin, begin),
           region_guard(map, !shim.types[shim.functions[index]].results.empty()));
  }
  bool uses_types = false;
  auto on_index = [&](const IndexUse& use) {
    switch (use.space) {
      case IndexSpace::kType:
        uses_types = true;
        return;
      case IndexSpace::kGlobal:
        editor.replace_index(use, map.shim_globals.at(use.value));
        return;
      case IndexSpace::kFunction:
        break;
      default:
        return;  // memory 0 is memory 0
    }
    if (use.value >= map.shim_imports.size()) {
      editor.replace_index(use, map.shim_function(use.value));
      return;
    }
    const ShimImport& import = map.shim_imports[use.value];
    ByteBuffer& out = editor.replace(use.position - 1, use.position + use.width);
    auto instruction = [&](uint32_t opcode, uint32_t operand) {
      out.push_back(static_cast<uint8_t>(opcode));
      wasm::append_unsigned_leb(out, operand);
    };
    auto memory_init = [&](uint32_t segment) {
      out.push_back(0xfc);
      wasm::append_unsigned_leb(out, 8);
      wasm::append_unsigned_leb(out, segment);
      wasm::append_unsigned_leb(out, 0);  // memory
    };
    switch (import.kind) {
      case ShimImport::Kind::kHostCall: instruction(wasm::kOpCall, import.index); break;
      case ShimImport::Kind::kIndexInit: memory_init(map.index_segment); break;
      case ShimImport::Kind::kContentsInit: memory_init(map.contents_segment); break;
      case ShimImport::Kind::kGlobalGet: instruction(wasm::kOpGlobalGet, import.index); break;
      case ShimImport::Kind::kGlobalSet: instruction(wasm::kOpGlobalSet, import.index); break;
    }
  };
  RETURN_IF_ERROR(wasm::walk_body(shim, index, on_index, wasm::kIgnore));
  if (uses_types)
    return Error{"the shim's code has type indices, which this splicer does not map; rebuild it "
                 "with runtime-shim/build"};
  return editor.finish();
}

/// The bodies of functions that the application does not have.
Status add_bodies(const wasm::Module& application, const wasm::Module& shim, const IndexMap& map,
                  const std::vector<AddedFunction>& functions, Pieces& out) {
  for (const AddedFunction& function : functions) {
    if (function.kind == AddedFunction::Kind::kShim) {
      ASSIGN_OR_RETURN(Pieces code, merge_shim_body(shim, map, function.value));
      out.add(encode_body(std::move(code)));
    } else {
      const size_t parameters = application.types[function.type_index].parameters.size();
      const bool is_allocator = function.kind == AddedFunction::Kind::kAllocator;
      ByteBuffer code = is_allocator ? allocator_code(map, parameters, function.value)
                                     : forwarding_code(parameters, function.value);
      if (!is_allocator) code.push_back(0x0b);  // end
      out.add(encode_body(owned(std::move(code))));
    }
  }
  return ok_status();
}

}  // namespace

Result<CodeSection> rewrite_code(const wasm::Module& application, const wasm::Module& shim,
                                 const IndexMap& map, unsigned threads) {
  CodeSection section;
  ASSIGN_OR_RETURN(std::vector<ChangedBody> changed,
                   rewrite_bodies(application, map, threads, section.statistics));

  const wasm::Section* old = application.find_section(wasm::SectionId::kCode);
  uint32_t old_count_width =
      old && !application.bodies.empty()
          ? static_cast<uint32_t>(application.bodies.front().offset - old->contents_offset())
          : 0;
  auto packed_count = [&] {
    return map.function_count - map.first_added_before +
           static_cast<uint32_t>(section.moved_functions.size());
  };
  Pieces moved;
  if (has_dwarf(application)) {
    // The count's width hardly ever depends on how many bodies move; where it does, addresses are
    // reported as stale rather than solved for.
    uint32_t width = std::max(old_count_width,
                              wasm::unsigned_leb_width(packed_count() + static_cast<uint32_t>(changed.size())));
    ASSIGN_OR_RETURN(moved, keep_addresses(application, map, width - old_count_width, changed, section));
    old_count_width = width;
  }

  ByteBuffer count;
  wasm::append_padded_leb(count, packed_count(),
                          std::max(old_count_width, wasm::unsigned_leb_width(packed_count())));
  section.contents.add(std::move(count));
  RETURN_IF_ERROR(add_bodies(application, shim, map, map.added_before, section.contents));
  auto next = changed.begin();
  for (uint32_t i = 0; i < application.bodies.size(); ++i) {
    if (next != changed.end() && next->index == i) {
      section.contents.add(encode_body(std::move(next->code), size_width(application.bodies[i])));
      ++next;
    } else {
      section.contents.add_view(application.bodies[i].whole);
    }
  }
  RETURN_IF_ERROR(add_bodies(application, shim, map, map.added_after, section.contents));
  section.contents.add(std::move(moved));
  section.statistics.moved_functions = static_cast<uint32_t>(section.moved_functions.size());
  return section;
}

}  // namespace wasm_vfs::splice
