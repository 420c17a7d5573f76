// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// fd_readdir of a merged directory (runtime-shim/src/readdir.cc) against a simple model: packed names,
// then the host's that are not packed. The input makes both directories, then reads with any cookie
// that was given and any size of buffer, as often as it likes; or it makes a host that answers
// anything. Never a trap, never more than was asked for, and a good host's names all come once.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "fake_host.h"
#include "fuzzing.h"

namespace wasm_vfs::runtime {
namespace {

using fuzzing::Input;
using fuzzing::require;

std::string take_name(Input& input) {
  const uint8_t byte = input.byte();
  std::string name = "n" + std::to_string(byte % 32);
  if (byte >= 224) name += std::string(byte - 10u, 'x');
  return name;
}

/// Reads from every cookie that was given, and compares with the names from there on.
void check_listing(Input& input, int32_t fd, const std::vector<std::string>& names) {
  FakeHost& fake = FakeHost::get();
  std::vector<uint64_t> cookies = {0};  // of each name, as far as they are known
  for (int calls = 0; calls < 200 && (!input.empty() || cookies.size() <= names.size()); ++calls) {
    const size_t first = input.byte() % cookies.size();
    const uint32_t size = input.byte() * 5u;
    const uint32_t buffer = fake.room(size + 4);
    const uint32_t result = fake.room(4);
    // At the input's end, what is not known yet is read, with room for it.
    const bool last = input.empty();
    const size_t from = last ? cookies.size() - 1 : first;
    const uint32_t room = last ? fake.room(2000) : buffer;
    const uint32_t asked = last ? 2000 : size;
    require(fd_readdir(fd, room, asked, cookies[from], result) == Errno::kSuccess);
    const auto used = fake.load<uint32_t>(result);
    require(used <= asked);
    if (!last) require(fake.bytes_at(buffer + size, 4) == "\xcc\xcc\xcc\xcc");
    size_t i = from;
    for (uint32_t at = 0; at < used; ++i) {
      require(i < names.size());
      Dirent dirent;
      uint32_t left = used - at;
      if (left < sizeof(dirent)) break;
      dirent = fake.load<Dirent>(room + at);
      at += static_cast<uint32_t>(sizeof(dirent));
      left = used - at;
      require(dirent.name_size == names[i].size());
      const auto given = std::min<uint32_t>(left, dirent.name_size);
      require(fake.bytes_at(room + at, given) == names[i].substr(0, given));
      at += given;
      if (cookies.size() == i + 1) cookies.push_back(dirent.next);
      require(dirent.next == cookies[i + 1]);
    }
    // A buffer that is not full says that there are no more.
    if (used < asked) require(i == names.size());
  }
}

void check_hostile(Input& input, int32_t fd) {
  FakeHost& fake = FakeHost::get();
  fake.on_readdir = [&](uint64_t cookie, std::string& bytes) {
    if (input.byte() % 16 == 15) return Errno::kNotcapable;
    for (uint8_t count = input.byte() % 40; count > 0; --count) {
      const uint8_t kind = input.byte();
      const std::string name = kind % 8 == 0 ? "." : take_name(input);
      const Dirent dirent = {kind % 16 == 1 ? ~uint64_t{0} : cookie + kind % 3, 1,
                             kind % 32 == 2 ? 0xfffffff0u + kind
                                            : static_cast<uint32_t>(name.size()),
                             kind};
      bytes.append(reinterpret_cast<const char*>(&dirent), sizeof(dirent));
      bytes += name;
    }
    bytes.resize(bytes.size() - std::min<size_t>(bytes.size(), input.byte() % 32));
    return Errno::kSuccess;
  };
  for (int calls = 0; calls < 50 && !input.empty(); ++calls) {
    const uint32_t size = input.byte() * 5u;
    const uint32_t buffer = fake.room(size + 4);
    const uint32_t result = fake.room(4);
    const uint64_t cookie = input.byte();
    const Errno error = fd_readdir(fd, buffer, size, cookie % 2 != 0 ? ~cookie : cookie, result);
    if (error == Errno::kSuccess) require(fake.load<uint32_t>(result) <= size);
    require(fake.bytes_at(buffer + size, 4) == "\xcc\xcc\xcc\xcc");
    require(fake.pin == 0);
  }
}

}  // namespace
}  // namespace wasm_vfs::runtime

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wasm_vfs::runtime;
  Input input(data, size);
  const bool hostile = input.byte() % 4 == 0;
  Files files = {{"m/", ""}};
  std::map<std::string, bool> packed;
  for (uint8_t count = input.byte() % 40; count > 0; --count) packed[take_name(input)] = true;
  for (const auto& [name, unused] : packed) files.emplace_back("m/" + name, "");
  FakeHost fake(build_image(files, {"/m"}));
  fake.add_preopen("/m");
  for (uint8_t count = input.byte() % 40; count > 0; --count) fake.files[take_name(input)] = "";
  fake.cookie_step = 1 + input.byte() * uint64_t{input.byte()};
  const uint32_t prestat = fake.room(8);
  require(fd_prestat_get(3, prestat) == Errno::kSuccess);
  if (hostile) {
    check_hostile(input, 3);
    return 0;
  }
  std::vector<std::string> names = {".", ".."};
  for (const auto& [name, unused] : packed) names.push_back(name);
  for (const auto& [name, unused] : fake.files) {
    if (packed.count(name) == 0) names.push_back(name);
  }
  check_listing(input, 3, names);
  return 0;
}
