// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The imports are sorted by module and name, and one that stands twice in the module is printed
// once (Go's linker writes such): the list is then a set that CI compares with the one that it
// expects, whatever order a linker chose. Names may hold any character: in the lines, what is not
// text is shown as \xNN, and only JSON tells where a name with spaces begins. A component's imports
// are those of its host; what its core modules import comes from inside.
// Tested by tests/cli/cases/*inspect*.test.

#include "inspect.h"

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "annotated_bytes.h"
#include "command_line.h"
#include "component/binary.h"
#include "component/select.h"
#include "image/paths.h"
#include "inspect_module.h"
#include "licenses.h"
#include "module_files.h"
#include "packed_file.h"
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

std::string json_text(Json imports) {
  const Json json = {{"imports", std::move(imports)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string import_json(const std::set<ImportKey>& imports) {
  Json list = Json::array();
  for (const auto& [module, name, kind] : imports)
    list.push_back({{"module", module}, {"name", name}, {"kind", kind_name(kind)}});
  return json_text(std::move(list));
}

/// As WIT and the component model's text format name the kinds.
const char* kind_name(component::ImportKind kind) {
  switch (kind) {
    case component::ImportKind::kCoreModule:
      return "core module";
    case component::ImportKind::kFunction:
      return "function";
    case component::ImportKind::kValue:
      return "value";
    case component::ImportKind::kType:
      return "type";
    case component::ImportKind::kComponent:
      return "component";
    case component::ImportKind::kInstance:
      return "instance";
  }
  return "unknown";
}

/// A component's imports: one name each, "wasi:filesystem/types@0.2.6".
std::string component_imports(const component::Binary& binary, bool json) {
  std::map<std::string_view, component::ImportKind> imports;
  for (const component::ComponentImport& import : binary.imports)
    imports.emplace(import.name, import.kind);
  std::string lines;
  Json list = Json::array();
  for (const auto& [name, kind] : imports) {
    lines += image::printable(name) + "\n";
    list.push_back({{"name", name}, {"kind", kind_name(kind)}});
  }
  return json ? json_text(std::move(list)) : lines;
}

/// What there is to say of the packed module in a file, or of a module that is not packed.
Status inspect_module(const InspectOptions& options) {
  ASSIGN_OR_RETURN(const MappedFile input, open_input(options.input));
  ASSIGN_OR_RETURN(const component::CoreModule core,
                   find_packed_module(input.bytes(), input_name(options.input), options.module));
  const wasm::Module& module = core.module;
  if (options.bytes) {
    ASSIGN_OR_RETURN(const std::string text, annotated_bytes(module));
    print(text);
    return ok_status();
  }
  ASSIGN_OR_RETURN(const Json description, describe_module(module));
  if (options.licenses)
    print(description["packed"].is_null()
              ? ""
              : licence_text(!description["packed"]["compression"].is_null()));
  else if (options.json)
    print_json(description);
  else
    print(description_lines(description, output_style()));
  return ok_status();
}

Status run_passes(const InspectOptions& options) {
  if (!options.imports) return inspect_module(options);
  ASSIGN_OR_RETURN(const MappedFile input, open_input(options.input));
  ASSIGN_OR_RETURN(const component::Binary binary,
                   component::read_binary(input.bytes(), input_name(options.input)));
  if (binary.is_component && options.module.empty()) {
    std::fputs(component_imports(binary, options.json).c_str(), stdout);
    return ok_status();
  }
  size_t place = 0;
  if (!options.module.empty()) {
    ASSIGN_OR_RETURN(place, component::find_named(binary, options.module));
  }
  const wasm::Module& module = binary.modules[place].module;
  std::set<ImportKey> imports;
  for (const wasm::Import& import : module.imports)
    imports.insert({import.module, import.name, import.kind});
  std::fputs((options.json ? import_json(imports) : import_lines(imports)).c_str(), stdout);
  return ok_status();
}

}  // namespace

void declare_inspect_options(CLI::App& command, InspectOptions& options) {
  command.add_option("MODULE", options.input, "a core module or component; - is standard input")
      ->required()
      ->option_text("MODULE");
  CLI::Option* const imports =
      add_flag(command, "--imports", options.imports,
               "what the module imports, a line `MODULE NAME` each, sorted, each once; of a component, "
               "a line `NAME` each")
          ->group("What");
  CLI::Option* const bytes =
      add_flag(command, "--bytes", options.bytes,
               "every byte that pack wrote, with what it is, and where the application's are")
          ->excludes(imports)
          ->group("What");
  CLI::Option* const licenses =
      add_flag(command, "--licenses", options.licenses,
               "the notices that hold for what pack put into the module")
          ->excludes(imports)
          ->excludes(bytes)
          ->group("What");
  declare_module_option(command, options.module);
  add_flag(command, "--json", options.json, "as JSON, with kinds")
      ->excludes(bytes)  // texts, which have no kinds
      ->excludes(licenses)
      ->group("Output");
}

int inspect(const InspectOptions& options) {
  Terminal terminal;
  return conclude(run_passes(options), terminal);
}

}  // namespace wasm_vfs::tool
