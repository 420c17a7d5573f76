// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The main() of every unit test program, for Catch2 v2 only; v3 brings its own.

#define CATCH_CONFIG_MAIN
#include "testing/catch.h"
