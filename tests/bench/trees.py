# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The trees and modules that the benchmarks work on, made once below the work directory from fixed
seeds. Each maker leaves a stamp when it is done, so that a broken run is repeated.
Tested by tests/bench/bench --quick.
"""
import os
import random
import re
import shutil
import struct

import wasm_sections

SMALL_FILE = 4096
LISTED_ENTRIES = 2000


def guest_path(file):
    """As path_of in guest.c."""
    return f"d{file // 400:03}/s{file // 50 % 8:02}/f{file:06}.bin"


class Trees:
    def __init__(self, work):
        self.work = work

    def made(self, name, make):
        """The directory of this name, filled by make(path) unless it is already there."""
        path = os.path.join(self.work, name)
        stamp = os.path.join(path, ".made")
        if not os.path.exists(stamp):
            shutil.rmtree(path, ignore_errors=True)
            os.makedirs(path)
            make(path)
            open(stamp, "w").close()
        return path

    def component(self, module):
        """A component that holds this core module and nothing else."""
        def make(path):
            with open(module, "rb") as source, open(os.path.join(path, "component.wasm"), "wb") as out:
                contents = source.read()
                out.write(b"\0asm\x0d\0\1\0\1" + wasm_sections.leb(len(contents)) + contents)

        return os.path.join(self.made("component", make), "component.wasm")

    def flat(self, name, count, size, per_directory=1000):
        """`count` files of `size` random bytes, in tree/: (the directory, the files' paths)."""
        paths = [f"d{i // per_directory:03}/file{i:06}.bin" for i in range(count)]

        def make(path):
            source = random.Random(name)
            for i, file in enumerate(paths):
                full = os.path.join(path, "tree", file)
                if i % per_directory == 0:
                    os.makedirs(os.path.dirname(full))
                with open(full, "wb") as out:
                    out.write(source.randbytes(size))

        directory = os.path.join(self.made(name, make), "tree")
        return directory, [os.path.join(directory, file) for file in paths]

    def guest(self, name, files, large_size):
        """What guest.c expects: a directory that has tree/ in it, to be mounted as the guest's root."""

        def make(path):
            tree = os.path.join(path, "root", "tree")
            os.makedirs(os.path.join(tree, "list"))
            source = random.Random(1)
            # With very many files, those after the first thousand share their bytes, and a file of the host
            # for each thousand (a file cannot have 100,000 links): the subject is look-up.
            for file in range(files):
                full = os.path.join(tree, guest_path(file))
                if file % 50 == 0:
                    os.makedirs(os.path.dirname(full))
                if file >= 1000 and file % 1000 != 0:
                    os.link(os.path.join(tree, guest_path(file - file % 1000)), full)
                    continue
                if file <= 1000:
                    contents = source.randbytes(SMALL_FILE)
                with open(full, "wb") as out:
                    out.write(contents)
            for entry in range(LISTED_ENTRIES):
                open(os.path.join(tree, "list", f"e{entry:06}.txt"), "wb").close()
            with open(os.path.join(tree, "large.bin"), "wb") as out:
                out.write(source.randbytes(large_size))

        return os.path.join(self.made(name, make), "root")


def floor_module(wat2wasm, source, contents, target):
    """floor.wat with this segment; `wat2wasm` assembles (text path, module path)."""
    with open(source) as file:
        text = file.read()
    mask = "(global $mask i32 (i32.const 65535))"
    if mask not in text or len(contents) & (len(contents) - 1) or len(contents) < 65536:
        raise ValueError("floor.wat has no $mask, or the size of the segment is not a power of two")
    with open(target + ".wat", "w") as file:
        file.write(text.replace(mask, f"(global $mask i32 (i32.const {len(contents) - 1}))"))
    wat2wasm(target + ".wat", target)
    with open(target, "rb") as file:
        module = wasm_sections.with_passive_segment(file.read(), contents, replace=True)
    with open(target, "wb") as file:
        file.write(module)


def floor_index_module(wat2wasm, source, packed, count, target):
    """floor_index.wat over the index of a packed module; `count` look-ups."""
    with open(packed, "rb") as file:
        module = file.read()
    index = index_segment(module)
    home_count, _, slots = struct.unpack_from("<3I", index, 28)
    nodes, = struct.unpack_from("<I", index, 24)
    strings, = struct.unpack_from("<I", index, 52)
    with open(source) as file:
        text = file.read()
    for name, kind, value in (("home_count", "i64", home_count), ("slots", "i32", slots), ("nodes", "i32", nodes),
                              ("strings", "i32", strings), ("count", "i32", count)):
        line = f"(global ${name} {kind} ({kind}.const 0))"
        if line not in text:
            raise ValueError(f"floor_index.wat has no ${name}")
        text = text.replace(line, f"(global ${name} {kind} ({kind}.const {value}))")
    with open(target + ".wat", "w") as file:
        file.write(text)
    wat2wasm(target + ".wat", target)
    with open(target, "rb") as file:
        module = wasm_sections.with_passive_segment(file.read(), index, replace=True)
    with open(target, "wb") as file:
        file.write(module)


def index_segment(module):
    """The bytes of a packed module's index."""
    for start, size in wasm_sections.passive_segments(module):
        if module[start:start + 8] == b"\0WASMVFS":
            return module[start:start + size]
    raise ValueError("no index in the packed module")


def all_calls_module(abi):
    """The text of a module that imports, and refers to, every call that the shim serves, by the list in abi.h."""
    types = {"uint32_t": "i32", "int32_t": "i32", "uint64_t": "i64", "int64_t": "i64"}
    calls = re.findall(r"^  CALL\((\w+),\s*\(([^)]*)\)\)", abi.replace("\\\n", "\n"), re.MULTILINE)
    lines = []
    for name, parameters in calls:
        given = "".join(" " + types[parameter.split()[0]] for parameter in parameters.split(",") if parameter.strip())
        lines.append(f'(import "wasi_snapshot_preview1" "{name}" (func ${name} (param{given}) (result i32)))')
    names = " ".join("$" + name for name, _ in calls)
    grow = '(func (export "grow") (result i32) (i32.add (memory.size) (memory.grow (i32.const 1))))'
    return "\n".join(["(module", *lines, '(memory (export "memory") 1)', f"(table funcref (elem {names}))",
                      '(func (export "_start"))', grow, ")"]) + "\n"


def counting_module(text):
    """A packed module's text with every memory.init counted: in the exported globals wasm_vfs_inits and
    wasm_vfs_bytes. The count is of the program, not of an engine."""
    out, segments = [], []
    for line in text.splitlines():
        word = line.split()
        if len(word) == 2 and word[0] == "memory.init":
            if word[1] not in segments:
                segments.append(word[1])
            line = line.replace(f"memory.init {word[1]}", f"call $counted_{word[1]}")
        out.append(line)
    while not out[-1].strip():
        out.pop()
    last = out.pop().rstrip()  # the module's closing parenthesis, perhaps after others
    if not last.endswith(")"):
        raise ValueError("the module's text does not end as expected")
    out.append(last[:-1])
    out.append('(global $inits (export "wasm_vfs_inits") (mut i32) (i32.const 0))')
    out.append('(global $bytes (export "wasm_vfs_bytes") (mut i32) (i32.const 0))')
    for segment in segments:
        out.append(f"(func $counted_{segment} (param i32 i32 i32)"
                   " (global.set $inits (i32.add (global.get $inits) (i32.const 1)))"
                   " (global.set $bytes (i32.add (global.get $bytes) (local.get 2)))"
                   f" (memory.init {segment} (local.get 0) (local.get 1) (local.get 2)))")
    out.append(")")
    return "\n".join(out) + "\n"
