// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/shim/shim.h, and that whatever calls an application imports, what becomes of the shim
// can be spliced and is valid.

#include "shim/shim.h"

#include <algorithm>
#include <set>

#include "build_module.h"
#include "check_packed.h"
#include "splice/splice.h"
#include "testing/catch.h"
#include "validate.h"
#include "wasm/instructions.h"

namespace wasm_vfs::shim {
namespace {

using splice::test::join;
using splice::test::name;
using splice::test::vec;
using enum wasm::SectionId;

const wasm::Module& prebuilt() {
  static const auto module = wasm::read_module(prebuilt_shim(), "the prebuilt shim");
  REQUIRE(module.ok());
  return *module;
}

/// Every call of WASI's that the shim serves.
std::vector<std::string> served_calls() {
  std::vector<std::string> calls;
  for (const wasm::Export& item : prebuilt().exports)
    if (is_call(item.name)) calls.emplace_back(item.name);
  std::sort(calls.begin(), calls.end());
  return calls;
}

Request request_for(std::vector<std::string> calls) {
  Request request;
  request.calls = {calls.begin(), calls.end()};
  request.host_calls = request.calls;
  // Whatever constants there are; a test of the packer says which it knows.
  uint32_t value = 64;
  for (const wasm::Import& import : prebuilt().imports)
    if (import.module == kConstantModule && !import.name.starts_with("has_"))
      request.constants.emplace(import.name, value++);
  request.constants["sealing"] = request.constants["is_unstable"] = 0;
  request.constants["foreign_descriptor_calls"] = 0;
  request.constants["allocator_is_exported"] = 0;
  return request;
}

/// The specialised shim, read; the bytes stay with it.
struct Specialised {
  Result<ByteBuffer> bytes;
  Result<wasm::Module> module;

  explicit Specialised(const Request& request)
      : bytes(specialise(request)),
        module(bytes.ok() ? wasm::read_module(*bytes, "shim") : Result<wasm::Module>(bytes.error())) {}

  std::set<std::string> imports(std::string_view from) const {
    std::set<std::string> names;
    for (const wasm::Import& import : module->imports)
      if (import.module == from) names.emplace(import.name);
    return names;
  }
  std::set<std::string> exports() const {
    std::set<std::string> names;
    for (const wasm::Export& item : module->exports) names.emplace(item.name);
    return names;
  }
};

/// An application that imports these calls with the shim's signatures, and uses each.
ByteBuffer application_of(const std::vector<std::string>& calls) {
  const wasm::Section* types = prebuilt().find_section(kType);
  std::vector<ByteBuffer> imports, elements;
  for (const std::string& call : calls)
    for (const wasm::Export& item : prebuilt().exports)
      if (item.name == call) {
        imports.push_back(splice::test::import_function("wasi_snapshot_preview1", call,
                                                        prebuilt().function_type(item.index)));
        elements.push_back(splice::test::leb(imports.size() - 1));
      }
  ByteBuffer out;
  wasm::append_module_header(out);
  append(out, types->whole);
  append(out, splice::test::section(kImport, vec(imports)));
  append(out, splice::test::section(kTable, vec({{0x70, 0x00, 0x7f}})));
  append(out, splice::test::memory_section());
  append(out, splice::test::section(kElement, vec({join({{0x00, 0x41, 0x00, 0x0b}, vec(elements)})})));
  return out;
}

splice::Interception intercept_all(const wasm::Module& application) {
  splice::Interception interception;
  for (const wasm::Import& import : application.imports) {
    interception.imports.push_back(
        {import.index, import.type_index, std::string(import.name), import.offset});
  }
  return interception;
}

/// Splices the shim for these calls into an application of these calls. Writes the packed module
/// into `directory`; says what is wrong with it, validity apart.
std::string splice_calls(const std::vector<std::string>& calls, const TemporaryDirectory& directory) {
  const ByteBuffer bytes = application_of(calls);
  const auto application = wasm::read_module(bytes, "app.wasm");
  if (!application.ok()) return application.error().message;
  const splice::Interception interception = intercept_all(*application);
  const auto memory = splice::lay_out_memory(*application, region_layout());
  const auto shim = specialise(request_for(calls));
  if (!shim.ok()) return shim.error().message;
  const ByteBuffer index = {1, 2, 3}, contents = {4, 5};
  const auto packed = splice::splice({*application, interception, *memory, *shim, index,
                                      static_cast<uint32_t>(contents.size()), "1", 1});
  if (!packed.ok()) return packed.error().message;
  const ByteBuffer out = splice::test::assemble(*packed, contents);
  directory.write(std::to_string(calls.size()) + "-" + calls.front() + "-" + calls.back() + ".wasm",
                  as_text(out));
  return splice::test::difference(
      {*application, interception, *memory, packed->code, index, contents}, out);
}

/// What wabt has against any of the modules in a directory.
std::string validate_all(const TemporaryDirectory& directory) {
  return splice::test::run_command("for module in " + directory.path() + "/*.wasm; do " +
                                   WASM_VFS_WASM_VALIDATE + " \"$module\" || exit 1; done");
}

TEST_CASE("prebuilt shim: it serves every call of preview 1") {
  CHECK(served_calls() ==
        std::vector<std::string>{
            "args_get", "args_sizes_get", "clock_res_get", "clock_time_get", "environ_get",
            "environ_sizes_get", "fd_advise", "fd_allocate", "fd_close", "fd_datasync", "fd_fdstat_get",
            "fd_fdstat_set_flags", "fd_fdstat_set_rights", "fd_filestat_get", "fd_filestat_set_size",
            "fd_filestat_set_times", "fd_pread", "fd_prestat_dir_name", "fd_prestat_get",
            "fd_pwrite", "fd_read", "fd_readdir", "fd_renumber", "fd_seek", "fd_sync", "fd_tell",
            "fd_write", "path_create_directory", "path_filestat_get", "path_filestat_set_times",
            "path_link", "path_open", "path_readlink", "path_remove_directory", "path_rename",
            "path_symlink", "path_unlink_file", "poll_oneoff", "proc_exit", "proc_raise",
            "random_get", "sched_yield", "sock_accept", "sock_recv", "sock_send",
            "sock_shutdown"});
}

TEST_CASE("prebuilt shim: it has nothing that the splicer cannot place") {
  const wasm::Module& shim = prebuilt();
  for (const wasm::SectionId id : {kTable, kMemory, kGlobal, kStart, kElement, kData, kTag})
    CHECK(shim.find_section(id) == nullptr);
  // Only these calls leave it: the host's, intrinsics, constants. No indirect ones.
  for (uint32_t i = 0; i < shim.bodies.size(); ++i) {
    const Status status = wasm::walk_body(
        shim, i, wasm::kIgnore, [&](const wasm::Instruction& instruction) {
          if (instruction.opcode == 0x11 || instruction.opcode == 0x13)
            FAIL("call_indirect in body " << i);
        });
    CHECK(status.ok());
  }
}

TEST_CASE("specialise: constants are gone, and so is what is not asked for") {
  const Specialised shim(request_for({"path_open", "fd_read"}));
  REQUIRE(shim.module.ok());
  CHECK(shim.imports(kConstantModule).empty());
  CHECK(shim.exports() == std::set<std::string>{"fd_read", "memory_grow", "memory_size", "path_open"});
  // Of the host's calls none but those that the application has.
  for (const std::string& call : shim.imports(kHostModule))
    CHECK((call == "path_open" || call == "fd_read"));
  CHECK(shim.imports(kHostModule).contains("fd_read"));
  CHECK(shim.bytes->size() < prebuilt_shim().size());
}

TEST_CASE("specialise: a constant has its value") {
  // Two requests that differ in one constant differ in the code, and the value stands in it.
  Request request = request_for({"path_open", "fd_read", "fd_readdir"});
  request.constants["node_count"] = 0x1234567;
  const auto one = specialise(request);
  request.constants["node_count"] = 0x1234568;
  const auto two = specialise(request);
  REQUIRE(one.ok());
  REQUIRE(two.ok());
  const auto count = [](const ByteBuffer& bytes, int32_t value) {
    ByteBuffer constant = splice::test::i32_const(value);
    size_t found = 0;
    for (auto at = bytes.begin();
         (at = std::search(at, bytes.end(), constant.begin(), constant.end())) != bytes.end(); ++at)
      ++found;
    return found;
  };
  CHECK(count(*one, 0x1234567) > 0);
  CHECK(count(*two, 0x1234567) == 0);
  CHECK(count(*two, 0x1234568) > 0);
}

TEST_CASE("specialise: a constant that the request lacks") {
  Request request = request_for({"path_open"});
  request.constants.erase("region_pages");
  const auto shim = specialise(request);
  REQUIRE_FALSE(shim.ok());
  CHECK(shim.error().message == "the prebuilt shim asks for an unknown constant 'region_pages'");
}

TEST_CASE("specialise: the same request gives the same bytes") {
  const Request request = request_for({"path_open", "fd_read", "fd_readdir"});
  CHECK(*specialise(request) == *specialise(request));
}

TEST_CASE("specialise: the version of Binaryen is known") {
  CHECK(binaryen_version().find_first_not_of("0123456789") == std::string::npos);
}

TEST_CASE("specialise: each call alone can be spliced and is valid") {
  const TemporaryDirectory directory;
  for (const std::string& call : served_calls()) {
    CAPTURE(call);
    CHECK(splice_calls({call}, directory) == "");
  }
  CHECK(validate_all(directory) == "");
}

TEST_CASE("specialise: any two calls can be spliced and are valid") {
  const TemporaryDirectory directory;
  const std::vector<std::string> calls = served_calls();
  for (size_t i = 0; i < calls.size(); ++i)
    for (size_t j = i + 1; j < calls.size(); ++j) {
      CAPTURE(calls[i], calls[j]);
      CHECK(splice_calls({calls[i], calls[j]}, directory) == "");
    }
  CHECK(validate_all(directory) == "");
}

TEST_CASE("specialise: all calls, and all but one, can be spliced and are valid") {
  const TemporaryDirectory directory;
  const std::vector<std::string> calls = served_calls();
  CHECK(splice_calls(calls, directory) == "");
  for (size_t i = 0; i < calls.size(); ++i) {
    std::vector<std::string> others = calls;
    others.erase(others.begin() + static_cast<ptrdiff_t>(i));
    CAPTURE(calls[i]);
    const ByteBuffer bytes = application_of(others);
    CHECK(Specialised(request_for(others)).module.ok());
  }
  CHECK(validate_all(directory) == "");
}

}  // namespace
}  // namespace wasm_vfs::shim
