// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/splice/interception.h.

#include "splice/interception.h"

#include "build_module.h"
#include "fake_shim.h"
#include "image/format.h"
#include "splice/manifest.h"
#include "testing/catch.h"

namespace wasm_vfs::splice {
namespace {

using test::custom;
using test::export_function;
using test::import_function;
using test::join;
using test::leb;
using test::memory_section;
using test::module;
using test::name;
using test::section;
using test::vec;
using enum wasm::SectionId;

using Calls = std::set<std::string, std::less<>>;

constexpr std::string_view kWasi = "wasi_snapshot_preview1";
constexpr uint32_t kPathOpen = 0, kFdRead = 1, kFdClose = 2, kNone = 3, kPathOpenAgain = 4;

ByteBuffer types() {
  return section(kType, vec({test::path_open_type(), test::fd_read_type(), test::fd_close_type(),
                             test::none_type(), test::path_open_type()}));
}

ByteBuffer imports(const std::vector<ByteBuffer>& entries) { return section(kImport, vec(entries)); }

/// The module of these imports that has a memory, and `rest`.
ByteBuffer application(const std::vector<ByteBuffer>& entries, const ByteBuffer& rest = {}) {
  return module({types(), imports(entries), memory_section(), rest});
}

/// Lives as long as what is found in it.
struct Found {
  ByteBuffer bytes, shim_bytes = test::fake_shim();
  Result<wasm::Module> module, shim;
  Result<Interception> interception;

  explicit Found(ByteBuffer application_bytes, const InterceptionOptions& options = {})
      : bytes(std::move(application_bytes)),
        module(wasm::read_module(bytes, "app.wasm")),
        shim(wasm::read_module(shim_bytes, "shim")),
        interception(module.ok() ? find_intercepted_imports(*module, *shim, options)
                                 : Result<Interception>(module.error())) {}

  std::string error() const { return interception.ok() ? "no error" : interception.error().message; }
};

TEST_CASE("interception: every served import, with its own index and type") {
  const Found found(application({
      import_function("env", "path_open", kPathOpen),  // 0: another module's
      import_function(kWasi, "fd_read", kFdRead),      // 1
      import_function(kWasi, "random_get", kFdRead),   // 2: the host's, whatever its signature
      import_function(kWasi, "path_open", kPathOpen),  // 3
      import_function(kWasi, "fd_close", kFdClose),    // 4
  }));
  REQUIRE(found.interception.ok());
  const Interception& result = *found.interception;
  CHECK(result.calls() == std::set<std::string, std::less<>>{"fd_close", "fd_read", "path_open"});
  CHECK(result.warnings.empty());
  CHECK_FALSE(result.foreign_descriptor_calls);
  REQUIRE(result.imports.size() == 3);
  CHECK(result.imports[0].index == 1);
  CHECK(result.imports[0].type_index == kFdRead);
  CHECK(result.imports[0].call == "fd_read");
  CHECK(result.imports[1].index == 3);
  CHECK(result.imports[1].call == "path_open");
  CHECK(result.imports[2].index == 4);
  // The offset is that of the entry, which begins with its module's name.
  for (const InterceptedImport& import : result.imports)
    CHECK(as_text(Bytes(found.bytes).subspan(import.offset + 1, kWasi.size())) == kWasi);
}

TEST_CASE("interception: other kinds of import between functions do not count") {
  const Found found(application({
      join({name("env"), name("g"), {0x03, test::kI32, 0x00}}),  // global
      import_function(kWasi, "path_open", kPathOpen),            // function 0
      join({name("env"), name("t"), {0x01, 0x70, 0x00, 0x00}}),  // table
      import_function(kWasi, "fd_read", kFdRead),                // function 1
  }));
  REQUIRE(found.interception.ok());
  REQUIRE(found.interception->imports.size() == 2);
  CHECK(found.interception->imports[0].index == 0);
  CHECK(found.interception->imports[1].index == 1);
}

TEST_CASE("interception: a call that is imported more than once, each time") {
  const Found found(application({
      import_function(kWasi, "path_open", kPathOpen),
      import_function(kWasi, "path_open", kPathOpenAgain),  // an equal type of another index
      import_function(kWasi, "path_open", kPathOpen),
  }));
  REQUIRE(found.interception.ok());
  CHECK(found.interception->calls() == Calls{"path_open"});
  REQUIRE(found.interception->imports.size() == 3);
  CHECK(found.interception->imports[1].type_index == kPathOpenAgain);
}

TEST_CASE("interception: another signature is left alone, with a warning") {
  const Found found(application({
      import_function(kWasi, "path_open", kPathOpen),
      import_function(kWasi, "fd_read", kFdClose),
      import_function(kWasi, "fd_close", kNone),
      import_function(kWasi, "fd_close", kFdClose),  // this one is right
  }));
  REQUIRE(found.interception.ok());
  CHECK(found.interception->calls() == Calls{"fd_close", "path_open"});
  REQUIRE(found.interception->imports.size() == 2);
  CHECK(found.interception->imports[1].index == 3);
  CHECK(found.interception->warnings ==
        std::vector<std::string>{"the import wasi_snapshot_preview1.fd_read does not have WASI's "
                                 "signature and stays the host's",
                                 "the import wasi_snapshot_preview1.fd_close does not have WASI's "
                                 "signature and stays the host's"});
}

TEST_CASE("interception: an unknown call of WASI's stays the host's, with a warning") {
  const Found found(application({
      import_function(kWasi, "path_open", kPathOpen),
      import_function(kWasi, "fd_dup", kFdClose),
  }));
  REQUIRE(found.interception.ok());
  CHECK(found.interception->foreign_descriptor_calls);
  REQUIRE(found.interception->warnings.size() == 1);
  CHECK(found.interception->warnings[0].starts_with(
      "the import wasi_snapshot_preview1.fd_dup is unknown and stays the host's"));
}

TEST_CASE("interception: what the shim exports for the splicer is no call of WASI's") {
  const Found found(application({
      import_function(kWasi, "path_open", kPathOpen),
      import_function(kWasi, "memory_grow", kFdClose),
  }));
  REQUIRE(found.interception.ok());
  CHECK(found.interception->calls() == Calls{"path_open"});
  CHECK(found.interception->warnings.size() == 1);
}

TEST_CASE("interception: calls without descriptors are the host's, silently") {
  std::vector<ByteBuffer> entries = {import_function(kWasi, "path_open", kPathOpen)};
  for (const char* call : {"args_get", "args_sizes_get", "clock_res_get", "clock_time_get",
                           "environ_get", "environ_sizes_get", "proc_exit", "proc_raise",
                           "random_get", "sched_yield"})
    entries.push_back(import_function(kWasi, call, kNone));
  const Found found(application(entries));
  REQUIRE(found.interception.ok());
  CHECK(found.interception->imports.size() == 1);
  CHECK(found.interception->warnings.empty());
  CHECK_FALSE(found.interception->foreign_descriptor_calls);
}

TEST_CASE("interception: an application that cannot open files") {
  const std::string start =
      "app.wasm: the module cannot open files: it does not import wasi_snapshot_preview1.path_open. "
      "It imports ";
  CHECK(Found(application({import_function(kWasi, "fd_read", kFdRead),
                           import_function("env", "a", kNone), import_function("env", "b", kNone)}))
            .error() == start + "2 from 'env', 1 from 'wasi_snapshot_preview1'");
  CHECK(Found(application({})).error() == start + "no functions at all");
  CHECK(Found(module({})).error() == start + "no functions at all");
  // A path_open that is not WASI's.
  CHECK(Found(application({import_function(kWasi, "path_open", kNone)})).error() ==
        start + "1 from 'wasi_snapshot_preview1'");
}

TEST_CASE("interception: wasi_unstable is served, but not beside preview 1") {
  const Found found(application({import_function("wasi_unstable", "path_open", kPathOpen),
                                 import_function("wasi_unstable", "fd_read", kFdRead),
                                 import_function("wasi_unstable", "random_get", kFdRead)}));
  REQUIRE(found.interception.ok());
  CHECK(found.interception->is_unstable);
  CHECK(found.interception->calls() == Calls{"fd_read", "path_open"});
  CHECK(found.interception->warnings.empty());
  CHECK_FALSE(Found(application({import_function(kWasi, "path_open", kPathOpen)}))
                  .interception->is_unstable);
  CHECK(Found(application({import_function(kWasi, "path_open", kPathOpen),
                           import_function("wasi_unstable", "fd_seek", kNone)}))
            .error() ==
        "app.wasm: the module imports both wasi_snapshot_preview1 and its forerunner wasi_unstable, "
        "whose structures differ; only one of them can be served: build all of the module with one "
        "toolchain");
}

TEST_CASE("interception: a call of WASIX's makes descriptors foreign") {
  const Found found(application({import_function(kWasi, "path_open", kPathOpen),
                                 import_function("wasix_32v1", "fd_dup", kFdRead)}));
  REQUIRE(found.interception.ok());
  CHECK(found.interception->foreign_descriptor_calls);
}

TEST_CASE("interception: memories that cannot be served yet") {
  const ByteBuffer path_open = import_function(kWasi, "path_open", kPathOpen);
  const auto with_memory = [&](std::vector<ByteBuffer> memories, const ByteBuffer& rest = {}) {
    return Found(module({types(), imports({path_open}), section(kMemory, vec(memories)), rest}))
        .error();
  };
  CHECK(Found(module({types(), imports({path_open})})).error() ==
        "app.wasm: the module has no memory, so it cannot make WASI calls");
  CHECK(Found(module({types(), imports({path_open, join({name("env"), name("memory"), {0x02, 0x03, 0x01, 0x02}})})}))
            .error() ==
        "app.wasm: import section: the memory is shared (threads); shared memories cannot be packed "
        "so far: build without threads");
  CHECK(Found(module({types(), imports({path_open, join({name("env"), name("memory"), {0x02, 0x00, 0x01}})})}))
            .error() == "no error");
  CHECK(with_memory({{0x03, 0x01, 0x02}}) ==
        "app.wasm: memory section: the memory is shared (threads); shared memories cannot be packed "
        "so far: build without threads");
  CHECK(with_memory({{0x04, 0x01}}) ==
        "app.wasm: memory section: the memory has 64-bit addresses (memory64), which WASI preview 1 "
        "does not define; build for wasm32");
  CHECK(with_memory({{0x08, 0x01, 0x00}}) ==
        "app.wasm: memory section: the memory has a custom page size, which cannot be packed so far");
  // The default page size, said explicitly.
  CHECK(with_memory({{0x08, 0x01, 0x10}}) == "no error");
  // Several: memory 0 is the one that WASI means, if any is exported as such.
  const ByteBuffer plain = {0x00, 0x01};
  const auto exported = [](uint8_t index) {
    return section(kExport, vec({join({name("memory"), {0x02, index}})}));
  };
  CHECK(with_memory({plain, plain}, exported(0)) == "no error");
  CHECK(with_memory({plain, plain}) == "no error");
  CHECK(with_memory({plain, plain}, exported(1)) ==
        "app.wasm: memory section: the memory exported as 'memory' has index 1; only memory 0 can "
        "be served so far");
  // A second memory may be anything.
  CHECK(with_memory({plain, {0x07, 0x01, 0x02}}, exported(0)) == "no error");
}

TEST_CASE("interception: a module that is packed already") {
  const std::string message =
      "app.wasm: the module is packed already; `wasm-vfs unpack` gives back the application";
  const ByteBuffer path_open = import_function(kWasi, "path_open", kPathOpen);
  SECTION("by its manifest, even an empty one") {
    CHECK(Found(application({path_open}, custom(kManifestSection, {}))).error() == message);
  }
  SECTION("by its index, when the manifest has been stripped") {
    ByteBuffer magic;
    for (int i = 0; i < 8; ++i) magic.push_back(static_cast<uint8_t>(image::kMagic >> (8 * i)));
    const auto with_segment = [&](const ByteBuffer& segment) {
      return Found(application({path_open}, section(kData, vec({segment})))).error();
    };
    const ByteBuffer index = join({magic, ByteBuffer(72)});
    CHECK(with_segment(join({{0x01}, leb(index.size()), index})) == message);
    // An active segment is the application's own, and so is one that begins otherwise.
    CHECK(with_segment(join({{0x00, 0x41, 0x00, 0x0b}, leb(index.size()), index})) == "no error");
    CHECK(with_segment(join({{0x01}, leb(79), test::copy(Bytes(index).first(79))})) == "no error");
    ByteBuffer other = index;
    other[7] ^= 1;
    CHECK(with_segment(join({{0x01}, leb(other.size()), other})) == "no error");
  }
}

TEST_CASE("interception: sealing removes imports") {
  const std::vector<ByteBuffer> entries = {
      import_function(kWasi, "fd_datasync", kFdClose), import_function(kWasi, "fd_read", kFdRead),
      import_function(kWasi, "path_open", kPathOpen), import_function("env", "f", kNone),
      import_function(kWasi, "fd_close", kFdClose)};
  const auto removed = [&](Sealing sealing) {
    const Found found(application(entries), {.sealing = sealing});
    REQUIRE(found.interception.ok());
    CHECK(found.interception->sealing == sealing);
    std::vector<std::string> calls;
    for (const InterceptedImport& import : found.interception->imports)
      if (import.removed) calls.push_back(import.call);
    CHECK(found.interception->imports.size() == 4);
    return calls;
  };
  CHECK(removed(Sealing::kNone).empty());
  // Reading and closing serve standard input, too.
  CHECK(removed(Sealing::kFilesystem) == std::vector<std::string>{"fd_datasync", "path_open"});
  CHECK(removed(Sealing::kWasi) ==
        std::vector<std::string>{"fd_datasync", "fd_read", "path_open", "fd_close"});
}

TEST_CASE("interception: what cannot be answered inside cannot be sealed") {
  const auto error = [](const ByteBuffer& entry, Sealing sealing) {
    return Found(application({import_function(kWasi, "path_open", kPathOpen), entry}),
                 {.sealing = sealing})
        .error();
  };
  const ByteBuffer wrong = import_function(kWasi, "fd_datasync", kNone);
  const ByteBuffer unknown = import_function(kWasi, "path_dup", kFdClose);
  const ByteBuffer unknown_too = import_function(kWasi, "fd_dup", kFdClose);
  CHECK(error(wrong, Sealing::kNone) == "no error");
  CHECK(error(wrong, Sealing::kFilesystem)
            .ends_with("the import wasi_snapshot_preview1.fd_datasync cannot be answered inside the "
                       "module: it does not have WASI's signature; pack without --sealed"));
  CHECK(error(unknown, Sealing::kFilesystem)
            .ends_with("the import wasi_snapshot_preview1.path_dup cannot be answered inside the "
                       "module: it is unknown; pack without --sealed"));
  CHECK(error(unknown_too, Sealing::kFilesystem) == "no error");
  CHECK(error(unknown_too, Sealing::kWasi).find("it is unknown") != std::string::npos);
}

TEST_CASE("interception: a default that has no effect is an error") {
  const std::vector<ByteBuffer> entries = {import_function(kWasi, "path_open", kPathOpen)};
  CHECK(Found(application(entries), {.arguments = true}).error() ==
        "app.wasm: --arg would have no effect: the module does not import WASI's args_sizes_get");
  CHECK(Found(application(entries), {.environment = true}).error() ==
        "app.wasm: --env would have no effect: the module does not import WASI's environ_sizes_get");
}

TEST_CASE("interception: a type that is no function type does not match") {
  // A structure type in the place of the function type: read_module() refuses it first.
  const Found found(module({section(kType, vec({{0x5f, 0x00}})),
                            imports({import_function(kWasi, "path_open", 0)}), memory_section()}));
  CHECK(found.error().find("not a function type") != std::string::npos);
}

}  // namespace
}  // namespace wasm_vfs::splice
