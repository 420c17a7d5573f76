// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What xxhash.h and libzstd need of <string.h>, for the build without a C library: the compiler's own.
#ifndef WASM_VFS_RUNTIME_FREESTANDING_STRING_H_
#define WASM_VFS_RUNTIME_FREESTANDING_STRING_H_
#include <stddef.h>
#define memcpy(to, from, size) __builtin_memcpy(to, from, size)
#define memmove(to, from, size) __builtin_memmove(to, from, size)
#define memset(to, value, size) __builtin_memset(to, value, size)
#endif
