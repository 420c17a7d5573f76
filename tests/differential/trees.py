# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The trees of files that scripts run over. Each is made as ROOT/tree, so that mounting ROOT as `/` and packing ROOT/tree
as `/tree` give the guest the same paths."""

import os
import random
from pathlib import Path

GUEST_SOURCE = Path(__file__).resolve().parent.parent.parent / "testdata" / "guests" / "differential.c"
BIG_SIZE = 64 << 20
CROWD = 10_000


def _file(path, content, mode=0o644, mtime_ns=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
    if mtime_ns is not None:
        os.utime(path, ns=(mtime_ns, mtime_ns))


def _link(path, target, mtime_ns=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    os.symlink(target, path)
    if mtime_ns is not None:
        os.utime(path, ns=(mtime_ns, mtime_ns), follow_symlinks=False)


def small(root):
    """What the fixed scripts and the random ones run over: one of each kind, and small enough to know by heart."""
    tree = Path(root) / "tree"
    numbers = random.Random(1)
    _file(tree / "hello", b"Hello, world.\n", mtime_ns=1_234_567_890_123_456_789)
    _file(tree / "empty", b"", mtime_ns=0)
    _file(tree / "one", b"1", mtime_ns=4_102_444_800_000_000_001)
    _file(tree / "run", b"#!/bin/sh\n", mode=0o755)
    _file(tree / "page", numbers.randbytes(4096))
    _file(tree / "odd", numbers.randbytes(70_001))
    _file(tree / "same1", b"the same bytes, stored once")
    _file(tree / "same2", b"the same bytes, stored once")
    _file(tree / "dir" / "file", b"in a directory\n")
    _file(tree / "dir" / "sub" / "leaf", b"a leaf")
    _file(tree / "dir" / "sub" / "leaf2", b"another leaf")
    (tree / "void").mkdir()
    deep = tree / "deep"
    for level in range(30):
        deep = deep / f"d{level}"
    _file(deep / "bottom", b"thirty levels down")
    # Names: long, not ASCII, odd characters, one that is a prefix of another.
    _file(tree / ("n" * 255), b"a name of 255 bytes")
    _file(tree / "names" / "café", b"composed")
    _file(tree / "names" / "cafe\u0301", b"decomposed")
    _file(tree / "names" / "日本語.txt", b"three characters")
    _file(tree / "names" / "\U0001f600", b"four bytes of UTF-8")
    _file(tree / "names" / " space ", b"spaces around")
    _file(tree / "names" / "new\nline", b"a line break")
    _file(tree / "names" / "back\\slash", b"a backslash")
    _file(tree / "names" / "...", b"three dots")
    _file(tree / "names" / ".hidden", b"hidden")
    _file(tree / "names" / "a", b"a")
    _file(tree / "names" / "a.b", b"a.b")
    _file(tree / "names" / "a-", b"a-")
    _file(tree / "names" / "ab" / "c", b"c")
    for index in range(40):
        _file(tree / "equal" / f"e{index:03}", f"entry {index}".encode())
    links = tree / "links"
    links.mkdir()
    for name, target in {
        "file": "../hello", "dir": "../dir", "dangling": "nowhere", "self": "self", "ping": "pong", "pong": "ping",
        "chain": "chain1", "chain1": "./chain2", "chain2": "../links/chain3", "chain3": "../dir/sub/leaf",
        "slash": "../dir/", "fileslash": "../hello/", "dot": ".", "dotdot": "..", "through": "dir/sub/../file",
        "around": "../links/../links/./../dir//sub", "deeper": "dir/sub/leaf", "missingdir": "../absent/x",
        "notdir": "../hello/x", "byfile": "../hello/../dir", "empty": "../empty", "void": "../void",
        "long": "../" + "./" * 1000 + "hello", "name256": "x" * 256,
    }.items():
        _link(links / name, target)
    # Forty links in a row are what Linux follows; one more is a loop.
    _link(links / "l1", "../hello")
    for index in range(2, 46):
        _link(links / f"l{index}", f"l{index - 1}")
    _link(tree / "to_links", "links", mtime_ns=987_654_321_000_000_000)
    os.utime(tree / "dir", ns=(1_600_000_000_111_111_111, 1_600_000_000_111_111_111))
    return tree


def _text(numbers, size):
    """Bytes that compress as a program's text does."""
    words = [bytes(numbers.choices(b"abcdefghijklmnopqrstuvwxyz", k=numbers.randrange(2, 9))) for _ in range(800)]
    return b" ".join(numbers.choices(words, k=size // 3))[:size]


def texts(root):
    """What compression sees: text that spans chunks, noise that is stored as it is, both in one file, a file that shares its
    bytes with another, many small ones that share a chunk; and a little of small(), for paths and links."""
    tree = Path(root) / "tree"
    numbers = random.Random(3)
    text = _text(numbers, 400_003)
    _file(tree / "text", text)
    _file(tree / "again" / "text", text)
    _file(tree / "other", _text(numbers, 131_072))
    _file(tree / "noise", numbers.randbytes(150_001))
    _file(tree / "mixed", b"".join(_text(numbers, 20_000) + numbers.randbytes(30_000) + bytes(40_000) for _ in range(3)))
    _file(tree / "raw" / "text", _text(numbers, 90_000))
    _file(tree / "empty", b"")
    _file(tree / "run", b"#!/bin/sh\n", mode=0o755)
    for index in range(40):
        _file(tree / "parts" / f"part{index:02}", _text(numbers, 100 * index))
    (tree / "void").mkdir()
    _link(tree / "links" / "text", "../text")
    _link(tree / "links" / "dir", "../parts")
    _link(tree / "links" / "self", "self")
    return tree


def big(root):
    """The tree of issue A, "How it is shown" 4, with small()'s in it."""
    tree = small(root)
    numbers = random.Random(2)
    chunk = numbers.randbytes(1 << 20)
    with open(tree / "big", "wb") as file:
        for index in range(BIG_SIZE >> 20):
            file.write(index.to_bytes(4, "little") + chunk[4:])
    crowd = tree / "crowd"
    crowd.mkdir()
    for index in range(CROWD):
        (crowd / f"c{index:05}").write_bytes(b"%d" % (index % 100))
    return tree
