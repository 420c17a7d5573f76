// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Polling packed files, the host's, and both.

#include "fake_host.h"
#include "testing/catch.h"

namespace wasm_vfs::runtime {
namespace {

Subscription clock(uint64_t userdata) {
  Subscription subscription = {};
  subscription.userdata = userdata;
  subscription.clock_or_descriptor = 1;
  subscription.timeout = 1;
  return subscription;
}

Subscription descriptor(uint64_t userdata, int32_t fd, Eventtype type = Eventtype::kFdRead) {
  Subscription subscription;
  std::memset(&subscription, 0x77, sizeof(subscription));  // what is unused is kept too
  subscription.userdata = userdata;
  subscription.tag = static_cast<uint8_t>(type);
  subscription.clock_or_descriptor = static_cast<uint32_t>(fd);
  return subscription;
}

struct Polled {
  Errno error;
  std::map<uint64_t, Event> events;
};

Polled poll(const std::vector<Subscription>& subscriptions) {
  FakeHost& fake = FakeHost::get();
  const auto count = static_cast<uint32_t>(subscriptions.size());
  const std::string bytes(reinterpret_cast<const char*>(subscriptions.data()), count * 48);
  const uint32_t in = fake.put(bytes);
  const uint32_t out = fake.room(count * 32 + 32);
  const uint32_t result = fake.room(4);
  Polled polled;
  polled.error = poll_oneoff(in, out, count, result);
  CHECK(fake.bytes_at(in, count * 48) == bytes);
  if (polled.error != Errno::kSuccess) return polled;
  const auto used = fake.load<uint32_t>(result);
  REQUIRE(used <= count);
  for (uint32_t i = 0; i < used; ++i) {
    const auto event = fake.load<Event>(out + i * 32);
    CHECK(polled.events.emplace(event.userdata, event).second);
  }
  CHECK(*fake.at(out + count * 32) == 0xcc);
  return polled;
}

/// 3: the host's directory, 4: the root, 5: a packed file, 6: the host's file (at the host 4).
struct Opened {
  FakeHost fake{build_image({{"a", "12345"}})};
  Opened() {
    fake.add_preopen("/host");
    fake.files["x"] = "xyz";
    REQUIRE(root() == 4);
    REQUIRE(open(4, "a") == 5);
    REQUIRE(open(3, "x") == 6);
    fake.log.clear();
  }
};

TEST_CASE("clocks and the host's own numbers go straight to the host") {
  FakeHost fake(build_image({}));
  CHECK(poll({clock(1), descriptor(2, 0), descriptor(3, 1, Eventtype::kFdWrite)}).events.size() == 3);
  CHECK(fake.log == std::vector<std::string>{"poll_oneoff 3", "polled 0", "polled 1"});
  CHECK(poll({}).error == Errno::kInval);
}

TEST_CASE("numbers are translated, and put back") {
  Opened opened;
  const Polled polled = poll({descriptor(1, 6), clock(2), descriptor(3, 0)});
  CHECK(polled.events.size() == 3);
  CHECK(polled.events.at(1).byte_count == 3);
  CHECK(opened.fake.log == std::vector<std::string>{"poll_oneoff 3", "polled 4", "polled 0"});
}

TEST_CASE("a packed file is ready, and the host is asked without waiting") {
  Opened opened;
  Polled polled = poll({descriptor(7, 5)});
  REQUIRE(polled.events.size() == 1);
  CHECK(polled.events.at(7).byte_count == 5);
  CHECK(polled.events.at(7).error == 0);
  CHECK(polled.events.at(7).type == 1);
  CHECK(opened.fake.log.empty());

  read(5, 2);
  polled = poll({descriptor(7, 5), descriptor(8, 6), descriptor(9, 1, Eventtype::kFdWrite), clock(0),
                 clock(1), descriptor(10, 5, Eventtype::kFdWrite)});
  REQUIRE(polled.events.size() == 6);
  CHECK(polled.events.at(7).byte_count == 3);
  CHECK(polled.events.at(8).byte_count == 3);
  CHECK(polled.events.at(8).type == 1);
  CHECK(polled.events.at(9).type == 2);
  CHECK(polled.events.at(0).type == 0);
  CHECK(polled.events.at(1).type == 0);
  CHECK(polled.events.at(10).type == 2);
  // Four of the guest's, and the timer.
  CHECK(opened.fake.count("poll_oneoff") == 1);
  CHECK(opened.fake.log.front() == "poll_oneoff 5");
}

TEST_CASE("a directory, or what is not open, is an event with an error") {
  Opened opened;
  const Polled polled = poll({descriptor(1, 4), descriptor(2, 5)});
  REQUIRE(polled.events.size() == 2);
  CHECK(polled.events.at(1).error == static_cast<uint16_t>(Errno::kBadf));
  CHECK(polled.events.at(2).error == 0);
}

TEST_CASE("more subscriptions than a batch") {
  Opened opened;
  std::vector<Subscription> many;
  for (uint64_t i = 0; i < 300; ++i) {
    many.push_back(i % 3 == 0 ? descriptor(i, 5) : i % 3 == 1 ? descriptor(i, 6) : clock(i));
  }
  const Polled polled = poll(many);
  REQUIRE(polled.events.size() == 300);
  for (uint64_t i = 0; i < 300; ++i) {
    CHECK(polled.events.at(i).type == (i % 3 == 2 ? 0 : 1));
    CHECK(polled.events.at(i).byte_count == (i % 3 == 0 ? 5 : i % 3 == 1 ? 3 : 0));
  }
}

}  // namespace
}  // namespace wasm_vfs::runtime
