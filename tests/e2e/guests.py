# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds the guest programs of testdata/guests, once for each state of their sources and tools."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from runtimes import BUILD, NODE, ROOT, TOOLS

SOURCES = ROOT / "testdata" / "guests"

CLANG = ["clang-19", "--target=wasm32-wasi", "--sysroot=/usr", "-O2", "-Wall", "-Wextra", "-Werror"]
ZIG = [sys.executable, "-m", "ziglang"]
ZIG_CC = [*ZIG, "cc", "--target=wasm32-wasi", "-O2"]
GO = [str(TOOLS / "bin" / "go"), "build", "-trimpath"]
ASC = [str(NODE), str(TOOLS / "node_modules" / "assemblyscript" / "bin" / "asc.js"), "-O2", "--use", "abort="]
# Debian's rustc by its full path: a rustup one without the WASI library may come first in PATH. Its wasm-ld does not
# warn about the metadata in Rust's archives, newer ones do.
RUST = ["/usr/bin/rustc", "--edition", "2021", "-O", "-C", "codegen-units=1", "-C", "linker=wasm-ld-19",
        "-C", "link-arg=--no-fatal-warnings"]


def rust_target():
    """wasm32-wasi until Rust 1.83, wasm32-wasip1 since."""
    known = subprocess.run(["/usr/bin/rustc", "--print", "target-list"], capture_output=True, text=True).stdout.split()
    return "wasm32-wasi" if "wasm32-wasi" in known else "wasm32-wasip1"


def c(source, *flags):
    return [*CLANG, *flags, "-o", "{out}", source]


def zig_cc(source, *flags):
    return [*ZIG_CC, *flags, "-o", "{out}", source]


REACTOR = ["-mexec-model=reactor"]

# name: command; {out} is the module to make, a bare file name a source.
RECIPES = {
    "walk_c": lambda: c("walk.c"),
    "walk_zigc": lambda: zig_cc("walk.c"),
    "walk_zig": lambda: [*ZIG, "build-exe", "-target", "wasm32-wasi", "-O", "ReleaseSmall", "-femit-bin={out}", "walk.zig"],
    "walk_go": lambda: [*GO, "-o", "{out}", "walk.go"],
    "walk_rust": lambda: [*RUST, "--target", rust_target(), "-o", "{out}", "walk.rs"],
    "walk_bump": lambda: c("walk.c", "bump_malloc.c"),
    "walk_small": lambda: c("walk.c", "-Wl,--initial-memory=1048576,--max-memory=33554432"),
    "walk_imported": lambda: c("walk.c", "-Wl,--import-memory,--export-memory,--initial-memory=1048576,--max-memory=1073741824"),
    "walk_cabi": lambda: zig_cc("walk.c", "cabi_realloc.c", "-Wl,--export=cabi_realloc"),
    "walk_cabi_c": lambda: c("walk.c", "cabi_realloc.c", "-Wl,--export=cabi_realloc"),
    "reactor_zigc": lambda: zig_cc("reactor.c", *REACTOR),
    "reactor_c": lambda: c("reactor.c", *REACTOR),
    "reactor_zig": lambda: [*ZIG, "build-exe", "-target", "wasm32-wasi", *REACTOR, "-fno-entry", "-rdynamic", "-O", "ReleaseSmall",
                            "-femit-bin={out}", "reactor.zig"],
    "reactor_rust": lambda: [*RUST, "--target", rust_target(), "--crate-type", "cdylib", "-o", "{out}", "reactor.rs"],
    "open_many": lambda: c("open_many.c"),
    "host_files": lambda: c("host_files.c"),
    "files_c": lambda: c("files.c"),
    "files_go": lambda: [*GO, "-o", "{out}", "files.go"],
    "files_rust": lambda: [*RUST, "--target", rust_target(), "-o", "{out}", "files.rs"],
    "files_zig": lambda: [*ZIG, "build-exe", "-target", "wasm32-wasi", "-O", "ReleaseSmall", "-femit-bin={out}", "files.zig"],
    "program_c": lambda: c("program.c"),
    "sockets_c": lambda: c("sockets.c"),
    "program_go": lambda: [*GO, "-o", "{out}", "program.go"],
    "hash_map_rust": lambda: [*RUST, "--target", rust_target(), "-o", "{out}", "hash_map.rs"],
    "silent_c": lambda: c("silent.c", *REACTOR),
    "unstable_c": lambda: c("unstable.c", "-nostdlib", "-fno-builtin"),
    "walk_as": lambda: [*ASC, "-o", "{out}", "walk.ts"],
}


def build(name):
    """The path of a guest's module, built if its source or its command has changed."""
    command = RECIPES[name]()
    key = hashlib.sha256(repr(command).encode())
    for index, part in enumerate(command):
        if (SOURCES / part).is_file() and "/" not in part:
            # What it includes is of the same language.
            for source in sorted(SOURCES.glob("*" + Path(part).suffix)):
                key.update(source.read_bytes())
            command[index] = str(SOURCES / part)
    folder = BUILD / "guests"
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / f"{name}-{key.hexdigest()[:12]}.wasm"
    if not out.exists():
        temporary = out.with_suffix(f".{os.getpid()}.wasm")
        command = [part.replace("{out}", str(temporary)) for part in command]
        environment = {
            **os.environ, "GOOS": "wasip1", "GOARCH": "wasm", "GOFLAGS": "", "GOTOOLCHAIN": "local",
            "ZIG_GLOBAL_CACHE_DIR": str(BUILD / "zig-cache"), "ZIG_LOCAL_CACHE_DIR": str(BUILD / "zig-cache"),
        }
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, timeout=600)
        if done.returncode:
            raise RuntimeError(f"{name} does not build: {' '.join(command)}\n{done.stdout}{done.stderr}")
        temporary.rename(out)
    return out
