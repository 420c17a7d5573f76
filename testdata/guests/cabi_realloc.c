/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Linked with a guest that becomes a component: the adapter from preview 1 then allocates with it, in the middle of a
 * host call. It may grow memory there, while the caller's frames are on the stack.
 */
#include <stdlib.h>

void *cabi_realloc(void *old, size_t old_size, size_t alignment, size_t size) {
  (void)old_size, (void)alignment;
  return realloc(old, size);
}
