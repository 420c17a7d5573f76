// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/image/builder.cc. That the index means what it should is reader_test.cc's part.

#include "image/builder.h"

#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <random>

#include "image/fake_host_files.h"
#include "testing/catch.h"

namespace wasm_vfs::image {
namespace {

Image build_at(const FakeHostFiles& files, const std::string& guest_path, unsigned threads = 1) {
  static std::deque<Tree> trees;  // the images refer to them
  auto tree = scan({{"d", guest_path}}, {}, files);
  REQUIRE(tree.ok());
  trees.push_back(*std::move(tree));
  auto image = build(trees.back(), files, threads);
  REQUIRE(image.ok());
  return *std::move(image);
}

struct Contents {
  std::string bytes;
  ContentsSums sums;
};

Contents contents_of(const Image& image, const HostFiles& files) {
  Contents contents;
  const auto sums = write_contents(image, files, [&](Bytes block) {
    contents.bytes += as_text(block);
    return ok_status();
  });
  REQUIRE(sums.ok());
  contents.sums = *sums;
  CHECK(sums->contents == digest_of(as_bytes(contents.bytes)));
  REQUIRE(sums->files.size() == image.extents.size());
  size_t offset = 0;
  for (size_t i = 0; i < image.extents.size(); ++i) {
    const Bytes file = as_bytes(contents.bytes).subspan(offset, image.extents[i].size);
    CHECK(sums->files[i] == shorten(digest_of(file)));
    offset += file.size();
  }
  return contents;
}

std::string error_of_writing(const Image& image, const HostFiles& files) {
  const auto written = write_contents(image, files, [](Bytes) { return ok_status(); });
  return written.ok() ? "no error" : written.error().message;
}

TEST_CASE("contents are the files' bytes, directory by directory", "[builder]") {
  FakeHostFiles files;
  files.file("d/a/inner", "four");
  files.file("d/b", "1");
  files.file("d/c", "");
  files.file("d/d", "333");
  const Image image = build_at(files, "/d");
  const Contents contents = contents_of(image, files);
  CHECK(contents.bytes == "1333four");
  CHECK(image.contents_size == 8);
  CHECK(image.header.contents_size == 8);
  CHECK(image.header.index_size == image.index.size());
  CHECK(image.statistics.files == 4);
  CHECK(image.statistics.directories == 2);
  CHECK(image.statistics.symlinks == 0);
  CHECK(image.statistics.file_bytes == 8);
  CHECK(image.statistics.shared_files == 0);

  const XXH128_hash_t hash = XXH3_128bits("1333four", 8);
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, hash);
  CHECK(std::equal(contents.sums.contents.begin(), contents.sums.contents.end(), canonical.digest));
}

TEST_CASE("equal contents are stored once", "[builder]") {
  FakeHostFiles files;
  const std::string big(700'000, 'x');  // more than one block
  files.file("d/a", big);
  files.file("d/b", big.substr(1) + 'y');
  files.file("d/c", big);
  files.file("d/e/f", big);
  files.file("d/short", "1");
  const Image image = build_at(files, "/d");
  CHECK(contents_of(image, files).bytes == big + big.substr(1) + "y1");
  CHECK(image.statistics.file_bytes == 4 * 700'000 + 1);
  CHECK(image.statistics.shared_files == 2);
  CHECK(image.statistics.shared_bytes == 2 * 700'000);
  CHECK(image.extents.size() == 3);
}

TEST_CASE("files of a size of their own are not read by the build", "[builder]") {
  FakeHostFiles files;
  files.file("d/a", "1");
  files.file("d/b", "22");
  files.file("d/c", "333");
  files.file("d/empty", "");
  files.file("d/empty2", "");
  build_at(files, "/d");
  CHECK(files.opened() == 0);
}

TEST_CASE("the number of threads changes nothing", "[builder]") {
  FakeHostFiles files;
  std::mt19937 random(1);
  for (int i = 0; i < 500; ++i) {
    const std::string name = "d/" + std::to_string(random() % 20) + "/" + std::to_string(i);
    files.file(name, std::string(random() % 50 * 1000, static_cast<char>('a' + random() % 2)));
  }
  const Image one = build_at(files, "/d", 1);
  const Image eight = build_at(files, "/d", 8);
  CHECK(one.statistics.shared_files > 300);
  CHECK(one.index == eight.index);
  CHECK(contents_of(one, files).sums.contents == contents_of(eight, files).sums.contents);

  const auto listed = files.list("d/7");
  REQUIRE(listed.ok());
  const auto not_empty = std::find_if(listed->begin(), listed->end(),
                                      [](const HostEntry& entry) { return entry.stat.size > 0; });
  REQUIRE(not_empty != listed->end());
  files.deny("d/7/" + not_empty->name);
  const auto tree = scan({{"d", "/d"}}, {}, files);
  const std::string message = build(*tree, files, 1).error().message;
  CHECK(message == "d/7/" + not_empty->name + ": cannot open: Permission denied");
  CHECK(build(*tree, files, 8).error().message == message);
}

TEST_CASE("the host's names of the directories do not matter", "[builder]") {
  FakeHostFiles here;
  here.file("d/a", "1");
  here.file("d/b/c", "22");
  FakeHostFiles there;
  there.file("some/where/else/b/c", "22");
  there.file("some/where/else/a", "1");
  const auto tree = scan({{"some/where/else", "/d"}}, {}, there);
  CHECK(build(*tree, there)->index == build_at(here, "/d").index);
}

TEST_CASE("a file that changes while it is packed is an error", "[builder]") {
  // Read together with others; just one block; several.
  const size_t size = GENERATE(4u, 262'144u, 300'000u);
  const std::string old(size, 'o');
  const std::string changed = ": changed while it was packed: it had " + std::to_string(size) +
                              " bytes when the directory was scanned; pack again when nothing "
                              "writes to it";
  const std::string others[] = {"", old.substr(1), old + 'o', std::string(600'000, 'o')};
  SECTION("before the build reads it") {
    for (const std::string& now : others) {
      CAPTURE(now.size());
      FakeHostFiles files;
      files.file("d/a", old);
      files.file("d/b", old);
      const auto tree = scan({{"d", "/d"}}, {}, files);
      files.file("d/b", now);
      const auto image = build(*tree, files);
      REQUIRE_FALSE(image.ok());
      CHECK(image.error().message == "d/b" + changed);
    }
  }
  SECTION("before it is written") {
    for (const std::string& now : others) {
      CAPTURE(now.size());
      FakeHostFiles files;
      files.file("d/a", old);
      const Image image = build_at(files, "/d");
      files.file("d/a", now);
      CHECK(error_of_writing(image, files) == "d/a" + changed);
    }
  }
  SECTION("with the same size, where the build read it") {
    FakeHostFiles files;
    files.file("d/a", old);
    files.file("d/b", old);
    const Image image = build_at(files, "/d");
    files.file("d/a", std::string(size, 'n'));
    CHECK(error_of_writing(image, files) == "d/a" + changed);
  }
}

TEST_CASE("of large files of one size, only those with one start are read whole", "[builder]") {
  FakeHostFiles files;
  const std::string start(20'000, 's');
  files.file("d/a", "1" + start);
  files.file("d/b", start + "2");
  files.file("d/c", start + "3");
  files.file("d/d", start + "2");
  const Image image = build_at(files, "/d", 2);
  CHECK(files.opened() == 4 + 3 + 2);  // starts, wholes, and one comparison
  CHECK(image.statistics.shared_files == 1);
  REQUIRE(image.extents.size() == 3);
  CHECK_FALSE(image.extents[0].digest.has_value());
  CHECK(image.extents[1].digest.has_value());
  CHECK((contents_of(image, files).bytes == "1" + start + start + "2" + start + "3"));
}

TEST_CASE("equal hashes are not taken for equal bytes", "[builder]") {
  // Two files of equal hash cannot be had; a file that changes after it was hashed can.
  FakeHostFiles files;
  files.file("d/a", "same");
  files.file("d/b", "same");
  files.before_open = [&, opened = 0](const std::string& path) mutable {
    if (path == "d/b" && ++opened == 2) files.file("d/b", "else");
  };
  const Image image = build_at(files, "/d");
  CHECK(image.statistics.shared_files == 0);
  CHECK(image.extents.size() == 2);
}

TEST_CASE("the bytes do not depend on how the files are read", "[builder]") {
  // Sizes around a block (256 KiB), above which a file is read by itself, and enough small files for
  // more than one batch (2 MiB).
  FakeHostFiles files;
  std::mt19937 random(1);
  std::vector<size_t> sizes = {0, 1, 262'142, 262'143, 262'144, 262'145, 600'000};
  for (int i = 0; i < 30; ++i) sizes.push_back(random() % 200'000);
  std::string expected;
  for (size_t i = 0; i < sizes.size(); ++i) {
    std::string bytes(sizes[i], '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    files.file("d/" + std::to_string(100 + i), bytes);
    expected += bytes;
  }
  const Image image = build_at(files, "/d");
  const Contents contents = contents_of(image, files);
  CHECK((contents.bytes == expected));
  SECTION("by several threads") {}
  SECTION("in small pieces") { files.largest_read = 1000; }
  std::string bytes;
  const auto sums = write_contents(
      image, files,
      [&](Bytes block) {
        bytes += as_text(block);
        return ok_status();
      },
      3);
  REQUIRE(sums.ok());
  CHECK(sums->contents == contents.sums.contents);
  CHECK(sums->files == contents.sums.files);
  CHECK((bytes == expected));
}

TEST_CASE("of several files that changed, the first is named", "[builder]") {
  FakeHostFiles files;
  for (int i = 10; i < 60; ++i) files.file("d/" + std::to_string(i), std::to_string(i));
  const Image image = build_at(files, "/d");
  files.file("d/33", "longer");
  files.file("d/44", "");
  const auto written = write_contents(image, files, [](Bytes) { return ok_status(); }, 3);
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().message.starts_with("d/33: changed while it was packed"));
}

TEST_CASE("errors of the sink and of reading end the writing", "[builder]") {
  FakeHostFiles files;
  files.file("d/a", "1");
  files.file("d/b", "22");
  const Image image = build_at(files, "/d");
  const auto full = [](Bytes) -> Status { return Error{"out.wasm: No space left on device"}; };
  CHECK(write_contents(image, files, full).error().message == "out.wasm: No space left on device");
  files.deny("d/b");
  CHECK(error_of_writing(image, files) == "d/b: cannot open: Permission denied");
}

TEST_CASE("too much is an error that names the largest files, before anything is read",
          "[builder]") {
  FakeHostFiles files;
  for (uint64_t i = 1; i <= 7; ++i) {
    files.file("d/" + std::to_string(i), "").size = i * 200'000'000;
  }
  const auto tree = scan({{"d", "/d"}}, {}, files);
  const auto image = build(*tree, files);
  REQUIRE_FALSE(image.ok());
  CHECK(image.error().message ==
        "the files to pack take 5600000472 bytes; a module can hold less than 4278190080; the "
        "largest "
        "files: /d/7 (1400000000 bytes), /d/6 (1200000000 bytes), /d/5 (1000000000 bytes), /d/4 "
        "(800000000 bytes), /d/3 (600000000 bytes)");
  CHECK(files.opened() == 0);
}

TEST_CASE("the limit counts index and contents", "[builder]") {
  FakeHostFiles files;
  HostStat& file = files.file("d/big", "");
  file.size = 1;
  const uint64_t index_size = build_at(files, "/d").index.size();
  file.size = kMaxImageSize - index_size - 1;
  CHECK(build_at(files, "/d").contents_size == file.size);
  file.size += 1;
  CHECK_FALSE(build(*scan({{"d", "/d"}}, {}, files), files).ok());
  file.size = ~uint64_t{0} / 2;
  CHECK_FALSE(build(*scan({{"d", "/d"}}, {}, files), files).ok());
}

TEST_CASE("defaults count, and are refused where no guest could be given them", "[builder]") {
  FakeHostFiles files;
  files.file("d/big", "").size = 1;
  auto tree = scan({{"d", "/d"}}, {}, files);
  const auto plain = build(*tree, files);
  tree->defaults = {"a", {"b"}, {"N=V"}};
  const auto image = build(*tree, files);
  REQUIRE(image.ok());
  CHECK(image->index.size() == plain->index.size() + 8);
  tree->root.children[0].children[0].size = kMaxImageSize - plain->index.size() - 8;
  CHECK_FALSE(build(*tree, files).ok());
  tree->defaults.environment = {"N"};
  CHECK(build(*tree, files).error().message == "--env 'N': is not NAME=VALUE");
}

TEST_CASE("check_max_size names the largest files", "[builder]") {
  FakeHostFiles files;
  files.file("d/a", "1");
  files.file("d/b", "22");
  const Image image = build_at(files, "/d");
  CHECK(check_max_size(image, 100, 100).ok());
  CHECK(check_max_size(image, 101, 100).error().message ==
        "the packed module takes 101 bytes, more than --max-size 100; the largest files: /d/b (2 "
        "bytes), /d/a (1 bytes)");
}

TEST_CASE("nothing but the root is an image too", "[builder]") {
  FakeHostFiles files;
  files.directory("d");
  const Image image = build_at(files, "/");
  CHECK(image.header.node_count == 1);
  CHECK(image.contents_size == 0);
  CHECK(image.statistics.directories == 0);
}

TEST_CASE("100,000 files take at most 40 bytes each besides their names, and little time",
          "[builder]") {
  Tree tree;
  uint64_t name_bytes = 0;
  for (int d = 0; d < 1000; ++d) {
    Entry directory;
    directory.name = "directory-" + std::to_string(1000 + d);
    for (int f = 0; f < 100; ++f) {
      Entry file;
      file.name = "file-" + std::to_string(1000 + f) + ".txt";
      file.kind = NodeKind::kFile;
      file.size = static_cast<uint64_t>(1 + d * 100 + f);
      name_bytes += file.name.size();
      directory.children.push_back(std::move(file));
    }
    name_bytes += directory.name.size();
    tree.root.children.push_back(std::move(directory));
  }
  // 5 GB in all: more than fit, so make the sizes small enough; empty files are not read.
  for (Entry& directory : tree.root.children) {
    for (Entry& file : directory.children) file.size = file.size % 1000 == 7 ? file.size : 0;
  }
  FakeHostFiles files;
  const auto start = std::chrono::steady_clock::now();
  const auto image = build(tree, files);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  REQUIRE(image.ok());
  CHECK(image->index.size() <= 40 * 101'001 + name_bytes);
  INFO("index of 100,000 files: " << image->index.size() << " bytes in " << seconds.count()
                                  << " s");
  CHECK(seconds.count() < 5);  // 0.1 in a release build; sanitizers are slow
}

}  // namespace
}  // namespace wasm_vfs::image
