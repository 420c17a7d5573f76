// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/component/select.h.

#include "component/select.h"

#include <cstdio>
#include <string>

#include "component/build_component.h"
#include "testing/catch.h"

namespace wasm_vfs::component {
namespace {

using namespace test;
using wasm::SectionId;

/// The place found, or the message.
std::string selected(Result<size_t> (*find)(const Binary&, std::string_view),
                     const ByteBuffer& bytes, std::string_view selector = "") {
  const Result<Binary> binary = read_binary(bytes, "c.wasm");
  REQUIRE(binary.ok());
  const Result<size_t> place = find(*binary, selector);
  return place.ok() ? std::to_string(*place) : place.error().message;
}

/// As a preview 1 adapter is: it works in another module's memory, by the component's imports.
ByteBuffer adapter() {
  return module(
      {section(SectionId::kType, vec({path_open_type()})),
       section(SectionId::kImport,
               vec({import_function("wasi:filesystem/types@0.2.3", "[method]descriptor.stat", 0),
                    join({name("env"), name("memory"), {0x02, 0x00, 0x00}})})),
       section(SectionId::kFunction, vec({{0x00}})),
       section(SectionId::kExport, vec({export_function("path_open", {0x01})})),
       section(SectionId::kCode, vec({body(i32_const(0))}))});
}

ByteBuffer packed() {
  return module({custom("wasm-vfs", {0x02, '{', '}'})});
}

TEST_CASE("select: the one module that opens files") {
  const ByteBuffer bytes = component({core_module(module({})), core_module(application()),
                                      core_module(adapter()), core_module(module({}))});
  CHECK(selected(find_application, bytes) == "1");
  CHECK(selected(find_application, bytes, "3") == "3");
  CHECK(selected(find_packed, bytes) == "c.wasm: no core module of this component is packed");
  // A core module is what it is; whether it can be packed is for others to say.
  CHECK(selected(find_application, module({})) == "0");
  CHECK(selected(find_packed, module({})) == "0");
}

TEST_CASE("select: a packed module is found, also where nothing is imported any more") {
  const ByteBuffer bytes = component({core_module(module({})), core_module(packed())});
  CHECK(selected(find_application, bytes) == "1");
  CHECK(selected(find_packed, bytes) == "1");
  const ByteBuffer both = component({core_module(application()), core_module(packed())});
  CHECK(selected(find_packed, both) == "1");
  CHECK(selected(find_application, both) ==
        "c.wasm: several core modules of this component open files: 0, 1 (packed); choose one with "
        "--module");
  const ByteBuffer two = component({core_module(packed()), core_module(packed())});
  CHECK(selected(find_packed, two) ==
        "c.wasm: several core modules of this component are packed: 0 (packed), 1 (packed); choose "
        "one with --module");
}

TEST_CASE("select: among several by name or number") {
  const ByteBuffer bytes = component(
      {core_module(application()), core_module(application()), core_module(application()),
       module_names({module_name(0, "main"), module_name(1, "lib"), module_name(2, "lib")})});
  CHECK(selected(find_application, bytes) ==
        "c.wasm: several core modules of this component open files: 0 'main', 1 'lib', 2 'lib'; "
        "choose one with --module");
  CHECK(selected(find_application, bytes, "main") == "0");
  CHECK(selected(find_application, bytes, "2") == "2");
  CHECK(selected(find_application, bytes, "lib") ==
        "c.wasm: several core modules have the name 'lib': 1 'lib', 2 'lib'; take the number");
  CHECK(selected(find_application, bytes, "libc.so") ==
        "c.wasm: there is no core module 'libc.so' in it; there are 0 'main', 1 'lib', 2 'lib'");
  for (const char* number : {"3", "-1", "1x", "99999999999999999999999"})
    CHECK(selected(find_named, bytes, number).starts_with("c.wasm: there is no core module"));
}

TEST_CASE("select: of modules that share one path_open, the one that hands it to the others") {
  const ByteBuffer main = importing_module(
      "wasi_snapshot_preview1", {"path_open"},
      {section(SectionId::kExport,
               vec({export_function("wasi_snapshot_preview1:path_open", {0x00})}))});
  CHECK(selected(find_application, component({core_module(application()), core_module(main),
                                              core_module(application())})) == "1");
}

TEST_CASE("select: why nothing can be packed") {
  CHECK(selected(find_application, component({core_module(adapter()), core_module(module({}))})) ==
        "c.wasm: no core module of this component can open files: none imports "
        "wasi_snapshot_preview1.path_open");
  const ByteBuffer native = component(
      {core_module(adapter()), core_module(importing_module("wasi:filesystem/types@0.2.6",
                                                            {"[method]descriptor.open-at"}))});
  CHECK(
      selected(find_application, native) ==
      "c.wasm: core module 1 (offset 0x" +
          [&] {
            char text[9];
            std::snprintf(text, sizeof text, "%02x",
                          static_cast<unsigned>(read_binary(native, "")->modules[1].module.offset));
            return std::string(text);
          }() +
          ") imports wasi:filesystem/types@0.2.6 itself, not WASI preview 1 by way of an adapter; "
          "such components cannot be packed so far: build a preview 1 module (wasm32-wasip1), pack "
          "it, "
          "and make the component of that");
  const std::string escaped = selected(
      find_application, component({core_module(importing_module("wasi:filesystem/\n", {"x"}))}));
  CHECK(escaped.find(" imports wasi:filesystem/\\x0a itself") != std::string::npos);
}

}  // namespace
}  // namespace wasm_vfs::component
