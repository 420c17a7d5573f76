// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What xxhash.h and libzstd mention of <stdlib.h> and never call in the shim.
#ifndef WASM_VFS_RUNTIME_FREESTANDING_STDLIB_H_
#define WASM_VFS_RUNTIME_FREESTANDING_STDLIB_H_
#include <stddef.h>
static inline void* malloc(size_t size) { (void)size; return 0; }
static inline void* calloc(size_t count, size_t size) { (void)count; (void)size; return 0; }
static inline void free(void* address) { (void)address; }
#endif
