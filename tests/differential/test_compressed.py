# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compressed files beside mounted ones: scripts that mostly read. `campaign --compress` runs more."""

import os
import random
import struct

import pytest
import trees
from compare import Answer
from hosts import Node, answers, build_guest
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


def frames(module):
    """Where the zstd frames of a packed module's chunks lie: (offset, size). docs/image-format.md has the headers."""
    index = module.index(b"\0WASMVFS")
    contents_size, = struct.unpack_from("<I", module, index + 16)
    chunk_size, raw_size, logical_size, count, table = struct.unpack_from("<5I", module, index + 84)
    ends = struct.unpack_from(f"<{count + 1}I", module, index + table)
    assert ends[-1] == contents_size
    sizes = [min(chunk_size, logical_size - raw_size - at) for at in range(0, logical_size - raw_size, chunk_size)]
    found = [(begin, end - begin) for begin, end, size in zip(ends, ends[1:], sizes) if end - begin < size]
    magic = b"\x28\xb5\x2f\xfd"
    start = module.index(magic, index) - found[0][0]
    assert all(module[start + begin:].startswith(magic) for begin, _ in found)
    return [(start + begin, size) for begin, size in found]


def test_damage(tmp_path, guest):
    """A frame that is damaged is EIO, or its bytes are the right ones; nothing else is harmed, in the program neither."""
    pair = Pair(tmp_path, trees.texts, compression("16K"), guest)
    places = frames(pair.packed_module.read_bytes())
    script = "".join(f"path_open =1 $0 1 s:{path} 0 0x2 0 0 r\ndrain $1 65536\nmemory 1\nfd_pread $1 v:20000 12345 r\n"
                     f"fd_close $1\n" for path in Reader(pair.root).by_kind["file"])
    right = answers(pair.packed.run(script))
    count = SEEDS // 10
    pick = random.Random(count)
    damage = [[(offset + pick.choice([pick.randrange(size), pick.randrange(min(size, 20))]), pick.randrange(1, 256))
               for offset, size in pick.choices(places, k=pick.choice([1, 1, 3]))] for _ in range(count)]
    noticed = 0
    for output, changed in zip(Node(pair.packed_module).run_many([script] * count, damage), damage):
        found = answers(output)
        failed = [number for number in right if found.get(number) != right[number]]
        for number in failed:
            answer = Answer(found[number])
            # "touched": a part of what is wanted may have been read before.
            assert answer.errno == 29 and answer.marks in ([], ["touched"]), (changed, found[number], right[number])
        noticed += bool(failed)
    assert noticed > 0.9 * count
