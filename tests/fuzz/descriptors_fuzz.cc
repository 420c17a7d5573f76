// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table of descriptors (runtime-shim/src/descriptors.cc, close.cc) against a simple model: which
// of the guest's numbers is what. The input opens, closes and renumbers packed files, merged
// directories and the host's files, in any order, standard streams and preopens too. After each step
// the number that was used is what the model says; at the end nothing is left open at the host that
// the guest has not.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "fake_host.h"
#include "fuzzing.h"

namespace wasm_vfs::runtime {
namespace {

using fuzzing::require;

/// "" is a standard stream, "/" a preopen, else what identify() says.
using Model = std::map<int32_t, std::string>;

/// What is open at a number: a file's bytes, "d" for a merged directory, "/" for a preopen.
std::string identify(int32_t fd) {
  FakeHost& fake = FakeHost::get();
  const uint32_t result = fake.room(64);
  const uint32_t iovecs = fake.iovecs({9});
  if (fd_prestat_get(fd, result) == Errno::kSuccess) return "/";
  if (fd_pread(fd, iovecs, 1, 0, result) == Errno::kSuccess) {
    return fake.bytes_at(fake.load<uint32_t>(iovecs), fake.load<uint32_t>(result));
  }
  if (fd_filestat_get(fd, result) != Errno::kSuccess) return "closed";
  // The host's part of it.
  require(stat(fd, "hosts") == Errno::kSuccess);
  require(stat(fd, "ours") == Errno::kSuccess);
  return "d";
}

}  // namespace
}  // namespace wasm_vfs::runtime

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wasm_vfs::runtime;
  FakeHost fake(build_image({{"m/p", "packed"}, {"m/d/ours", ""}}, {"/m"}));
  fake.add_preopen("/m");
  if (size != 0 && data[0] % 2 != 0) fake.add_preopen(".", "elsewhere");
  fake.files["h"] = "host";
  fake.files["d/hosts"] = "";
  fake.directories.insert("elsewhere");
  Model model = {{0, ""}, {1, ""}, {2, ""}};
  const uint32_t prestat = fake.room(8);
  for (int32_t fd = 3; fd_prestat_get(fd, prestat) == Errno::kSuccess; ++fd) model[fd] = "/";
  // The way in: a copy of the host's preopen that the input does not touch.
  int32_t base = 3;
  for (size_t i = 1; i + 1 < size && i < 2000; i += 2) {
    const int32_t fd = data[i] % 12;
    const int32_t to = data[i + 1] % 12;
    switch (data[i] / 16 % 4) {
      case 0:
      case 1: {
        if (model.size() > 10) break;
        const std::string what = data[i + 1] % 3 == 0 ? "p" : data[i + 1] % 3 == 1 ? "h" : "d";
        const int32_t opened = open(base, what);
        require(opened >= 0 && model.count(opened) == 0);
        if (what != "h") {  // ours take the lowest number
          for (int32_t lower = 0; lower < opened; ++lower) require(model.count(lower) != 0);
        }
        model[opened] = what == "p" ? "packed" : what == "h" ? "host" : "d";
        break;
      }
      case 2:
        if (fd == base) break;
        require((fd_close(fd) == Errno::kSuccess) == (model.erase(fd) != 0));
        break;
      default: {
        if (to == base) break;
        const bool possible = model.count(fd) != 0 && model.count(to) != 0;
        require((fd_renumber(fd, to) == Errno::kSuccess) == possible);
        if (!possible || fd == to) break;
        model[to] = model[fd];
        model.erase(fd);
        if (fd == base) base = to;
      }
    }
    for (int32_t one : {fd, to}) {
      const auto known = model.find(one);
      require(identify(one) == (known == model.end() ? "closed" : known->second));
    }
  }
  for (const auto& [fd, what] : model) require(fd_close(fd) == Errno::kSuccess);
  require(fake.descriptors.empty());
  require(state().translated_count == 0);
  require(fake.pin == 0);
  return 0;
}
