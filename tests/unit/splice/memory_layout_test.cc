// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/splice/memory_layout.h.

#include "splice/memory_layout.h"

#include "testing/catch.h"

namespace wasm_vfs::splice {
namespace {

constexpr shim::RegionLayout kRegion = {4096, 2};

wasm::Module with_memory(uint64_t minimum, std::optional<uint64_t> maximum) {
  wasm::Module module;
  module.file = "app.wasm";
  module.memories.push_back({minimum, maximum, false, false, std::nullopt});
  return module;
}

TEST_CASE("memory layout: the region begins where the application ends") {
  const auto layout = lay_out_memory(with_memory(17, std::nullopt), kRegion);
  REQUIRE(layout.ok());
  CHECK(layout->application_pages == 17);
  CHECK(layout->application_maximum_pages == 65536);
  CHECK(layout->region_pages == 2);
  CHECK(layout->initial_pages == 19);
  CHECK(layout->maximum_pages == std::nullopt);
  CHECK(layout->memory_base == 17 * 65536 + 4096);
}

TEST_CASE("memory layout: an application without initial memory") {
  const auto layout = lay_out_memory(with_memory(0, 0), kRegion);
  REQUIRE(layout.ok());
  CHECK(layout->application_maximum_pages == 0);
  CHECK(layout->initial_pages == 2);
  CHECK(layout->maximum_pages == 4u);
  CHECK(layout->memory_base == 4096);
}

TEST_CASE("memory layout: the maximum grows by twice the region, up to the limit") {
  const struct {
    uint64_t maximum;
    uint32_t application, packed;
  } cases[] = {
      {1, 1, 5},
      {65531, 65531, 65535},
      {65532, 65532, 65536},
      {65533, 65533, 65536},
      {65535, 65535, 65536},
      {65536, 65536, 65536},
      // Not valid, yet read: what an engine would refuse is no reason to overflow.
      {65537, 65536, 65536},
      {0xffffffff, 65536, 65536},
      {0xffffffffffffffff, 65536, 65536},
  };
  for (const auto& item : cases) {
    CAPTURE(item.maximum);
    const auto layout = lay_out_memory(with_memory(1, item.maximum), kRegion);
    REQUIRE(layout.ok());
    CHECK(layout->application_maximum_pages == item.application);
    CHECK(layout->maximum_pages == item.packed);
  }
}

TEST_CASE("memory layout: the region must fit under 4 GiB") {
  const auto last = lay_out_memory(with_memory(65534, std::nullopt), kRegion);
  REQUIRE(last.ok());
  CHECK(last->initial_pages == 65536);
  CHECK(last->memory_base == 65534u * 65536u + 4096u);

  for (const uint64_t minimum :
       {uint64_t{65535}, uint64_t{65536}, uint64_t{1} << 32, UINT64_MAX - 1, UINT64_MAX}) {
    CAPTURE(minimum);
    const auto layout = lay_out_memory(with_memory(minimum, std::nullopt), kRegion);
    REQUIRE_FALSE(layout.ok());
    CHECK(layout.error().message ==
          "app.wasm: memory section: the initial size of " + std::to_string(minimum) +
              " pages leaves no room for the 2 pages that packed files need (65536 is the limit); "
              "link with a smaller initial memory");
  }
}

wasm::Module with_imported_memory(uint64_t minimum, std::optional<uint64_t> maximum) {
  wasm::Module module;
  module.file = "app.wasm";
  wasm::Import import{};
  import.kind = wasm::ExternalKind::kMemory;
  import.limits = {minimum, maximum, false, false, std::nullopt};
  module.imports.push_back(import);
  module.imported_memories = 1;
  return module;
}

TEST_CASE("memory layout: an imported memory keeps its limits, and the shim gets its region later") {
  const auto open = lay_out_memory(with_imported_memory(3, std::nullopt), kRegion);
  REQUIRE(open.ok());
  CHECK(open->is_imported);
  CHECK(open->memory_base == 0);
  CHECK(open->initial_pages == 3);
  CHECK(open->maximum_pages == std::nullopt);
  const auto limited = lay_out_memory(with_imported_memory(3, 5), kRegion);
  REQUIRE(limited.ok());
  CHECK(limited->application_maximum_pages == 5);
  CHECK(limited->maximum_pages == 5u);
  const auto full = lay_out_memory(with_imported_memory(3, 4), kRegion);
  REQUIRE_FALSE(full.ok());
  CHECK(full.error().message ==
        "app.wasm: import section: the maximum of the imported memory, 4 pages, leaves no room for "
        "the 2 pages that packed files need besides the initial 3; link with a larger --max-memory");
  CHECK_FALSE(lay_out_memory(with_imported_memory(UINT64_MAX, UINT64_MAX), kRegion).ok());
}

TEST_CASE("memory layout: of another region") {
  const auto layout = lay_out_memory(with_memory(3, 10), {8192, 5});
  REQUIRE(layout.ok());
  CHECK(layout->initial_pages == 8);
  CHECK(layout->maximum_pages == 20u);
  CHECK(layout->memory_base == 3 * 65536 + 8192);
}

}  // namespace
}  // namespace wasm_vfs::splice
