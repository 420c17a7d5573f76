# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a WASI module or component in Wasmtime for the end-to-end tests: python host_wasmtime.py OPTIONS, where OPTIONS is
JSON (runtimes.py writes it, host_node.mjs says what is in it). The guest's output and exit code become this process's.

    component  the module is a component: a WASI 0.2 command, or with `calls` one that exports these functions
    writable   the mounts may be written to (else Wasmtime's fs_mutable=False)
    grow       only "between"
"""

import json
import re
import sys

import wasmtime


def wasi_config(options):
    config = wasmtime.WasiConfig()
    config.argv = options["args"]
    config.env = list(options["env"].items())
    config.inherit_stdin()
    config.inherit_stdout()
    config.inherit_stderr()
    for guest, host in options["preopens"].items():
        config.preopen_dir(host, guest, fs_mutable=options.get("writable", False))
    return config


def run_component(options):
    from wasmtime import component

    config = wasmtime.Config()
    config.wasm_component_model = True
    engine = wasmtime.Engine(config)
    store = wasmtime.Store(engine)
    store.set_wasi(wasi_config(options))
    linker = component.Linker(engine)
    linker.add_wasip2()
    instance = linker.instantiate(store, component.Component.from_file(engine, options["module"]))
    if options.get("calls"):
        for name in options["calls"]:
            print(name, instance.get_func(store, instance.get_export_index(store, name))(store), flush=True)
        return 0
    interface = instance.get_export_index(store, "wasi:cli/run@0.2.0") or next(
        index for patch in range(1, 10) if (index := instance.get_export_index(store, f"wasi:cli/run@0.2.{patch}"))
    )
    run = instance.get_func(store, instance.get_export_index(store, "run", interface))
    # result<_, _>: an error is what a command's exit code 1 becomes.
    try:
        result = run(store)
    except wasmtime.WasmtimeError as error:
        exited = re.search(r"Exited with i32 exit status (\d+)", str(error))
        if not exited:
            raise
        return int(exited.group(1))
    return 0 if result is None or getattr(result, "tag", "ok") == "ok" else 1


def run_module(options):
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    store.set_wasi(wasi_config(options))
    linker = wasmtime.Linker(engine)
    linker.define_wasi()
    if options.get("memory"):
        limits = wasmtime.Limits(*options["memory"])
        linker.define(store, "env", "memory", wasmtime.Memory(store, wasmtime.MemoryType(limits)))
    instance = linker.instantiate(store, wasmtime.Module.from_file(engine, options["module"]))
    exports = instance.exports(store)
    grown = 0
    code = 0
    try:
        if options.get("calls"):
            if "_initialize" in exports:
                exports["_initialize"](store)
            for name in options["calls"]:
                if options.get("grow"):
                    exports["memory"].grow(store, 1)
                    grown += 1
                result = exports[name](store)
                if result is not None:
                    print(name, result & 0xFFFFFFFF, flush=True)
        else:
            exports["_start"](store)
    except wasmtime.ExitTrap as exit_trap:
        code = exit_trap.code
    if options.get("report"):
        with open(options["report"], "w") as report:
            json.dump({"pages": exports["memory"].size(store), "grown": grown}, report)
    return code


def main():
    options = json.loads(sys.argv[1])
    sys.exit(run_component(options) if options.get("component") else run_module(options))


main()
