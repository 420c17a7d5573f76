// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// find_files(): each rule of Spin's loader on a small tree in memory.

#include "spin/files.h"

#include "image/fake_host_files.h"
#include "testing/catch.h"

namespace wasm_vfs::spin {
namespace {

using image::FakeHostFiles;
using image::HostKind;
using Files = std::map<std::string, std::string>;
using Directories = std::set<std::string>;
using Lines = std::vector<std::string>;

FileMount pattern(const std::string& source) {
  return {source, std::nullopt, "spin.toml:1:1"};
}

FileMount placement(const std::string& source, const std::string& destination) {
  return {source, destination, "spin.toml:2:2"};
}

struct Application : FakeHostFiles {
  Application() {
    file("app/spin.toml", "");
    file("app/assets/a.txt", "a");
    file("app/assets/.hidden", "h");
    file("app/assets/img/b.png", "b");
    file("app/assets/img/deep/c.txt", "c");
    directory("app/empty");
    file("other/d.txt", "d");
  }
};

struct Found {
  Files files;
  Directories directories;
  Lines warnings;
  std::string error;
};

Found find(const FakeHostFiles& files, const std::vector<FileMount>& mounts,
           const std::vector<std::string>& excluded = {}, FileRules rules = {"app", std::nullopt}) {
  std::vector<ExcludedFiles> patterns;
  for (const std::string& each : excluded) patterns.push_back({each, "spin.toml:3:3"});
  Result<FileTree> tree = find_files(mounts, patterns, rules, files);
  if (!tree.ok()) return {{}, {}, {}, tree.error().message};
  return {tree->files, tree->directories, tree->warnings, ""};
}

TEST_CASE("a single file keeps its path, and no exclude applies") {
  const Found found = find(Application(), {pattern("assets/a.txt")}, {"assets/*"});
  CHECK(found.error.empty());
  CHECK(found.files == Files{{"/assets/a.txt", "app/assets/a.txt"}});
  CHECK(found.directories.empty());
}

TEST_CASE("an asterisk in a pattern stays within one directory, and takes dot files") {
  const Found found = find(Application(), {pattern("assets/*")});
  CHECK(found.files ==
        Files{{"/assets/.hidden", "app/assets/.hidden"}, {"/assets/a.txt", "app/assets/a.txt"}});
  CHECK(find(Application(), {pattern("./assets/*.t?t")}).files ==
        Files{{"/assets/a.txt", "app/assets/a.txt"}});
  CHECK(find(Application(), {pattern("assets/[!.]*/[a-c].png")}).files ==
        Files{{"/assets/img/b.png", "app/assets/img/b.png"}});
}

TEST_CASE("two asterisks go down, from none to all directories") {
  const Files all{{"/assets/.hidden", "app/assets/.hidden"},
                  {"/assets/a.txt", "app/assets/a.txt"},
                  {"/assets/img/b.png", "app/assets/img/b.png"},
                  {"/assets/img/deep/c.txt", "app/assets/img/deep/c.txt"}};
  CHECK(find(Application(), {pattern("assets/**/*")}).files == all);
  CHECK(find(Application(), {pattern("assets/**/**/*")}).files == all);
  CHECK(find(Application(), {pattern("**/*.txt")}).files ==
        Files{{"/assets/a.txt", "app/assets/a.txt"},
              {"/assets/img/deep/c.txt", "app/assets/img/deep/c.txt"}});
  CHECK(find(Application(), {pattern("assets/**/deep/*")}).files ==
        Files{{"/assets/img/deep/c.txt", "app/assets/img/deep/c.txt"}});
}

TEST_CASE("what matches nothing is a warning") {
  const Found none = find(Application(), {pattern("*.jpg")});
  CHECK(none.files.empty());
  CHECK(none.warnings == Lines{"spin.toml:1:1: '*.jpg' matches no files"});
  CHECK(find(Application(), {pattern("assets/**")}).warnings ==
        Lines{"spin.toml:1:1: 'assets/**' matches no files; assets/**/* has those of all "
              "directories"});
  CHECK(find(Application(), {pattern("*/")}).warnings ==
        Lines{"spin.toml:1:1: '*/' matches no files"});
}

TEST_CASE("the whole application is a warning") {
  const Found found = find(Application(), {pattern("**/*")});
  CHECK(found.files.size() == 5);
  CHECK(found.warnings ==
        Lines{"spin.toml:1:1: '**/*' takes all of the application's directory; write './**/*' if "
              "that is meant"});
  CHECK(find(Application(), {pattern("./**/*")}).warnings.empty());
}

TEST_CASE("a directory by its path alone is where Spin's loader puts it") {
  const Found found = find(Application(), {pattern("assets/img")});
  CHECK(found.files == Files{{"/assets/img/assets/img/b.png", "app/assets/img/b.png"},
                             {"/assets/img/assets/img/deep/c.txt", "app/assets/img/deep/c.txt"}});
  CHECK(found.directories == Directories{"/assets/img"});
  REQUIRE(found.warnings.size() == 1);
  CHECK(found.warnings[0] ==
        "spin.toml:1:1: 'assets/img' is a directory, whose files Spin shows in "
        "/assets/img/assets/img, and so does the packed one; write { source = \"assets/img\", "
        "destination = \"/assets/img\" }");
}

TEST_CASE("a placed directory") {
  const Found found = find(Application(), {placement("assets/img", "/pictures/")});
  CHECK(found.files == Files{{"/pictures/b.png", "app/assets/img/b.png"},
                             {"/pictures/deep/c.txt", "app/assets/img/deep/c.txt"}});
  CHECK(found.directories == Directories{"/pictures"});
  CHECK(find(Application(), {placement("assets/img", "")}).files.count("/b.png") == 1);
  CHECK(find(Application(), {placement("assets/img", "//x/./y/../z")}).files.count("/x/z/b.png") ==
        1);
  const Found empty = find(Application(), {placement("empty", "/e")});
  CHECK(empty.files.empty());
  CHECK(empty.directories == Directories{"/e"});
  // A directory beside the application can be placed, though not named by a pattern.
  CHECK(find(Application(), {placement("../other", "/o")}).files ==
        Files{{"/o/d.txt", "app/../other/d.txt"}});
}

TEST_CASE("a placed file") {
  CHECK(find(Application(), {placement("assets/a.txt", "/x/y.txt")}).files ==
        Files{{"/x/y.txt", "app/assets/a.txt"}});
  for (const char* destination : {"/", "", "/x/", "x/.", "/.."})
    CHECK(find(Application(), {placement("assets/a.txt", destination)}).error ==
          "spin.toml:2:2: destination '" + std::string(destination) +
              "': assets/a.txt is a file; its destination must end in a file name");
}

TEST_CASE("exclude_files are matched with the path from the manifest, and * takes slashes") {
  const auto names = [](const std::vector<FileMount>& mounts,
                        const std::vector<std::string>& excluded) {
    Lines result;
    for (const auto& [guest, host] : find(Application(), mounts, excluded).files)
      result.push_back(guest);
    return result;
  };
  const std::vector<FileMount> placed{placement("assets", "/")};
  CHECK(names(placed, {"assets/*"}).empty());
  CHECK(names(placed, {"*.txt"}) == Lines{"/.hidden", "/img/b.png"});
  CHECK(names(placed, {"**/a.txt", "assets/img/b.???"}) == Lines{"/.hidden", "/img/deep/c.txt"});
  CHECK(names(placed, {"a.txt", "img/**"}).size() == 4);
  CHECK(names({pattern("assets/**/*")}, {"assets/img/**"}) ==
        Lines{"/assets/.hidden", "/assets/a.txt"});
  CHECK(names({pattern("./assets/*")}, {"assets/.*"}) == Lines{"/assets/a.txt"});
  CHECK(find(Application(), placed, {"a**"}).error ==
        "spin.toml:3:3: ** must stand alone between slashes, as in a/**/*");
}

TEST_CASE("symlinks are followed") {
  Application files;
  files.symlink("app/assets/link", "../../other");
  files.symlink("app/assets/file", "a.txt");
  files.symlink("app/assets/broken", "nothing");
  files.symlink("app/assets/img/up", "..");
  const Found found = find(files, {placement("assets", "/")});
  CHECK(found.error.empty());
  CHECK(found.files.count("/link/d.txt") == 1);
  CHECK(found.files.at("/file") == "app/assets/file");
  CHECK(found.files.count("/broken") == 0);
  CHECK(found.files.count("/img/up/a.txt") == 0);
  CHECK(found.warnings == Lines{"spin.toml:2:2: app/assets/img/up: leads back to a directory that "
                                "it lies in; passed over"});
}

TEST_CASE("sockets and such are passed over, and so are names that are not UTF-8") {
  Application files;
  files.special("app/assets/img/pipe", HostKind::kFifo);
  files.file("app/assets/img/\xff", "");
  CHECK(find(files, {pattern("assets/img/*")}).files.size() == 1);
}

TEST_CASE("the directory that is written to is passed over") {
  Application files;
  const image::HostStat out = files.directory("app/out");
  files.file("app/out/a.txt", "");
  CHECK(find(files, {pattern("./**/a.txt")}, {}, {"app", out}).files ==
        Files{{"/assets/a.txt", "app/assets/a.txt"}});
}

TEST_CASE("a later element lies over an earlier one") {
  Application files;
  const Found found = find(files, {placement("assets", "/"), placement("../other/d.txt", "a.txt")});
  CHECK(found.files.at("/a.txt") == "app/../other/d.txt");
  CHECK(found.warnings ==
        Lines{"spin.toml:2:2: /a.txt is given twice: app/../other/d.txt lies over "
              "app/assets/a.txt (with Spin it is a matter of chance)"});
  CHECK(
      find(files, {placement("assets", "/"), placement("assets/a.txt", "a.txt")}).warnings.empty());
}

TEST_CASE("what cannot be is named with its place") {
  Application files;
  const auto error = [&](const FileMount& mount) { return find(files, {mount}).error; };
  CHECK(error(pattern("missing.txt")) ==
        "spin.toml:1:1: 'missing.txt': nothing of this name in the manifest's directory, and it is "
        "no pattern");
  CHECK(error(pattern("assets/..")) ==
        "spin.toml:1:1: 'assets/..': a pattern cannot end in ..; write { source = \"assets/..\", "
        "destination = \"/\" }");
  CHECK(error(pattern(".")) ==
        "spin.toml:1:1: '.': a pattern cannot end in .; write { source = "
        "\".\", destination = \"/\" }");
  CHECK(error(pattern("../other/*")) ==
        "spin.toml:1:1: '../other/d.txt' leads out of the component's root directory; write { "
        "source, destination } with a destination below /");
  CHECK(error(pattern("/etc/*")) ==
        "spin.toml:1:1: '/etc/*': must be a path relative to the manifest's directory");
  CHECK(error(pattern("a**")) ==
        "spin.toml:1:1: 'a**': ** must stand alone between slashes, as in a/**/*");
  CHECK(error(pattern("a[/]b*")) ==
        "spin.toml:1:1: 'a[/]b*': [ without ]; write [[] for the bracket itself");
  CHECK(error(placement("missing", "/")) ==
        "spin.toml:2:2: app/missing: cannot open: No such file or directory");
  CHECK(error(placement("assets", "/../x")) ==
        "spin.toml:2:2: '/../x' leads out of the component's root directory; write { source, "
        "destination } with a destination below /");
  CHECK(find(files, {placement("assets", "/"), placement("assets", "/a.txt")}).error ==
        "/a.txt would be the file app/assets/a.txt and a directory; change a destination");
  CHECK(find(files, {placement("assets/a.txt", "/x"), placement("assets", "/x/y")}).error ==
        "/x would be the file app/assets/a.txt and a directory, with /x/y/.hidden in it; change a "
        "destination");
  files.deny("app/assets/img");
  CHECK(error(pattern("assets/**/*")) ==
        "spin.toml:1:1: 'assets/**/*': app/assets/img: cannot open directory: Permission denied");
}

}  // namespace
}  // namespace wasm_vfs::spin
