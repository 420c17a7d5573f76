# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs one module in Wasmtime (its PyPI package, default Cranelift) for tests/bench/bench, and says on
standard error, as one line of JSON, what compiling and instantiating took and how large the linear
memory was at the end.

    python run_wasmtime.py MODULE [--preopen HOST] [--forward N] [--compile N] [--count N] [--] ARGUMENT…

--forward N: instead of timing files, N results of measure_forward over a host whose fd_write does
nothing. --compile N: compiles and instantiates N times and runs nothing.
--count N: of a module whose memory.inits are counted (trees.counting_module), what one call of each kind
takes, as a mean over N files.
Tested by tests/bench/bench --quick.
"""
import json
import sys
import time

import wasmtime

NULL_HOST = '(module (func (export "fd_write") (param i32 i32 i32 i32) (result i32) (i32.const 0)))'


def timed(results, action):
    start = time.perf_counter()
    result = action()
    results.append((time.perf_counter() - start) * 1000)
    return result


def counted(store, exports, files):
    """memory.inits and their bytes in one call of each kind."""
    inits, size = exports["wasm_vfs_inits"], exports["wasm_vfs_bytes"]
    if exports["prepare"](store, files) != 0:
        sys.exit("the guest does not find its files")
    means = {}
    for what, expected in (("one_stat", 0), ("one_miss", 44), ("one_open", 0)):
        before = inits.value(store), size.value(store)
        for file in range(files):
            error = exports[what](store, file)
            if error != expected:
                sys.exit(f"{what} of file {file} answered {error}")
        means[what] = {"inits": (inits.value(store) - before[0]) / files, "bytes": (size.value(store) - before[1]) / files}
    return means


def main():
    path, *rest = sys.argv[1:]
    options = {"preopen": None, "forward": 0, "compile": 0, "count": 0}
    while rest and rest[0].startswith("--"):
        option = rest.pop(0)[2:]
        if not option:
            break
        value = rest.pop(0)
        options[option] = value if option == "preopen" else int(value)

    with open(path, "rb") as file:
        module_bytes = file.read()
    engine = wasmtime.Engine()
    report = {"compile_ms": [], "instantiate_ms": []}

    def instance_of(module):
        store = wasmtime.Store(engine)
        wasi = wasmtime.WasiConfig()
        wasi.argv = ["guest", *rest]
        wasi.inherit_stdout()
        wasi.inherit_stderr()
        if options["preopen"] is not None:
            wasi.preopen_dir(options["preopen"], "/")
        store.set_wasi(wasi)
        linker = wasmtime.Linker(engine)
        linker.define_wasi()
        if options["forward"]:
            null_host = wasmtime.Instance(store, wasmtime.Module(engine, NULL_HOST), [])
            linker.allow_shadowing = True
            linker.define(store, "wasi_snapshot_preview1", "fd_write", null_host.exports(store)["fd_write"])
        for wanted in module.imports:  # what else a module imports (Ruby's wrapper) is never called here
            if wanted.module != "wasi_snapshot_preview1" and isinstance(wanted.type, wasmtime.FuncType):
                linker.define_func(wanted.module, wanted.name, wanted.type, lambda *_: 0)
        return store, timed(report["instantiate_ms"], lambda: linker.instantiate(store, module))

    if options["compile"]:
        for _ in range(options["compile"]):
            module = timed(report["compile_ms"], lambda: wasmtime.Module(engine, module_bytes))
            for _ in range(5):
                instance_of(module)
        print(json.dumps(report), file=sys.stderr)
        return 0

    module = timed(report["compile_ms"], lambda: wasmtime.Module(engine, module_bytes))
    store, instance = instance_of(module)
    exports = instance.exports(store)
    code = 0
    try:
        exports["_start"](store)
    except wasmtime.ExitTrap as exit_trap:
        code = exit_trap.code
    if options["count"]:
        report["counted"] = counted(store, exports, options["count"])
    for i in range(options["forward"] + 1 if options["forward"] else 0):
        result = exports["measure_forward"](store, 20)
        if i > 0:  # the first is the warm-up
            print(f"forward {result}")
    report["memory_bytes"] = exports["memory"].data_len(store)
    print(json.dumps(report), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
