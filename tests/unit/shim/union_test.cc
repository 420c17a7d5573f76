// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Merged directories: the guest's tree is the union of the packed one and the host's. The names of
// the cases are the rules of docs/filesystem.md.

#include <algorithm>
#include <random>
#include <set>

#include "descriptors.h"
#include "fake_host.h"
#include "path_calls.h"
#include "region.h"
#include "stat.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

using Names = std::vector<std::string>;

constexpr int32_t failed(Errno error) { return -static_cast<int32_t>(error); }

bool is_ours(const Filestat& filestat) { return filestat.device == kDevice; }

/// "ours", "host" or the errno.
std::string whose(int32_t fd, std::string_view path, bool follow = true) {
  Filestat filestat;
  const Errno error = stat(fd, path, filestat, follow);
  if (error != Errno::kSuccess) return "errno " + std::to_string(static_cast<int32_t>(error));
  return is_ours(filestat) ? "ours" : "host";
}

/// What a file says, or the errno.
std::string content(int32_t fd, std::string_view path) {
  const int32_t opened = open(fd, path);
  if (opened < 0) return "errno " + std::to_string(-opened);
  std::string bytes = read(opened, 99);
  CHECK(fd_close(opened) == Errno::kSuccess);
  return bytes;
}

int32_t open_directory(int32_t fd, std::string_view path) {
  OpenOptions options;
  options.oflags = kOflagDirectory;
  return open(fd, path, options);
}

int32_t create(int32_t fd, std::string_view path, uint32_t more = 0) {
  OpenOptions options;
  options.oflags = kOflagCreat | more;
  options.rights = kRightFdRead | kRightFdWrite;
  return open(fd, path, options);
}

Names preopens() {
  FakeHost& fake = FakeHost::get();
  Names names;
  const uint32_t prestat = fake.room(sizeof(Prestat));
  for (int32_t fd = 3; fd_prestat_get(fd, prestat) == Errno::kSuccess; ++fd) {
    const auto size = fake.load<Prestat>(prestat).name_size;
    const uint32_t name = fake.room(size);
    CHECK(fd_prestat_dir_name(fd, name, size) == Errno::kSuccess);
    names.push_back(fake.load<Prestat>(prestat).tag == 0 ? fake.bytes_at(name, size) : "-");
  }
  return names;
}

/// Packed: /static with a file, a directory and links.
Image image_of_it() {
  return build_image({{"static/a", "packed a"},
                      {"static/sub/b", "packed b"},
                      {"static/only/x", "X"},
                      {"static/to_host", "-> data/h"},
                      {"static/up", "-> sub"}},
                     {"/static"});
}

/// The host's: the same directory with more, and a file that is hidden.
void add_host_files(FakeHost& fake, const std::string& below = "") {
  fake.files[below + "a"] = "hidden";
  fake.files[below + "h"] = "host h";
  fake.files[below + "sub/c"] = "host c";
  fake.files[below + "data/h"] = "host data";
  fake.links[below + "hlink"] = "data";
}

TEST_CASE("P1-P9: which preopens there are") {
  FakeHost fake(build_image({{"static/a", "A"}, {"srv/www/b", "B"}}, {"/static", "/srv/www"}));
  const auto with = [&](const Names& host) {
    for (const std::string& name : host) fake.add_preopen(name);
    return preopens();
  };
  const Names covering = GENERATE(Names{"/"}, Names{"/static", "/srv"}, Names{"/srv/www", "/static"},
                                  Names{"/data", "/"}, Names{"//static/", "/./srv"});
  const Names others = GENERATE(Names{}, Names{"/static"}, Names{"/static2", "/srv/www"},
                                Names{"static", "srv"}, Names{"."}, Names{"./", "/srv"},
                                Names{"/static/a", "/srv"}, Names{"/static/../static", "/srv"},
                                Names{"/srv/www/deep", "/static"}, Names{"d"});
  if (others.empty()) {
    CHECK(with(covering) == covering);
  } else {
    Names expected = others;
    expected.push_back("/");
    CHECK(with(others) == expected);
    const auto root_fd = static_cast<int32_t>(2 + expected.size());
    CHECK(whose(root_fd, "static/a") == "ours");
    CHECK(whose(root_fd, "srv/www/b") == "ours");
  }
}

TEST_CASE("P2: a host's / shows what is packed") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/");
  add_host_files(fake, "static/");
  fake.files["etc/conf"] = "conf";
  CHECK(preopens() == Names{"/"});
  CHECK(list_names(3) == Names{".", "..", "static", "etc"});
  CHECK(content(3, "static/a") == "packed a");
  CHECK(content(3, "static/h") == "host h");
  CHECK(content(3, "static/sub/c") == "host c");
  CHECK(content(3, "etc/conf") == "conf");
  CHECK(content(3, "etc/none") == errno_text(Errno::kNoent));
  CHECK(content(3, "static/none") == errno_text(Errno::kNoent));
}

TEST_CASE("P3: a preopen at the mount's path is merged with it") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  add_host_files(fake);
  CHECK(preopens() == Names{"/static"});
  CHECK(content(3, "a") == "packed a");
  CHECK(content(3, "h") == "host h");
  CHECK(content(3, "sub/b") == "packed b");
  CHECK(content(3, "sub/c") == "host c");
  CHECK(list_names(3) ==
        Names{".", "..", "a", "only", "sub", "to_host", "up", "data", "h", "hlink"});
}

TEST_CASE("P5: / is the same union as the host's .") {
  FakeHost fake(image_of_it());
  fake.add_preopen(".");
  add_host_files(fake, "static/");
  fake.files["top"] = "top";
  REQUIRE(preopens() == Names{".", "/"});
  for (int32_t fd : {3, 4}) {
    INFO(fd);
    CHECK(content(fd, "static/a") == "packed a");
    CHECK(content(fd, "static/h") == "host h");
    CHECK(content(fd, "top") == "top");
    CHECK(list_names(fd) == Names{".", "..", "static", "top"});
  }
  for (int32_t fd : {3, 4}) {
    CHECK(PathCalls{fd}.mkdir("new" + std::to_string(fd)) == Errno::kSuccess);
  }
  // Each can be closed alone.
  CHECK(fd_close(3) == Errno::kSuccess);
  CHECK(content(4, "top") == "top");
  CHECK(fd_close(4) == Errno::kSuccess);
  CHECK(fake.descriptors.size() == 3);
}

TEST_CASE("P5: also if the host does not let it be opened again") {
  FakeHost fake(image_of_it());
  fake.add_preopen(".");
  fake.files["top"] = "top";
  fake.on_call = [&](const std::string& call) {
    if (call == "path_open") fake.directories.erase("static");
  };
  fake.descriptors[3].inheriting = kRightFdRead;
  REQUIRE(preopens() == Names{".", "/"});
  CHECK(content(4, "static/a") == "packed a");
  CHECK(content(4, "top") == "top");
}

TEST_CASE("P6, P7: relative preopens, and those inside a mount") {
  FakeHost fake(image_of_it());
  fake.add_preopen("static");
  fake.add_preopen("/static/sub", "sub");
  add_host_files(fake);
  REQUIRE(preopens() == Names{"static", "/static/sub", "/"});
  CHECK(content(3, "h") == "host h");
  CHECK(content(4, "b") == "packed b");
  CHECK(content(4, "c") == "host c");
  CHECK(content(5, "static/h") == "host h");
  CHECK(content(5, "static/sub/c") == "host c");
  CHECK(list_names(5) == Names{".", "..", "static"});
  CHECK(list_names(open_directory(5, "static/sub")) == Names{".", "..", "b", "c"});
}

TEST_CASE("P11: a file that is packed alone is covered by its directory's preopen, or by /") {
  image::FakeHostFiles host;
  host.file("x", "X");
  image::Tree tree = *image::scan({{"x", "/etc/x.conf", true}}, {}, host);
  Image image;
  const auto built = *image::build(tree, host);
  image.header = built.header;
  image.index.assign(built.index.begin(), built.index.end());
  image.contents = {'X'};
  FakeHost fake(image);
  const Names names = GENERATE(Names{"/etc"}, Names{"/usr"}, Names{});
  for (const std::string& name : names) fake.add_preopen(name);
  Names expected = names;
  if (names != Names{"/etc"}) expected.push_back("/");
  CHECK(preopens() == expected);
  if (names == Names{"/etc"}) {
    CHECK(content(3, "x.conf") == "X");
  } else {
    CHECK(content(root(), "etc/x.conf") == "X");
  }
}

TEST_CASE("P12: sockets between the host's preopens and ours do not hide ours") {
  FakeHost fake(image_of_it());
  HostDescriptor socket;
  socket.kind = HostDescriptor::kSocket;
  const bool with_preopen = GENERATE(false, true);
  if (with_preopen) fake.add_preopen("/data");
  fake.add(socket);
  fake.add(socket);
  fake.prestat_error = Errno::kBadf;
  Names expected = {"-", "-", "/"};
  if (with_preopen) expected.insert(expected.begin(), "/data");
  CHECK(preopens() == expected);
  const int32_t first = with_preopen ? 4 : 3;
  CHECK(fd_prestat_dir_name(first, 0, 0) == Errno::kSuccess);
  CHECK(fd_prestat_get(first + 3, fake.room(8)) == Errno::kBadf);
  // A number that is closed is nothing.
  CHECK(fd_close(first) == Errno::kSuccess);
  CHECK(fd_prestat_get(first, fake.room(8)) == Errno::kBadf);
}

TEST_CASE("P12: so do sockets that the host shows as preopens without a name") {
  FakeHost fake(image_of_it());
  add_host_files(fake, "static/");
  const bool with_preopen = GENERATE(false, true);
  if (with_preopen) fake.add_preopen("/");
  HostDescriptor socket;
  socket.kind = HostDescriptor::kSocket;
  socket.is_nameless_preopen = true;
  const int32_t listening = fake.add(socket);
  CHECK(preopens() == (with_preopen ? Names{"/", "-"} : Names{"-", "/"}));
  const uint32_t result = fake.room(4);
  CHECK(sock_accept(listening, 0, result) == Errno::kSuccess);
  CHECK(whose(root(), "static/a") == "ours");
  CHECK(content(root(), "static/h") == (with_preopen ? "host h" : errno_text(Errno::kNoent)));
}

TEST_CASE("U4: a directory of the host's without a name lies at /") {
  FakeHost fake(image_of_it());
  add_host_files(fake, "static/");
  HostDescriptor directory;
  directory.kind = HostDescriptor::kDirectory;
  directory.is_nameless_preopen = true;
  fake.add(directory);
  CHECK(preopens() == Names{"", "/"});
  CHECK(content(3, "static/h") == "host h");
  CHECK(content(4, "static/h") == "host h");
}

TEST_CASE("P13: without fd_prestat_get nothing is merged") {
  FakeHost fake(image_of_it());
  fake.missing = {"fd_prestat_get", "fd_prestat_dir_name"};
  CHECK(whose(3, "static/a") == "ours");
  CHECK(whose(3, "static/h") == errno_text(Errno::kNoent));
  CHECK(fake.count("path_filestat_get") == 0);
}

TEST_CASE("U1, U7: what is packed is looked up without the host") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/");
  add_host_files(fake, "static/");
  root();
  fake.log.clear();
  CHECK(whose(3, "static/a") == "ours");
  CHECK(whose(3, "static/sub/../a") == "ours");
  CHECK(whose(3, "static/up/b") == "ours");
  CHECK(content(3, "static/a") == "packed a");
  CHECK(std::none_of(fake.log.begin(), fake.log.end(),
                     [](const std::string& line) { return line.starts_with("path"); }));
}

TEST_CASE("U6: the deepest preopen answers, and a descriptor's own first") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/srv", "elsewhere");
  fake.add_preopen("static", "shallow");
  fake.add_preopen("static/sub", "deep");
  fake.files["shallow/f"] = "shallow";
  fake.files["shallow/sub/f"] = "below shallow";
  fake.files["deep/f"] = "deep";
  const int32_t ours = root();
  CHECK(content(ours, "static/f") == "shallow");
  CHECK(content(ours, "static/sub/f") == "deep");
  CHECK(content(4, "sub/f") == "below shallow");
  // From sub back up, the descriptor's own does not lead there.
  const int32_t sub = open_directory(ours, "static/sub");
  CHECK(content(sub, "f") == "deep");
  CHECK(content(sub, "../f") == errno_text(Errno::kPerm));
  CHECK(content(ours, "static/sub/../f") == "shallow");
  // A closed preopen is gone from the union; one that was moved is not.
  CHECK(fd_close(5) == Errno::kSuccess);
  CHECK(content(ours, "static/sub/f") == "below shallow");
  const int32_t spare = open(ours, "static/a");
  CHECK(fd_renumber(4, spare) == Errno::kSuccess);
  CHECK(content(ours, "static/f") == "shallow");
}

TEST_CASE("U5: a preopen at or below a packed file or link is the host's alone") {
  FakeHost fake(image_of_it());
  const std::string name = GENERATE("/static/a", "/static/a/deep", "/static/up", "/static/up/c", "/../static");
  fake.add_preopen(name, "elsewhere");
  fake.files["elsewhere/h"] = "host h";
  fake.files["elsewhere/b"] = "host b";
  CHECK(preopens() == Names{name, "/"});
  CHECK(content(3, "h") == "host h");
  CHECK(content(3, "b") == "host b");
  CHECK(content(4, "static/a") == "packed a");
  CHECK(content(4, "static/a/h") == errno_text(Errno::kNotdir));
  CHECK(content(4, "static/up/b") == "packed b");
  CHECK(content(4, "static/up/h") == errno_text(Errno::kNoent));
  CHECK(list_names(open_directory(4, "static/sub")) == Names{".", "..", "b"});
}

TEST_CASE("U6: of two preopens at one place the later answers") {
  FakeHost fake(image_of_it());
  fake.add_preopen("static", "first");
  fake.add_preopen("./static/", "second");
  fake.files["first/f"] = "first";
  fake.files["first/g"] = "only first";
  fake.files["second/f"] = "second";
  CHECK(preopens() == Names{"static", "./static/", "/"});
  CHECK(content(3, "f") == "first");
  CHECK(content(4, "f") == "second");
  CHECK(content(5, "static/f") == "second");
  CHECK(content(5, "static/g") == errno_text(Errno::kNoent));
  CHECK(fd_close(4) == Errno::kSuccess);
  CHECK(content(5, "static/g") == "only first");
  CHECK(fd_close(3) == Errno::kSuccess);
  CHECK(content(5, "static/g") == errno_text(Errno::kNoent));
  CHECK(list_names(open_directory(5, "static")) == Names{".", "..", "a", "only", "sub", "to_host", "up"});
}

TEST_CASE("U8: links of the host's are the host's") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  add_host_files(fake);
  fake.links["into"] = "sub/b";
  CHECK(content(3, "hlink/h") == "host data");
  CHECK(content(3, "into") == errno_text(Errno::kNoent));
  CHECK(PathCalls{3}.readlink("hlink") == "data");
  CHECK(PathCalls{3}.readlink("h") == errno_text(Errno::kInval));
}

TEST_CASE("L1, L2: .. over the host's components") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/");
  add_host_files(fake, "static/");
  CHECK(content(3, "static/data/../a") == "packed a");
  CHECK(content(3, "static/data/./..//a") == "packed a");
  CHECK(content(3, "static/data/../data/h") == "host data");
  CHECK(content(3, "static/data/../../static/sub/b") == "packed b");
  CHECK(content(3, "static/none/../a") == errno_text(Errno::kNoent));
  CHECK(content(3, "static/h/../a") == errno_text(Errno::kNotdir));
  CHECK(content(3, "static/a/../h") == errno_text(Errno::kNotdir));
  CHECK(content(3, "static/only/../h") == "host h");
  CHECK(whose(3, "static/data/..") == "ours");
  CHECK(whose(3, "static/data/../") == "ours");
  CHECK(whose(3, "static/data/../..") == "ours");
  CHECK(whose(3, "static/data/../../..") == errno_text(Errno::kPerm));
  fake.directories.insert("static/data/deep/er");
  CHECK(content(3, "static/data/deep/../h") == "host data");
  CHECK(content(3, "static/data/deep/er/../../h") == "host data");
  CHECK(content(3, "static/data/deep/../../a") == "packed a");
  CHECK(content(3, "static/data/deep/none/../../../a") == errno_text(Errno::kNoent));
  CHECK(fake.pin == 0);
}

TEST_CASE("L3: after a link of the host's, the host resolves the rest") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  add_host_files(fake);
  fake.directories.insert("x/y");
  fake.files["x/f"] = "x f";
  fake.links["ylink"] = "x/y";
  CHECK(content(3, "ylink/../f") == "x f");
  CHECK(content(3, "ylink/../../sub/b") == errno_text(Errno::kNoent));
}

TEST_CASE("L4: packed links are followed in the union") {
  FakeHost fake(build_image({{"m/link", "-> data/h"}, {"m/absolute", "-> @m@data@h"},
                             {"m/out", "-> ==@==@top"}, {"m/loop", "-> loop"}, {"m/d/x", ""},
                             {"m/dlink", "-> d"}, {"m/gone", "-> nowhere"}},
                            {"/m"}));
  // The packer refuses links that may lead out.
  for (size_t i = fake.image.header.strings_offset; i < fake.image.index.size(); ++i) {
    if (fake.image.index[i] == '@') fake.image.index[i] = '/';
    if (fake.image.index[i] == '=') fake.image.index[i] = '.';
  }
  fake.add_preopen("/");
  fake.files["m/data/h"] = "host data";
  fake.files["m/d/y"] = "y";
  fake.files["top"] = "top";
  CHECK(content(3, "m/link") == "host data");
  CHECK(content(3, "m/absolute") == "host data");
  CHECK(content(3, "m/dlink/y") == "y");
  CHECK(content(3, "m/loop") == errno_text(Errno::kLoop));
  CHECK(whose(3, "m/link", false) == "ours");
  CHECK(whose(3, "m/link") == "host");
  const int32_t m = open_directory(3, "m");
  CHECK(content(m, "absolute") == "host data");
  CHECK(content(m, "out") == errno_text(Errno::kPerm));
  CHECK(create(3, "m/gone") > 0);
  CHECK(fake.files.count("m/nowhere") == 1);
  CHECK(content(3, "m/gone") == "");
}

TEST_CASE("L6, L7: a packed file hides what the host has below its name") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  fake.files["a/inside"] = "hidden";
  CHECK(content(3, "a/inside") == errno_text(Errno::kNotdir));
  CHECK(content(3, "a/") == errno_text(Errno::kNotdir));
  CHECK(list_names(3) == Names{".", "..", "a", "only", "sub", "to_host", "up"});
}

TEST_CASE("L8: what cannot be packed is the host's to answer") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  root();
  for (const std::string& path : {std::string("\xff"), std::string(), std::string("a\0b", 3),
                                 std::string("/a"), std::string(5000, 'x'),
                                 std::string(256, 'n')}) {
    fake.log.clear();
    CHECK(whose(3, path) == errno_text(fake.tree().find("", path, true, *std::make_unique<std::string>())));
    CHECK(fake.count("path_filestat_get") == 1);
  }
  // Too long only for what it becomes.
  const int32_t only = open_directory(3, "only");
  std::string path;
  while (path.size() < 4094) path += "y/";
  fake.log.clear();
  CHECK(whose(only, path) == errno_text(Errno::kNametoolong));
}

TEST_CASE("L9: directories are opened on both sides") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  add_host_files(fake);
  fake.links["only"] = "data";  // no directory, for us
  const int32_t sub = open_directory(3, "sub");
  CHECK(state().entries[sub].kind == EntryKind::kMerged);
  CHECK(content(sub, "b") == "packed b");
  CHECK(content(sub, "c") == "host c");
  CHECK(list_names(sub) == Names{".", "..", "b", "c"});
  const int32_t only = open_directory(3, "only");
  CHECK(state().entries[only].kind == EntryKind::kPacked);
  CHECK(list_names(only) == Names{".", "..", "x"});
  const int32_t again = open_directory(3, "up/.");
  CHECK(list_names(again) == Names{".", "..", "b", "c"});
  const int32_t host = open_directory(3, "data");
  CHECK(state().entries[host].kind == EntryKind::kHost);
  // All the same with the rights that a guest asks for, to write and for sockets.
  OpenOptions options;
  options.rights = kAllRights;
  fake.descriptors[3].inheriting = kAllRights & ~kSocketRights;
  CHECK(state().entries[open(3, "sub", options)].kind == EntryKind::kMerged);
  CHECK(open(3, "h", options) > 0);
  fake.log.clear();
  for (int32_t fd : {sub, only, again, host}) CHECK(fd_close(fd) == Errno::kSuccess);
  CHECK(fake.count("fd_close") == 3);
}

TEST_CASE("C1-C5: changes go where the name is") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  add_host_files(fake);
  PathCalls calls{3};
  CHECK(calls.mkdir("new") == Errno::kSuccess);
  CHECK(fake.directories.count("new") == 1);
  CHECK(calls.mkdir("new/") == Errno::kExist);
  CHECK(calls.mkdir("slash/") == Errno::kSuccess);
  CHECK(calls.mkdir("sub") == Errno::kExist);
  CHECK(calls.mkdir("sub/new") == Errno::kSuccess);
  CHECK(calls.mkdir("only") == Errno::kExist);
  CHECK(calls.mkdir("only/new") == Errno::kRofs);
  CHECK(calls.mkdir("none/new") == Errno::kNoent);
  CHECK(calls.mkdir("only/none/new") == Errno::kNoent);
  CHECK(calls.symlink("t", "ln") == Errno::kSuccess);
  CHECK(fake.links["ln"] == "t");
  CHECK(calls.symlink("t", "a") == Errno::kExist);
  CHECK(calls.symlink("t", "only/ln") == Errno::kRofs);
  CHECK(calls.unlink("a") == Errno::kRofs);
  CHECK(calls.unlink("h") == Errno::kSuccess);
  CHECK(fake.files.count("h") == 0);
  CHECK(calls.unlink("none") == Errno::kNoent);
  CHECK(calls.unlink("sub") == Errno::kRofs);
  CHECK(calls.unlink("hlink") == Errno::kSuccess);
  CHECK(calls.rmdir("new") == Errno::kSuccess);
  CHECK(calls.rmdir("slash/") == Errno::kSuccess);
  CHECK(calls.rmdir("sub") == Errno::kRofs);
  CHECK(calls.utime("a") == Errno::kRofs);
  CHECK(calls.utime("data/h") == Errno::kSuccess);
  CHECK(calls.utime("none") == Errno::kNoent);
  const int32_t made = create(3, "made");
  REQUIRE(made > 0);
  CHECK(fake.files.count("made") == 1);
  CHECK(create(3, "made/") == failed(Errno::kIsdir));
  CHECK(create(3, "none/") == failed(Errno::kIsdir));
  CHECK(create(3, "sub/made") > 0);
  CHECK(create(3, "only/made") == failed(Errno::kRofs));
  CHECK(create(3, "a") == failed(Errno::kRofs));
  CHECK(create(3, "made", kOflagExcl) == failed(Errno::kExist));
  CHECK(create(3, "a", kOflagExcl) == failed(Errno::kExist));
  CHECK(create(3, "none/made") == failed(Errno::kNoent));
  CHECK(create(3, "data/made") > 0);
  CHECK(fake.files["a"] == "hidden");
  CHECK(fake.pin == 0);
}

TEST_CASE("C2: without path_filestat_get a directory that the host lacks cannot be seen") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  add_host_files(fake);
  fake.missing = {"path_filestat_get"};
  CHECK(PathCalls{3}.mkdir("only/new") == Errno::kRofs);
  CHECK(PathCalls{3}.mkdir("sub/new") == Errno::kSuccess);
  CHECK(content(3, "data/../h") == "host h");
}

TEST_CASE("C6-C8: renaming and linking between the two sides") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  fake.add_preopen("/tmp", "tmp");
  add_host_files(fake);
  fake.files["tmp/t"] = "T";
  PathCalls calls{3};
  CHECK(calls.rename("h", "h2") == Errno::kSuccess);
  CHECK(fake.files["h2"] == "host h");
  CHECK(calls.rename("sub/c", "data/c2") == Errno::kSuccess);
  CHECK(fake.files["data/c2"] == "host c");
  CHECK(calls.rename("h2", "moved", 4) == Errno::kSuccess);
  CHECK(fake.files["tmp/moved"] == "host h");
  CHECK(PathCalls{4}.rename("moved", "sub/h", 3) == Errno::kSuccess);
  CHECK(fake.files["sub/h"] == "host h");
  CHECK(calls.rename("none", "h3") == Errno::kNoent);
  CHECK(calls.rename("a", "h3") == Errno::kXdev);
  CHECK(calls.rename("sub/h", "a") == Errno::kXdev);
  CHECK(calls.rename("sub/h", "only/h") == Errno::kXdev);
  CHECK(calls.rename("sub/h", "none/h") == Errno::kNoent);
  CHECK(calls.rename("a", "sub") == Errno::kRofs);
  CHECK(calls.link("sub/h", "l") == Errno::kSuccess);
  CHECK(fake.files["l"] == "host h");
  CHECK(calls.link("sub/h", "l2", 4) == Errno::kSuccess);
  CHECK(PathCalls{4}.link("t", "sub/t", 3) == Errno::kSuccess);
  CHECK(fake.files["sub/t"] == "T");
  CHECK(calls.link("sub/h", "a") == Errno::kExist);
  CHECK(calls.link("a", "l3") == Errno::kXdev);
  CHECK(calls.link("a", "sub") == Errno::kExist);
  CHECK(calls.link("sub/h", "only/l") == Errno::kRofs);
  CHECK(calls.link("none", "l3") == Errno::kNoent);
  CHECK(fake.pin == 0);
}

TEST_CASE("C10: O_CREAT with a slash is EISDIR before a link there is followed") {
  FakeHost fake(build_image({{"loop", "-> loop"}, {"gone", "-> no"}, {"f", ""}, {"d/x", ""},
                             {"fslash", "-> f/"}, {"goneslash", "-> no/"}}));
  const int32_t isdir = failed(Errno::kIsdir);
  for (const std::string path : {"loop/", "gone/", "f/", "d/", "new/", "new//", "d/./", "d/../", "fslash",
                                "goneslash"}) {
    INFO(path);
    CHECK(create(root(), path) == isdir);
  }
  CHECK(create(root(), "none/new/") == failed(Errno::kNoent));
  CHECK(create(root(), "f/new/") == failed(Errno::kNotdir));
  CHECK(create(root(), "d/../", kOflagExcl) == failed(Errno::kExist));
  CHECK(create(root(), "d/", kOflagExcl) == isdir);
}

TEST_CASE("R1-R4: a merged directory lists each name once, whatever the buffer") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  add_host_files(fake);
  for (int i = 0; i < 40; ++i) fake.files["sub/file" + std::to_string(i)] = "";
  fake.files["sub/b"] = "hidden";
  fake.cookie_step = GENERATE(1, 1000003);
  const int32_t sub = open_directory(3, "sub");
  Names expected = {".", "..", "b", "c"};
  const NaiveTree tree = fake.tree();
  for (const auto& [path, item] : tree.items) {
    if (path.starts_with("sub/file")) expected.push_back(path.substr(4));
  }
  for (uint32_t size = 24; size < 200; ++size) {
    INFO(size);
    REQUIRE(list_names(sub, size) == expected);
  }
  // From every cookie on.
  const uint32_t buffer = fake.room(4096);
  const uint32_t result = fake.room(4);
  REQUIRE(fd_readdir(sub, buffer, 4096, 0, result) == Errno::kSuccess);
  std::vector<uint64_t> cookies = {0};
  for (uint32_t at = 0; at < fake.load<uint32_t>(result);) {
    const auto dirent = fake.load<Dirent>(buffer + at);
    cookies.push_back(dirent.next);
    at += 24 + dirent.name_size;
  }
  REQUIRE(cookies.size() == expected.size() + 1);
  for (size_t i = 0; i < cookies.size(); ++i) {
    const uint32_t again = fake.room(300);
    REQUIRE(fd_readdir(sub, again, 300, cookies[i], result) == Errno::kSuccess);
    if (i == expected.size()) {
      CHECK(fake.load<uint32_t>(result) == 0);
    } else {
      const auto dirent = fake.load<Dirent>(again);
      CHECK(fake.bytes_at(again + 24, dirent.name_size) == expected[i]);
      CHECK(dirent.next == cookies[i + 1]);
    }
  }
}

TEST_CASE("R2: many names that both sides have are dropped") {
  Files files;
  for (int i = 0; i < 200; ++i) files.emplace_back("m/n" + std::to_string(i), "");
  FakeHost fake(build_image(files, {"/m"}));
  for (int i = 0; i < 200; ++i) fake.files["n" + std::to_string(i)] = "";
  fake.files["zz"] = "";
  fake.add_preopen("/m");
  const Names names = list_names(3, 100);
  CHECK(names.size() == 203);
  CHECK(names.back() == "zz");
}

TEST_CASE("R5: what a host must not answer is an error, and ends") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  root();
  const auto dirent = [](uint64_t next, const std::string& name, uint32_t size) {
    const Dirent header = {next, 7, size, 4};
    return std::string(reinterpret_cast<const char*>(&header), sizeof(header)) + name;
  };
  const auto error = [&] { return list_names(3, 500); };
  const auto text = [](Errno expected) {
    return Names{"!" + std::to_string(static_cast<int32_t>(expected))};
  };
  SECTION("its errno") {
    fake.on_readdir = [](uint64_t, std::string&) { return Errno::kNotcapable; };
    CHECK(error() == text(Errno::kNotcapable));
  }
  SECTION("dots for ever") {
    fake.on_readdir = [&](uint64_t cookie, std::string& bytes) {
      for (uint64_t i = 0; i < 100; ++i) bytes += dirent(cookie + i, ".", 1);
      return Errno::kSuccess;
    };
    CHECK(error() == text(Errno::kIo));
  }
  SECTION("the same entry for ever is the host's to end") {
    fake.on_readdir = [&](uint64_t, std::string& bytes) {
      for (uint64_t i = 0; i < 100; ++i) bytes += dirent(1, "x", 1);
      return Errno::kSuccess;
    };
    CHECK(error() == text(Errno::kLoop));  // list_names gives up
  }
  SECTION("a cookie beyond 64 bits") {
    fake.on_readdir = [&](uint64_t, std::string& bytes) {
      bytes = dirent(~uint64_t{0}, "x", 1);
      return Errno::kSuccess;
    };
    CHECK(error() == text(Errno::kOverflow));
  }
  SECTION("names of impossible size") {
    fake.on_readdir = [&](uint64_t, std::string& bytes) {
      bytes = dirent(1, "x", 0xffffffff);
      return Errno::kSuccess;
    };
    CHECK(error().size() == 7);
  }
  SECTION("names that are none") {
    fake.on_readdir = [&](uint64_t cookie, std::string& bytes) {
      if (cookie != 0) return Errno::kSuccess;
      bytes = dirent(1, "", 0) + dirent(2, "sub/b", 5) + dirent(3, "\xff/", 2) +
              dirent(4, std::string(300, 'n'), 300);
      return Errno::kSuccess;
    };
    CHECK(list_names(3, 3000).size() == 10);
  }
  CHECK(fake.pin == 0);
}

TEST_CASE("D4, D5: closing and renumbering merged descriptors") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  add_host_files(fake);
  const int32_t file = open(3, "a");
  const int32_t sub = open_directory(3, "sub");
  const int32_t host = open(3, "h");
  REQUIRE(host > sub);
  const size_t held = fake.descriptors.size();
  // Onto itself, onto one of ours, onto one of the host's, onto a merged one.
  CHECK(fd_renumber(sub, sub) == Errno::kSuccess);
  CHECK(content(sub, "c") == "host c");
  CHECK(fd_renumber(sub, file) == Errno::kSuccess);
  CHECK(content(file, "c") == "host c");
  CHECK(content(file, "b") == "packed b");
  CHECK(whose(sub, "b") == errno_text(Errno::kBadf));
  CHECK(fake.descriptors.size() == held);
  CHECK(fd_renumber(file, host) == Errno::kSuccess);
  CHECK(content(host, "c") == "host c");
  CHECK(fake.descriptors.size() == held - 1);
  const int32_t other = open_directory(3, "sub");
  CHECK(fd_renumber(host, other) == Errno::kSuccess);
  CHECK(fake.descriptors.size() == held - 1);
  CHECK(list_names(other) == Names{".", "..", "b", "c"});
  // The host's onto a merged one.
  const int32_t h = open(3, "h");
  CHECK(fd_renumber(h, other) == Errno::kSuccess);
  CHECK(read(other, 9) == "host h");
  CHECK(fake.descriptors.size() == held - 1);
  CHECK(fd_close(other) == Errno::kSuccess);
  CHECK(fd_close(3) == Errno::kSuccess);
  CHECK(fake.descriptors.size() == 3);
  CHECK(state().translated_count == 0);
}

TEST_CASE("D1, D2, D3: as many as there are numbers, of all kinds") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  add_host_files(fake);
  const std::string expected[] = {"packed a", "host h", ""};
  std::vector<int32_t> opened;
  for (int32_t fd = 0; fd >= 0;) {
    const size_t kind = opened.size() % 3;
    fd = kind == 0 ? open(3, "a") : kind == 1 ? open(3, "h") : open_directory(3, "sub");
    if (fd >= 0) opened.push_back(fd);
    else CHECK(fd == failed(Errno::kMfile));
  }
  CHECK(opened.size() == kTableSize - 4);
  CHECK(std::set<int32_t>(opened.begin(), opened.end()).size() == opened.size());
  for (size_t i = 0; i < opened.size(); ++i) {
    if (i % 3 == 2) {
      REQUIRE(whose(opened[i], "c") == "host");
    } else {
      REQUIRE(read(opened[i], 99) == expected[i % 3]);
    }
  }
  for (size_t i = 0; i < opened.size(); i += 2) REQUIRE(fd_close(opened[i]) == Errno::kSuccess);
  for (size_t i = 1; i < opened.size(); i += 2) REQUIRE(fd_close(opened[i]) == Errno::kSuccess);
  CHECK(fake.descriptors.size() == 4);
  CHECK(state().translated_count == 0);
  CHECK(open(3, "a") == 4);
}

TEST_CASE("D6: which side answers for a merged descriptor") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  add_host_files(fake);
  const int32_t sub = open_directory(3, "sub");
  const auto host_fd = static_cast<int32_t>(state().entries[sub].position);
  fake.descriptors[host_fd].inheriting = 0x123;
  const uint32_t room = fake.room(64);
  CHECK(fd_fdstat_get(sub, room) == Errno::kSuccess);
  CHECK(fake.load<Fdstat>(room).rights_inheriting == 0x123);
  fake.log.clear();
  CHECK(fd_fdstat_set_flags(sub, 0) == Errno::kSuccess);
  CHECK(fd_fdstat_set_rights(sub, 0, 0) == Errno::kSuccess);
  CHECK(fd_sync(sub) == Errno::kSuccess);
  CHECK(fd_datasync(sub) == Errno::kSuccess);
  CHECK(fake.log.size() == 4);
  fake.log.clear();
  CHECK(fd_filestat_get(sub, room) == Errno::kSuccess);
  CHECK(is_ours(fake.load<Filestat>(room)));
  CHECK(fd_read(sub, fake.iovecs({1}), 1, room) == Errno::kIsdir);
  CHECK(fd_seek(sub, 0, 0, room) == Errno::kBadf);
  CHECK(fd_write(sub, fake.iovecs({1}), 1, room) == Errno::kBadf);
  CHECK(fd_filestat_set_times(sub, 0, 0, 2) == Errno::kRofs);
  CHECK(sock_shutdown(sub, 0) == Errno::kNotsock);
  CHECK(fake.log.empty());
}

TEST_CASE("D5: a host that comes back to the guest while a directory is opened") {
  FakeHost fake(image_of_it());
  fake.add_preopen("/static");
  add_host_files(fake);
  root();
  const size_t held = fake.descriptors.size();
  bool once = false;
  fake.on_call = [&](const std::string& call) {
    if (call != "path_open" || once) return;
    once = true;
    CHECK(fd_close(4) == Errno::kSuccess);  // the number that is being opened
    CHECK(open(3, "a") == 4);
    memory_grow(1);
  };
  CHECK(open_directory(3, "sub") == 4);
  CHECK(read(4, 99) == "packed a");
  CHECK(fake.descriptors.size() == held);
  CHECK(fake.pin == 0);
}

/// A model: the two trees laid over each other, without links of the host's.
TEST_CASE("random trees against a naive union") {
  const std::string names[] = {"a", "b", "c"};
  for (uint32_t seed = 0; seed < 150; ++seed) {
    INFO(seed);
    std::mt19937 random(seed);
    const auto pick = [&](uint32_t count) { return static_cast<uint32_t>(random() % count); };
    Files files;
    NaiveTree packed;
    packed.items[""] = {3, ""};
    std::vector<std::string> directories = {""};
    for (uint32_t i = pick(10); i > 0; --i) {
      const std::string& above = directories[pick(static_cast<uint32_t>(directories.size()))];
      const std::string path = (above.empty() ? "" : above + '/') + names[pick(3)];
      if (packed.items.count(path) != 0) continue;
      switch (pick(4)) {
        case 0:
          packed.items[path] = {4, ""};
          files.emplace_back(path, "packed " + path);
          break;
        case 1: {
          const std::string target = names[pick(3)] + (pick(2) != 0 ? "/" + names[pick(3)] : "");
          packed.items[path] = {7, target};
          files.emplace_back(path, "-> " + target);
          break;
        }
        default:
          packed.items[path] = {3, ""};
          files.emplace_back(path + '/', "");
          directories.push_back(path);
      }
    }
    FakeHost fake(build_image(files));
    for (uint32_t i = pick(10); i > 0; --i) {
      std::string path = names[pick(3)];
      while (pick(2) != 0) path += '/' + names[pick(3)];
      const NaiveTree host = fake.tree();
      if (!host.is_free(path)) continue;
      if (pick(2) != 0) {
        fake.files[path] = "host " + path;
      } else {
        fake.directories.insert(path);
      }
    }
    NaiveTree merged = packed;
    const NaiveTree host = fake.tree();
    for (const auto& [path, item] : host.items) {
      if (packed.is_free(path)) merged.items[path] = item;
    }
    const std::string preopen = GENERATE("/", ".");
    fake.add_preopen(preopen);
    std::vector<std::pair<std::string, int32_t>> bases = {{"", 3}};
    if (preopen == ".") bases.emplace_back("", 4);
    for (const std::string& path : directories) bases.emplace_back(path, open_directory(3, path.empty() ? "." : path));
    for (int i = 0; i < 60; ++i) {
      const auto& [base, fd] = bases[pick(static_cast<uint32_t>(bases.size()))];
      std::string path;
      for (uint32_t parts = 1 + pick(5); parts > 0; --parts) {
        const std::string pieces[] = {"a", "b", "c", "..", ".", "a", "b", ""};
        if (!path.empty()) path += '/';
        path += pieces[pick(8)];
      }
      INFO(base << " : " << path);
      const bool follow = pick(2) != 0;
      std::string found;
      Filestat filestat;
      const Errno expected = merged.find(base, path, follow, found);
      const Errno error = stat(fd, path, filestat, follow);
      REQUIRE(error == expected);
      if (error != Errno::kSuccess) continue;
      INFO(found);
      REQUIRE(filestat.filetype == merged.items[found].type);
      REQUIRE(is_ours(filestat) == (packed.items.count(found) != 0));
      if (filestat.filetype == 4) {
        REQUIRE(content(fd, path) == (is_ours(filestat) ? "packed " : "host ") + found);
      } else if (filestat.filetype == 3) {
        const int32_t opened = open_directory(fd, path);
        if (!follow) continue;
        REQUIRE(opened >= 0);
        Names listed = list_names(opened, 24 + pick(100));
        std::sort(listed.begin(), listed.end());
        Names children = {".", ".."};
        for (const auto& [child, item] : merged.items) {
          const size_t slash = child.rfind('/');
          const std::string parent = slash == std::string::npos ? "" : child.substr(0, slash);
          if (!child.empty() && parent == found) {
            children.push_back(child.substr(slash == std::string::npos ? 0 : slash + 1));
          }
        }
        std::sort(children.begin(), children.end());
        REQUIRE(listed == children);
        CHECK(fd_close(opened) == Errno::kSuccess);
      }
    }
    REQUIRE(fake.pin == 0);
  }
}

}  // namespace
}  // namespace wasm_vfs::runtime
