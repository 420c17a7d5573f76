/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * walk.c as a reactor: no _start, the host calls _initialize and then what it likes, in any order and as often.
 */
#define main walk_main
#include "walk.c"
#undef main

/* The digest's CRC of /static. */
__attribute__((export_name("digest"))) uint32_t digest_of_static(void) {
  digest = 0xffffffffu;
  entries = bytes = 0;
  root_length = strlen("/static");
  make_crc_table();
  walk("/static");
  return digest ^ 0xffffffffu;
}

/* Takes 64 MB more; returns how much there is now. */
__attribute__((export_name("grow"))) uint32_t grow_heap(void) {
  grow_target += 64;
  while (grown * (kBlock >> 20) < grow_target) grow_some();
  return grow_target;
}

/* 1 if all that was taken is unharmed; ends the program if not. */
__attribute__((export_name("check"))) uint32_t check_heap(void) {
  check_growth();
  return 1;
}
