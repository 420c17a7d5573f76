# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The hosts that run the guest's scripts. Each takes a module and what is mounted, and a list of scripts; each script
gets a fresh instance. What comes back is the guest's output, and `trap: …` as its last line if it did not get to the end.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import wasmtime

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import components  # noqa: E402
from runtimes import WAZERO, node_command  # noqa: E402
from trees import GUEST_SOURCE  # noqa: E402

CLANG = ["clang-19", "--target=wasm32-wasi", "-O2", "-mbulk-memory", "-nostdlib", "-Wall", "-Wextra", "-Werror"]


def build_guest(folder):
    """The guest's module, in `folder`."""
    out = Path(folder) / "differential.wasm"
    subprocess.run([*CLANG, "-o", str(out), str(GUEST_SOURCE)], check=True, cwd=folder)
    return out


class Wasmtime:
    """Wasmtime in this process. `mounts` is {guest: host}, read-only unless `writable`."""

    name = "wasmtime"
    _engine = None

    def __init__(self, module, mounts=None, writable=False):
        if Wasmtime._engine is None:
            Wasmtime._engine = wasmtime.Engine()
        self.mounts, self.writable = mounts or {}, writable
        self.module = wasmtime.Module.from_file(self._engine, str(module))
        self.linker = wasmtime.Linker(self._engine)
        self.linker.define_wasi()

    def run(self, script):
        script = script.encode() if isinstance(script, str) else script
        store = wasmtime.Store(self._engine)
        config = wasmtime.WasiConfig()
        for guest, host in self.mounts.items():
            config.preopen_dir(str(host), guest, fs_mutable=self.writable)
        store.set_wasi(config)
        exports = self.linker.instantiate(store, self.module).exports(store)
        memory = exports["memory"]
        assert len(script) <= exports["script_capacity"](store), "the script is too long for the guest"
        memory.write(store, script, exports["script_address"](store))
        trap = ""
        try:
            exports["run"](store, len(script))
        except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
            trap = "\ntrap: " + str(error).strip().splitlines()[-1].strip() + "\n"
        start = exports["output_address"](store)
        return memory.read(store, start, start + exports["output_length"](store)).decode() + trap

    def run_many(self, scripts):
        return [self.run(script) for script in scripts]


class WasmtimeComponent:
    """The guest as a component, a WASI 0.2 command: each script goes in through stdin."""

    name = "component"

    def __init__(self, component, mounts=None, writable=False):
        self.command = components.Command(component)
        self.mounts, self.writable = mounts or {}, writable

    def run(self, script):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            (folder / "in").write_text(script)
            config = wasmtime.WasiConfig()
            config.stdin_file, config.stdout_file = str(folder / "in"), str(folder / "out")
            for guest, host in self.mounts.items():
                config.preopen_dir(str(host), guest, fs_mutable=self.writable)
            trap = ""
            try:
                self.command.run(config)
            except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
                trap = "\ntrap: " + str(error).strip().splitlines()[-1].strip() + "\n"
            return (folder / "out").read_text() + trap

    def run_many(self, scripts):
        return [self.run(script) for script in scripts]


def answers(output):
    """An output as {line number: answer}. A trap is the answer `trap: …` of the line where it happened."""
    lines, last = {}, None
    for line in output.splitlines():
        if line.startswith("trap: ") and last is not None:
            lines[last] = line
        elif line.startswith(" ") and last is not None:
            lines[last] += "\n" + line
        elif ": " in line:
            number, answer = line.split(": ", 1)
            last = int(number)
            lines[last] = answer
    return lines


def answers_past_traps(host, script):
    """As answers(), but a line that traps does not end the script: it is run again without that line."""
    trapped, lines = {}, script.split("\n")
    while True:
        found = answers(host.run("\n".join(lines)))
        last = max(found, default=0)
        if last == 0 or not found[last].startswith("trap: "):
            return {**found, **trapped}
        trapped[last] = found[last]
        lines[last - 1] = "#"


class Node:
    """One Node process for a list of scripts. The mounts are as they are: mount them read-only yourself."""

    def __init__(self, module, mounts=None, version=24):
        self.name = f"node{version}"
        self.module, self.version = module, version
        self.mounts = {guest: str(host) for guest, host in (mounts or {}).items()}

    def run_many(self, scripts, damage=None):
        """`damage`, if given, is a list of (offset, change) for each script: bytes of the module that are changed for it."""
        job = {"module": str(self.module), "mounts": self.mounts, "scripts": list(scripts)}
        if damage:
            job["damage"] = list(damage)
        done = subprocess.run(
            [str(part) for part in [*node_command(self.version), HERE / "host_node.mjs"]],
            input=json.dumps(job).encode(), capture_output=True, timeout=600,
            env={**os.environ, "NODE_NO_WARNINGS": "1", "NODE_OPTIONS": ""},
        )
        if done.returncode:
            raise RuntimeError(f"node: {done.stderr.decode(errors='replace')}")
        return json.loads(done.stdout)

    def run(self, script):
        return self.run_many([script])[0]


class Wazero:
    """One wazero process for each script, which goes in through stdin."""

    name = "wazero"

    def __init__(self, module, mounts=None):
        self.module, self.mounts = module, mounts or {}
        self.cache = tempfile.TemporaryDirectory()

    def run(self, script):
        command = [str(WAZERO), "run", f"-cachedir={self.cache.name}"]
        command += [f"-mount={host}:{guest}:ro" for guest, host in self.mounts.items()]
        done = subprocess.run([*command, str(self.module)], input=script.encode(), capture_output=True, timeout=300)
        trap = "" if done.returncode == 0 else "\ntrap: " + done.stderr.decode(errors="replace").splitlines()[0] + "\n"
        return done.stdout.decode() + trap

    def run_many(self, scripts):
        return [self.run(script) for script in scripts]
