# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The heap grows by hundreds of MB between reads of packed files, by the guest's hand or the host's, and nothing is lost.

The shim's region lies above the guest's memory and moves up when that grows; a region that stays, that leaves its old
bytes behind, or that moves under a running function of the shim would be found by the blocks that each guest fills and
checks, or by the digest.
"""

import pytest

import tree
from runtimes import RUNTIMES, run_node, run_wasmtime
from test_walk import grouped

MB = 400

GROWERS = ["walk_c", "walk_zigc", "walk_go", "walk_bump", "walk_as", "walk_rust", "walk_zig"]


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("name", grouped(GROWERS))
def test_heap_grows_between_reads(packed_tree, name, runtime):
    packed = packed_tree(name)
    run = RUNTIMES[runtime](packed.module, ["/static", tree.FIRST_LINE_FILE, MB])
    packed.check(run, grown=MB)
    if run.report:
        assert run.report["pages"] >= MB * 16


# Not Go, which does not survive such a host unpacked either: it takes it that only itself grows its memory.
@pytest.mark.parametrize("name", grouped(["walk_c", "walk_zigc", "walk_bump", "walk_as", "walk_zig"]))
def test_host_grows_the_memory_inside_calls(packed_tree, name):
    packed = packed_tree(name)
    run = run_node(packed.module, ["/static", tree.FIRST_LINE_FILE, 200], grow="inside")
    packed.check(run, grown=200)
    assert run.report["grown"] > 4


@pytest.mark.xdist_group("walk_cabi")
def test_host_calls_the_guest_back_inside_calls(packed_tree):
    """As a component's adapter does: the guest's memory.grow runs below a shim function that waits for the host. Without
    the pin, the region would move away from under that function."""
    packed = packed_tree("walk_cabi")
    run = run_node(packed.module, ["/static", tree.FIRST_LINE_FILE, 96], grow="cabi_realloc")
    packed.check(run, grown=96)
    assert run.report["grown"] > 4


@pytest.mark.xdist_group("reactor")
@pytest.mark.parametrize("grow", ["between", "inside", "both"])
def test_host_grows_the_memory_of_a_reactor(packed_tree, grow):
    packed = packed_tree("reactor_c")
    crc = int(packed.digest.split()[1], 16)
    calls = ["digest", "grow", "digest", "grow", "check", "digest", "grow", "digest", "check"]
    expected = {"digest": crc, "check": 1}
    totals = iter([64, 128, 192])
    lines = [f"{call} {expected[call] if call in expected else next(totals)}" for call in calls]
    run = run_node(packed.module, calls=calls, grow=grow)
    assert (run.lines, run.code) == (lines, 0), run.err
    # A digest of packed files calls the host only while the shim looks for preopens: not much grows inside.
    assert run.report["grown"] >= (2 if grow == "inside" else len(calls))


@pytest.mark.xdist_group("reactor")
def test_wasmtime_grows_the_memory_of_a_reactor(packed_tree):
    packed = packed_tree("reactor_c")
    crc = int(packed.digest.split()[1], 16)
    run = run_wasmtime(packed.module, calls=["digest", "grow", "digest", "check"], grow="between")
    assert (run.lines, run.code) == ([f"digest {crc}", "grow 64", f"digest {crc}", "check 1"], 0), run.err


def test_memory_that_may_not_grow(guest, pack, tmp_path):
    """A guest whose maximum stands in the way gets what it would get unpacked: malloc fails, no trap."""
    module = guest("walk_small")
    tree.make(tmp_path / "static", "nonce")
    packed = pack(module, "--dir", f"{tmp_path}/static::/static")
    arguments = ["/static", tree.FIRST_LINE_FILE, 64]
    before = run_wasmtime(module, arguments, mounts={"/": tmp_path})
    after = run_wasmtime(packed, arguments)
    assert before.code == 1 and before.out.startswith("FAIL grow: malloc")
    assert (after.out, after.code) == (before.out, before.code), after.err
    # Up to its maximum it may grow: 24 MB fit below 32.
    run = run_wasmtime(packed, ["/static", tree.FIRST_LINE_FILE, 24])
    assert run.lines[-1] == "grown 24", run.out + run.err
