;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;; An export whose name is not ASCII, and names of parameters and locals.
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $greet (export "grüße") (param $size i32) (result i32) (local $length i32)
    (memory.grow (local.get $size))))
