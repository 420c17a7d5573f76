# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compressed files beside mounted ones: scripts that mostly read. `campaign --compress` runs more."""

import os

import pytest
import trees
from hosts import answers, build_guest
from overlay import Overlay
from pair import Pair, compression
from scripts import Reader
from test_differential import same_but_for_the_host

SEEDS = int(os.environ.get("WASM_VFS_SEEDS", "200"))
CHUNKS = ["16K", "48K", "128K", "1M"]  # 16 are kept, 5, 2, 1


@pytest.fixture(scope="module")
def guest(tmp_path_factory):
    return build_guest(tmp_path_factory.mktemp("guest"))


def compare(pair, seeds):
    generator = Reader(pair.root)
    failed = []
    for seed in seeds:
        comparison = pair.compare(generator.script(seed))
        if comparison.differences:
            failed.append(f"seed {seed}: {comparison}")
    assert not failed, f"{len(failed)} of {len(seeds)} differ; campaign --compress makes them small\n" + "\n".join(failed[:5])


@pytest.mark.parametrize("chunk", CHUNKS)
def test_random_scripts(tmp_path, guest, chunk):
    pair = Pair(tmp_path, trees.texts, compression(chunk), guest)
    count = SEEDS // 8
    first = CHUNKS.index(chunk) * count
    compare(pair, range(first, first + count))


def test_packed_files_are_the_same_in_node(tmp_path, guest):
    pair = Pair(tmp_path, trees.texts, compression("16K"), guest)
    scripts = [Reader(pair.root).script(seed) for seed in range(20)]
    scripts = [script for script in scripts if "$6" not in script]  # a host's streams differ
    for script, found in zip(scripts, pair.packed_in_node(scripts)):
        same_but_for_the_host(found, answers(pair.packed.run(script)), script)


@pytest.mark.parametrize("writable", [False, True], ids=["read-only", "writable"])
def test_random_scripts_over_a_host(tmp_path, guest, writable):
    overlay = Overlay(tmp_path, 7, guest, writable, trees.texts, compression("16K"))
    compare(overlay, range(SEEDS // (20 if writable else 8)))
