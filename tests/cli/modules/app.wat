;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;; A small application that opens, reads and prints a file: /static/index.html, relative to the first
;; preopen that it finds.
(module
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "static/index.html")
  ;; Ends with exit code 1 where a call gave an errno.
  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $proc_exit (i32.const 1)))))
  (func (export "_start")
    (call $check (call $fd_prestat_get (i32.const 3) (i32.const 0)))
    (call $check (call $path_open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 17)
      (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8)))
    ;; One buffer of 1,000 bytes at 1024, described at 64; the count comes to 72.
    (i32.store (i32.const 64) (i32.const 1024))
    (i32.store (i32.const 68) (i32.const 1000))
    (call $check (call $fd_read (i32.load (i32.const 8)) (i32.const 64) (i32.const 1) (i32.const 72)))
    (i32.store (i32.const 68) (i32.load (i32.const 72)))
    (call $check (call $fd_write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 72)))
    (call $check (call $fd_close (i32.load (i32.const 8))))
    (drop (memory.grow (i32.const 0)))))
