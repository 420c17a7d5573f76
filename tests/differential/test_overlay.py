# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Packed files over a host's directory beside one directory that holds both. `campaign --overlay` runs more."""

import os

import pytest
from overlay import Overlay
from scripts import Generator, cases

SEEDS = int(os.environ.get("WASM_VFS_SEEDS", "200"))


@pytest.mark.parametrize("writable", [False, True], ids=["read-only", "writable"])
@pytest.mark.parametrize("split", range(4))
def test_random_scripts(tmp_path, split, writable):
    overlay = Overlay(tmp_path, split, writable=writable)
    generator = Generator(overlay.root)
    failed = []
    count = SEEDS // (16 if writable else 4)  # copies of the trees take longer than the scripts
    for seed in range(split * count, (split + 1) * count):
        comparison = overlay.compare(generator.script(seed))
        if comparison.differences:
            failed.append(f"seed {seed}: {comparison}")
    assert not failed, f"{len(failed)} of {count} differ; campaign --overlay {split} makes them small\n" + "\n".join(failed[:5])


def test_fixed_scripts(tmp_path):
    overlay = Overlay(tmp_path, 0)
    failed = [(case.id, comparison) for case in cases() if (comparison := overlay.compare(case.script)).differences]
    assert not failed, "\n".join(f"{name}: {comparison}" for name, comparison in failed)
