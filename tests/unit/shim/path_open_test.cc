// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Opening: what, how, and what is refused.

#include "fake_host.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

Image image_of_it() {
  return build_image({{"a", "A"}, {"d/x", "X"}, {"link", "-> a"}, {"dlink", "-> d"}, {"gone", "-> no"}});
}

constexpr int32_t failed(Errno error) { return -static_cast<int32_t>(error); }

int32_t open_with(std::string_view path, uint32_t oflags, uint64_t rights = kRightFdRead,
                  bool follow = true) {
  OpenOptions options;
  options.oflags = oflags;
  options.rights = rights;
  options.lookupflags = follow ? kLookupSymlinkFollow : 0;
  return open(root(), path, options);
}

TEST_CASE("files, directories and links are opened") {
  FakeHost fake(image_of_it());
  CHECK(read(open_with("a", 0), 9) == "A");
  CHECK(read(open_with("link", 0), 9) == "A");
  CHECK(open_with("link", 0, kRightFdRead, false) == failed(Errno::kLoop));
  CHECK(open_with("link", kOflagDirectory, kRightFdRead, false) == failed(Errno::kLoop));
  const int32_t directory = open_with("d", kOflagDirectory);
  CHECK(directory > 0);
  CHECK(read(open(directory, "x"), 9) == "X");
  CHECK(open_with("dlink", kOflagDirectory) > 0);
  CHECK(open_with("a", kOflagDirectory) == failed(Errno::kNotdir));
  CHECK(open_with("no", 0) == failed(Errno::kNoent));
  CHECK(open_with("a/", 0) == failed(Errno::kNotdir));
  CHECK(open_with("gone", 0) == failed(Errno::kNoent));
}

TEST_CASE("opening a file of the rights that a Go program asks for is reading") {
  FakeHost fake(image_of_it());
  CHECK(open_with("a", 0, kAllRights & ~kRightFdWrite) > 0);
  CHECK(open_with("d", 0, kAllRights) > 0);
}

TEST_CASE("what wants to write is refused in Linux's order") {
  FakeHost fake(image_of_it());
  const int32_t rofs = failed(Errno::kRofs);
  CHECK(open_with("a", 0, kRightFdWrite) == rofs);
  CHECK(open_with("a", kOflagTrunc) == rofs);
  CHECK(open_with("a", kOflagCreat) > 0);
  CHECK(open_with("a", kOflagCreat | kOflagExcl) == failed(Errno::kExist));
  CHECK(open_with("link", kOflagCreat | kOflagExcl) == failed(Errno::kExist));
  CHECK(open_with("gone", kOflagCreat | kOflagExcl) == failed(Errno::kExist));
  CHECK(open_with("gone", kOflagCreat) == rofs);
  CHECK(open_with("gone", kOflagCreat, kRightFdRead, false) == failed(Errno::kLoop));
  CHECK(open_with("no", kOflagCreat) == rofs);
  CHECK(open_with("no", kOflagCreat | kOflagExcl) == rofs);
  CHECK(open_with("no/x", kOflagCreat) == failed(Errno::kNoent));
  CHECK(open_with("a/x", kOflagCreat) == failed(Errno::kNotdir));
  CHECK(open_with("no/", kOflagCreat) == failed(Errno::kIsdir));
  CHECK(open_with("a/", kOflagCreat) == failed(Errno::kIsdir));
  CHECK(open_with("d", kOflagCreat) == failed(Errno::kIsdir));
  CHECK(open_with("d", kOflagTrunc) == failed(Errno::kIsdir));
  CHECK(open_with("d/..", kOflagCreat) == failed(Errno::kIsdir));
  CHECK(open_with("d/..", kOflagCreat | kOflagExcl) == failed(Errno::kExist));
  CHECK(open_with("d", kOflagDirectory | kOflagCreat) == failed(Errno::kInval));
  CHECK(open_with("../x", kOflagCreat) == failed(Errno::kPerm));
}

TEST_CASE("a base that is no directory, or nothing") {
  FakeHost fake(image_of_it());
  const int32_t file = open_with("a", 0);
  CHECK(open(file, "x") == failed(Errno::kNotdir));
  CHECK(stat(file, "x") == Errno::kBadf);
  CHECK(open(99, "x") == failed(Errno::kBadf));
  CHECK(open(1, "x") == failed(Errno::kNotdir));  // as the host says
}

TEST_CASE("unknown flags are refused") {
  FakeHost fake(image_of_it());
  OpenOptions options;
  options.oflags = 16;
  CHECK(open(root(), "a", options) == failed(Errno::kInval));
  options = {};
  options.fdflags = 32;
  CHECK(open(root(), "a", options) == failed(Errno::kInval));
  options = {};
  options.lookupflags = 2;
  CHECK(open(root(), "a", options) == failed(Errno::kInval));
}

TEST_CASE("an open that fails takes no number") {
  FakeHost fake(image_of_it());
  const int32_t first = open_with("a", 0);
  open_with("no", 0);
  open_with("a", 0, kRightFdWrite);
  CHECK(open_with("a", 0) == first + 1);
}

TEST_CASE("the host's directories are the host's") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/host");
  fake.files["a"] = "of the host";
  CHECK(read(open(3, "a"), 99) == "of the host");
  CHECK(open(3, "no") == failed(Errno::kNoent));
  CHECK(read(open(4, "a"), 99) == "A");
}

}  // namespace
}  // namespace wasm_vfs::runtime
