# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A Spin application, packed by `wasm-vfs spin`: each component sees without any mount what Spin would mount for it.

What Spin mounts is worked out here a second time, by copying files as its loader does (crates/loader/src/local.rs), with
Python's glob and regular expressions in place of Rust's glob crate."""

import glob
import re
import secrets
import shutil
import tomllib
from pathlib import Path

import pytest

import tree
from conftest import run_tool
from runtimes import RUNTIMES, run_wasmtime
from test_output import componentize

# One worker for all, so that the application is made once.
pytestmark = pytest.mark.xdist_group("spin")

BOTH = "b/same in both.txt"

MANIFEST = '''\
# A comment that stays.\r
spin_manifest_version = 2\r
[application]\r
name = "n\u00e4me" # and this one\r
[[trigger.http]]\r
component = "web"\r
[[trigger.http]]\r
route = "/inline"\r
component = { files = [{ source = "static", destination = "/" }], source = 'target/walk.wasm' }\r
\r
[component.web]\r
  source    = "target/walk.wasm"  # a module\r
  files = [ # of all kinds\r
    "static/*", "static/**/deep/*.txt", "single.txt", # "not/*",\r
    { source = "static/b", destination = "/placed/here" },\r
    { destination = "renamed.bin", source = "static/random.bin" },\r
    "./hidden/.*", "[x-z]?[!0].t[x]t",\r
  ]\r
  exclude_files = ["**/*.bak", "static/b/d*", "single.txt"]\r
environment = { NAME = "value" }\r
[component]\r
mail = { source = "target/other.wasm", files = ["static/b/**/*"], build.command = "make" }\r
[component.plain]\r
source = "target/walk.wasm"\r
exclude_files = ["stays"]\r
'''


def spin_excludes(pattern):
    """A pattern of exclude_files, as a predicate. `*` takes slashes too."""
    regex, i = "", 0
    while i < len(pattern):
        if pattern.startswith("**/", i):
            regex, i = regex + "(?:.*/)?", i + 3
        else:
            regex, i = regex + {"*": ".*", "?": "."}.get(pattern[i], re.escape(pattern[i])), i + 1
    return lambda path: re.fullmatch(regex, path, re.DOTALL) is not None


def spin_mounts(app, component, out):
    """Makes the directory that Spin would mount at / of a component."""
    excluded = [spin_excludes(pattern) for pattern in component.get("exclude_files", [])]

    def copy(source, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)

    def copy_all(paths, base, target):
        target.mkdir(parents=True, exist_ok=True)
        for path in map(Path, paths):
            relative = path.relative_to(app)
            if path.is_file() and not any(matches(str(relative)) for matches in excluded):
                copy(path, target / path.relative_to(base))

    def below(directory):
        return glob.glob(f"{glob.escape(str(directory))}/**/*", recursive=True, include_hidden=True)

    for entry in component["files"]:
        if isinstance(entry, dict):
            source, target = app / entry["source"], out / entry["destination"].lstrip("/")
            if source.is_dir():
                copy_all(below(source), source, target)
            else:
                copy(source, target)
        elif (app / entry).is_file():
            copy(app / entry, out / entry)
        elif (app / entry).is_dir():
            copy_all(below(app / entry), app, out / entry)
        else:
            found = glob.glob(f"{glob.escape(str(app))}/{entry}", recursive=True, include_hidden=True)
            copy_all(map(Path, found), app, out)


@pytest.fixture(scope="module")
def application(tmp_path_factory, guest):
    """An application of two components, a module and a component, and one written into a trigger; and what wasm-vfs made
    of it, when its sources are gone. (manifest before, output directory, {id: directory that Spin would mount})"""
    folder = tmp_path_factory.mktemp("spin")
    app = folder / "app [1]"
    nonce = secrets.token_hex(8)
    tree.make(app / "static", nonce, small=True)
    for path in (app / "static").rglob("*"):
        if path.is_symlink():  # Spin follows them; one that loops or leads nowhere is not copied
            path.unlink()
    for path, text in {
        "static/random.bin": nonce * 9, "static/b/deep/one.txt": nonce, "static/b/deep/er/two.txt": "2",
        "static/old.bak": "x", f"static/{BOTH}": "same " * 99, "single.txt": "single", "hidden/.dot": ".",
        "hidden/visible": "v", "y\u00e9a.txt": "utf-8", "y\u00e90.txt": "not this",
    }.items():
        (app / path).parent.mkdir(parents=True, exist_ok=True)
        (app / path).write_text(text)
    (app / "static" / "to-deep").symlink_to("b/deep", target_is_directory=True)
    (app / "static" / "link.txt").symlink_to("../single.txt")
    (app / "target").mkdir()
    shutil.copy(guest("walk_c"), app / "target" / "walk.wasm")
    componentize(guest("walk_zigc"), app / "target" / "other.wasm")
    (app / "spin.toml").write_bytes(MANIFEST.encode())

    before = tomllib.loads(MANIFEST.replace("\r\n", "\n"))
    components = {**before["component"], "http-trigger2-component": before["trigger"]["http"][1]["component"]}
    mounts = {}
    for name, component in components.items():
        if "files" in component:
            mounts[name] = folder / f"mount-{name}"
            mounts[name].mkdir()
            spin_mounts(app, component, mounts[name])

    done = run_tool("spin", app / "spin.toml", "-o", folder / "out")
    assert done.returncode == 0, done.stderr
    shutil.rmtree(app)
    return before, folder / "out", mounts


def test_the_manifest_loses_its_files_and_nothing_else(application):
    before, out, _ = application
    text = (out / "spin.toml").read_bytes().decode()
    after = tomllib.loads(text.replace("\r\n", "\n"))

    web, mail = before["component"]["web"], before["component"]["mail"]
    inline = before["trigger"]["http"][1]["component"]
    expected = {**before, "component": {**before["component"]}, "trigger": {"http": [*before["trigger"]["http"]]}}
    for component in (web, mail, inline):
        assert component["files"]
    expected["component"]["web"] = {"source": "web.packed.wasm", "environment": web["environment"]}
    expected["component"]["mail"] = {"source": "mail.packed.wasm", "build": mail["build"]}
    expected["trigger"]["http"][1] = {"route": "/inline", "component": {"source": "http-trigger2-component.packed.wasm"}}
    assert after == expected

    cut = re.sub(r"  files = \[.*?\n  \]\r\n  exclude_files.*?\n", "", MANIFEST, flags=re.DOTALL)
    cut = cut.replace('"target/walk.wasm"  #', '"web.packed.wasm"  #').replace('"target/other.wasm"', '"mail.packed.wasm"')
    cut = cut.replace("files = [{ source = \"static\", destination = \"/\" }], source = 'target/walk.wasm'",
                      'source = "http-trigger2-component.packed.wasm"')
    assert text == cut.replace(', files = ["static/b/**/*"]', "")


def test_each_component_sees_what_spin_would_mount(application):
    _, out, mounts = application
    sources = {"web": "web.packed.wasm", "mail": "mail.packed.wasm",
               "http-trigger2-component": "http-trigger2-component.packed.wasm"}
    assert set(mounts) == set(sources)
    for name, mount in mounts.items():
        files = sorted(str(path.relative_to(mount)) for path in mount.rglob("*") if path.is_file())
        assert len(files) >= 3, name
        digest = tree.digest(mount)
        shutil.rmtree(mount)
        run = run_wasmtime(out / sources[name], [".", files[0]], component=name == "mail")
        assert (run.lines[0], run.code) == (digest, 0), f"{name}: {run.err}"


def test_other_sources_come_along(application, guest):
    _, out, _ = application
    assert (out / "target" / "walk.wasm").read_bytes() == guest("walk_c").read_bytes()
    assert sorted(path.name for path in out.iterdir()) == [
        "http-trigger2-component.packed.wasm", "mail.packed.wasm", "spin.toml", "target", "web.packed.wasm"]


def test_an_application_of_version_1(tmp_path, guest):
    nonce = secrets.token_hex(8)
    (tmp_path / "app" / "assets" / "sub").mkdir(parents=True)
    (tmp_path / "app" / "assets" / "sub" / "file.txt").write_text(nonce)
    shutil.copy(guest("walk_c"), tmp_path / "app" / "walk.wasm")
    (tmp_path / "app" / "spin.toml").write_text(
        'spin_version = "1"\nname = "n"\ntrigger = { type = "http" }\n[[component]]\nid = "one"\nsource = "walk.wasm"\n'
        'files = ["assets/*", { source = "assets", destination = "/there" }]\n[component.trigger]\nroute = "/"\n')
    done = run_tool("spin", "spin.toml", "-o", "../out", cwd=tmp_path / "app")
    assert done.returncode == 0, done.stderr
    component = tomllib.loads((tmp_path / "app" / "spin.toml").read_text())["component"][0]
    spin_mounts(tmp_path / "app", component, tmp_path / "mount")
    digest = tree.digest(tmp_path / "mount")
    shutil.rmtree(tmp_path / "app")

    after = tomllib.loads((tmp_path / "out" / "spin.toml").read_text())["component"]
    assert after == [{"id": "one", "source": "one.packed.wasm", "trigger": {"route": "/"}}]
    run = RUNTIMES["node24"](tmp_path / "out" / "one.packed.wasm", [".", "there/sub/file.txt"])
    assert run.lines[:3] == [digest, f"relative {nonce}", f"absolute {nonce}"], run.err
