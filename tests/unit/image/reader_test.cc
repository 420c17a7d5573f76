// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests lib/image/reader.cc: what the builder made is read back; what is broken is named; and the
// worked example of docs/image-format.md is what the builder makes.

#include "image/reader.h"

#include <cstddef>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <random>
#include <sstream>

#include "image/builder.h"
#include "image/fake_host_files.h"
#include "image/read_back.h"
#include "testing/catch.h"

namespace wasm_vfs::image {
namespace {

struct Segments {
  ByteBuffer index;
  ByteBuffer contents;
};

Segments pack(const FakeHostFiles& files, const std::vector<Source>& sources,
              const ScanOptions& options = {}, const Defaults& defaults = {}) {
  auto tree = scan(sources, options, files);
  REQUIRE(tree.ok());
  tree->defaults = defaults;
  const auto image = build(*tree, files);
  REQUIRE(image.ok());
  Segments segments{image->index, {}};
  const auto written = write_contents(*image, files, [&](Bytes block) {
    append(segments.contents, block);
    return ok_status();
  });
  REQUIRE(written.ok());
  return segments;
}

/// The tree of the worked example in docs/image-format.md.
Segments example() {
  FakeHostFiles files;
  files.file("static/a.txt", "hello\n");
  files.file("static/b.sh", "hello\n", true);
  files.symlink("static/link", "a.txt");
  files.file("static/sub/c", "!\n");
  return pack(files, {{"static", "/static"}}, {}, {"app.wasm", {"serve"}, {"LANG=C"}});
}

TEST_CASE("an image is read back", "[reader]") {
  FakeHostFiles files;
  files.file("one/a", "aaa").mtime_ns = 0x123456789abcdef0;
  files.file("one/run", "!", true);
  files.file("one/empty", "");
  files.file("one/sub/copy", "aaa");
  files.symlink("one/sub/up", "../a");
  files.directory("one/void");
  files.file("two/x", "xx");
  ScanOptions options;
  options.preserve_mtime = true;
  const Segments segments = pack(files, {{"one", "/m/one"}, {"two", "/"}}, options);
  const auto reader = ImageReader::open(segments.index, segments.contents);
  REQUIRE(reader.ok());

  std::vector<std::string> paths;
  for (uint32_t i = 0; i < reader->node_count(); ++i) {
    paths.push_back(reader->path(i));
    CHECK(reader->find(reader->path(i)) == i);
  }
  CHECK(paths == std::vector<std::string>{"/", "/m", "/x", "/m/one", "/m/one/a", "/m/one/empty",
                                          "/m/one/run", "/m/one/sub", "/m/one/void",
                                          "/m/one/sub/copy", "/m/one/sub/up"});
  const auto at = [&](const char* path) { return *reader->find(path); };
  const auto bytes = [&](const char* path) { return read_back(*reader, at(path)); };
  CHECK(bytes("/m/one/a") == "aaa");
  CHECK(bytes("/m/one/sub/copy") == "aaa");
  CHECK(bytes("/m/one/empty").empty());
  CHECK(bytes("/x") == "xx");
  CHECK(reader->node(at("/m/one/a")).data == reader->node(at("/m/one/sub/copy")).data);
  CHECK(reader->node(at("/m/one/a")).mtime_low == 0x9abcdef0);
  CHECK(reader->node(at("/m/one/a")).mtime_high == 0x12345678);
  CHECK(reader->node(at("/m/one/run")).kind_and_flags == (1 | kExecutable));
  CHECK(reader->node(at("/m/one/a")).kind_and_flags == 1);
  CHECK(reader->target(at("/m/one/sub/up")) == "../a");
  CHECK(reader->name(at("/m/one/sub")) == "sub");
  CHECK(reader->name(kRootNode).empty());
  CHECK(reader->node(at("/m/one")).size == 5);
  CHECK(reader->node(at("/m/one/void")).size == 0);
  REQUIRE(reader->mount_count() == 2);
  CHECK(reader->mount(0) == at("/m/one"));
  CHECK(reader->mount(1) == kRootNode);

  for (const char* missing : {"", "x", "/y", "//", "/m/", "/m/one/", "/m/one/sub/up/", "/m/one/b",
                              "/m/on", "/m//one", "/./m", "/m/one/a/b"}) {
    CAPTURE(missing);
    CHECK_FALSE(reader->find(missing).has_value());
  }
}

TEST_CASE("every path of a large tree is found, at any address", "[reader]") {
  FakeHostFiles files;
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string path = "d";
    for (uint32_t depth = random() % 4; depth > 0; --depth)
      path += "/" + std::to_string(random() % 9);
    files.file(path + "/f" + std::to_string(random()), "");
  }
  Segments segments = pack(files, {{"d", "/d"}});
  segments.index.insert(segments.index.begin(), 0);  // so that nothing is aligned
  const auto reader = ImageReader::open(Bytes(segments.index).subspan(1), segments.contents);
  REQUIRE(reader.ok());
  REQUIRE(reader->node_count() > 20'000);
  uint32_t found = 0;
  for (uint32_t i = 0; i < reader->node_count(); ++i) found += reader->find(reader->path(i)) == i;
  CHECK(found == reader->node_count());
  for (int i = 0; i < 1000; ++i) {
    const std::string missing = "/d/f" + std::to_string(random()) + "x";
    REQUIRE_FALSE(reader->find(missing).has_value());
  }
}

TEST_CASE("paths of equal hash are told apart", "[reader]") {
  // Of so many names a few have hashes whose upper 32 bits agree.
  FakeHostFiles files;
  std::vector<std::string> names;
  for (int i = 0; i < 200'000; ++i) {
    names.push_back(std::to_string(i));
    files.file("d/" + names.back(), "");
  }
  const Segments segments = pack(files, {{"d", "/"}});
  const auto reader = ImageReader::open(segments.index, segments.contents);
  REQUIRE(reader.ok());
  const IndexHeader& header = reader->header();
  uint32_t equal = 0;
  for (uint32_t i = 0; i + 1 < header.slot_count; ++i) {
    Slot pair[2];
    std::memcpy(pair, segments.index.data() + header.slots_offset + i * sizeof(Slot), sizeof pair);
    if (pair[1].node != kNoNode && pair[0].hash == pair[1].hash) ++equal;
  }
  CHECK(equal > 0);  // 4.7 are to be expected
  uint32_t found = 0;
  for (const std::string& name : names) {
    const auto node = reader->find("/" + name);
    found += node.has_value() && reader->name(*node) == name;
  }
  CHECK(found == names.size());
}

/// Asks for all that an open reader answers; for sanitizers to watch.
void walk(const ImageReader& reader) {
  for (uint32_t i = 0; i < reader.node_count(); ++i) {
    const std::string path = reader.path(i);
    REQUIRE(reader.find(path) == i);
    switch (kind_of(reader.node(i))) {
      case NodeKind::kFile:
        REQUIRE(read_back(reader, i).size() == reader.node(i).size);
        break;
      case NodeKind::kSymlink:
        REQUIRE_FALSE(reader.target(i).empty());
        break;
      case NodeKind::kDirectory:
        break;
    }
  }
  for (uint32_t i = 0; i < reader.mount_count(); ++i)
    REQUIRE(reader.mount(i) < reader.node_count());
}

TEST_CASE("an index cut anywhere is refused", "[reader]") {
  const Segments segments = example();
  for (size_t size = 0; size < segments.index.size(); ++size) {
    CAPTURE(size);
    REQUIRE_FALSE(ImageReader::open(Bytes(segments.index).first(size), segments.contents).ok());
  }
  CHECK_FALSE(ImageReader::open(segments.index, Bytes(segments.contents).first(7)).ok());
}

TEST_CASE("an index with any changed byte is refused or still sound", "[reader]") {
  const Segments segments = example();
  int refused = 0;
  for (size_t at = 0; at < segments.index.size(); ++at) {
    for (int change : {1, 2, 0x80, 0xff}) {
      ByteBuffer index = segments.index;
      index[at] = static_cast<uint8_t>(index[at] ^ change);
      const auto reader = ImageReader::open(index, segments.contents);
      if (reader.ok()) {
        walk(*reader);
      } else {
        ++refused;
      }
    }
  }
  // What may change is times, executable bits, offsets of files, and the strings of targets.
  CHECK(refused > static_cast<int>(segments.index.size()) * 3);
}

/// Changes the example by hand.
class Broken {
 public:
  template <typename Change>
  Broken& header(Change change) {
    return at<IndexHeader>(0, change);
  }
  template <typename Change>
  Broken& node(uint32_t i, Change change) {
    return at<Node>(original().nodes_offset + i * sizeof(Node), change);
  }
  template <typename Change>
  Broken& slot(uint32_t i, Change change) {
    return at<Slot>(original().slots_offset + i * sizeof(Slot), change);
  }
  template <typename Change>
  Broken& mount(Change change) {
    return at<Mount>(original().mounts_offset, change);
  }
  Broken& string(size_t offset, char c) {
    segments_.index[original().strings_offset + offset] = static_cast<uint8_t>(c);
    return *this;
  }
  Broken& argument(size_t offset, char c) { return string(35 + offset, c); }
  Broken& variable(size_t offset, char c) { return string(35 + 15 + offset, c); }

  /// Puts bytes in, and lets the offsets and sizes in the header count them.
  Broken& insert(size_t offset, std::initializer_list<uint8_t> bytes) {
    segments_.index.insert(segments_.index.begin() + static_cast<std::ptrdiff_t>(offset), bytes);
    const auto size = static_cast<uint32_t>(bytes.size());
    return header([&](IndexHeader& h) {
      h.index_size += size;
      h.strings_offset += size;
      h.arguments_offset += size;
      h.environment_offset += size;
      if (offset <= h.mounts_offset) h.mounts_offset += size;
    });
  }

  std::string message() const {
    const auto reader = ImageReader::open(segments_.index, segments_.contents);
    return reader.ok() ? "no error" : reader.error().message;
  }

  IndexHeader original() const {
    IndexHeader header;
    std::memcpy(&header, original_.index.data(), sizeof header);
    return header;
  }

 private:
  template <typename T, typename Change>
  Broken& at(size_t offset, Change change) {
    T value;
    std::memcpy(&value, segments_.index.data() + offset, sizeof value);
    change(value);
    std::memcpy(segments_.index.data() + offset, &value, sizeof value);
    return *this;
  }

  const Segments original_ = example();
  Segments segments_ = original_;
};

TEST_CASE("what is broken is named, with its offset", "[reader]") {
  // Nodes: 0 /, 1 static, 2 a.txt, 3 b.sh, 4 link, 5 sub, 6 sub/c.
  using H = IndexHeader;
  CHECK(Broken().message() == "no error");
  CHECK(Broken().header([](H& h) { h.magic = 1; }).message() ==
        "index, header (offset 0x0): these 449 bytes do not begin as an index does");
  CHECK(Broken().header([](H& h) { h.version = 3; }).message() ==
        "index, header (offset 0x8): version 3; this wasm-vfs reads versions 1 and 2, use one that is as "
        "new "
        "as the image");
  CHECK(Broken().header([](H& h) { h.index_size += 1; }).message() ==
        "index, header (offset 0xc): index_size is 450, expected 449");
  CHECK(Broken().header([](H& h) { h.contents_size = 9; }).message() ==
        "index, header (offset 0x10): contents_size is 9, expected 8");
  CHECK(Broken().header([](H& h) { h.node_count = 0xffffffff; }).message() ==
        "index, header (offset 0x24): slots_offset is 276, expected 120259084340");
  CHECK(Broken().header([](H& h) { h.strings_size -= 1; }).message() ==
        "index, header (offset 0x40): arguments_offset is 427, expected 426");
  CHECK(Broken().header([](H& h) { h.arguments_size += 1; }).message() ==
        "index, header (offset 0x4c): environment_offset is 442, expected 443");
  CHECK(Broken().header([](H& h) { h.environment_size = 0xffffffff; }).message() ==
        "index, header (offset 0xc): index_size is 449, expected 4294967737");
  CHECK(Broken().header([](H& h) { h.home_count = 0; }).message() ==
        "index, header (offset 0x1c): must not be 0");
  CHECK(Broken().header([](H& h) { h.home_count += 1; }).message().find("slot") !=
        std::string::npos);

  CHECK(Broken().node(0, [](Node& n) { n.kind_and_flags = 1; }).message() ==
        "index, node 0 (offset 0x50): the root is not a directory");
  CHECK(Broken().node(0, [](Node& n) { n.parent = 1; }).message() ==
        "index, node 0 (offset 0x50): the root has a parent");
  CHECK(Broken().node(0, [](Node& n) { n.data = 0; }).message() ==
        "index, node 0 (offset 0x50): its first child is node 0, expected 1");
  CHECK(Broken().node(0, [](Node& n) { n.size = 0; }).message() ==
        "index, node 1 (offset 0x6c): lies in no directory");
  CHECK(Broken().node(0, [](Node& n) { n.size = 0xffffffff; }).message() ==
        "index, node 0 (offset 0x50): more children than nodes");
  CHECK(Broken().node(1, [](Node& n) { n.size = 3; }).message() ==
        "index, node 5 (offset 0xdc): lies in no directory");
  CHECK(Broken().node(1, [](Node& n) { n.parent = 1; }).message() ==
        "index, node 1 (offset 0x6c): its parent does not come before it");
  CHECK(Broken().node(3, [](Node& n) { n.parent = 2; }).message() ==
        "index, node 3 (offset 0xa4): its parent, node 2, does not list it");
  CHECK(Broken().node(3, [](Node& n) { n.string_offset = 0xffffffff; }).message() ==
        "index, node 3 (offset 0xa4): its string or name has an impossible size or offset");
  CHECK(Broken().node(3, [](Node& n) { n.name_size -= 1; }).message() ==
        "index, node 3 (offset 0xa4): its string or name has an impossible size or offset");
  CHECK(Broken().node(3, [](Node& n) { n.name_size = 0, n.string_size = 0; }).message() ==
        "index, node 3 (offset 0xa4): its name, , is not one that a file can have");
  CHECK(Broken().node(5, [](Node& n) { n.name_size += 1; }).message() ==
        "index, node 5 (offset 0xdc): its name, /sub, is not one that a file can have");
  CHECK(Broken().node(5, [](Node& n) { n.string_offset += 7, n.string_size = 3; }).message() ==
        "index, node 5 (offset 0xdc): its string is not its path, static/sub");
  CHECK(Broken().node(3, [](Node& n) { n.kind_and_flags = 3; }).message() ==
        "index, node 3 (offset 0xa4): unknown kind");
  CHECK(Broken().node(3, [](Node& n) { n.kind_and_flags |= 8; }).message() ==
        "index, node 3 (offset 0xa4): unknown flags");
  CHECK(Broken().node(4, [](Node& n) { n.kind_and_flags |= 4; }).message() ==
        "index, node 4 (offset 0xc0): unknown flags");
  CHECK(Broken().node(3, [](Node& n) { n.kind_and_flags |= 0x80; }).message() ==
        "index, node 3 (offset 0xa4): unknown flags");
  CHECK(Broken().node(3, [](Node& n) { n.data = 3; }).message() ==
        "index, node 3 (offset 0xa4): its bytes lie beyond the contents");
  CHECK(Broken().node(3, [](Node& n) { n.data = 0xffffffff, n.size = 1; }).message() ==
        "index, node 3 (offset 0xa4): its bytes lie beyond the contents");
  CHECK(Broken().node(4, [](Node& n) { n.data = 0xffffffff; }).message() ==
        "index, node 4 (offset 0xc0): its target lies beyond the strings");
  CHECK(Broken().node(4, [](Node& n) { n.size = 0; }).message() ==
        "index, node 4 (offset 0xc0): its target is not a path");

  CHECK(Broken()
            .node(3, [](Node& n) { n.string_offset = 6, n.string_size = 5, n.name_size = 5; })
            .message() ==
        "index, node 3 (offset 0xa4): its name, a.txt, does not sort after the one before it");

  // strings: static a.txt b.sh link a.txt static/sub c
  CHECK(Broken().string(6, 'c').message() ==
        "index, node 3 (offset 0xa4): its name, b.sh, does not sort after the one before it");
  CHECK(Broken().string(6, '/').message() ==
        "index, node 2 (offset 0x88): its name, /.txt, is not one that a file can have");
  CHECK(Broken().string(6, '\0').message() ==
        "index, node 2 (offset 0x88): its name, \\x00.txt, is not one that a file can have");
  CHECK(Broken().string(6, '\xff').message() ==
        "index, node 2 (offset 0x88): its name, \\xff.txt, is not one that a file can have");
  CHECK(Broken().node(6, [](Node& n) { n.string_offset = 7; }).message() ==  // "."
        "index, node 6 (offset 0xf8): its name, ., is not one that a file can have");
  CHECK(Broken().string(10, 'n').message() ==
        "index, slot 0 (offset 0x114): its hash is not that of node 2");

  CHECK(Broken().mount([](Mount& m) { m.node = 5; }).message() ==
        "index, mount 0 (offset 0x184): node 5 is not a mounted directory, or not for the first "
        "time");
  CHECK(Broken().mount([](Mount& m) { m.node = 99; }).message() ==
        "index, mount 0 (offset 0x184): node 99 is not a mounted directory, or not for the first "
        "time");
  const size_t after_mounts = Broken().original().mounts_offset + sizeof(Mount);
  CHECK(Broken()
            .insert(after_mounts, {1, 0, 0, 0})
            .header([](H& h) { h.mount_count = 2; })
            .message() ==
        "index, mount 1 (offset 0x188): node 1 is not a mounted directory, or not for the first "
        "time");
  CHECK(Broken().node(5, [](Node& n) { n.kind_and_flags |= 8; }).message() ==
        "index, node 5 (offset 0xdc): is a mount point, but no mount names it");
}

TEST_CASE("files outside of all mounts have a place among them", "[reader]") {
  FakeHostFiles files;
  files.file("d/x", "");
  files.file("f", "");
  const Segments packed =
      pack(files, {{"d", "/m/d", false}, {"f", "/etc/sub/f", true}, {"f", "/etc/f", true},
                   {"f", "/m/d/f", true}, {"f", "/m/f", true}, {"f", "/a/b/f", true}});
  auto reader = ImageReader::open(packed.index, packed.contents);
  REQUIRE(reader.ok());
  std::vector<std::string> places;
  for (uint32_t i = 0; i < reader->mount_count(); ++i) {
    places.push_back(reader->path(reader->mount(i)));
    CHECK(((reader->node(reader->mount(i)).kind_and_flags & kMountPoint) != 0) == (i == 0));
  }
  CHECK(places == std::vector<std::string>{"/m/d", "/etc", "/m", "/a/b"});
  // One that is missing, or another in its place.
  Segments broken = packed;
  const uint32_t offset = reader->header().mounts_offset + 4;
  const uint32_t other = *reader->find("/a");
  std::memcpy(broken.index.data() + offset, &other, 4);
  CHECK(!ImageReader::open(broken.index, broken.contents).ok());
}

TEST_CASE("defaults are read back", "[reader]") {
  FakeHostFiles files;
  files.directory("d");
  for (const Defaults& defaults :
       {Defaults{}, Defaults{"", {""}, {}}, Defaults{"app", {"-x", "", "two words", "é"}, {}},
        Defaults{"", {}, {"A=", "B==1", "é=ü", "C=two words"}}, Defaults{"app", {"1"}, {"A=1"}}}) {
    const Segments segments = pack(files, {{"d", "/"}}, {}, defaults);
    const auto reader = ImageReader::open(segments.index, segments.contents);
    REQUIRE(reader.ok());
    CHECK(reader->defaults() == defaults);
  }
}

TEST_CASE("a program name without arguments is not kept", "[reader]") {
  FakeHostFiles files;
  files.directory("d");
  CHECK(pack(files, {{"d", "/"}}, {}, {"app.wasm", {}, {}}).index ==
        pack(files, {{"d", "/"}}).index);
}

TEST_CASE("defaults that a guest could not be given are refused", "[reader]") {
  // arguments: app.wasm NUL serve NUL; environment: LANG=C NUL.
  using H = IndexHeader;
  const auto arguments = [](const char* why) {
    return "index, arguments (offset 0x1ab): " + std::string(why);
  };
  const auto environment = [](const char* why) {
    return "index, environment (offset 0x1ba): " + std::string(why);
  };
  const auto defaults = [](const char* why) {
    return "index, defaults (offset 0x1ab): " + std::string(why);
  };
  CHECK(Broken().argument(14, 'x').message() == arguments("does not end with a NUL"));
  CHECK(Broken().argument(8, 'x').message() == arguments("1 strings, expected 2"));
  CHECK(Broken().argument(3, '\0').message() == arguments("3 strings, expected 2"));
  CHECK(Broken().header([](H& h) { h.arguments_count = 0; }).message() ==
        arguments("2 strings, expected 0"));
  CHECK(Broken().argument(8, 'x').header([](H& h) { h.arguments_count = 1; }).message() ==
        arguments("a program name without arguments after it"));
  CHECK(Broken().argument(0, '\xff').message() ==
        defaults("program name '\\xffpp.wasm': has a NUL or is not UTF-8, as WASI wants it"));
  CHECK(Broken().argument(9, '\xff').message() ==
        defaults("--arg '\\xfferve': has a NUL or is not UTF-8, as WASI wants it"));
  CHECK(Broken().variable(6, 'x').message() == environment("does not end with a NUL"));
  CHECK(Broken().variable(5, '\0').message() == environment("2 strings, expected 1"));
  CHECK(Broken().variable(5, '\xff').message() ==
        defaults("--env 'LANG=\\xff': has a NUL or is not UTF-8, as WASI wants it"));
  CHECK(Broken().variable(4, 'x').message() == defaults("--env 'LANGxC': is not NAME=VALUE"));
  CHECK(Broken().variable(0, '=').message() == defaults("--env '=ANG=C': is not NAME=VALUE"));
}

TEST_CASE("slots that a look-up could not use are refused", "[reader]") {
  const IndexHeader header = Broken().original();
  uint32_t used = 0;
  uint32_t free = 0;
  const Segments segments = example();
  for (uint32_t i = 0; i < header.slot_count; ++i) {
    Slot slot;
    std::memcpy(&slot, segments.index.data() + header.slots_offset + i * sizeof slot, sizeof slot);
    (slot.node == kNoNode ? free : used) = i;
  }
  const auto ends_with = [](const Broken& broken, const std::string& end) {
    INFO(broken.message());
    CHECK(broken.message().ends_with(end));
  };
  ends_with(Broken().slot(used, [](Slot& s) { s = {0xffffffffu, kNoNode}; }),
            "6 in use, expected 7");
  ends_with(Broken().slot(used, [](Slot& s) { s.node = kNoNode; }), "free, but has a hash");
  ends_with(Broken().slot(used, [](Slot& s) { s.node = 7; }), "its node does not exist");
  Slot last;
  std::memcpy(&last, segments.index.data() + header.slots_offset + used * sizeof last, sizeof last);
  ends_with(Broken().slot(used, [](Slot& s) { s.node ^= 1; }),
            "its hash is not that of node " + std::to_string(last.node ^ 1));
  ends_with(Broken().slot(free, [&](Slot& s) { s = last; }), "out of order");
  ends_with(Broken()
                .slot(used, [](Slot& s) { s = {0xffffffffu, kNoNode}; })
                .slot(free, [&](Slot& s) { s = last; }),
            "not where its hash puts it");
}

TEST_CASE("a table of slots is as long as it must be", "[reader]") {
  Broken broken;
  broken.insert(broken.original().mounts_offset, {255, 255, 255, 255, 255, 255, 255, 255});
  broken.header([](IndexHeader& h) { h.slot_count += 1; });
  CHECK(broken.message() == "index, header (offset 0x20): 15 slots, expected 14");
}

TEST_CASE("paths and targets beyond the limits are refused", "[reader]") {
  // The scan would not let them through: make the trees by hand.
  const auto message = [](const Tree& tree) {
    FakeHostFiles files;
    const auto image = build(tree, files);
    REQUIRE(image.ok());
    const auto reader = ImageReader::open(image->index, {});
    return reader.ok() ? "no error" : reader.error().message;
  };
  const auto deep = [](size_t last_name) {
    Tree tree;
    Entry* place = &tree.root;
    for (int i = 0; i < 40; ++i) {
      place->children.emplace_back().name = std::string(100, 'x');
      place = &place->children[0];
    }
    place->children.emplace_back().name = std::string(last_name, 'f');
    return tree;
  };
  CHECK(message(deep(4095 - 40 * 101 - 1)) == "no error");
  CHECK(message(deep(4095 - 40 * 101)) == "index, node 41 (offset 0x4cc): its path is too long");

  const auto link = [](const std::string& target) {
    Tree tree;
    Entry& entry = tree.root.children.emplace_back();
    entry.name = "link";
    entry.kind = NodeKind::kSymlink;
    entry.target = target;
    return tree;
  };
  const std::string bad = "index, node 1 (offset 0x6c): its target is not a path";
  CHECK(message(link(std::string(4095, 't'))) == "no error");
  CHECK(message(link(std::string(4096, 't'))) == bad);
  CHECK(message(link("\xff")) == bad);
  CHECK(message(link(std::string("a\0b", 3))) == bad);
}

TEST_CASE("docs/image-format.md shows what the builder makes", "[reader][docs]") {
  const std::string path = std::string(WASM_VFS_DOCS) + "/image-format.md";
  std::ifstream file(path);
  REQUIRE(file.good());
  // The example's lines are "OFFSET: BYTES | words", index first, then the contents.
  ByteBuffer shown[2];
  int segment = -1;
  for (std::string line; std::getline(file, line);) {
    if (line == "```index") segment = 0;
    if (line == "```contents") segment = 1;
    if (line == "```") segment = -1;
    const size_t colon = line.find(": ");
    if (segment < 0 || colon == std::string::npos) continue;
    CAPTURE(line);
    REQUIRE(std::stoul(line.substr(0, colon), nullptr, 16) == shown[segment].size());
    std::istringstream bytes(line.substr(colon + 2, line.find('|') - colon - 2));
    for (std::string byte; bytes >> byte;) {
      shown[segment].push_back(static_cast<uint8_t>(std::stoul(byte, nullptr, 16)));
    }
  }
  const Segments expected = example();
  CHECK(shown[0] == expected.index);
  CHECK(shown[1] == expected.contents);
}

}  // namespace
}  // namespace wasm_vfs::image
