// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/image/lookup.h.

#include "image/lookup.h"

#include <string>

#include "fake_host_files.h"
#include "image/builder.h"
#include "image/tree.h"
#include "testing/catch.h"

namespace wasm_vfs::image {
namespace {

/// An image of some files, without their bytes, which nobody here reads.
class Example {
 public:
  Example() {
    FakeHostFiles files;
    files.file("d/a", "same");
    files.file("d/b", "other");
    files.file("d/empty", "");
    files.file("d/sub/c", "same");
    files.file("d/sub/deep/e", "same");
    files.symlink("d/to_a", "a");
    files.symlink("d/to_sub", "sub/deep/..");
    files.symlink("d/dangling", "nowhere");
    files.symlink("d/loop", "loop");
    files.symlink("d/slash", "sub/");
    const auto tree = scan({{"d", "/static"}}, {}, files);
    image_ = *build(*tree, files);
    contents_.resize(image_.contents_size);
  }
  ImageReader open() const { return *ImageReader::open(image_.index, contents_); }

 private:
  Image image_;
  ByteBuffer contents_;
};

/// The path of what is found, or the error.
std::string found(const std::string& path, LastLink last_link = LastLink::kFollow) {
  const Example example;
  const ImageReader image = example.open();
  const auto node = look_up(image, path, last_link);
  return node.ok() ? image.path(*node) : node.error().message;
}

TEST_CASE("paths lead where the guest would find it", "[lookup]") {
  CHECK(found("/static/a") == "/static/a");
  CHECK(found("static/a") == "/static/a");
  CHECK(found("//static/./sub//c") == "/static/sub/c");
  CHECK(found("/") == "/");
  CHECK(found(".") == "/");
  CHECK(found("/..") == "/");
  CHECK(found("/static/") == "/static");
  CHECK(found("/static/sub/../a") == "/static/a");
  CHECK(found("/static/to_a") == "/static/a");
  CHECK(found("/static/to_a", LastLink::kKeep) == "/static/to_a");
  CHECK(found("/static/to_sub/c", LastLink::kKeep) == "/static/sub/c");
  CHECK(found("/static/slash/c") == "/static/sub/c");
}

TEST_CASE("paths that lead nowhere", "[lookup]") {
  CHECK(found("") == ": an empty path");
  CHECK(found("/x") == "/x: no such file in the packed module");
  CHECK(found("/static/x/../a") == "/static/x/../a: no such file in the packed module");
  CHECK(found("/static/a/../b") == "/static/a/../b: not a directory");
  CHECK(found("/static/a/") == "/static/a/: not a directory");
  CHECK(found("/static/to_a/") == "/static/to_a/: not a directory");
  CHECK(found("/static/dangling") == "/static/dangling: no such file in the packed module");
  CHECK(found("/static/dangling", LastLink::kKeep) == "/static/dangling");
  CHECK(found("/static/loop") == "/static/loop: too many symlinks, one after the other");
  CHECK(found("/static/\x1b") == "/static/\\x1b: no such file in the packed module");
}

TEST_CASE("runs of the contents, and whose they are", "[lookup]") {
  const Example example;
  const ImageReader image = example.open();
  std::string text;
  for (const ContentRun& run : content_runs(image)) {
    text += std::to_string(run.offset) + "+" + std::to_string(run.size);
    for (const uint32_t file : run.files) text += " " + image.path(file);
    text += "\n";
  }
  CHECK(text == "0+4 /static/a /static/sub/c /static/sub/deep/e\n4+5 /static/b\n");
}

}  // namespace
}  // namespace wasm_vfs::image
