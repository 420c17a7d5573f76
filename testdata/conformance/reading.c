// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading: fd_read, fd_pread, fd_seek, fd_tell, fd_advise, fd_filestat_get. See conformance.h.

#include "conformance.h"

// The content of tree/big.
static uint8_t big_byte(uint32_t at) {
  return (uint8_t)(at * 7 + at / 256);
}
static bool is_big(const uint8_t* from, uint32_t at, uint32_t size) {
  for (uint32_t i = 0; i < size; ++i) {
    if (from[i] != big_byte(at + i)) return false;
  }
  return true;
}
enum { kBigSize = 70000 };

CASE(TREE, fd_read, reads_and_advances, whole) {
  const int32_t fd = OPEN("hello");
  OK(read_some(fd, bytes, 5));
  EQUAL(5, count);
  TRUE(memcmp(bytes, "Hello", 5) == 0);
  OK(read_some(fd, bytes, 100));
  EQUAL(9, count);
  TRUE(memcmp(bytes, ", world.\n", 9) == 0);
}
CASE(TREE, fd_read, reads_and_advances, large) {
  const int32_t fd = OPEN("big");
  uint32_t at = 0;
  for (int i = 0; i < 100 && at < kBigSize; ++i) {
    OK(read_some(fd, bytes, 4093));
    TRUE(is_big(bytes, at, count));
    at += count;
  }
  EQUAL(kBigSize, at);
}
CASE(TREE, fd_read, reads_and_advances, two_descriptors_have_two_offsets) {
  const int32_t one = OPEN("hello");
  const int32_t two = OPEN("hello");
  OK(read_some(one, bytes, 7));
  OK(read_some(two, bytes, 5));
  TRUE(memcmp(bytes, "Hello", 5) == 0);
  OK(read_some(one, bytes, 5));
  TRUE(memcmp(bytes, "world", 5) == 0);
}
CASE(TREE, fd_read, reads_and_advances, through_a_link) {
  const int32_t fd = OPEN("deeplink");
  OK(read_some(fd, bytes, 100));
  EQUAL(5, count);
  TRUE(memcmp(bytes, "leaf\n", 5) == 0);
}
CASE(TREE, fd_read, scatters, three_buffers) {
  const int32_t fd = OPEN("hello");
  char a[3], b[1], c[20];
  const __wasi_iovec_t iovecs[] = {
      {(uint8_t*)a, 2}, {(uint8_t*)b, 0}, {(uint8_t*)b, 1}, {(uint8_t*)c, 20}};
  OK(fd_read(fd, iovecs, 4, &count));
  // A host may fill fewer than all of the buffers.
  TRUE(count == 2 || count == 3 || count == 14);
  TRUE(memcmp(a, "He", 2) == 0);
  TRUE(count < 3 || b[0] == 'l');
  TRUE(count < 14 || memcmp(c, "lo, world.\n", 11) == 0);
}
CASE(TREE, fd_read, nothing_at_the_end, read_twice) {
  const int32_t fd = OPEN("hello");
  OK(seek_to(fd, 0, END));
  OK(read_some(fd, bytes, 10));
  EQUAL(0, count);
  OK(read_some(fd, bytes, 10));
  EQUAL(0, count);
}
CASE(TREE, fd_read, nothing_at_the_end, empty_file) {
  const int32_t fd = OPEN("empty");
  OK(read_some(fd, bytes, 10));
  EQUAL(0, count);
}
CASE(TREE, fd_read, nothing_at_the_end, beyond_it) {
  const int32_t fd = OPEN("hello");
  OK(seek_to(fd, 1000000, SET));
  OK(read_some(fd, bytes, 10));
  EQUAL(0, count);
}
CASE(TREE, fd_read, no_bytes_asked, empty_buffer) {
  const int32_t fd = OPEN("hello");
  OK(read_some(fd, bytes, 0));
  EQUAL(0, count);
  OK(read_some(fd, bytes, 1));
  EQUAL('H', bytes[0]);
}
CASE(TREE, fd_read, no_bytes_asked, no_buffers) {
  const int32_t fd = OPEN("hello");
  OK(fd_read(fd, bytes, 0, &count));
  EQUAL(0, count);
}
CASE(TREE, fd_read, leaves_the_rest, of_the_buffer) {
  const int32_t fd = OPEN("dir/inner");
  memset(bytes, 0xa5, 64);
  OK(read_some(fd, bytes, 64));
  EQUAL(6, count);
  for (int i = 6; i < 64; ++i) EQUAL(0xa5, bytes[i]);
}
CASE(SCRATCH, fd_read, sees_what_was_written, since_it_was_opened) {
  FILE("f", "old");
  const int32_t fd = OPEN("f");
  OK(read_some(fd, bytes, 10));
  const int32_t writer = CREATE("f");
  OK(pwrite_text(writer, "new and more", 0));
  OK(read_some(fd, bytes, 20));
  EQUAL(9, count);
  TRUE(memcmp(bytes, " and more", 9) == 0);
}
CASE(HOST, fd_read, BADF, nobody) {
  IS(BADF, read_some(NOBODY, bytes, 1));
}
CASE(HOST, fd_read, BADF, negative) {
  IS(BADF, read_some(-1, bytes, 1));
}
CASE(TREE, fd_read, BADF, closed) {
  const int32_t fd = OPEN("hello");
  OK(fd_close(fd));
  IS(BADF, read_some(fd, bytes, 1));
}
CASE(SCRATCH, fd_read, BADF, not_open_for_reading) {
  FILE("f", "text");
  const int32_t fd = open_for(dir, "f", 0, FD_WRITE, __LINE__);
  EITHER(BADF, NOTCAPABLE, read_some(fd, bytes, 1));
}
CASE(TREE, fd_read, BADF, opened_without_the_right) {
  const int32_t fd = open_for(dir, "hello", 0, RIGHT(21), __LINE__);
  EITHER(BADF, NOTCAPABLE, read_some(fd, bytes, 1));
}
CASE(TREE, fd_read, ISDIR, directory) {
  const int32_t fd = open_for(dir, "dir", DIRECTORY, FD_READDIR | FD_READ, __LINE__);
  // A host may know directories by their rights alone.
  ONE_OF(read_some(fd, bytes, 1), ISDIR, BADF, NOTCAPABLE);
}

CASE(TREE, fd_pread, reads_at, offset) {
  const int32_t fd = OPEN("hello");
  OK(pread_some(fd, bytes, 5, 7));
  EQUAL(5, count);
  TRUE(memcmp(bytes, "world", 5) == 0);
  OK(pread_some(fd, bytes, 5, 0));
  TRUE(memcmp(bytes, "Hello", 5) == 0);
}
CASE(TREE, fd_pread, reads_at, large) {
  const int32_t fd = OPEN("big");
  for (uint32_t at = 65000; at >= 3001; at -= 3001) {
    OK(pread_some(fd, bytes, 1000, at));
    EQUAL(1000, count);
    TRUE(is_big(bytes, at, 1000));
  }
}
CASE(TREE, fd_pread, keeps_the_offset, of_fd_read) {
  const int32_t fd = OPEN("hello");
  OK(read_some(fd, bytes, 2));
  OK(pread_some(fd, bytes, 5, 9));
  OK(seek_to(fd, 0, CUR));
  EQUAL(2, position);
  OK(read_some(fd, bytes, 3));
  TRUE(memcmp(bytes, "llo", 3) == 0);
}
CASE(TREE, fd_pread, scatters, two_buffers) {
  const int32_t fd = OPEN("hello");
  const __wasi_iovec_t iovecs[] = {{bytes, 3}, {bytes + 100, 10}};
  OK(fd_pread(fd, iovecs, 2, 7, &count));
  TRUE(count == 3 || count == 7);
  TRUE(memcmp(bytes, "wor", 3) == 0);
  TRUE(count == 3 || memcmp(bytes + 100, "ld.\n", 4) == 0);
}
CASE(TREE, fd_pread, nothing_at_the_end, at_it) {
  const int32_t fd = OPEN("hello");
  OK(pread_some(fd, bytes, 5, 14));
  EQUAL(0, count);
}
CASE(TREE, fd_pread, nothing_at_the_end, far_beyond) {
  const int32_t fd = OPEN("hello");
  OK(pread_some(fd, bytes, 5, (int64_t)1 << 40));
  EQUAL(0, count);
}
CASE(TREE, fd_pread, nothing_at_the_end, part_of_the_buffer) {
  const int32_t fd = OPEN("hello");
  OK(pread_some(fd, bytes, 5, 12));
  EQUAL(2, count);
}
CASE(TREE, fd_pread, no_bytes_asked, empty_buffer) {
  const int32_t fd = OPEN("hello");
  OK(pread_some(fd, bytes, 0, 3));
  EQUAL(0, count);
}
CASE(TREE, fd_pread, INVAL, negative_offset) {
  const int32_t fd = OPEN("hello");
  IS(INVAL, pread_some(fd, bytes, 5, -1));
}
CASE(HOST, fd_pread, BADF, nobody) {
  IS(BADF, pread_some(NOBODY, bytes, 1, 0));
}
CASE(TREE, fd_pread, BADF, closed) {
  const int32_t fd = OPEN("hello");
  OK(fd_close(fd));
  IS(BADF, pread_some(fd, bytes, 1, 0));
}
CASE(SCRATCH, fd_pread, BADF, not_open_for_reading) {
  FILE("f", "text");
  const int32_t fd = open_for(dir, "f", 0, FD_WRITE | RIGHT(2), __LINE__);
  EITHER(BADF, NOTCAPABLE, pread_some(fd, bytes, 1, 0));
}
CASE(TREE, fd_pread, ISDIR, directory) {
  const int32_t fd = open_for(dir, "dir", DIRECTORY, FD_READDIR | FD_READ, __LINE__);
  ONE_OF(pread_some(fd, bytes, 1, 0), ISDIR, BADF, NOTCAPABLE);
}
CASE(HOST, fd_pread, SPIPE, standard_input) {
  ONE_OF(pread_some(0, bytes, 1, 0), SPIPE, BADF, NOTCAPABLE);
}

CASE(TREE, fd_seek, from_the_start, there_and_back) {
  const int32_t fd = OPEN("hello");
  OK(seek_to(fd, 7, SET));
  EQUAL(7, position);
  OK(read_some(fd, bytes, 5));
  TRUE(memcmp(bytes, "world", 5) == 0);
  OK(seek_to(fd, 0, SET));
  EQUAL(0, position);
  OK(read_some(fd, bytes, 1));
  EQUAL('H', bytes[0]);
}
CASE(TREE, fd_seek, from_the_offset, both_ways) {
  const int32_t fd = OPEN("hello");
  OK(seek_to(fd, 10, CUR));
  EQUAL(10, position);
  OK(seek_to(fd, -3, CUR));
  EQUAL(7, position);
  OK(read_some(fd, bytes, 5));
  TRUE(memcmp(bytes, "world", 5) == 0);
  OK(seek_to(fd, 0, CUR));
  EQUAL(12, position);
}
CASE(TREE, fd_seek, from_the_end, backwards) {
  const int32_t fd = OPEN("hello");
  OK(seek_to(fd, -7, END));
  EQUAL(7, position);
  OK(read_some(fd, bytes, 5));
  TRUE(memcmp(bytes, "world", 5) == 0);
  OK(seek_to(fd, 0, END));
  EQUAL(14, position);
}
CASE(TREE, fd_seek, beyond_the_end, set) {
  const int32_t fd = OPEN("hello");
  OK(seek_to(fd, 5000000000, SET));
  EQUAL(5000000000, position);
  OK(seek_to(fd, 10, END));
  EQUAL(24, position);
}
CASE(TREE, fd_seek, INVAL, before_the_start) {
  const int32_t fd = OPEN("hello");
  OK(seek_to(fd, 3, SET));
  IS(INVAL, seek_to(fd, -1, SET));
  IS(INVAL, seek_to(fd, -4, CUR));
  IS(INVAL, seek_to(fd, -15, END));
  OK(seek_to(fd, 0, CUR));
  EQUAL(3, position);
}
CASE(TREE, fd_seek, INVAL, no_such_whence) {
  const int32_t fd = OPEN("hello");
  IS(INVAL, seek_to(fd, 0, 3));
}
CASE(HOST, fd_seek, BADF, nobody) {
  IS(BADF, seek_to(NOBODY, 0, SET));
}
CASE(TREE, fd_seek, BADF, closed) {
  const int32_t fd = OPEN("hello");
  OK(fd_close(fd));
  IS(BADF, seek_to(fd, 0, SET));
}
CASE(TREE, fd_seek, BADF, directory) {
  const int32_t fd = OPEN_DIR("dir");
  // Linux seeks in directories; a host without the right to it refuses.
  ONE_OF(seek_to(fd, 0, SET), BADF, ISDIR, NOTCAPABLE);
}
CASE(HOST, fd_seek, SPIPE, standard_input) {
  ONE_OF(seek_to(0, 0, CUR), SPIPE, BADF, NOTCAPABLE);
}

CASE(TREE, fd_tell, tells, after_read_and_seek) {
  const int32_t fd = OPEN("hello");
  OK(fd_tell(fd, &position));
  EQUAL(0, position);
  OK(read_some(fd, bytes, 5));
  OK(fd_tell(fd, &position));
  EQUAL(5, position);
  OK(seek_to(fd, 100, SET));
  OK(fd_tell(fd, &position));
  EQUAL(100, position);
}
CASE(SCRATCH, fd_tell, tells, after_write) {
  const int32_t fd = CREATE("f");
  OK(write_text(fd, "some text"));
  OK(fd_tell(fd, &position));
  EQUAL(9, position);
}
CASE(HOST, fd_tell, BADF, nobody) {
  IS(BADF, fd_tell(NOBODY, &position));
}
CASE(TREE, fd_tell, BADF, directory) {
  const int32_t fd = OPEN_DIR("dir");
  ONE_OF(fd_tell(fd, &position), BADF, ISDIR, NOTCAPABLE);
}
CASE(HOST, fd_tell, SPIPE, standard_input) {
  ONE_OF(fd_tell(0, &position), SPIPE, BADF, NOTCAPABLE);
}

CASE(TREE, fd_advise, every_advice, file) {
  const int32_t fd = OPEN("hello");
  for (int32_t advice = 0; advice < 6; ++advice) {
    OK(fd_advise(fd, 0, 0, advice));
    OK(fd_advise(fd, 5, 100000, advice));
  }
  OK(read_some(fd, bytes, 5));
  TRUE(memcmp(bytes, "Hello", 5) == 0);
}
CASE(TREE, fd_advise, INVAL, no_such_advice) {
  const int32_t fd = OPEN("hello");
  IS(INVAL, fd_advise(fd, 0, 0, 6));
}
CASE(TREE, fd_advise, INVAL, negative_length) {
  const int32_t fd = OPEN("hello");
  IS(INVAL, fd_advise(fd, 0, -1, 0));
}
CASE(HOST, fd_advise, BADF, nobody) {
  IS(BADF, fd_advise(NOBODY, 0, 0, 0));
}
CASE(TREE, fd_advise, BADF, closed) {
  const int32_t fd = OPEN("hello");
  OK(fd_close(fd));
  IS(BADF, fd_advise(fd, 0, 0, 0));
}
CASE(HOST, fd_advise, SPIPE, standard_input) {
  ONE_OF(fd_advise(0, 0, 0, 0), SPIPE, BADF, NOTCAPABLE);
}

CASE(TREE, fd_filestat_get, describes, file) {
  OK(stat_fd(OPEN("hello")));
  EQUAL(IS_FILE, stat.filetype);
  EQUAL(14, stat.size);
  TRUE(stat.nlink >= 1);
  EQUAL(1234567890123456789, stat.mtim);
}
CASE(TREE, fd_filestat_get, describes, directory) {
  OK(stat_fd(OPEN_DIR("dir")));
  EQUAL(IS_DIRECTORY, stat.filetype);
}
CASE(TREE, fd_filestat_get, describes, empty_file) {
  OK(stat_fd(OPEN("empty")));
  EQUAL(0, stat.size);
}
CASE(TREE, fd_filestat_get, identifies, same_and_other_file) {
  OK(stat_fd(OPEN("hello")));
  const uint64_t inode = stat.ino;
  const uint64_t device = stat.dev;
  OK(stat_fd(OPEN("link")));
  EQUAL(inode, stat.ino);
  EQUAL(device, stat.dev);
  OK(stat_fd(OPEN("empty")));
  TRUE(inode != stat.ino || device != stat.dev);
}
CASE(TREE, fd_filestat_get, identifies, as_path_filestat_get) {
  OK(stat_fd(OPEN("dir/inner")));
  const uint64_t inode = stat.ino;
  OK(stat_at("dir/inner", 0));
  EQUAL(inode, stat.ino);
}
CASE(SCRATCH, fd_filestat_get, follows_writes, size) {
  const int32_t fd = CREATE("f");
  OK(write_text(fd, "12345"));
  OK(stat_fd(fd));
  EQUAL(5, stat.size);
}
CASE(HOST, fd_filestat_get, describes, standard_streams) {
  for (int32_t fd = 0; fd < 3; ++fd) {
    OK(stat_fd(fd));
    TRUE(stat.filetype != IS_DIRECTORY && stat.filetype != IS_LINK);
  }
}
CASE(HOST, fd_filestat_get, BADF, nobody) {
  IS(BADF, stat_fd(NOBODY));
}
CASE(TREE, fd_filestat_get, BADF, closed) {
  const int32_t fd = OPEN("hello");
  OK(fd_close(fd));
  IS(BADF, stat_fd(fd));
}
