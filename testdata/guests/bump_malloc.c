/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * An allocator that takes [__heap_base, memory.size) for its own, as TinyGo, AssemblyScript and small runtimes do. Linked
 * with walk.c it takes the place of wasi-libc's. A packer that leaves pages of its own in that range is found out: every
 * block is checked at the end.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

extern unsigned char __heap_base;

enum { kHeader = 16, kPage = 65536 };

static uintptr_t next;

void *malloc(size_t size) {
  if (!next) next = ((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15;
  const uintptr_t start = next, end = (start + kHeader + size + 15) & ~(uintptr_t)15;
  const uintptr_t limit = __builtin_wasm_memory_size(0) * (uintptr_t)kPage;
  if (end < start) return NULL;
  if (end > limit && __builtin_wasm_memory_grow(0, (end - limit + kPage - 1) / kPage) == (size_t)-1) return NULL;
  next = end;
  *(size_t *)start = size;
  return (void *)(start + kHeader);
}

void free(void *block) { (void)block; }

void *calloc(size_t count, size_t size) {
  void *block = malloc(count * size);
  /* Written, not trusted to be zero: the pages below memory.size may have been anything before. */
  if (block) memset(block, 0, count * size);
  return block;
}

void *realloc(void *block, size_t size) {
  void *grown = malloc(size);
  if (block && grown) {
    const size_t old = *(size_t *)((uintptr_t)block - kHeader);
    memcpy(grown, block, old < size ? old : size);
  }
  return grown;
}

void *aligned_alloc(size_t alignment, size_t size) { return alignment <= 16 ? malloc(size) : NULL; }
