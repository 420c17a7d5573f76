// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `--verbose`: what was intercepted, laid out and written. Offsets are hexadecimal, as in
// wasm-objdump; those of imports are of the input, those of sections of the output.
// Tested by tests/cli/cases/verbose.test.

#include "pack_report.h"

#include <sys/stat.h>

#include <cinttypes>
#include <cstdio>

namespace wasm_vfs::tool {
namespace {

std::string offset_text(uint64_t offset) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%" PRIx64, offset);
  return text;
}

void report_part(const char* what, uint64_t offset, uint64_t size, Terminal& terminal) {
  terminal.detail(std::string("write: ") + what + " at " + offset_text(offset) + ", " +
                  std::to_string(size) + " bytes");
}

void report_earlier_pack(const std::optional<pack::EarlierPack>& earlier, Terminal& terminal) {
  if (!earlier) return;
  std::string mounts;
  for (const std::string& mount : earlier->manifest.mounts) mounts += " " + mount;
  terminal.detail("unpack: the application, " + std::to_string(earlier->manifest.application_size) +
                  " bytes; under the new files lie those packed before, mounts" +
                  (mounts.empty() ? ": none" : mounts));
}

void report_interception(const splice::Interception& interception, Terminal& terminal) {
  for (const splice::InterceptedImport& import : interception.imports)
    terminal.detail("intercept: " + import.call + ", function " + std::to_string(import.index) +
                    " (import at " + offset_text(import.offset) + ")");
}

void report_memory(const splice::MemoryLayout& memory, Terminal& terminal) {
  terminal.detail("memory: " + std::to_string(memory.application_pages) + " -> " +
                  std::to_string(memory.initial_pages) + " pages, at most " +
                  (memory.maximum_pages ? std::to_string(*memory.maximum_pages) : "65536") +
                  (memory.is_imported
                       ? "; imported: the shim grows it by " + std::to_string(memory.region_pages) +
                             " pages for its region when it is first called"
                       : "; the shim's region starts at page " +
                             std::to_string(memory.application_pages) + ", its statics at " +
                             offset_text(memory.memory_base)));
}

/// `offset` is the packed module's in the file.
void report_module(const pack::Plan& plan, uint64_t offset, Terminal& terminal) {
  const splice::CodeStatistics& code = plan.module.code;
  terminal.detail("code: " + std::to_string(code.redirected_calls) + " references redirected, " +
                  std::to_string(code.replaced_instructions) +
                  " memory.size and memory.grow replaced, in " +
                  std::to_string(code.changed_functions) + " functions; " +
                  std::to_string(code.moved_functions) + " moved out of line");
  for (const splice::SectionChange& change : plan.module.changes)
    terminal.detail("write: " + change.section +
                    (change.section.starts_with("custom") ? "" : " section") + " at " +
                    offset_text(offset + change.new_offset) + ", " + std::to_string(change.old_size) +
                    " -> " + std::to_string(change.new_size) + " bytes");
  const uint64_t contents = plan.module.head.size();
  const uint64_t manifest = contents + plan.image.contents_size + plan.module.tail.size();
  report_part("contents of the files", offset + contents, plan.image.contents_size, terminal);
  report_part("manifest", offset + manifest, plan.module_size - manifest, terminal);
}

}  // namespace

void report_plan(const pack::Input& input, const pack::Plan& plan, Terminal& terminal) {
  if (!terminal.is_verbose()) return;
  report_earlier_pack(input.earlier, terminal);
  report_interception(plan.interception, terminal);
  report_memory(plan.memory, terminal);
  report_module(plan, plan.around.before.size(), terminal);
}

bool packs_file(const image::Image& image, const std::string& path) {
  struct stat wanted;
  if (path == "-" || stat(path.c_str(), &wanted) != 0 || !S_ISREG(wanted.st_mode)) return false;
  for (const image::Extent& extent : image.extents) {
    // Only a file of its size can be it: that spares a system call for each of the others.
    struct stat packed;
    if (extent.size == static_cast<uint64_t>(wanted.st_size) &&
        stat(extent.file->host_path.c_str(), &packed) == 0 && packed.st_dev == wanted.st_dev &&
        packed.st_ino == wanted.st_ino)
      return true;
  }
  return false;
}

}  // namespace wasm_vfs::tool
