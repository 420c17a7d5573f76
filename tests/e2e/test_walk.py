# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every guest language walks a packed tree in every runtime. The tree is gone and the runtime has no preopen."""

import pytest

import tree
from runtimes import RUNTIMES, run_node, run_wasmtime

WALKERS = ["walk_c", "walk_zigc", "walk_zig", "walk_go", "walk_rust", "walk_as"]


def grouped(names):
    """One pytest-xdist worker for each guest, which then packs it once."""
    return [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in names]


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("name", grouped(WALKERS))
def test_walk(packed_tree, name, runtime):
    packed = packed_tree(name)
    packed.check(RUNTIMES[runtime](packed.module, ["/static", tree.FIRST_LINE_FILE]))


@pytest.mark.xdist_group("walk_c")
def test_arguments_that_the_host_gives_are_the_guests(packed_tree):
    packed = packed_tree("walk_c")
    run = run_node(packed.module, ["/static", "one"])
    assert run.lines[1:3] == ["relative 1", "absolute 1"]


@pytest.mark.xdist_group("reactor")
@pytest.mark.parametrize("run", [run_wasmtime, run_node], ids=["wasmtime", "node"])
def test_reactor(packed_tree, run):
    packed = packed_tree("reactor_c")
    crc = int(packed.digest.split()[1], 16)
    done = run(packed.module, calls=["digest", "grow", "digest", "check"])
    assert (done.lines, done.code) == ([f"digest {crc}", "grow 64", f"digest {crc}", "check 1"], 0), done.err


# A host that has a / of its own keeps it, and the packed tree is reached beside it.
@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("name", grouped(["walk_c", "walk_zigc", "walk_go", "walk_rust", "walk_as"]))
def test_walk_beside_a_root_of_the_hosts(packed_tree, tmp_path, name, runtime):
    packed = packed_tree(name)
    (tmp_path / "of-the-host").write_text("host")
    run = RUNTIMES[runtime](packed.module, ["/static", tree.FIRST_LINE_FILE], mounts={"/": tmp_path})
    shown = [line for line in run.lines if line.startswith("root ")]
    rest = [line for line in run.lines if not line.startswith("root ")]
    nonce = packed.nonce
    assert (rest, run.code) == (
        [packed.digest, f"relative {nonce}", f"absolute {nonce}", "missing ENOENT"], 0), run.err
    assert shown and "of-the-host" in shown[0]
