# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What pack writes: valid, the same bytes every time, and still working after other tools had their way with it."""

import hashlib
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

import tree
from components import componentize
from conftest import WASM_VFS, pack_module, run_tool
from runtimes import RUNTIMES, run_node, run_wasmtime
from test_walk import WALKERS, grouped


def sha(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def copy_in_another_order(source, target):
    """The same tree, its files made in another order, with other modes' group bits and other times."""
    paths = sorted(path for path in source.rglob("*"))
    directories = [path for path in paths if path.is_dir() and not path.is_symlink()]
    others = [path for path in paths if path not in directories]
    random.Random(7).shuffle(others)
    target.mkdir(parents=True)
    for path in directories:
        (target / path.relative_to(source)).mkdir(parents=True, exist_ok=True)
    for path in others:
        copy = target / path.relative_to(source)
        if path.is_symlink():
            copy.symlink_to(os.readlink(path))
        else:
            copy.write_bytes(path.read_bytes())
            if os.access(path, os.X_OK) and path.stat().st_mode & 0o100:
                copy.chmod(0o700)
            os.utime(copy, (1_000_000, 2_000_000))


def test_the_same_input_gives_the_same_bytes(guest, tmp_path):
    module = guest("walk_c")
    first = tmp_path / "one" / "static"
    tree.make(first, "determinism")
    second = tmp_path / "quite" / "another" / "place" / "static"
    copy_in_another_order(first, second)
    assert tree.digest(first) == tree.digest(second)

    def pack_in(folder, name, umask=0o022, **environment):
        out = folder / name
        clean = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
        old = os.umask(umask)
        try:
            done = run_tool("pack", module, "--dir", "static", "-o", out, cwd=folder, env={**clean, **environment})
        finally:
            os.umask(old)
        assert done.returncode == 0, done.stderr
        return sha(out)

    results = {
        "plain": pack_in(first.parent, "a.wasm"),
        "again": pack_in(first.parent, "b.wasm"),
        "another directory": pack_in(second.parent, "c.wasm"),
        "another umask": pack_in(second.parent, "d.wasm", umask=0o077),
        "another locale": pack_in(second.parent, "e.wasm", LC_ALL="tr_TR.UTF-8", LANG="de_DE.UTF-8", TZ="Asia/Tokyo"),
        "another home": pack_in(second.parent, "f.wasm", HOME="/nonexistent", USER="someone", TMPDIR=str(tmp_path)),
    }
    assert len(set(results.values())) == 1, results


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_another_user_gets_the_same_bytes(guest, tmp_path):
    module = guest("walk_c")
    tree.make(tmp_path / "static", "user")
    ours = tmp_path / "ours.wasm"
    pack_module(module, ours, "--dir", f"{tmp_path}/static::/static")
    # In a place that anyone can read and write, since the test's own directory is root's.
    public = Path("/tmp") / f"wasm-vfs-e2e-{os.getpid()}"
    shutil.copytree(tmp_path / "static", public / "static", symlinks=True)
    shutil.copy(module, public / "app.wasm")
    shutil.copy(WASM_VFS, public / "wasm-vfs")
    try:
        for path in [public, *public.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o777 if path.is_dir() else 0o044))
        done = subprocess.run(
            [public / "wasm-vfs", "pack", "app.wasm", "--dir", "static", "-o", "theirs.wasm"],
            cwd=public, user=65534, group=65534, extra_groups=[], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert sha(public / "theirs.wasm") == sha(ours)
    finally:
        shutil.rmtree(public)


# Binaryen 108 takes passive segments that are larger than the initial memory for an error; a small tree's are not. Not
# walk_zigc: that Binaryen cannot read its DWARF 5.
@pytest.mark.parametrize("name", grouped(["walk_c", "walk_zig", "walk_go", "walk_rust", "walk_as"]))
def test_binaryen_finds_it_valid(packed_tree, name, tmp_path):
    packed = packed_tree(name, small=True)
    done = subprocess.run(["wasm-opt", "--all-features", packed.module, "-o", tmp_path / "out.wasm"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# Not walk_zigc as above, and not Go, whose modules take Binaryen a minute.
@pytest.mark.parametrize("name", grouped(["walk_c", "walk_zig", "walk_rust", "walk_as"]))
def test_works_after_wasm_opt(packed_tree, name, tmp_path):
    packed = packed_tree(name, small=True)
    done = subprocess.run(
        ["wasm-opt", "-O2", "--enable-bulk-memory", "--enable-sign-ext", "--enable-mutable-globals",
         "--enable-nontrapping-float-to-int", packed.module, "-o", tmp_path / "out.wasm"],
        capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for runtime in ("node24", "wasmtime"):
        packed.check(RUNTIMES[runtime](tmp_path / "out.wasm", ["/static", tree.FIRST_LINE_FILE, 64]), grown=64)


@pytest.mark.parametrize("name", grouped(WALKERS))
def test_works_after_wasm_strip(packed_tree, name, tmp_path):
    packed = packed_tree(name)
    stripped = tmp_path / "stripped.wasm"
    shutil.copy(packed.module, stripped)
    subprocess.run(["wasm-strip", stripped], check=True)
    assert stripped.stat().st_size < packed.module.stat().st_size
    packed.check(run_node(stripped, ["/static", tree.FIRST_LINE_FILE, 64]), grown=64)


# Not Debian's wasi-libc and Rust: their allocator takes the page that the adapter got by memory.grow, packed or not.
@pytest.mark.parametrize("name", grouped(["walk_zigc", "walk_cabi"]))
def test_works_as_a_component(packed_tree, name, tmp_path):
    """The adapter of a component allocates in the guest's memory, by its cabi_realloc or by memory.grow, in the middle of
    a host call: with walk_cabi the heap grows while a function of the shim waits for the host."""
    packed = packed_tree(name)
    component = componentize(packed.module, tmp_path / "component.wasm")
    packed.check(run_wasmtime(component, ["/static", tree.FIRST_LINE_FILE, 200], component=True), grown=200)
