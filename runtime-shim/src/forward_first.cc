// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "abi.h"
namespace wasm_vfs::runtime {
Errno fd_advise(int32_t fd, uint64_t o, uint64_t s, uint32_t a) { return host::fd_advise(fd, o, s, a); }
Errno fd_allocate(int32_t fd, uint64_t o, uint64_t s) { return host::fd_allocate(fd, o, s); }
Errno fd_close(int32_t fd) { return host::fd_close(fd); }
Errno fd_read(int32_t fd, uint32_t i, uint32_t n, uint32_t r) { return host::fd_read(fd, i, n, r); }
Errno fd_write(int32_t fd, uint32_t i, uint32_t n, uint32_t r) { return host::fd_write(fd, i, n, r); }
Errno fd_seek(int32_t fd, int64_t o, uint32_t w, uint32_t r) { return host::fd_seek(fd, o, w, r); }
Errno fd_fdstat_get(int32_t fd, uint32_t r) { return host::fd_fdstat_get(fd, r); }
Errno fd_prestat_get(int32_t fd, uint32_t r) { return host::fd_prestat_get(fd, r); }
Errno fd_prestat_dir_name(int32_t fd, uint32_t r, uint32_t n) { return host::fd_prestat_dir_name(fd, r, n); }
Errno path_open(int32_t fd, uint32_t lf, uint32_t path, uint32_t path_size, uint32_t oflags,
        uint64_t rights_base, uint64_t rights_inheriting, uint32_t fdflags, uint32_t result) {
  struct { uint32_t a[16]; } s; intrinsic::index_init(&s, constant::nodes_offset(), 28); 
  if (s.a[path_size & 15] == constant::node_count()) return Errno::kIo;
  return host::path_open(fd, lf, path, path_size, oflags, rights_base, rights_inheriting, fdflags, result);
}
}
