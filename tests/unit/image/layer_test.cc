// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/image/layer.cc, and scan() (tree.cc) over a base: packing in layers gives the bytes
// that packing at once gives.

#include "image/layer.h"

#include <algorithm>
#include <optional>
#include <random>

#include "image/builder.h"
#include "image/fake_host_files.h"
#include "image/read_back.h"
#include "testing/catch.h"

namespace wasm_vfs::image {
namespace {

using Sources = std::vector<Source>;
using Strings = std::vector<std::string>;

struct Packed {
  ByteBuffer index;
  ByteBuffer contents;
  Strings warnings;
  Strings mounts;
  std::string error;  // empty if there was none; then the rest is void
};

bool operator==(const Packed& a, const Packed& b) {
  return a.error == b.error && a.index == b.index && a.contents == b.contents;
}

Packed pack(const HostFiles& files, const Sources& sources, const ScanOptions& options = {},
            const Packed* below = nullptr, const Defaults& defaults = {}) {
  Packed packed;
  std::optional<ImageReader> image;
  std::optional<Tree> base;
  if (below != nullptr) {
    if (!below->error.empty()) return *below;
    auto reader = ImageReader::open(below->index, below->contents);
    REQUIRE(reader.ok());
    image = *reader;
    base = tree_of(*image);
  }
  auto tree = scan(sources, options, files, std::move(base));
  if (!tree.ok()) {
    packed.error = tree.error().message;
    return packed;
  }
  packed.warnings = tree->warnings;
  packed.mounts = tree->mounts;
  tree->defaults.program_name = "app";
  for (const std::string& argument : defaults.arguments)
    tree->defaults.arguments.push_back(argument);
  for (const std::string& variable : defaults.environment) set_variable(tree->defaults, variable);

  const auto write = [&](const HostFiles& all) {
    const auto built = build(*tree, all, 2);
    REQUIRE(built.ok());
    packed.index = built->index;
    const auto written = write_contents(*built, all, [&](Bytes block) {
      append(packed.contents, block);
      return ok_status();
    });
    REQUIRE(written.ok());
  };
  if (image) {
    write(LayeredFiles(files, *image));
  } else {
    write(files);
  }
  return packed;
}

/// Each source in a pack of its own.
Packed pack_one_by_one(const HostFiles& files, const Sources& sources,
                       const ScanOptions& options = {}) {
  Packed packed;
  for (size_t i = 0; i < sources.size(); ++i) {
    const Packed below = std::move(packed);
    packed = pack(files, {sources[i]}, options, i == 0 ? nullptr : &below);
  }
  return packed;
}

/// "/d/f: bytes", one for each node but the root and directories on the way.
Strings listing(const Packed& packed) {
  const auto reader = ImageReader::open(packed.index, packed.contents);
  REQUIRE(reader.ok());
  Strings lines;
  for (uint32_t i = 0; i < reader->node_count(); ++i) {
    const Node node = reader->node(i);
    std::string line = reader->path(i);
    switch (kind_of(node)) {
      case NodeKind::kDirectory:
        if (node.size != 0 && (node.kind_and_flags & kMountPoint) == 0) continue;
        line += (node.kind_and_flags & kMountPoint) != 0 ? " (mount)" : "/";
        break;
      case NodeKind::kFile:
        line += ": " + read_back(*reader, i);
        if ((node.kind_and_flags & kExecutable) != 0) line += " (x)";
        break;
      case NodeKind::kSymlink:
        line += " -> " + std::string(reader->target(i));
        break;
    }
    lines.push_back(line);
  }
  return lines;
}

TEST_CASE("a tree is the same after a round through an image", "[layer]") {
  FakeHostFiles files;
  files.file("d/a", "aaa").mtime_ns = 0x123456789abcdef0;
  files.file("d/run", "!", true);
  files.file("d/empty", "");
  files.file("d/sub/copy", "aaa");
  files.symlink("d/sub/up", "../a");
  files.directory("d/void");
  files.file("e/x", "x");
  ScanOptions options;
  options.preserve_mtime = true;
  const Packed packed =
      pack(files, {{"d", "/m/d"}, {"e", "/"}}, options, nullptr, {"", {"-v"}, {"A=1"}});
  const auto reader = ImageReader::open(packed.index, packed.contents);
  REQUIRE(reader.ok());

  const Tree tree = tree_of(*reader);
  CHECK(tree.mounts == Strings{"/m/d", "/"});
  CHECK(tree.defaults == Defaults{"app", {"-v"}, {"A=1"}});
  const Entry& d = tree.root.children.at(0).children.at(0);
  CHECK(d.name == "d");
  CHECK(d.mount_point);
  CHECK(d.children.at(0).mtime_ns == 0x123456789abcdef0);
  CHECK(d.children.at(2).executable);
  CHECK(d.children.at(3).children.at(1).target == "../a");

  CHECK(pack(files, {}, options, &packed) == packed);
}

TEST_CASE("an image's files are opened beside the host's", "[layer]") {
  FakeHostFiles files;
  files.file("d/big", std::string(1000, 'x'));
  files.file("d/run", "!");
  files.symlink("d/link", "run");
  const Packed packed = pack(files, {{"d", "/d"}});
  const auto reader = ImageReader::open(packed.index, packed.contents);
  REQUIRE(reader.ok());
  const LayeredFiles layered(files, *reader);

  auto file = layered.open(std::string("\0/d/big", 7));
  REQUIRE(file.ok());
  uint8_t buffer[600];
  CHECK(*(*file)->read(buffer) == 600);
  CHECK(buffer[599] == 'x');
  CHECK(*(*file)->read(buffer) == 400);
  CHECK(*(*file)->read(buffer) == 0);

  REQUIRE(layered.open("d/run").ok());
  const auto missing = layered.open("/d/none");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().message == "/d/none: cannot open: No such file or directory");
  for (const char* path : {"/d/none", "/d", "/d/link", "", "d/run"}) {
    CAPTURE(path);
    const auto none = layered.open(std::string(1, '\0') + path);
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().message == std::string(path) + ": is no file of the packed module");
  }
}

TEST_CASE("layers give what one pack gives", "[layer]") {
  FakeHostFiles files;
  files.file("a/f", "first");
  files.file("a/run", "same", true);
  files.file("a/copy", "shared");
  files.symlink("a/link", "f");
  files.directory("a/void");
  files.file("a/sub/deep/f", "deep");
  files.file("b/f", "second");
  files.file("b/run", "same");
  files.file("b/other", "shared");
  files.symlink("b/link", "run");
  files.file("b/sub/deep/g", "shared");
  files.file("kinds/f/inside", "a directory now");
  files.file("kinds/sub", "a file now");
  files.symlink("kinds/void", "f");
  files.file("kinds/link", "no link");
  files.file("one", "shared");

  const std::vector<Sources> cases = {
      {{"a", "/x"}, {"b", "/y"}},
      {{"a", "/"}, {"b", "/y"}},
      {{"a", "/x"}, {"b", "/"}},
      {{"a", "/x/y/z"}, {"b", "/x"}},
      {{"b", "/x"}, {"a", "/x/sub"}},
      {{"a", "/x/sub"}, {"b", "/x"}},
      {{"a", "/x"}, {"kinds", "/x/sub"}},
      {{"kinds", "/"}, {"a", "/f"}, {"b", "/sub/deep"}},
      {{"a", "/x"}, {"kinds", "/x/sub/deep"}, {"b", "/z"}},
      {{"a", "/a"}, {"one", "/a/f", true}, {"one", "/new/way/one", true}},
      {{"one", "/a/sub", true}, {"a", "/a"}, {"b", "/"}},
  };
  for (const Sources& sources : cases) {
    for (const bool preserve_mtime : {false, true}) {
      ScanOptions options;
      options.preserve_mtime = preserve_mtime;
      const Packed at_once = pack(files, sources, options);
      CAPTURE(at_once.mounts, at_once.error);
      REQUIRE(at_once.error.empty());
      CHECK(pack_one_by_one(files, sources, options) == at_once);
      for (size_t split = 0; split <= sources.size(); ++split) {
        const auto middle = sources.begin() + static_cast<std::ptrdiff_t>(split);
        const Packed first = pack(files, Sources(sources.begin(), middle), options);
        const Packed both = pack(files, Sources(middle, sources.end()), options, &first);
        CHECK(both == at_once);
        CHECK(both.mounts == at_once.mounts);
      }
    }
  }
}

TEST_CASE("the base keeps its times", "[layer]") {
  FakeHostFiles files;
  files.file("a/f", "1");
  files.file("b/f", "2");
  ScanOptions options;
  options.mtime_ns = 5;
  const Packed first = pack(files, {{"a", "/x/a"}}, options);
  options.mtime_ns = 7;
  const Packed both = pack(files, {{"b", "/x/b"}}, options, &first);
  const auto reader = ImageReader::open(both.index, both.contents);
  REQUIRE(reader.ok());
  const auto mtime = [&](const char* path) { return reader->node(*reader->find(path)).mtime_low; };
  CHECK(mtime("/") == 5);
  CHECK(mtime("/x") == 5);
  CHECK(mtime("/x/a/f") == 5);
  CHECK(mtime("/x/b") == 7);
  CHECK(mtime("/x/b/f") == 7);
}

TEST_CASE("a layer warns of what it replaces, and refuses what one pack refuses", "[layer]") {
  FakeHostFiles files;
  files.file("a/f", "1");
  files.file("b/f/inside", "2");
  files.file("m", "3");
  const Packed below = pack(files, {{"a", "/x/y"}});
  CHECK(below.warnings.empty());
  const Packed above = pack(files, {{"b", "/x/y"}}, {}, &below);
  CHECK(above.warnings == Strings{"/x/y/f: a directory takes the place of a file that an earlier "
                                  "--dir or --file put there"});
  const Packed refused = pack(files, {{"m", "/x/y", true}}, {}, &below);
  CHECK(refused.error ==
        "/x/y: a later --dir or --file has a file where an earlier --dir is mounted; leave one of "
        "them out");
  CHECK(refused.error ==
        pack(files, {{"a", "/x/y"}, {"m", "/x", true}}).error.replace(0, 2, "/x/y"));
}

TEST_CASE("a mount given again merges, path by path, and keeps its place", "[layer]") {
  FakeHostFiles files;
  files.file("a/f", "old");
  files.file("a/only", "a");
  files.file("b/f", "new");
  files.file("b/more", "b");
  files.file("o/x", "x");
  const Packed below = pack(files, {{"a", "/a"}, {"o", "/o"}});
  const Packed above = pack(files, {{"b", "/a/."}}, {}, &below);
  CHECK(above.mounts == Strings{"/a", "/o"});
  CHECK(listing(above) ==
        Strings{"/a (mount)", "/o (mount)", "/a/f: new", "/a/more: b", "/a/only: a", "/o/x: x"});
  CHECK(as_text(above.contents) == "newbax");  // without what nothing refers to any more

  // As if the directory had held both from the start.
  files.file("both/f", "new");
  files.file("both/only", "a");
  files.file("both/more", "b");
  CHECK(above == pack(files, {{"both", "/a"}, {"o", "/o"}}));
  // The same once more changes nothing.
  CHECK(pack(files, {{"b", "/a"}}, {}, &above) == above);
  CHECK(pack(files, {{"b", "/a"}, {"b", "/a"}}, {}, &below).error ==
        "guest path /a: given twice; pack the second --dir or --file at another path");
}

TEST_CASE("with replace, a mount given again takes the earlier one's place", "[layer]") {
  FakeHostFiles files;
  files.file("a/f", "old");
  files.file("a/gone/g", "g");
  files.file("a/way/h", "h");
  files.file("n/x", "nested");
  files.file("b/f", "new");
  files.file("one", "1");
  const Packed below = pack(files, {{"a", "/a"}, {"n", "/a/way/n"}, {"n", "/o"}});
  ScanOptions options;
  options.replace = true;
  options.mtime_ns = 7;

  SECTION("but not that of the mounts below it") {
    const Packed above = pack(files, {{"b", "/a"}}, options, &below);
    CHECK(above.mounts == Strings{"/a", "/a/way/n", "/o"});
    CHECK(listing(above) == Strings{"/a (mount)", "/o (mount)", "/a/f: new", "/o/x: nested",
                                    "/a/way/n (mount)", "/a/way/n/x: nested"});
    const auto reader = ImageReader::open(above.index, above.contents);
    const auto mtime = [&](const char* path) {
      return reader->node(*reader->find(path)).mtime_low;
    };
    CHECK(mtime("/a/way") == 7);  // no HOST has it any more
    CHECK(mtime("/a/way/n") == static_cast<uint32_t>(kDefaultMtimeNs));
  }
  SECTION("nor what is given beside it, in any order") {
    const Strings expected{"/a (mount)",    "/o (mount)",       "/a/f: new",
                           "/a/one: 1",     "/o/x: nested",     "/a/new (mount)",
                           "/a/new/f: new", "/a/way/n (mount)", "/a/way/n/x: nested"};
    Sources sources{{"b", "/a"}, {"one", "/a/one", true}, {"b", "/a/new"}};
    std::sort(sources.begin(), sources.end(),
              [](const Source& a, const Source& b) { return a.guest_path < b.guest_path; });
    do {
      Strings found = listing(pack(files, sources, options, &below));
      std::sort(found.begin(), found.end());
      Strings sorted = expected;
      std::sort(sorted.begin(), sorted.end());
      CHECK(found == sorted);
    } while (std::next_permutation(
        sources.begin(), sources.end(),
        [](const auto& a, const auto& b) { return a.guest_path < b.guest_path; }));
  }
  SECTION("the root's too") {
    const Packed root = pack(files, {{"b", "/"}}, options, &below);
    CHECK(listing(root).size() == listing(below).size() + 2);  // merged: / was no mount
    const Packed again = pack(files, {{"n", "/"}}, options, &root);
    CHECK(again.mounts == Strings{"/a", "/a/way/n", "/o", "/"});
    CHECK(listing(again).front() == "/ (mount)");
    CHECK(listing(again).size() == listing(root).size());  // /f went, /x came
  }
  SECTION("where there was none, it merges as ever") {
    ScanOptions merge = options;
    merge.replace = false;
    const Sources sources{{"b", "/a/way"}, {"b", "/new"}, {"one", "/a/f", true}};
    CHECK(pack(files, sources, options, &below) == pack(files, sources, merge, &below));
  }
  SECTION("and equals a pack that never saw the earlier one") {
    const Packed simple = pack(files, {{"a", "/a"}, {"n", "/o"}}, options);
    CHECK(pack(files, {{"b", "/a"}}, options, &simple) ==
          pack(files, {{"b", "/a"}, {"n", "/o"}}, options));
  }
}

TEST_CASE("defaults add up over layers", "[layer]") {
  FakeHostFiles files;
  files.file("a/f", "1");
  const Packed below = pack(files, {{"a", "/a"}}, {}, nullptr, {"", {"-x"}, {"A=1", "B=2"}});
  CHECK(pack(files, {}, {}, &below, {"", {"-y"}, {"C=3", "A=4"}}) ==
        pack(files, {{"a", "/a"}}, {}, nullptr, {"", {"-x", "-y"}, {"A=4", "B=2", "C=3"}}));
}

TEST_CASE("random trees in random layers give what one pack gives", "[layer]") {
  int packed = 0;
  int refused = 0;
  int nothing_new = 0;  // the later layers' bytes were all there
  for (uint32_t seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&](uint32_t limit) { return static_cast<uint32_t>(random() % limit); };
    const auto name = [&] { return std::string(1, static_cast<char>('a' + below(4))); };
    FakeHostFiles files;
    for (uint32_t host = 0; host < 4; ++host) {
      const std::string root = "host" + std::to_string(host);
      files.directory(root);
      for (uint32_t i = below(8); i > 0; --i) {
        // Kinds must not clash within one host: the last letter tells.
        std::string path = root;
        for (uint32_t depth = below(3); depth > 0; --depth) path += '/' + name();
        switch (below(4)) {
          case 0:
            files.directory(path + '/' + name());
            break;
          case 1:
            files.symlink(path + "/e" + std::to_string(below(2)), name());
            break;
          default:
            files
                .file(path + "/f" + std::to_string(below(3)),
                      std::string(below(3), static_cast<char>('0' + below(2))), below(4) == 0)
                .mtime_ns = static_cast<int64_t>(below(1000));
        }
      }
    }
    files.file("single", "0");
    Sources sources;
    for (uint32_t i = 2 + below(3); i > 0; --i) {
      std::string guest;
      for (uint32_t depth = below(4); depth > 0; --depth) guest += '/' + name();
      if (below(5) == 0) {
        if (guest.empty() || below(2) == 0) guest += below(2) == 0 ? "/f1" : "/a";
        sources.push_back({"single", guest, true});
      } else {
        sources.push_back({"host" + std::to_string(below(4)), guest.empty() ? "/" : guest, false});
      }
    }
    // Now and then a file where the way to a mount is, which is refused.
    const std::string& guest = sources[0].guest_path;
    if (const size_t end = guest.rfind('/'); end > 0 && below(4) == 0)
      sources.push_back({"single", guest.substr(0, end), true});
    ScanOptions options;
    options.preserve_mtime = below(2) == 0;
    const Packed at_once = pack(files, sources, options);
    if (at_once.error.find("given twice") != std::string::npos) continue;
    CAPTURE(seed, at_once.error);
    REQUIRE(pack_one_by_one(files, sources, options) == at_once);
    const auto middle = sources.begin() + 1 + below(static_cast<uint32_t>(sources.size() - 1));
    const Packed first = pack(files, Sources(sources.begin(), middle), options);
    REQUIRE(pack(files, Sources(middle, sources.end()), options, &first) == at_once);
    ++(at_once.error.empty() ? packed : refused);
    nothing_new += at_once.error.empty() && first.contents.size() == at_once.contents.size();
  }
  // The cases are there that the test is meant for.
  CHECK(packed > 200);
  CHECK(refused > 5);
  CHECK(nothing_new > 50);
}

}  // namespace
}  // namespace wasm_vfs::image
