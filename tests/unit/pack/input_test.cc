// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/pack/input.h.

#include "pack/input.h"

#include <algorithm>

#include "packing.h"
#include "testing/catch.h"

namespace wasm_vfs::pack {
namespace {

using splice::test::copy;

TEST_CASE("an application is read as it stands") {
  const ByteBuffer bytes = test::application();
  const Result<Input> input = test::read(bytes);
  REQUIRE(input.ok());
  CHECK_FALSE(input->earlier);
  CHECK(input->application().file == "app.wasm");
  CHECK(copy(input->application().bytes) == bytes);
  CHECK(input->enclosing().empty());
}

TEST_CASE("of a packed module the application is read, and what is packed") {
  const test::HostFiles host;
  Options options;
  options.sources = {{"a", "/static"}};
  const Result<ByteBuffer> packed = test::packed(test::application(), options, host);
  REQUIRE(packed.ok());
  const Result<Input> input = test::read(*packed);
  REQUIRE(input.ok());
  REQUIRE(input->earlier);
  CHECK(input->earlier->manifest.mounts == std::vector<std::string>{"/static"});
  CHECK(input->earlier->image.find("/static/sub/two.txt"));
  CHECK(copy(input->application().bytes) == test::application());
}

TEST_CASE("a packed module that another tool has changed") {
  const test::HostFiles host;
  Options options;
  options.sources = {{"a", "/static"}};
  Result<ByteBuffer> packed = test::packed(test::application(), options, host);
  REQUIRE(packed.ok());
  const auto two = std::search_n(packed->begin(), packed->end(), 1000, '2');
  REQUIRE(two != packed->end());
  *two = '3';
  const Result<Input> input = test::read(*packed);
  REQUIRE_FALSE(input.ok());
  CHECK(input.error().message.starts_with("app.wasm: another tool has changed the packed files"));
}

TEST_CASE("what is no module") {
  const Result<Input> input = test::read({0, 'a', 's', 'm', 9});
  REQUIRE_FALSE(input.ok());
  CHECK(input.error().message.starts_with("app.wasm: "));
}

}  // namespace
}  // namespace wasm_vfs::pack
