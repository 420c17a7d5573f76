;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; The floor under a look-up: the memory.inits of one stat over the index of a packed module, and nothing
;; else. No path is hashed or compared and no call is made: a random number takes the place of the hash.
;; The reads depend on each other as they do in the shim: four slots of the hash table, the node that one of
;; them names, its name, its directory's node, that directory's path (lib/image/format.h). So the ratio of
;; a large index to a small one is what the memory alone costs. tests/bench/bench replaces the segment by a
;; packed module's index, and the constants by those of its header.
;; Output: $repetitions 64-bit numbers, the nanoseconds that $count look-ups took; the first is the warm-up.

(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $home_count i64 (i64.const 0))
  (global $slots i32 (i32.const 0))
  (global $nodes i32 (i32.const 0))
  (global $strings i32 (i32.const 0))
  (global $count i32 (i32.const 0))
  (global $repetitions i32 (i32.const 8))
  (data $index "replaced")

  (func $now (result i64)
    (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 0)))
    (i64.load (i32.const 0)))

  ;; Writes the nanoseconds since $start to standard output.
  (func $report (param $start i64)
    (i64.store (i32.const 32) (i64.sub (call $now) (local.get $start)))
    (i32.store (i32.const 16) (i32.const 32))
    (i32.store (i32.const 20) (i32.const 8))
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24))))

  ;; The node of this number to $to, and its string behind it.
  (func $read_node (param $number i32) (param $to i32)
    (memory.init $index (local.get $to)
      (i32.add (global.get $nodes) (i32.mul (local.get $number) (i32.const 28)))
      (i32.const 28))
    (memory.init $index (i32.add (local.get $to) (i32.const 28))
      (i32.add (global.get $strings) (i32.load (local.get $to)))
      (i32.load16_u offset=4 (local.get $to))))

  (func $look_up (param $hash i64) (local $slot i32)
    (memory.init $index (i32.const 64)
      (i32.add (global.get $slots)
        (i32.shl (i32.wrap_i64 (i64.shr_u (i64.mul (local.get $hash) (global.get $home_count)) (i64.const 32)))
                 (i32.const 3)))
      (i32.const 32))
    ;; The first slot that is not free stands for the one with the right hash.
    (local.set $slot (i32.const 64))
    (loop $next
      (if (i32.eq (i32.load offset=4 (local.get $slot)) (i32.const -1))
        (then
          (br_if $next (i32.lt_u (local.tee $slot (i32.add (local.get $slot) (i32.const 8))) (i32.const 96)))
          (return))))
    (call $read_node (i32.load offset=4 (local.get $slot)) (i32.const 128))
    (call $read_node (i32.load offset=8 (i32.const 128)) (i32.const 8192)))

  (func $look_ups (local $random i32) (local $left i32)
    (local.set $random (i32.const 1))
    (local.set $left (global.get $count))
    (loop $again
      (local.set $random (i32.xor (local.get $random) (i32.shl (local.get $random) (i32.const 13))))
      (local.set $random (i32.xor (local.get $random) (i32.shr_u (local.get $random) (i32.const 17))))
      (local.set $random (i32.xor (local.get $random) (i32.shl (local.get $random) (i32.const 5))))
      (call $look_up (i64.extend_i32_u (local.get $random)))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))

  (func (export "_start") (local $left i32) (local $start i64)
    (local.set $left (global.get $repetitions))
    (loop $again
      (local.set $start (call $now))
      (call $look_ups)
      (call $report (local.get $start))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))
