// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is not about files: arguments, environment, clocks, random numbers, polls, sockets, standard
// input, the process. See conformance.h. tests/conformance/hosts.py gives the arguments, the
// environment and the input.

#include "conformance.h"

static char* pointers[32];
static char text[4096];
static uint32_t number;
static uint32_t size;

CASE(HOST, args_sizes_get, counts, given) {
  OK(args_sizes_get(&number, &size));
  // The program's name, three, and the first case's number.
  EQUAL(5, number);
  TRUE(size >= 5 + 5 + 11 + 3 && size < 1000);
}
CASE(HOST, args_get, gives, in_order) {
  OK(args_sizes_get(&number, &size));
  OK(args_get(pointers, text));
  TRUE(strcmp(pointers[1], "alpha") == 0);
  TRUE(strcmp(pointers[2], "beta gamma") == 0);
  TRUE(strcmp(pointers[3], "d\xc3\xa9") == 0);
}
CASE(HOST, args_get, gives, as_large_as_said) {
  OK(args_sizes_get(&number, &size));
  memset(text, 0x2a, sizeof text);
  OK(args_get(pointers, text));
  EQUAL(0, text[size - 1]);
  EQUAL(0x2a, text[size]);
  uint32_t sum = 0;
  for (uint32_t i = 0; i < number; ++i) sum += strlen(pointers[i]) + 1;
  EQUAL(size, sum);
}
CASE(HOST, environ_sizes_get, counts, given) {
  OK(environ_sizes_get(&number, &size));
  EQUAL(3, number);
  EQUAL(sizeof "ONE=1" + sizeof "EMPTY=" + sizeof "EQUALS=a=b", size);
}
CASE(HOST, environ_get, gives, names_and_values) {
  OK(environ_sizes_get(&number, &size));
  memset(text, 0x2a, sizeof text);
  OK(environ_get(pointers, text));
  int found = 0;
  for (uint32_t i = 0; i < number && i < 32; ++i) {
    found += strcmp(pointers[i], "ONE=1") == 0;
    found += strcmp(pointers[i], "EMPTY=") == 0;
    found += strcmp(pointers[i], "EQUALS=a=b") == 0;
  }
  EQUAL(3, found);
  EQUAL(0x2a, text[size]);
}

enum { REALTIME, MONOTONIC, PROCESS_CPUTIME, THREAD_CPUTIME };
static uint64_t now(int32_t clock) {
  uint64_t time = 0;
  return clock_time_get(clock, 0, &time) == SUCCESS ? time : 0;
}
CASE(HOST, clock_res_get, not_zero, realtime) {
  uint64_t time = 0;
  OK(clock_res_get(REALTIME, &time));
  TRUE(time > 0 && time <= 1000000000);
}
CASE(HOST, clock_res_get, not_zero, monotonic) {
  uint64_t time = 0;
  OK(clock_res_get(MONOTONIC, &time));
  TRUE(time > 0 && time <= 1000000000);
}
CASE(HOST, clock_res_get, not_zero, cputime) {
  uint64_t time = 1;
  const int32_t error = clock_res_get(PROCESS_CPUTIME, &time);
  TRUE((error == SUCCESS && time > 0) || error == INVAL || error == NOTSUP || error == BADF);
}
CASE(HOST, clock_res_get, INVAL, no_such_clock) {
  uint64_t time;
  IS(INVAL, clock_res_get(4, &time));
}
CASE(HOST, clock_time_get, tells, realtime) {
  uint64_t time = 0;
  OK(clock_time_get(REALTIME, 1, &time));
  TRUE(time > 1700000000000000000);  // 2023
}
CASE(HOST, clock_time_get, does_not_go_back, monotonic) {
  uint64_t last = 0;
  for (int i = 0; i < 1000; ++i) {
    const uint64_t time = now(MONOTONIC);
    TRUE(time >= last && time > 0);
    last = time;
  }
}
CASE(HOST, clock_time_get, tells, cputime) {
  uint64_t time;
  for (int32_t clock = PROCESS_CPUTIME; clock <= THREAD_CPUTIME; ++clock) {
    const int32_t error = clock_time_get(clock, 0, &time);
    TRUE(error == SUCCESS || error == INVAL || error == NOTSUP || error == BADF);
  }
}
CASE(HOST, clock_time_get, INVAL, no_such_clock) {
  uint64_t time;
  IS(INVAL, clock_time_get(4, 0, &time));
}

CASE(HOST, random_get, fills, not_twice_the_same) {
  uint8_t one[32] = {0};
  uint8_t two[32] = {0};
  OK(random_get(one, sizeof one));
  OK(random_get(two, sizeof two));
  TRUE(memcmp(one, two, sizeof one) != 0);
}
CASE(HOST, random_get, fills, exactly) {
  memset(bytes, 0, 64);
  OK(random_get(bytes, 33));
  for (int i = 33; i < 64; ++i) EQUAL(0, bytes[i]);
}
CASE(HOST, random_get, fills, large) {
  memset(bytes, 0, sizeof bytes);
  OK(random_get(bytes, sizeof bytes));
  int zeros = 0;
  for (uint32_t i = sizeof bytes - 1024; i < sizeof bytes; ++i) zeros += bytes[i] == 0;
  TRUE(zeros < 100);
}
CASE(HOST, random_get, fills, nothing) {
  OK(random_get(bytes, 0));
}

CASE(HOST, sched_yield, returns, at_once) {
  OK(sched_yield());
}

// ---- poll_oneoff

static __wasi_subscription_t subscriptions[4];
static __wasi_event_t events[4];
static void add_clock(int index, int32_t clock, uint64_t timeout, uint16_t flags) {
  memset(&subscriptions[index], 0, sizeof subscriptions[index]);
  subscriptions[index].userdata = 0x1122334455667700u + (uint64_t)index;
  subscriptions[index].u.tag = 0;
  subscriptions[index].u.u.clock.id = (__wasi_clockid_t)clock;
  subscriptions[index].u.u.clock.timeout = timeout;
  subscriptions[index].u.u.clock.flags = flags;
}
static void add_descriptor(int index, int32_t fd, bool write) {
  memset(&subscriptions[index], 0, sizeof subscriptions[index]);
  subscriptions[index].userdata = 0x1122334455667700u + (uint64_t)index;
  subscriptions[index].u.tag = write ? 2 : 1;
  subscriptions[index].u.u.fd_read.file_descriptor = fd;
}
static int32_t poll(uint32_t subscription_count) {
  memset(events, 0xa5, sizeof events);
  return poll_oneoff(subscriptions, events, subscription_count, &count);
}
static const __wasi_event_t* event_of(int index) {
  for (uint32_t i = 0; i < count && i < 4; ++i) {
    if (events[i].userdata == 0x1122334455667700u + (uint64_t)index) return &events[i];
  }
  return NULL;
}

CASE(HOST, poll_oneoff, waits, relative) {
  const uint64_t start = now(MONOTONIC);
  add_clock(0, MONOTONIC, 2000000, 0);
  OK(poll(1));
  EQUAL(1, count);
  // Timers are coarser than clocks.
  TRUE(now(MONOTONIC) - start >= 1000000);
  EQUAL(0x1122334455667700u, events[0].userdata);
  EQUAL(0, events[0].error);
  EQUAL(0, events[0].type);
}
CASE(HOST, poll_oneoff, waits, absolute) {
  const uint64_t until = now(MONOTONIC) + 2000000;
  add_clock(0, MONOTONIC, until, 1);
  OK(poll(1));
  EQUAL(1, count);
  TRUE(now(MONOTONIC) + 1000000 >= until);
}
CASE(HOST, poll_oneoff, waits, realtime) {
  add_clock(0, REALTIME, 1000000, 0);
  OK(poll(1));
  EQUAL(1, count);
  EQUAL(0, events[0].error);
}
CASE(HOST, poll_oneoff, waits, time_that_is_past) {
  add_clock(0, MONOTONIC, 1, 1);
  OK(poll(1));
  EQUAL(1, count);
}
CASE(HOST, poll_oneoff, waits, for_the_first_of_two) {
  add_clock(0, MONOTONIC, 700000000, 0);
  add_clock(1, MONOTONIC, 1000000, 0);
  OK(poll(2));
  EQUAL(1, count);
  TRUE(event_of(1) != NULL);
}
CASE(TREE, poll_oneoff, ready_to_read, file) {
  add_descriptor(0, OPEN("hello"), false);
  OK(poll(1));
  EQUAL(1, count);
  EQUAL(0, events[0].error);
  EQUAL(1, events[0].type);
  EQUAL(0x1122334455667700u, events[0].userdata);
}
CASE(TREE, poll_oneoff, ready_to_read, before_a_clock) {
  add_clock(0, MONOTONIC, 700000000, 0);
  add_descriptor(1, OPEN("hello"), false);
  OK(poll(2));
  TRUE(event_of(1) != NULL && event_of(0) == NULL);
}
CASE(TREE, poll_oneoff, ready_to_read, two_files) {
  add_descriptor(0, OPEN("hello"), false);
  add_descriptor(1, OPEN("dir/inner"), false);
  OK(poll(2));
  // A host may stop at the first that is ready.
  TRUE(count == 1 || (count == 2 && event_of(0) != NULL && event_of(1) != NULL));
}
CASE(HOST, poll_oneoff, ready_to_write, standard_output) {
  add_descriptor(0, 1, true);
  OK(poll(1));
  EQUAL(1, count);
  EQUAL(0, events[0].error);
  EQUAL(2, events[0].type);
}
CASE(SCRATCH, poll_oneoff, ready_to_write, file) {
  add_descriptor(0, CREATE("f"), true);
  OK(poll(1));
  EQUAL(1, count);
  EQUAL(0, events[0].error);
}
CASE(HOST, poll_oneoff, keeps_subscriptions, as_they_were) {
  add_descriptor(0, 1, true);
  add_clock(1, MONOTONIC, 1, 0);
  static __wasi_subscription_t before[4];
  memcpy(before, subscriptions, sizeof before);
  OK(poll(2));
  TRUE(memcmp(before, subscriptions, sizeof before) == 0);
}
CASE(HOST, poll_oneoff, BADF, nobody) {
  add_descriptor(0, NOBODY, false);
  // As an event, as POSIX's POLLNVAL; or for the whole call.
  const int32_t error = poll(1);
  TRUE(error == BADF || (error == SUCCESS && count == 1 && events[0].error == BADF));
}
CASE(SCRATCH, poll_oneoff, BADF, closed) {
  const int32_t fd = CREATE("f");
  OK(fd_close(fd));
  add_descriptor(0, fd, false);
  const int32_t error = poll(1);
  TRUE(error == BADF || (error == SUCCESS && count == 1 && events[0].error == BADF));
}
CASE(HOST, poll_oneoff, INVAL, no_subscriptions) {
  IS(INVAL, poll(0));
}
CASE(HOST, poll_oneoff, INVAL, no_such_clock) {
  add_clock(0, 77, 1, 0);
  const int32_t error = poll(1);
  TRUE(error == INVAL || (error == SUCCESS && count == 1 && events[0].error == INVAL));
}
CASE(HOST, poll_oneoff, INVAL, no_such_tag) {
  add_clock(0, MONOTONIC, 1, 0);
  subscriptions[0].u.tag = 9;
  IS(INVAL, poll(1));
}

// ---- Sockets: no host here gives one, so only what is none can be asked.

CASE(HOST, sock_accept, BADF, nobody) {
  int32_t fd = -1;
  IS(BADF, sock_accept(NOBODY, 0, &fd));
}
CASE(TREE, sock_accept, NOTSOCK, file) {
  int32_t fd = -1;
  EITHER(NOTSOCK, NOTCAPABLE, sock_accept(OPEN("hello"), 0, &fd));
}
CASE(HOST, sock_recv, BADF, nobody) {
  uint16_t flags;
  const __wasi_iovec_t iovec = {bytes, 4};
  IS(BADF, sock_recv(NOBODY, &iovec, 1, 0, &count, &flags));
}
CASE(TREE, sock_recv, NOTSOCK, file) {
  uint16_t flags;
  const __wasi_iovec_t iovec = {bytes, 4};
  EITHER(NOTSOCK, NOTCAPABLE, sock_recv(OPEN("hello"), &iovec, 1, 0, &count, &flags));
}
CASE(HOST, sock_send, BADF, nobody) {
  const __wasi_ciovec_t iovec = {bytes, 4};
  IS(BADF, sock_send(NOBODY, &iovec, 1, 0, &count));
}
CASE(TREE, sock_send, NOTSOCK, file) {
  const __wasi_ciovec_t iovec = {bytes, 4};
  EITHER(NOTSOCK, NOTCAPABLE, sock_send(OPEN("hello"), &iovec, 1, 0, &count));
}
CASE(HOST, sock_shutdown, BADF, nobody) {
  IS(BADF, sock_shutdown(NOBODY, 1));
}
CASE(TREE, sock_shutdown, NOTSOCK, file) {
  EITHER(NOTSOCK, NOTCAPABLE, sock_shutdown(OPEN("hello"), 1));
}
CASE(TREE, sock_shutdown, NOTSOCK, directory) {
  EITHER(NOTSOCK, NOTCAPABLE, sock_shutdown(OPEN_DIR("dir"), 1));
}

// ---- Standard input, then what takes its place; nothing after this reads it.

CASE(HOST, fd_read, reads_and_advances, standard_input) {
  OK(read_some(0, bytes, 4));
  EQUAL(4, count);
  TRUE(memcmp(bytes, "line", 4) == 0);
}
CASE(HOST, fd_read, nothing_at_the_end, standard_input) {
  for (int i = 0; i < 10; ++i) {
    OK(read_some(0, bytes, 100));
    if (count == 0) break;
  }
  EQUAL(0, count);
}
CASE(TREE, fd_renumber, moves, onto_standard_input) {
  OK(fd_renumber(OPEN("hello"), 0));
  OK(read_some(0, bytes, 5));
  EQUAL(5, count);
  TRUE(memcmp(bytes, "Hello", 5) == 0);
}
CASE(SCRATCH, fd_renumber, moves, onto_standard_error) {
  OK(fd_renumber(CREATE("f"), 2));
  OK(write_text(2, "not printed"));
  TRUE(holds("f", "not printed"));
}
CASE(HOST, fd_close, closes, standard_error) {
  OK(fd_close(2));
  IS(BADF, write_text(2, "x"));
}

CASE(HOST, proc_raise, returns_or_ends, no_such_signal) {
  ONE_OF(proc_raise(200), INVAL, NOSYS, NOTSUP);
}
