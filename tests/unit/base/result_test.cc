// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Result, Status and the two macros.

#include "base/result.h"

#include <memory>

#include "testing/catch.h"

namespace wasm_vfs {
namespace {

Result<std::unique_ptr<int>> make(bool good) {
  if (!good) return Error{"no"};
  return std::make_unique<int>(7);
}

Result<int> twice(bool first, bool second) {
  ASSIGN_OR_RETURN(auto a, make(first));
  ASSIGN_OR_RETURN(const auto b, make(second));
  return *a + *b;
}

Status check(bool good) {
  RETURN_IF_ERROR(make(good));
  return ok_status();
}

TEST_CASE("a Result holds a value or an error") {
  CHECK(make(true).ok());
  CHECK(static_cast<bool>(make(true)));
  CHECK(**make(true) == 7);
  CHECK(!make(false).ok());
  CHECK(make(false).error().message == "no");
}

TEST_CASE("the macros hand on errors and move values") {
  CHECK(*twice(true, true) == 14);
  CHECK(!twice(false, true).ok());
  CHECK(twice(true, false).error().message == "no");
  CHECK(check(true).ok());
  CHECK(check(false).error().message == "no");
}

}  // namespace
}  // namespace wasm_vfs
