# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fixtures of the tests of packages and of what docs/ says: the packages, and the commands that examples call."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from runtimes import TOOLS  # noqa: E402

WASM_VFS = Path(os.environ.get("WASM_VFS", ROOT / "build/ci/tools/wasm-vfs/wasm-vfs")).resolve()


def run(*command, code=0, **options):
    """Runs a command; its standard output. Fails the test, with all that it printed, unless it ends with `code`."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


class Packages:
    def __init__(self, folder):
        self.folder = folder
        self.deb = self._only("*.deb")
        self.archive = self._only("*.tar.gz")
        self.npm = self._only("*.tgz")
        self.wheel = self._only("*.whl")

    def _only(self, pattern):
        found = list(self.folder.glob(pattern))
        assert len(found) == 1, f"{pattern}: {found}"
        return found[0]

    @property
    def tree(self):
        """The unpacked archive."""
        return self.folder / "tree" / self.archive.name.removesuffix(".tar.gz")


@pytest.fixture(scope="session")
def packages(tmp_path_factory, worker_id):
    """All packages of the build under test; made once, whatever the number of workers."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    folder = shared / "packages"
    with open(shared / "packages.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = shared / "packages.new"
            run(ROOT / "tools" / "package", "--build", WASM_VFS.parents[2], "--output", making)
            (making / "tree").mkdir()
            shutil.unpack_archive(next(making.glob("*.tar.gz")), making / "tree")
            making.rename(folder)
    return Packages(folder)


@pytest.fixture(scope="session")
def app():
    """A module that prints /static/index.html, and what it imports."""
    source = ROOT / "tests" / "cli" / "modules" / "app.wat"
    out = ROOT / "build" / "e2e" / f"app-{os.getpid()}.wasm"
    out.parent.mkdir(parents=True, exist_ok=True)
    run("wat2wasm", "--enable-all", source, "-o", out)
    yield out
    out.unlink()


def make_static(folder, text="hello\n"):
    """A directory `static` as the application wants it."""
    (folder / "static" / "css").mkdir(parents=True)
    (folder / "static" / "index.html").write_text(text)
    (folder / "static" / "css" / "main.css").write_text("body {}\n")


@pytest.fixture
def environment(packages, tmp_path):
    """The environment of someone who has the archive and the tools of the examples in PATH, and no other wasm-vfs."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    go = TOOLS / "bin" / "go"
    if go.exists():
        (bin_folder / "go").symlink_to(go)
    return {**os.environ, "PATH": f"{packages.tree}/bin:{bin_folder}:{os.environ['PATH']}",
            "CMAKE_PREFIX_PATH": str(packages.tree), "SOURCE_DATE_EPOCH": "1000000000"}
