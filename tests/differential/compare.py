# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares what a script answered over mounted files with what it answered over packed ones.

Wasmtime with a read-only mount is the reference for all that looks. What changes something Wasmtime refuses with EPERM
whatever it is about; there the reference is Linux on a read-only mount (linux.py). Where the two ought to differ, the
reason stands in ACCEPTED, one entry for each: nothing else is let through.
"""

import os
import re
from dataclasses import dataclass
from typing import Callable
from urllib.parse import unquote_to_bytes

import linux
from linux import BADF, INVAL, ISDIR, PERM, ROFS, SUCCESS

NOTSUP, FAULT, NOMEM = 58, 21, 48


@dataclass
class Line:
    """One call of a script."""

    call: str
    arguments: list

    @staticmethod
    def parse(text):
        words = text.split()
        return Line(words[0], words[1:]) if words and not words[0].startswith("#") else None

    def slot(self, index):
        """The slot of the argument at `index`, not counting `=N`; None if it is a number."""
        word = self.plain()[index]
        return int(word[1:]) if word.startswith("$") else None

    def plain(self):
        return [word for word in self.arguments if not word.startswith("=")]

    def target(self):
        return next((int(word[1:]) for word in self.arguments if word.startswith("=")), None)

    def paths(self):
        return [unquote_to_bytes(word[2:]) for word in self.arguments if word.startswith("s:")]


def number(word):
    return int(word, 0)


class Answer:
    """errno, fields, and the lines below it."""

    def __init__(self, text):
        self.text = text
        self.trap = text.startswith("trap: ")
        first, *self.more = text.split("\n")
        words = first.split(" ")
        self.errno = None if self.trap or not words[0].isdigit() else int(words[0])
        self.fields = dict(word.split("=", 1) for word in words[1:] if "=" in word)
        self.marks = [word for word in words[1:] if word and "=" not in word]


class Slots:
    """Which host path each slot of a script stands for, from what the packed run answered: the model of linux.py needs to
    know from where a path starts."""

    def __init__(self, root):
        self.root = os.fsencode(root)
        self.paths = {0: self.root}
        self.notes = set()  # about the current line

    def path(self, slot):
        return self.paths.get(slot)

    def directory(self, slot):
        path = self.paths.get(slot)
        return path if path is not None and os.path.isdir(path) else None

    def follow(self, line, answer):
        """Takes note of what a call has done."""
        if answer.errno != SUCCESS:
            return
        if line.call == "path_open" and line.target() is not None:
            base = self.directory(line.slot(0))
            found = linux.resolve(base, line.paths()[0], True) if base and line.paths() else None
            self.paths[line.target()] = found.node if found else None
        elif line.call == "fd_close":
            self.paths.pop(line.slot(0), None)
        elif line.call == "fd_renumber" and line.slot(0) != line.slot(1):
            self.paths[line.slot(1)] = self.paths.pop(line.slot(0), None)


CHANGES = ("path_create_directory", "path_symlink", "path_unlink_file", "path_remove_directory", "path_rename", "path_link",
           "path_filestat_set_times")


def refused_change(line, slots):
    """What Linux says to a change that Wasmtime refuses with EPERM; None if the call is none."""
    words, paths = line.plain(), line.paths()
    base = slots.directory(line.slot(1 if line.call == "path_symlink" else 0)) if line.call.startswith("path_") else None
    if line.call.startswith("path_") and base is None:
        return None
    if line.call == "path_open":
        return linux.open_file(base, number(words[1]) & 1, paths[0], number(words[3]), number(words[4]))
    if line.call == "path_create_directory":
        return linux.create(base, paths[0], True)
    if line.call == "path_symlink":
        return linux.symlink(paths[0], base, paths[1])
    if line.call == "path_unlink_file":
        return linux.remove(base, paths[0], ISDIR, ISDIR)
    if line.call == "path_remove_directory":
        return linux.remove(base, paths[0], INVAL, linux.NOTEMPTY)
    if line.call == "path_filestat_set_times":
        return linux.set_times(base, number(words[1]) & 1, paths[0])
    if line.call == "path_rename":
        other = slots.directory(line.slot(2))
        return None if other is None else linux.rename(base, paths[0], other, paths[1])
    if line.call == "path_link":
        other = slots.directory(line.slot(3))
        return None if other is None else linux.link(base, number(words[1]) & 1, paths[0], other, paths[1])
    if line.call == "fd_filestat_set_times":
        return ROFS
    if line.call == "fd_filestat_set_size":
        # ftruncate on a descriptor that is not open for writing.
        return INVAL
    return None


@dataclass
class Accepted:
    """A difference that ought to be."""

    name: str
    reason: str
    applies: Callable  # (line, reference, packed, slots) -> bool


ACCEPTED = []


def accepted(name, reason):
    def add(applies):
        ACCEPTED.append(Accepted(name, reason, applies))
        return applies
    return add


def is_directory(line, slots):
    slot = line.slot(0)
    return slot is not None and slots.directory(slot) is not None


# What a call answers that need not be the same: a host's numbers, clocks, and how it stores directories.
def normalise(line, answer, slots):
    if answer.errno is None:
        # `walk`: the order of directories is the host's.
        return "\n".join(sorted(map(_without_host_details, answer.more))) if answer.more else answer.text
    fields = dict(answer.fields)
    fields.pop("fd", None)
    more = answer.more
    if "kind" in fields and "nlink" in fields:
        _drop_host_details(fields)
    if line.call == "fd_readdir" and answer.errno == SUCCESS:
        if fields.get("full") == "1":
            more = []  # which entries fit depends on the order
        elif number(line.plain()[2]) != 0 if _is_number(line.plain()[2]) else True:
            more = [str(len(more))]
            fields.pop("n", None)
    if line.call in ("fd_readdir", "list"):
        more = sorted(more)
    return " ".join([str(answer.errno), *(f"{key}={value}" for key, value in fields.items()), *answer.marks,
                     *("\n" + text for text in more)])


def _is_number(word):
    return re.fullmatch(r"-?(0x)?[0-9a-f]+", word) is not None


def _drop_host_details(fields):
    fields.pop("atime", None)
    fields.pop("ctime", None)
    if fields["kind"] == "3":
        fields.pop("nlink", None)
        fields.pop("size", None)


def _without_host_details(text):
    text = re.sub(r" [ac]time=\d+", "", text)
    return re.sub(r"(kind=3) nlink=\d+ size=\d+", r"\1", text)


def for_reference(script, packed, keep_rights=False):
    """The script that Wasmtime gets over the mount, so that the two runs stay in the same state.

    Wasmtime fills only the first buffer of a vector in one call, which is allowed: it gets one that is as long as all.
    It refuses O_CREAT and FD_WRITE whatever the file; where the packed run opened (Linux opens what exists for reading
    even with O_CREAT), it gets the call without them, and Comparison holds the success to the model of Linux. With
    `keep_rights` the mount is writable, and nothing of that is needed.
    """
    lines = script.split("\n")
    for index, text in enumerate(lines, 1):
        line = Line.parse(text)
        if line is None:
            continue
        if not keep_rights and line.call == "path_open" and _opens_for_reading(line) and Answer(packed.get(index, "")).errno == SUCCESS:
            words = text.split(" ")
            words[5], words[6] = str(number(words[5]) & ~linux.CREAT), hex(number(words[6]) & ~linux.RIGHT_WRITE)
            lines[index - 1] = " ".join(words)
        elif line.call in ("fd_read", "fd_pread"):
            def join(match):
                sizes = [int(size) for size in match[1].split(",") if size]
                return f"v:{sum(sizes)}" if len(sizes) > 1 else match[0]
            lines[index - 1] = re.sub(r"\bv:([\d,]*)(?= |$)", join, text)
    return "\n".join(lines)


def _opens_for_reading(line):
    """Whether Wasmtime would refuse a path_open that may succeed all the same."""
    words = line.arguments
    if len(words) != 9 or not words[0].startswith("=") or not words[3].startswith("s:"):
        return False
    return bool(number(words[4]) & linux.CREAT or number(words[5]) & linux.RIGHT_WRITE)


class Comparison:
    """The differences between two runs of one script, and which entries of ACCEPTED it met."""

    def __init__(self, script, reference, packed, root):
        self.differences, self.used = [], set()
        slots = Slots(root)
        for index, text in enumerate(script.split("\n"), 1):
            line = Line.parse(text)
            if line is None:
                continue
            mine = Answer(packed.get(index, "no answer"))
            theirs = Answer(reference.get(index, "no answer"))
            slots.notes.clear()
            entry = None
            expected = self._compare(line, theirs, mine, slots)
            if expected is not None:
                entry = next((entry for entry in ACCEPTED if entry.applies(line, theirs, mine, slots)), None)
                if entry is None:
                    self.differences.append((index, text, expected, mine.text))
                else:
                    self.used.add(entry.name)
            if expected is not None and (mine.trap or mine.errno != theirs.errno and SUCCESS in (mine.errno, theirs.errno)
                                         or entry and entry.name == "short-read" and line.call == "fd_read"):
                # From here on the two are in different states.
                break
            slots.follow(line, mine)

    def _compare(self, line, theirs, mine, slots):
        """None if they agree, else what was expected."""
        if mine.trap or "guard-broken" in mine.marks or "beyond-count" in mine.marks or mine.text == "no answer":
            return theirs.text
        if "touched" in mine.marks and "touched" not in theirs.marks:
            return theirs.text
        if line.call == "path_open" and mine.errno == SUCCESS and _opens_for_reading(line):
            change = refused_change(line, slots)
            if change == ISDIR and not number(line.plain()[3]) & (linux.CREAT | linux.TRUNC):
                slots.notes.add("directory-write")
            if change not in (None, SUCCESS):
                return f"{change} (Linux on a read-only mount)"
        if normalise(line, theirs, slots) == normalise(line, mine, slots):
            return None
        change = refused_change(line, slots) if theirs.errno == PERM else None
        if change is None:
            return theirs.text
        return None if change == mine.errno else f"{change} (Linux on a read-only mount; Wasmtime: {theirs.text})"

    def __str__(self):
        return "\n".join(
            f"line {index}: {text}\n  expected {expected}\n  packed   {got}"
            for index, text, expected, got in self.differences)


# ---- The accepted differences.


@accepted("trap", "Wasmtime traps where an argument is no value of its type: an unknown flag, a bad or unaligned pointer. "
                  "A packed file answers EINVAL or EFAULT, or does not mind that a pointer is not aligned")
def _(line, theirs, mine, slots):
    return theirs.trap and mine.errno in (INVAL, FAULT, BADF, SUCCESS)


@accepted("vector-size", "A vector that is longer than 32-bit memory: Wasmtime says EOVERFLOW, we EFAULT as of any other "
                         "bad pointer")
def _(line, theirs, mine, slots):
    return line.call in ("fd_read", "fd_pread") and theirs.errno == NOMEM and mine.errno == FAULT


@accepted("read-directory", "POSIX and Go want EISDIR of a read of a directory; Wasmtime says EBADF")
def _(line, theirs, mine, slots):
    return (line.call in ("fd_read", "fd_pread", "drain") and is_directory(line, slots)
            and theirs.errno == BADF and mine.errno == ISDIR)


@accepted("directory-write", "FD_WRITE does not count on a directory (design): programs ask for all rights there. Linux "
                             "says EISDIR")
def _(line, theirs, mine, slots):
    return line.call == "path_open" and mine.errno == SUCCESS and "directory-write" in slots.notes


@accepted("directory-rights", "Directories of ours report more inheriting rights, FD_WRITE among them: wasi-libc asks for what "
                              "they have, and without it O_RDWR of a file would succeed unseen")
def _(line, theirs, mine, slots):
    def but(answer, base, inheriting):
        return (answer.fields.get("kind"), answer.fields.get("flags"), int(answer.fields["base"], 16) | base,
                int(answer.fields["inheriting"], 16) | inheriting)
    return (line.call == "fd_fdstat_get" and mine.errno == theirs.errno == SUCCESS and is_directory(line, slots)
            and but(mine, 0, 0) == but(theirs, 1 << 19, 1 << 2 | 1 << 6 | 1 << 19 | 1 << 22))


@accepted("check-order", "Which of two faults is named. Wasmtime looks first whether all paths are UTF-8 and whether the "
                         "descriptor is a directory; Linux first at descriptors and flags, then at one path after the "
                         "other, and takes any bytes as a link's target. A NUL, and that a path is "
                         "too long, we see before what is missing")
def _(line, theirs, mine, slots):
    if not line.paths() or SUCCESS in (theirs.errno, mine.errno):
        return False
    if line.call == "path_open" and number(line.plain()[3]) & 3 == 3 and mine.errno == INVAL:
        return theirs.errno in (linux.ILSEQ, linux.NOTDIR)
    if theirs.errno == linux.ILSEQ:
        return len(line.paths()) == 2 or mine.errno in (BADF, linux.NOTDIR)
    if mine.errno == linux.NAMETOOLONG:
        return line.call == "path_readlink" and theirs.errno == linux.NOENT and len(line.paths()[0]) > 4095
    return (mine.errno == INVAL and theirs.errno in (linux.NOENT, linux.NOTDIR, PERM)
            and any(b"\0" in path for path in line.paths()))


@accepted("change-below-file", "A change relative to what is no directory: ENOTDIR on Linux, or ENOENT of a link to nothing; EBADF "
                               "in Wasmtime. With two descriptors, one of them a stream of the host's: what is wrong with our path, or EXDEV")
def _(line, theirs, mine, slots):
    if line.call not in CHANGES or theirs.errno != BADF:
        return False
    bases = [int(word[1:]) for word in line.plain() if word.startswith("$")]
    if len(bases) == 2:
        return mine.errno not in (None, SUCCESS) and any(slots.directory(slot) is None for slot in bases)
    if slots.path(bases[0]) is None or slots.directory(bases[0]) is not None:
        return False
    links_to_nothing = line.call == "path_symlink" and not line.paths()[0]
    return mine.errno in (linux.NOTDIR, linux.NAMETOOLONG) or links_to_nothing and mine.errno == linux.NOENT


@accepted("link-as-directory", "O_DIRECTORY of a link that must not be followed: ELOOP in Wasmtime, and so with us, also where "
                               "writing is asked for; ENOTDIR on Linux")
def _(line, theirs, mine, slots):
    return (line.call == "path_open" and number(line.plain()[3]) & linux.DIRECTORY != 0 and number(line.plain()[1]) == 0
            and theirs.errno == PERM and mine.errno == linux.LOOP)


@accepted("escape-by-links", "More than 20 links that lead out of the directory at last: Wasmtime walks them twice and says "
                             "ELOOP, for us they are not too many")
def _(line, theirs, mine, slots):
    base = slots.directory(line.slot(0)) if line.paths() else None
    return (base is not None and theirs.errno == linux.LOOP and mine.errno == PERM
            and any(linux.resolve(base, path, True).escapes for path in line.paths()))


@accepted("seek-beyond", "A position beyond 2^63 - 1: EINVAL on Linux; Wasmtime keeps it as a 64-bit number")
def _(line, theirs, mine, slots):
    return line.call == "fd_seek" and mine.errno == INVAL and int(theirs.fields.get("at", 0)) >= 1 << 63


@accepted("short-read", "Wasmtime reads at most 64 KiB in one call, which is allowed; packed files give all that is asked")
def _(line, theirs, mine, slots):
    return (line.call in ("fd_read", "fd_pread") and theirs.fields.get("n") == "65536"
            and int(mine.fields.get("n", 0)) > 65536)


@accepted("allocate", "A change: Linux says EBADF of what is not open for writing, EINVAL of no length; Wasmtime has no "
                      "fd_allocate at all")
def _(line, theirs, mine, slots):
    return line.call == "fd_allocate" and theirs.errno == NOTSUP and mine.errno in (BADF, INVAL)


@accepted("truncate-directory", "A change: Linux says EINVAL of what is not open for writing, be it a directory")
def _(line, theirs, mine, slots):
    return (line.call == "fd_filestat_set_size" and is_directory(line, slots) and theirs.errno == BADF
            and mine.errno == INVAL)


@accepted("poll-count", "How much can be read: we say how much is left of the file, Wasmtime says 1")
def _(line, theirs, mine, slots):
    def without_counts(answer):
        return [re.sub(r" n=\d+", "", text) for text in answer.more]
    return line.call == "poll_oneoff" and mine.errno == SUCCESS and without_counts(mine) == without_counts(theirs)
