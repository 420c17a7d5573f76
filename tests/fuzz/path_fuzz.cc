// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Path resolution in the shim (runtime-shim/src/resolve.cc) against a naive walk. The input makes a
// small tree with links of all kinds, for half of the inputs a tree of the host's (without links, which
// the host follows by itself) that is merged with it, then paths, each looked up, opened and listed from a directory
// of the tree. Errno and node must be the naive walk's; a trap of the shim, and any access outside
// the memory, end the run.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fake_host.h"
#include "fuzzing.h"
#include "naive_tree.h"

namespace wasm_vfs::runtime {
namespace {

using fuzzing::Input;
using fuzzing::require;

/// A path or a link's target: small bytes are pieces of paths, others stand for themselves.
std::string take_path(Input& input, bool raw) {
  static const std::string pieces[] = {"/", "a", "b", "..", ".", "cc", "//", "/a", "/b/", "../",
                                       "\xc3\xa9", std::string(255, 'n'), std::string(256, 'n'),
                                       std::string(900, '/'), "./"};
  std::string path;
  for (uint8_t size = input.byte() % 24; size > 0; --size) {
    const uint8_t byte = input.byte();
    if (raw && byte >= 0x80) {
      path += static_cast<char>(byte - (byte & 1) * 0x80);
    } else {
      path += pieces[byte % (raw ? std::size(pieces) : 10)];
    }
  }
  return path;
}

struct Tree {
  NaiveTree naive;
  bool merged = false;
  std::vector<std::string> directories = {""};
  Files files;
};

Tree take_tree(Input& input) {
  static const std::string names[] = {"a", "b", "cc", "\xc3\xa9", std::string(255, 'n')};
  Tree tree;
  tree.naive.items[""] = {3, ""};
  for (uint8_t count = input.byte() % 24; count > 0; --count) {
    const std::string& above = tree.directories[input.byte() % tree.directories.size()];
    const std::string path = (above.empty() ? "" : above + '/') + names[input.byte() % 5];
    if (tree.naive.items.count(path) != 0 || path.size() > 2000) continue;
    switch (input.byte() % 3) {
      case 0:
        tree.naive.items[path] = {3, ""};
        tree.files.emplace_back(path + '/', "");
        tree.directories.push_back(path);
        break;
      case 1:
        tree.naive.items[path] = {4, ""};
        tree.files.emplace_back(path, path);
        break;
      default: {
        std::string target = take_path(input, false);
        if (target.empty()) target = "a";
        tree.naive.items[path] = {7, target};
        // The packer refuses links that may lead out: see image_of().
        for (char& c : target) c = c == '/' ? '@' : c == '.' ? '=' : c;
        tree.files.emplace_back(path, "-> " + target);
      }
    }
  }
  return tree;
}

/// Lays the packed tree over one of the host's.
void merge(Input& input, Tree& tree, FakeHost& fake) {
  static const std::string names[] = {"a", "b", "cc", "d"};
  tree.merged = true;
  fake.add_preopen("/");
  for (uint8_t count = input.byte() % 16; count > 0; --count) {
    std::string path = names[input.byte() % 4];
    for (uint8_t deep = input.byte() % 4; deep > 0; --deep) path += '/' + names[input.byte() % 4];
    const NaiveTree host = fake.tree();
    if (!host.is_free(path)) continue;
    if (input.byte() % 2 == 0) {
      fake.files[path] = path;
    } else {
      fake.directories.insert(path);
    }
  }
  const NaiveTree packed = tree.naive;
  const NaiveTree host = fake.tree();
  for (const auto& [path, item] : host.items) {
    if (!packed.is_free(path)) continue;
    tree.naive.items[path] = item;
    if (item.type == 3) tree.directories.push_back(path);
  }
}

Image image_of(const Tree& tree) {
  Image image = build_image(tree.files);
  for (size_t i = image.header.strings_offset; i < image.index.size(); ++i) {
    if (image.index[i] == '@') image.index[i] = '/';
    if (image.index[i] == '=') image.index[i] = '.';
  }
  return image;
}

void look_up(Input& input, const Tree& tree, int32_t preopen) {
  const std::string& base = tree.directories[input.byte() % tree.directories.size()];
  const std::string path = take_path(input, true);
  const uint8_t flags = input.byte();
  const bool follow = (flags & 1) != 0;
  const int32_t fd = base.empty() ? preopen : open(preopen, base);
  require(fd >= 0);

  std::string found;
  const Errno expected = tree.naive.find(base, path, follow, found);
  Filestat got;
  const Errno error = stat(fd, path, got, follow);
  // What the host is asked for can be longer than what the guest has asked for.
  if (tree.merged && error == Errno::kNametoolong && path.size() > 1000) return;
  // Or the host answers for a directory that it lacks, of a name that no host has.
  if (tree.merged && expected == Errno::kNametoolong && error == Errno::kNoent) return;
  require(error == expected);
  if (expected == Errno::kSuccess) {
    Filestat same;
    require(stat(preopen, found.empty() ? "." : found, same, false) == Errno::kSuccess);
    require(got.inode == same.inode);
    require(got.filetype == tree.naive.items.at(found).type);
  }

  OpenOptions options;
  options.lookupflags = follow ? kLookupSymlinkFollow : 0;
  options.oflags = (flags >> 1) & (tree.merged ? kOflagDirectory | kOflagExcl : 15);
  const int32_t opened = open(fd, path, options);
  if (opened >= 0) {
    require(expected == Errno::kSuccess);
    FakeHost& fake = FakeHost::get();
    fd_readdir(opened, fake.room(flags), flags, flags >> 5, fake.room(4));
    const uint8_t type = tree.naive.items.at(found).type;
    if (type == 4) require(read(opened, 8000) == found);
    require(fd_close(opened) == Errno::kSuccess);
  } else if (options.oflags == 0) {
    const bool link = expected == Errno::kSuccess && tree.naive.items.at(found).type == 7;
    require(opened == -static_cast<int32_t>(link ? Errno::kLoop : expected));
  }
  if (!base.empty()) require(fd_close(fd) == Errno::kSuccess);
}

}  // namespace
}  // namespace wasm_vfs::runtime

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wasm_vfs::runtime;
  Input input(data, size);
  Tree tree = take_tree(input);
  FakeHost fake(image_of(tree));
  if (input.byte() % 2 == 0) merge(input, tree, fake);
  const int32_t preopen = root();
  for (int i = 0; i < 64 && !input.empty(); ++i) look_up(input, tree, preopen);
  return 0;
}
