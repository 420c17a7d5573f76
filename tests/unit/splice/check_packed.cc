// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Goes through both modules side by side, section by section and, in code, instruction by
// instruction. The first difference that a pack may not make is the answer.

#include "check_packed.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "shim/shim.h"
#include "splice/custom_sections.h"
#include "splice/undo.h"
#include "wasm/cursor.h"
#include "wasm/instructions.h"
#include "wasm/leb.h"
#include "wasm/sections.h"

namespace wasm_vfs::splice::test {
namespace {

using wasm::IndexSpace;
using wasm::IndexUse;
using wasm::Section;
using wasm::SectionId;

bool equal(Bytes a, Bytes b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

std::string number(uint64_t value) { return std::to_string(value); }

/// A vector's count and what follows it.
struct Vector {
  uint32_t count = 0;
  uint32_t width = 0;
  Bytes entries;
};

Vector read_vector(const Section* section) {
  if (section == nullptr) return {};
  wasm::Cursor cursor(section->contents, 0);
  Vector vector;
  vector.count = cursor.read_u32("count");
  vector.width = cursor.position();
  vector.entries = section->contents.subspan(vector.width);
  return vector;
}

/// One instruction, its bytes and its indices.
struct Step {
  uint32_t opcode;
  Bytes bytes;
  std::vector<IndexUse> uses;  // positions count from the instruction's first byte
};

struct Code {
  Bytes locals;
  std::vector<Step> steps;
};

std::optional<Code> read_code(const wasm::Module& module, uint32_t body_index) {
  Code code;
  const Bytes bytes = module.bodies[body_index].code;
  std::vector<IndexUse> uses;
  bool first = true;
  const Status status = wasm::walk_body(
      module, body_index, [&](const IndexUse& use) { uses.push_back(use); },
      [&](const wasm::Instruction& instruction) {
        if (first) code.locals = bytes.first(instruction.begin);
        first = false;
        Step step{instruction.opcode,
                  bytes.subspan(instruction.begin, instruction.end - instruction.begin),
                  {}};
        for (IndexUse use : uses) {
          if (use.position < instruction.begin) continue;  // of the local declarations
          use.position -= instruction.begin;
          step.uses.push_back(use);
        }
        uses.clear();
        code.steps.push_back(std::move(step));
      });
  if (!status.ok()) return std::nullopt;
  return code;
}

class Checker {
 public:
  Checker(const PackedCheck& check, const wasm::Module& packed)
      : check_(check), old_(check.application), new_(packed) {
    for (const InterceptedImport& import : check.interception.imports) {
      intercepted_[import.index] = import.call;
      if (import.removed) removed_.push_back(import.index);
    }
    // The application's own name section, if any, may be malformed, or name functions that it does
    // not have; then there are no names to go by.
    if (const Section* section = new_.find_custom_section("name"))
      names_ = function_names(wasm::custom_contents(*section));
    if (const Section* section = old_.find_custom_section("name")) {
      const auto old_names = function_names(wasm::custom_contents(*section));
      names_are_known_ = !names_.empty() && (old_names.empty() || old_names.rbegin()->first <
                                                                      old_.function_count());
    }
  }

  std::string run() {
    if (!equal(old_.bytes.first(8), new_.bytes.first(8))) return "another header";
    if (std::string why = check_sections(); !why.empty()) return why;
    if (std::string why = check_functions(); !why.empty()) return why;
    if (std::string why = check_memory(); !why.empty()) return why;
    if (std::string why = check_data(); !why.empty()) return why;
    if (std::string why = check_code(); !why.empty()) return why;
    for (uint32_t i = 0; i < new_.bodies.size(); ++i)
      if (!read_code(new_, i)) return "body " + number(i) + " cannot be read";
    return "";
  }

 private:
  /// Whether `now` may stand where `before` stood; learns what intercepted imports became.
  bool is_allowed(uint32_t before, uint32_t now) {
    const auto found = intercepted_.find(before);
    if (found == intercepted_.end())
      return now == (before < old_.imported_functions ? before - removed_below(before) : before);
    // In the place of an import that is removed, or behind all of the application's functions.
    const bool is_removed = std::binary_search(removed_.begin(), removed_.end(), before);
    if (is_removed ? now < new_.imported_functions || now >= old_.imported_functions
                   : now < old_.function_count() || now >= new_.function_count())
      return false;
    const auto [known, is_new] = replacement_.try_emplace(before, now);
    if (known->second != now) return false;
    if (!is_new) return true;
    if (new_.function_type(now) != old_.function_type(before)) return false;
    return is_named(now, found->second);
  }

  uint32_t removed_below(uint32_t import) const {
    return static_cast<uint32_t>(std::lower_bound(removed_.begin(), removed_.end(), import) -
                                 removed_.begin());
  }
  uint32_t removed_count() const { return static_cast<uint32_t>(removed_.size()); }

  /// Whether the shim's function is the one for `call`. Functions that Binaryen merged have one
  /// name of several.
  bool is_named(uint32_t function, const std::string& call) const {
    if (!names_are_known_) return true;
    const auto found = names_.find(function);
    if (found == names_.end() || !found->second.starts_with("wasm_vfs.")) return false;
    const std::string_view name = found->second.substr(9);
    return name == call || std::any_of(intercepted_.begin(), intercepted_.end(),
                                       [&](const auto& item) { return item.second == name; });
  }

  std::string check_sections() {
    size_t next = 0;
    for (const Section& section : old_.sections) {
      // The sections that a pack adds come between the application's.
      while (next < new_.sections.size() && !same_place(section, new_.sections[next])) {
        if (old_.find_section(new_.sections[next].id) != nullptr &&
            new_.sections[next].id != SectionId::kCustom)
          return "an unexpected section " + number(static_cast<uint32_t>(new_.sections[next].id));
        if (std::string why = check_added(new_.sections[next++]); !why.empty()) return why;
      }
      if (next == new_.sections.size())
        return "the section at " + number(section.offset) + " is gone";
      if (std::string why = check_section(section, new_.sections[next++]); !why.empty())
        return std::string(wasm::section_name(section.id)) + " section: " + why;
    }
    for (; next < new_.sections.size(); ++next)
      if (std::string why = check_added(new_.sections[next]); !why.empty()) return why;
    return "";
  }

  static bool same_place(const Section& a, const Section& b) {
    return a.id == b.id && a.name == b.name;
  }

  std::string check_added(const Section& section) {
    switch (section.id) {
      case SectionId::kCustom:
        if (section.name == "name" || section.name == "producers" ||
            section.name == "target_features")
          return "";
        return "an unexpected custom section " + std::string(section.name);
      case SectionId::kFunction:
      case SectionId::kGlobal:
      case SectionId::kDataCount:
      case SectionId::kCode:
      case SectionId::kData:
        return "";
      default:
        return "an unexpected section " + number(static_cast<uint32_t>(section.id));
    }
  }

  std::string check_section(const Section& before, const Section& now) {
    switch (before.id) {
      case SectionId::kCustom:
        if (before.name == "name" || before.name == "producers" ||
            before.name == "target_features")
          return "";
        break;
      case SectionId::kImport:
        return check_imports(before, now);
      case SectionId::kFunction:
        if (removed_count() != 0) return "";  // check_functions()
        [[fallthrough]];
      case SectionId::kType: {
        const Vector a = read_vector(&before), b = read_vector(&now);
        if (b.count < a.count || b.width < a.width || b.entries.size() < a.entries.size() ||
            !equal(a.entries, b.entries.first(a.entries.size())))
          return "it does not begin as it did";
        return "";
      }
      case SectionId::kMemory:
      case SectionId::kDataCount:
      case SectionId::kCode:
      case SectionId::kData:
        return "";  // each has its own check
      case SectionId::kTable:
      case SectionId::kGlobal:
      case SectionId::kExport:
      case SectionId::kElement:
        return check_references(before, now);
      default:
        break;
    }
    return equal(before.whole, now.whole) ? "" : "it is not as it was";
  }

  /// The imports but for those that are removed; each as it was.
  std::string check_imports(const Section& before, const Section& now) {
    if (removed_count() == 0) return equal(before.whole, now.whole) ? "" : "it is not as it was";
    std::vector<const wasm::Import*> kept;
    for (const wasm::Import& import : old_.imports)
      if (import.kind != wasm::ExternalKind::kFunction ||
          !std::binary_search(removed_.begin(), removed_.end(), import.index))
        kept.push_back(&import);
    if (kept.size() != new_.imports.size()) return "another number of imports";
    for (size_t i = 0; i < kept.size(); ++i) {
      const wasm::Import &was = *kept[i], &is = new_.imports[i];
      if (was.module != is.module || was.name != is.name || was.kind != is.kind ||
          was.type_index != is.type_index)
        return "import " + number(i) + " differs";
    }
    return "";
  }

  /// Sections that change in references to functions, and at their end.
  std::string check_references(const Section& before, const Section& now) {
    std::vector<IndexUse> old_uses, new_uses;
    const Status old_status = wasm::walk_section_indices(
        old_, before, [&](const IndexUse& use) { old_uses.push_back(use); });
    const Status new_status = wasm::walk_section_indices(
        new_, now, [&](const IndexUse& use) { new_uses.push_back(use); });
    if (!old_status.ok() || !new_status.ok()) return "it cannot be walked";
    const Vector a = read_vector(&before), b = read_vector(&now);
    const uint32_t added = before.id == SectionId::kGlobal ? added_globals() : 0;
    if (b.count != a.count + added) return "its count is wrong";
    if (b.width < a.width) return "its count's LEB became shorter";
    if (new_uses.size() != old_uses.size()) return "another number of indices";
    size_t old_end = a.width, new_end = b.width;
    bool changed = b.width != a.width;
    for (size_t i = 0; i < old_uses.size(); ++i) {
      const IndexUse &was = old_uses[i], &is = new_uses[i];
      if (!equal(before.contents.subspan(old_end, was.position - old_end),
                 now.contents.subspan(new_end, is.position - new_end)))
        return "bytes before index " + number(i) + " differ";
      old_end = was.position + was.width;
      new_end = is.position + is.width;
      if (was.space != is.space) return "another index space";
      if (before.id == SectionId::kExport && is_allocator(was.value)) {
        if (is.value < old_.function_count()) return "an allocator is exported as it was";
      } else if (was.space == IndexSpace::kFunction ? !is_allowed(was.value, is.value)
                                             : was.value != is.value)
        return "index " + number(was.value) + " became " + number(is.value);
      if (is.width < was.width) return "a LEB became shorter";
      changed |= was.value != is.value;
    }
    const Bytes rest = before.contents.subspan(old_end);
    if (now.contents.size() - new_end < rest.size() ||
        !equal(rest, now.contents.subspan(new_end, rest.size())))
      return "its end differs";
    if (added == 0 && now.contents.size() - new_end != rest.size()) return "it has become longer";
    if (added == 0 && !changed && !equal(before.whole, now.whole))
      return "it was rewritten without need";
    return "";
  }

  /// Where the region is, and whether allocators run.
  uint32_t added_globals() const { return check_.interception.allocators.empty() ? 3 : 4; }

  bool is_allocator(uint32_t function) const {
    const std::vector<uint32_t>& all = check_.interception.allocators;
    return std::find(all.begin(), all.end(), function) != all.end();
  }

  std::string check_functions() {
    if (new_.imported_functions + removed_count() != old_.imported_functions)
      return "another number of imported functions";
    for (size_t i = 0; i < old_.functions.size(); ++i)
      if (new_.functions[removed_count() + i] != old_.functions[i])
        return "function " + number(i) + " has another type";
    if (new_.start != old_.start) return "another start function";
    if (new_.element_segment_count != old_.element_segment_count) return "other segments";
    if (new_.exports.size() != old_.exports.size()) return "other exports";
    for (size_t i = 0; i < new_.exports.size(); ++i)
      if (new_.exports[i].name != old_.exports[i].name ||
          new_.exports[i].kind != old_.exports[i].kind)
        return "another export";
    return "";
  }

  std::string check_memory() {
    if (new_.memories.size() != old_.memories.size()) return "another number of memories";
    for (size_t i = 0; i < new_.memories.size(); ++i) {
      const wasm::Limits &was = old_.memories[i], &is = new_.memories[i];
      if (was.is_shared != is.is_shared || was.is_64 != is.is_64 ||
          was.page_size_log2 != is.page_size_log2 ||
          was.maximum.has_value() != is.maximum.has_value())
        return "memory " + number(i) + " has other flags";
      if ((i != 0 || check_.memory.is_imported) && (was.minimum != is.minimum || was.maximum != is.maximum))
        return "memory " + number(i) + " has other limits";
    }
    if (new_.global_count() != old_.global_count() + added_globals()) return "another number of globals";
    const wasm::Limits &was = *first_memory(old_), &is = *first_memory(new_);
    if (check_.memory.is_imported)
      return is.minimum != was.minimum || is.maximum != was.maximum ? "an imported memory has other limits"
                                                                    : "";
    if (is.minimum != was.minimum + check_.memory.region_pages) return "a wrong initial memory";
    if (is.minimum > 65536) return "an initial memory over 4 GiB";
    if (was.maximum && *is.maximum != std::min<uint64_t>(std::min<uint64_t>(*was.maximum, 65536) +
                                                             2 * check_.memory.region_pages,
                                                         65536))
      return "a wrong maximum";
    return "";
  }

  std::string check_data() {
    if (new_.data_segment_count != old_.data_segment_count + 2) return "not two segments more";
    if (new_.data_count != new_.data_segment_count) return "a wrong data count";
    for (size_t i = 0; i < old_.data_segments.size(); ++i) {
      const wasm::DataSegment &was = old_.data_segments[i], &is = new_.data_segments[i];
      if (was.is_passive != is.is_passive || was.memory != is.memory || !equal(was.bytes, is.bytes))
        return "data segment " + number(i) + " differs";
    }
    const Vector a = read_vector(old_.find_section(SectionId::kData));
    const Vector b = read_vector(new_.find_section(SectionId::kData));
    if (!equal(a.entries, b.entries.first(a.entries.size()))) return "the data section differs";
    const wasm::DataSegment& index = new_.data_segments[old_.data_segments.size()];
    const wasm::DataSegment& contents = new_.data_segments[old_.data_segments.size() + 1];
    if (!index.is_passive || !equal(index.bytes, check_.index)) return "another index";
    if (!contents.is_passive || !equal(contents.bytes, check_.contents)) return "other contents";
    return "";
  }

  static uint32_t local_of(const Step& step) {
    return wasm::read_leb<uint32_t>(step.bytes.data() + 1, step.bytes.data() + step.bytes.size())
        .value;
  }

  /// The function that a trampoline calls: local.get of each parameter, the call, nops.
  std::optional<uint32_t> trampoline_target(uint32_t body_index, const Code& code) const {
    const size_t parameters = new_.types[old_.functions[body_index]].parameters.size();
    if (code.locals.size() != 1 || code.steps.size() < parameters + 2) return std::nullopt;
    for (size_t i = 0; i < parameters; ++i)
      if (code.steps[i].opcode != 0x20 || local_of(code.steps[i]) != i) return std::nullopt;
    const Step& call = code.steps[parameters];
    if (call.opcode != wasm::kOpCall) return std::nullopt;
    for (size_t i = parameters + 1; i + 1 < code.steps.size(); ++i)
      if (code.steps[i].opcode != 0x01) return std::nullopt;
    const uint32_t target = call.uses[0].value;
    if (target < old_.function_count() ||
        new_.function_type(target) != old_.functions[body_index])
      return std::nullopt;
    return target;
  }

  std::string check_code() {
    uint32_t stale = 0;
    CodeStatistics counted;
    const Section* old_section = old_.find_section(SectionId::kCode);
    const Section* new_section = new_.find_section(SectionId::kCode);
    for (uint32_t i = 0; i < old_.bodies.size(); ++i) {
      const std::optional<Code> before = read_code(old_, i);
      if (!before) return "the application's body " + number(i) + " cannot be read";
      const uint32_t new_i = removed_count() + i;
      std::optional<Code> now = read_code(new_, new_i);
      if (!now) return "body " + number(i) + " cannot be read";

      bool moved = false;
      std::string why = check_body(*before, *now, counted);
      if (!why.empty()) {
        const std::optional<uint32_t> target = trampoline_target(i, *now);
        if (!target) return "body " + number(i) + ": " + why;
        if (new_.bodies[new_i].whole.size() != old_.bodies[i].whole.size())
          return "body " + number(i) + ": its trampoline has another size";
        moved = true;
        ++counted.moved_functions;
        now = read_code(new_, *target - new_.imported_functions);
        why = now ? check_body(*before, *now, counted) : "it cannot be read";
        if (!why.empty()) return "moved body " + number(i) + ": " + why;
      }
      const bool same_address =
          old_.bodies[i].code_offset() - old_section->contents_offset() ==
          new_.bodies[new_i].code_offset() - new_section->contents_offset();
      const bool same_size = old_.bodies[i].code.size() == new_.bodies[new_i].code.size();
      stale += moved || !same_address || !same_size;
    }
    if (counted.redirected_calls != check_.statistics.redirected_calls)
      return "redirected calls: " + number(counted.redirected_calls) + ", reported " +
             number(check_.statistics.redirected_calls);
    if (counted.replaced_instructions != check_.statistics.replaced_instructions)
      return "replaced instructions: " + number(counted.replaced_instructions) + ", reported " +
             number(check_.statistics.replaced_instructions);
    if (counted.moved_functions != check_.statistics.moved_functions)
      return "moved functions: " + number(counted.moved_functions) + ", reported " +
             number(check_.statistics.moved_functions);
    const bool has_dwarf = std::any_of(
        old_.sections.begin(), old_.sections.end(),
        [](const Section& section) { return section.name.starts_with(".debug_"); });
    if (has_dwarf && stale != check_.statistics.functions_with_stale_debug_info)
      return "stale debug information: " + number(stale) + " functions, reported " +
             number(check_.statistics.functions_with_stale_debug_info);
    return "";
  }

  std::string check_body(const Code& before, const Code& now, CodeStatistics& counted) {
    if (!equal(before.locals, now.locals)) return "other locals";
    if (before.steps.size() != now.steps.size()) return "another number of instructions";
    CodeStatistics here;
    for (size_t i = 0; i < before.steps.size(); ++i)
      if (!check_step(before.steps[i], now.steps[i], here))
        return "instruction " + number(i) + " differs";
    counted.redirected_calls += here.redirected_calls;
    counted.replaced_instructions += here.replaced_instructions;
    return "";
  }

  bool check_step(const Step& before, const Step& now, CodeStatistics& counted) {
    const bool virtual_memory = (before.opcode == wasm::kOpMemorySize ||
                                 before.opcode == wasm::kOpMemoryGrow) &&
                                before.uses[0].value == 0;
    if (virtual_memory) {
      ++counted.replaced_instructions;
      const uint32_t function = now.opcode == wasm::kOpCall ? now.uses[0].value : 0;
      if (function < old_.function_count()) return false;
      if (!names_are_known_) return true;
      const auto found = names_.find(function);
      return found != names_.end() &&
             found->second == (before.opcode == wasm::kOpMemorySize ? "wasm_vfs.memory_size"
                                                                    : "wasm_vfs.memory_grow");
    }
    if (before.opcode != now.opcode || before.uses.size() != now.uses.size()) return false;
    bool same = true;
    for (size_t i = 0; i < before.uses.size(); ++i) {
      const IndexUse &was = before.uses[i], &is = now.uses[i];
      if (was.space != is.space) return false;
      if (was.space != IndexSpace::kFunction) {
        if (was.value != is.value) return false;
        same &= was.width == is.width;
        continue;
      }
      if (!is_allowed(was.value, is.value)) return false;
      same &= was.value == is.value && was.width == is.width;
      counted.redirected_calls += was.value != is.value;
    }
    // Where an index changed its value or width, all else of the instruction is its opcode, which
    // has been compared; instructions with more are never changed.
    return !same || equal(before.bytes, now.bytes);
  }

  const PackedCheck& check_;
  const wasm::Module& old_;
  const wasm::Module& new_;
  std::map<uint32_t, std::string> intercepted_;
  std::vector<uint32_t> removed_;  // imports, ascending
  std::map<uint32_t, uint32_t> replacement_;
  std::map<uint32_t, std::string_view> names_;
  bool names_are_known_ = true;
};

}  // namespace

ByteBuffer assemble(const PackedModule& packed, Bytes contents) {
  ByteBuffer out;
  for (const Bytes part : packed.head.parts()) append(out, part);
  append(out, contents);
  for (const Bytes part : packed.tail.parts()) append(out, part);
  return out;
}

std::string difference(const PackedCheck& check, Bytes packed) {
  const Result<wasm::Module> module = wasm::read_module(packed, "packed");
  if (!module.ok()) return module.error().message;
  return Checker(check, *module).run();
}

std::string undo_problem(Bytes application, const PackedModule& packed, Bytes contents) {
  const ByteBuffer undo = encode_undo(application, packed, contents.size());
  const Result<ByteBuffer> undone =
      apply_undo(assemble(packed, contents), undo, application.size());
  if (!undone.ok()) return undone.error().message;
  return equal(*undone, application) ? "" : "undoing the pack gives something else";
}

namespace {

/// The real shim for an application, made once for all applications that ask the same of it:
/// Binaryen takes much longer than all the rest.
Result<Bytes> specialised_shim(const Interception& interception, const MemoryLayout& memory) {
  static const auto prebuilt = wasm::read_module(shim::prebuilt_shim(), "the prebuilt shim");
  static std::map<std::string, ByteBuffer> made;
  shim::Request request = shim_request(interception, memory);
  request.constants["application_maximum_pages"] = 1000;  // less variety
  for (const wasm::Import& import : prebuilt->imports)
    if (import.module == shim::kConstantModule) request.constants.emplace(import.name, 64);
  std::string key;
  for (const std::string& call : request.calls) key += call + ",";
  for (const std::string& call : request.host_calls) key += call + ";";
  for (const auto& [name, value] : request.constants) key += number(value) + " ";
  auto found = made.find(key);
  if (found == made.end()) {
    ASSIGN_OR_RETURN(ByteBuffer bytes, shim::specialise(request));
    found = made.emplace(std::move(key), std::move(bytes)).first;
  }
  return Bytes(found->second);
}

Status try_to_pack(Bytes bytes, const InterceptionOptions& options, Trial& trial) {
  const ByteBuffer index = {0x00, 'W', 'A', 'S', 'M', 'V', 'F', 'S', 1}, contents = {'h', 'i'};
  static const auto prebuilt = wasm::read_module(shim::prebuilt_shim(), "the prebuilt shim");
  ASSIGN_OR_RETURN(const wasm::Module application, wasm::read_module(bytes, "app.wasm"));
  ASSIGN_OR_RETURN(const Interception interception,
                   find_intercepted_imports(application, *prebuilt, options));
  ASSIGN_OR_RETURN(const MemoryLayout memory,
                   lay_out_memory(application, shim::region_layout()));
  const Result<Bytes> shim = specialised_shim(interception, memory);
  if (!shim.ok()) {
    trial.problem = shim.error().message;
    return ok_status();
  }
  ASSIGN_OR_RETURN(const PackedModule packed,
                   splice({application, interception, memory, *shim, index,
                           static_cast<uint32_t>(contents.size()), "1", 1}));
  trial.packed = assemble(packed, contents);
  trial.problem =
      difference({application, interception, memory, packed.code, index, contents}, trial.packed);
  if (trial.problem.empty()) trial.problem = undo_problem(bytes, packed, contents);
  return ok_status();
}

}  // namespace

Trial pack_with_real_shim(Bytes application, const InterceptionOptions& options) {
  Trial trial{ok_status(), {}, {}};
  trial.accepted = try_to_pack(application, options, trial);
  return trial;
}

}  // namespace wasm_vfs::splice::test
