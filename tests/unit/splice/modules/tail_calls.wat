;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (memory 1)
  (table 1 funcref)
  (elem (i32.const 0) $close)
  (func (export "close") (param i32) (result i32) (return_call $close (local.get 0)))
  (func (export "indirect") (param i32) (result i32)
    (return_call_indirect (param i32) (result i32) (local.get 0) (i32.const 0)))
  (func (export "size") (result i32) (memory.size)))
