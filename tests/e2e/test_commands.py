# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The commands that look into packed modules, on interpreters with a tree of several hundred files."""

import json
import shutil
import sysconfig
from pathlib import Path

import pytest

from conftest import run_tool
from test_interpreters import PYTHON, RUBY


def entries_of(root):
    """path → what is to come out of a packed tree: kind, executable bit, bytes or target."""
    entries = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            entries[name] = ("symlink", False, path.readlink())
        elif path.is_dir():
            entries[name] = ("directory", False, None)
        else:
            entries[name] = ("file", bool(path.stat().st_mode & 0o100), path.read_bytes())
    return entries


def done(*arguments, code=0):
    run = run_tool(*arguments)
    assert run.returncode == code, f"{run.args}\n{run.stdout[-2000:]}\n{run.stderr}"
    return run.stdout


@pytest.fixture
def library(tmp_path):
    """A part of this Python's own library, with links, executables and equal files added."""
    source = Path(sysconfig.get_path("stdlib"))
    root = tmp_path / "lib"
    for part in ("json", "email", "encodings", "importlib", "xml"):
        shutil.copytree(source / part, root / part, ignore=shutil.ignore_patterns("__pycache__"), symlinks=False)
    (root / "run").write_text("#!/bin/sh\n")
    (root / "run").chmod(0o755)
    (root / "current").symlink_to("json")
    (root / "json/link.py").symlink_to("../email/charset.py")
    (root / "empty").mkdir()
    shutil.copy(root / "json/decoder.py", root / "same.py")
    return root


@pytest.mark.parametrize("module", [PYTHON, RUBY / "ruby.wasm"], ids=lambda path: Path(path).name)
def test_commands_on_an_interpreter(tmp_path, library, module):
    packed, changed, back = tmp_path / "a.wasm", tmp_path / "b.wasm", tmp_path / "back.wasm"
    mount = f"{library}::/usr/lib/app"
    done("pack", module, "--dir", mount, "-o", packed, "-q")
    entries = entries_of(library)

    listed = json.loads(done("ls", "-R", "--json", packed, "/usr/lib/app"))["entries"]
    assert {entry["path"].removeprefix("/usr/lib/app/"): entry["kind"] for entry in listed} == \
        {name: entry[0] for name, entry in entries.items()}
    assert done("cat", packed, "/usr/lib/app/current/decoder.py") == (library / "same.py").read_text()

    done("verify", packed)
    done("verify", packed, "--against", mount)
    done("extract", packed, "-o", tmp_path / "out", "-q")
    assert (entries_of(tmp_path / "out/usr/lib/app") == entries) is True

    (library / "new").write_text("")
    (library / "run").chmod(0o644)
    (library / "same.py").unlink()
    done("verify", packed, "--against", mount, code=1)
    done("pack", module, "--dir", mount, "-o", changed, "-q")
    assert done("diff", packed, packed) == ""
    assert done("diff", packed, changed, code=1) == (
        "added\t/usr/lib/app/new\t-\nchanged\t/usr/lib/app/run\texecutable bit\nremoved\t/usr/lib/app/same.py\t-\n")

    done("unpack", packed, "-o", back, "-q")
    assert (back.read_bytes() == Path(module).read_bytes()) is True
