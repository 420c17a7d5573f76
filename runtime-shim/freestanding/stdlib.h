// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What xxhash.h mentions of <stdlib.h> and never calls in the shim.
#ifndef WASM_VFS_RUNTIME_FREESTANDING_STDLIB_H_
#define WASM_VFS_RUNTIME_FREESTANDING_STDLIB_H_
#include <stddef.h>
static inline void* malloc(size_t) { return nullptr; }
static inline void free(void*) {}
#endif
