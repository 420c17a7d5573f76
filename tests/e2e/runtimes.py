# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a module in each runtime. Without `mounts` the runtime is given no preopen at all."""

import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TOOLS = ROOT / "build" / "tools"
BUILD = ROOT / "build" / "e2e"

MACHINE = {"x86_64": "x64", "aarch64": "arm64"}[platform.machine()]


def node_binary(version):
    return TOOLS / "node_modules" / f"node{version}-{MACHINE}" / "bin" / "node"


def node_command(version):
    # Node 20 crashes when V8's collector runs inside a WASI call that V8 made as a "fast API call" (Node issue 46777);
    # any guest whose memory has grown meets that, packed or not.
    return [node_binary(version), *(["--no-turbo-fast-api-calls"] if version == 20 else [])]


NODE = node_binary(24)
WAZERO = TOOLS / "bin" / "wazero"
WAZERO_CACHE = BUILD / "wazero-cache"


@dataclass
class Run:
    """What came of a run."""

    code: int
    out: str
    err: str
    report: dict = field(default_factory=dict)

    @property
    def lines(self):
        return self.out.splitlines()


def _finish(command, stdin, timeout, report=None, cwd=None):
    done = subprocess.run(
        [str(part) for part in command], input=stdin, capture_output=True, timeout=timeout, cwd=cwd,
        env={**os.environ, "NODE_NO_WARNINGS": "1", "NODE_OPTIONS": "", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    run = Run(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
    if report and report.exists():
        run.report = json.loads(report.read_text())
        report.unlink()
    return run


def _options(module, args, env, mounts, more):
    report = BUILD / f"report-{os.getpid()}.json"
    options = dict(
        module=str(module), args=[Path(module).name, *map(str, args)], env=env or {},
        preopens={guest: str(host) for guest, host in (mounts or {}).items()}, report=str(report), **more,
    )
    return json.dumps(options), report


def run_wasmtime(module, args=(), env=None, mounts=None, stdin=b"", timeout=300, **more):
    options, report = _options(module, args, env, mounts, more)
    return _finish([sys.executable, HERE / "host_wasmtime.py", options], stdin, timeout, report)


def run_node(module, args=(), env=None, mounts=None, stdin=b"", timeout=300, version=24, **more):
    options, report = _options(module, args, env, mounts, more)
    return _finish([*node_command(version), HERE / "host_node.mjs", options], stdin, timeout, report)


def run_node20(module, *args, **more):
    return run_node(module, *args, version=20, **more)


def run_wazero(module, args=(), env=None, mounts=None, stdin=b"", timeout=300, writable=False, options=()):
    """`writable`: whether the mounts may be written to, or which of them. `options`: more of the command's."""
    command = [WAZERO, "run", f"-cachedir={WAZERO_CACHE}", *options]
    for name, value in (env or {}).items():
        command.append(f"-env={name}={value}")
    for guest, host in (mounts or {}).items():
        may_write = writable if isinstance(writable, bool) else guest in writable
        command.append(f"-mount={host}:{guest}" + ("" if may_write else ":ro"))
    return _finish([*command, module, *args], stdin, timeout)


RUNTIMES = {"wasmtime": run_wasmtime, "node20": run_node20, "node24": run_node, "wazero": run_wazero}


def node_script(script, *arguments, timeout=300, version=24):
    """Runs a JavaScript file in Node."""
    return _finish([*node_command(version), script, *arguments], b"", timeout)
