// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/image/extract.h.

#include "image/extract.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "fake_host_files.h"
#include "image/builder.h"
#include "image/lookup.h"
#include "testing/catch.h"
#include "testing/temporary_directory.h"

namespace wasm_vfs::image {
namespace {

using Names = std::vector<std::string>;

/// An image of whatever files, also such as scan() would refuse.
class Packed {
 public:
  Packed() {
    root_.children.push_back(
        directory("d", {file("a", "first"), file("run", "second", true),
                        directory("sub", {file("c", "")}), link("to_a", "a")}));
  }
  explicit Packed(std::vector<Entry> entries) { root_.children = std::move(entries); }

  static Entry file(const std::string& name, const std::string& bytes, bool executable = false) {
    Entry entry;
    entry.name = name;
    entry.kind = NodeKind::kFile;
    entry.size = bytes.size();
    entry.executable = executable;
    entry.host_path = bytes;  // the fake host has a file of these bytes there
    entry.mtime_ns = 1'500'000'000'123'456'789;
    return entry;
  }
  static Entry link(const std::string& name, const std::string& target) {
    Entry entry;
    entry.name = name;
    entry.kind = NodeKind::kSymlink;
    entry.target = target;
    entry.mtime_ns = 7'000'000'000;
    return entry;
  }
  static Entry directory(const std::string& name, std::vector<Entry> children) {
    Entry entry;
    entry.name = name;
    entry.children = std::move(children);
    entry.mtime_ns = 1'000'000'000'000'000'000;
    return entry;
  }

  /// "" or the error.
  std::string extract_to(const std::string& target, bool force = false,
                         const std::vector<std::string>& paths = {"/"}) {
    FakeHostFiles files;
    add_files(files, root_);
    Tree tree;
    tree.root = root_;
    const auto built = build(tree, files);
    REQUIRE(built.ok());
    ByteBuffer contents;
    REQUIRE(write_contents(*built, files, [&](Bytes bytes) {
              append(contents, bytes);
              return ok_status();
            }).ok());
    const auto image = ImageReader::open(built->index, contents);
    REQUIRE(image.ok());
    std::vector<uint32_t> nodes;
    for (const std::string& path : paths) nodes.push_back(*look_up(*image, path, LastLink::kKeep));
    const auto stream = [&](uint32_t node, const std::function<Status(Bytes)>& sink) -> Status {
      if (meanwhile) meanwhile(image->path(node));
      RETURN_IF_ERROR(image->stream(node, sink));
      if (image->name(node) == damaged && good_reads-- == 0) return Error{"damaged"};
      return ok_status();
    };
    const auto extracted = extract(*image, nodes, target, stream, {.force = force});
    if (extracted.ok()) done = *extracted;
    return extracted.ok() ? "" : extracted.error().message;
  }

  std::string damaged;
  int good_reads = 0;  // of the damaged file
  std::function<void(const std::string& path)> meanwhile;  // what somebody does when a file comes
  Extracted done;

 private:
  static void add_files(FakeHostFiles& files, const Entry& entry) {
    if (entry.kind == NodeKind::kFile && entry.size != 0)
      files.file(entry.host_path, entry.host_path);
    for (const Entry& child : entry.children) add_files(files, child);
  }

  Entry root_;
};

struct stat status_of(const std::string& path) {
  struct stat status{};
  ::lstat(path.c_str(), &status);
  return status;
}

TEST_CASE("names, bytes, links, executable bits and times come out", "[extract]") {
  const TemporaryDirectory directory;
  const std::string target = directory.path() + "/out";
  Packed packed;
  REQUIRE(packed.extract_to(target) == "");
  CHECK(directory.read("out/d/a") == "first");
  CHECK(directory.read("out/d/run") == "second");
  CHECK(directory.read("out/d/sub/c") == "");
  CHECK(std::filesystem::read_symlink(target + "/d/to_a") == "a");
  CHECK((status_of(target + "/d/a").st_mode & 0100) == 0);
  CHECK((status_of(target + "/d/run").st_mode & 0100) != 0);
  CHECK(status_of(target + "/d/a").st_mtim.tv_sec == 1'500'000'000);
  CHECK(status_of(target + "/d/a").st_mtim.tv_nsec == 123'456'789);
  CHECK(status_of(target + "/d/to_a").st_mtim.tv_sec == 7);
  CHECK(status_of(target + "/d").st_mtim.tv_sec == 1'000'000'000);
  CHECK(status_of(target + "/d/sub").st_mtim.tv_sec == 1'000'000'000);
  CHECK(packed.done.files == 3);
  CHECK(packed.done.directories == 2);
  CHECK(packed.done.symlinks == 1);
  CHECK(packed.done.bytes == 11);
}

TEST_CASE("only what is named, and the way to it", "[extract]") {
  const TemporaryDirectory directory;
  const std::string target = directory.path() + "/out";
  REQUIRE(Packed().extract_to(target, false, {"/d/sub", "/d/to_a"}) == "");
  CHECK(std::filesystem::exists(target + "/d/sub/c"));
  CHECK(std::filesystem::is_symlink(target + "/d/to_a"));
  CHECK_FALSE(std::filesystem::exists(target + "/d/a"));
  CHECK_FALSE(std::filesystem::exists(target + "/d/run"));
}

TEST_CASE("a file that exists is an error before anything is written, or replaced", "[extract]") {
  const TemporaryDirectory directory;
  const std::string target = directory.path();
  std::filesystem::create_directories(target + "/d/sub");
  directory.write("d/sub/c", "mine");
  directory.write("d/other", "other");
  CHECK(Packed().extract_to(target) ==
        target +
            "/d/sub/c: exists; --force replaces such files, or choose another directory with -o");
  CHECK_FALSE(std::filesystem::exists(target + "/d/a"));
  CHECK(directory.read("d/sub/c") == "mine");
  REQUIRE(Packed().extract_to(target, true) == "");
  CHECK(directory.read("d/sub/c") == "");
  CHECK(directory.read("d/other") == "other");
  REQUIRE(Packed().extract_to(target, true) == "");  // symlinks too
}

TEST_CASE("nothing is written through a symlink that lies in the target", "[extract]") {
  const TemporaryDirectory directory;
  const std::string target = directory.path() + "/out";
  const std::string outside = directory.path() + "/outside";
  std::filesystem::create_directories(target + "/d");
  std::filesystem::create_directory(outside);
  SECTION("to a directory, in place of one on the way") {
    std::filesystem::create_directory_symlink(outside, target + "/d/sub");
    const bool force = GENERATE(false, true);
    CHECK(Packed().extract_to(target, force) ==
          target + "/d/sub: is in the way of a directory; remove it first");
    CHECK_FALSE(std::filesystem::exists(target + "/d/a"));
  }
  SECTION("further up") {
    std::filesystem::remove(target + "/d");
    std::filesystem::create_directory_symlink(outside, target + "/d");
    CHECK_FALSE(Packed().extract_to(target, true) == "");
  }
  SECTION("to a file, in place of one: the link is replaced, not what it leads to") {
    directory.write("outside/mine", "mine");
    std::filesystem::create_symlink(outside + "/mine", target + "/d/a");
    CHECK_FALSE(Packed().extract_to(target) == "");
    REQUIRE(Packed().extract_to(target, true) == "");
    CHECK(directory.read("outside/mine") == "mine");
    CHECK(directory.read("out/d/a") == "first");
    std::filesystem::remove(outside + "/mine");
  }
  SECTION("that gets there while files are written") {
    Packed packed;
    packed.meanwhile = [&](const std::string& path) {
      if (path != "/d/a" || !std::filesystem::exists(target + "/d/sub")) return;
      std::filesystem::rename(target + "/d/sub", target + "/moved");
      std::filesystem::create_directory_symlink(outside, target + "/d/sub");
    };
    CHECK_FALSE(packed.extract_to(target) == "");
  }
  CHECK(std::filesystem::is_empty(outside));
}

TEST_CASE("a directory and a file do not take each other's place", "[extract]") {
  const TemporaryDirectory directory;
  const std::string target = directory.path();
  SECTION("a file is in the way of a directory") {
    directory.write("d", "mine");
    CHECK(Packed().extract_to(target, true) ==
          target + "/d: is in the way of a directory; remove it first");
    CHECK(directory.read("d") == "mine");
  }
  SECTION("a directory is in the way of a file") {
    std::filesystem::create_directories(target + "/d/a");
    CHECK(Packed().extract_to(target, true) == target + "/d/a: is a directory; remove it first");
  }
}

TEST_CASE("symlinks that lead out are refused before anything is written", "[extract]") {
  const TemporaryDirectory directory;
  const std::string target = directory.path() + "/out";
  for (const char* bad : {"/etc/passwd", "../..", "../../x", "x/../../../y", "./../.././.."}) {
    CAPTURE(bad);
    Packed packed({Packed::directory("d", {Packed::link("l", bad)})});
    CHECK(packed.extract_to(target).starts_with("/d/l: a symlink to "));
  }
  CHECK_FALSE(std::filesystem::exists(target));
  for (const char* good : {"..", "../d/l", "x/..", "x/../../d", "nowhere"}) {
    CAPTURE(good);
    Packed packed({Packed::directory("d", {Packed::link("l", good)})});
    CHECK(packed.extract_to(target, true) == "");
  }
}

TEST_CASE("a damaged file is found before anything is written", "[extract]") {
  const TemporaryDirectory directory;
  Packed packed;
  packed.damaged = "run";
  CHECK(packed.extract_to(directory.path() + "/out") == "damaged");
  CHECK_FALSE(std::filesystem::exists(directory.path() + "/out"));
}

TEST_CASE("a file that is damaged meanwhile is removed again", "[extract]") {
  const TemporaryDirectory directory;
  Packed packed;
  packed.damaged = "run";
  packed.good_reads = 1;
  CHECK(packed.extract_to(directory.path() + "/out") == "damaged");
  CHECK_FALSE(std::filesystem::exists(directory.path() + "/out/d/run"));
}

TEST_CASE("a very deep tree needs no more descriptors than a flat one", "[extract]") {
  Entry entry = Packed::file("f", "deep");
  for (int i = 0; i < 1500; ++i) entry = Packed::directory("x", {entry});
  const TemporaryDirectory directory;
  CHECK(Packed({entry}).extract_to(directory.path() + "/out") == "");
}

TEST_CASE("a target that cannot be made", "[extract]") {
  const TemporaryDirectory directory;
  directory.write("file", "");
  CHECK(Packed().extract_to(directory.path() + "/file") ==
        directory.path() + "/file: cannot open the directory: Not a directory");
  CHECK(Packed().extract_to(directory.path() + "/no/where") ==
        directory.path() + "/no/where: cannot make the directory: No such file or directory");
}

}  // namespace
}  // namespace wasm_vfs::image
