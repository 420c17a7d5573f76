# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Packed files beside the host's: each rule of docs/filesystem.md, in four languages and three runtimes. The guest
(testdata/guests/files.*) does a list of operations; what it must say comes from the model in mounts.py."""

import copy
import shutil

import pytest

from conftest import pack_module
from mounts import NO_PREOPEN, NOENT, NOTDIR, ROFS, Preopen, World, make, read
from runtimes import run_node, run_wasmtime, run_wazero

RUNTIMES = {"wasmtime": run_wasmtime, "node24": run_node, "wazero": run_wazero}
LANGUAGES = ["c", "go", "rust", "zig"]

STATIC = {"p.txt": "packed", "both.txt": "ours", "sub": {"deep.txt": "deep", "empty": {}}, "file": "a file of ours"}
THEIRS = {"h.txt": "host", "both.txt": "theirs", "sub": {"hdeep.txt": "host deep"}, "own": {"o.txt": "only the host's"},
          "file": {"hidden.txt": "behind a file"}}

# What is packed: mount → tree.
PACKED = {
    "mounts": {"/static": STATIC, "/opt/data": {"d.txt": "data"}},
    "nested": {"/app": {"a.txt": "app", "data": {"lower.txt": "lower", "both.txt": "lower"}},
               "/app/data": {"upper.txt": "upper", "both.txt": "upper"}},
    "root": {"/": {"static": STATIC, "top.txt": "top"}},
}

# The host's preopens. What lies in them is its own copy for every run.
HOSTS = {
    "none": {},
    "root": {"/": {"static": THEIRS, "static2": {"x.txt": "sibling"}, "opt": {"other.txt": "other"}, "top.txt": "host top",
                   "app": {"data": {"h.txt": "host"}, "h.txt": "host"}}},
    "dot": {".": {"static": THEIRS, "h.txt": "host", "app": {"h.txt": "host"}}},
    "same": {"/static": THEIRS},
    "all": {"/static": THEIRS, "/opt/data": {"h.txt": "host"}, "/app": {"h.txt": "host", "data": {"h.txt": "host"}}},
    "ancestor": {"/opt": {"other.txt": "other", "data": {"h.txt": "host"}}},
    "unrelated": {"/work": {"w.txt": "work", "static": {"no.txt": "not ours"}}},
    "sibling": {"/static2": {"x.txt": "sibling"}},
    "inside": {"/static/sub": {"h.txt": "host"}, "/app/data": {"h.txt": "host", "both.txt": "host"}},
    "relative": {"static": THEIRS},
    "several": {"/work": {"w.txt": "work"}, "/static/sub": {"h.txt": "host"}, "/": {"static": THEIRS, "h.txt": "host"}},
}


def packed_tree(name):
    """All that is packed, from the guest's root on: a later mount lies on top, path by path."""
    root = {}

    def lay(node, tree):
        for key, value in tree.items():
            if isinstance(value, dict):
                below = node.setdefault(key, {})
                if not isinstance(below, dict):
                    below = node[key] = {}
                lay(below, value)
            else:
                node[key] = value

    for mount, tree in PACKED[name].items():
        node = root
        for part in mount.strip("/").split("/"):
            node = node.setdefault(part, {}) if part else node
        lay(node, tree)
    return root


def paths_in(tree, below=""):
    for name, node in tree.items():
        yield f"{below}/{name}", node
        if isinstance(node, dict):
            yield from paths_in(node, f"{below}/{name}")


def looks(world):
    """Every directory is listed and every file read that either side has, by absolute and by relative paths; and paths that
    do not exist, or go through files."""
    known = dict(paths_in(world.packed))
    for preopen in world.host:
        place = "".join("/" + part for part in preopen.place)
        known.update({place or "/": {}, **dict(paths_in(preopen.host, place))})
    known["/"] = {}
    for path, node in sorted(known.items()):
        for form in filter(None, (path, path[1:])):
            if isinstance(node, dict):
                yield "list", form
                yield "stat", form
                yield "stat", form + "/none" if form != "/" else "/none"
            else:
                yield "read", form
        if isinstance(node, dict):
            yield from (("at", path, below) for below in ("sub/deep.txt", "h.txt", "static/p.txt", "static/h.txt", "none"))
        else:
            yield "stat", path
            yield "read", path + "/below"


def changes(world):
    """Changes that are ours to refuse, and such as the host must do."""
    yield from (("write", "/static/p.txt", "x"), ("write", "/static/new.txt", "new"), ("read", "/static/new.txt"),
                ("write", "/static/both.txt", "x"), ("write", "/static/h.txt", "changed"), ("read", "/static/h.txt"),
                ("mkdir", "/static/folder"), ("mkdir", "/static/sub"), ("write", "/static/folder/f.txt", "inside"),
                ("list", "/static/folder"), ("unlink", "/static/both.txt"), ("unlink", "/static/h.txt"),
                ("read", "/static/h.txt"), ("rename", "/static/folder/f.txt", "/static/moved.txt"),
                ("read", "/static/moved.txt"), ("rmdir", "/static/folder"), ("rmdir", "/static/sub"),
                ("write", "/static/sub/empty/x", "x"), ("mkdir", "/opt/new"), ("list", "/static"), ("list", "/"))


@pytest.fixture(scope="session")
def packed_files(tmp_path_factory, guest):
    """packed_files(language, name) → the guest with PACKED[name], made once; the trees are gone."""
    made = {}

    def get(language, name):
        if (language, name) not in made:
            folder = tmp_path_factory.mktemp(f"{language}-{name}")
            options = []
            for number, (mount, tree) in enumerate(PACKED[name].items()):
                make(folder / str(number), tree)
                options += ["--dir", f"{folder / str(number)}::{mount}"]
            made[language, name] = pack_module(guest(f"files_{language}"), folder / "packed.wasm", *options)
            for number in range(len(PACKED[name])):
                shutil.rmtree(folder / str(number))
        return made[language, name]

    return get


def run_operations(run, module, operations, mounts):
    arguments = [part for operation in operations for part in operation]
    done = run(module, arguments, mounts=mounts, writable=True)
    assert done.code == 0, done.out + done.err
    return done.lines


def agrees(expected, line):
    if expected is NO_PREOPEN:
        # Rust says so in words.
        return line in {f"errno {number}" for number in expected} or "failed to find a pre-opened" in line
    # Zig's standard library does not know this errno of open; Go's os.Root says the other in words.
    if (expected, line) == (ROFS, "error Unexpected") or expected == NOTDIR and line.endswith(": not a directory"):
        return True
    return line == (f"errno {expected}" if isinstance(expected, int) else expected)


def check(run, language, module, tmp_path, packed, host, operations_of):
    trees = copy.deepcopy(HOSTS[host])
    if run is run_wazero and "." in trees:
        trees["/"] = trees.pop(".")  # as wazero calls it
    world = World(list(PACKED[packed]), packed_tree(packed), [Preopen(name, tree) for name, tree in trees.items()])
    mounts = {}
    for number, (name, tree) in enumerate(trees.items()):
        make(tmp_path / str(number), tree)
        mounts[name] = tmp_path / str(number)
    operations = list(operations_of(world))
    if (run, language) == (run_node, "zig"):
        # Node does not let Zig open below a directory: it asks for more rights than Node's directories pass on.
        operations = [operation for operation in operations if operation[0] != "at"]
    lines = run_operations(run, module, operations, mounts)
    assert len(lines) == len(operations)
    wrong = []
    for operation, line in zip(operations, lines):
        expected = world.do(language, *operation)
        if (language, operation[0], expected) == ("zig", "stat", NOTDIR):
            expected = NOENT  # which is what Zig's standard library makes of it
        if not agrees(expected, line):
            wrong.append(f"{' '.join(operation)}: {line}, not {expected}")
    assert not wrong, "\n".join(wrong)
    # What the guest changed, it changed in the host's directories, and as the model did.
    for name, folder in mounts.items():
        assert read(folder) == next(preopen.host for preopen in world.host if preopen.name == name)


def in_group(name, *values):
    """One pytest-xdist worker for each language, which then packs each tree once."""
    return pytest.param(name, *values, marks=pytest.mark.xdist_group(f"files_{name}"))


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("language, packed", [
    *[in_group("c", packed) for packed in PACKED], *[in_group(name, "mounts") for name in LANGUAGES if name != "c"]])
def test_the_union(packed_files, tmp_path, language, packed, runtime, host):
    module = packed_files(language, packed)
    check(RUNTIMES[runtime], language, module, tmp_path, packed, host, looks)


@pytest.mark.parametrize("host", ["none", "root", "same", "all", "ancestor", "unrelated"])
@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("language", [in_group(name) for name in LANGUAGES])
def test_changes(packed_files, tmp_path, language, runtime, host):
    check(RUNTIMES[runtime], language, packed_files(language, "mounts"), tmp_path, "mounts", host, changes)


@pytest.fixture(scope="session")
def packed_links(tmp_path_factory, guest):
    """packed_links(language) → the guest with links at /static: some to what only the host has, others that stay inside."""
    made = {}

    def get(language):
        if language not in made:
            folder = tmp_path_factory.mktemp(f"links-{language}")
            static = folder / "static"
            make(static, {"p.txt": "packed", "sub": {"deep.txt": "deep"}})
            for name, target in {"to-host": "h.txt", "to-own": "own/o.txt", "sub/up": "..", "to-sub": "sub",
                                 "nowhere": "no/where", "loop": "loop"}.items():
                (static / name).symlink_to(target)
            made[language] = pack_module(guest(f"files_{language}"), folder / "packed.wasm", "--dir", f"{static}::/static")
            shutil.rmtree(static)
        return made[language]

    return get


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("host", ["root", "same"])
@pytest.mark.parametrize("language", [in_group(name) for name in LANGUAGES])
def test_links_and_parents(packed_links, tmp_path, language, host, runtime):
    top = tmp_path / "host"
    static = top / "static" if host == "root" else top
    make(static, THEIRS)
    (static / "to-packed").symlink_to("p.txt")
    (static / "to-theirs").symlink_to("own")
    expected = {
        "/static/to-host": "host", "/static/to-own": "only the host's", "/static/sub/up/p.txt": "packed",
        "/static/sub/up/h.txt": "host", "/static/to-sub/deep.txt": "deep", "/static/to-sub/hdeep.txt": "host deep",
        "/static/to-sub/../p.txt": "packed", "/static/nowhere": "errno 44", "/static/loop": "errno 32",
        # `..` behind components of the host's leads back to what is packed, but not through a link of the host's.
        "/static/own/../p.txt": "packed", "/static/own/../sub/deep.txt": "deep", "/static/own/../h.txt": "host",
        "/static/own/../own/o.txt": "only the host's", "/static/none/../p.txt": "errno 44",
        "/static/h.txt/../p.txt": "errno 54", "/static/p.txt/../h.txt": "errno 54",
        "/static/to-theirs/o.txt": "only the host's", "/static/to-theirs/../h.txt": "host",
        # The host resolves its own links, and has no such file.
        "/static/to-packed": "errno 44", "/static/to-theirs/../p.txt": "errno 44",
        "/static/./sub//deep.txt": "deep", "/static/sub/./hdeep.txt": "host deep",
    }
    if language == "go":  # which takes `..` out of paths before it asks
        expected = {path: answer for path, answer in expected.items() if ".." not in path}
    if language == "zig":  # which follows no link that is the last name
        last = ("to-host", "to-own", "to-packed", "nowhere")
        expected = {path: answer for path, answer in expected.items() if not path.endswith(last)}
    lines = run_operations(RUNTIMES[runtime], packed_links(language), [("read", path) for path in expected],
                           {"/" if host == "root" else "/static": top})
    assert dict(zip(expected, lines)) == expected


@pytest.mark.xdist_group("files_c")
@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("host", ["none", "root", "dot", "etc", "other"])
def test_a_file_without_a_mount(guest, pack, tmp_path, host, runtime):
    """A file that was packed alone is found whatever the host has."""
    (tmp_path / "x.conf").write_text("packed")
    module = pack(guest("files_c"), "--file", f"{tmp_path}/x.conf::/etc/x.conf")
    make(tmp_path / "host", {"h.txt": "host", "etc": {"h.txt": "host"}})
    name = {"none": None, "root": "/", "dot": ".", "etc": "/etc", "other": "/other"}[host]
    lines = run_operations(RUNTIMES[runtime], module, [("read", "/etc/x.conf"), ("read", "etc/x.conf"), ("list", "/etc")],
                           {name: tmp_path / "host"} if name else {})
    listed = {"none": "x.conf", "root": "h.txt,x.conf", "dot": "h.txt,x.conf", "etc": "etc,h.txt,x.conf", "other": "x.conf"}
    assert lines == ["packed", "packed", listed[host]]


@pytest.mark.xdist_group("files_c")
@pytest.mark.parametrize("host", ["none", "root", "other"])
def test_a_listening_socket(guest, pack, tmp_path, host):
    """wazero shows it as a preopen without a name, behind the directories."""
    make(tmp_path, {"static": {"p.txt": "packed"}, "host": {"h.txt": "host"}})
    module = pack(guest("sockets_c"), "--dir", f"{tmp_path}/static::/static")
    mounts = {"none": {}, "root": {"/": tmp_path / "host"}, "other": {"/other": tmp_path / "host"}}[host]
    file = {"none": "/none", "root": "/h.txt", "other": "/other/h.txt"}[host]
    done = run_wazero(module, ["/static/p.txt", "static/p.txt", file], mounts=mounts, options=["-listen=127.0.0.1:0"])
    assert done.lines == [f"socket {3 + len(mounts)}: Resource temporarily unavailable", "/static/p.txt: packed",
                          "static/p.txt: packed", f"{file}: " + ("host" if mounts else "No such file or directory")]


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("language", [in_group(name) for name in LANGUAGES])
def test_the_model_knows_the_languages(guest, tmp_path, monkeypatch, language, runtime):
    """With nothing packed, the model says what a language and a runtime do with the host's directories."""
    monkeypatch.setitem(PACKED, "nothing", {})
    check(RUNTIMES[runtime], language, guest(f"files_{language}"), tmp_path, "nothing", "several", looks)
