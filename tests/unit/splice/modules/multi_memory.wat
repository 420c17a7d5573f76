;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory $a (export "memory") 1 2)
  (memory $b 3 4)
  (data (memory $b) (i32.const 0) "b")
  (data $p "passive")
  (func (export "f") (result i32)
    (memory.init $b $p (i32.const 0) (i32.const 0) (i32.const 7))
    (memory.copy $a $b (i32.const 0) (i32.const 0) (i32.const 7))
    (i32.store $b offset=4 (i32.const 0) (memory.size $b))
    (i32.add (memory.grow $a (i32.const 1)) (i32.add (memory.grow $b (i32.const 1)) (memory.size $a)))))
