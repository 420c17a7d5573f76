// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/pack/pack.h as a program that packs by itself uses it. What the passes do is tested in
// their own libraries.

#include "pack/pack.h"

#include <utility>

#include "image/compare.h"
#include "packing.h"
#include "splice/packed.h"
#include "splice/verify.h"
#include "testing/catch.h"

namespace wasm_vfs::pack {
namespace {

Options options_for(std::vector<image::Source> sources) {
  Options options;
  options.sources = std::move(sources);
  return options;
}

ByteBuffer pack_or_fail(const ByteBuffer& application, const Options& options,
                        const image::HostFiles& host) {
  const Result<ByteBuffer> packed = test::packed(application, options, host);
  if (!packed.ok()) FAIL(packed.error().message);
  return *packed;
}

void check_verifies(const ByteBuffer& packed) {
  const auto module = wasm::read_module(packed, "packed.wasm");
  REQUIRE(module.ok());
  const std::vector<splice::Check> checks = splice::verify(*module);
  CHECK_FALSE(checks.empty());
  for (const splice::Check& check : checks) {
    INFO(check.name);
    CHECK(check.problems.empty());
  }
}

TEST_CASE("a packed module is whole: it verifies, and unpacks to the application") {
  const test::HostFiles host;
  Options options = options_for({{"a", "/static"}});
  options.defaults.environment = {"A=1"};
  for (const bool compressed : {false, true}) {
    INFO(compressed);
    if (compressed) options.compression.emplace();
    const ByteBuffer packed = pack_or_fail(test::application(), options, host);
    check_verifies(packed);
    const auto module = wasm::read_module(packed, "packed.wasm");
    const auto manifest = splice::read_manifest(*module);
    REQUIRE(manifest.ok());
    const auto unpacked = splice::unpack(*module, *manifest);
    REQUIRE(unpacked.ok());
    CHECK(*unpacked == test::application());
    CHECK((packed.size() < 100000) == compressed);
  }
}

TEST_CASE("a plan can be moved, and written more than once") {
  const test::HostFiles host;
  const Result<Input> input = test::read(test::application());
  REQUIRE(input.ok());
  Result<Plan> made = plan(*input, options_for({{"a", "/static"}}), host);
  REQUIRE(made.ok());
  const auto moved = std::make_unique<Plan>(*std::move(made));
  const auto write = [&] {
    ByteBuffer out;
    const Status status = moved->write([&](Bytes block) {
      append(out, block);
      return ok_status();
    });
    CHECK(status.ok());
    return out;
  };
  const ByteBuffer first = write();
  CHECK(first == write());
  check_verifies(first);
}

TEST_CASE("two layers are one pack of both") {
  const test::HostFiles host;
  Options lower = options_for({{"a", "/static"}});
  lower.sealing = splice::Sealing::kFilesystem;
  lower.defaults = {"app", {"--x"}, {"A=1", "B=1"}};
  lower.compression.emplace();
  lower.compression->level = 3;
  Options upper = options_for({{"b", "/static/sub"}});
  upper.defaults = {"app.packed", {"--y"}, {"B=2"}};
  Options both = lower;
  both.sources.push_back(upper.sources[0]);
  both.defaults = {"app", {"--x", "--y"}, {"A=1", "B=2"}};
  const ByteBuffer layered =
      pack_or_fail(pack_or_fail(test::application(), lower, host), upper, host);
  CHECK(layered == pack_or_fail(test::application(), both, host));
  check_verifies(layered);
}

TEST_CASE("warnings come with the plan, errors with the file's name") {
  using namespace splice::test;
  using enum wasm::SectionId;
  test::HostFiles host;
  const ByteBuffer strange =
      module({section(kType, vec({path_open_type(), fd_close_type()})),
              section(kImport, vec({import_function("wasi_snapshot_preview1", "path_open", 0),
                                    import_function("wasi_snapshot_preview1", "fd_dup", 1)})),
              memory_section()});
  const Result<Input> input = test::read(strange);
  REQUIRE(input.ok());
  const Result<Plan> made = plan(*input, options_for({{"a", "/static"}}), host);
  REQUIRE(made.ok());
  REQUIRE(made->warnings.size() == 1);
  CHECK(made->warnings[0].starts_with("app.wasm: the import wasi_snapshot_preview1.fd_dup "));

  CHECK(test::packed(module({}), options_for({{"a", "/static"}}), host)
            .error()
            .message.starts_with("app.wasm: the module cannot open files"));
  host.deny("a/one.txt");
  CHECK(test::packed(test::application(), options_for({{"a", "/static"}}), host)
            .error()
            .message.starts_with("a/one.txt: "));
}

TEST_CASE("the sink's error ends the writing") {
  const test::HostFiles host;
  const Result<Input> input = test::read(test::application());
  REQUIRE(input.ok());
  const Result<Plan> made = plan(*input, options_for({{"a", "/static"}}), host);
  REQUIRE(made.ok());
  int calls = 0;
  const Status status = made->write([&](Bytes) -> Status {
    if (++calls == 3) return Error{"full"};
    return ok_status();
  });
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().message == "full");
  CHECK(calls == 3);
}

}  // namespace
}  // namespace wasm_vfs::pack
