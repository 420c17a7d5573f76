// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Catch2 by one name, whichever version is installed (v2 or v3).

#ifndef WASM_VFS_TESTS_UNIT_TESTING_CATCH_H_
#define WASM_VFS_TESTS_UNIT_TESTING_CATCH_H_

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#endif  // WASM_VFS_TESTS_UNIT_TESTING_CATCH_H_
