# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fixtures of the end-to-end tests: `pack` runs the tool under test, `guest` builds a guest program."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

import pytest
import wasmtime

import guests
import tree
from runtimes import BUILD, ROOT, WAZERO, WAZERO_CACHE, node_script

WASM_VFS = Path(os.environ.get("WASM_VFS", ROOT / "build/ci/tools/wasm-vfs/wasm-vfs")).resolve()


def run_tool(*arguments, **options):
    """Runs wasm-vfs; returns the finished process, whatever its exit code."""
    return subprocess.run([WASM_VFS, *map(str, arguments)], capture_output=True, text=True, timeout=120, **options)


def pytest_configure(config):
    # What wazero compiled for modules of earlier runs: there will be no such module again.
    if not hasattr(config, "workerinput"):
        shutil.rmtree(WAZERO_CACHE, ignore_errors=True)


def pack_module(module, out, *arguments, for_wazero=True):
    """Packs, and checks that V8, Wasmtime and wazero find the result valid. What is not `for_wazero` has imports that it
    does not know: it need not be compiled, only validated."""
    done = run_tool("pack", module, "-o", out, *arguments)
    assert done.returncode == 0, f"{done.args}\n{done.stderr}"
    wasmtime.Module.validate(wasmtime.Engine(), Path(out).read_bytes())
    valid = node_script(Path(__file__).parent / "validate.mjs", out)
    assert valid.code == 0, valid.err
    if for_wazero:
        # Into the cache that run_wazero uses: no module is compiled twice.
        done = subprocess.run([WAZERO, "compile", f"-cachedir={WAZERO_CACHE}", out], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    else:
        # It looks for the imports after it has validated all.
        done = subprocess.run([WAZERO, "run", "-interpreter", out], capture_output=True, text=True)
        assert "not instantiated" in done.stderr, done.stderr
    return Path(out)


@pytest.fixture
def pack(tmp_path):
    """pack(module, ARGUMENTS…) → the packed module, valid, in the test's own directory."""
    count = iter(range(1000))

    def run(module, *arguments, **options):
        return pack_module(module, tmp_path / f"packed{next(count)}.wasm", *arguments, **options)

    return run


@pytest.fixture(scope="session")
def guest():
    """guest(name) → the path of a guest's module, which must not be changed."""
    BUILD.mkdir(parents=True, exist_ok=True)
    return guests.build


class PackedTree:
    """A tree that exists no more but packed at /static, and what a walk of it must print."""

    def __init__(self, folder, module, small):
        self.nonce = secrets.token_hex(8)
        source = folder / "static"
        tree.make(source, self.nonce, small)
        self.digest = tree.digest(source)
        self.module = pack_module(module, folder / f"{module.stem}.packed.wasm", "--dir", f"{source}::/static")
        shutil.rmtree(source)

    def check(self, run, grown=None):
        expected = [self.digest, f"relative {self.nonce}", f"absolute {self.nonce}", "root static", "missing ENOENT"]
        if grown is not None:
            expected.append(f"grown {grown}")
        assert (run.lines, run.code) == (expected, 0), run.err


@pytest.fixture(scope="session")
def packed_tree(tmp_path_factory, guest):
    """packed_tree(name) → a PackedTree in the guest of that name; made once."""
    made = {}

    def get(name, small=False):
        if (name, small) not in made:
            made[name, small] = PackedTree(tmp_path_factory.mktemp(name), guest(name), small)
        return made[name, small]

    return get
