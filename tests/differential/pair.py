# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The guest beside itself: over a mounted tree, and with the same tree packed."""

import os
import subprocess
from pathlib import Path

import trees
from compare import Comparison, for_reference
from hosts import ROOT, Node, Wasmtime, answers, answers_past_traps, build_guest


def wasm_vfs():
    """The command under test."""
    named = os.environ.get("WASM_VFS")
    found = [Path(named)] if named else sorted(
        ROOT.glob("build/*/tools/wasm-vfs/wasm-vfs"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise RuntimeError("wasm-vfs is not built; set WASM_VFS to the command")
    return found[-1]


def compression(chunk_size):
    """The options that compress trees.texts() in chunks of this size, but for a part."""
    return ["--compress=3", "--chunk-size", chunk_size, "--no-compress", "raw/"]


def pack(module, mounts, out, options=()):
    """Packs `mounts`, {guest: host}, with the files' own times."""
    command = [str(wasm_vfs()), "pack", "-q", str(module), "--preserve-mtime", "-o", str(out), *options]
    for guest, host in mounts.items():
        command += ["--dir", f"{host}::{guest}"]
    subprocess.run(command, check=True)
    return out


class Pair:
    """Mounted and packed, in Wasmtime."""

    def __init__(self, folder, make_tree=trees.small, options=(), guest=None):
        self.folder = Path(folder)
        self.root = self.folder / "root"
        if not self.root.exists():
            make_tree(self.root)
        self.guest = guest or build_guest(self.folder)
        self.packed_module = pack(self.guest, {"/": self.root}, self.folder / "packed.wasm", options)
        self.mounted = Wasmtime(self.guest, {"/": self.root})
        self.packed = Wasmtime(self.packed_module)

    def compare(self, script, packed_answers=None):
        packed = packed_answers or answers(self.packed.run(script))
        reference = answers_past_traps(self.mounted, for_reference(script, packed))
        return Comparison(script, reference, packed, self.root)

    def differs(self, script):
        return bool(self.compare(script).differences)

    def packed_in_node_text(self, script):
        return Node(self.packed_module).run(script)

    def packed_in_node(self, scripts, version=24):
        return [answers(output) for output in Node(self.packed_module, version=version).run_many(scripts)]
