;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;; An application that can be given arguments and variables, and of which sealing takes some imports
;; or all of WASI's. The function of another module stands behind them, so that its index moves.
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "env" "done" (func $done (param i32)))
  (memory (export "memory") 1)
  (func (export "run")
    (call $done (call $args_sizes_get (i32.const 0) (i32.const 4)))
    (call $done (call $args_get (i32.const 16) (i32.const 64)))
    (call $done (call $environ_sizes_get (i32.const 0) (i32.const 4)))
    (call $done (call $environ_get (i32.const 1024) (i32.const 2048)))
    (call $done (call $random_get (i32.const 0) (i32.const 8)))))
