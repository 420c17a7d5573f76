# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a guest must see where packed files and the host's directories meet: the rules of docs/filesystem.md as a model.

A tree is a dict: name → dict (a directory) or str (a file's text). A World has a packed tree and the host's preopens; it
does operations of testdata/guests/files.* as a guest of a language would see them done, and changes the host's trees.
"""

from dataclasses import dataclass, field
from pathlib import Path

BADF, EXIST, INVAL, ISDIR, NOENT, NOTDIR, NOTEMPTY, ROFS, XDEV, NOTCAPABLE = 8, 20, 28, 31, 44, 54, 55, 69, 75, 76
# What a guest is told where no preopen fits: wasi-libc says the last two itself, Go asks its host for descriptor -1.
NO_PREOPEN = (BADF, INVAL, NOENT, NOTCAPABLE)


class Refused(Exception):
    def __init__(self, errno):
        super().__init__(errno)
        self.errno = errno


def components(path):
    return [part for part in path.split("/") if part not in ("", ".")]


def make(root, tree):
    """Writes a tree into a directory of this machine."""
    root = Path(root)
    root.mkdir(parents=True, exist_ok=True)
    for name, node in tree.items():
        if isinstance(node, dict):
            make(root / name, node)
        else:
            (root / name).write_text(node)


def read(root):
    """The tree that a directory of this machine holds."""
    return {path.name: read(path) if path.is_dir() else path.read_text() for path in Path(root).iterdir()}


@dataclass
class Place:
    """A node of the union: ours, the host's, or a directory that both have."""

    packed: object = None
    host: object = None

    @property
    def exists(self):
        return self.packed is not None or self.host is not None

    @property
    def node(self):
        return self.packed if self.packed is not None else self.host

    @property
    def is_directory(self):
        return isinstance(self.node, dict)

    def names(self):
        return sorted({*(self.packed or {}), *(self.host or {})})


@dataclass
class Preopen:
    name: str
    host: dict = None  # the host's tree; None for a preopen of ours

    @property
    def place(self):
        return components(self.name)


@dataclass
class World:
    """`mounts` are the guest paths given to --dir; `packed` is the whole packed tree from the guest's root on."""

    mounts: list
    packed: dict
    host: list = field(default_factory=list)  # Preopens, in the host's order

    def __post_init__(self):
        self.preopens = self.host + [Preopen(name) for name in self._added()]

    def _added(self):
        """The preopens that the shim adds behind the host's."""
        def covers(name, mount):
            inside = components(mount)
            return name.startswith("/") and inside[:len(components(name))] == components(name)

        covered = all(any(covers(preopen.name, mount) for preopen in self.host) for mount in self.mounts)
        return [] if covered else ["/"]

    def _packed_at(self, place):
        node = self.packed
        for part in place:
            node = node.get(part) if isinstance(node, dict) else None
        return node if isinstance(node, dict) else None

    def _host_at(self, place):
        """The host's directory that a preopen of its puts at a place of the packed tree."""
        for preopen in self.host:
            if preopen.place == place:
                return preopen.host
        return None

    def resolve(self, preopen, parts):
        place = list(preopen.place)
        here = Place(self._packed_at(place), preopen.host)
        if preopen.host is None:
            for depth in range(len(place) + 1):
                tree = self._host_at(place[:depth])
                for part in place[depth:]:
                    tree = tree.get(part) if isinstance(tree, dict) else None
                here.host = tree if isinstance(tree, dict) else here.host
        for part in parts:
            if not here.exists:
                raise Refused(NOENT)
            if not here.is_directory:
                raise Refused(NOTDIR)
            place.append(part)
            packed = here.packed.get(part) if here.packed else None
            host = here.host.get(part) if here.host else None
            if isinstance(packed, dict) and preopen.host is None and host is None:
                host = self._host_at(place)
            if packed is not None and not (isinstance(packed, dict) and isinstance(host, dict)):
                host = None
            here = Place(packed, host)
        return here

    # ---- A language's way from a path to a preopen and what lies below it.

    def _libc(self, path):
        """wasi-libc: the longest name that the path begins with; the later of two; `.` and `/` are alike."""
        parts, best = components(path), None
        for preopen in self.preopens:
            if parts[:len(preopen.place)] == preopen.place and (best is None or len(preopen.place) >= len(best.place)):
                best = preopen
        return (best, parts[len(best.place):]) if best else None

    def _go(self, path):
        """Go: the first preopen's name is the working directory; the longest name that the path begins with, byte by byte,
        be it a whole component or not; so `.` has nothing below it but names with a dot."""
        if not self.preopens:
            return None
        cwd = self.preopens[0].name
        start = "/" if path.startswith("/") or cwd.startswith("/") else ""
        below = [] if path.startswith("/") else components(cwd)
        path = start + "/".join(below + components(path)) or "."
        best = None
        for preopen in self.preopens:
            if path.startswith(preopen.name) and (best is None or len(preopen.name) > len(best.name)):
                best = preopen
        return (best, components(path[len(best.name):])) if best else None

    def _zig(self, path):
        """Zig: descriptor 3 is the working directory; files.zig takes the longest preopen by whole components."""
        if not path.startswith("/"):
            return (self.preopens[0], components(path)) if self.preopens else None
        parts = components(path)
        for depth in range(len(parts), -1, -1):
            for preopen in reversed(self.preopens):
                if preopen.name == "/" + "/".join(parts[:depth]):
                    return preopen, parts[depth:]
        return None

    def find(self, language, path):
        way = {"c": self._libc, "rust": self._libc, "go": self._go, "zig": self._zig}[language](path)
        if way is None:
            raise Refused(NO_PREOPEN)
        return way

    # ---- The operations.

    def do(self, language, operation, path, second=None):
        """What the guest's line must be: a text, or an errno, or several errnos of which it is one."""
        try:
            return self._do(language, operation, path, second)
        except Refused as refused:
            return refused.errno

    def _do(self, language, operation, path, second):
        preopen, parts = self.find(language, path)
        if operation == "at":
            directory = self.resolve(preopen, parts)
            if not directory.exists:
                raise Refused(NOENT)
            parts, operation = parts + components(second), "read"
        if operation in ("read", "list", "stat"):
            found = self.resolve(preopen, parts)
            if not found.exists:
                raise Refused(NOENT)
            if operation == "stat":
                return "directory" if found.is_directory else f"file {len(found.node)}"
            if operation == "list":
                if not found.is_directory:
                    raise Refused(NOTDIR)
                return ",".join(found.names())
            if found.is_directory:
                raise Refused(ISDIR)
            return found.node
        parent, name, found = self._entry(preopen, parts)
        if operation == "write":
            if found.is_directory:
                raise Refused(ISDIR)
            self._writable(parent, found)
            parent.host[name] = second
        elif operation == "mkdir":
            if found.exists:
                raise Refused(EXIST)
            self._writable(parent, found)
            parent.host[name] = {}
        elif operation in ("unlink", "rmdir"):
            self._writable(parent, found)
            if not found.exists:
                raise Refused(NOENT)
            if operation == "unlink" and found.is_directory:
                raise Refused(ISDIR)
            if operation == "rmdir" and not found.is_directory:
                raise Refused(NOTDIR)
            if operation == "rmdir" and found.host:
                raise Refused(NOTEMPTY)
            del parent.host[name]
        elif operation == "rename":
            to_parent, to_name, to = self._entry(*self.find(language, second))
            self._writable(parent, found)
            if not found.exists:
                raise Refused(NOENT)
            self._writable(to_parent, to)
            to_parent.host[to_name] = parent.host.pop(name)
        else:
            raise AssertionError(operation)
        return "ok"

    def _entry(self, preopen, parts):
        parent = self.resolve(preopen, parts[:-1])
        if not parent.exists:
            raise Refused(NOENT)
        if not parent.is_directory:
            raise Refused(NOTDIR)
        return parent, parts[-1], self.resolve(preopen, parts)

    @staticmethod
    def _writable(parent, found):
        """What is ours is read-only, and so is a directory that the host lacks."""
        if found.packed is not None or parent.host is None:
            raise Refused(ROFS)
