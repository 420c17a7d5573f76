# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A tree split at random between what is packed and what the host mounts at the same place, beside a mount of the whole:
docs/filesystem.md says that the two are the same to a program.

Links are all packed: the host resolves its own, and cannot see packed files. Where the host has a name that is packed too,
its content differs, and must not be seen.
"""

import os
import random
import re
import shutil
from pathlib import Path

import linux
import trees
from compare import CHANGES, Answer, Comparison, for_reference, normalise, number
from hosts import Wasmtime, answers, answers_past_traps, build_guest
from pair import pack
from scripts import paths_of


def _copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)


def exists(path):
    try:
        return os.path.lexists(path)
    except OSError:  # a name that is too long
        return False


def split(whole, packed, host, seed):
    """Shares the tree at `whole` out between two directories."""
    pick = random.Random(seed)
    for folder in (packed, host):
        folder.mkdir(parents=True)
    for path, kind in paths_of(whole):
        source = whole / path
        if kind == "directory":
            # One side has it at the least; deeper names may need it on either.
            for folder in pick.choice([(packed,), (host,), (packed, host)]):
                (folder / path).mkdir(parents=True, exist_ok=True)
        elif kind == "link" or pick.random() < 0.5:
            _copy(source, packed / path)
            hidden = host / path
            if pick.random() < 0.2 and not any(parent.is_file() for parent in hidden.parents):
                hidden.parent.mkdir(parents=True, exist_ok=True)
                if pick.random() < 0.5:
                    hidden.write_bytes(b"hidden behind a packed name")
                else:
                    (hidden / "hidden").mkdir(parents=True)
        else:
            _copy(source, host / path)
    for folder in (packed, host):
        for path, kind in paths_of(folder):
            if kind == "directory" and os.path.isdir(whole / path):
                shutil.copystat(whole / path, folder / path)
        shutil.copystat(whole, folder)


# What is packed refuses to change, and to be linked or renamed across to the host's part.
REFUSED = (linux.ROFS, linux.XDEV)
TWO_PLACES = ("path_link", "path_rename")


class Overlay:
    """The guest over a mounted tree, and packed with one part of it over a mount of the other; both read-only, or both
    writable, and then with fresh copies for every script."""

    def __init__(self, folder, seed, guest=None, writable=False, make_tree=trees.small, options=()):
        self.folder, self.writable = Path(folder), writable
        self.root = self.folder / "whole"
        make_tree(self.root)
        self.packed_part, self.host_part = self.folder / "packed", self.folder / "host"
        split(self.root, self.packed_part, self.host_part, seed)
        self.guest = guest or build_guest(self.folder)
        self.packed_module = pack(self.guest, {"/": self.packed_part}, self.folder / "packed.wasm", options)
        places = (self.folder / "whole-run", self.folder / "host-run") if writable else (self.root, self.host_part)
        self.mounted = Wasmtime(self.guest, {"/": places[0]}, writable)
        self.packed = Wasmtime(self.packed_module, {"/": places[1]}, writable)

    def compare(self, script):
        # The host's part fills only the first buffer of a vector, as Wasmtime does; packed files fill all.
        script = re.sub(r"\bv:([\d,]+)(?= |$)", lambda match: f"v:{max(map(int, re.findall(r'[0-9]+', match[1])))}", script,
                        flags=re.MULTILINE)
        if not self.writable:
            packed = answers(self.packed.run(script))
            return ReadOnly(script, answers_past_traps(self.mounted, for_reference(script, packed)), packed, self)
        self._copy(self.host_part, "host-run")
        packed = answers(self.packed.run(script))
        lines = for_reference(script, packed, keep_rights=True).split("\n")
        for index, text in enumerate(lines, 1):
            # What is refused here because it is packed does not happen there either.
            if Answer(packed.get(index, "")).errno in REFUSED:
                lines[index - 1] = "#"
        # A line that traps must not leave what the lines before it changed.
        mounted = Fresh(self.mounted, lambda: self._copy(self.root, "whole-run"))
        return Writable(script, answers_past_traps(mounted, "\n".join(lines)), packed, self)

    def _copy(self, source, name):
        shutil.rmtree(self.folder / name, ignore_errors=True)
        shutil.copytree(source, self.folder / name, symlinks=True)

    def differs(self, script):
        return bool(self.compare(script).differences)

    def left(self):
        """After a run of both: what each leaves, as {path: contents}."""
        def contents(folder):
            return {path: "directory" if kind == "directory" else os.readlink(folder / path) if kind == "link"
                    else (folder / path).read_bytes() for path, kind in paths_of(folder)}
        packed, host = contents(self.packed_part), contents(self.folder / "host-run")
        hiding = [path for path in packed if packed[path] != "directory"]
        visible = {path: what for path, what in host.items()
                   if not any(path == name or path.startswith(name + "/") for name in hiding)}
        return {**visible, **packed}, contents(self.folder / "whole-run")


class Fresh:
    """A host that begins each run anew."""

    def __init__(self, host, prepare):
        self.host, self.prepare = host, prepare

    def run(self, script):
        self.prepare()
        return self.host.run(script)


def is_guess_at_a_cookie(line, mine):
    """Cookies are the directory's own: those that were not returned mean something else in each. `list … check` asks whether
    those that were lead where they should."""
    return line.call == "fd_readdir" and number(line.plain()[2]) != 0 and mine.errno == linux.SUCCESS and not mine.marks


class ReadOnly(Comparison):
    """As over one tree, but that the host's part answers for itself, which is Wasmtime's EPERM to every change."""

    def __init__(self, script, reference, packed, overlay):
        super().__init__(script, reference, packed, overlay.root)

    def _compare(self, line, theirs, mine, slots):
        if theirs.errno == linux.PERM and mine.errno == linux.PERM:
            return None
        if theirs.errno == linux.PERM and line.call in TWO_PLACES and mine.errno != linux.SUCCESS:
            return None  # which of two faults is named depends on which side of the two each name is
        if is_guess_at_a_cookie(line, mine):
            return None
        return super()._compare(line, theirs, mine, slots)




class Writable(Comparison):
    """What is packed refuses to change; all else happens, here as there, and leaves the same tree."""

    def __init__(self, script, reference, packed, overlay):
        self.overlay, self.parted = overlay, False
        super().__init__(script, reference, packed, overlay.folder / "whole-run")
        here, there = overlay.left()
        if here != there and not self.differences and not self.parted:
            changed = sorted(path for path in {*here, *there} if here.get(path) != there.get(path))
            self.differences.append((0, "what is left", f"as mounted: {changed[:5]}", "otherwise"))

    def _compare(self, line, theirs, mine, slots):
        if self.parted:
            return None
        if mine.errno in REFUSED:
            return None if self._may_refuse(line, slots) else "no refusal: nothing of it is packed"
        if mine.trap or "guard-broken" in mine.marks or "beyond-count" in mine.marks or mine.text == "no answer":
            return theirs.text
        times = re.compile(r" mtime=\d+")  # of what the script itself changed
        if times.sub("", normalise(line, theirs, slots)) == times.sub("", normalise(line, mine, slots)):
            return None
        if is_guess_at_a_cookie(line, mine):
            return None
        if (line.call in CHANGES or line.call == "path_open") and linux.SUCCESS not in (mine.errno, theirs.errno):
            return None  # which errno, the read-only comparison asks
        if line.call == "path_open" and theirs.errno == linux.ISDIR and not number(line.plain()[3]) & (linux.CREAT | linux.TRUNC):
            # FD_WRITE does not count on a directory (compare.py, directory-write). From here on the two differ.
            self.parted = True
            return None
        return theirs.text

    def _may_refuse(self, line, slots):
        """Whether a path of the call is packed, or in a directory that the host lacks."""
        if not line.paths():
            return True  # by a descriptor
        bases = [slots.directory(int(word[1:])) for word in line.plain() if word.startswith("$")]
        paths = line.paths()[-1:] if line.call == "path_symlink" else line.paths()
        for base, path in zip(bases, paths):
            if base is None:
                return True
            parent, last, _ = linux.resolve_parent(base, path)
            found = linux.resolve(base, path, True)
            for node in (parent.node and os.path.join(parent.node, last), found.node):
                if node is None:
                    continue
                below = Path(os.path.relpath(os.fsdecode(node), self.overlay.folder / "whole-run"))
                if exists(self.overlay.packed_part / below):
                    return True
                if not (self.overlay.host_part / below.parent).is_dir():
                    return True
        return False
