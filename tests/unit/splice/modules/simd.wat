;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
  (memory 1)
  (func (export "f") (param v128) (result v128)
    (drop (call $seek (i32.const 3) (i64.const -1) (i32.const 0) (i32.const 8)))
    (v128.store offset=16 align=1 (i32.const 0)
      (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 31 0
        (local.get 0) (v128.const i32x4 0x10011001 0x3f004000 0 0)))
    (v128.load8_lane 3 (i32.const 0) (i32x4.splat (memory.size)))))
