// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/image/tree.cc.

#include "image/tree.h"

#include "image/fake_host_files.h"
#include "testing/catch.h"

namespace wasm_vfs::image {
namespace {

void dump(const Entry& entry, const std::string& path, std::string& out) {
  out += path.empty() ? "/" : path;
  switch (entry.kind) {
    case NodeKind::kDirectory:
      out += entry.mount_point ? " mount" : " directory";
      break;
    case NodeKind::kFile:
      out += (entry.executable ? " executable " : " file ") + std::to_string(entry.size) + " = " +
             entry.host_path;
      break;
    case NodeKind::kSymlink:
      out += " -> " + entry.target;
      break;
  }
  out += '\n';
  for (const Entry& child : entry.children) dump(child, path + '/' + child.name, out);
}

std::string dump(const Result<Tree>& tree) {
  if (!tree.ok()) return "error: " + tree.error().message;
  std::string out;
  dump(tree->root, "", out);
  for (const std::string& warning : tree->warnings) out += "warning: " + warning + '\n';
  return out;
}

std::string scanned(const FakeHostFiles& files, const std::vector<Source>& sources,
                    const ScanOptions& options = {}) {
  return dump(scan(sources, options, files));
}

ScanOptions excluding(std::initializer_list<const char*> patterns) {
  ScanOptions options;
  for (const char* pattern : patterns) REQUIRE(options.excludes.add(pattern).ok());
  return options;
}

ScanOptions following() {
  ScanOptions options;
  options.symlinks = SymlinkPolicy::kFollow;
  return options;
}

TEST_CASE("a directory is scanned with all it holds, sorted by bytes", "[tree]") {
  FakeHostFiles files;
  files.file("static/b.txt", "12345");
  files.file("static/B.run", "1", true);
  files.file("static/css/a.css", "");
  files.file("static/css-2", "22");
  files.directory("static/empty");
  files.symlink("static/link", "css/a.css");
  CHECK(scanned(files, {{"static", "/static"}}) ==
        "/ directory\n"
        "/static mount\n"
        "/static/B.run executable 1 = static/B.run\n"
        "/static/b.txt file 5 = static/b.txt\n"
        "/static/css directory\n"
        "/static/css/a.css file 0 = static/css/a.css\n"
        "/static/css-2 file 2 = static/css-2\n"
        "/static/empty directory\n"
        "/static/link -> css/a.css\n");
}

TEST_CASE("mounts may be the root, deep, or nested; files get their names", "[tree]") {
  FakeHostFiles files;
  files.file("a/x", "1");
  files.file("b/y", "22");
  files.file("c/z", "333");
  CHECK(scanned(files,
                {{"a/", "/"}, {"b", "/deep/er"}, {"c", "/deep"}, {"c/z", "/bin/tool", true}}) ==
        "/ mount\n"
        "/bin directory\n"
        "/bin/tool file 3 = c/z\n"
        "/deep mount\n"
        "/deep/er mount\n"
        "/deep/er/y file 2 = b/y\n"
        "/deep/z file 3 = c/z\n"
        "/x file 1 = a/x\n");
  const auto tree = scan({{"b", "/deep/er"}, {"c", "/deep"}, {"a/x", "/x", true}}, {}, files);
  CHECK(tree->mounts == std::vector<std::string>{"/deep/er", "/deep"});
}

TEST_CASE("a directory without a host path is an empty one", "[tree]") {
  FakeHostFiles files;
  files.file("a/x", "1");
  CHECK(scanned(files, {{"", "/"}, {"a/x", "/d/x", true}, {"", "/e"}, {"", "/d"}}) ==
        "/ mount\n"
        "/d mount\n"
        "/d/x file 1 = a/x\n"
        "/e mount\n");
}

TEST_CASE("a later source lies on top, path by path", "[tree]") {
  FakeHostFiles files;
  files.file("low/same", "low");
  files.file("low/only-low", "1");
  files.file("low/d/same", "low");
  files.file("low/d/only-low", "1");
  files.file("high/same", "higher");
  files.file("high/d/same", "higher");
  files.file("high/d/only-high", "1");
  files.file("high/z", "1");
  CHECK(scanned(files, {{"low", "/m"}, {"high/d", "/m/d"}, {"high/same", "/m/same", true}}) ==
        "/ directory\n"
        "/m mount\n"
        "/m/d mount\n"
        "/m/d/only-high file 1 = high/d/only-high\n"
        "/m/d/only-low file 1 = low/d/only-low\n"
        "/m/d/same file 6 = high/d/same\n"
        "/m/only-low file 1 = low/only-low\n"
        "/m/same file 6 = high/same\n");
}

TEST_CASE("what changes its kind is replaced, with a warning", "[tree]") {
  FakeHostFiles files;
  files.file("low/a/deep/file", "1");
  files.file("low/b", "1");
  files.symlink("low/c", "b");
  files.file("high/a", "22");
  files.file("high/b/file", "22");
  files.file("x/file", "22");
  CHECK(scanned(files, {{"low", "/"}, {"high/a", "/a", true}, {"high/b", "/b"}, {"x", "/c/d"}}) ==
        "/ mount\n"
        "/a file 2 = high/a\n"
        "/b mount\n"
        "/b/file file 2 = high/b/file\n"
        "/c directory\n"
        "/c/d mount\n"
        "/c/d/file file 2 = x/file\n"
        "warning: /a: a file takes the place of a directory that an earlier --dir or --file put "
        "there\n"
        "warning: /b: a directory takes the place of a file that an earlier --dir or --file put "
        "there\n"
        "warning: /c: a directory takes the place of a symlink that an earlier --dir or --file put "
        "there\n");
}

TEST_CASE("a mount is not replaced by a file", "[tree]") {
  FakeHostFiles files;
  files.file("low/x", "1");
  files.file("high/a", "1");
  CHECK(
      scanned(files, {{"low", "/a/b"}, {"high", "/"}}) ==
      "error: /a: a later --dir or --file has a file where an earlier --dir is mounted; leave one "
      "of them out");
}

TEST_CASE("excludes are relative to each host directory and prune", "[tree]") {
  FakeHostFiles files;
  files.file("one/a.o", "1");
  files.file("one/keep.o", "1");
  files.file("one/build/keep.o", "1");
  files.file("one/src/build/x", "1");
  files.file("two/build/x", "1");
  CHECK(scanned(files, {{"one", "/one"}, {"two", "/two"}, {"one/a.o", "/a.o", true}},
                excluding({"*.o", "!keep.o", "/build/"})) ==
        "/ directory\n"
        "/a.o file 1 = one/a.o\n"
        "/one mount\n"
        "/one/keep.o file 1 = one/keep.o\n"
        "/one/src directory\n"
        "/one/src/build directory\n"
        "/one/src/build/x file 1 = one/src/build/x\n"
        "/two mount\n");
}

TEST_CASE("what cannot be packed is an error that names all of it", "[tree]") {
  FakeHostFiles files;
  files.file("d/fine", "1");
  files.special("d/fifo", HostKind::kFifo);
  files.special("d/it's", HostKind::kSocket);
  files.special("d/null", HostKind::kDevice);
  CHECK(scanned(files, {{"d", "/d"}}) ==
        "error: d/fifo: is a FIFO, which cannot be packed; leave it out with --exclude '/fifo' "
        "(and 2 "
        "more that cannot be packed: d/it's, d/null)");
  CHECK(scanned(files, {{"d", "/d"}}, excluding({"/fifo", "null"})) ==
        "error: d/it's: is a socket, which cannot be packed; leave it out with --exclude "
        "'/it'\\''s'");
  CHECK(scanned(files, {{"d", "/d"}}, excluding({"/fifo", "null", "it*"})) ==
        "/ directory\n/d mount\n/d/fine file 1 = d/fine\n");
}

TEST_CASE("names must be UTF-8 and not too long", "[tree]") {
  FakeHostFiles files;
  files.file("d/caf\xe9", "1");
  CHECK(
      scanned(files, {{"d", "/d"}}) ==
      "error: d/caf\\xe9: its name is not UTF-8, as WASI wants it; rename it, or leave it out with "
      "--exclude '/caf?'");
  CHECK(scanned(files, {{"d", "/d"}}, excluding({"/caf?"})) == "/ directory\n/d mount\n");

  // 40 directories of 100 bytes: "/d/" and 40 × 101 bytes with the slash after each.
  FakeHostFiles deep;
  std::string path = "d";
  for (int i = 0; i < 40; ++i) path += '/' + std::string(100, 'x');
  deep.file(path + '/' + std::string(4095 - 3 - 40 * 101, 'f'), "");
  CHECK(scan({{"d", "/d"}}, {}, deep).ok());
  CHECK(scanned(deep, {{"d", "/dd"}})
            .find("its path in the guest is longer than 4095 bytes; leave it out with --exclude") !=
        std::string::npos);
  CHECK(scan({{"d", "/dd"}}, excluding({"f*"}), deep).ok());

  FakeHostFiles name;
  name.file("d/" + std::string(256, 'n'), "");
  CHECK(scanned(name, {{"d", "/d"}}).find("its name is longer than 255 bytes") !=
        std::string::npos);
}

TEST_CASE("names that differ in case only are warned of", "[tree]") {
  FakeHostFiles files;
  files.file("d/README", "1");
  files.file("d/Readme", "1");
  files.file("d/readme", "1");
  files.file("d/e/x", "1");
  files.file("d/e/\xc3\x89", "1");  // only ASCII is folded
  files.file("d/e/\xc3\xa9", "1");
  const auto tree = scan({{"d", "/d"}}, {}, files);
  REQUIRE(tree.ok());
  CHECK(
      tree->warnings ==
      std::vector<std::string>{
          "/d/README and /d/Readme differ in case only; where case is ignored they are one file",
          "/d/Readme and /d/readme differ in case only; where case is ignored they are one file"});
}

TEST_CASE("unreadable and missing things are errors", "[tree]") {
  FakeHostFiles files;
  files.file("d/x", "1");
  files.directory("d/locked");
  files.deny("d/locked");
  CHECK(scanned(files, {{"d", "/d"}}) ==
        "error: d/locked: cannot open directory: Permission denied");
  CHECK(scanned(files, {{"none", "/d"}}) == "error: none: cannot open: No such file or directory");
  CHECK(scanned(files, {{"d/x", "/d"}}) ==
        "error: d/x: is a file, not a directory; pack it with --file");
  CHECK(scanned(files, {{"d", "/d", true}}) ==
        "error: d: is a directory, not a file; pack it with --dir");
}

TEST_CASE("guest paths are checked, and given once each", "[tree]") {
  FakeHostFiles files;
  files.file("d/x", "1");
  CHECK(scanned(files, {{"d", "/a/../b"}}) == "error: guest path /a/../b: must not contain `..`");
  CHECK(scanned(files, {{"d/x", "/", true}}) ==
        "error: d/x: a file cannot be packed as /; name it: --file 'd/x::/NAME'");
  CHECK(scanned(files, {{"d", "/a"}, {"d", "//a/"}}) ==
        "error: guest path /a: given twice; pack the second --dir or --file at another path");
}

TEST_CASE("kept symlinks stay inside their host directory", "[tree]") {
  const auto result = [](const std::string& link, const std::string& target) {
    FakeHostFiles files;
    files.file("top/a/b/file", "1");
    files.symlink("top/a/up", "..");   // top
    files.symlink("top/down", "a/b");  // top/a/b
    files.symlink("top/loop", "loop");
    files.symlink("top/" + link, target);
    const auto tree = scan({{"top", "/"}}, {}, files);
    return tree.ok() ? "kept" : tree.error().message;
  };
  CHECK(result("l", "a/b/file") == "kept");
  CHECK(result("l", ".") == "kept");
  CHECK(result("l", "missing/x") == "kept");
  CHECK(result("l", "loop/x") == "kept");
  CHECK(result("a/b/l", "../../a/b/file") == "kept");
  CHECK(result("a/b/l", "../..") == "kept");
  CHECK(result("l", "down/../../a") == "kept");  // by the letters it leaves, but down leads deeper

  const auto leaves = [](const std::string& link, const std::string& target) {
    return "top/" + link + ": is a symlink to " + target +
           ", outside the packed directory; pack what it leads to with --symlinks=follow, or leave "
           "it "
           "out with --exclude '/" +
           link + "'";
  };
  CHECK(result("l", "/etc/passwd") == leaves("l", "/etc/passwd"));
  CHECK(result("l", "..") == leaves("l", ".."));
  CHECK(result("l", "../top/a") == leaves("l", "../top/a"));
  CHECK(result("a/b/l", "../../../x") == leaves("a/b/l", "../../../x"));
  CHECK(result("l", "missing/../../x") == leaves("l", "missing/../../x"));
  CHECK(result("l", "a/up/../x") == leaves("l", "a/up/../x"));  // by the letters it stays
}

TEST_CASE("an absolute target is kept if it exists below the directory's guest path", "[tree]") {
  const auto result = [](const std::string& mount, const std::string& target) {
    FakeHostFiles files;
    files.file("top/a/b/file", "1");
    files.symlink("top/a/up", "..");
    files.symlink("top/a/l", target);
    const auto tree = scan({{"top", mount}}, {}, files);
    return tree.ok() ? "kept" : tree.error().message.substr(0, 26);
  };
  const std::string error = "top/a/l: is a symlink to " + std::string("/");
  CHECK(result("/srv/m", "/srv/m/a/b/file") == "kept");
  CHECK(result("/srv/m", "//srv/./m//a/up/a/b") == "kept");
  CHECK(result("/srv/m", "/srv/m") == "kept");
  CHECK(result("/", "/a/b") == "kept");
  CHECK(result("/", "/etc/passwd") == error);
  CHECK(result("/srv/m", "/srv/m/missing") == error);
  CHECK(result("/srv/m", "/srv/m2/a") == error);
  CHECK(result("/srv/m", "/srv") == error);
  CHECK(result("/srv/m", "/a/b/file") == error);
  CHECK(result("/srv/m", "/srv/m/a/up/..") == error);
}

TEST_CASE("symlinks that leave can be excluded", "[tree]") {
  FakeHostFiles files;
  files.symlink("d/l", "/etc");
  CHECK(scanned(files, {{"d", "/d"}}, excluding({"/l"})) == "/ directory\n/d mount\n");
}

TEST_CASE("a symlink's target must be UTF-8", "[tree]") {
  FakeHostFiles files;
  files.symlink("d/l", "caf\xe9");
  CHECK(
      scanned(files, {{"d", "/d"}}) ==
      "error: d/l: its target, caf\\xe9, is not a path in UTF-8; leave it out with --exclude '/l'");
}

TEST_CASE("followed symlinks become what they lead to", "[tree]") {
  FakeHostFiles files;
  files.file("other/dir/file", "1", true);
  files.symlink("d/file", "../other/dir/file");
  files.symlink("d/dir", "/other/dir");
  files.symlink("d/again", "dir");
  CHECK(scanned(files, {{"d", "/d"}}, following()) ==
        "/ directory\n"
        "/d mount\n"
        "/d/again directory\n"
        "/d/again/file executable 1 = d/again/file\n"
        "/d/dir directory\n"
        "/d/dir/file executable 1 = d/dir/file\n"
        "/d/file executable 1 = d/file\n");
}

TEST_CASE("followed symlinks that loop or lead nowhere are errors", "[tree]") {
  FakeHostFiles files;
  files.file("d/sub/x", "1");
  files.symlink("d/sub/up", "..");
  CHECK(scanned(files, {{"d", "/d"}}, following()) ==
        "error: d/sub/up: leads back to a directory that it lies in; leave it out with --exclude "
        "'/sub/up'");
  FakeHostFiles deep;
  deep.file("d/sub/deeper/x", "1");
  deep.symlink("d/sub/deeper/up", "../../sub");
  CHECK(
      scanned(deep, {{"d", "/d"}}, following()).starts_with("error: d/sub/deeper/up: leads back"));

  FakeHostFiles dangling;
  dangling.symlink("d/a", "none");
  dangling.symlink("d/b", "b");
  CHECK(scanned(dangling, {{"d", "/d"}}, following()) ==
        "error: d/a: cannot open: No such file or directory; it is a symlink: leave it out with "
        "--exclude '/a' (and 1 more that cannot be packed: d/b)");
  ScanOptions options = following();
  REQUIRE(options.excludes.add("a").ok());
  CHECK(scanned(dangling, {{"d", "/d"}}, options) ==
        "error: d/b: cannot open: Too many levels of symbolic links; it is a symlink: leave it out "
        "with --exclude '/b'");
}

TEST_CASE("sources that are symlinks are followed", "[tree]") {
  FakeHostFiles files;
  files.file("real/x", "1");
  files.symlink("d", "real");
  files.symlink("f", "real/x");
  CHECK(scanned(files, {{"d", "/d"}, {"f", "/f", true}}) ==
        "/ directory\n/d mount\n/d/x file 1 = d/x\n/f file 1 = f\n");
}

TEST_CASE("times are fixed, or the files' own", "[tree]") {
  FakeHostFiles files;
  files.directory("d").mtime_ns = 5;
  files.file("d/x", "1").mtime_ns = 6;
  files.symlink("d/l", "x").mtime_ns = 7;
  files.file("d/old", "1").mtime_ns = -8;
  const auto times = [&](const ScanOptions& options) {
    const auto tree = scan({{"d", "/m/d"}}, options, files);
    const Entry& m = tree->root.children[0];
    const Entry& d = m.children[0];
    return std::vector<uint64_t>{tree->root.mtime_ns,
                                 m.mtime_ns,
                                 d.mtime_ns,
                                 d.children[0].mtime_ns,
                                 d.children[1].mtime_ns,
                                 d.children[2].mtime_ns};
  };
  ScanOptions options;
  CHECK(times(options) == std::vector<uint64_t>(6, 315532800000000000));
  options.mtime_ns = 3;
  CHECK(times(options) == std::vector<uint64_t>(6, 3));
  options.preserve_mtime = true;
  CHECK(times(options) == std::vector<uint64_t>{3, 3, 5, 7, 0, 6});
  files.directory("over").mtime_ns = 9;
  CHECK(scan({{"d", "/d"}, {"over", "/"}}, options, files)->root.mtime_ns == 9);
  CHECK(scan({{"d", "/d"}}, options, files)->warnings ==
        std::vector<std::string>{
            "d/old: its time lies before 1970, which WASI cannot express; it becomes 1970"});
}

}  // namespace
}  // namespace wasm_vfs::image
