// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// poll_oneoff. Without packed descriptors the host is asked once, with its own numbers, which are
// put into the guest's array and taken out again, so that its length does not matter. A packed
// file is always ready, so with one among them nothing may block: the host is then asked about the
// rest in batches, each with a timer that has run out.
// Tested by tests/unit/shim/poll_test.cc.

#include "forward.h"
#include "region.h"

namespace wasm_vfs::runtime {
namespace {

inline constexpr uint32_t kMonotonicClock = 1;
inline constexpr uint32_t kDescriptorOffset = offsetof(SubscriptionHead, descriptor);

SHIM_INLINE uint32_t subscription_size() {
  return constant::is_unstable() ? sizeof(UnstableSubscription) : sizeof(Subscription);
}

SHIM_INLINE uint32_t subscription_at(uint32_t subscriptions, uint32_t index) {
  return subscriptions + index * subscription_size();
}

SHIM_NOINLINE bool is_about_descriptor(uint32_t subscription) {
  const uint8_t tag = load<uint8_t>(subscription + offsetof(SubscriptionHead, tag));
  return tag == static_cast<uint8_t>(Eventtype::kFdRead) ||
         tag == static_cast<uint8_t>(Eventtype::kFdWrite);
}

/// One host call, with the host's numbers in the guest's array while it lasts.
SHIM_NOINLINE Errno poll_translated(uint32_t subscriptions, uint32_t events, uint32_t count,
                                    uint32_t result) {
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t subscription = subscription_at(subscriptions, i);
    if (!is_about_descriptor(subscription)) continue;
    const int64_t host_fd =
        known_host_descriptor(load<uint32_t>(subscription + kDescriptorOffset));
    store(subscription + kDescriptorOffset, static_cast<uint32_t>(host_fd));
  }
  Errno error;
  {
    const Pin pin;
    error = host::poll_oneoff(subscriptions, events, count, result);
  }
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t subscription = subscription_at(subscriptions, i);
    if (!is_about_descriptor(subscription)) continue;
    const auto host_fd = load<uint32_t>(subscription + kDescriptorOffset);
    const uint32_t fd = guest_number(host_fd);
    if (fd != kTableSize) store(subscription + kDescriptorOffset, fd);
  }
  return error;
}

/// The event of a packed descriptor, or of a bad one: at once.
Event event_now(const SubscriptionHead& subscription) {
  Event event = {};
  event.userdata = subscription.userdata;
  event.type = subscription.tag;
  Node node;
  const Entry* const entry =
      packed_entry(static_cast<int32_t>(subscription.descriptor), node);
  if (entry == nullptr || is_directory(node)) {
    event.error = static_cast<uint16_t>(Errno::kBadf);
  } else if (entry->position < node.size) {
    event.byte_count = node.size - entry->position;
  }
  return event;
}

/// Where a subscription of the batch in the scratch lies.
SHIM_INLINE uint8_t* batched(uint32_t index) {
  return scratch().poll.subscriptions + index * subscription_size();
}

/// A number that no timer of the batch has for its userdata.
uint64_t unused_userdata(uint32_t batch_size) {
  uint64_t mark = 0;
  for (uint32_t i = 0; i < batch_size; ++i) {
    SubscriptionHead other;
    __builtin_memcpy(&other, batched(i), sizeof(other));
    if (other.tag == static_cast<uint8_t>(Eventtype::kClock) && other.userdata == mark) {
      ++mark;
      i = static_cast<uint32_t>(-1);
    }
  }
  return mark;
}

/// Puts a timer that has run out behind the batch.
void add_timer(uint32_t batch_size, uint64_t userdata) {
  __builtin_memset(batched(batch_size), 0, subscription_size());
  __builtin_memcpy(batched(batch_size), &userdata, sizeof(userdata));
  const uint32_t clock = kMonotonicClock;
  __builtin_memcpy(batched(batch_size) + (constant::is_unstable()
                                              ? offsetof(UnstableSubscription, clock)
                                              : offsetof(Subscription, clock_or_descriptor)),
                   &clock, sizeof(clock));
}

/// Asks the host about the batch in the scratch, which has room for one more subscription: a timer
/// that has run out. Appends the events to the guest's; the timer's own is left out.
Errno poll_batch(uint32_t batch_size, uint32_t events, uint32_t& event_count) {
  // Without a host the batch is timers, and nobody knows whether they have run out.
  if (batch_size == 0 || constant::sealing() == kSealedWasi) return Errno::kSuccess;
  auto& poll = scratch().poll;
  const uint64_t mark = unused_userdata(batch_size);
  add_timer(batch_size, mark);
  {
    const Pin pin;
    const Errno error = host::poll_oneoff(address_of(poll.subscriptions), address_of(poll.events),
                                          batch_size + 1, address_of(&poll.event_count));
    if (error != Errno::kSuccess) return error;
  }
  if (poll.event_count > batch_size + 1) return Errno::kIo;
  for (uint32_t i = 0; i < poll.event_count; ++i) {
    const Event& event = poll.events[i];
    if (event.type == static_cast<uint8_t>(Eventtype::kClock) && event.userdata == mark) continue;
    store(events + event_count++ * static_cast<uint32_t>(sizeof(Event)), event);
  }
  return Errno::kSuccess;
}

SHIM_NOINLINE Errno poll_mixed(uint32_t subscriptions, uint32_t events, uint32_t count,
                               uint32_t result) {
  use_scratch();
  uint32_t event_count = 0;
  uint32_t batch_size = 0;
  // The guest's two arrays may overlap: all subscriptions of a batch are read before an event of it
  // is written, which is more than the specification asks for.
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t at = subscription_at(subscriptions, i);
    const auto subscription = load<SubscriptionHead>(at);
    const bool about_descriptor = is_about_descriptor(at);
    const int64_t host_fd = about_descriptor ? known_host_descriptor(subscription.descriptor) : 0;
    if (host_fd < 0) {
      store(events + event_count++ * static_cast<uint32_t>(sizeof(Event)),
            event_now(subscription));
      continue;
    }
    uint8_t* const copy = batched(batch_size++);
    __builtin_memcpy(copy, intrinsic::at(at), subscription_size());
    if (about_descriptor) __builtin_memcpy(copy + kDescriptorOffset, &host_fd, sizeof(uint32_t));
    if (batch_size == kPollBatch - 1) {
      const Errno error = poll_batch(batch_size, events, event_count);
      if (error != Errno::kSuccess) return error;
      batch_size = 0;
    }
  }
  const Errno error = poll_batch(batch_size, events, event_count);
  if (error != Errno::kSuccess) return error;
  store(result, event_count);
  return Errno::kSuccess;
}

}  // namespace

Errno poll_oneoff(uint32_t subscriptions, uint32_t events, uint32_t count, uint32_t result) {
  if (!is_guest(subscriptions, static_cast<uint64_t>(count) * subscription_size()) ||
      !is_guest(events, static_cast<uint64_t>(count) * sizeof(Event)) || !is_guest(result, 4)) {
    return Errno::kFault;
  }
  bool translated = false;
  bool now = false;  // there is a packed descriptor, or a bad one
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t subscription = subscription_at(subscriptions, i);
    if (!is_about_descriptor(subscription)) continue;
    const auto fd = load<uint32_t>(subscription + kDescriptorOffset);
    const int64_t host_fd = host_descriptor(static_cast<int32_t>(fd));
    now |= host_fd < 0;
    translated |= host_fd != fd;
  }
  if (now) return poll_mixed(subscriptions, events, count, result);
  if (translated) return poll_translated(subscriptions, events, count, result);
  return host::poll_oneoff(subscriptions, events, count, result);
}

}  // namespace wasm_vfs::runtime
