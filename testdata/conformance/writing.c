// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writing: fd_write, fd_pwrite, fd_allocate, fd_sync, fd_datasync, fd_filestat_set_size,
// fd_filestat_set_times. See conformance.h.

#include "conformance.h"

CASE(SCRATCH, fd_write, writes_and_advances, twice) {
  const int32_t fd = CREATE("f");
  OK(write_text(fd, "one "));
  EQUAL(4, count);
  OK(write_text(fd, "two"));
  TRUE(holds("f", "one two"));
}
CASE(SCRATCH, fd_write, writes_and_advances, over_what_was_there) {
  FILE("f", "0123456789");
  const int32_t fd = CREATE("f");
  OK(seek_to(fd, 3, SET));
  OK(write_text(fd, "abc"));
  TRUE(holds("f", "012abc6789"));
}
CASE(SCRATCH, fd_write, writes_and_advances, large) {
  memset(bytes, 'x', sizeof bytes);
  const int32_t fd = CREATE("f");
  const __wasi_ciovec_t iovec = {bytes, sizeof bytes};
  for (int i = 0; i < 3; ++i) {
    OK(fd_write(fd, &iovec, 1, &count));
    EQUAL(sizeof bytes, count);
  }
  OK(stat_fd(fd));
  EQUAL(3 * sizeof bytes, stat.size);
}
CASE(SCRATCH, fd_write, gathers, three_buffers) {
  const int32_t fd = CREATE("f");
  const __wasi_ciovec_t iovecs[] = {
      {(const uint8_t*)"ab", 2}, {(const uint8_t*)"", 0}, {(const uint8_t*)"cdef", 4}};
  OK(fd_write(fd, iovecs, 3, &count));
  TRUE(count == 2 || count == 6);
  TRUE(holds("f", count == 6 ? "abcdef" : "ab"));
}
CASE(SCRATCH, fd_write, appends, with_the_flag) {
  FILE("f", "start ");
  int32_t fd = -1;
  OK(path_open(dir, 0, P("f"), 0, WRITER, 0, APPEND, &fd));
  OK(write_text(fd, "one "));
  OK(seek_to(fd, 0, SET));
  OK(write_text(fd, "two"));
  TRUE(holds("f", "start one two"));
}
CASE(SCRATCH, fd_write, fills_a_gap_with_zeros, beyond_the_end) {
  FILE("f", "ab");
  const int32_t fd = CREATE("f");
  OK(seek_to(fd, 4, SET));
  OK(write_text(fd, "c"));
  OK(pread_some(fd, bytes, 10, 0));
  EQUAL(5, count);
  TRUE(memcmp(bytes, "ab\0\0c", 5) == 0);
}
CASE(SCRATCH, fd_write, no_bytes_given, empty_buffer) {
  const int32_t fd = CREATE("f");
  OK(write_text(fd, ""));
  EQUAL(0, count);
  OK(fd_write(fd, bytes, 0, &count));
  EQUAL(0, count);
}
CASE(HOST, fd_write, no_bytes_given, standard_output) {
  OK(write_text(1, ""));
}
CASE(HOST, fd_write, writes_and_advances, standard_error) {
  OK(write_text(2, "the case fd_write writes_and_advances standard_error\n"));
  EQUAL(53, count);
}
CASE(HOST, fd_write, BADF, nobody) {
  IS(BADF, write_text(NOBODY, "x"));
}
CASE(SCRATCH, fd_write, BADF, closed) {
  const int32_t fd = CREATE("f");
  OK(fd_close(fd));
  IS(BADF, write_text(fd, "x"));
}
CASE(SCRATCH, fd_write, BADF, not_open_for_writing) {
  FILE("f", "text");
  const int32_t fd = OPEN("f");
  EITHER(BADF, NOTCAPABLE, write_text(fd, "x"));
  TRUE(holds("f", "text"));
}
CASE(REFUSED, fd_write, BADF, not_open_for_writing_in_a_read_only_tree) {
  const int32_t fd = OPEN("hello");
  EITHER(BADF, NOTCAPABLE, write_text(fd, "x"));
}
CASE(TREE, fd_write, BADF, directory) {
  const int32_t fd = OPEN_DIR("dir");
  ONE_OF(write_text(fd, "x"), BADF, ISDIR, NOTCAPABLE);
}

CASE(SCRATCH, fd_pwrite, writes_at, inside) {
  FILE("f", "0123456789");
  const int32_t fd = CREATE("f");
  OK(pwrite_text(fd, "ab", 4));
  EQUAL(2, count);
  TRUE(holds("f", "0123ab6789"));
}
CASE(SCRATCH, fd_pwrite, keeps_the_offset, of_fd_write) {
  const int32_t fd = CREATE("f");
  OK(write_text(fd, "abc"));
  OK(pwrite_text(fd, "xyz", 5));
  OK(write_text(fd, "d"));
  OK(fd_tell(fd, &position));
  EQUAL(4, position);
  OK(pread_some(fd, bytes, 10, 0));
  EQUAL(8, count);
  TRUE(memcmp(bytes, "abcd\0xyz", 8) == 0);
}
CASE(SCRATCH, fd_pwrite, gathers, two_buffers) {
  FILE("f", "0123456789");
  const int32_t fd = CREATE("f");
  const __wasi_ciovec_t iovecs[] = {{(const uint8_t*)"ab", 2}, {(const uint8_t*)"cd", 2}};
  OK(fd_pwrite(fd, iovecs, 2, 3, &count));
  TRUE(count == 2 || count == 4);
  TRUE(holds("f", count == 4 ? "012abcd789" : "012ab56789"));
}
CASE(SCRATCH, fd_pwrite, fills_a_gap_with_zeros, beyond_the_end) {
  const int32_t fd = CREATE("f");
  OK(pwrite_text(fd, "x", 3));
  OK(pread_some(fd, bytes, 10, 0));
  EQUAL(4, count);
  TRUE(memcmp(bytes, "\0\0\0x", 4) == 0);
}
CASE(SCRATCH, fd_pwrite, no_bytes_given, empty_buffer) {
  const int32_t fd = CREATE("f");
  OK(pwrite_text(fd, "", 0));
  EQUAL(0, count);
}
CASE(SCRATCH, fd_pwrite, INVAL, negative_offset) {
  const int32_t fd = CREATE("f");
  IS(INVAL, pwrite_text(fd, "x", -1));
}
CASE(HOST, fd_pwrite, BADF, nobody) {
  IS(BADF, pwrite_text(NOBODY, "x", 0));
}
CASE(SCRATCH, fd_pwrite, BADF, not_open_for_writing) {
  FILE("f", "text");
  EITHER(BADF, NOTCAPABLE, pwrite_text(OPEN("f"), "x", 0));
}
CASE(REFUSED, fd_pwrite, BADF, not_open_for_writing_in_a_read_only_tree) {
  EITHER(BADF, NOTCAPABLE, pwrite_text(OPEN("hello"), "x", 0));
}
CASE(HOST, fd_pwrite, SPIPE, standard_output) {
  ONE_OF(pwrite_text(1, "", 0), SPIPE, BADF, INVAL, NOTCAPABLE);
}

CASE(SCRATCH, fd_allocate, extends, empty_file) {
  const int32_t fd = CREATE("f");
  OK(fd_allocate(fd, 0, 100));
  OK(stat_fd(fd));
  EQUAL(100, stat.size);
}
CASE(SCRATCH, fd_allocate, keeps_content, inside) {
  FILE("f", "some text");
  const int32_t fd = CREATE("f");
  OK(fd_allocate(fd, 2, 3));
  TRUE(holds("f", "some text"));
}
CASE(SCRATCH, fd_allocate, INVAL, no_length) {
  EITHER(INVAL, NOTSUP, fd_allocate(CREATE("f"), 0, 0));
}
CASE(HOST, fd_allocate, BADF, nobody) {
  IS(BADF, fd_allocate(NOBODY, 0, 1));
}
CASE(TREE, fd_allocate, BADF, not_open_for_writing) {
  EITHER(BADF, NOTCAPABLE, fd_allocate(OPEN("hello"), 0, 1));
}
CASE(TREE, fd_allocate, BADF, directory) {
  ONE_OF(fd_allocate(OPEN_DIR("dir"), 0, 1), BADF, ISDIR, NOTCAPABLE);
}

CASE(SCRATCH, fd_sync, synchronises, written_file) {
  const int32_t fd = CREATE("f");
  OK(write_text(fd, "text"));
  OK(fd_sync(fd));
  TRUE(holds("f", "text"));
}
CASE(TREE, fd_sync, synchronises, read_file) {
  OK(fd_sync(OPEN("hello")));
}
CASE(HOST, fd_sync, BADF, nobody) {
  IS(BADF, fd_sync(NOBODY));
}
CASE(TREE, fd_sync, BADF, closed) {
  const int32_t fd = OPEN("hello");
  OK(fd_close(fd));
  IS(BADF, fd_sync(fd));
}
CASE(SCRATCH, fd_datasync, synchronises, written_file) {
  const int32_t fd = CREATE("f");
  OK(write_text(fd, "text"));
  OK(fd_datasync(fd));
  TRUE(holds("f", "text"));
}
CASE(TREE, fd_datasync, synchronises, read_file) {
  OK(fd_datasync(OPEN("hello")));
}
CASE(HOST, fd_datasync, BADF, nobody) {
  IS(BADF, fd_datasync(NOBODY));
}
CASE(TREE, fd_datasync, BADF, closed) {
  const int32_t fd = OPEN("hello");
  OK(fd_close(fd));
  IS(BADF, fd_datasync(fd));
}

CASE(SCRATCH, fd_filestat_set_size, truncates, file) {
  FILE("f", "0123456789");
  OK(fd_filestat_set_size(CREATE("f"), 4));
  TRUE(holds("f", "0123"));
}
CASE(SCRATCH, fd_filestat_set_size, fills_with_zeros, longer) {
  FILE("f", "01");
  const int32_t fd = CREATE("f");
  OK(fd_filestat_set_size(fd, 5));
  OK(pread_some(fd, bytes, 10, 0));
  EQUAL(5, count);
  TRUE(memcmp(bytes, "01\0\0\0", 5) == 0);
}
CASE(SCRATCH, fd_filestat_set_size, keeps_the_offset, truncated) {
  const int32_t fd = CREATE("f");
  OK(write_text(fd, "0123456789"));
  OK(fd_filestat_set_size(fd, 4));
  OK(fd_tell(fd, &position));
  EQUAL(10, position);
}
CASE(SCRATCH, fd_filestat_set_size, INVAL, negative) {
  EITHER(INVAL, FBIG, fd_filestat_set_size(CREATE("f"), -1));
}
CASE(SCRATCH, fd_filestat_set_size, INVAL, not_open_for_writing) {
  FILE("f", "text");
  ONE_OF(fd_filestat_set_size(open_for(dir, "f", 0, FD_READ | RIGHT(22), __LINE__), 1), INVAL, BADF,
         NOTCAPABLE);
  TRUE(holds("f", "text"));
}
CASE(REFUSED, fd_filestat_set_size, INVAL, not_open_for_writing_in_a_read_only_tree) {
  ONE_OF(fd_filestat_set_size(OPEN("hello"), 1), INVAL, BADF, PERM, NOTCAPABLE);
}
CASE(HOST, fd_filestat_set_size, BADF, nobody) {
  IS(BADF, fd_filestat_set_size(NOBODY, 0));
}
CASE(SCRATCH, fd_filestat_set_size, BADF, closed) {
  const int32_t fd = CREATE("f");
  OK(fd_close(fd));
  IS(BADF, fd_filestat_set_size(fd, 0));
}
CASE(TREE, fd_filestat_set_size, ISDIR, directory) {
  ONE_OF(fd_filestat_set_size(OPEN_DIR("dir"), 0), ISDIR, BADF, INVAL, NOTCAPABLE);
}

CASE(SCRATCH, fd_filestat_set_times, sets_the_given, both) {
  const int32_t fd = CREATE("f");
  OK(fd_filestat_set_times(fd, 1000000001000000000, 1100000002000000000, ATIM | MTIM));
  OK(stat_fd(fd));
  EQUAL(1000000001000000000, stat.atim);
  EQUAL(1100000002000000000, stat.mtim);
}
CASE(SCRATCH, fd_filestat_set_times, sets_the_given, nanoseconds) {
  const int32_t fd = CREATE("f");
  OK(fd_filestat_set_times(fd, 0, 1100000002123456789, MTIM));
  OK(stat_fd(fd));
  EQUAL(1100000002123456789, stat.mtim);
}
CASE(SCRATCH, fd_filestat_set_times, keeps_the_other, one_by_one) {
  const int32_t fd = CREATE("f");
  OK(fd_filestat_set_times(fd, 1000000001000000000, 1100000002000000000, ATIM | MTIM));
  OK(fd_filestat_set_times(fd, 0, 1200000000000000000, MTIM));
  OK(stat_fd(fd));
  EQUAL(1000000001000000000, stat.atim);
  EQUAL(1200000000000000000, stat.mtim);
  OK(fd_filestat_set_times(fd, 900000000000000000, 0, ATIM));
  OK(stat_fd(fd));
  EQUAL(900000000000000000, stat.atim);
  EQUAL(1200000000000000000, stat.mtim);
}
CASE(SCRATCH, fd_filestat_set_times, sets_now, both) {
  const int32_t fd = CREATE("f");
  OK(fd_filestat_set_times(fd, 1000000000, 1000000000, ATIM | MTIM));
  OK(fd_filestat_set_times(fd, 0, 0, ATIM_NOW | MTIM_NOW));
  OK(stat_fd(fd));
  TRUE(stat.atim > 1600000000000000000);
  TRUE(stat.mtim > 1600000000000000000);
}
CASE(SCRATCH, fd_filestat_set_times, sets_the_given, directory) {
  DIR("d");
  const int32_t fd = OPEN_DIR("d");
  OK(fd_filestat_set_times(fd, 0, 1100000002000000000, MTIM));
  OK(stat_fd(fd));
  EQUAL(1100000002000000000, stat.mtim);
}
CASE(SCRATCH, fd_filestat_set_times, INVAL, given_and_now) {
  const int32_t fd = CREATE("f");
  IS(INVAL, fd_filestat_set_times(fd, 1, 1, ATIM | ATIM_NOW));
  IS(INVAL, fd_filestat_set_times(fd, 1, 1, MTIM | MTIM_NOW));
}
CASE(HOST, fd_filestat_set_times, BADF, nobody) {
  IS(BADF, fd_filestat_set_times(NOBODY, 0, 0, MTIM_NOW));
}
CASE(REFUSED, fd_filestat_set_times, ROFS, file) {
  ONE_OF(fd_filestat_set_times(OPEN("hello"), 0, 0, MTIM_NOW), ROFS, PERM, NOTCAPABLE, BADF);
}
