# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a conformance guest in each runtime: run(runtime, module, mounts) → {case: result}. The runtime `component` is
Wasmtime, running a component.

A case that ends the run (a host may trap, or crash) has the result `trap`, and the guest is started again behind it.
`mounts` is {guest: (host directory, whether it may be written to)}; Node knows no read-only ones.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import wasmtime

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import components  # noqa: E402
from fixtures import ARGUMENTS, ENVIRONMENT, EXIT_CODE, INPUT  # noqa: E402
from runtimes import BUILD, run_node, run_node20, run_wazero  # noqa: E402

# A case that hangs is one that ends the run.
TIMEOUT = 20
HUNG = f"it did not end in {TIMEOUT} s"


class Wasmtime:
    """In this process, so that a start costs nothing: it traps where others say FAULT."""

    def __init__(self, module):
        self.engine = wasmtime.Engine()
        self.module = wasmtime.Module.from_file(self.engine, str(module))
        self.linker = wasmtime.Linker(self.engine)
        self.linker.define_wasi()

    def run(self, config):
        store = wasmtime.Store(self.engine)
        store.set_wasi(config)
        self.linker.instantiate(store, self.module).exports(store)["_start"](store)

    def start(self, arguments, mounts):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            (folder / "in").write_bytes(INPUT)
            config = wasmtime.WasiConfig()
            config.argv = ["conformance", *arguments]
            config.env = list(ENVIRONMENT.items())
            config.stdin_file = str(folder / "in")
            config.stdout_file = str(folder / "out")
            for guest, (host, writable) in mounts.items():
                config.preopen_dir(str(host), guest, fs_mutable=writable)
            code, trap = 0, ""
            try:
                self.run(config)
            except wasmtime.ExitTrap as ended:
                code = ended.code
            except (wasmtime.Trap, wasmtime.WasmtimeError) as error:
                code, trap = 134, str(error).strip().splitlines()[-1].strip()
            return (folder / "out").read_text(errors="replace"), code, trap


class WasmtimeComponent(Wasmtime):
    """The same of a component, a WASI 0.2 command."""

    def __init__(self, module):
        self.run = components.Command(module).run


class Command:
    """Through tests/e2e/runtimes.py, in a process of its own."""

    def __init__(self, run, module):
        self.run, self.module = run, module

    def start(self, arguments, mounts):
        writable = [guest for guest, (_, may) in mounts.items() if may]
        hosts = {guest: host for guest, (host, _) in mounts.items()}
        more = {"writable": writable} if self.run is run_wazero else {}
        try:
            run = self.run(self.module, arguments, env=ENVIRONMENT, mounts=hosts, stdin=INPUT, timeout=TIMEOUT, **more)
        except subprocess.TimeoutExpired as hung:
            return (hung.stdout or b"").decode(errors="replace"), 124, HUNG
        reason = run.err.strip().splitlines()
        return run.out, run.code, reason[0] if run.code and reason else ""


def host_of(runtime, module):
    if runtime == "wasmtime":
        return Wasmtime(module)
    if runtime == "component":
        return WasmtimeComponent(module)
    return Command({"node20": run_node20, "node24": run_node, "wazero": run_wazero}[runtime], module)


def list_cases(module):
    """[(kind, case)] in the order in which they run."""
    text, _, _ = Wasmtime(module).start(["list"], {})
    return [tuple(line.split(" ", 1)) for line in text.splitlines()]


def run(runtime, module, mounts, cases, skipped=()):
    """The result of each of `cases`, which are all that the guest lists, in order: `pass`, `fail …` or `trap …`; but for
    `skipped`, which are not run."""
    BUILD.mkdir(parents=True, exist_ok=True)
    host = host_of(runtime, module)
    numbers = {case: number for number, case in enumerate(cases)}
    left_out = sorted(numbers[case] for case in skipped)
    results, first = {}, 0
    while first < len(cases):
        selection = ",".join(map(str, [first, *(number for number in left_out if number >= first)]))
        text, code, reason = host.start([*ARGUMENTS, selection], mounts)
        begun = [line.partition(": ")[::2] for line in text.splitlines()]
        begun = [(case, result) for case, result in begun if case in numbers]
        if not begun:
            raise RuntimeError(f"{runtime} did not begin {cases[first]}: {reason}\n{text[-1000:]}")
        results.update(begun)
        case, result = begun[-1]
        if not result:
            exited = case.startswith("proc_exit ") and code == EXIT_CODE
            results[case] = "pass" if exited else f"trap {reason}".strip()
        first = numbers[case] + 1
    missing = set(cases) - set(results) - set(skipped)
    assert not missing, f"{runtime} left out {missing}"
    return results
