// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every call of SHIM_WASI_CALLS with bad addresses, sizes that wrap round, no sizes, addresses that
// overlap and extreme numbers, for each kind of descriptor. What a parameter is comes from its name
// in abi.h, so that a new call is tested without being listed here; a new name must be.

#include <array>
#include <limits>
#include <sstream>

#include "fake_host.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

inline constexpr uint32_t kMaximumParameters = 9;
using Values = std::array<uint64_t, kMaximumParameters>;

struct Call {
  std::string name;
  std::vector<std::string> parameters;
  std::function<Errno(const Values&)> run;
};

template <typename... P, size_t... I>
Errno apply(Errno (*call)(P...), const Values& values, std::index_sequence<I...>) {
  return call(static_cast<P>(values[I])...);
}

template <typename... P>
Call describe(std::string name, std::string_view declared, Errno (*call)(P...)) {
  static_assert(sizeof...(P) <= kMaximumParameters);
  Call described = {std::move(name), {}, [call](const Values& values) {
                      return apply(call, values, std::index_sequence_for<P...>());
                    }};
  // "(int32_t fd, uint32_t result)"
  std::string words(declared.substr(1, declared.size() - 2));
  for (char& c : words) c = c == ',' ? ' ' : c;
  std::istringstream stream(words);
  for (std::string type, parameter; stream >> type >> parameter;) {
    described.parameters.push_back(parameter);
  }
  REQUIRE(described.parameters.size() == sizeof...(P));
  return described;
}

std::vector<Call> every_call() {
  return {
#define ROW(name, parameters) describe(#name, #parameters, &runtime::name),
      SHIM_WASI_CALLS(ROW)
#undef ROW
  };
}

enum class Kind { kDescriptor, kAddress, kSize, kNumber };

Kind kind_of(const std::string& parameter) {
  static const std::map<std::string, Kind> kKinds = {
      {"fd", Kind::kDescriptor},
      {"old_fd", Kind::kDescriptor},
      {"new_fd", Kind::kDescriptor},
      {"to", Kind::kDescriptor},
      {"result", Kind::kAddress},
      {"result_size", Kind::kAddress},
      {"result_flags", Kind::kAddress},
      {"iovecs", Kind::kAddress},
      {"path", Kind::kAddress},
      {"old_path", Kind::kAddress},
      {"new_path", Kind::kAddress},
      {"target", Kind::kAddress},
      {"buffer", Kind::kAddress},
      {"subscriptions", Kind::kAddress},
      {"events", Kind::kAddress},
      {"iovec_count", Kind::kSize},
      {"path_size", Kind::kSize},
      {"old_path_size", Kind::kSize},
      {"new_path_size", Kind::kSize},
      {"target_size", Kind::kSize},
      {"buffer_size", Kind::kSize},
      {"count", Kind::kSize},
      {"offset", Kind::kNumber},
      {"size", Kind::kNumber},
      {"advice", Kind::kNumber},
      {"flags", Kind::kNumber},
      {"base", Kind::kNumber},
      {"inheriting", Kind::kNumber},
      {"access", Kind::kNumber},
      {"modification", Kind::kNumber},
      {"which", Kind::kNumber},
      {"cookie", Kind::kNumber},
      {"whence", Kind::kNumber},
      {"lookupflags", Kind::kNumber},
      {"oflags", Kind::kNumber},
      {"rights_base", Kind::kNumber},
      {"rights_inheriting", Kind::kNumber},
      {"fdflags", Kind::kNumber},
      {"how", Kind::kNumber},
      {"arguments", Kind::kAddress},
      {"variables", Kind::kAddress},
      {"result_count", Kind::kAddress},
  };
  const auto found = kKinds.find(parameter);
  INFO("a parameter that this test does not know: " << parameter);
  REQUIRE(found != kKinds.end());
  return found->second;
}

// ---- The descriptors that a call is tried on.

enum Subject {
  kPackedFile,
  kPackedDirectory,
  kMergedDirectory,
  kHostDirectory,
  kHostFile,
  kHostSocket,
  kNobody,
  kSubjectCount,
};

/// A host and what is open in it.
struct Scene {
  explicit Scene(Subject tried)
      : subject(tried),
        fake(build_image({{"a", std::string(1000, 'x')}, {"host/d/b", "B"}}, {"/"})) {
    descriptors[kHostDirectory] = fake.add_preopen("/other");
    descriptors[kMergedDirectory] = fake.add_preopen("/host");
    fake.files["a"] = std::string(1000, 'x');
    fake.arguments = {"program"};
    fake.environment = {"NAME=value"};
    HostDescriptor socket;
    socket.kind = HostDescriptor::kSocket;
    descriptors[kHostSocket] = fake.add(socket);
    descriptors[kPackedDirectory] = root();
    descriptors[kPackedFile] = open(root(), "a");
    descriptors[kHostFile] = open(descriptors[kHostDirectory], "a");
    descriptors[kNobody] = 1000;
    REQUIRE(descriptors[kPackedFile] > 2);
    REQUIRE(descriptors[kHostFile] > 2);
  }

  /// Arguments with which the call is right, as far as it can be with that descriptor.
  Values good(const Call& call) {
    Values values = {};
    for (size_t i = 0; i < call.parameters.size(); ++i) {
      const std::string& name = call.parameters[i];
      switch (kind_of(name)) {
        case Kind::kDescriptor:
          values[i] = static_cast<uint64_t>(descriptors[subject]);
          break;
        case Kind::kAddress:
          values[i] = name == "iovecs"                         ? fake.iovecs({3})
                      : name == "subscriptions"                ? fake.put(std::string(48, '\0'))
                      : name == "new_path"                     ? fake.put("new")
                      : name.find("path") != std::string::npos ? fake.put("a")
                                                               : fake.room(64);
          break;
        case Kind::kSize:
          values[i] = name == "new_path_size" ? 3 : name == "buffer_size" ? 30 : 1;
          break;
        case Kind::kNumber:
          values[i] = name == "rights_base" ? kRightFdRead : name == "how" ? 1 : 0;
          break;
      }
    }
    return values;
  }

  const Subject subject;
  FakeHost fake;
  std::array<int32_t, kSubjectCount> descriptors = {};
};

/// `check(scene, call, good arguments)` for each call and descriptor.
void for_each(const std::function<void(Scene&, const Call&, const Values&)>& check) {
  for (const Call& call : every_call()) {
    for (int subject = 0; subject < kSubjectCount; ++subject) {
      INFO(call.name << " on " << subject);
      Scene scene(static_cast<Subject>(subject));
      check(scene, call, scene.good(call));
      CHECK(scene.fake.pin == 0);
    }
  }
}

/// What an address or a size that cannot be right must bring: FAULT, or what is wrong anyway.
void check_refused(Scene& scene, const Call& call, const Values& values, Errno answer) {
  const int before = scene.fake.count(call.name);
  const Errno error = call.run(values);
  CHECK(error != Errno::kSuccess);
  if (error != answer) CHECK(error == Errno::kFault);
  if (error == Errno::kFault) CHECK(scene.fake.count(call.name) == before);
}

/// An address outside the guest's memory is EFAULT, and the host is not asked.
void check_addresses(Scene& scene, const Call& call, const Values& good, Errno answer) {
  const uint32_t start = FakeHost::kApplicationPages * kPageSize;
  const uint32_t end = scene.fake.pages * kPageSize;
  for (size_t i = 0; i < call.parameters.size(); ++i) {
    if (kind_of(call.parameters[i]) != Kind::kAddress) continue;
    for (uint32_t bad : {start, scene.fake.memory_base, end - 1, end, 0x7fffffffu, 0x80000000u,
                         0xfffffff8u, 0xffffffffu}) {
      INFO(call.parameters[i] << " = " << bad);
      Values values = good;
      values[i] = bad;
      check_refused(scene, call, values, answer);
    }
  }
}

/// So is a size that reaches beyond the memory, or wraps round.
void check_sizes(Scene& scene, const Call& call, const Values& good, Errno answer) {
  for (size_t i = 0; i < call.parameters.size(); ++i) {
    if (kind_of(call.parameters[i]) != Kind::kSize) continue;
    // 2^32 / 8 and / 48 and one more: the bytes of so many iovecs and subscriptions wrap to few.
    for (uint32_t size : {0x05555556u, 0x08000001u, 0x20000000u, 0x20000001u, 0x80000000u,
                          0xfffffff0u, 0xffffffffu}) {
      INFO(call.parameters[i] << " = " << size);
      Values values = good;
      values[i] = size;
      check_refused(scene, call, values, answer);
    }
  }
}

/// No bytes need no memory.
void check_no_bytes(const Call& call, const Values& good, Errno answer) {
  for (size_t i = 0; i < call.parameters.size(); ++i) {
    if (kind_of(call.parameters[i]) != Kind::kSize) continue;
    INFO(call.parameters[i]);
    Values values = good;
    values[i] = 0;
    values[i - 1] = 0xffffffffu;  // the address that it is the size of
    if (call.name == "poll_oneoff") values[i - 2] = 0xffffffffu;
    if (answer != Errno::kFault) CHECK(call.run(values) != Errno::kFault);
  }
}

TEST_CASE("every call: bad addresses and sizes are EFAULT, and no bytes need no memory") {
  // What each call says of good arguments, in a scene of its own.
  std::map<std::pair<std::string, Subject>, Errno> answers;
  for_each([&](Scene& scene, const Call& call, const Values& good) {
    answers[{call.name, scene.subject}] = call.run(good);
  });
  for_each([&](Scene& scene, const Call& call, const Values& good) {
    const Errno answer = answers.at({call.name, scene.subject});
    check_addresses(scene, call, good, answer);
    check_sizes(scene, call, good, answer);
    check_no_bytes(call, good, answer);
  });
}

TEST_CASE("every call: addresses that overlap are no trap") {
  for_each([](Scene& scene, const Call& call, const Values& good) {
    const uint32_t shared = scene.fake.room(4096);
    for (uint32_t fill : {0u, 0xffffffffu, shared, 0x00616161u}) {
      for (uint32_t at = 0; at < 4096; at += 4) scene.fake.store(shared + at, fill);
      Values values = good;
      for (size_t i = 0; i < call.parameters.size(); ++i) {
        if (kind_of(call.parameters[i]) == Kind::kAddress) values[i] = shared + i % 2;
        if (kind_of(call.parameters[i]) == Kind::kSize) values[i] = 40;
      }
      const Errno error = call.run(values);
      CHECK(static_cast<int32_t>(error) >= 0);
      CHECK(error <= Errno::kNotcapable);
    }
  });
}

TEST_CASE("every call: extreme numbers are no trap") {
  for_each([](Scene& scene, const Call& call, const Values& good) {
    for (size_t i = 0; i < call.parameters.size(); ++i) {
      const Kind kind = kind_of(call.parameters[i]);
      if (kind != Kind::kNumber && kind != Kind::kDescriptor) continue;
      for (uint64_t extreme : {uint64_t{1}, uint64_t{4095}, uint64_t{4096}, uint64_t{0x7fffffff},
                               uint64_t{0x80000000}, uint64_t{0xffffffff}, uint64_t{1} << 32,
                               uint64_t{1} << 63, (uint64_t{1} << 63) - 1, ~uint64_t{0}}) {
        INFO(call.parameters[i] << " = " << extreme);
        Values values = good;
        values[i] = extreme;
        const Errno error = call.run(values);
        CHECK(static_cast<int32_t>(error) >= 0);
        CHECK(error <= Errno::kNotcapable);
        CHECK(scene.fake.pin == 0);
      }
    }
  });
}

}  // namespace
}  // namespace wasm_vfs::runtime
