# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fixtures of the tests of packages and of what docs/ says: the packages, and the commands that examples call."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

import guests  # noqa: E402
from runtimes import BUILD, TOOLS  # noqa: E402

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
    out = BUILD / f"app-{os.getpid()}.wasm"
    out.parent.mkdir(parents=True, exist_ok=True)
    run("wat2wasm", "--enable-all", source, "-o", out)
    yield out
    out.unlink()


def snippets(document):
    """The code blocks of a page of docs/ that have a name after their language, by name."""
    text = (ROOT / "docs" / document).read_text()
    return dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="session")
def cat(tmp_path_factory):
    """The application of docs/examples, built from its source."""
    out = tmp_path_factory.mktemp("cat") / "app.wasm"
    run(*guests.CLANG, ROOT / "docs/examples/cat.c", "-o", out)
    return out


def make_static(folder, text="hello\n"):
    """A directory `static` as the application wants it."""
    (folder / "static" / "css").mkdir(parents=True)
    (folder / "static" / "index.html").write_text(text)
    (folder / "static" / "css" / "main.css").write_text("body {}\n")

