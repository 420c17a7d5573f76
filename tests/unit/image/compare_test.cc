// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/image/compare.h.

#include "image/compare.h"

#include <string>

#include "fake_host_files.h"
#include "testing/catch.h"

namespace wasm_vfs::image {
namespace {

Result<std::vector<Difference>> differences_of(const FakeHostFiles& before,
                                               const FakeHostFiles& after,
                                               const CompareOptions& options = {}) {
  ScanOptions scan_options;
  scan_options.preserve_mtime = true;
  const auto old = scan({{"d", "/s"}}, scan_options, before);
  const auto now = scan({{"d", "/s"}}, scan_options, after);
  REQUIRE(old.ok());
  REQUIRE(now.ok());
  return compare(*old, before, *now, after, options);
}

std::string text(const Result<std::vector<Difference>>& differences) {
  if (!differences.ok()) return differences.error().message;
  std::string result;
  for (const Difference& difference : *differences) {
    result += "+-!"[static_cast<int>(difference.kind)] + difference.path;
    for (const std::string& what : difference.what) result += " " + what + ",";
    result += "\n";
  }
  return result;
}

struct Example {
  FakeHostFiles files;
  Example() {
    files.file("d/a", "1");
    files.file("d/b", "22");
    files.symlink("d/link", "a");
    files.file("d/sub/c", "333");
  }
};

TEST_CASE("trees without difference", "[compare]") {
  CHECK(text(differences_of(Example().files, Example().files)) == "");
  CHECK(text(differences_of(Example().files, Example().files, {true, true})) == "");
}

TEST_CASE("what is added, removed and changed, by path", "[compare]") {
  FakeHostFiles after;
  after.file("d/b", "222");
  after.file("d/b2", "");
  after.symlink("d/link", "b");
  after.directory("d/new");
  after.file("d/new/x", "");
  after.file("d/sub/c", "334", true);
  CHECK(text(differences_of(Example().files, after)) ==
        "-/s/a\n"
        "!/s/b size,\n"
        "+/s/b2\n"
        "!/s/link target,\n"
        "+/s/new\n"
        "+/s/new/x\n"
        "!/s/sub/c bytes, executable bit,\n");
}

TEST_CASE("a file in place of a directory takes what is in it away", "[compare]") {
  Example after;
  Example before;
  after.files.file("d/dir", "");
  before.files.file("d/dir/x", "");
  CHECK(text(differences_of(before.files, after.files)) == "!/s/dir kind,\n-/s/dir/x\n");
  CHECK(text(differences_of(after.files, before.files)) == "!/s/dir kind,\n+/s/dir/x\n");
}

TEST_CASE("times and mounts count where that is asked for", "[compare]") {
  Example after;
  after.files.file("d/a", "1").mtime_ns = 7;
  CHECK(text(differences_of(Example().files, after.files)) == "");
  CHECK(text(differences_of(Example().files, after.files, {.times = true, .mounts = false})) ==
        "!/s/a time,\n");

  const Example example;
  const FakeHostFiles& files = example.files;
  const auto one = scan({{"d", "/s"}}, {}, files);
  const auto two = scan({{"d", "/s"}, {"d/sub", "/s/sub"}}, {}, files);
  CHECK(text(compare(*one, files, *two, files, {})) == "");
  CHECK(text(compare(*one, files, *two, files, {.times = false, .mounts = true})) ==
        "!/s/sub mount,\n");
}

TEST_CASE("bytes are compared to the last, whatever the reads give", "[compare]") {
  FakeHostFiles before, after;
  std::string bytes(600'000, 'x');
  before.file("d/a", bytes);
  before.largest_read = 1000;
  after.file("d/a", bytes);
  CHECK(text(differences_of(before, after)) == "");
  bytes.back() = 'y';
  after.file("d/a", bytes);
  CHECK(text(differences_of(before, after)) == "!/s/a bytes,\n");
}

TEST_CASE("a file that cannot be read is an error", "[compare]") {
  Example after;
  after.files.deny("d/b");
  CHECK(text(differences_of(Example().files, after.files)) ==
        "d/b: cannot open: Permission denied");
}

}  // namespace
}  // namespace wasm_vfs::image
