# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The tree that the guests' TREE and REFUSED cases know by heart, and the other things they are given."""

import os

ARGUMENTS = ["alpha", "beta gamma", "dé"]
ENVIRONMENT = {"ONE": "1", "EMPTY": "", "EQUALS": "a=b"}
INPUT = b"line 1\nline 2\n"
# What the guests' last case exits with.
EXIT_CODE = 42

BIG_SIZE = 70_000
MTIME_NS = 1_234_567_890_123_456_789

FILES = {
    "hello": b"Hello, world.\n",
    "empty": b"",
    "run": b"#!/bin/sh\n",
    "big": bytes((at * 7 + at // 256) & 255 for at in range(BIG_SIZE)),
    "dir/inner": b"inner\n",
    "dir/sub/leaf": b"leaf\n",
    **{f"many/{number:03}": b"%d\n" % number for number in range(100)},
}
LINKS = {
    "link": "hello",
    "dirlink": "dir",
    "deeplink": "dir/sub/leaf",
    "sublink": "dir/sub",
    "dir/up": "../hello",
    "dangling": "nowhere",
    "loop": "loop",
    "ring1": "ring2",
    "ring2": "ring1",
    "chain1": "chain2",
    "chain2": "./chain3",
    "chain3": "dir/../hello",
}


def make_tree(root):
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    for name, target in LINKS.items():
        (root / name).symlink_to(target)
    (root / "void").mkdir()
    (root / "run").chmod(0o755)
    os.utime(root / "hello", ns=(MTIME_NS, MTIME_NS))
