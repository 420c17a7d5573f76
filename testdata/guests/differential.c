// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Interprets a script of WASI calls and prints what each of them answered, so that a script run over
// packed files can be compared with the same script over files that a host mounts.
// It has no libc: between the script and the host lies nothing that retries, caches or resolves.
// tests/differential/README.md describes the script; tests/differential/ runs it.
// Limits: one script of at most kScriptSize bytes per instance.
// Specification: https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
//
// Build: clang --target=wasm32-wasi -O2 -mbulk-memory -nostdlib -Wl,--export=memory …

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  kScriptSize = 1 << 20,
  kArenaSize = 4 << 20,
  kGuard = 16,
  kMaxArguments = 12,
  kMaxAreas = 64,
  kSlots = 64,
  kNumbers = 8192,
  kMaxDepth = 40,
  kMaxEntries = 100000,
  kPathSize = 8192,
  kPoison = 0xa5,
};
// A descriptor that nobody has.
#define NO_DESCRIPTOR 987654

// ---- The calls. Pointers are integers here: bad ones are among the subjects.

// What a call leaves in memory when it succeeds, so that it can be printed.
enum Shape {
  kNothing,
  kDescriptor,  // u32, a new descriptor
  kCount,       // u32
  kOffset,      // u64
  kRead,        // u32 bytes, in the areas before
  kEntries,     // u32 bytes of dirents
  kText,        // u32 bytes of text
  kName,        // text that fills its buffer
  kFilestat,
  kFdstat,
  kPrestat,
  kEvents,  // u32 events
};

#define I int32_t
#define L int64_t
#define A(n) ((int32_t)a[n])
#define W(n) a[n]
#define CALLS(CALL)                                                                            \
  CALL(fd_advise, kNothing, 4, (I, L, L, I), (A(0), W(1), W(2), A(3)))                         \
  CALL(fd_allocate, kNothing, 3, (I, L, L), (A(0), W(1), W(2)))                                \
  CALL(fd_close, kNothing, 1, (I), (A(0)))                                                     \
  CALL(fd_datasync, kNothing, 1, (I), (A(0)))                                                  \
  CALL(fd_fdstat_get, kFdstat, 2, (I, I), (A(0), A(1)))                                        \
  CALL(fd_fdstat_set_flags, kNothing, 2, (I, I), (A(0), A(1)))                                 \
  CALL(fd_fdstat_set_rights, kNothing, 3, (I, L, L), (A(0), W(1), W(2)))                       \
  CALL(fd_filestat_get, kFilestat, 2, (I, I), (A(0), A(1)))                                    \
  CALL(fd_filestat_set_size, kNothing, 2, (I, L), (A(0), W(1)))                                \
  CALL(fd_filestat_set_times, kNothing, 4, (I, L, L, I), (A(0), W(1), W(2), A(3)))             \
  CALL(fd_pread, kRead, 5, (I, I, I, L, I), (A(0), A(1), A(2), W(3), A(4)))                    \
  CALL(fd_prestat_get, kPrestat, 2, (I, I), (A(0), A(1)))                                      \
  CALL(fd_prestat_dir_name, kName, 3, (I, I, I), (A(0), A(1), A(2)))                           \
  CALL(fd_pwrite, kCount, 5, (I, I, I, L, I), (A(0), A(1), A(2), W(3), A(4)))                  \
  CALL(fd_read, kRead, 4, (I, I, I, I), (A(0), A(1), A(2), A(3)))                              \
  CALL(fd_readdir, kEntries, 5, (I, I, I, L, I), (A(0), A(1), A(2), W(3), A(4)))               \
  CALL(fd_renumber, kNothing, 2, (I, I), (A(0), A(1)))                                         \
  CALL(fd_seek, kOffset, 4, (I, L, I, I), (A(0), W(1), A(2), A(3)))                            \
  CALL(fd_sync, kNothing, 1, (I), (A(0)))                                                      \
  CALL(fd_tell, kOffset, 2, (I, I), (A(0), A(1)))                                              \
  CALL(fd_write, kCount, 4, (I, I, I, I), (A(0), A(1), A(2), A(3)))                            \
  CALL(path_create_directory, kNothing, 3, (I, I, I), (A(0), A(1), A(2)))                      \
  CALL(path_filestat_get, kFilestat, 5, (I, I, I, I, I), (A(0), A(1), A(2), A(3), A(4)))       \
  CALL(path_filestat_set_times, kNothing, 7, (I, I, I, I, L, L, I),                            \
       (A(0), A(1), A(2), A(3), W(4), W(5), A(6)))                                             \
  CALL(path_link, kNothing, 7, (I, I, I, I, I, I, I),                                          \
       (A(0), A(1), A(2), A(3), A(4), A(5), A(6)))                                             \
  CALL(path_open, kDescriptor, 9, (I, I, I, I, I, L, L, I, I),                                 \
       (A(0), A(1), A(2), A(3), A(4), W(5), W(6), A(7), A(8)))                                 \
  CALL(path_readlink, kText, 6, (I, I, I, I, I, I), (A(0), A(1), A(2), A(3), A(4), A(5)))      \
  CALL(path_remove_directory, kNothing, 3, (I, I, I), (A(0), A(1), A(2)))                      \
  CALL(path_rename, kNothing, 6, (I, I, I, I, I, I), (A(0), A(1), A(2), A(3), A(4), A(5)))     \
  CALL(path_symlink, kNothing, 5, (I, I, I, I, I), (A(0), A(1), A(2), A(3), A(4)))             \
  CALL(path_unlink_file, kNothing, 3, (I, I, I), (A(0), A(1), A(2)))                           \
  CALL(poll_oneoff, kEvents, 4, (I, I, I, I), (A(0), A(1), A(2), A(3)))                        \
  CALL(sock_accept, kDescriptor, 3, (I, I, I), (A(0), A(1), A(2)))                             \
  CALL(sock_recv, kRead, 6, (I, I, I, I, I, I), (A(0), A(1), A(2), A(3), A(4), A(5)))          \
  CALL(sock_send, kCount, 5, (I, I, I, I, I), (A(0), A(1), A(2), A(3), A(4)))                  \
  CALL(sock_shutdown, kNothing, 2, (I, I), (A(0), A(1)))

#define DECLARE(name, shape, count, types, values)                                         \
  __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) int32_t name \
      types;
CALLS(DECLARE)
#undef DECLARE

#define DEFINE(name, shape, count, types, values) \
  static int32_t call_##name(const int64_t* a) { return name values; }
CALLS(DEFINE)
#undef DEFINE

struct Call {
  const char* name;
  enum Shape shape;
  int argument_count;
  int32_t (*call)(const int64_t* arguments);
};

static const struct Call kCalls[] = {
#define ROW(name, shape, count, types, values) {#name, shape, count, call_##name},
    CALLS(ROW)
#undef ROW
};

// ---- Memory and output.

void* memcpy(void* to, const void* from, size_t size) {
  __asm__ volatile("local.get %0\nlocal.get %1\nlocal.get %2\nmemory.copy 0, 0"
                   :
                   : "r"(to), "r"(from), "r"(size)
                   : "memory");
  return to;
}
void* memset(void* to, int value, size_t size) {
  __asm__ volatile("local.get %0\nlocal.get %1\nlocal.get %2\nmemory.fill 0"
                   :
                   : "r"(to), "r"(value), "r"(size)
                   : "memory");
  return to;
}
size_t strlen(const char* text) {
  size_t size = 0;
  while (text[size] != 0) ++size;
  return size;
}

extern uint8_t __heap_base;

static char script_bytes[kScriptSize + 1];
static uint8_t arena[kArenaSize];
static uint8_t listing[1 << 20];

// The output lies on the heap, which grows with memory.grow: so a long one moves the shim's region
// while files are open.
static uint32_t output_size;
static uint32_t output_capacity;
static uint8_t* output_bytes;
// As a command: the output goes to stdout, line by line, so that it is there after a trap. Nothing
// grows then: what a component's adapter gets by memory.grow lies above.
static bool output_is_stdout;

static uint32_t memory_bytes(void) { return (uint32_t)__builtin_wasm_memory_size(0) << 16; }

static void start_output(void) {
  output_bytes = &__heap_base;
  output_capacity = memory_bytes() - (uint32_t)(uintptr_t)output_bytes;
}
static void flush_output(void) {
  uint32_t written;
  for (uint32_t at = 0; at < output_size; at += written) {
    const uint32_t vector[2] = {(uint32_t)(uintptr_t)output_bytes + at, output_size - at};
    if (fd_write(1, (int32_t)(uintptr_t)vector, 1, (int32_t)(uintptr_t)&written) != 0) break;
  }
  output_size = 0;
}
static void put_char(char c) {
  if (output_bytes == NULL) start_output();
  if (output_size == output_capacity && output_is_stdout) flush_output();
  if (output_size == output_capacity) {
    // `grow` may have left a gap; the output may use it, it is nobody's.
    if (__builtin_wasm_memory_grow(0, 4) == (size_t)-1) __builtin_trap();
    output_capacity = memory_bytes() - (uint32_t)(uintptr_t)output_bytes;
  }
  output_bytes[output_size++] = (uint8_t)c;
}
static void put(const char* text) {
  while (*text != 0) put_char(*text++);
}
static void put_number(uint64_t value) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (count > 0) put_char(digits[--count]);
}
static void put_hex(uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4) put_char("0123456789abcdef"[value >> shift & 15]);
}
static void put_field(const char* name, uint64_t value) {
  put_char(' ');
  put(name);
  put_char('=');
  put_number(value);
}
static void put_text(const uint8_t* bytes, uint32_t size) {
  for (uint32_t i = 0; i < size; ++i) {
    const uint8_t byte = bytes[i];
    if (byte > ' ' && byte < 0x7f && byte != '%') {
      put_char((char)byte);
    } else {
      put_char('%');
      put_char("0123456789abcdef"[byte >> 4]);
      put_char("0123456789abcdef"[byte & 15]);
    }
  }
}

// FNV-1a, by words where it can: 64 MiB are hashed in it.
static uint64_t hash_start(void) { return 0xcbf29ce484222325ull; }
static uint64_t hash_bytes(uint64_t hash, const uint8_t* bytes, uint32_t size) {
  for (uint32_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 0x100000001b3ull;
  return hash;
}

// ---- Descriptors are named by slots, since hosts number them differently. $0 is the root preopen,
// $61, $62 and $63 are stdin, stdout and stderr.

struct Slot {
  int32_t descriptor;
  bool live;
};
static struct Slot slots[kSlots];
// Which numbers are open: also those whose slot has been given to another.
static bool is_open[kNumbers];

static bool is_owned(int32_t descriptor) {
  return descriptor >= 0 && descriptor < kNumbers && is_open[descriptor];
}
static void set_open(int32_t descriptor, bool open) {
  if (descriptor >= 0 && descriptor < kNumbers) is_open[descriptor] = open;
}
// The number of a slot. One that was closed keeps its number, to see EBADF, until the number is open
// again.
static int32_t slot_descriptor(int index) {
  const struct Slot* slot = &slots[index];
  if (slot->live) return slot->descriptor;
  if (slot->descriptor < 0 || is_owned(slot->descriptor)) return NO_DESCRIPTOR;
  return slot->descriptor;
}
static void descriptor_closed(int32_t descriptor) {
  set_open(descriptor, false);
  for (int i = 0; i < kSlots; ++i) {
    if (slots[i].descriptor == descriptor) slots[i].live = false;
  }
}

// ---- The script.

static const char* cursor;

static bool at_line_end(void) { return *cursor == '\n' || *cursor == 0; }
static void skip_spaces(void) {
  while (*cursor == ' ') ++cursor;
}
static int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}
static int64_t parse_number(void) {
  const bool negative = *cursor == '-';
  if (negative) ++cursor;
  int base = 10;
  if (cursor[0] == '0' && cursor[1] == 'x') {
    base = 16;
    cursor += 2;
  }
  uint64_t value = 0;
  while (digit_of(*cursor) >= 0 && digit_of(*cursor) < base) {
    value = value * (uint64_t)base + (uint64_t)digit_of(*cursor++);
  }
  return (int64_t)(negative ? 0 - value : value);
}
// Percent-encoded bytes up to a space, a comma or the end of the line.
static uint32_t parse_text(uint8_t* to) {
  uint32_t size = 0;
  while (!at_line_end() && *cursor != ' ' && *cursor != ',') {
    if (*cursor == '%') {
      to[size++] = (uint8_t)(digit_of(cursor[1]) << 4 | digit_of(cursor[2]));
      cursor += 3;
    } else {
      to[size++] = (uint8_t)*cursor++;
    }
  }
  return size;
}
static bool parse_word(const char* word) {
  const size_t size = strlen(word);
  for (size_t i = 0; i < size; ++i) {
    if (cursor[i] != word[i]) return false;
  }
  const char after = cursor[size];
  if (after != ' ' && after != '\n' && after != 0) return false;
  cursor += size;
  return true;
}

// ---- The arena: where a call's strings, buffers and results lie, each with guards around it.

struct Area {
  uint32_t start;
  uint32_t size;
};
static uint32_t arena_used;
static struct Area areas[kMaxAreas];  // that the call may write to
static int area_count;

static void arena_reset(void) {
  memset(arena, kPoison, arena_used);
  arena_used = kGuard;
  area_count = 0;
}
static uint8_t* arena_take(uint32_t size) {
  arena_used = (arena_used + 7u) & ~7u;
  if (arena_used + size + kGuard > kArenaSize) __builtin_trap();
  uint8_t* taken = arena + arena_used;
  arena_used += size + kGuard;
  return taken;
}
static uint8_t* arena_take_area(uint32_t size) {
  if (area_count == kMaxAreas) __builtin_trap();
  uint8_t* taken = arena_take(size);
  memset(taken, kPoison, size);
  areas[area_count].start = (uint32_t)(taken - arena);
  areas[area_count++].size = size;
  return taken;
}
// Whether [from, to) of the arena is as it was before the call.
static bool is_poison(uint32_t from, uint32_t to) {
  for (uint32_t i = from; i < to; ++i) {
    if (arena[i] != kPoison) return false;
  }
  return true;
}

static uint32_t load32(const uint8_t* p) {
  uint32_t value;
  memcpy(&value, p, sizeof value);
  return value;
}
static uint64_t load64(const uint8_t* p) {
  uint64_t value;
  memcpy(&value, p, sizeof value);
  return value;
}
static void store32(uint8_t* p, uint32_t value) { memcpy(p, &value, sizeof value); }

// ---- Printing results.

static void put_filestat(const uint8_t* stat) {
  put_field("kind", stat[16]);
  put_field("nlink", load64(stat + 24));
  put_field("size", load64(stat + 32));
  put_field("atime", load64(stat + 40));
  put_field("mtime", load64(stat + 48));
  put_field("ctime", load64(stat + 56));
  put_field("dev", load64(stat) != 0);
  put_field("ino", load64(stat + 8) != 0);
}

static void put_entry(const uint8_t* entry, const uint8_t* name) {
  put("\n  ");
  put_text(name, load32(entry + 16));
  put_field("kind", entry[20]);
}

static void put_results(enum Shape shape, const uint8_t* result) {
  switch (shape) {
    case kNothing: break;
    case kDescriptor: put_field("fd", load32(result)); break;
    case kCount: put_field("n", load32(result)); break;
    case kOffset: put_field("at", load64(result)); break;
    case kRead: {
      const uint32_t size = load32(result);
      uint32_t left = size;
      uint64_t hash = hash_start();
      put_field("n", size);
      put(" bytes=");
      bool clean = true;
      uint32_t shown = 0;
      for (int i = 0; i < area_count && arena + areas[i].start != result; ++i) {
        const uint32_t here = left < areas[i].size ? left : areas[i].size;
        const uint8_t* bytes = arena + areas[i].start;
        hash = hash_bytes(hash, bytes, here);
        const uint32_t show = here < 16 - shown ? here : 16 - shown;
        put_text(bytes, show);
        shown += show;
        left -= here;
        clean = clean && is_poison(areas[i].start + here, areas[i].start + areas[i].size);
      }
      put(" hash=");
      put_hex(hash);
      if (!clean) put(" beyond-count");
      break;
    }
    case kEntries: {
      const uint32_t size = load32(result);
      const uint8_t* bytes = arena + areas[0].start;
      put_field("n", size);
      put_field("full", area_count > 0 && size == areas[0].size);
      for (uint32_t at = 0; at + 24 <= size && area_count > 1;) {
        const uint32_t name = load32(bytes + at + 16);
        if (name > size - at - 24) break;
        put_entry(bytes + at, bytes + at + 24);
        at += 24 + name;
      }
      break;
    }
    case kText: {
      const uint32_t size = load32(result);
      put_field("n", size);
      put(" text=");
      if (area_count > 1) {
        put_text(arena + areas[0].start, size < areas[0].size ? size : areas[0].size);
        if (!is_poison(areas[0].start + size, areas[0].start + areas[0].size)) {
          put(" beyond-count");
        }
      }
      break;
    }
    case kName:
      put(" text=");
      if (area_count > 0) put_text(arena + areas[0].start, areas[0].size);
      break;
    case kFilestat: put_filestat(result); break;
    case kFdstat:
      put_field("kind", result[0]);
      put_field("flags", (uint64_t)(result[2] | result[3] << 8));
      put(" base=");
      put_hex(load64(result + 8));
      put(" inheriting=");
      put_hex(load64(result + 16));
      break;
    case kPrestat:
      put_field("tag", result[0]);
      put_field("n", load32(result + 4));
      break;
    case kEvents: {
      const uint32_t count = load32(result);
      put_field("n", count);
      const uint8_t* events = arena + areas[0].start;
      for (uint32_t i = 0; i < count && (i + 1) * 32 <= areas[0].size; ++i) {
        put("\n  ");
        put_field("userdata", load64(events + i * 32));
        put_field("errno", (uint64_t)(events[i * 32 + 8] | events[i * 32 + 9] << 8));
        put_field("type", events[i * 32 + 10]);
        put_field("n", load64(events + i * 32 + 16));
        put_field("flags", (uint64_t)(events[i * 32 + 24] | events[i * 32 + 25] << 8));
      }
      break;
    }
  }
}

static uint32_t result_size(enum Shape shape) {
  switch (shape) {
    case kOffset:
    case kPrestat: return 8;
    case kFilestat: return 64;
    case kFdstat: return 24;
    default: return 4;
  }
}

// ---- One call.

static void run_call(const struct Call* call) {
  int64_t arguments[kMaxArguments] = {0};
  int count = 0;
  int target = -1;
  const uint8_t* result = NULL;
  arena_reset();
  for (skip_spaces(); !at_line_end(); skip_spaces()) {
    if (count + 2 > kMaxArguments) __builtin_trap();
    const char kind = *cursor;
    if (kind == '=') {  // =N: the new descriptor's slot
      ++cursor;
      target = (int)parse_number() % kSlots;
    } else if (kind == '$') {  // $N: a slot's descriptor
      ++cursor;
      arguments[count++] = slot_descriptor((int)parse_number() % kSlots);
    } else if (kind == 'r') {  // r: where the result goes
      ++cursor;
      result = arena_take_area(result_size(call->shape));
      arguments[count++] = (int64_t)(uintptr_t)result;
    } else if (cursor[1] == ':' && kind == 's') {  // s:TEXT: address, size
      cursor += 2;
      arena_used = (arena_used + 7u) & ~7u;
      uint8_t* text = arena + arena_used;
      const uint32_t size = parse_text(text);
      arena_take(size);
      arguments[count++] = (int64_t)(uintptr_t)text;
      arguments[count++] = size;
    } else if (cursor[1] == ':' && kind == 'b') {  // b:SIZE: a buffer's address, size
      cursor += 2;
      const uint32_t size = (uint32_t)parse_number();
      arguments[count++] = (int64_t)(uintptr_t)arena_take_area(size);
      arguments[count++] = size;
    } else if (cursor[1] == ':' && (kind == 'v' || kind == 'w')) {
      // v:SIZE,SIZE… buffers to read into; w:TEXT,TEXT… bytes to write: vector's address, count.
      // v:@ADDRESS@SIZE is an entry as it stands; ADDRESS may be e:-N as below.
      cursor += 1;
      uint8_t* vector = arena_take(8 * 64);
      uint32_t entries = 0;
      while (*cursor == ':' || *cursor == ',') {
        ++cursor;
        if (*cursor == ' ' || at_line_end()) break;
        uint32_t address = 0;
        uint32_t size = 0;
        if (*cursor == '@') {
          ++cursor;
          if (cursor[0] == 'e' && cursor[1] == ':') {
            cursor += 2;
            address = memory_bytes();
          }
          address += (uint32_t)parse_number();
          if (*cursor == '@') ++cursor;
          size = (uint32_t)parse_number();
        } else if (kind == 'v') {
          size = (uint32_t)parse_number();
          address = (uint32_t)(uintptr_t)arena_take_area(size);
        } else {
          arena_used = (arena_used + 7u) & ~7u;
          address = (uint32_t)(uintptr_t)(arena + arena_used);
          size = parse_text(arena + arena_used);
          arena_take(size);
        }
        if (entries == 64) __builtin_trap();
        store32(vector + entries * 8, address);
        store32(vector + entries * 8 + 4, size);
        ++entries;
      }
      arguments[count++] = (int64_t)(uintptr_t)vector;
      arguments[count++] = entries;
    } else if (cursor[1] == ':' && kind == 'q') {
      // q:KIND@DESCRIPTOR,… subscriptions: c@NANOSECONDS, r@$N, w@$N: addresses of them and of the
      // events, count. userdata is 100 + the place.
      cursor += 1;
      uint8_t* subscriptions = arena_take(48 * 32);
      memset(subscriptions, 0, 48 * 32);
      uint32_t entries = 0;
      while ((*cursor == ':' || *cursor == ',') && entries < 32) {
        ++cursor;
        if (*cursor == ' ' || at_line_end()) break;
        uint8_t* subscription = subscriptions + 48 * entries;
        const char type = *cursor;
        cursor += 2;
        subscription[0] = (uint8_t)(100 + entries);
        subscription[8] = type == 'c' ? 0 : type == 'r' ? 1 : 2;
        if (type == 'c') {
          const uint64_t timeout = (uint64_t)parse_number();
          store32(subscription + 16, 1);
          memcpy(subscription + 24, &timeout, sizeof timeout);
        } else if (*cursor == '$') {
          ++cursor;
          store32(subscription + 16, (uint32_t)slot_descriptor((int)parse_number() % kSlots));
        } else {
          store32(subscription + 16, (uint32_t)parse_number());
        }
        ++entries;
      }
      arguments[count++] = (int64_t)(uintptr_t)subscriptions;
      arguments[count++] = (int64_t)(uintptr_t)arena_take_area(entries * 32);
      arguments[count++] = entries;
    } else if (cursor[1] == ':' && kind == 'e') {  // e:-N: N bytes before the memory's end
      cursor += 2;
      arguments[count++] = (int64_t)memory_bytes() + parse_number();
    } else {
      arguments[count++] = parse_number();
    }
  }
  skip_spaces();
  if (count != call->argument_count) {
    put("bad script: arguments\n");
    return;
  }

  const int32_t error = call->call(arguments);
  put_number((uint32_t)error);
  if (error == 0) {
    if (result != NULL || call->shape == kName) put_results(call->shape, result);
    if (call->shape == kDescriptor && result != NULL && target >= 0) {
      slots[target].descriptor = (int32_t)load32(result);
      slots[target].live = true;
    }
    if (call->shape == kDescriptor && result != NULL) set_open((int32_t)load32(result), true);
    if (call->call == call_fd_close) descriptor_closed((int32_t)arguments[0]);
    if (call->call == call_fd_renumber && arguments[0] != arguments[1]) {
      descriptor_closed((int32_t)arguments[0]);
    }
  } else {
    for (int i = 0; i < area_count; ++i) {
      if (!is_poison(areas[i].start, areas[i].start + areas[i].size)) {
        put(" touched");
        break;
      }
    }
  }
  for (int i = 0; i < area_count; ++i) {
    if (!is_poison(areas[i].start - kGuard, areas[i].start) ||
        !is_poison(areas[i].start + areas[i].size,
                   areas[i].start + areas[i].size + kGuard / 2)) {
      put(" guard-broken");
      break;
    }
  }
  put_char('\n');
}

// ---- What takes several calls.

static uint8_t result_area[64];
static uint8_t iovec_area[8];
static uint32_t address_of(const void* p) { return (uint32_t)(uintptr_t)p; }

// `drain FD CHUNK`: reads to the end.
static void run_drain(int32_t descriptor, uint32_t chunk) {
  uint64_t total = 0;
  uint64_t hash = hash_start();
  int32_t error = 0;
  if (chunk > sizeof listing) chunk = sizeof listing;
  for (;;) {
    store32(iovec_area, address_of(listing));
    store32(iovec_area + 4, chunk);
    error = fd_read(descriptor, (int32_t)address_of(iovec_area), 1, (int32_t)address_of(result_area));
    const uint32_t size = error == 0 ? load32(result_area) : 0;
    if (size == 0) break;
    hash = hash_bytes(hash, listing, size);
    total += size;
  }
  put_number((uint32_t)error);
  put_field("n", total);
  put(" hash=");
  put_hex(hash);
  put_char('\n');
}

// `list FD SIZE [check]`: the whole directory, through a buffer of SIZE bytes. With check: reading
// again from each entry's cookie gives the entry after it, and inodes are those of path_filestat_get.
static void run_list(int32_t descriptor, uint32_t size, bool check) {
  static uint8_t again[1024];
  uint64_t cookie = 0;
  uint32_t count = 0;
  uint32_t bad_cookies = 0;
  uint32_t bad_inodes = 0;
  if (size > sizeof listing) size = sizeof listing;
  for (;;) {
    const int32_t error = fd_readdir(descriptor, (int32_t)address_of(listing), (int32_t)size,
                                     (int64_t)cookie, (int32_t)address_of(result_area));
    const uint32_t used = load32(result_area);
    if (error != 0 || used > size) {
      put_number((uint32_t)error);
      put_char('\n');
      return;
    }
    uint32_t at = 0;
    while (at + 24 <= used) {
      const uint8_t* entry = listing + at;
      const uint32_t name_size = load32(entry + 16);
      if (name_size > used - at - 24) break;
      if (count++ == 0) put_char('0');
      put_entry(entry, entry + 24);
      const uint64_t next = load64(entry);
      if (check) {
        const bool dots = name_size <= 2 && entry[24] == '.' &&
                          (name_size == 1 || entry[25] == '.');
        if (!dots &&
            (path_filestat_get(descriptor, 0, (int32_t)address_of(entry + 24), (int32_t)name_size,
                               (int32_t)address_of(result_area)) != 0 ||
             load64(result_area + 8) != load64(entry + 8) || result_area[16] != entry[20])) {
          ++bad_inodes;
        }
        const uint32_t follower = at + 24 + name_size;
        if (follower + 24 <= used && name_size < sizeof again - 24 &&
            load32(listing + follower + 16) <= used - follower - 24) {
          const uint32_t wanted = 24 + load32(listing + follower + 16);
          if (fd_readdir(descriptor, (int32_t)address_of(again), (int32_t)wanted, (int64_t)next,
                         (int32_t)address_of(result_area)) != 0 ||
              load32(result_area) != wanted) {
            ++bad_cookies;
          } else {
            for (uint32_t i = 0; i < wanted; ++i) {
              // Three bytes between the kind and the name are nothing.
              if (again[i] != listing[follower + i] && (i <= 20 || i >= 24)) {
                ++bad_cookies;
                break;
              }
            }
          }
        }
      }
      cookie = next;
      at += 24 + name_size;
    }
    if (used < size) break;
    if (at == 0) {
      put(" buffer-too-small");
      break;
    }
    if (count > kMaxEntries) {
      put(" endless");
      break;
    }
  }
  put("\n  count=");
  put_number(count);
  if (check) {
    put_field("bad_cookies", bad_cookies);
    put_field("bad_inodes", bad_inodes);
  }
  put_char('\n');
}

// `walk FD PATH SIZE`: lists, stats, opens and reads everything below, directories through buffers
// of SIZE bytes. One line each.
static uint8_t walk_path[kPathSize];

static void walk_stat(int32_t root, uint32_t path_size, int32_t follow) {
  const int32_t error = path_filestat_get(root, follow, (int32_t)address_of(walk_path),
                                          (int32_t)path_size, (int32_t)address_of(result_area));
  put(follow ? " followed:" : " stat:");
  put_number((uint32_t)error);
  if (error == 0) put_filestat(result_area);
}

static int32_t walk_open(int32_t root, uint32_t path_size, int32_t oflags, int64_t rights,
                         int32_t* descriptor) {
  const int32_t error =
      path_open(root, 1, (int32_t)address_of(walk_path), (int32_t)path_size, oflags, rights,
                0x3fffffff, 0, (int32_t)address_of(result_area));
  *descriptor = (int32_t)load32(result_area);
  return error;
}

static void walk(int32_t root, uint32_t path_size, uint32_t buffer_size, int depth) {
  put("\n  ");
  put_text(walk_path, path_size);
  walk_stat(root, path_size, 0);
  const uint8_t kind = result_area[16];
  if (kind == 7) {
    walk_stat(root, path_size, 1);
    const int32_t error = path_readlink(
        root, (int32_t)address_of(walk_path), (int32_t)path_size, (int32_t)address_of(listing),
        sizeof listing, (int32_t)address_of(result_area));
    put(" link:");
    put_number((uint32_t)error);
    put_char(' ');
    if (error == 0) put_text(listing, load32(result_area));
  }
  if (kind == 4 || kind == 7) {
    int32_t file;
    const int32_t error = walk_open(root, path_size, 0, 0x7fffff & ~64, &file);
    put(" open:");
    put_number((uint32_t)error);
    if (error == 0) {
      put(" drain:");
      run_drain(file, 65536);
      --output_size;  // its newline
      fd_close(file);
    }
  }
  if (kind != 3 || depth == kMaxDepth) return;
  int32_t directory;
  const int32_t error = walk_open(root, path_size, 2, 1 << 14, &directory);
  put(" opendir:");
  put_number((uint32_t)error);
  if (error != 0) return;
  uint64_t cookie = 0;
  for (;;) {
    // The children are walked before the next read, so the buffer is used again for each read.
    uint8_t* buffer = arena + (uint32_t)depth * 65536;
    const int32_t failed =
        fd_readdir(directory, (int32_t)address_of(buffer), (int32_t)buffer_size, (int64_t)cookie,
                   (int32_t)address_of(result_area));
    const uint32_t used = load32(result_area);
    if (failed != 0) {
      put(" readdir:");
      put_number((uint32_t)failed);
      break;
    }
    uint32_t at = 0;
    while (at + 24 <= used) {
      const uint8_t* entry = buffer + at;
      const uint32_t name_size = load32(entry + 16);
      if (name_size > used - at - 24) break;
      cookie = load64(entry);
      at += 24 + name_size;
      const bool dots =
          entry[24] == '.' && (name_size == 1 || (name_size == 2 && entry[25] == '.'));
      if (dots || path_size + 1 + name_size > kPathSize) continue;
      walk_path[path_size] = '/';
      memcpy(walk_path + path_size + 1, entry + 24, name_size);
      walk(root, path_size + 1 + name_size, buffer_size, depth + 1);
    }
    if (used < buffer_size || at == 0) break;
  }
  fd_close(directory);
}

static void run_composite(void) {
  if (parse_word("memory")) {  // memory PAGES: grows it, and checks that what came before is kept
    skip_spaces();
    const uint32_t before = memory_bytes();
    const size_t old = __builtin_wasm_memory_grow(0, (size_t)parse_number());
    put(old == (size_t)-1 ? "failed" : old << 16 == before ? "grown" : "jumped");
    // New memory is zero.
    for (uint32_t at = before; old != (size_t)-1 && at < memory_bytes(); at += 8) {
      if (*(volatile uint64_t*)(uintptr_t)at != 0) {
        put(" dirty");
        break;
      }
    }
    put_char('\n');
    return;
  }
  const bool drain = parse_word("drain");
  const bool list = !drain && parse_word("list");
  const bool walked = !drain && !list && parse_word("walk");
  const bool same = !drain && !list && !walked && parse_word("same");
  if (!drain && !list && !walked && !same) {
    put("bad script: call\n");
    return;
  }
  skip_spaces();
  if (*cursor == '$') ++cursor;
  const int32_t descriptor = slot_descriptor((int)parse_number() % kSlots);
  skip_spaces();
  if (same) {  // same $A $B: whether they are one file
    ++cursor;
    const int32_t other = slot_descriptor((int)parse_number() % kSlots);
    const int32_t first = fd_filestat_get(descriptor, (int32_t)address_of(result_area));
    const uint64_t device = load64(result_area);
    const uint64_t inode = load64(result_area + 8);
    const int32_t second = fd_filestat_get(other, (int32_t)address_of(result_area));
    put_number((uint32_t)(first != 0 ? first : second));
    put_field("same", device == load64(result_area) && inode == load64(result_area + 8));
    put_char('\n');
  } else if (drain) {
    run_drain(descriptor, (uint32_t)parse_number());
  } else if (list) {
    const uint32_t size = (uint32_t)parse_number();
    skip_spaces();
    run_list(descriptor, size, parse_word("check"));
  } else {
    const uint32_t path_size = parse_text(walk_path);
    skip_spaces();
    const uint32_t size = (uint32_t)parse_number();
    arena_used = kArenaSize - kGuard;
    walk(descriptor, path_size, size > 65536 ? 65536 : size, 0);
    put_char('\n');
  }
}

static void run_line(void) {
  for (size_t i = 0; i < sizeof kCalls / sizeof kCalls[0]; ++i) {
    if (parse_word(kCalls[i].name)) {
      run_call(&kCalls[i]);
      return;
    }
  }
  run_composite();
}

__attribute__((export_name("script_address"))) char* script_address(void) { return script_bytes; }
__attribute__((export_name("script_capacity"))) uint32_t script_capacity(void) {
  return kScriptSize;
}
// Valid after a trap, too.
__attribute__((export_name("output_address"))) uint8_t* output_address(void) {
  return output_bytes;
}
__attribute__((export_name("output_length"))) uint32_t output_length(void) { return output_size; }
// Runs the script of `size` bytes at script_address(). A line of output begins with the number of
// its line in the script, a colon and a space, or belongs to the line before if it begins with a
// space.
__attribute__((export_name("run"))) void run(uint32_t size) {
  script_bytes[size < kScriptSize ? size : kScriptSize] = 0;
  cursor = script_bytes;
  output_size = 0;
  arena_used = kArenaSize;
  for (int i = 0; i < kSlots; ++i) slots[i] = (struct Slot){-1, false};
  slots[0] = (struct Slot){3, true};
  for (int i = 0; i < kNumbers; ++i) is_open[i] = i < 4;
  for (int i = 0; i < 3; ++i) slots[61 + i] = (struct Slot){i, true};
  for (uint32_t line = 1; *cursor != 0; ++line) {
    skip_spaces();
    if (!at_line_end() && *cursor != '#') {
      put_number(line);
      put(": ");
      if (output_is_stdout) flush_output();
      run_line();
      if (output_is_stdout) flush_output();
    }
    while (!at_line_end()) ++cursor;
    if (*cursor == '\n') ++cursor;
  }
}

// As a command: the script comes from stdin.
void _start(void) {
  start_output();
  output_is_stdout = true;
  uint32_t size = 0;
  while (size < kScriptSize) {
    store32(iovec_area, address_of(script_bytes + size));
    store32(iovec_area + 4, kScriptSize - size);
    if (fd_read(0, (int32_t)address_of(iovec_area), 1, (int32_t)address_of(result_area)) != 0) break;
    if (load32(result_area) == 0) break;
    size += load32(result_area);
  }
  run(size);
}
