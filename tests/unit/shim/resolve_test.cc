// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Paths: known answers, and a comparison with a naive walk over the same tree.

#include <algorithm>
#include <random>
#include "fake_host.h"
#include "naive_tree.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

constexpr Errno kFollowed = Errno::kSuccess;

/// The packer refuses links that may lead out of what it packs, but the shim must know what to do
/// with them: each '@' in a target stands for a slash.
Image image_of_it() {
  Image image = build_image({
      {"file", "F"},           {"d/file", "DF"},          {"d/e/deep", "DEEP"},
      {"d/up", "-> ../file"},  {"d/abs", "-> @d@file"},   {"d/self", "-> self"},
      {"d/dangling", "-> no"}, {"ldir", "-> d/e"},        {"lldir", "-> ldir"},
      {"d/out", "-> ..@.."},   {"d/e/root", "-> ../.."},  {"trail", "-> d/"},
      {"tofile", "-> file/"},  {"d/absup", "-> @..@file"}, {"two", "-> d/e/../file"},
  });
  std::replace(image.index.begin() + image.header.strings_offset, image.index.end(), uint8_t{'@'},
               uint8_t{'/'});
  return image;
}

TEST_CASE("what a path leads to") {
  FakeHost fake(image_of_it());
  const int32_t fd = root();
  const int32_t sub = open(fd, "d");
  struct Case {
    int32_t fd;
    std::string path;
    Errno error;
    std::string same_as;  // from the root
  };
  const std::vector<Case> cases = {
      {fd, "file", kFollowed, "file"},
      {fd, "./file", kFollowed, "file"},
      {fd, "d//file", kFollowed, "d/file"},
      {fd, "d/./e/./deep", kFollowed, "d/e/deep"},
      {fd, "d/", kFollowed, "d"},
      {fd, "d/.", kFollowed, "d"},
      {fd, "d/e/..", kFollowed, "d"},
      {fd, "d/e/../file", kFollowed, "d/file"},
      {fd, "d/..", kFollowed, "."},
      {fd, ".", kFollowed, "."},
      {fd, "./", kFollowed, "."},
      {fd, "file/", Errno::kNotdir, ""},
      {fd, "file/.", Errno::kNotdir, ""},
      {fd, "file/..", Errno::kNotdir, ""},
      {fd, "file/x", Errno::kNotdir, ""},
      {fd, "file/../d", Errno::kNotdir, ""},
      {fd, "no", Errno::kNoent, ""},
      {fd, "no/", Errno::kNoent, ""},
      {fd, "no/../file", Errno::kNoent, ""},
      {fd, "no/x/y", Errno::kNoent, ""},
      {fd, "d/no/..", Errno::kNoent, ""},
      {fd, "", Errno::kNoent, ""},
      {fd, "..", Errno::kPerm, ""},
      {fd, "../file", Errno::kPerm, ""},
      {fd, "d/../../file", Errno::kPerm, ""},
      {fd, "/file", Errno::kPerm, ""},
      {fd, "/", Errno::kPerm, ""},
      {fd, "//file", Errno::kPerm, ""},
      // Links.
      {fd, "ldir/deep", kFollowed, "d/e/deep"},
      {fd, "lldir/deep", kFollowed, "d/e/deep"},
      {fd, "lldir/../file", kFollowed, "d/file"},
      {fd, "lldir", kFollowed, "d/e"},
      {fd, "d/up", kFollowed, "file"},
      {fd, "d/abs", kFollowed, "d/file"},
      {fd, "d/absup", kFollowed, "file"},
      {fd, "two", kFollowed, "d/file"},
      {fd, "trail", kFollowed, "d"},
      {fd, "trail/file", kFollowed, "d/file"},
      {fd, "tofile", Errno::kNotdir, ""},
      {fd, "d/e/root/file", kFollowed, "file"},
      {fd, "d/dangling", Errno::kNoent, ""},
      {fd, "d/dangling/x", Errno::kNoent, ""},
      {fd, "d/self", Errno::kLoop, ""},
      {fd, "d/self/x", Errno::kLoop, ""},
      {fd, "d/out", Errno::kPerm, ""},
      {fd, "d/out/file", Errno::kPerm, ""},
      // From a directory below: `..` does not leave it, an absolute link does.
      {sub, "file", kFollowed, "d/file"},
      {sub, "e/deep", kFollowed, "d/e/deep"},
      {sub, ".", kFollowed, "d"},
      {sub, "e/..", kFollowed, "d"},
      {sub, "..", Errno::kPerm, ""},
      {sub, "e/../../file", Errno::kPerm, ""},
      {sub, "up", Errno::kPerm, ""},
      {sub, "abs", kFollowed, "d/file"},
      {sub, "absup", kFollowed, "file"},
      {sub, "e/root", Errno::kPerm, ""},
      {sub, "no", Errno::kNoent, ""},
      {sub, "file/x", Errno::kNotdir, ""},
      // Bytes.
      {fd, std::string("file\0", 5), Errno::kInval, ""},
      {fd, "\xff", Errno::kIlseq, ""},
      {fd, "d/\xc3", Errno::kIlseq, ""},
      {fd, "\xc0\xaf", Errno::kIlseq, ""},
      {fd, "\xed\xa0\x80", Errno::kIlseq, ""},
      {fd, "\xf4\x90\x80\x80", Errno::kIlseq, ""},
      {fd, "\xf0\x9f\x98\x80", Errno::kNoent, ""},
      {fd, std::string(255, 'n'), Errno::kNoent, ""},
      {fd, std::string(256, 'n'), Errno::kNametoolong, ""},
      {fd, "d/" + std::string(256, 'n'), Errno::kNametoolong, ""},
      {fd, "no/" + std::string(256, 'n'), Errno::kNoent, ""},
      {fd, "./" + std::string(4093, '/'), kFollowed, "."},
      {fd, "./" + std::string(4094, '/'), Errno::kNametoolong, ""},
      {fd, std::string(70000, 'n'), Errno::kNametoolong, ""},
  };
  for (const Case& one : cases) {
    INFO((one.fd == fd ? "root " : "d ") << one.path.substr(0, 100));
    Filestat got, expected;
    CHECK(stat(one.fd, one.path, got) == one.error);
    if (one.error != Errno::kSuccess) continue;
    REQUIRE(stat(fd, one.same_as, expected) == Errno::kSuccess);
    CHECK(got.inode == expected.inode);
  }
}

TEST_CASE("a link at the end is followed only when asked, or when a slash follows") {
  FakeHost fake(image_of_it());
  Filestat filestat;
  CHECK(stat(root(), "ldir", filestat, false) == Errno::kSuccess);
  CHECK(filestat.filetype == 7);
  CHECK(stat(root(), "ldir/", filestat, false) == Errno::kSuccess);
  CHECK(filestat.filetype == 3);
  CHECK(stat(root(), "lldir/root", filestat, false) == Errno::kSuccess);
  CHECK(filestat.filetype == 7);
  CHECK(stat(root(), "d/self", filestat, false) == Errno::kSuccess);
  CHECK(stat(root(), "d/dangling", filestat, false) == Errno::kSuccess);
}

TEST_CASE("forty links are followed, one more is a loop") {
  Files files = {{"l0", "end"}};
  for (int i = 1; i <= 41; ++i) files.emplace_back("l" + std::to_string(i), "-> l" + std::to_string(i - 1));
  FakeHost fake(build_image(files));
  CHECK(stat(root(), "l40") == Errno::kSuccess);
  CHECK(stat(root(), "l41") == Errno::kLoop);
}

TEST_CASE("links that grow a path beyond all bounds end") {
  // Each use of `x` brings a long tail, and itself again.
  FakeHost fake(build_image({{"d/x", "-> x/" + std::string(1000, '.') + "/y"}, {"d/e/f", ""}}));
  const Errno error = stat(root(), "d/x");
  CHECK((error == Errno::kLoop || error == Errno::kNametoolong));
}

TEST_CASE("random paths over random trees lead where a naive walk leads") {
  std::mt19937 random(7);
  const auto pick = [&](size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random); };
  const std::vector<std::string> names = {"a", "b", "c", "dd", "e"};
  for (int round = 0; round < 60; ++round) {
    NaiveTree naive;
    naive.items[""] = {3, ""};
    std::vector<std::string> directories = {""};
    Files files;
    for (int i = 0; i < 25; ++i) {
      const std::string above = directories[pick(directories.size())];
      const std::string path = (above.empty() ? "" : above + '/') + names[pick(names.size())];
      if (naive.items.count(path) != 0 || std::count(path.begin(), path.end(), '/') > 4) continue;
      switch (pick(4)) {
        case 0:
        case 1:
          naive.items[path] = {3, ""};
          directories.push_back(path);
          files.emplace_back(path + '/', "");
          break;
        case 2:
          naive.items[path] = {4, ""};
          files.emplace_back(path, path);
          break;
        default: {
          // A target that stays in the tree, as the packer demands: as far up as the link is deep.
          const auto depth = static_cast<size_t>(std::count(path.begin(), path.end(), '/'));
          std::string target;
          for (size_t up = pick(depth + 1); up > 0; --up) target += "../";
          target += names[pick(names.size())];
          if (pick(2) == 0) target += "/" + names[pick(names.size())];
          naive.items[path] = {7, target};
          files.emplace_back(path, "-> " + target);
        }
      }
    }
    FakeHost fake(build_image(files));
    for (int i = 0; i < 400; ++i) {
      std::string path;
      for (size_t parts = pick(6) + 1; parts > 0; --parts) {
        const size_t kind = pick(9);
        path += kind == 0 ? "." : kind == 1 ? ".." : kind == 2 ? "" : names[pick(names.size())];
        if (parts > 1 || pick(5) == 0) path += '/';
      }
      const bool follow = pick(2) == 0;
      const std::string base = directories[pick(directories.size())];
      const int32_t fd = base.empty() ? root() : open(root(), base);
      REQUIRE(fd >= 0);
      INFO("from '" << base << "' to '" << path << "'" << (follow ? ", followed" : ""));
      std::string found;
      const Errno expected = naive.find(base, path, follow, found);
      Filestat got, same;
      CHECK(stat(fd, path, got, follow) == expected);
      if (expected == Errno::kSuccess) {
        REQUIRE(stat(root(), found.empty() ? "." : found, same, false) == Errno::kSuccess);
        CHECK(got.inode == same.inode);
        CHECK(got.filetype == naive.items.at(found).type);
      }
      if (!base.empty()) fd_close(fd);
    }
  }
}

}  // namespace
}  // namespace wasm_vfs::runtime
