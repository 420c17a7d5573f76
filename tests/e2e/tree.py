# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trees of files for the end-to-end tests, and the digest that the guests print of them (testdata/guests/walk.c)."""

import os
import random
import zlib


def digest(root):
    """The line `digest …` that a guest prints of the tree."""
    state = {"crc": 0, "entries": 0, "bytes": 0}

    def add(data):
        state["crc"] = zlib.crc32(data, state["crc"])

    def header(kind, path, size):
        add(kind + b"\0" + path + b"\0" + size.to_bytes(8, "little"))
        state["entries"] += 1

    def walk(directory, below):
        for name in sorted(os.listdir(directory)):
            host, path = os.path.join(directory, name), below + name
            if os.path.islink(host):
                target = os.readlink(host)
                header(b"l", path, len(target))
                add(target)
            elif os.path.isdir(host):
                header(b"d", path, 0)
                walk(host, path + b"/")
            else:
                with open(host, "rb") as file:
                    content = file.read()
                header(b"f", path, len(content))
                add(content)
                state["bytes"] += len(content)

    walk(os.fsencode(root), b"")
    return "digest {crc:08x} entries {entries} bytes {bytes}".format(**state)


FIRST_LINE_FILE = "a/b/hello.txt"


def make(root, nonce, small=False):
    """A tree with what trips file systems up: empty files, names that sort oddly, deep directories, links, equal files.

    `nonce` gets into names and contents, so that no earlier run can have made the same tree. FIRST_LINE_FILE's first line
    is the nonce. `small` leaves the large files out: all is then less than 128 KB.
    """
    random_bytes = random.Random(nonce).randbytes

    def put(path, content, mode=0o644):
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(content)
        os.chmod(full, mode)

    put(FIRST_LINE_FILE, f"{nonce}\nsecond line\n".encode())
    put("empty", b"")
    put("one", b"1")
    if not small:
        put("page", random_bytes(65536))
        put("page-and-one", random_bytes(65537))
        put("big", random_bytes(300_000))
    put("tool.sh", b"#!/bin/sh\n", 0o755)
    # Sorted by bytes, "a" and "a-b" stand on either side of what a sort of whole paths would do.
    for name in ("a-b", "a.b", "a0", "A", "a b", "Zz"):
        put(name + "/x", name.encode())
    for name in ("naïve.txt", "日本語/ファイル", "emoji-😀", "\ue000-private"):
        put(name, name.encode() * 3)
    put("/".join(["deep"] * 1 + [str(i) for i in range(20)]) + "/bottom", nonce.encode())
    put("long-" + "n" * 250, b"a name of 255 bytes")
    os.makedirs(os.path.join(root, "empty-directory"))
    shared = random_bytes(10_000)
    for i in range(35):
        put(f"many/file-{i:03}-{nonce[:6]}", shared if i % 4 == 0 else random_bytes(17 * i))
    os.symlink("b/hello.txt", os.path.join(root, "a/link-to-file"))
    os.symlink("../many", os.path.join(root, "a/link-to-directory"))
    os.symlink("link-to-file", os.path.join(root, "a/link-to-link"))
