// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The imports are sorted by module and name, and one that stands twice in the module is printed
// once (Go's linker writes such): the list is then a set that CI compares with the one that it
// expects, whatever order a linker chose. Names may hold any character: in the lines, what is not
// text is shown as \xNN, and only JSON tells where a name with spaces begins.
// Tested by tests/cli/cases/*inspect*.test.

#include "inspect.h"

#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <tuple>

#include "command_line.h"
#include "image/paths.h"
#include "module_files.h"
#include "terminal.h"
#include "wasm/module.h"

namespace wasm_vfs::tool {
namespace {

using ImportKey = std::tuple<std::string_view, std::string_view, wasm::ExternalKind>;

/// As the JavaScript API names the kinds (https://webassembly.github.io/spec/js-api/).
const char* kind_name(wasm::ExternalKind kind) {
  switch (kind) {
    case wasm::ExternalKind::kFunction:
      return "function";
    case wasm::ExternalKind::kTable:
      return "table";
    case wasm::ExternalKind::kMemory:
      return "memory";
    case wasm::ExternalKind::kGlobal:
      return "global";
    case wasm::ExternalKind::kTag:
      return "tag";
  }
  return "unknown";
}

std::string import_lines(const std::set<ImportKey>& imports) {
  std::string text;
  for (const auto& [module, name, kind] : imports)
    text += image::printable(module) + " " + image::printable(name) + "\n";
  return text;
}

std::string import_json(const std::set<ImportKey>& imports) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& [module, name, kind] : imports)
    list.push_back({{"module", module}, {"name", name}, {"kind", kind_name(kind)}});
  const nlohmann::ordered_json json = {{"imports", list}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Status run_passes(const InspectOptions& options) {
  ASSIGN_OR_RETURN(const MappedFile input, open_input(options.input));
  ASSIGN_OR_RETURN(const wasm::Module module,
                   wasm::read_module(input.bytes(), input_name(options.input)));
  std::set<ImportKey> imports;
  for (const wasm::Import& import : module.imports)
    imports.insert({import.module, import.name, import.kind});
  std::fputs((options.json ? import_json(imports) : import_lines(imports)).c_str(), stdout);
  return ok_status();
}

}  // namespace

void declare_inspect_options(CLI::App& command, InspectOptions& options) {
  command.add_option("MODULE", options.input, "a core module; - is standard input")
      ->required()
      ->option_text("MODULE");
  const auto flag = [&](const char* name, bool& target, const char* description) {
    return command.add_flag(name, target, description)->disable_flag_override();
  };
  flag("--imports", options.imports,
       "what the module imports, a line `MODULE NAME` each, sorted, each once")
      ->required()
      ->group("What");
  flag("--json", options.json, "as JSON, with kinds")->group("Output");
}

int inspect(const InspectOptions& options) {
  if (const Status status = run_passes(options); !status.ok()) {
    Terminal().error(status.error().message);
    return kExitFailed;
  }
  return kExitDone;
}

}  // namespace wasm_vfs::tool
