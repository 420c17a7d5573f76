// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the shim imports: the host's WASI calls, the intrinsics that the splicer replaces by one
// instruction each, and the constants that are known when a module is packed. In WebAssembly these
// are imports; in the native build tests/unit/shim/fake_host.cc defines the same functions.
// docs/architecture.md describes this interface; lib/shim and lib/splice are its other side.

#ifndef WASM_VFS_RUNTIME_ABI_H_
#define WASM_VFS_RUNTIME_ABI_H_

#include <stddef.h>
#include <stdint.h>

#include "wasi.h"

#ifdef __wasm__
#define SHIM_IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define SHIM_EXPORT(name) __attribute__((export_name(name), visibility("default")))
#else
#define SHIM_IMPORT(module, name)
#define SHIM_EXPORT(name)
#endif

/// For the parts of an exported function that have a frame: see region.h on pinning.
#define SHIM_NOINLINE __attribute__((noinline))
#define SHIM_INLINE inline __attribute__((always_inline))

/// The WASI calls that the shim serves and may make of the host: the name and the parameters, in the
/// order of the specification's signature. All return an errno.
#define SHIM_WASI_CALLS(CALL)                                                                      \
  CALL(args_get, (uint32_t arguments, uint32_t buffer))                                            \
  CALL(args_sizes_get, (uint32_t result_count, uint32_t result_size))                              \
  CALL(environ_get, (uint32_t variables, uint32_t buffer))                                         \
  CALL(environ_sizes_get, (uint32_t result_count, uint32_t result_size))                           \
  CALL(fd_advise, (int32_t fd, uint64_t offset, uint64_t size, uint32_t advice))                   \
  CALL(fd_allocate, (int32_t fd, uint64_t offset, uint64_t size))                                  \
  CALL(fd_close, (int32_t fd))                                                                     \
  CALL(fd_datasync, (int32_t fd))                                                                  \
  CALL(fd_fdstat_get, (int32_t fd, uint32_t result))                                               \
  CALL(fd_fdstat_set_flags, (int32_t fd, uint32_t flags))                                          \
  CALL(fd_fdstat_set_rights, (int32_t fd, uint64_t base, uint64_t inheriting))                     \
  CALL(fd_filestat_get, (int32_t fd, uint32_t result))                                             \
  CALL(fd_filestat_set_size, (int32_t fd, uint64_t size))                                          \
  CALL(fd_filestat_set_times, (int32_t fd, uint64_t access, uint64_t modification, uint32_t which)) \
  CALL(fd_pread,                                                                                   \
       (int32_t fd, uint32_t iovecs, uint32_t iovec_count, uint64_t offset, uint32_t result))      \
  CALL(fd_prestat_get, (int32_t fd, uint32_t result))                                              \
  CALL(fd_prestat_dir_name, (int32_t fd, uint32_t path, uint32_t path_size))                       \
  CALL(fd_pwrite,                                                                                  \
       (int32_t fd, uint32_t iovecs, uint32_t iovec_count, uint64_t offset, uint32_t result))      \
  CALL(fd_read, (int32_t fd, uint32_t iovecs, uint32_t iovec_count, uint32_t result))              \
  CALL(fd_readdir,                                                                                 \
       (int32_t fd, uint32_t buffer, uint32_t buffer_size, uint64_t cookie, uint32_t result))      \
  CALL(fd_renumber, (int32_t fd, int32_t to))                                                      \
  CALL(fd_seek, (int32_t fd, int64_t offset, uint32_t whence, uint32_t result))                    \
  CALL(fd_sync, (int32_t fd))                                                                      \
  CALL(fd_tell, (int32_t fd, uint32_t result))                                                     \
  CALL(fd_write, (int32_t fd, uint32_t iovecs, uint32_t iovec_count, uint32_t result))             \
  CALL(path_create_directory, (int32_t fd, uint32_t path, uint32_t path_size))                     \
  CALL(path_filestat_get,                                                                          \
       (int32_t fd, uint32_t lookupflags, uint32_t path, uint32_t path_size, uint32_t result))     \
  CALL(path_filestat_set_times,                                                                    \
       (int32_t fd, uint32_t lookupflags, uint32_t path, uint32_t path_size, uint64_t access,      \
        uint64_t modification, uint32_t which))                                                    \
  CALL(path_link,                                                                                  \
       (int32_t old_fd, uint32_t lookupflags, uint32_t old_path, uint32_t old_path_size,           \
        int32_t new_fd, uint32_t new_path, uint32_t new_path_size))                                \
  CALL(path_open,                                                                                  \
       (int32_t fd, uint32_t lookupflags, uint32_t path, uint32_t path_size, uint32_t oflags,      \
        uint64_t rights_base, uint64_t rights_inheriting, uint32_t fdflags, uint32_t result))      \
  CALL(path_readlink,                                                                              \
       (int32_t fd, uint32_t path, uint32_t path_size, uint32_t buffer, uint32_t buffer_size,      \
        uint32_t result))                                                                          \
  CALL(path_remove_directory, (int32_t fd, uint32_t path, uint32_t path_size))                     \
  CALL(path_rename,                                                                                \
       (int32_t old_fd, uint32_t old_path, uint32_t old_path_size, int32_t new_fd,                 \
        uint32_t new_path, uint32_t new_path_size))                                                \
  CALL(path_symlink,                                                                               \
       (uint32_t target, uint32_t target_size, int32_t fd, uint32_t path, uint32_t path_size))     \
  CALL(path_unlink_file, (int32_t fd, uint32_t path, uint32_t path_size))                          \
  CALL(poll_oneoff, (uint32_t subscriptions, uint32_t events, uint32_t count, uint32_t result))    \
  CALL(sock_accept, (int32_t fd, uint32_t flags, uint32_t result))                                 \
  CALL(sock_recv,                                                                                  \
       (int32_t fd, uint32_t iovecs, uint32_t iovec_count, uint32_t flags, uint32_t result_size,   \
        uint32_t result_flags))                                                                    \
  CALL(sock_send,                                                                                  \
       (int32_t fd, uint32_t iovecs, uint32_t iovec_count, uint32_t flags, uint32_t result))       \
  CALL(sock_shutdown, (int32_t fd, uint32_t how))

/// Those that it never makes: they are the host's alone, or, with --sealed=wasi, ours alone.
#define SHIM_WASI_CALLS_INSIDE(CALL)                                                               \
  CALL(clock_res_get, (uint32_t clock, uint32_t result))                                           \
  CALL(clock_time_get, (uint32_t clock, uint64_t precision, uint32_t result))                      \
  CALL(proc_raise, (uint32_t signal))                                                              \
  CALL(random_get, (uint32_t buffer, uint32_t buffer_size))                                        \
  CALL(sched_yield, ())

/// The host's calls. One that the application does not import is a function that returns ENOTSUP.
namespace wasm_vfs::runtime::host {
#define SHIM_DECLARE(name, parameters) \
  SHIM_IMPORT("wasi_snapshot_preview1", #name) Errno name parameters;
SHIM_WASI_CALLS(SHIM_DECLARE)
#undef SHIM_DECLARE
}  // namespace wasm_vfs::runtime::host

/// The functions that take their place in the application.
namespace wasm_vfs::runtime {
#define SHIM_DECLARE(name, parameters) SHIM_EXPORT(#name) Errno name parameters;
SHIM_WASI_CALLS(SHIM_DECLARE)
SHIM_WASI_CALLS_INSIDE(SHIM_DECLARE)
#undef SHIM_DECLARE
SHIM_EXPORT("proc_exit") __attribute__((noreturn)) void proc_exit(uint32_t code);

/// Take the place of the application's memory.size and memory.grow instructions (pages of 64 KiB).
SHIM_EXPORT("memory_size") uint32_t memory_size();
SHIM_EXPORT("memory_grow") uint32_t memory_grow(uint32_t pages);

/// Gets the region from an imported memory; 0 if it cannot grow. Where the application imports its
/// memory, every call above begins with it until it has succeeded: the splicer sees to that, and the
/// memory base is 0 until then.
SHIM_EXPORT("acquire_region") uint32_t acquire_region();
}  // namespace wasm_vfs::runtime

/// Each call is one instruction once spliced.
namespace wasm_vfs::runtime::intrinsic {
#ifdef __wasm__
/// memory.init of the index and of the contents: traps when offset + size is out of the segment.
SHIM_IMPORT("intrinsic", "index_init") void index_init(void* to, uint32_t offset, uint32_t size);
SHIM_IMPORT("intrinsic", "contents_init")
void contents_init(void* to, uint32_t offset, uint32_t size);
SHIM_INLINE uint32_t real_memory_size() {
  return static_cast<uint32_t>(__builtin_wasm_memory_size(0));
}
SHIM_INLINE uint32_t real_memory_grow(uint32_t pages) {
  return static_cast<uint32_t>(__builtin_wasm_memory_grow(0, pages));
}
/// The byte of the application's memory at an address that has been checked.
SHIM_INLINE uint8_t* at(uint32_t address) { return reinterpret_cast<uint8_t*>(address); }
#else
void index_init(void* to, uint32_t offset, uint32_t size);
void contents_init(void* to, uint32_t offset, uint32_t size);
uint32_t real_memory_size();
uint32_t real_memory_grow(uint32_t pages);
uint8_t* at(uint32_t address);
#endif
/// The address of the shim's state; the stack lies below it. Pure: it changes only by
/// set_memory_base and by what other functions do, so a value must not be kept over a call that
/// may move the region.
SHIM_IMPORT("intrinsic", "get_memory_base")
__attribute__((pure)) uint32_t get_memory_base();
SHIM_IMPORT("intrinsic", "set_memory_base") void set_memory_base(uint32_t address);
SHIM_IMPORT("intrinsic", "get_stack_pointer") uint32_t get_stack_pointer();
SHIM_IMPORT("intrinsic", "set_stack_pointer") void set_stack_pointer(uint32_t address);
SHIM_IMPORT("intrinsic", "get_pin") uint32_t get_pin();
SHIM_IMPORT("intrinsic", "set_pin") void set_pin(uint32_t count);
/// How many calls of the application's allocator run that somebody else made. Only where
/// constant::allocator_is_exported().
SHIM_IMPORT("intrinsic", "get_allocating") uint32_t get_allocating();
}  // namespace wasm_vfs::runtime::intrinsic

/// Each call is a constant once spliced.
namespace wasm_vfs::runtime::constant {
#define SHIM_CONSTANT(name) SHIM_IMPORT("constant", #name) __attribute__((const)) uint32_t name();
/// Fields of image::IndexHeader.
SHIM_CONSTANT(node_count)
SHIM_CONSTANT(nodes_offset)
SHIM_CONSTANT(home_count)
SHIM_CONSTANT(slot_count)
SHIM_CONSTANT(slots_offset)
SHIM_CONSTANT(mount_count)
SHIM_CONSTANT(mounts_offset)
SHIM_CONSTANT(strings_size)
SHIM_CONSTANT(strings_offset)
SHIM_CONSTANT(arguments_count)
SHIM_CONSTANT(arguments_size)
SHIM_CONSTANT(arguments_offset)
SHIM_CONSTANT(environment_count)
SHIM_CONSTANT(environment_size)
SHIM_CONSTANT(environment_offset)
SHIM_CONSTANT(contents_size)
SHIM_CONSTANT(index_size)
/// Fields of image::CompressionHeader; only the shim with the decoder asks for them.
SHIM_CONSTANT(chunk_size)
SHIM_CONSTANT(chunks_offset)
SHIM_CONSTANT(raw_size)
SHIM_CONSTANT(logical_size)
SHIM_CONSTANT(tables_offset)
SHIM_CONSTANT(tables_size)
/// Pages of the region, and the most that the application's memory may have by its declaration.
SHIM_CONSTANT(region_pages)
SHIM_CONSTANT(application_maximum_pages)
/// 1 if the application imports its memory.
SHIM_CONSTANT(memory_is_imported)
/// 1 if the application imports calls that take or give descriptors and that the shim does not know.
SHIM_CONSTANT(foreign_descriptor_calls)
/// 1 if the application exports an allocator, as components have.
SHIM_CONSTANT(allocator_is_exported)
/// What of the host's the guest does without: kNotSealed and the others, below.
SHIM_CONSTANT(sealing)
/// 1 if the application imports wasi_unstable, whose structures are others (wasi.h).
SHIM_CONSTANT(is_unstable)
/// 1 if the application imports the call from its host, else 0.
#define SHIM_DECLARE(name, parameters) SHIM_CONSTANT(has_##name)
SHIM_WASI_CALLS(SHIM_DECLARE)
#undef SHIM_DECLARE
#undef SHIM_CONSTANT
}  // namespace wasm_vfs::runtime::constant

namespace wasm_vfs::runtime {
/// The values of constant::sealing(): those of splice::Sealing.
inline constexpr uint32_t kNotSealed = 0;
inline constexpr uint32_t kSealedFilesystem = 1;  // no file or directory of the host's
inline constexpr uint32_t kSealedWasi = 2;        // nothing of the host's
}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_ABI_H_
