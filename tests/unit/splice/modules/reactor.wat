;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;; A reactor: no _start, an import that is exported again, other imports around WASI's.
(module
  (import "env" "callback" (func $callback (param i32 i64 f32 f64) (result i32)))
  (import "env" "limit" (global $limit i32))
  (import "env" "table" (table $table 1 funcref))
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (global $own (mut i64) (i64.const 5))
  (export "poll" (func $poll))
  (elem (global.get $limit) $poll $callback)
  (func (export "_initialize")
    (drop (call $clock (i32.const 0) (i64.const 1) (i32.const 8))))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (i32.mul (memory.grow (i32.const 1)) (i32.const 65536)))
  (func (export "work") (result i32)
    (call $callback (call $poll (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0))
                    (i64.const -1) (f32.const 1.5) (f64.const -0.25))))
