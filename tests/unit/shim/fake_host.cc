// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The fake memory, image and host. See fake_host.h.

#include "fake_host.h"

#include <sys/mman.h>
#include <zstd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__)
#define FAKE_HOST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FAKE_HOST_ASAN 1
#endif
#endif
#ifdef FAKE_HOST_ASAN
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

namespace wasm_vfs::runtime {
namespace {

FakeHost* current = nullptr;

constexpr size_t kCapacity = size_t{FakeHost::kMaximumPages} * kPageSize;

uint8_t* memory() {
  static uint8_t* const bytes = static_cast<uint8_t*>(
      mmap(nullptr, kCapacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  return bytes;
}

[[noreturn]] void trap(const char* what) {
  std::fprintf(stderr, "trap: %s\n", what);
  std::abort();
}

void init(void* to, const std::vector<uint8_t>& segment, uint32_t offset, uint32_t size) {
  if (uint64_t{offset} + size > segment.size()) trap("memory.init out of the segment");
  if (size != 0) std::memcpy(to, segment.data() + offset, size);
}

}  // namespace

Image build_image(const Files& files, const std::vector<std::string>& mounts,
                  const image::Defaults& defaults,
                  const std::optional<image::Compression>& compression,
                  const image::ScanOptions& options) {
  image::FakeHostFiles host;
  host.directory("src");
  for (const auto& [path, bytes] : files) {
    const std::string full = "src/" + path;
    if (path.ends_with('/')) {
      host.directory(full.substr(0, full.size() - 1));
    } else if (bytes.starts_with("-> ")) {
      host.symlink(full, bytes.substr(3));
    } else {
      host.file(full, bytes);
    }
  }
  std::vector<image::Source> sources;
  for (const std::string& mount : mounts) {
    sources.push_back({mount == "/" ? "src" : "src" + mount, mount, false});
  }
  auto tree = image::scan(sources, options, host);
  if (!tree.ok()) trap(tree.error().message.c_str());
  tree->defaults = defaults;
  auto built = image::build(*tree, host, 1, compression);
  if (!built.ok()) trap(built.error().message.c_str());
  Image image;
  image.header = built->header;
  if (built->compressed) image.compression = built->compressed->header;
  image.index.assign(built->index.begin(), built->index.end());
  auto written = image::write_contents(*built, host, [&](Bytes bytes) -> Status {
    image.contents.insert(image.contents.end(), bytes.begin(), bytes.end());
    return ok_status();
  });
  if (!written.ok()) trap(written.error().message.c_str());
  return image;
}

FakeHost::FakeHost(Image image_of_it, bool has_imported_memory)
    : image(std::move(image_of_it)), memory_is_imported(has_imported_memory) {
  current = this;
  ASAN_UNPOISON_MEMORY_REGION(memory(), kCapacity);
  madvise(memory(), kCapacity, MADV_DONTNEED);
  region_pages = runtime::region_pages(image.compression.chunk_size);
  pages = kApplicationPages + (memory_is_imported ? 0 : region_pages);
  ASAN_POISON_MEMORY_REGION(memory() + size_t{pages} * kPageSize,
                            kCapacity - size_t{pages} * kPageSize);
  memory_base = memory_is_imported ? 0 : kApplicationPages * kPageSize + kStackSize;
  stack_pointer = memory_base;
  for (int32_t fd = 0; fd < 3; ++fd) add({});
}

FakeHost::~FakeHost() { current = nullptr; }

FakeHost& FakeHost::get() {
  if (current == nullptr) trap("no fake host");
  return *current;
}

uint8_t* FakeHost::at(uint32_t address) { return memory() + address; }

uint32_t FakeHost::put(std::string_view bytes) {
  const uint32_t address = room(static_cast<uint32_t>(bytes.size()));
  if (!bytes.empty()) std::memcpy(at(address), bytes.data(), bytes.size());
  return address;
}

uint32_t FakeHost::room(uint32_t size) {
  // Old room is used again: no test needs so much at a time.
  if (next_room_ + size > kApplicationPages * kPageSize) next_room_ = 1024;
  const uint32_t address = next_room_;
  next_room_ += size + 1;  // so that nothing is aligned
  std::memset(at(address), 0xcc, size);
  return address;
}

uint32_t FakeHost::iovecs(const std::vector<uint32_t>& sizes) {
  std::vector<uint32_t> words;
  for (uint32_t size : sizes) {
    words.push_back(room(size));
    words.push_back(size);
  }
  return put({reinterpret_cast<const char*>(words.data()), words.size() * 4});
}

uint32_t FakeHost::grow(uint32_t more) {
  if (uint64_t{pages} + more > real_maximum || uint64_t{pages} + more > kMaximumPages) {
    return 0xffffffffu;
  }
  ASAN_UNPOISON_MEMORY_REGION(memory() + size_t{pages} * kPageSize, size_t{more} * kPageSize);
  const uint32_t old = pages;
  pages += more;
  return old;
}

int32_t FakeHost::add(HostDescriptor descriptor) {
  int32_t fd = 0;
  while (descriptors.count(fd) != 0) ++fd;
  descriptors[fd] = std::move(descriptor);
  return fd;
}

NaiveTree FakeHost::tree() const {
  NaiveTree tree;
  const auto add_parents = [&](const std::string& path) {
    for (size_t slash = path.find('/'); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      tree.items[path.substr(0, slash)] = {3, ""};
    }
  };
  tree.items[""] = {3, ""};
  for (const std::string& path : directories) {
    add_parents(path);
    tree.items[path] = {3, ""};
  }
  for (const auto& [path, bytes] : files) {
    add_parents(path);
    tree.items[path] = {4, ""};
  }
  for (const auto& [path, target] : links) {
    add_parents(path);
    tree.items[path] = {7, target};
  }
  return tree;
}

int32_t FakeHost::add_preopen(const std::string& name, const std::string& path) {
  HostDescriptor descriptor;
  descriptor.kind = HostDescriptor::kDirectory;
  descriptor.preopen = name;
  descriptor.path = path;
  return add(std::move(descriptor));
}

void FakeHost::seal(uint32_t how) {
  sealing = how;
  const std::set<std::string> kept = {"args_get", "args_sizes_get", "environ_get",
                                      "environ_sizes_get", "fd_close", "fd_fdstat_get",
                                      "fd_fdstat_set_flags", "fd_read", "fd_seek", "fd_write",
                                      "poll_oneoff", "sock_accept", "sock_recv", "sock_send",
                                      "sock_shutdown"};
#define GOES(name, parameters) \
  if (how == kSealedWasi || kept.count(#name) == 0) missing.insert(#name);
  SHIM_WASI_CALLS(GOES)
#undef GOES
}

int FakeHost::count(const std::string& call) const {
  return static_cast<int>(std::count_if(log.begin(), log.end(), [&](const std::string& line) {
    return line.substr(0, line.find(' ')) == call;
  }));
}

// The interface of abi.h.

namespace intrinsic {
void index_init(void* to, uint32_t offset, uint32_t size) {
  init(to, FakeHost::get().image.index, offset, size);
}
void contents_init(void* to, uint32_t offset, uint32_t size) {
  init(to, FakeHost::get().image.contents, offset, size);
}
uint32_t real_memory_size() { return FakeHost::get().pages; }
uint32_t real_memory_grow(uint32_t pages) { return FakeHost::get().grow(pages); }
uint8_t* at(uint32_t address) { return memory() + address; }
uint32_t get_memory_base() { return FakeHost::get().memory_base; }
void set_memory_base(uint32_t address) { FakeHost::get().memory_base = address; }
uint32_t get_stack_pointer() { return FakeHost::get().stack_pointer; }
void set_stack_pointer(uint32_t address) { FakeHost::get().stack_pointer = address; }
uint32_t get_pin() { return FakeHost::get().pin; }
void set_pin(uint32_t count) { FakeHost::get().pin = count; }
uint32_t get_allocating() { return FakeHost::get().allocating; }
}  // namespace intrinsic

/// As zstd_decoder.c does it, with libzstd's own frame layer.
extern "C" uint32_t wasm_vfs_decode_frame(uint8_t* to, uint32_t capacity, const uint8_t* frame,
                                          uint32_t frame_size, uint32_t expected, void*) {
  constexpr size_t kDescriptorOffset = 4;
  constexpr uint8_t kHasChecksum = 0x04;
  ++FakeHost::get().decoded_frames;
  return frame_size > kDescriptorOffset && (frame[kDescriptorOffset] & kHasChecksum) != 0 &&
         ZSTD_getFrameContentSize(frame, frame_size) == expected &&
         ZSTD_findFrameCompressedSize(frame, frame_size) == frame_size &&
         ZSTD_decompress(to, capacity, frame, frame_size) == expected;
}

namespace constant {
#define FIELD(name) \
  uint32_t name() { return FakeHost::get().image.header.name; }
FIELD(node_count)
FIELD(nodes_offset)
FIELD(home_count)
FIELD(slot_count)
FIELD(slots_offset)
FIELD(mount_count)
FIELD(mounts_offset)
FIELD(strings_size)
FIELD(strings_offset)
FIELD(arguments_count)
FIELD(arguments_size)
FIELD(arguments_offset)
FIELD(environment_count)
FIELD(environment_size)
FIELD(environment_offset)
FIELD(contents_size)
FIELD(index_size)
#undef FIELD
uint32_t memory_is_imported() { return FakeHost::get().memory_is_imported; }
uint32_t region_pages() { return FakeHost::get().region_pages; }
#define FIELD(name) \
  uint32_t name() { return FakeHost::get().image.compression.name; }
FIELD(chunk_size)
FIELD(chunks_offset)
FIELD(tables_offset)
FIELD(tables_size)
#undef FIELD
// Without compression all contents are raw.
uint32_t raw_size() {
  const Image& image = FakeHost::get().image;
  return image.compression.chunk_size == 0 ? image.header.contents_size : image.compression.raw_size;
}
uint32_t logical_size() {
  const Image& image = FakeHost::get().image;
  return image.compression.chunk_size == 0 ? image.header.contents_size
                                           : image.compression.logical_size;
}
uint32_t application_maximum_pages() { return FakeHost::get().application_maximum; }
uint32_t foreign_descriptor_calls() { return FakeHost::get().foreign_descriptor_calls; }
uint32_t allocator_is_exported() { return FakeHost::get().allocator_is_exported; }
uint32_t sealing() { return FakeHost::get().sealing; }
uint32_t is_unstable() { return FakeHost::get().is_unstable; }
#define HAS(name, parameters) \
  uint32_t has_##name() { return FakeHost::get().missing.count(#name) == 0; }
SHIM_WASI_CALLS(HAS)
#undef HAS
}  // namespace constant

/// What the host's calls share.
struct HostCalls {
  FakeHost& fake = FakeHost::get();

  /// lib/shim makes ENOTSUP of a missing call. Calls that the shim must not even make then do not ask.
  bool is_missing(const char* call) const { return fake.missing.count(call) != 0; }

  /// The descriptor of a call; null if there is none.
  HostDescriptor* begin(const char* call, int32_t fd) {
    if (is_missing(call)) trap("a call that the application does not import");
    fake.log.push_back(std::string(call) + ' ' + std::to_string(fd));
    if (fake.on_call) fake.on_call(call);
    const auto found = fake.descriptors.find(fd);
    return found == fake.descriptors.end() ? nullptr : &found->second;
  }

  /// Where a path of a call leads. The log has it.
  Errno find(const HostDescriptor* base, uint32_t path, uint32_t size, bool follow,
             std::string& found) {
    if (base == nullptr) return Errno::kBadf;
    if (base->kind != HostDescriptor::kDirectory) return Errno::kNotdir;
    const std::string text = fake.bytes_at(path, size);
    fake.log.push_back("path " + text);
    return fake.tree().find(base->path, text, follow, found);
  }

  /// The same for a name that is created, removed or renamed: its directory must exist.
  Errno find_name(const HostDescriptor* base, uint32_t path, uint32_t size, std::string& found) {
    if (base == nullptr) return Errno::kBadf;
    if (base->kind != HostDescriptor::kDirectory) return Errno::kNotdir;
    std::string text = fake.bytes_at(path, size);
    fake.log.push_back("path " + text);
    if (const Errno error = NaiveTree::check(text); error != Errno::kSuccess) return error;
    while (text.size() > 1 && text.back() == '/') text.pop_back();
    const size_t slash = text.rfind('/');
    const std::string name = text.substr(slash == std::string::npos ? 0 : slash + 1);
    if (name.empty() || name == "." || name == "..") return Errno::kInval;
    if (name.size() > 255) return Errno::kNametoolong;
    const Errno error = fake.tree().find(
        base->path, slash == std::string::npos ? "." : text.substr(0, slash) + "/.", true, found);
    if (!found.empty()) found += '/';
    found += name;
    return error;
  }

  Errno create(const HostDescriptor* base, uint32_t path, uint32_t size, std::string& found) {
    const Errno error = find_name(base, path, size, found);
    if (error != Errno::kSuccess) return error;
    return fake.tree().items.count(found) != 0 ? Errno::kExist : Errno::kSuccess;
  }

  /// Forgets what has this path, and all below it.
  template <typename Map>
  static void move_all(Map& map, const std::string& from, const std::string* to) {
    Map moved;
    for (auto i = map.begin(); i != map.end();) {
      const std::string& path = key_of(*i);
      if (path != from && !path.starts_with(from + '/')) {
        ++i;
        continue;
      }
      if (to != nullptr) insert(moved, *to + path.substr(from.size()), *i);
      i = map.erase(i);
    }
    for (const auto& item : moved) map.insert(item);
  }
  static const std::string& key_of(const std::string& path) { return path; }
  static const std::string& key_of(const std::pair<const std::string, std::string>& item) {
    return item.first;
  }
  static void insert(std::set<std::string>& set, const std::string& path, const std::string&) {
    set.insert(path);
  }
  static void insert(std::map<std::string, std::string>& map, const std::string& path,
                     const std::pair<const std::string, std::string>& item) {
    map[path] = item.second;
  }

  void remove(const std::string& path, const std::string* to = nullptr) {
    // The directory that it was in stays.
    const size_t slash = path.rfind('/');
    if (slash != std::string::npos) fake.directories.insert(path.substr(0, slash));
    move_all(fake.files, path, to);
    move_all(fake.directories, path, to);
    move_all(fake.links, path, to);
  }

  template <typename F>
  uint32_t for_each_iovec(uint32_t iovecs, uint32_t count, F f) {
    uint32_t total = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const auto iovec = fake.load<Iovec>(iovecs + i * 8);
      total += f(iovec);
    }
    return total;
  }

  Errno read(HostDescriptor* descriptor, uint64_t& position, uint32_t iovecs, uint32_t count,
             uint32_t result) {
    if (descriptor == nullptr) return Errno::kBadf;
    const uint32_t total = for_each_iovec(iovecs, count, [&](const Iovec& iovec) {
      const uint64_t left =
          position < descriptor->bytes.size() ? descriptor->bytes.size() - position : 0;
      const auto size = static_cast<uint32_t>(std::min<uint64_t>(left, iovec.size));
      if (size != 0) {
        std::memcpy(fake.at(iovec.buffer), descriptor->bytes.data() + position, size);
      }
      position += size;
      return size;
    });
    fake.store(result, total);
    return Errno::kSuccess;
  }

  Errno write(HostDescriptor* descriptor, uint32_t iovecs, uint32_t count, uint32_t result) {
    if (descriptor == nullptr) return Errno::kBadf;
    const uint32_t total = for_each_iovec(iovecs, count, [&](const Iovec& iovec) {
      descriptor->bytes += fake.bytes_at(iovec.buffer, iovec.size);
      return iovec.size;
    });
    fake.store(result, total);
    return Errno::kSuccess;
  }

  Errno sizes(const char* call, const std::vector<std::string>& list, uint32_t count,
              uint32_t size) {
    begin(call, 0);
    if (fake.sizes_error != Errno::kSuccess) return fake.sizes_error;
    uint32_t bytes = 0;
    for (const std::string& text : list) bytes += static_cast<uint32_t>(text.size()) + 1;
    const std::pair<uint32_t, uint32_t> truth = {static_cast<uint32_t>(list.size()), bytes};
    const auto told = fake.told_sizes.value_or(truth);
    fake.store(count, told.first);
    fake.store(size, told.second);
    return Errno::kSuccess;
  }

  Errno strings(const char* call, const std::vector<std::string>& list, uint32_t pointers,
                uint32_t buffer) {
    begin(call, 0);
    if (fake.strings_error != Errno::kSuccess) return fake.strings_error;
    if (list.empty()) return Errno::kInval;  // as Node
    for (const std::string& text : list) {
      fake.store(pointers, buffer);
      std::memcpy(fake.at(buffer), text.c_str(), text.size() + 1);
      pointers += 4;
      buffer += static_cast<uint32_t>(text.size()) + 1;
    }
    return Errno::kSuccess;
  }
};

namespace host {

/// Calls of which the tests need only that they come, and to which descriptor.
#define SIMPLE(name, parameters, fd) \
  Errno name parameters {                                                               \
    HostCalls calls;                                                                    \
    if (calls.is_missing(#name)) return Errno::kNotsup;                                 \
    return calls.begin(#name, fd) ? Errno::kSuccess : Errno::kBadf;                     \
  }
SIMPLE(fd_advise, (int32_t fd, uint64_t, uint64_t, uint32_t), fd)
SIMPLE(fd_allocate, (int32_t fd, uint64_t, uint64_t), fd)
SIMPLE(fd_datasync, (int32_t fd), fd)
SIMPLE(fd_fdstat_set_flags, (int32_t fd, uint32_t), fd)
SIMPLE(fd_fdstat_set_rights, (int32_t fd, uint64_t, uint64_t), fd)
SIMPLE(fd_filestat_set_size, (int32_t fd, uint64_t), fd)
SIMPLE(fd_filestat_set_times, (int32_t fd, uint64_t, uint64_t, uint32_t), fd)
SIMPLE(fd_seek, (int32_t fd, int64_t, uint32_t, uint32_t), fd)
SIMPLE(fd_sync, (int32_t fd), fd)
SIMPLE(fd_tell, (int32_t fd, uint32_t), fd)
SIMPLE(sock_recv, (int32_t fd, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t), fd)
SIMPLE(sock_send, (int32_t fd, uint32_t, uint32_t, uint32_t, uint32_t), fd)
SIMPLE(sock_shutdown, (int32_t fd, uint32_t), fd)
#undef SIMPLE

Errno fd_close(int32_t fd) {
  HostCalls calls;
  if (calls.begin("fd_close", fd) == nullptr) return Errno::kBadf;
  calls.fake.descriptors.erase(fd);
  return Errno::kSuccess;
}

Errno fd_fdstat_get(int32_t fd, uint32_t result) {
  HostCalls calls;
  const HostDescriptor* const descriptor = calls.begin("fd_fdstat_get", fd);
  if (fd < 0) return Errno::kInval;  // as Node says
  if (descriptor == nullptr) return Errno::kBadf;
  Fdstat fdstat = {};
  constexpr uint8_t kFiletypes[] = {2, 3, 4, 6};  // by kind; a stream is a character device
  fdstat.filetype = kFiletypes[descriptor->kind];
  fdstat.rights_base = fdstat.rights_inheriting = descriptor->inheriting;
  calls.fake.store(result, fdstat);
  return Errno::kSuccess;
}

Errno fd_filestat_get(int32_t fd, uint32_t result) {
  HostCalls calls;
  const HostDescriptor* const descriptor = calls.begin("fd_filestat_get", fd);
  if (descriptor == nullptr) return Errno::kBadf;
  Filestat filestat = {};
  filestat.size = descriptor->bytes.size();
  if (calls.fake.is_unstable) {
    calls.fake.store(result, UnstableFilestat{0, 0, 0, 0, filestat.size, 0, 0, 0});
  } else {
    calls.fake.store(result, filestat);
  }
  return Errno::kSuccess;
}

Errno fd_pread(int32_t fd, uint32_t iovecs, uint32_t count, uint64_t offset, uint32_t result) {
  HostCalls calls;
  if (calls.is_missing("fd_pread")) return Errno::kNotsup;
  return calls.read(calls.begin("fd_pread", fd), offset, iovecs, count, result);
}

Errno fd_read(int32_t fd, uint32_t iovecs, uint32_t count, uint32_t result) {
  HostCalls calls;
  HostDescriptor* const descriptor = calls.begin("fd_read", fd);
  uint64_t none = 0;
  return calls.read(descriptor, descriptor ? descriptor->position : none, iovecs, count, result);
}

Errno fd_pwrite(int32_t fd, uint32_t iovecs, uint32_t count, uint64_t, uint32_t result) {
  HostCalls calls;
  if (calls.is_missing("fd_pwrite")) return Errno::kNotsup;
  return calls.write(calls.begin("fd_pwrite", fd), iovecs, count, result);
}

Errno fd_write(int32_t fd, uint32_t iovecs, uint32_t count, uint32_t result) {
  HostCalls calls;
  return calls.write(calls.begin("fd_write", fd), iovecs, count, result);
}

Errno fd_prestat_get(int32_t fd, uint32_t result) {
  HostCalls calls;
  const HostDescriptor* const descriptor = calls.begin("fd_prestat_get", fd);
  if (descriptor == nullptr) return calls.fake.prestat_error.value_or(Errno::kBadf);
  if (descriptor->preopen.empty() && !descriptor->is_nameless_preopen) {
    return calls.fake.prestat_error.value_or(Errno::kNotsup);
  }
  calls.fake.store(result, Prestat{0, static_cast<uint32_t>(descriptor->preopen.size())});
  return Errno::kSuccess;
}

Errno fd_prestat_dir_name(int32_t fd, uint32_t path, uint32_t size) {
  HostCalls calls;
  const HostDescriptor* const descriptor = calls.begin("fd_prestat_dir_name", fd);
  if (descriptor == nullptr || (descriptor->preopen.empty() && !descriptor->is_nameless_preopen)) {
    return Errno::kBadf;
  }
  if (size < descriptor->preopen.size()) return Errno::kNametoolong;
  std::memcpy(calls.fake.at(path), descriptor->preopen.data(), descriptor->preopen.size());
  return Errno::kSuccess;
}

Errno fd_renumber(int32_t fd, int32_t to) {
  HostCalls calls;
  if (calls.begin("fd_renumber", fd) == nullptr || calls.fake.descriptors.count(to) == 0) {
    return Errno::kBadf;
  }
  if (fd == to) return Errno::kSuccess;
  calls.fake.descriptors[to] = calls.fake.descriptors[fd];
  calls.fake.descriptors.erase(fd);
  return Errno::kSuccess;
}

Errno path_open(int32_t fd, uint32_t lookupflags, uint32_t path, uint32_t size, uint32_t oflags,
                uint64_t rights, uint64_t inheriting, uint32_t, uint32_t result) {
  HostCalls calls;
  if (calls.is_missing("path_open")) return Errno::kNotsup;
  const HostDescriptor* const base = calls.begin("path_open", fd);
  std::string found;
  Errno error = calls.find(base, path, size, (lookupflags & 1) != 0, found);
  const bool creates = (oflags & kOflagCreat) != 0;
  if (base != nullptr && ((rights | inheriting) & ~base->inheriting) != 0) {
    return Errno::kNotcapable;
  }
  if (error != Errno::kBadf && creates && size != 0 && calls.fake.bytes_at(path + size - 1, 1) == "/") {
    const Errno parent = calls.find_name(base, path, size, found);
    return parent == Errno::kSuccess ? Errno::kIsdir : parent;
  }
  if (error == Errno::kNoent && creates) {
    error = calls.create(base, path, size, found);
    if (error == Errno::kSuccess) calls.fake.files[found];
  } else if (error == Errno::kSuccess && creates && (oflags & kOflagExcl) != 0) {
    error = Errno::kExist;
  }
  if (error != Errno::kSuccess) return error;
  HostDescriptor opened;
  opened.path = found;
  opened.inheriting = base->inheriting;
  const uint8_t type = calls.fake.tree().items[found].type;
  if (type == 7) return Errno::kLoop;
  if (type == 3) {
    if (creates || (rights & kRightFdWrite) != 0) return Errno::kIsdir;
    opened.kind = HostDescriptor::kDirectory;
  } else {
    if ((oflags & kOflagDirectory) != 0) return Errno::kNotdir;
    if ((oflags & kOflagTrunc) != 0) calls.fake.files[found].clear();
    opened.kind = HostDescriptor::kFile;
    opened.bytes = calls.fake.files[found];
  }
  calls.fake.store(result, calls.fake.add(std::move(opened)));
  return Errno::kSuccess;
}

Errno path_filestat_get(int32_t fd, uint32_t lookupflags, uint32_t path, uint32_t size,
                        uint32_t result) {
  HostCalls calls;
  std::string found;
  const Errno error =
      calls.find(calls.begin("path_filestat_get", fd), path, size, (lookupflags & 1) != 0, found);
  if (error != Errno::kSuccess) return error;
  Filestat filestat = {};
  filestat.filetype = calls.fake.tree().items[found].type;
  if (filestat.filetype == 4) filestat.size = calls.fake.files[found].size();
  calls.fake.store(result, filestat);
  return Errno::kSuccess;
}

Errno path_filestat_set_times(int32_t fd, uint32_t lookupflags, uint32_t path, uint32_t size,
                              uint64_t, uint64_t, uint32_t) {
  HostCalls calls;
  std::string found;
  return calls.find(calls.begin("path_filestat_set_times", fd), path, size, (lookupflags & 1) != 0,
                    found);
}

Errno path_readlink(int32_t fd, uint32_t path, uint32_t size, uint32_t buffer,
                    uint32_t buffer_size, uint32_t result) {
  HostCalls calls;
  std::string found;
  const Errno error = calls.find(calls.begin("path_readlink", fd), path, size, false, found);
  if (error != Errno::kSuccess) return error;
  if (calls.fake.links.count(found) == 0) return Errno::kInval;
  const std::string target = calls.fake.links[found].substr(0, buffer_size);
  std::memcpy(calls.fake.at(buffer), target.data(), target.size());
  calls.fake.store(result, static_cast<uint32_t>(target.size()));
  return Errno::kSuccess;
}

Errno path_create_directory(int32_t fd, uint32_t path, uint32_t size) {
  HostCalls calls;
  std::string found;
  const Errno error = calls.create(calls.begin("path_create_directory", fd), path, size, found);
  if (error == Errno::kSuccess) calls.fake.directories.insert(found);
  return error;
}

Errno path_symlink(uint32_t target, uint32_t target_size, int32_t fd, uint32_t path,
                   uint32_t size) {
  HostCalls calls;
  std::string found;
  const Errno error = calls.create(calls.begin("path_symlink", fd), path, size, found);
  if (error == Errno::kSuccess) calls.fake.links[found] = calls.fake.bytes_at(target, target_size);
  return error;
}

Errno path_unlink_file(int32_t fd, uint32_t path, uint32_t size) {
  HostCalls calls;
  std::string found;
  const Errno error = calls.find_name(calls.begin("path_unlink_file", fd), path, size, found);
  if (error != Errno::kSuccess) return error;
  const NaiveTree tree = calls.fake.tree();
  if (tree.items.count(found) == 0) return Errno::kNoent;
  if (tree.items.at(found).type == 3) return Errno::kIsdir;
  calls.remove(found);
  return Errno::kSuccess;
}

Errno path_remove_directory(int32_t fd, uint32_t path, uint32_t size) {
  HostCalls calls;
  std::string found;
  const Errno error = calls.find_name(calls.begin("path_remove_directory", fd), path, size, found);
  if (error != Errno::kSuccess) return error;
  const NaiveTree tree = calls.fake.tree();
  if (tree.items.count(found) == 0) return Errno::kNoent;
  if (tree.items.at(found).type != 3) return Errno::kNotdir;
  const auto next = tree.items.upper_bound(found);
  if (next != tree.items.end() && next->first.starts_with(found + '/')) return Errno::kNotempty;
  calls.remove(found);
  return Errno::kSuccess;
}

Errno path_rename(int32_t fd, uint32_t path, uint32_t size, int32_t to_fd, uint32_t to,
                  uint32_t to_size) {
  HostCalls calls;
  std::string old, renamed;
  Errno error = calls.find_name(calls.begin("path_rename", fd), path, size, old);
  if (error != Errno::kSuccess) return error;
  if (calls.fake.descriptors.count(to_fd) == 0) return Errno::kBadf;
  error = calls.find_name(&calls.fake.descriptors[to_fd], to, to_size, renamed);
  if (error != Errno::kSuccess) return error;
  if (calls.fake.tree().items.count(old) == 0) return Errno::kNoent;
  if (renamed == old) return Errno::kSuccess;
  if (renamed.starts_with(old + '/')) return Errno::kInval;
  calls.remove(renamed);
  calls.remove(old, &renamed);
  return Errno::kSuccess;
}

Errno path_link(int32_t fd, uint32_t lookupflags, uint32_t path, uint32_t size, int32_t to_fd,
                uint32_t to, uint32_t to_size) {
  HostCalls calls;
  std::string old, created;
  Errno error =
      calls.find(calls.begin("path_link", fd), path, size, (lookupflags & 1) != 0, old);
  if (error != Errno::kSuccess) return error;
  if (calls.fake.descriptors.count(to_fd) == 0) return Errno::kBadf;
  error = calls.create(&calls.fake.descriptors[to_fd], to, to_size, created);
  if (error != Errno::kSuccess) return error;
  if (calls.fake.files.count(old) == 0) return Errno::kPerm;
  calls.fake.files[created] = calls.fake.files[old];
  return Errno::kSuccess;
}

Errno fd_readdir(int32_t fd, uint32_t buffer, uint32_t size, uint64_t cookie, uint32_t result) {
  HostCalls calls;
  const HostDescriptor* const descriptor = calls.begin("fd_readdir", fd);
  if (descriptor == nullptr || descriptor->kind != HostDescriptor::kDirectory) return Errno::kBadf;
  if (size < sizeof(Dirent)) return Errno::kInval;  // as wazero says
  std::string bytes;
  if (calls.fake.on_readdir) {
    const Errno error = calls.fake.on_readdir(cookie, bytes);
    if (error != Errno::kSuccess) return error;
  } else {
    const NaiveTree tree = calls.fake.tree();
    std::vector<std::pair<std::string, uint8_t>> entries = {{".", uint8_t{3}}, {"..", uint8_t{3}}};
    for (const auto& [path, item] : tree.items) {
      const size_t slash = path.rfind('/');
      const std::string parent = slash == std::string::npos ? "" : path.substr(0, slash);
      if (path.empty() || parent != descriptor->path) continue;
      entries.emplace_back(path.substr(slash == std::string::npos ? 0 : slash + 1), item.type);
    }
    for (uint64_t i = cookie / calls.fake.cookie_step; i < entries.size(); ++i) {
      const Dirent dirent = {(i + 1) * calls.fake.cookie_step, 1000 + i,
                             static_cast<uint32_t>(entries[i].first.size()), entries[i].second};
      bytes.append(reinterpret_cast<const char*>(&dirent), sizeof(dirent));
      bytes += entries[i].first;
    }
  }
  const auto used = static_cast<uint32_t>(std::min<size_t>(bytes.size(), size));
  if (used != 0) std::memcpy(calls.fake.at(buffer), bytes.data(), used);
  calls.fake.store(result, used);
  return Errno::kSuccess;
}

/// Every descriptor that exists is ready, every timer has run out.
Errno poll_oneoff(uint32_t subscriptions, uint32_t events, uint32_t count, uint32_t result) {
  HostCalls calls;
  if (calls.is_missing("poll_oneoff")) return Errno::kNotsup;
  calls.begin("poll_oneoff", static_cast<int32_t>(count));
  if (count == 0) return Errno::kInval;
  for (uint32_t i = 0; i < count; ++i) {
    const auto subscription = calls.fake.load<SubscriptionHead>(
        subscriptions + i * (calls.fake.is_unstable ? 56 : 48));
    Event event = {};
    event.userdata = subscription.userdata;
    event.type = subscription.tag;
    if (subscription.tag != 0) {
      calls.fake.log.push_back("polled " + std::to_string(subscription.descriptor));
      const auto found =
          calls.fake.descriptors.find(static_cast<int32_t>(subscription.descriptor));
      if (found == calls.fake.descriptors.end()) {
        event.error = static_cast<uint16_t>(Errno::kBadf);
      } else {
        event.byte_count = found->second.bytes.size();
      }
    }
    calls.fake.store(events + i * 32, event);
  }
  calls.fake.store(result, count);
  return Errno::kSuccess;
}

Errno args_sizes_get(uint32_t count, uint32_t size) {
  HostCalls calls;
  return calls.sizes("args_sizes_get", calls.fake.arguments, count, size);
}

Errno args_get(uint32_t arguments, uint32_t buffer) {
  HostCalls calls;
  return calls.strings("args_get", calls.fake.arguments, arguments, buffer);
}

Errno environ_sizes_get(uint32_t count, uint32_t size) {
  HostCalls calls;
  return calls.sizes("environ_sizes_get", calls.fake.environment, count, size);
}

Errno environ_get(uint32_t variables, uint32_t buffer) {
  HostCalls calls;
  return calls.strings("environ_get", calls.fake.environment, variables, buffer);
}

Errno sock_accept(int32_t fd, uint32_t, uint32_t result) {
  HostCalls calls;
  const HostDescriptor* const descriptor = calls.begin("sock_accept", fd);
  if (descriptor == nullptr) return Errno::kBadf;
  if (descriptor->kind != HostDescriptor::kSocket) return Errno::kNotsock;
  HostDescriptor accepted;
  accepted.kind = HostDescriptor::kSocket;
  calls.fake.store(result, calls.fake.add(std::move(accepted)));
  return Errno::kSuccess;
}

}  // namespace host

// The calls as tests make them.

int32_t open(int32_t fd, std::string_view path, OpenOptions options) {
  FakeHost& fake = FakeHost::get();
  const uint32_t result = fake.room(4);
  const Errno error =
      path_open(fd, options.lookupflags, fake.put(path), static_cast<uint32_t>(path.size()),
                options.oflags, options.rights, options.rights, options.fdflags, result);
  return error == Errno::kSuccess ? fake.load<int32_t>(result) : -static_cast<int32_t>(error);
}

std::string read(int32_t fd, uint32_t size) {
  FakeHost& fake = FakeHost::get();
  const uint32_t iovecs = fake.iovecs({size});
  const uint32_t result = fake.room(4);
  if (fd_read(fd, iovecs, 1, result) != Errno::kSuccess) trap("fd_read failed");
  return fake.bytes_at(fake.load<uint32_t>(iovecs), fake.load<uint32_t>(result));
}

int32_t root() {
  FakeHost& fake = FakeHost::get();
  const uint32_t prestat = fake.room(sizeof(Prestat));
  const uint32_t name = fake.room(1);
  int32_t found = -1;
  for (int32_t fd = 3; fd_prestat_get(fd, prestat) == Errno::kSuccess; ++fd) {
    if (fake.load<Prestat>(prestat).name_size != 1) continue;
    if (fd_prestat_dir_name(fd, name, 1) == Errno::kSuccess && fake.bytes_at(name, 1) == "/") {
      found = fd;
    }
  }
  return found;
}

Errno stat(int32_t fd, std::string_view path, Filestat& filestat, bool follow) {
  FakeHost& fake = FakeHost::get();
  const uint32_t result = fake.room(sizeof(Filestat));
  const Errno error =
      path_filestat_get(fd, follow ? kLookupSymlinkFollow : 0, fake.put(path),
                        static_cast<uint32_t>(path.size()), result);
  filestat = fake.load<Filestat>(result);
  return error;
}

Errno stat(int32_t fd, std::string_view path, bool follow) {
  Filestat filestat;
  return stat(fd, path, filestat, follow);
}

std::vector<std::string> list_names(int32_t fd, uint32_t size) {
  FakeHost& fake = FakeHost::get();
  const auto failed = [](Errno error) {
    return std::vector<std::string>{"!" + std::to_string(static_cast<int32_t>(error))};
  };
  std::vector<std::string> names;
  uint64_t cookie = 0;
  for (int round = 0; round < 1000; ++round) {
    const uint32_t buffer = fake.room(size);
    const uint32_t result = fake.room(4);
    const Errno error = fd_readdir(fd, buffer, size, cookie, result);
    if (error != Errno::kSuccess) return failed(error);
    const auto used = fake.load<uint32_t>(result);
    if (used > size) trap("fd_readdir gave more than it was asked for");
    uint32_t at = 0;
    while (used - at >= sizeof(Dirent)) {
      const auto dirent = fake.load<Dirent>(buffer + at);
      if (dirent.name_size > used - at - sizeof(Dirent)) break;
      at += static_cast<uint32_t>(sizeof(Dirent));
      names.push_back(fake.bytes_at(buffer + at, dirent.name_size));
      at += dirent.name_size;
      cookie = dirent.next;
    }
    if (used < size) return names;
    if (at == 0) size *= 2;  // an entry did not fit
  }
  return failed(Errno::kLoop);
}

}  // namespace wasm_vfs::runtime
