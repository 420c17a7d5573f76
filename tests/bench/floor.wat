;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; The floor under every packed file call: bare memory.init loops over a passive segment, and nothing
;; else. tests/bench/bench replaces the segment by the bytes of the tree's large file, so that the
;; floor and the packed module read the same, and $mask by that file's size less one (the size is a
;; power of two, at least 64 KiB). Output: for each of 28 bytes (an index's record) at scattered
;; places, 4 KiB at scattered places and 64 KiB one after the other, $repetitions 64-bit numbers, the
;; nanoseconds that $count_… operations took; the first of them is the warm-up.

(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 4)
  (global $mask i32 (i32.const 65535))
  (global $repetitions i32 (i32.const 10))
  (global $count_28 i32 (i32.const 200000))
  (global $count_4k i32 (i32.const 20000))
  (global $count_64k i32 (i32.const 1024))
  (data $contents "replaced")

  (func $now (result i64)
    (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 0)))
    (i64.load (i32.const 0)))

  ;; Writes the nanoseconds since $start to standard output.
  (func $report (param $start i64)
    (i64.store (i32.const 32) (i64.sub (call $now) (local.get $start)))
    (i32.store (i32.const 16) (i32.const 32))
    (i32.store (i32.const 20) (i32.const 8))
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24))))

  (func $init_28 (local $at i32) (local $count i32)
    (local.set $count (global.get $count_28))
    (loop $again
      (memory.init $contents
        (i32.const 65536)
        (i32.and (local.tee $at (i32.add (local.get $at) (i32.const 0x9e3779b0)))
                 (i32.and (global.get $mask) (i32.const 0x7fffff80)))
        (i32.const 28))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))

  (func $init_4k (local $at i32) (local $count i32)
    (local.set $count (global.get $count_4k))
    (loop $again
      (memory.init $contents
        (i32.const 65536)
        (i32.and (local.tee $at (i32.add (local.get $at) (i32.const 0x9e379000)))
                 (i32.and (global.get $mask) (i32.const 0x7ffff000)))
        (i32.const 4096))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))

  (func $init_64k (local $at i32) (local $count i32)
    (local.set $count (global.get $count_64k))
    (loop $again
      (memory.init $contents
        (i32.const 65536)
        (i32.and (local.get $at) (i32.and (global.get $mask) (i32.const 0x7fff0000)))
        (i32.const 65536))
      (local.set $at (i32.add (local.get $at) (i32.const 65536)))
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))

  (func (export "_start") (local $left i32) (local $start i64)
    (local.set $left (global.get $repetitions))
    (loop $again
      (local.set $start (call $now))
      (call $init_28)
      (call $report (local.get $start))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.set $left (global.get $repetitions))
    (loop $again
      (local.set $start (call $now))
      (call $init_4k)
      (call $report (local.get $start))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.set $left (global.get $repetitions))
    (loop $again
      (local.set $start (call $now))
      (call $init_64k)
      (call $report (local.get $start))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))
