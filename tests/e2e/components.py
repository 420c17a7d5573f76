# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes components of guests, and runs components in Node. run_wasmtime(…, component=True) runs them in Wasmtime."""

import json
import os
import subprocess

import wasmtime
from wasmtime import component as model

from runtimes import HERE, NODE, TOOLS, node_script

PACKAGES = TOOLS / "node_modules" / "@bytecodealliance"


def jco(*arguments):
    done = subprocess.run([NODE, PACKAGES / "jco" / "src" / "jco.js", *map(str, arguments)], capture_output=True, text=True,
                          env={**os.environ, "NODE_NO_WARNINGS": "1"}, timeout=300)
    assert done.returncode == 0, f"{done.args}\n{done.stdout}{done.stderr}"


def componentize(module, out, kind="command"):
    jco("new", f"--wasi-{kind}", module, "-o", out)
    return out


class Command:
    """A WASI 0.2 command in Wasmtime, in this process, so that a start costs little."""

    engine = None

    def __init__(self, path):
        if Command.engine is None:
            config = wasmtime.Config()
            config.wasm_component_model = True
            Command.engine = wasmtime.Engine(config)
        self.component = model.Component.from_file(self.engine, str(path))
        self.linker = model.Linker(self.engine)
        self.linker.add_wasip2()

    def run(self, config):
        """Runs it in a fresh instance with a WasiConfig; Wasmtime's exceptions say how it ended."""
        store = wasmtime.Store(self.engine)
        store.set_wasi(config)
        instance = self.linker.instantiate(store, self.component)
        command = next(index for patch in range(10)
                       if (index := instance.get_export_index(store, f"wasi:cli/run@0.2.{patch}")))
        instance.get_func(store, instance.get_export_index(store, "run", command))(store)


def run_transpiled(component, args=(), mounts=None, calls=None):
    folder = component.parent / f"{component.stem}.transpiled"
    if not folder.exists():
        jco("transpile", component, "-o", folder, "--name", "component", "--no-typescript", "-q")
        (folder / "node_modules").symlink_to(TOOLS / "node_modules")
        (folder / "package.json").write_text('{"type": "module"}')
    options = dict(
        module=str(folder / "component.js"), shim=str(PACKAGES / "preview2-shim" / "lib" / "nodejs"),
        args=[component.name, *map(str, args)], env={}, calls=calls,
        preopens={guest: str(host) for guest, host in (mounts or {}).items()})
    return node_script(HERE / "host_component.mjs", json.dumps(options))
