# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The conformance guests: how each is built, what cases it has, and what is recorded of the runtimes."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import fixtures  # noqa: E402
import runs  # noqa: E402
from guests import ASC, CLANG, RUST, rust_target  # noqa: E402
from runtimes import BUILD  # noqa: E402

WASM_VFS = Path(os.environ.get("WASM_VFS", ROOT / "build/ci/tools/wasm-vfs/wasm-vfs")).resolve()

SOURCES = ROOT / "testdata" / "conformance"
RECORD = HERE / "recorded.json"

# The order of the cases: faults.c ends the run.
C_SOURCES = ["harness.c", "reading.c", "writing.c", "directories.c", "lookups.c", "changes.c", "descriptors.c",
             "process.c", "faults.c"]
GUESTS = {
    "c": [*CLANG, "-mbulk-memory", "-nostartfiles", "-o", "{out}", *C_SOURCES],
    "rust": [*RUST, "--target", rust_target(), "-o", "{out}", "conformance.rs"],
    "as": [*ASC, "-o", "{out}", "conformance.ts"],
}
RUNTIMES = ["wasmtime", "node20", "node24", "wazero"]

# Languages, where they are named.
LANGUAGES = {"rust": "Rust", "as": "AssemblyScript"}

# Cases that do not pass with their directories packed, in which runtime ("" is all), and why.
ACCEPTED = {
    ("fd_read BADF opened_without_the_right", ""): "as in Wasmtime, rights are not kept apart: what is open can be read",
    ("path_open ISDIR for_writing_in_a_read_only_tree", ""): "docs/filesystem.md, C12",
    ("poll_oneoff ready_to_read before_a_clock", "wazero"):
        "wazero says of every clock that it has run out, when another one has",
}


def build(guest):
    """The path of a guest's module, built if a source or its command has changed."""
    key = hashlib.sha256(repr(GUESTS[guest]).encode())
    for source in sorted(SOURCES.iterdir()):
        key.update(source.read_bytes())
    out = BUILD / "guests" / f"conformance_{guest}-{key.hexdigest()[:12]}.wasm"
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = out.with_suffix(".new.wasm")
        command = [part.replace("{out}", str(temporary)) for part in GUESTS[guest]]
        done = subprocess.run(command, capture_output=True, text=True, cwd=SOURCES)
        if done.returncode:
            raise RuntimeError(f"{guest} does not build: {' '.join(command)}\n{done.stdout}{done.stderr}")
        temporary.rename(out)
    return out


def pack(module, mounts, out):
    """Packs `mounts`, {guest: host}, with the files' own times."""
    command = [WASM_VFS, "pack", "-q", module, "--preserve-mtime", "-o", out]
    for guest, host in mounts.items():
        command += ["--dir", f"{host}::{guest}"]
    subprocess.run(list(map(str, command)), check=True)
    return out


def recorded():
    """{guest: {runtime: {case: result}}}, the cases that did not pass unpacked when `table --record` ran."""
    return json.loads(RECORD.read_text()) if RECORD.exists() else {}


def hanging(guest, runtime):
    """The cases that never end in a runtime: they are not run again."""
    return [case for case, result in recorded().get(guest, {}).get(runtime, {}).items() if runs.HUNG in result]


class Files:
    """The directories of one run. Those in `without` are not mounted."""

    def __init__(self, folder):
        self.folder = Path(folder)
        for name in ("tree", "refused"):
            (self.folder / name).mkdir(parents=True)
            fixtures.make_tree(self.folder / name)
        for name in ("scratch", "spare"):
            (self.folder / name).mkdir()

    def mounts(self, without=()):
        return {f"/{name}": (self.folder / name, name in ("scratch", "spare"))
                for name in ("scratch", "spare", "tree", "refused") if name not in without}
