// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Changes of directories are refused as on a read-only mount of Linux.

#include "fake_host.h"
#include "path_calls.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

Image image_of_it() {
  return build_image({{"a", "A"}, {"d/x", "X"}, {"e/", ""}, {"link", "-> a"}});
}

TEST_CASE("creating") {
  FakeHost fake(image_of_it());
  PathCalls calls{root()};
  CHECK(calls.mkdir("new") == Errno::kRofs);
  CHECK(calls.mkdir("new/") == Errno::kRofs);
  CHECK(calls.mkdir("d") == Errno::kExist);
  CHECK(calls.mkdir("a") == Errno::kExist);
  CHECK(calls.mkdir("a/") == Errno::kExist);
  CHECK(calls.mkdir("link") == Errno::kExist);
  CHECK(calls.mkdir(".") == Errno::kExist);
  CHECK(calls.mkdir("d/..") == Errno::kExist);
  CHECK(calls.mkdir("no/x") == Errno::kNoent);
  CHECK(calls.mkdir("a/x") == Errno::kNotdir);
  CHECK(calls.mkdir("") == Errno::kNoent);
  CHECK(calls.mkdir("../x") == Errno::kPerm);
  CHECK(calls.symlink("t", "new") == Errno::kRofs);
  CHECK(calls.symlink("t", "new/") == Errno::kNoent);
  CHECK(calls.symlink("t", "a") == Errno::kExist);
  CHECK(calls.symlink("t", "no/x") == Errno::kNoent);
  CHECK(path_symlink(calls.address(""), 0, calls.fd, calls.address("n"), 1) == Errno::kNoent);
}

TEST_CASE("removing: Linux says EROFS before it looks at the name") {
  FakeHost fake(image_of_it());
  PathCalls calls{root()};
  CHECK(calls.unlink("a") == Errno::kRofs);
  CHECK(calls.unlink("no") == Errno::kRofs);
  CHECK(calls.unlink("d") == Errno::kRofs);
  CHECK(calls.unlink("a/") == Errno::kRofs);
  CHECK(calls.unlink("no/x") == Errno::kNoent);
  CHECK(calls.unlink("a/x") == Errno::kNotdir);
  CHECK(calls.unlink("d/.") == Errno::kIsdir);
  CHECK(calls.unlink("d/..") == Errno::kIsdir);
  CHECK(calls.unlink("") == Errno::kNoent);
  // A link that is the last name is not followed, slash or not.
  CHECK(calls.unlink("link/") == Errno::kRofs);
  CHECK(calls.rmdir("link//") == Errno::kRofs);
  CHECK(calls.mkdir("link/") == Errno::kExist);
  CHECK(calls.unlink(std::string(4095, 'x') + "/") == Errno::kNametoolong);
  CHECK(calls.rmdir("e") == Errno::kRofs);
  CHECK(calls.rmdir("d") == Errno::kRofs);
  CHECK(calls.rmdir("no") == Errno::kRofs);
  CHECK(calls.rmdir("a") == Errno::kRofs);
  CHECK(calls.rmdir("e/.") == Errno::kInval);
  CHECK(calls.rmdir("e/..") == Errno::kNotempty);
  CHECK(calls.rmdir("no/x") == Errno::kNoent);
}

TEST_CASE("a base that is a file") {
  FakeHost fake(image_of_it());
  PathCalls calls{open(root(), "a")};
  CHECK(calls.mkdir("x") == Errno::kNotdir);
  CHECK(calls.rmdir("x") == Errno::kNotdir);
  CHECK(calls.unlink("x") == Errno::kNotdir);
  CHECK(calls.symlink("t", "x") == Errno::kNotdir);
  CHECK(calls.utime("x") == Errno::kNotdir);
  CHECK(calls.link("x", "y") == Errno::kNotdir);
  CHECK(calls.rename("x", "y") == Errno::kNotdir);
}

TEST_CASE("times") {
  FakeHost fake(image_of_it());
  PathCalls calls{root()};
  CHECK(calls.utime("a") == Errno::kRofs);
  CHECK(calls.utime("link") == Errno::kRofs);
  CHECK(calls.utime("no") == Errno::kNoent);
  CHECK(path_filestat_set_times(calls.fd, 0, calls.address("a"), 1, 0, 0, 3) == Errno::kInval);
  CHECK(path_filestat_set_times(calls.fd, 2, calls.address("a"), 1, 0, 0, 0) == Errno::kInval);
}

TEST_CASE("linking and renaming, also from and to the host") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/host");
  PathCalls calls{root()};
  CHECK(calls.link("a", "b") == Errno::kRofs);
  CHECK(calls.link("a", "d") == Errno::kExist);
  CHECK(calls.link("no", "b") == Errno::kNoent);
  CHECK(calls.link("a", "no/b") == Errno::kNoent);
  CHECK(calls.link("a", "b", 3) == Errno::kXdev);
  CHECK(calls.link("no", "b", 3) == Errno::kNoent);
  CHECK(calls.rename("a", "b") == Errno::kRofs);
  CHECK(calls.rename("no", "b") == Errno::kRofs);
  CHECK(calls.rename("no/x", "b") == Errno::kNoent);
  CHECK(calls.rename("a", "no/b") == Errno::kNoent);
  CHECK(calls.rename("d/.", "b") == Errno::kBusy);
  CHECK(calls.rename("a", "d/..") == Errno::kBusy);
  CHECK(calls.rename("a", "b", 3) == Errno::kXdev);
  CHECK(calls.rename("no/x", "b", 3) == Errno::kNoent);
  PathCalls host{3};
  CHECK(host.rename("x", "b", root()) == Errno::kXdev);
  CHECK(host.link("x", "b", root()) == Errno::kRofs);
  // A descriptor that is open nowhere is seen before the paths.
  CHECK(calls.link("no", "b", 77) == Errno::kBadf);
  CHECK(calls.rename("no/x", "b", 77) == Errno::kBadf);
  PathCalls closed{77};
  CHECK(closed.link("x", "d", root()) == Errno::kBadf);
  CHECK(closed.rename("x", "no/b", root()) == Errno::kBadf);
  CHECK(fake.count("path_rename") == 0);
  fake.files["x"] = "X";
  CHECK(host.rename("x", "y") == Errno::kSuccess);
  CHECK(host.mkdir("x") == Errno::kSuccess);
  CHECK(fake.count("path_rename") == 1);
}

}  // namespace
}  // namespace wasm_vfs::runtime
