// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the shim runs on in native tests: a linear memory, an image, and a small WASI host, behind
// the interface of runtime-shim/src/abi.h. There is one of each, as in an instance of a module; a
// test makes a FakeHost, which resets them. Bytes beyond the memory's end are poisoned for
// AddressSanitizer, and reading outside the image's segments aborts, as it would trap.

#ifndef WASM_VFS_TESTS_UNIT_SHIM_FAKE_HOST_H_
#define WASM_VFS_TESTS_UNIT_SHIM_FAKE_HOST_H_

#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "abi.h"
#include "image/builder.h"
#include "image/fake_host_files.h"
#include "naive_tree.h"
#include "state.h"

namespace wasm_vfs::runtime {

/// Files to pack: guest paths without the leading slash. A directory ends with '/', a link's bytes
/// begin with "-> ".
using Files = std::vector<std::pair<std::string, std::string>>;

struct Image {
  image::IndexHeader header = {};
  image::CompressionHeader compression = {};  // zeroes where nothing is compressed
  std::vector<uint8_t> index;
  std::vector<uint8_t> contents;
};

/// Packs `files` with lib/image; `mounts` are the guest paths of its directories that are mounts.
Image build_image(const Files& files, const std::vector<std::string>& mounts = {"/"},
                  const image::Defaults& defaults = {},
                  const std::optional<image::Compression>& compression = std::nullopt,
                  const image::ScanOptions& options = {});

/// A descriptor of the fake host.
struct HostDescriptor {
  enum Kind { kStream, kDirectory, kFile, kSocket };
  Kind kind = kStream;
  std::string preopen;  // the name, if it is a preopen
  std::string bytes;    // of a file, or what a stream got
  uint64_t position = 0;
  std::string path = {};        // of a directory, in the host's tree; "" is its root
  Rights inheriting = ~Rights{0};  // of a directory; more may not be asked for
  bool is_nameless_preopen = false;
};

class FakeHost {
 public:
  inline static constexpr uint32_t kApplicationPages = 2;
  inline static constexpr uint32_t kMaximumPages = 64;  // of the real memory

  /// With an imported memory there is no region yet.
  explicit FakeHost(Image image, bool has_imported_memory = false);
  ~FakeHost();
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  static FakeHost& get();

  // The guest's memory.
  uint8_t* at(uint32_t address);
  template <typename T>
  T load(uint32_t address) {
    T value;
    std::memcpy(&value, at(address), sizeof(T));
    return value;
  }
  template <typename T>
  void store(uint32_t address, const T& value) {
    std::memcpy(at(address), &value, sizeof(T));
  }
  std::string bytes_at(uint32_t address, uint32_t size) {
    return {reinterpret_cast<const char*>(at(address)), size};
  }
  /// Puts bytes somewhere in the guest's memory, and returns where.
  uint32_t put(std::string_view bytes);
  /// Room for `size` bytes, filled with 0xcc.
  uint32_t room(uint32_t size);
  /// An array of iovecs over buffers of these sizes.
  uint32_t iovecs(const std::vector<uint32_t>& sizes);
  uint32_t grow(uint32_t pages);  // as an embedder does

  /// Adds a descriptor of the lowest free number and returns it.
  int32_t add(HostDescriptor descriptor);
  int32_t add_preopen(const std::string& name, const std::string& path = "");

  /// As --sealed does: the calls that go are no longer imported.
  void seal(uint32_t how);

  /// How often a call of this name came to the host.
  int count(const std::string& call) const;

  // The instance.
  Image image;
  uint32_t pages = 0;
  uint32_t region_pages = 0;
  uint32_t decoded_frames = 0;
  uint32_t memory_base = 0;
  uint32_t stack_pointer = 0;
  uint32_t pin = 0;
  uint32_t application_maximum = 65536;
  bool foreign_descriptor_calls = false;
  bool allocator_is_exported = false;
  uint32_t allocating = 0;  // calls of the allocator that run
  bool is_unstable = false;
  uint32_t sealing = kNotSealed;  // seal() sets it
  const bool memory_is_imported;
  uint32_t real_maximum = kMaximumPages;
  std::set<std::string> missing;  // calls that the application does not import

  // The host.
  std::map<int32_t, HostDescriptor> descriptors;
  // The host's tree, by path; a preopen is its root, unless the test says otherwise.
  std::map<std::string, std::string> files;  // and their bytes; the directories above exist, too
  std::set<std::string> directories;
  std::map<std::string, std::string> links;
  uint64_t cookie_step = 1;                  // between the entries of a directory
  std::function<Errno(uint64_t cookie, std::string& bytes)> on_readdir;  // instead of its entries
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  Errno sizes_error = Errno::kSuccess;       // of args_sizes_get and environ_sizes_get
  Errno strings_error = Errno::kSuccess;     // of args_get and environ_get
  std::optional<std::pair<uint32_t, uint32_t>> told_sizes;  // instead of the true ones
  std::vector<std::string> log;              // "fd_close 3"
  std::function<void(const std::string& call)> on_call;
  std::optional<Errno> prestat_error;        // what fd_prestat_get answers for no preopen

  /// The tree as it stands.
  NaiveTree tree() const;

 private:
  friend struct HostCalls;
  uint32_t next_room_ = 1024;
};

// The calls, with strings and results as C++ has them. `fd` is the guest's.

struct OpenOptions {
  uint32_t lookupflags = kLookupSymlinkFollow;
  uint32_t oflags = 0;
  uint64_t rights = kRightFdRead;
  uint32_t fdflags = 0;
};

/// Opens; the number, or the negative errno.
int32_t open(int32_t fd, std::string_view path, OpenOptions options = {});
/// Reads up to `size` bytes. REQUIRES: it succeeds.
std::string read(int32_t fd, uint32_t size);
/// The number of a packed root preopen, if there is one.
int32_t root();
Errno stat(int32_t fd, std::string_view path, Filestat& filestat, bool follow = true);
Errno stat(int32_t fd, std::string_view path, bool follow = true);

/// The names of a directory, listed as a libc does with a buffer of `size` bytes. "!" and an errno if
/// that fails, or if it does not end.
std::vector<std::string> list_names(int32_t fd, uint32_t size = 300);

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_TESTS_UNIT_SHIM_FAKE_HOST_H_
