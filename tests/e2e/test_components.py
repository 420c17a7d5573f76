# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Components: packed as such, or made of packed modules, they read packed files in Wasmtime and, transpiled, in Node."""

import secrets
import shutil

import pytest

import tree
from components import componentize, jco, run_transpiled
from conftest import run_tool
from runtimes import run_wasmtime
from test_walk import grouped

# Rust as far as it runs unpacked: Debian's wasi-libc takes the pages that the adapter got by memory.grow for its heap, once
# that grows.
COMMANDS = ["walk_zigc", "walk_zig", "walk_rust"]
REACTORS = ["reactor_zigc", "reactor_zig", "reactor_rust"]


def run_component(component, *args, **options):
    return run_wasmtime(component, *args, component=True, **options)


def pack_component(component, out, *arguments):
    """Packs; that the result is valid is what Wasmtime says when it runs it, and jco when it transpiles it."""
    done = run_tool("pack", component, "-o", out, *arguments)
    assert done.returncode == 0, done.stderr
    return out


class PackedComponent:
    """A component of a guest, and what packing it with a tree, which exists no more, gives."""

    def __init__(self, folder, module, make):
        self.nonce = secrets.token_hex(8)
        tree.make(folder / "static", self.nonce, small=True)
        self.digest = tree.digest(folder / "static")
        mounts = ["--dir", f"{folder}/static::/static"]
        self.plain = make(module, folder / "plain.wasm")
        self.packed_after = pack_component(self.plain, folder / "packed_after.wasm", *mounts)
        module = pack_component(module, folder / "module.wasm", *mounts)
        self.packed_before = make(module, folder / "packed_before.wasm")
        shutil.rmtree(folder / "static")

    def check(self, run, root="static", grown=None):
        """`root`: what lies in /. `grown`: by how many MB the heap grew meanwhile."""
        expected = [self.digest, f"relative {self.nonce}", f"absolute {self.nonce}", f"root {root}", "missing ENOENT"]
        if grown is not None:
            expected.append(f"grown {grown}")
        assert (run.lines, run.code) == (expected, 0), run.err


@pytest.fixture(scope="session")
def packed_component(tmp_path_factory, guest):
    """packed_component(name, make) → a PackedComponent; made once."""
    made = {}

    def get(name, make=componentize):
        if name not in made:
            made[name] = PackedComponent(tmp_path_factory.mktemp(name), guest(name), make)
        return made[name]

    return get


@pytest.mark.parametrize("name", grouped(COMMANDS))
def test_command_in_wasmtime(packed_component, name):
    packed = packed_component(name)
    for component in (packed.packed_after, packed.packed_before):
        packed.check(run_component(component, ["/static", tree.FIRST_LINE_FILE]))


@pytest.mark.parametrize("name", grouped(COMMANDS))
def test_command_in_node(packed_component, name):
    packed = packed_component(name)
    packed.check(run_transpiled(packed.packed_after, ["/static", tree.FIRST_LINE_FILE]))


@pytest.mark.xdist_group("walk_zigc")
def test_command_beside_mounts(packed_component, tmp_path):
    """A mount beside the packed files: each is reached, and the mount reads as in the component that is not packed."""
    packed = packed_component("walk_zigc")
    tree.make(tmp_path / "data", "beside", small=True)
    mounts = {"/data": tmp_path / "data"}
    packed.check(run_component(packed.packed_after, ["/static", tree.FIRST_LINE_FILE], mounts=mounts))
    packed.check(run_transpiled(packed.packed_after, ["/static", tree.FIRST_LINE_FILE], mounts=mounts))
    before, after = (run_component(component, ["/data", tree.FIRST_LINE_FILE], mounts=mounts)
                     for component in (packed.plain, packed.packed_after))
    assert before.lines[0] == tree.digest(tmp_path / "data")
    lines = [[line for line in run.lines if not line.startswith(("root", "FAIL"))] for run in (before, after)]
    assert lines[1][: len(lines[0])] == lines[0], after.err


def test_allocator_that_runs_constructors(packed_component, tmp_path):
    """The adapter gets its own stack from the guest's cabi_realloc, which wasm-ld wraps so that it runs the constructors
    first, in which an old wasi-libc lists its preopens: so the first call of all comes from inside the adapter."""
    packed = packed_component("walk_cabi_c")
    (tmp_path / "data").mkdir()
    mounts = {"/data": tmp_path / "data"}
    packed.check(run_component(packed.packed_after, ["/static", tree.FIRST_LINE_FILE, "200"]), grown=200)
    for component in (packed.packed_after, packed.packed_before):
        packed.check(run_component(component, ["/static", tree.FIRST_LINE_FILE], mounts=mounts))


@pytest.mark.xdist_group("walk_zigc")
def test_packed_again_and_unpacked(packed_component, tmp_path):
    packed = packed_component("walk_zigc")
    back = tmp_path / "back.wasm"
    done = run_tool("unpack", packed.packed_after, "-o", back)
    assert done.returncode == 0, done.stderr
    assert (back.read_bytes() == packed.plain.read_bytes()) is True

    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    mounts = ["--dir", f"{tmp_path}/one::/one"], ["--dir", f"{tmp_path}/two::/two"]
    first = pack_component(packed.plain, tmp_path / "first.wasm", *mounts[0])
    layered = pack_component(first, tmp_path / "layered.wasm", *mounts[1])
    together = pack_component(packed.plain, tmp_path / "together.wasm", *mounts[0], *mounts[1])
    assert (layered.read_bytes() == together.read_bytes()) is True


@pytest.mark.xdist_group("walk_zigc")
def test_the_host_is_asked_for_nothing_new(packed_component):
    packed = packed_component("walk_zigc")
    before, after = (run_tool("inspect", "--imports", component) for component in (packed.plain, packed.packed_after))
    assert before.returncode == 0 and "wasi:filesystem/types@0.2" in before.stdout
    assert after.stdout == before.stdout


WORLD = "package local:guest; world guest { export digest: func() -> u32; export grow: func() -> u32; export check: func() -> u32; }"


def reactor(module, out):
    wit = out.with_suffix(".wit")
    wit.write_text(WORLD)
    embedded = out.with_suffix(".embedded.wasm")
    jco("embed", "--wit", wit, "--world-name", "guest", module, "-o", embedded)
    return componentize(embedded, out, "reactor")


@pytest.mark.parametrize("run", [run_component, run_transpiled], ids=["wasmtime", "node"])
@pytest.mark.parametrize("name", grouped(REACTORS))
def test_reactor(packed_component, name, run):
    packed = packed_component(name, reactor)
    crc = int(packed.digest.split()[1], 16)
    for component in (packed.packed_after, packed.packed_before):
        done = run(component, calls=["digest", "grow", "digest", "check"])
        assert (done.lines, done.code) == ([f"digest {crc}", "grow 64", f"digest {crc}", "check 1"], 0), done.err
