# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A module packed with something it does not use behaves as before: output, exit code, files of the host's."""

import shutil

import pytest

import tree
from runtimes import RUNTIMES
from test_walk import WALKERS, grouped


@pytest.fixture(scope="session")
def packed_aside(tmp_path_factory, guest):
    """packed_aside(name) → the guest, packed with an unrelated directory at /unrelated."""
    from conftest import pack_module

    made = {}

    def get(name):
        if name not in made:
            folder = tmp_path_factory.mktemp("aside")
            (folder / "unrelated").mkdir()
            (folder / "unrelated" / "file").write_text("unrelated")
            made[name] = pack_module(guest(name), folder / "packed.wasm", "--dir", f"{folder}/unrelated::/unrelated")
        return made[name]

    return get


def lines_without_root(run):
    # What lies in / differs, as it should: the packed directory has come.
    return [line for line in run.lines if not line.startswith("root ")]


# A guest that fails unpacked too fails alike: Zig's asks more rights of a mount than Node gives.
@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("name", grouped(WALKERS))
def test_walk_of_a_mount(packed_aside, guest, tmp_path, name, runtime):
    tree.make(tmp_path / "data", "transparency")
    # A mount of its own name: /data. The walk's look at / then differs between languages, as do its messages.
    arguments = ["/data", tree.FIRST_LINE_FILE]
    before = RUNTIMES[runtime](guest(name), arguments, mounts={"/data": tmp_path / "data"})
    after = RUNTIMES[runtime](packed_aside(name), arguments, mounts={"/data": tmp_path / "data"})
    if before.code == 0:
        assert (lines_without_root(after), after.code) == (lines_without_root(before), 0), after.err
    elif before.lines and before.lines[0].startswith("digest"):
        # Unpacked there is no / to list, packed there is: as far as the unpacked one came, both say the same.
        common = [line for line in before.lines if not line.startswith(("FAIL", "root"))]
        assert after.lines[: len(common)] == common, after.err
    else:
        assert after.code == before.code, after.err


@pytest.mark.xdist_group("host_files")
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_host_files_are_written_as_before(packed_aside, guest, tmp_path, runtime):
    runs = []
    for module in (guest("host_files"), packed_aside("host_files")):
        shared = tmp_path / "shared"
        shared.mkdir()
        (shared / "given").write_text("given by the host")
        run = RUNTIMES[runtime](
            module, ["/shared", "one", "two words"], env={"GREETING": "hällo"}, mounts={"/shared": shared},
            stdin=b"line 1\nline 2\n", writable=True,
        )
        left = {path.relative_to(shared).as_posix(): path.read_bytes() for path in shared.rglob("*") if path.is_file()}
        runs.append((run.out, run.err, run.code, left))
        shutil.rmtree(shared)
    before, after = runs
    assert before[2] == 7 and before[3]["folder/moved"] == b"HELLO, ho", before
    assert after == before
