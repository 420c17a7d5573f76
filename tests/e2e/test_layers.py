# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Packing a packed module, and getting a module back from one, for the real modules of every language."""

import secrets
import shutil
from pathlib import Path

import pytest

import tree
from conftest import run_tool
from runtimes import RUNTIMES
from test_interpreters import PYTHON, RUBY
from test_walk import WALKERS, grouped


def a_tree(folder, name):
    nonce = secrets.token_hex(8)
    tree.make(folder / name, nonce, small=True)
    return folder / name, nonce


@pytest.mark.parametrize("name", grouped(WALKERS))
def test_two_packs_are_one(guest, pack, tmp_path, name):
    first, _ = a_tree(tmp_path, "one")
    second, nonce = a_tree(tmp_path, "two")
    mounts = ["--dir", f"{first}::/one"], ["--dir", f"{second}::/two"]
    module = guest(name)
    layered = pack(pack(module, *mounts[0]), *mounts[1])
    together = pack(module, *mounts[0], *mounts[1])
    # Bytes compared as a truth value: pytest would print their difference.
    assert (layered.read_bytes() == together.read_bytes()) is True

    digests = {"/one": tree.digest(first), "/two": tree.digest(second)}
    shutil.rmtree(first)
    shutil.rmtree(second)
    for root, digest in digests.items():
        run = RUNTIMES["node24"](layered, [root, tree.FIRST_LINE_FILE])
        assert (run.lines[0], run.lines[3], run.code) == (digest, "root one,two", 0), run.err


@pytest.mark.parametrize("name", grouped([*WALKERS, "reactor_c", "walk_cabi"]))
def test_unpack_gives_the_guest_back(packed_tree, guest, tmp_path, name):
    back = tmp_path / "back.wasm"
    done = run_tool("unpack", packed_tree(name).module, "-o", back)
    assert done.returncode == 0, done.stderr
    assert (back.read_bytes() == guest(name).read_bytes()) is True


@pytest.mark.parametrize("module", [PYTHON, RUBY / "ruby.wasm", RUBY / "ruby+stdlib.wasm"], ids=lambda path: Path(path).name)
def test_unpack_gives_the_interpreter_back(tmp_path, module):
    folder, _ = a_tree(tmp_path, "static")
    packed, back = tmp_path / "packed.wasm", tmp_path / "back.wasm"
    done = run_tool("pack", module, "--dir", f"{folder}::/static", "-o", packed)
    assert done.returncode == 0, done.stderr
    done = run_tool("unpack", packed, "-o", back)
    assert done.returncode == 0, done.stderr
    assert (back.read_bytes() == module.read_bytes()) is True
