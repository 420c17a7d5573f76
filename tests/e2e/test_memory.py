# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Linear memory is for open files, not for assets."""

import os
import random
import resource
import shutil

import pytest

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
