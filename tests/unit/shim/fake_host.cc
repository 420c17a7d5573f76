// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The fake memory, image and host. See fake_host.h.

#include "fake_host.h"

#include <sys/mman.h>

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

Image build_image(const Files& files, const std::vector<std::string>& mounts) {
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
  auto tree = image::scan(sources, {}, host);
  if (!tree.ok()) trap(tree.error().message.c_str());
  auto built = image::build(*tree, host);
  if (!built.ok()) trap(built.error().message.c_str());
  Image image;
  image.header = built->header;
  image.index.assign(built->index.begin(), built->index.end());
  auto written = image::write_contents(*built, host, [&](Bytes bytes) -> Status {
    image.contents.insert(image.contents.end(), bytes.begin(), bytes.end());
    return ok_status();
  });
  if (!written.ok()) trap(written.error().message.c_str());
  return image;
}

FakeHost::FakeHost(Image image_of_it) : image(std::move(image_of_it)) {
  current = this;
  ASAN_UNPOISON_MEMORY_REGION(memory(), kCapacity);
  madvise(memory(), kCapacity, MADV_DONTNEED);
  pages = kApplicationPages + kRegionPages;
  ASAN_POISON_MEMORY_REGION(memory() + size_t{pages} * kPageSize,
                            kCapacity - size_t{pages} * kPageSize);
  memory_base = kApplicationPages * kPageSize + kStackSize;
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

int32_t FakeHost::add_preopen(const std::string& name) {
  HostDescriptor descriptor;
  descriptor.kind = HostDescriptor::kDirectory;
  descriptor.preopen = name;
  return add(std::move(descriptor));
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
}  // namespace intrinsic

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
FIELD(contents_size)
FIELD(index_size)
#undef FIELD
uint32_t region_pages() { return kRegionPages; }
uint32_t application_maximum_pages() { return FakeHost::get().application_maximum; }
uint32_t foreign_descriptor_calls() { return FakeHost::get().foreign_descriptor_calls; }
#define HAS(name, parameters) \
  uint32_t has_##name() { return FakeHost::get().missing.count(#name) == 0; }
SHIM_WASI_CALLS(HAS)
#undef HAS
}  // namespace constant

/// What the host's calls share.
struct HostCalls {
  FakeHost& fake = FakeHost::get();

  /// The descriptor of a call; null if there is none.
  HostDescriptor* begin(const char* call, int32_t fd) {
    if (fake.missing.count(call) != 0) trap("a call that the application does not import");
    fake.log.push_back(std::string(call) + ' ' + std::to_string(fd));
    if (fake.on_call) fake.on_call(call);
    const auto found = fake.descriptors.find(fd);
    return found == fake.descriptors.end() ? nullptr : &found->second;
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
};

namespace host {

/// Calls of which the tests need only that they come, and to which descriptor.
#define SIMPLE(name, parameters, fd) \
  Errno name parameters { return HostCalls().begin(#name, fd) ? Errno::kSuccess : Errno::kBadf; }
SIMPLE(fd_advise, (int32_t fd, uint64_t, uint64_t, uint32_t), fd)
SIMPLE(fd_allocate, (int32_t fd, uint64_t, uint64_t), fd)
SIMPLE(fd_datasync, (int32_t fd), fd)
SIMPLE(fd_fdstat_set_flags, (int32_t fd, uint32_t), fd)
SIMPLE(fd_fdstat_set_rights, (int32_t fd, uint64_t, uint64_t), fd)
SIMPLE(fd_filestat_set_size, (int32_t fd, uint64_t), fd)
SIMPLE(fd_filestat_set_times, (int32_t fd, uint64_t, uint64_t, uint32_t), fd)
SIMPLE(fd_readdir, (int32_t fd, uint32_t, uint32_t, uint64_t, uint32_t), fd)
SIMPLE(fd_seek, (int32_t fd, int64_t, uint32_t, uint32_t), fd)
SIMPLE(fd_sync, (int32_t fd), fd)
SIMPLE(fd_tell, (int32_t fd, uint32_t), fd)
SIMPLE(path_create_directory, (int32_t fd, uint32_t, uint32_t), fd)
SIMPLE(path_filestat_get, (int32_t fd, uint32_t, uint32_t, uint32_t, uint32_t), fd)
SIMPLE(path_filestat_set_times,
       (int32_t fd, uint32_t, uint32_t, uint32_t, uint64_t, uint64_t, uint32_t), fd)
SIMPLE(path_link, (int32_t fd, uint32_t, uint32_t, uint32_t, int32_t, uint32_t, uint32_t), fd)
SIMPLE(path_readlink, (int32_t fd, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t), fd)
SIMPLE(path_remove_directory, (int32_t fd, uint32_t, uint32_t), fd)
SIMPLE(path_rename, (int32_t fd, uint32_t, uint32_t, int32_t, uint32_t, uint32_t), fd)
SIMPLE(path_symlink, (uint32_t, uint32_t, int32_t fd, uint32_t, uint32_t), fd)
SIMPLE(path_unlink_file, (int32_t fd, uint32_t, uint32_t), fd)
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
  if (descriptor == nullptr) return Errno::kBadf;
  Fdstat fdstat = {};
  fdstat.filetype = descriptor->kind == HostDescriptor::kDirectory ? 3 : 4;
  calls.fake.store(result, fdstat);
  return Errno::kSuccess;
}

Errno fd_filestat_get(int32_t fd, uint32_t result) {
  HostCalls calls;
  const HostDescriptor* const descriptor = calls.begin("fd_filestat_get", fd);
  if (descriptor == nullptr) return Errno::kBadf;
  Filestat filestat = {};
  filestat.size = descriptor->bytes.size();
  calls.fake.store(result, filestat);
  return Errno::kSuccess;
}

Errno fd_pread(int32_t fd, uint32_t iovecs, uint32_t count, uint64_t offset, uint32_t result) {
  HostCalls calls;
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
  if (descriptor->preopen.empty()) return calls.fake.prestat_error.value_or(Errno::kNotsup);
  calls.fake.store(result, Prestat{0, static_cast<uint32_t>(descriptor->preopen.size())});
  return Errno::kSuccess;
}

Errno fd_prestat_dir_name(int32_t fd, uint32_t path, uint32_t size) {
  HostCalls calls;
  const HostDescriptor* const descriptor = calls.begin("fd_prestat_dir_name", fd);
  if (descriptor == nullptr || descriptor->preopen.empty()) return Errno::kBadf;
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

Errno path_open(int32_t fd, uint32_t, uint32_t path, uint32_t size, uint32_t oflags, uint64_t,
                uint64_t, uint32_t, uint32_t result) {
  HostCalls calls;
  const HostDescriptor* const descriptor = calls.begin("path_open", fd);
  if (descriptor == nullptr) return Errno::kBadf;
  if (descriptor->kind != HostDescriptor::kDirectory) return Errno::kNotdir;
  const std::string name = calls.fake.bytes_at(path, size);
  if (calls.fake.files.count(name) == 0) {
    if ((oflags & kOflagCreat) == 0) return Errno::kNoent;
    calls.fake.files[name];
  }
  HostDescriptor opened;
  opened.kind = HostDescriptor::kFile;
  opened.bytes = calls.fake.files[name];
  calls.fake.store(result, calls.fake.add(std::move(opened)));
  return Errno::kSuccess;
}

/// Every descriptor that exists is ready, every timer has run out.
Errno poll_oneoff(uint32_t subscriptions, uint32_t events, uint32_t count, uint32_t result) {
  HostCalls calls;
  calls.begin("poll_oneoff", static_cast<int32_t>(count));
  if (count == 0) return Errno::kInval;
  for (uint32_t i = 0; i < count; ++i) {
    const auto subscription = calls.fake.load<Subscription>(subscriptions + i * 48);
    Event event = {};
    event.userdata = subscription.userdata;
    event.type = subscription.tag;
    if (subscription.tag != 0) {
      calls.fake.log.push_back("polled " + std::to_string(subscription.clock_or_descriptor));
      const auto found =
          calls.fake.descriptors.find(static_cast<int32_t>(subscription.clock_or_descriptor));
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

}  // namespace wasm_vfs::runtime
