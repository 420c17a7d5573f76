;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;; Every opcode of lib/wasm's table, at least once, one a line, with immediates that take more than
;; one byte where they can. For opcodes_test.cc, which compares the lines of each body with what the
;; walker reports. The module does not validate: operands and types are left out.
;;
;; all_opcodes.wasm is made from it by wasm-tools' assembler, as Wasmtime's Python package has it:
;;   python3 -c 'import wasmtime; t = open("all_opcodes.wat").read(); open("all_opcodes.wasm", "wb").write(wasmtime.wat2wasm(t))'
(module
  (type $f (func))
  (type $s (struct (field i32) (field (mut i64))))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type (func (param i32) (result i32))) (type (func (param i32) (result i32))) (type (func (param i32) (result i32)))
  (type $t300 (func (param i32)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (func (type $f))) (import "" "" (func (type $f))) (import "" "" (func (type $f)))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (global i32)) (import "" "" (global i32)) (import "" "" (global i32))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "" (tag (type $f))) (import "" "" (tag (type $f))) (import "" "" (tag (type $f)))
  (import "" "f" (func $f300 (type $f)))
  (import "" "g" (global $g300 i32))
  (import "" "t" (tag $tag300 (type $f)))
  (table $table0 1 funcref)
  (table $table1 1 funcref)
  (memory $m0 1)
  (memory $m1 1)
  (elem $e0 func)
  (elem $e1 func)
  (data $d0 "")
  (data $d1 "")
  (func $blocks (local i32 i64 v128) (local (ref null $t300) anyref) (local (ref exn)) (local (ref null (shared any))) (local (ref (exact $t300)))
    block
    nop
    end
    loop (result i32)
    nop
    end
    if (type $t300)
    nop
    else
    nop
    end
    block (result (ref null $t300))
    end
    block (result (ref null (shared any)))
    end
    block (result anyref)
    end
    try
    nop
    catch $tag300
    rethrow 0
    catch_all
    nop
    end
    try (result f64)
    nop
    delegate 0
    try_table (type $t300) (catch $tag300 0) (catch_ref $tag300 0) (catch_all 0) (catch_all_ref 0)
    nop
    end
    try_table
    end
  )
  (func $one_byte (local i32 i64 v128) (local (ref null $t300) anyref) (local (ref exn)) (local (ref null (shared any))) (local (ref (exact $t300)))
    unreachable
    nop
    throw $tag300
    rethrow 0
    throw_ref
    br 0
    br_if 0
    br_table 0 0 0 0
    return
    call $f300
    call_indirect $table1 (type $t300)
    return_call $f300
    return_call_indirect $table1 (type $t300)
    call_ref $t300
    return_call_ref $t300
    drop
    select
    select (result (ref null $t300))
    select (result i32)
    local.get 1
    local.set 1
    local.tee 1
    global.get $g300
    global.set $g300
    table.get $table1
    table.set $table1
    i32.load offset=300
    i32.load $m1 offset=70000
    i64.load offset=300
    i64.load $m1 offset=70000
    f32.load offset=300
    f32.load $m1 offset=70000
    f64.load offset=300
    f64.load $m1 offset=70000
    i32.load8_s offset=300
    i32.load8_s $m1 offset=70000
    i32.load8_u offset=300
    i32.load8_u $m1 offset=70000
    i32.load16_s offset=300
    i32.load16_s $m1 offset=70000
    i32.load16_u offset=300
    i32.load16_u $m1 offset=70000
    i64.load8_s offset=300
    i64.load8_s $m1 offset=70000
    i64.load8_u offset=300
    i64.load8_u $m1 offset=70000
    i64.load16_s offset=300
    i64.load16_s $m1 offset=70000
    i64.load16_u offset=300
    i64.load16_u $m1 offset=70000
    i64.load32_s offset=300
    i64.load32_s $m1 offset=70000
    i64.load32_u offset=300
    i64.load32_u $m1 offset=70000
    i32.store offset=300
    i32.store $m1 offset=70000
    i64.store offset=300
    i64.store $m1 offset=70000
    f32.store offset=300
    f32.store $m1 offset=70000
    f64.store offset=300
    f64.store $m1 offset=70000
    i32.store8 offset=300
    i32.store8 $m1 offset=70000
    i32.store16 offset=300
    i32.store16 $m1 offset=70000
    i64.store8 offset=300
    i64.store8 $m1 offset=70000
    i64.store16 offset=300
    i64.store16 $m1 offset=70000
    i64.store32 offset=300
    i64.store32 $m1 offset=70000
    memory.size $m1
    memory.grow $m1
    i32.const -1
    i32.const 0x7fffffff
    i32.const -0x80000000
    i64.const -1
    i64.const 0x7fffffffffffffff
    i64.const -0x8000000000000000
    f32.const 0x0b0bp0
    f64.const 0x0b0bp0
    i32.eqz
    i32.eq
    i32.ne
    i32.lt_s
    i32.lt_u
    i32.gt_s
    i32.gt_u
    i32.le_s
    i32.le_u
    i32.ge_s
    i32.ge_u
    i64.eqz
    i64.eq
    i64.ne
    i64.lt_s
    i64.lt_u
    i64.gt_s
    i64.gt_u
    i64.le_s
    i64.le_u
    i64.ge_s
    i64.ge_u
    f32.eq
    f32.ne
    f32.lt
    f32.gt
    f32.le
    f32.ge
    f64.eq
    f64.ne
    f64.lt
    f64.gt
    f64.le
    f64.ge
    i32.clz
    i32.ctz
    i32.popcnt
    i32.add
    i32.sub
    i32.mul
    i32.div_s
    i32.div_u
    i32.rem_s
    i32.rem_u
    i32.and
    i32.or
    i32.xor
    i32.shl
    i32.shr_s
    i32.shr_u
    i32.rotl
    i32.rotr
    i64.clz
    i64.ctz
    i64.popcnt
    i64.add
    i64.sub
    i64.mul
    i64.div_s
    i64.div_u
    i64.rem_s
    i64.rem_u
    i64.and
    i64.or
    i64.xor
    i64.shl
    i64.shr_s
    i64.shr_u
    i64.rotl
    i64.rotr
    f32.abs
    f32.neg
    f32.ceil
    f32.floor
    f32.trunc
    f32.nearest
    f32.sqrt
    f32.add
    f32.sub
    f32.mul
    f32.div
    f32.min
    f32.max
    f32.copysign
    f64.abs
    f64.neg
    f64.ceil
    f64.floor
    f64.trunc
    f64.nearest
    f64.sqrt
    f64.add
    f64.sub
    f64.mul
    f64.div
    f64.min
    f64.max
    f64.copysign
    i32.wrap_i64
    i32.trunc_f32_s
    i32.trunc_f32_u
    i32.trunc_f64_s
    i32.trunc_f64_u
    i64.extend_i32_s
    i64.extend_i32_u
    i64.trunc_f32_s
    i64.trunc_f32_u
    i64.trunc_f64_s
    i64.trunc_f64_u
    f32.convert_i32_s
    f32.convert_i32_u
    f32.convert_i64_s
    f32.convert_i64_u
    f32.demote_f64
    f64.convert_i32_s
    f64.convert_i32_u
    f64.convert_i64_s
    f64.convert_i64_u
    f64.promote_f32
    i32.reinterpret_f32
    i64.reinterpret_f64
    f32.reinterpret_i32
    f64.reinterpret_i64
    i32.extend8_s
    i32.extend16_s
    i64.extend8_s
    i64.extend16_s
    i64.extend32_s
    ref.null $t300
    ref.null extern
    ref.null exn
    ref.null (shared any)
    ref.is_null
    ref.func $f300
    ref.eq
    ref.as_non_null
    br_on_null 0
    br_on_non_null 0
    cont.new $t300
    cont.bind $t300 $t300
    suspend $tag300
    resume $t300 (on $tag300 0) (on $tag300 switch)
    resume $t300
    resume_throw $t300 $tag300 (on $tag300 switch)
    resume_throw_ref $t300 (on $tag300 0) (on $tag300 switch)
    resume_throw_ref $t300
    switch $t300 $tag300
  )
  (func $garbage_collection (local i32 i64 v128) (local (ref null $t300) anyref) (local (ref exn)) (local (ref null (shared any))) (local (ref (exact $t300)))
    struct.new $t300
    struct.new_default $t300
    struct.get $s 1
    struct.get_s $s 1
    struct.get_u $s 1
    struct.set $s 1
    array.new $t300
    array.new_default $t300
    array.new_fixed $t300 1
    array.new_data $t300 $d1
    array.new_elem $t300 $e1
    array.get $t300
    array.get_s $t300
    array.get_u $t300
    array.set $t300
    array.len
    array.fill $t300
    array.copy $t300 $t300
    array.init_data $t300 $d1
    array.init_elem $t300 $e1
    ref.test (ref $t300)
    ref.test (ref any)
    ref.test (ref (exact $t300))
    ref.test (ref null $t300)
    ref.test (ref null any)
    ref.test (ref null (exact $t300))
    ref.cast (ref $t300)
    ref.cast (ref any)
    ref.cast (ref (exact $t300))
    ref.cast (ref null $t300)
    ref.cast (ref null any)
    ref.cast (ref null (exact $t300))
    br_on_cast 0 (ref null any) (ref $t300)
    br_on_cast 0 anyref (ref i31)
    br_on_cast_fail 0 (ref null any) (ref $t300)
    br_on_cast_fail 0 anyref (ref i31)
    any.convert_extern
    extern.convert_any
    ref.i31
    i31.get_s
    i31.get_u
    struct.new_desc $t300
    struct.new_default_desc $t300
    ref.get_desc $t300
    ref.cast_desc_eq (ref $t300)
    ref.cast_desc_eq (ref any)
    ref.cast_desc_eq (ref (exact $t300))
    ref.cast_desc_eq (ref null $t300)
    ref.cast_desc_eq (ref null any)
    ref.cast_desc_eq (ref null (exact $t300))
    br_on_cast_desc_eq 0 (ref null any) (ref $t300)
    br_on_cast_desc_eq 0 anyref (ref i31)
    br_on_cast_desc_eq_fail 0 (ref null any) (ref $t300)
    br_on_cast_desc_eq_fail 0 anyref (ref i31)
  )
  (func $numeric_and_bulk (local i32 i64 v128) (local (ref null $t300) anyref) (local (ref exn)) (local (ref null (shared any))) (local (ref (exact $t300)))
    i32.trunc_sat_f32_s
    i32.trunc_sat_f32_u
    i32.trunc_sat_f64_s
    i32.trunc_sat_f64_u
    i64.trunc_sat_f32_s
    i64.trunc_sat_f32_u
    i64.trunc_sat_f64_s
    i64.trunc_sat_f64_u
    memory.init $m1 $d1
    data.drop $d1
    memory.copy $m1 $m0
    memory.fill $m1
    table.init $table1 $e1
    elem.drop $e1
    table.copy $table1 $table0
    table.grow $table1
    table.size $table1
    table.fill $table1
    memory.discard $m1
    i64.add128
    i64.sub128
    i64.mul_wide_s
    i64.mul_wide_u
  )
  (func $vectors (local i32 i64 v128) (local (ref null $t300) anyref) (local (ref exn)) (local (ref null (shared any))) (local (ref (exact $t300)))
    v128.load offset=300
    v128.load $m1 offset=70000
    v128.load8x8_s offset=300
    v128.load8x8_s $m1 offset=70000
    v128.load8x8_u offset=300
    v128.load8x8_u $m1 offset=70000
    v128.load16x4_s offset=300
    v128.load16x4_s $m1 offset=70000
    v128.load16x4_u offset=300
    v128.load16x4_u $m1 offset=70000
    v128.load32x2_s offset=300
    v128.load32x2_s $m1 offset=70000
    v128.load32x2_u offset=300
    v128.load32x2_u $m1 offset=70000
    v128.load8_splat offset=300
    v128.load8_splat $m1 offset=70000
    v128.load16_splat offset=300
    v128.load16_splat $m1 offset=70000
    v128.load32_splat offset=300
    v128.load32_splat $m1 offset=70000
    v128.load64_splat offset=300
    v128.load64_splat $m1 offset=70000
    v128.store offset=300
    v128.store $m1 offset=70000
    v128.const i32x4 1 2 3 4
    i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
    i8x16.swizzle
    i8x16.splat
    i16x8.splat
    i32x4.splat
    i64x2.splat
    f32x4.splat
    f64x2.splat
    i8x16.extract_lane_s 1
    i8x16.extract_lane_u 1
    i8x16.replace_lane 1
    i16x8.extract_lane_s 1
    i16x8.extract_lane_u 1
    i16x8.replace_lane 1
    i32x4.extract_lane 1
    i32x4.replace_lane 1
    i64x2.extract_lane 1
    i64x2.replace_lane 1
    f32x4.extract_lane 1
    f32x4.replace_lane 1
    f64x2.extract_lane 1
    f64x2.replace_lane 1
    i8x16.eq
    i8x16.ne
    i8x16.lt_s
    i8x16.lt_u
    i8x16.gt_s
    i8x16.gt_u
    i8x16.le_s
    i8x16.le_u
    i8x16.ge_s
    i8x16.ge_u
    i16x8.eq
    i16x8.ne
    i16x8.lt_s
    i16x8.lt_u
    i16x8.gt_s
    i16x8.gt_u
    i16x8.le_s
    i16x8.le_u
    i16x8.ge_s
    i16x8.ge_u
    i32x4.eq
    i32x4.ne
    i32x4.lt_s
    i32x4.lt_u
    i32x4.gt_s
    i32x4.gt_u
    i32x4.le_s
    i32x4.le_u
    i32x4.ge_s
    i32x4.ge_u
    f32x4.eq
    f32x4.ne
    f32x4.lt
    f32x4.gt
    f32x4.le
    f32x4.ge
    f64x2.eq
    f64x2.ne
    f64x2.lt
    f64x2.gt
    f64x2.le
    f64x2.ge
    v128.not
    v128.and
    v128.andnot
    v128.or
    v128.xor
    v128.bitselect
    v128.any_true
    v128.load8_lane offset=300 1
    v128.load8_lane $m1 0
    v128.load16_lane offset=300 1
    v128.load16_lane $m1 0
    v128.load32_lane offset=300 1
    v128.load32_lane $m1 0
    v128.load64_lane offset=300 1
    v128.load64_lane $m1 0
    v128.store8_lane offset=300 1
    v128.store8_lane $m1 0
    v128.store16_lane offset=300 1
    v128.store16_lane $m1 0
    v128.store32_lane offset=300 1
    v128.store32_lane $m1 0
    v128.store64_lane offset=300 1
    v128.store64_lane $m1 0
    v128.load32_zero offset=300
    v128.load32_zero $m1 offset=70000
    v128.load64_zero offset=300
    v128.load64_zero $m1 offset=70000
    f32x4.demote_f64x2_zero
    f64x2.promote_low_f32x4
    i8x16.abs
    i8x16.neg
    i8x16.popcnt
    i8x16.all_true
    i8x16.bitmask
    i8x16.narrow_i16x8_s
    i8x16.narrow_i16x8_u
    f32x4.ceil
    f32x4.floor
    f32x4.trunc
    f32x4.nearest
    i8x16.shl
    i8x16.shr_s
    i8x16.shr_u
    i8x16.add
    i8x16.add_sat_s
    i8x16.add_sat_u
    i8x16.sub
    i8x16.sub_sat_s
    i8x16.sub_sat_u
    f64x2.ceil
    f64x2.floor
    i8x16.min_s
    i8x16.min_u
    i8x16.max_s
    i8x16.max_u
    f64x2.trunc
    i8x16.avgr_u
    i16x8.extadd_pairwise_i8x16_s
    i16x8.extadd_pairwise_i8x16_u
    i32x4.extadd_pairwise_i16x8_s
    i32x4.extadd_pairwise_i16x8_u
    i16x8.abs
    i16x8.neg
    i16x8.q15mulr_sat_s
    i16x8.all_true
    i16x8.bitmask
    i16x8.narrow_i32x4_s
    i16x8.narrow_i32x4_u
    i16x8.extend_low_i8x16_s
    i16x8.extend_high_i8x16_s
    i16x8.extend_low_i8x16_u
    i16x8.extend_high_i8x16_u
    i16x8.shl
    i16x8.shr_s
    i16x8.shr_u
    i16x8.add
    i16x8.add_sat_s
    i16x8.add_sat_u
    i16x8.sub
    i16x8.sub_sat_s
    i16x8.sub_sat_u
    f64x2.nearest
    i16x8.mul
    i16x8.min_s
    i16x8.min_u
    i16x8.max_s
    i16x8.max_u
    i16x8.avgr_u
    i16x8.extmul_low_i8x16_s
    i16x8.extmul_high_i8x16_s
    i16x8.extmul_low_i8x16_u
    i16x8.extmul_high_i8x16_u
    i32x4.abs
    i32x4.neg
    i32x4.all_true
    i32x4.bitmask
    i32x4.extend_low_i16x8_s
    i32x4.extend_high_i16x8_s
    i32x4.extend_low_i16x8_u
    i32x4.extend_high_i16x8_u
    i32x4.shl
    i32x4.shr_s
    i32x4.shr_u
    i32x4.add
    i32x4.sub
    i32x4.mul
    i32x4.min_s
    i32x4.min_u
    i32x4.max_s
    i32x4.max_u
    i32x4.dot_i16x8_s
    i32x4.extmul_low_i16x8_s
    i32x4.extmul_high_i16x8_s
    i32x4.extmul_low_i16x8_u
    i32x4.extmul_high_i16x8_u
    i64x2.abs
    i64x2.neg
    i64x2.all_true
    i64x2.bitmask
    i64x2.extend_low_i32x4_s
    i64x2.extend_high_i32x4_s
    i64x2.extend_low_i32x4_u
    i64x2.extend_high_i32x4_u
    i64x2.shl
    i64x2.shr_s
    i64x2.shr_u
    i64x2.add
    i64x2.sub
    i64x2.mul
    i64x2.eq
    i64x2.ne
    i64x2.lt_s
    i64x2.gt_s
    i64x2.le_s
    i64x2.ge_s
    i64x2.extmul_low_i32x4_s
    i64x2.extmul_high_i32x4_s
    i64x2.extmul_low_i32x4_u
    i64x2.extmul_high_i32x4_u
    f32x4.abs
    f32x4.neg
    f32x4.sqrt
    f32x4.add
    f32x4.sub
    f32x4.mul
    f32x4.div
    f32x4.min
    f32x4.max
    f32x4.pmin
    f32x4.pmax
    f64x2.abs
    f64x2.neg
    f64x2.sqrt
    f64x2.add
    f64x2.sub
    f64x2.mul
    f64x2.div
    f64x2.min
    f64x2.max
    f64x2.pmin
    f64x2.pmax
    i32x4.trunc_sat_f32x4_s
    i32x4.trunc_sat_f32x4_u
    f32x4.convert_i32x4_s
    f32x4.convert_i32x4_u
    i32x4.trunc_sat_f64x2_s_zero
    i32x4.trunc_sat_f64x2_u_zero
    f64x2.convert_low_i32x4_s
    f64x2.convert_low_i32x4_u
    i8x16.relaxed_swizzle
    i32x4.relaxed_trunc_f32x4_s
    i32x4.relaxed_trunc_f32x4_u
    i32x4.relaxed_trunc_f64x2_s_zero
    i32x4.relaxed_trunc_f64x2_u_zero
    f32x4.relaxed_madd
    f32x4.relaxed_nmadd
    f64x2.relaxed_madd
    f64x2.relaxed_nmadd
    i8x16.relaxed_laneselect
    i16x8.relaxed_laneselect
    i32x4.relaxed_laneselect
    i64x2.relaxed_laneselect
    f32x4.relaxed_min
    f32x4.relaxed_max
    f64x2.relaxed_min
    f64x2.relaxed_max
    i16x8.relaxed_q15mulr_s
    i16x8.relaxed_dot_i8x16_i7x16_s
    i32x4.relaxed_dot_i8x16_i7x16_add_s
  )
  (func $atomics (local i32 i64 v128) (local (ref null $t300) anyref) (local (ref exn)) (local (ref null (shared any))) (local (ref (exact $t300)))
    memory.atomic.notify offset=300
    memory.atomic.notify $m1 offset=70000
    memory.atomic.wait32 offset=300
    memory.atomic.wait32 $m1 offset=70000
    memory.atomic.wait64 offset=300
    memory.atomic.wait64 $m1 offset=70000
    atomic.fence
    i32.atomic.load offset=300
    i32.atomic.load $m1 offset=70000
    i64.atomic.load offset=300
    i64.atomic.load $m1 offset=70000
    i32.atomic.load8_u offset=300
    i32.atomic.load8_u $m1 offset=70000
    i32.atomic.load16_u offset=300
    i32.atomic.load16_u $m1 offset=70000
    i64.atomic.load8_u offset=300
    i64.atomic.load8_u $m1 offset=70000
    i64.atomic.load16_u offset=300
    i64.atomic.load16_u $m1 offset=70000
    i64.atomic.load32_u offset=300
    i64.atomic.load32_u $m1 offset=70000
    i32.atomic.store offset=300
    i32.atomic.store $m1 offset=70000
    i64.atomic.store offset=300
    i64.atomic.store $m1 offset=70000
    i32.atomic.store8 offset=300
    i32.atomic.store8 $m1 offset=70000
    i32.atomic.store16 offset=300
    i32.atomic.store16 $m1 offset=70000
    i64.atomic.store8 offset=300
    i64.atomic.store8 $m1 offset=70000
    i64.atomic.store16 offset=300
    i64.atomic.store16 $m1 offset=70000
    i64.atomic.store32 offset=300
    i64.atomic.store32 $m1 offset=70000
    i32.atomic.rmw.add offset=300
    i32.atomic.rmw.add $m1 offset=70000
    i64.atomic.rmw.add offset=300
    i64.atomic.rmw.add $m1 offset=70000
    i32.atomic.rmw8.add_u offset=300
    i32.atomic.rmw8.add_u $m1 offset=70000
    i32.atomic.rmw16.add_u offset=300
    i32.atomic.rmw16.add_u $m1 offset=70000
    i64.atomic.rmw8.add_u offset=300
    i64.atomic.rmw8.add_u $m1 offset=70000
    i64.atomic.rmw16.add_u offset=300
    i64.atomic.rmw16.add_u $m1 offset=70000
    i64.atomic.rmw32.add_u offset=300
    i64.atomic.rmw32.add_u $m1 offset=70000
    i32.atomic.rmw.sub offset=300
    i32.atomic.rmw.sub $m1 offset=70000
    i64.atomic.rmw.sub offset=300
    i64.atomic.rmw.sub $m1 offset=70000
    i32.atomic.rmw8.sub_u offset=300
    i32.atomic.rmw8.sub_u $m1 offset=70000
    i32.atomic.rmw16.sub_u offset=300
    i32.atomic.rmw16.sub_u $m1 offset=70000
    i64.atomic.rmw8.sub_u offset=300
    i64.atomic.rmw8.sub_u $m1 offset=70000
    i64.atomic.rmw16.sub_u offset=300
    i64.atomic.rmw16.sub_u $m1 offset=70000
    i64.atomic.rmw32.sub_u offset=300
    i64.atomic.rmw32.sub_u $m1 offset=70000
    i32.atomic.rmw.and offset=300
    i32.atomic.rmw.and $m1 offset=70000
    i64.atomic.rmw.and offset=300
    i64.atomic.rmw.and $m1 offset=70000
    i32.atomic.rmw8.and_u offset=300
    i32.atomic.rmw8.and_u $m1 offset=70000
    i32.atomic.rmw16.and_u offset=300
    i32.atomic.rmw16.and_u $m1 offset=70000
    i64.atomic.rmw8.and_u offset=300
    i64.atomic.rmw8.and_u $m1 offset=70000
    i64.atomic.rmw16.and_u offset=300
    i64.atomic.rmw16.and_u $m1 offset=70000
    i64.atomic.rmw32.and_u offset=300
    i64.atomic.rmw32.and_u $m1 offset=70000
    i32.atomic.rmw.or offset=300
    i32.atomic.rmw.or $m1 offset=70000
    i64.atomic.rmw.or offset=300
    i64.atomic.rmw.or $m1 offset=70000
    i32.atomic.rmw8.or_u offset=300
    i32.atomic.rmw8.or_u $m1 offset=70000
    i32.atomic.rmw16.or_u offset=300
    i32.atomic.rmw16.or_u $m1 offset=70000
    i64.atomic.rmw8.or_u offset=300
    i64.atomic.rmw8.or_u $m1 offset=70000
    i64.atomic.rmw16.or_u offset=300
    i64.atomic.rmw16.or_u $m1 offset=70000
    i64.atomic.rmw32.or_u offset=300
    i64.atomic.rmw32.or_u $m1 offset=70000
    i32.atomic.rmw.xor offset=300
    i32.atomic.rmw.xor $m1 offset=70000
    i64.atomic.rmw.xor offset=300
    i64.atomic.rmw.xor $m1 offset=70000
    i32.atomic.rmw8.xor_u offset=300
    i32.atomic.rmw8.xor_u $m1 offset=70000
    i32.atomic.rmw16.xor_u offset=300
    i32.atomic.rmw16.xor_u $m1 offset=70000
    i64.atomic.rmw8.xor_u offset=300
    i64.atomic.rmw8.xor_u $m1 offset=70000
    i64.atomic.rmw16.xor_u offset=300
    i64.atomic.rmw16.xor_u $m1 offset=70000
    i64.atomic.rmw32.xor_u offset=300
    i64.atomic.rmw32.xor_u $m1 offset=70000
    i32.atomic.rmw.xchg offset=300
    i32.atomic.rmw.xchg $m1 offset=70000
    i64.atomic.rmw.xchg offset=300
    i64.atomic.rmw.xchg $m1 offset=70000
    i32.atomic.rmw8.xchg_u offset=300
    i32.atomic.rmw8.xchg_u $m1 offset=70000
    i32.atomic.rmw16.xchg_u offset=300
    i32.atomic.rmw16.xchg_u $m1 offset=70000
    i64.atomic.rmw8.xchg_u offset=300
    i64.atomic.rmw8.xchg_u $m1 offset=70000
    i64.atomic.rmw16.xchg_u offset=300
    i64.atomic.rmw16.xchg_u $m1 offset=70000
    i64.atomic.rmw32.xchg_u offset=300
    i64.atomic.rmw32.xchg_u $m1 offset=70000
    i32.atomic.rmw.cmpxchg offset=300
    i32.atomic.rmw.cmpxchg $m1 offset=70000
    i64.atomic.rmw.cmpxchg offset=300
    i64.atomic.rmw.cmpxchg $m1 offset=70000
    i32.atomic.rmw8.cmpxchg_u offset=300
    i32.atomic.rmw8.cmpxchg_u $m1 offset=70000
    i32.atomic.rmw16.cmpxchg_u offset=300
    i32.atomic.rmw16.cmpxchg_u $m1 offset=70000
    i64.atomic.rmw8.cmpxchg_u offset=300
    i64.atomic.rmw8.cmpxchg_u $m1 offset=70000
    i64.atomic.rmw16.cmpxchg_u offset=300
    i64.atomic.rmw16.cmpxchg_u $m1 offset=70000
    i64.atomic.rmw32.cmpxchg_u offset=300
    i64.atomic.rmw32.cmpxchg_u $m1 offset=70000
    global.atomic.get seqcst $g300
    global.atomic.get acqrel $g300
    global.atomic.set seqcst $g300
    global.atomic.set acqrel $g300
    global.atomic.rmw.add seqcst $g300
    global.atomic.rmw.add acqrel $g300
    global.atomic.rmw.sub seqcst $g300
    global.atomic.rmw.sub acqrel $g300
    global.atomic.rmw.and seqcst $g300
    global.atomic.rmw.and acqrel $g300
    global.atomic.rmw.or seqcst $g300
    global.atomic.rmw.or acqrel $g300
    global.atomic.rmw.xor seqcst $g300
    global.atomic.rmw.xor acqrel $g300
    global.atomic.rmw.xchg seqcst $g300
    global.atomic.rmw.xchg acqrel $g300
    global.atomic.rmw.cmpxchg seqcst $g300
    global.atomic.rmw.cmpxchg acqrel $g300
    table.atomic.get seqcst $table1
    table.atomic.set seqcst $table1
    table.atomic.rmw.xchg seqcst $table1
    table.atomic.rmw.cmpxchg seqcst $table1
    struct.atomic.get acqrel $s 0
    struct.atomic.get_s acqrel $s 0
    struct.atomic.get_u acqrel $s 0
    struct.atomic.set acqrel $s 0
    struct.atomic.rmw.add acqrel $s 0
    struct.atomic.rmw.sub acqrel $s 0
    struct.atomic.rmw.and acqrel $s 0
    struct.atomic.rmw.or acqrel $s 0
    struct.atomic.rmw.xor acqrel $s 0
    struct.atomic.rmw.xchg acqrel $s 0
    struct.atomic.rmw.cmpxchg acqrel $s 0
    array.atomic.get seqcst $t300
    array.atomic.get_s seqcst $t300
    array.atomic.get_u seqcst $t300
    array.atomic.set seqcst $t300
    array.atomic.rmw.add seqcst $t300
    array.atomic.rmw.sub seqcst $t300
    array.atomic.rmw.and seqcst $t300
    array.atomic.rmw.or seqcst $t300
    array.atomic.rmw.xor seqcst $t300
    array.atomic.rmw.xchg seqcst $t300
    array.atomic.rmw.cmpxchg seqcst $t300
    ref.i31_shared
  )
)
