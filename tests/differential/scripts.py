# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The fixed scripts (cases.txt), the random ones, the kept ones (regressions/), and the shrinker."""

import os
import random
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent

ERRNO = {
    "SUCCESS": 0, "BADF": 8, "BUSY": 10, "EXIST": 20, "FAULT": 21, "ILSEQ": 25, "INVAL": 28, "ISDIR": 31, "LOOP": 32,
    "NAMETOOLONG": 37, "NOENT": 44, "NOTDIR": 54, "NOTEMPTY": 55, "NOTSOCK": 57, "NOTSUP": 58, "PERM": 63, "ROFS": 69,
    "SPIPE": 70,
}


@dataclass
class Case:
    """A fixed script: its last line calls `call` and answers `errno`."""

    call: str
    errno: str
    title: str
    script: str

    @property
    def id(self):
        return f"{self.call} {self.errno}: {self.title}"


def cases():
    found = []
    for text in (HERE / "cases.txt").read_text().split("\n"):
        if text.startswith("== "):
            head, title = text[3:].split(": ", 1)
            call, errno = head.split(" ")
            found.append(Case(call, errno, title, ""))
        elif text and not text.startswith("#"):
            found[-1].script += re.sub(r"\{(.+?)\*(\d+)\}", lambda many: many[1] * int(many[2]), text) + "\n"
    return found


def regressions():
    """Scripts that showed a fault once, by name."""
    return {path.stem: path.read_text() for path in sorted((HERE / "regressions").glob("*.script"))}


# ---- Random scripts.


def encode(path):
    """A path as the script writes it."""
    return "".join(
        chr(byte) if 0x20 < byte < 0x7f and byte not in b"%," else f"%{byte:02x}" for byte in os.fsencode(path))


def paths_of(root):
    """Every path below `root`, with its kind."""
    found = []
    for folder, folders, files in os.walk(root):
        for name in sorted(folders + files):
            full = os.path.join(folder, name)
            kind = "link" if os.path.islink(full) else "directory" if os.path.isdir(full) else "file"
            found.append((os.path.relpath(full, root), kind))
        folders.sort()
    return sorted(found)


class Generator:
    """Scripts that are mostly sensible: descriptors that are open, paths that exist or nearly do."""

    def __init__(self, root):
        self.paths = paths_of(root)
        self.by_kind = {kind: [path for path, its in self.paths if its == kind] for kind in ("file", "directory", "link")}

    def script(self, seed, length=40):
        self.random = random.Random(seed)
        self.kinds = {0: ""}  # slot: the directory's path below the root; None for what is no directory
        lines = []
        while len(lines) < length:
            lines.append(self._line())
        return "\n".join(lines) + "\n"

    # A path: one of the tree, relative to the slot's directory, and perhaps spoilt.
    def _path(self, slot):
        pick, base = self.random, self.kinds.get(slot) or ""
        kind = pick.choices(["file", "directory", "link", "any"], [4, 3, 4, 1])[0]
        pool = self.by_kind.get(kind) or [path for path, _ in self.paths]
        if base and pick.random() < 0.8:
            inside = [path for path in pool if path.startswith(base + "/")]
            path = pick.choice(inside)[len(base) + 1:] if inside else "."
        else:
            path = pick.choice(pool)
        for _ in range(pick.choices([0, 1, 2, 3], [6, 4, 2, 1])[0]):
            path = self._spoil(path)
        return encode(path)

    def _spoil(self, path):
        pick = self.random
        parts = path.split("/")
        at = pick.randrange(len(parts) + 1)
        way = pick.randrange(13)
        if way == 0:
            parts.insert(at, ".")
        elif way == 1:
            parts.insert(at, "..")
        elif way == 2:
            parts.insert(at, "")
        elif way == 3:
            return path + "/"
        elif way == 4:
            return path + pick.choice(["/.", "/..", "//", "/x", "/./"])
        elif way == 5:
            return path[:-1]
        elif way == 6:
            return path + pick.choice(["x", " ", ".", "\u00e9"])
        elif way == 7:
            parts[at - 1] = pick.choice(["missing", "hello", "dir", "links", "n" * 255, "n" * 256, "..."])
        elif way == 8:  # down and up again
            inner = pick.choice(self.by_kind["directory"]).split("/")[0]
            parts[at:at] = [inner, ".."] if at == 0 else [".", ".."]
        elif way == 9:
            return pick.choice(self.by_kind["link"]) + "/" + path
        elif way == 10:
            return pick.choice(["/", "../", "./", "tree/", "tree/links/", "tree/links/dotdot/"]) + path
        elif way == 11:
            return pick.choice(["", ".", "..", "/", "tree", "tree/links/self", "./" * 100 + path])
        elif way == 12 and pick.random() < 0.3:
            return os.fsdecode(pick.choice([b"\xff", b"tree/\xc3", b"tree/hello\x00", b"x" * 4095, b"x/" * 2048, b"./" * 2047 + b"."]))
        return "/".join(parts)

    def _slot(self, want=None):
        pick = self.random
        if pick.random() < 0.03:
            return pick.choice(["99", "-1", "4096", "$40", "$61", "$63"])
        known = list(self.kinds)
        if want == "directory":
            known = [slot for slot in known if self.kinds[slot] is not None] or known
        elif want == "file":
            known = [slot for slot in known if self.kinds[slot] is None] or known
        if want and pick.random() < 0.1:
            known = list(self.kinds)
        return f"${pick.choice(known)}"

    def _directory(self):
        slot = self._slot("directory")
        return slot, int(slot[1:]) if slot.startswith("$") else 0

    def _sizes(self):
        pick = self.random
        return ",".join(str(pick.choice([0, 1, 2, 7, 16, 100, 4095, 4096, 4097, 65536, 70001]))
                        for _ in range(pick.choices([0, 1, 2, 3, 8], [1, 8, 3, 2, 1])[0]))

    def _offset(self):
        return self.random.choice([0, 0, 1, 5, 13, 14, 15, 100, 4095, 4096, 70000, 70001, 70002, 1 << 32, 1 << 62, -1, -5])

    def _line(self):
        pick = self.random
        slot, number = self._directory()
        flag = pick.choice([0, 1, 1])
        file = self._slot("file")
        way = pick.choices(
            ["open", "opendir", "stat", "readlink", "read", "pread", "seek", "tell", "drain", "readdir", "list", "fstat",
             "close", "renumber", "flags", "advise", "change", "write", "memory", "same", "other"],
            [14, 6, 9, 4, 8, 5, 5, 2, 2, 4, 2, 3, 4, 3, 2, 1, 9, 2, 1, 1, 2])[0]
        if way in ("open", "opendir"):
            target = pick.randrange(1, 12)
            path = self._path(number)
            oflags = 2 if way == "opendir" else pick.choices([0, 1, 2, 3, 4, 5, 8, 9, 12, 13], [20, 2, 2, 1, 1, 2, 2, 1, 1, 1])[0]
            rights = pick.choice(["0x2", "0x2", "0", "0x42", "0x40", "0x3fffffbf", "0x4002", "0xfffffbf"])
            if way == "opendir":
                path = self._path(number) if pick.random() < 0.3 else encode(pick.choice(self.by_kind["directory"]))
                rights = "0x4000"
            flags = pick.choices([0, 1, 4, 5], [10, 1, 1, 1])[0]
            self._opened(target, number, path)
            return f"path_open ={target} {slot} {flag} s:{path} {oflags} {rights} 0x3fffffbf {flags} r"
        if way == "stat":
            return f"path_filestat_get {slot} {flag} s:{self._path(number)} r"
        if way == "readlink":
            path = encode(pick.choice(self.by_kind["link"])) if pick.random() < 0.6 else self._path(number)
            return f"path_readlink {slot} s:{path} b:{pick.choice([0, 1, 5, 100, 3000])} r"
        if way == "read":
            return f"fd_read {file} v:{self._sizes()} r"
        if way == "pread":
            return f"fd_pread {file} v:{self._sizes()} {self._offset()} r"
        if way == "seek":
            return f"fd_seek {file} {self._offset()} {pick.choice([0, 0, 2, 1]) if self._small else 0} r"
        if way == "tell":
            return f"fd_tell {file} r"
        if way == "drain":
            return f"drain {file} {pick.choice([1000, 65536, 77])}" if file.startswith("$") else "memory 0"
        if way == "readdir":
            cookie = pick.choice([0, 0, 0, 1, 2, 3, 5, 44, 100, -1])
            return f"fd_readdir {slot} b:{pick.choice([0, 1, 24, 25, 50, 100, 1000, 8192])} {cookie} r"
        if way == "list":
            return f"list {slot} {pick.choice([300, 512, 4096])} check" if slot.startswith("$") else "memory 0"
        if way == "fstat":
            return f"{pick.choice(['fd_filestat_get', 'fd_fdstat_get', 'fd_prestat_get'])} {self._slot()} r"
        if way == "close":
            which = self._slot()
            if which == "$0" and pick.random() < 0.9:
                which = "$40"
            if which.startswith("$"):
                self.kinds.pop(int(which[1:]), None) if which != "$0" else None
            return f"fd_close {which}"
        if way == "renumber":
            first, second = self._slot(), self._slot()
            if "$0" in (first, second) and pick.random() < 0.8:
                first = second = "$1"
            if first.startswith("$") and second.startswith("$") and first != second:
                moved = self.kinds.pop(int(first[1:]), None)
                if int(second[1:]) < 40:
                    self.kinds[int(second[1:])] = moved
                self.kinds.setdefault(0, "")
            return f"fd_renumber {first} {second}"
        if way == "flags":
            return f"fd_fdstat_set_flags {self._slot()} {pick.choice([0, 1, 2, 4, 5, 8, 16])}"
        if way == "advise":
            return f"fd_advise {file} {pick.choice([0, 5, -1])} {pick.choice([0, 5, 100000, -1])} {pick.randrange(6)}"
        if way == "write":
            return pick.choice([
                f"fd_write {file} w:abc,,d r", f"fd_pwrite {file} w:abc 0 r", f"fd_allocate {file} 0 10",
                f"fd_filestat_set_size {file} 3", f"fd_filestat_set_times {file} 0 0 {pick.choice([0, 1, 2, 3, 5, 10, 12])}",
                f"fd_sync {file}", f"fd_datasync {file}", f"fd_fdstat_set_rights {file} 2 2"])
        if way == "memory":
            return f"memory {pick.choice([0, 1, 1, 2, 17])}"
        if way == "same":
            return f"same ${pick.choice(list(self.kinds))} ${pick.choice(list(self.kinds))}"
        if way == "change":
            path = self._path(number)
            other, its = self._directory()
            second = self._path(its)
            return pick.choice([
                f"path_create_directory {slot} s:{path}", f"path_unlink_file {slot} s:{path}",
                f"path_remove_directory {slot} s:{path}", f"path_symlink s:{second} {slot} s:{path}",
                f"path_rename {slot} s:{path} {other} s:{second}", f"path_link {slot} {flag} s:{path} {other} s:{second}",
                f"path_filestat_set_times {slot} {flag} s:{path} 0 0 {pick.choice([0, 1, 5, 10, 3, 12])}"])
        return pick.choice([
            f"sock_recv {file} v:10 0 r 0x200", f"sock_send {file} w:a 0 r", f"sock_shutdown {file} 1",
            f"fd_prestat_dir_name {slot} b:{pick.choice([0, 1, 2, 10])}", f"fd_seek {slot} 0 0 r", f"fd_read {slot} v:5 r"])

    _small = True

    def _opened(self, target, base, path):
        """A guess at what the slot will be; wrong guesses make misuse."""
        whole = os.path.normpath(os.path.join(self.kinds.get(base) or "", path.rstrip("/")))
        kind = dict(self.paths).get(whole)
        if kind == "directory":
            self.kinds[target] = whole
        elif kind is not None:
            self.kinds[target] = None


class Reader(Generator):
    """Scripts that mostly read, by turns from several files, around multiples of a chunk's size, while the memory grows."""

    def __init__(self, root):
        super().__init__(root)
        self.large = [path for path in self.by_kind["file"] if os.path.getsize(os.path.join(root, path)) > 16384]

    def _offset(self):
        pick = self.random
        last = pick.choice([20_000, 140_000, 410_000])
        return max(0, pick.randrange(0, last, pick.choice([1, 4096, 16384])) + pick.choice([-1, 0, 0, 1]))

    def _sizes(self):
        pick = self.random
        # Wasmtime reads 64 KiB at most.
        return ",".join(str(pick.choice([0, 1, 100, 1000, 4096, 16384, 16385]))
                        for _ in range(pick.choices([1, 2, 3], [6, 2, 1])[0]))

    def _line(self):
        pick = self.random
        files = [slot for slot, kind in self.kinds.items() if kind is None]
        if not files:
            return self._open_file()
        file = f"${pick.choice(files)}"
        way = pick.choices(["open", "read", "pread", "seek", "drain", "memory", "any"], [5, 6, 8, 3, 1, 2, 5])[0]
        if way == "open":
            return self._open_file()
        if way == "read":
            return f"fd_read {file} v:{self._sizes()} r"
        if way == "pread":
            return f"fd_pread {file} v:{self._sizes()} {self._offset()} r"
        if way == "seek":
            return f"fd_seek {file} {self._offset()} 0 r"
        if way == "drain":
            return f"drain {file} {pick.choice([5000, 16384, 65536])}"
        if way == "memory":
            return f"memory {pick.choice([1, 1, 2, 3, 9])}"
        return super()._line()

    def _open_file(self):
        target = self.random.randrange(1, 12)
        self.kinds[target] = None
        path = encode(self.random.choice(self.random.choice([self.by_kind["file"], self.large, self.large])))
        return f"path_open ={target} $0 1 s:{path} 0 0x2 0 0 r"


# ---- The shrinker.


def shrink(script, fails):
    """The smallest script, by lines, that `fails` still: delta debugging, then a try at each line alone."""
    lines = [line for line in script.split("\n") if line]
    size = max(1, len(lines) // 2)
    while size >= 1:
        start = 0
        while start < len(lines):
            fewer = lines[:start] + lines[start + size:]
            if fewer and fails("\n".join(fewer) + "\n"):
                lines = fewer
            else:
                start += size
        size //= 2
    return "\n".join(lines) + "\n"
