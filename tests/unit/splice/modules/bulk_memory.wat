;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;; Passive segments of the application's own, before the image's.
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory 1)
  (data $a "first")
  (data (i32.const 8) "active")
  (data $b "second")
  (func $start
    (memory.init $a (i32.const 0) (i32.const 0) (i32.const 5))
    (memory.init $b (i32.const 16) (i32.const 0) (i32.const 6))
    (data.drop $a)
    (memory.fill (i32.const 32) (i32.const 1) (i32.const 4))
    (memory.copy (i32.const 64) (i32.const 0) (i32.const 8)))
  (start $start))
