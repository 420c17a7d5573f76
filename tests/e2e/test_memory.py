# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Linear memory is for open files, not for assets."""

import os
import random
import resource
import shutil

import pytest

import tree
from runtimes import run_node, run_wasmtime

FILES, SIZE = 1024, 65536


@pytest.mark.xdist_group("open_many")
def test_64_mb_read_with_1024_descriptors_open(guest, pack, tmp_path):
    module = guest("open_many")
    data = tmp_path / "data"
    data.mkdir()
    generator = random.Random(os.urandom(8))
    for i in range(FILES):
        (data / f"{i:04}").write_bytes(generator.randbytes(SIZE))
    packed = pack(module, "--dir", f"{data}::/data")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    try:
        before = run_wasmtime(module, ["/data", FILES], mounts={"/data": data})
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    shutil.rmtree(data)
    assert before.code == 0 and before.out.startswith(f"open {FILES} bytes {FILES * SIZE} "), before.out + before.err
    for run in (run_wasmtime, run_node):
        after = run(packed, ["/data", FILES])
        assert (after.out, after.code) == (before.out, 0), after.err
        assert after.report["pages"] <= before.report["pages"] + 2


@pytest.mark.xdist_group("walk_imported")
def test_a_memory_that_the_host_supplies(guest, pack, tmp_path):
    """The region is got by growing it, before the first malloc of a libc that takes all of memory.size for its heap."""
    module = guest("walk_imported")
    nonce = os.urandom(8).hex()
    tree.make(tmp_path / "static", nonce)
    digest = tree.digest(tmp_path / "static")
    packed = pack(module, "--dir", f"{tmp_path}/static::/static", for_wazero=False)
    shutil.rmtree(tmp_path / "static")
    expected = [digest, f"relative {nonce}", f"absolute {nonce}", "root static", "missing ENOENT", "grown 304"]
    # At the limits that it asks for, so that nothing must have changed them; and in a larger memory.
    for run, memory in ((run_wasmtime, [16, 16384]), (run_node, [16, 16384]), (run_node, [40, 16000])):
        done = run(packed, ["/static", tree.FIRST_LINE_FILE, 304], memory=memory)
        assert (done.lines, done.code) == (expected, 0), done.err
    inside = run_node(packed, ["/static", tree.FIRST_LINE_FILE, 104], memory=[16, 16384], grow="inside")
    assert (inside.lines, inside.code) == ([*expected[:-1], "grown 104"], 0), inside.err
    # A host that cannot grow it: an error for the guest, no trap.
    full = run_node(packed, ["/static", tree.FIRST_LINE_FILE], memory=[16, 16])
    assert full.code != 0 and "RuntimeError" not in full.err, full.err
