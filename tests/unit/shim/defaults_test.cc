// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arguments and environment: what a guest is told, and gets, from the host and from the pack.

#include "fake_host.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

using Strings = std::vector<std::string>;
using Call = Errno (*)(uint32_t, uint32_t);

Image image_with(const Strings& arguments, const Strings& environment = {}) {
  return build_image({{"a", "A"}}, {"/"},
                     {arguments.empty() ? "" : "app.wasm", arguments, environment});
}

/// Asks for the sizes and then for the strings, as a C library does, in buffers of just that size.
/// `bytes` are those of the strings as they lie.
struct Got {
  Errno error;
  Strings strings;
  std::string bytes;

  Got(Call sizes, Call get) {
    FakeHost& fake = FakeHost::get();
    const uint32_t result = fake.room(8);
    error = sizes(result, result + 4);
    if (error != Errno::kSuccess) return;
    const auto count = fake.load<uint32_t>(result);
    const auto size = fake.load<uint32_t>(result + 4);
    const uint32_t buffer = fake.room(size + 8);
    const uint32_t pointers = fake.room(count * 4 + 8);
    error = get(pointers, buffer);
    if (error != Errno::kSuccess) return;
    bytes = fake.bytes_at(buffer, size);
    for (uint32_t i = 0; i < count; ++i) {
      const auto pointer = fake.load<uint32_t>(pointers + i * 4);
      REQUIRE(pointer >= buffer);
      REQUIRE(pointer < buffer + size);
      strings.push_back(bytes.c_str() + (pointer - buffer));
    }
    // Nothing was written behind them.
    CHECK(fake.bytes_at(buffer + size, 8) == std::string(8, '\xcc'));
    CHECK(fake.bytes_at(pointers + count * 4, 8) == std::string(8, '\xcc'));
    CHECK(fake.pin == 0);
  }
};

Got arguments() { return {args_sizes_get, args_get}; }
Got environment() { return {environ_sizes_get, environ_get}; }

std::string joined(const Strings& strings) {
  std::string bytes;
  for (const std::string& text : strings) bytes.append(text).push_back('\0');
  return bytes;
}

TEST_CASE("default arguments come after argv[0] and before the host's") {
  FakeHost fake(image_with({"-E", "/app/main.py", ""}));
  const auto check = [&](const Strings& hosts, const Strings& all) {
    fake.arguments = hosts;
    const Got got = arguments();
    REQUIRE(got.error == Errno::kSuccess);
    CHECK(got.strings == all);
    // As a host would lay them out.
    CHECK(got.bytes == joined(all));
  };
  check({"python"}, {"python", "-E", "/app/main.py", ""});
  check({"python", "x", "", "yy"}, {"python", "-E", "/app/main.py", "", "x", "", "yy"});
  check({""}, {"", "-E", "/app/main.py", ""});
  // No argv at all: the program's name is what it was packed as.
  check({}, {"app.wasm", "-E", "/app/main.py", ""});
}

TEST_CASE("without default arguments they are the host's") {
  FakeHost fake(image_with({}));
  fake.arguments = {"a", "b"};
  CHECK(arguments().strings == Strings{"a", "b"});
  fake.arguments = {};
  CHECK(arguments().strings.empty());
}

TEST_CASE("the host's variable wins over the default of its name") {
  FakeHost fake(image_with({}, {"HOME=/app", "LANG=C", "EMPTY="}));
  const auto check = [&](const Strings& hosts, const Strings& all) {
    fake.environment = hosts;
    const Got got = environment();
    REQUIRE(got.error == Errno::kSuccess);
    CHECK(got.strings == all);
    CHECK(got.bytes == joined(all));
  };
  check({}, {"HOME=/app", "LANG=C", "EMPTY="});
  check({"PATH=/bin"}, {"PATH=/bin", "HOME=/app", "LANG=C", "EMPTY="});
  check({"LANG=de", "X=1"}, {"LANG=de", "X=1", "HOME=/app", "EMPTY="});
  // A value that is empty, or missing, is one.
  check({"HOME=", "LANG", "EMPTY=full"}, {"HOME=", "LANG", "EMPTY=full"});
  // Names that only begin alike, or are written otherwise, are others.
  check({"HOMER=1", "HOM=2", "home=3", "=HOME", "XHOME=4"},
        {"HOMER=1", "HOM=2", "home=3", "=HOME", "XHOME=4", "HOME=/app", "LANG=C", "EMPTY="});
}

TEST_CASE("an environment that does not fit the scratch") {
  FakeHost fake(image_with({}, {"HOME=/app", "LANG=C"}));
  // 4 bytes a pointer: exactly what fits, and a byte more.
  const std::string filler = "X=" + std::string(kEnvironmentCapacity - 4 - 4 - 3 - 8, 'x');
  fake.environment = {filler, "LANG=de"};
  const Got fits = environment();
  CHECK(fits.strings == Strings{filler, "LANG=de", "HOME=/app"});
  CHECK(fits.bytes.size() + 2 * 4 == kEnvironmentCapacity + 10);
  fake.environment = {filler + "x", "LANG=de"};
  const Got larger = environment();
  REQUIRE(larger.error == Errno::kSuccess);
  // Whether a program takes the first or the last LANG: it is the host's.
  CHECK(larger.strings == Strings{filler + "x", "LANG=de", "HOME=/app", "LANG=de"});
}

TEST_CASE("many variables and many defaults") {
  Strings defaults, hosts, all;
  for (int i = 0; i < 200; ++i) {
    const std::string name = "V" + std::to_string(i);
    if (i % 3 != 0) hosts.push_back(name + "=host");
    if (i % 5 != 0) defaults.push_back(name + "=default");
  }
  all = hosts;
  for (int i = 0; i < 200; i += 3)
    if (i % 5 != 0) all.push_back("V" + std::to_string(i) + "=default");
  FakeHost fake(image_with({}, defaults));
  fake.environment = hosts;
  CHECK(environment().strings == all);
}

TEST_CASE("a host that fails gives its errno") {
  FakeHost fake(image_with({"x"}, {"A=1"}));
  fake.arguments = {"p"};
  fake.environment = {"B=1"};
  fake.strings_error = Errno::kPerm;
  const uint32_t room = fake.room(64);
  CHECK(args_get(room, room + 32) == Errno::kPerm);
  CHECK(environ_get(room, room + 32) == Errno::kPerm);
  // Counting the environment needs its names.
  CHECK(environ_sizes_get(room, room + 4) == Errno::kPerm);
  CHECK(args_sizes_get(room, room + 4) == Errno::kSuccess);
  fake.sizes_error = Errno::kNosys;
  CHECK(arguments().error == Errno::kNosys);
  CHECK(environment().error == Errno::kNosys);
  CHECK(args_get(room, room + 32) == Errno::kNosys);
  CHECK(environ_get(room, room + 32) == Errno::kNosys);
  CHECK(fake.pin == 0);
}

TEST_CASE("a host that tells huge sizes") {
  FakeHost fake(image_with({"x"}, {"A=1"}));
  const uint32_t room = fake.room(64);
  for (const auto& [count, size] : std::vector<std::pair<uint32_t, uint32_t>>{
           {0xffffffffu, 1}, {1, 0xffffffffu}, {0xffffffffu, 0xffffffffu}}) {
    fake.told_sizes = {count, size};
    CHECK(args_sizes_get(room, room + 4) == Errno::kOverflow);
    CHECK(environ_sizes_get(room, room + 4) == Errno::kOverflow);
    CHECK(args_get(room, room + 32) == Errno::kOverflow);
    CHECK(environ_get(room, room + 32) == Errno::kOverflow);
  }
  // Sums that are numbers, but no room that a guest can have; and products that wrap round.
  for (const auto& [count, size] : std::vector<std::pair<uint32_t, uint32_t>>{
           {0xfffffff0u, 1}, {1, 0xfffffff0u}, {0x3fffffffu, 16}, {0x40000000u, 16}}) {
    fake.told_sizes = {count, size};
    CHECK(args_sizes_get(room, room + 4) == Errno::kSuccess);
    CHECK(fake.load<uint32_t>(room) == count + 1);
    CHECK(args_get(room, room + 32) == Errno::kFault);
    CHECK(environ_get(room, room + 32) == Errno::kFault);
  }
  CHECK(fake.count("args_get") == 0);
  CHECK(fake.count("environ_get") == 0);
}

TEST_CASE("a host that gives less than it told, or pointers that are none") {
  FakeHost fake(image_with({"x"}, {"A=1"}));
  fake.arguments = {"p", "q"};
  fake.environment = {"B=1", "C=2"};
  const uint32_t room = fake.room(128);
  for (const uint32_t count : {0u, 1u, 3u, 8u}) {
    fake.told_sizes = {count, 20};
    std::memset(fake.at(room), 0xff, 128);
    // Any answer will do, and none that is out of the guest's buffers.
    args_get(room, room + 64);
    environ_get(room, room + 64);
    CHECK(fake.bytes_at(room + 64 + 26, 38) == std::string(38, '\xff'));
  }
  CHECK(fake.pin == 0);
}

TEST_CASE("bad pointers, and pointers that overlap") {
  FakeHost fake(image_with({"xyz"}, {"A=12345"}));
  fake.arguments = {"p", "q"};
  fake.environment = {"B=1", "A=2"};
  const uint32_t start = FakeHost::kApplicationPages * kPageSize;
  const uint32_t end = fake.pages * kPageSize;
  const uint32_t good = fake.room(64);
  fd_close(99);  // what comes first has come
  for (uint32_t bad : {start - 3, start, fake.memory_base, end - 4, end, end + 4096, 0x7fffffffu,
                       0xfffffffcu, 0xffffffffu}) {
    INFO(bad);
    for (Call call : {args_sizes_get, environ_sizes_get, args_get, environ_get}) {
      fake.log.clear();
      CHECK(call(bad, good) == Errno::kFault);
      CHECK(call(good, bad) == Errno::kFault);
      CHECK(fake.count("args_get") == 0);
    }
  }
  for (uint32_t distance = 0; distance < 16; ++distance) {
    for (Call call : {args_sizes_get, environ_sizes_get, args_get, environ_get}) {
      call(good, good + distance);
      call(good + distance, good);
    }
  }
  CHECK(fake.pin == 0);
}

TEST_CASE("a guest that is called back while it asks may grow its memory") {
  FakeHost fake(image_with({"x"}, {"A=1", "B=2"}));
  fake.arguments = {"p"};
  fake.environment = {"B=3"};
  fake.on_call = [&](const std::string& call) {
    if (call == "environ_get" || call == "args_get") memory_grow(1);
  };
  CHECK(arguments().strings == Strings{"p", "x"});
  CHECK(environment().strings == Strings{"B=3", "A=1"});
  fake.on_call = nullptr;
  memory_size();  // the region is put in order
  CHECK(open(root(), "a") == 4);
  CHECK(environment().strings == Strings{"B=3", "A=1"});
}

TEST_CASE("without a host there are the defaults alone") {
  FakeHost fake(image_with({"x"}, {"A=1"}));
  fake.seal(kSealedWasi);
  CHECK(arguments().strings == Strings{"app.wasm", "x"});
  CHECK(environment().strings == Strings{"A=1"});
  FakeHost plain(image_with({}));
  plain.seal(kSealedWasi);
  CHECK(arguments().strings.empty());
  CHECK(environment().strings.empty());
  CHECK(plain.log.empty());
}

}  // namespace
}  // namespace wasm_vfs::runtime
