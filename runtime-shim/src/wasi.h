// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The types of wasi_snapshot_preview1 that the shim reads and writes, under the names of the
// specification: https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
// wasi_unstable, its forerunner, differs in three that matter here, whence, filestat and
// subscription: https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview0/docs.md
// Only what is used is here. Tested through everything in tests/unit/shim.

#ifndef WASM_VFS_RUNTIME_WASI_H_
#define WASM_VFS_RUNTIME_WASI_H_

#include <stdint.h>

namespace wasm_vfs::runtime {

enum class Errno : int32_t {
  kSuccess = 0,
  kBadf = 8,
  kBusy = 10,
  kExist = 20,
  kFault = 21,
  kIlseq = 25,
  kInval = 28,
  kIo = 29,
  kIsdir = 31,
  kLoop = 32,
  kMfile = 33,
  kNametoolong = 37,
  kNoent = 44,
  kNosys = 52,
  kNotdir = 54,
  kNotempty = 55,
  kNotsock = 57,
  kNotsup = 58,
  kOverflow = 61,
  kPerm = 63,
  kRange = 68,
  kRofs = 69,
  kSpipe = 70,
  kXdev = 75,
  kNotcapable = 76,
};

enum class Filetype : uint8_t {
  kUnknown = 0,
  kDirectory = 3,
  kRegularFile = 4,
  kSymbolicLink = 7,
};

using Rights = uint64_t;
inline constexpr Rights kRightFdDatasync = 1u << 0;
inline constexpr Rights kRightFdRead = 1u << 1;
inline constexpr Rights kRightFdSeek = 1u << 2;
inline constexpr Rights kRightFdWrite = 1u << 6;
inline constexpr Rights kRightFdReaddir = 1u << 14;
inline constexpr Rights kRightPathFilestatSetSize = 1u << 19;
inline constexpr Rights kRightFdFilestatSetSize = 1u << 22;
inline constexpr Rights kAllRights = (1u << 30) - 1;
inline constexpr Rights kSocketRights = 3u << 28;

using Fdflags = uint16_t;
inline constexpr Fdflags kFdflagAppend = 1 << 0;
inline constexpr Fdflags kFdflagDsync = 1 << 1;
inline constexpr Fdflags kFdflagNonblock = 1 << 2;
inline constexpr Fdflags kFdflagRsync = 1 << 3;
inline constexpr Fdflags kFdflagSync = 1 << 4;
inline constexpr Fdflags kAllFdflags = 0x1f;

using Oflags = uint16_t;
inline constexpr Oflags kOflagCreat = 1 << 0;
inline constexpr Oflags kOflagDirectory = 1 << 1;
inline constexpr Oflags kOflagExcl = 1 << 2;
inline constexpr Oflags kOflagTrunc = 1 << 3;
inline constexpr Oflags kAllOflags = 0x0f;

using Lookupflags = uint32_t;
inline constexpr Lookupflags kLookupSymlinkFollow = 1 << 0;

inline constexpr uint32_t kWhenceSet = 0;
inline constexpr uint32_t kWhenceCur = 1;
inline constexpr uint32_t kWhenceEnd = 2;

/// The whence that a wasi_unstable one (0: cur, 1: end, 2: set) means.
constexpr uint32_t from_unstable_whence(uint32_t whence) {
  return whence > 2 ? whence : (whence + 1) % 3;
}

/// A scatter or gather entry: `iovec`, `ciovec`.
struct Iovec {
  uint32_t buffer;  // guest address
  uint32_t size;
};
static_assert(sizeof(Iovec) == 8);

struct Fdstat {
  uint8_t filetype;
  uint8_t padding0;
  uint16_t flags;
  uint32_t padding1;
  uint64_t rights_base;
  uint64_t rights_inheriting;
};
static_assert(sizeof(Fdstat) == 24);

struct Filestat {
  uint64_t device;
  uint64_t inode;
  uint64_t filetype;  // one byte and seven of padding
  uint64_t link_count;
  uint64_t size;
  uint64_t access_time;  // nanoseconds since 1970-01-01 UTC, as the others
  uint64_t modification_time;
  uint64_t status_change_time;
};
static_assert(sizeof(Filestat) == 64);

struct UnstableFilestat {
  uint64_t device;
  uint64_t inode;
  uint32_t filetype;  // one byte and three of padding
  uint32_t link_count;
  uint64_t size;
  uint64_t access_time;
  uint64_t modification_time;
  uint64_t status_change_time;
};
static_assert(sizeof(UnstableFilestat) == 56);

struct Dirent {
  uint64_t next;  // the cookie of the entry after this one
  uint64_t inode;
  uint32_t name_size;
  uint32_t filetype;  // one byte and three of padding
};
static_assert(sizeof(Dirent) == 24);

struct Prestat {
  uint32_t tag;  // 0: a directory
  uint32_t name_size;
};
static_assert(sizeof(Prestat) == 8);

enum class Eventtype : uint8_t { kClock = 0, kFdRead = 1, kFdWrite = 2 };

struct Subscription {
  uint64_t userdata;
  uint8_t tag;  // Eventtype
  uint8_t padding0[7];
  uint32_t clock_or_descriptor;
  uint32_t padding1;
  uint64_t timeout;
  uint64_t precision;
  uint16_t clock_flags;
  uint16_t padding2[3];
};
static_assert(sizeof(Subscription) == 48);
inline constexpr uint16_t kClockAbsolute = 1;

struct UnstableSubscription {
  uint64_t userdata;
  uint8_t tag;
  uint8_t padding0[7];
  uint64_t clock_userdata;  // or the descriptor, in the low half
  uint32_t clock;
  uint32_t padding1;
  uint64_t timeout;
  uint64_t precision;
  uint16_t clock_flags;
  uint16_t padding2[3];
};
static_assert(sizeof(UnstableSubscription) == 56);

/// What both begin with.
struct SubscriptionHead {
  uint64_t userdata;
  uint8_t tag;
  uint8_t padding0[7];
  uint32_t descriptor;  // or a part of a clock's
  uint32_t padding1;
};
static_assert(sizeof(SubscriptionHead) == 24);

struct Event {
  uint64_t userdata;
  uint16_t error;
  uint8_t type;
  uint8_t padding0[5];
  uint64_t byte_count;
  uint16_t flags;
  uint16_t padding1[3];
};
static_assert(sizeof(Event) == 32);

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_WASI_H_
