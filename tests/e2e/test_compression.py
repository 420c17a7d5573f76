# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compressed trees, as guests read them: the same as others, in every runtime; damaged, EIO."""

import pytest

import tree
from conftest import run_tool
from runtimes import RUNTIMES, run_wasmtime

OPTIONS = {
    "default": ["--compress=3"],
    "small-chunks": ["--compress=1", "--chunk-size", "16K", "--no-compress", "many/"],
    "large-chunks": ["--compress=1", "--chunk-size", "1M"],
}


def make_tree(folder):
    """With much text: the tree of the other tests is mostly random bytes, which are stored as they are."""
    source = folder / "static"
    tree.make(source, "0123456789abcdef")
    text = "".join(f"line {i * i % 10007}\n" for i in range(120_000))
    (source / "text").write_text(text)
    (source / "text-again").write_text(text[::-1])
    return source


@pytest.mark.xdist_group("walk_c")
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_walk(pack, guest, tmp_path, options):
    source = make_tree(tmp_path)
    packed = pack(guest("walk_c"), "--dir", f"{source}::/static", *options)
    expected = [tree.digest(source), "relative 0123456789abcdef", "absolute 0123456789abcdef", "root static",
                "missing ENOENT"]
    for run in RUNTIMES.values():
        done = run(packed, ["/static", tree.FIRST_LINE_FILE])
        assert (done.lines, done.code) == (expected, 0), done.err
    # The decoder's memory moves with the guest's heap.
    done = run_wasmtime(packed, ["/static", tree.FIRST_LINE_FILE, "24"])
    assert (done.lines, done.code) == ([*expected, "grown 24"], 0), done.err


@pytest.mark.xdist_group("walk_c")
def test_damage_is_an_error(pack, guest, tmp_path):
    source = make_tree(tmp_path)
    packed = pack(guest("walk_c"), "--dir", f"{source}::/static", "--compress=3")
    good = packed.read_bytes()
    frame = good.index(b"\x28\xb5\x2f\xfd", good.index(b"\0WASMVFS"))
    for offset in (5, 300, 9000):
        packed.write_bytes(good[:frame + offset] + bytes([good[frame + offset] ^ 0x10]) + good[frame + offset + 1:])
        done = run_wasmtime(packed, ["/static", tree.FIRST_LINE_FILE])
        assert done.code == 1 and "trap" not in done.err and tree.digest(source) not in done.lines, done.err
        checked = run_tool("verify", packed)
        assert (checked.returncode, "contents\tfailed" in checked.stdout) == (1, True), checked.stdout


@pytest.mark.xdist_group("walk_c")
def test_two_packs_are_one(pack, guest, tmp_path):
    source = make_tree(tmp_path)
    first = ["--dir", f"{source}/many::/many"]
    second = ["--dir", f"{source}::/static"]
    options = ["--compress=3", "--chunk-size", "32K"]
    once = pack(guest("walk_c"), *first, *second, *options).read_bytes()
    layer = pack(guest("walk_c"), *first, *options)
    # `many` is mostly random, so the layer is compressed only if something in it is worth it.
    assert pack(layer, *second, *options).read_bytes() == once
