;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;; Every section, and every form of an entry that has several. For the unit tests and the fuzzer.
;;
;; all_sections.wasm is made from it by wasm-tools' assembler, as Wasmtime's Python package has it:
;;   python3 -c 'import wasmtime; t = open("all_sections.wat").read(); open("all_sections.wasm", "wb").write(wasmtime.wat2wasm(t))'
(module $all_sections
  ;; Types: plain, recursive, with supertypes, final or not, shared, described, continuations.
  (type $void (func))
  (type $all (func (param i32 i64 f32 f64 v128 funcref externref exnref) (result (ref null $void))))
  (rec
    (type $list (sub (struct (field i8) (field (mut i16)) (field (ref null $list)))))
    (type $longer (sub final $list
      (struct (field i8) (field (mut i16)) (field (ref null $list)) (field anyref)))))

  (type $bytes (array (mut i8)))
  (type $shared (shared (struct (field (ref null (shared any))))))
  (rec
    (type $described (descriptor $descriptor) (struct))
    (type $descriptor (describes $described) (struct)))
  (type $continuation (cont $void))

  ;; Imports of every kind.
  (import "host" "function" (func $imported (type $void)))
  (import "host" "again" (func (type $all)))
  (import "host" "table" (table $imported_table 1 2 funcref))
  (import "host" "memory" (memory $imported_memory 1))
  (import "host" "global" (global $imported_global (mut i32)))
  (import "host" "tag" (tag $imported_tag (type $void)))

  ;; Tables: of functions, of a concrete type with an initialiser, 64-bit.
  (table $table 1 funcref)
  (table $concrete 1 10 (ref $void) (ref.func $defined))
  (table $wide i64 1 externref)

  ;; Memories: with a maximum, shared, 64-bit, with small pages.
  (memory $memory 1 2)
  (memory $shared_memory 1 300 shared)
  (memory $wide_memory i64 1 0x100000000)
  (memory $bytes_memory 0 1000 (pagesize 1))

  (tag $tag (type $void))

  ;; Globals: constants, an extended constant expression, references.
  (global $constant i64 (i64.const -1))
  (global $computed (mut i32) (i32.add (i32.const 300) (i32.mul (i32.const 2) (i32.const 3))))
  (global $reference (ref $void) (ref.func $imported))
  (global $null (ref null $list) (ref.null $list))

  (export "function" (func $defined))
  (export "imported" (func $imported))
  (export "table" (table $concrete))
  (export "memory" (memory $memory))
  (export "global" (global $constant))
  (export "tag" (tag $tag))

  (start $start)

  ;; The eight forms of element segments.
  (elem (i32.const 0) func $imported $defined)
  (elem func $defined)
  (elem (table $table) (i32.const 0) func $imported)
  (elem declare func $defined $imported)
  (elem (offset (i32.const 0)) funcref (ref.func $imported) (ref.null func))
  (elem funcref (ref.func $defined))
  (elem (table $concrete) (i32.const 0) (ref $void) (ref.func $imported))
  (elem declare funcref (ref.func $imported))

  ;; The three forms of data segments, and none of the bytes in one.
  (data (i32.const 8) "active")
  (data $passive "passive")
  (data (memory $wide_memory) (i64.const 8) "of a memory")
  (data "")

  (func $start)
  (func $defined (type $void)
    (local i32 i64)
    (local (ref null $list))
    (call $imported)
    (memory.init $memory $passive (i32.const 0) (i32.const 0) (i32.const 0))
    (block (result i32) (i32.const -5))
    (if (then (throw $tag)))
    (drop (i32.load $shared_memory offset=4 (i32.const 0))))

  (@custom "before code" (before code) "custom")
  (@custom "at the end" "\00\01\02")
)
