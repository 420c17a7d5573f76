# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Debian's clang with its wasi-libc. With the WASI SDK, its own share/cmake/wasi-sdk.cmake takes this file's place.
set(CMAKE_SYSTEM_NAME Generic)
find_program(CMAKE_C_COMPILER NAMES clang clang-19 REQUIRED)
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
set(CMAKE_SYSROOT /usr)
