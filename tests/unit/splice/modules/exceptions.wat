;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;; Legacy exceptions: blocks that close by `delegate`, catch clauses, tags.
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (memory 1)
  (tag $t (param i32))
  (func (export "f") (param i32) (result i32)
    (try (result i32)
      (do
        (try (do (drop (call $close (local.get 0))) (throw $t (memory.size))) (delegate 0))
        (i32.const 0))
      (catch $t (call $close))
      (catch_all (memory.grow (i32.const 1)) (drop) (rethrow 0)))))
