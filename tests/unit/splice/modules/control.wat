;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;; Blocks with types, branch tables, several results, many locals.
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (memory 0)
  (func $pair (param i32) (result i32 i32)
    (local i32 i64 f32 i32 i32)
    (block (param) (result i32 i32)
      (call $close (local.get 0))
      (loop (param i32) (result i32 i32)
        (block (param i32) (result i32) (br_if 0 (memory.size)))
        (i32.const 300000))))
  (func (export "f") (param i32) (result i32)
    (block $c (block $b (block $a (br_table $a $b $c $a (local.get 0))) (drop (call $close (i32.const 1)))))
    (call $pair (local.get 0))
    (i32.add)
    (if (result i32) (then (call $close (i32.const -1))) (else (memory.grow (i32.const 0))))))
