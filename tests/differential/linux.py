# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What Linux answers to a change on a read-only mount: a model for every machine, and the kernel itself where a read-only
bind mount may be made. test_differential.py holds the model to the kernel.

The order is Linux's (fs/namei.c). All look for the parent directory first. Creating a name then asks whether it is taken
(EEXIST) before it says EROFS; removing and renaming say EROFS before they look at the name. Opening looks at the file.
"""

import errno as host
import os
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

# WASI's numbers.
SUCCESS, ACCES, BADF, BUSY, EXIST, FAULT, ILSEQ, INVAL, ISDIR, LOOP = 0, 2, 8, 10, 20, 21, 25, 28, 31, 32
NAMETOOLONG, NOENT, NOTDIR, NOTEMPTY, PERM, ROFS, XDEV = 37, 44, 54, 55, 63, 69, 75

OF_HOST = {
    host.EACCES: ACCES, host.EBADF: BADF, host.EBUSY: BUSY, host.EEXIST: EXIST, host.EINVAL: INVAL, host.EISDIR: ISDIR,
    host.ELOOP: LOOP, host.ENAMETOOLONG: NAMETOOLONG, host.ENOENT: NOENT, host.ENOTDIR: NOTDIR,
    host.ENOTEMPTY: NOTEMPTY, host.EPERM: PERM, host.EROFS: ROFS, host.EXDEV: XDEV,
}

CREAT, DIRECTORY, EXCL, TRUNC = 1, 2, 4, 8
RIGHT_READ, RIGHT_WRITE = 2, 64
MAX_LINKS = 40


class Found:
    """Where a path leads. `error` is why it leads nowhere; `parent` says that all but the last name was found."""

    def __init__(self):
        self.error, self.node, self.parent = SUCCESS, None, False
        self.last, self.slash, self.escapes = "", False, False


def resolve(base, path, follow):
    """Walks `path`, bytes, from the host directory `base`, which nothing may leave."""
    found = Found()
    try:
        path.decode()
    except UnicodeDecodeError:  # WASI's paths are UTF-8
        found.error = ILSEQ
        return found
    if not path:
        found.error = NOENT
        return found
    if b"\0" in path:
        found.error = INVAL
        return found
    if len(path) > 4095:
        found.error = NAMETOOLONG
        return found
    if path.startswith(b"/"):
        found.error, found.escapes = PERM, True
        return found
    base = os.fsencode(base)
    stack, rest, links = [], path, 0
    while rest.strip(b"/"):
        rest = rest.lstrip(b"/")
        name, slash, rest = rest.partition(b"/")
        final = not rest.strip(b"/")
        found.parent, found.last, found.slash = final, name, final and bool(slash)
        if name == b".":
            continue
        if name == b"..":
            if not stack:
                found.error, found.escapes = PERM, True
                return found
            stack.pop()
            continue
        if len(name) > 255:
            found.error = NAMETOOLONG
            return found
        full = os.path.join(base, *stack, name)
        if os.path.islink(full):
            if final and not slash and not follow:
                found.node = full
                return found
            links += 1
            target = os.readlink(full)
            if links > MAX_LINKS:
                found.error, found.parent = LOOP, False
                return found
            if target.startswith(b"/"):
                found.error, found.escapes, found.parent = PERM, True, False
                return found
            rest = target + slash + rest
            continue
        if not os.path.lexists(full):
            found.error = NOENT
            return found
        if not os.path.isdir(full) and (slash or not final):
            found.error = NOTDIR
            return found
        stack.append(name)
    found.node = os.path.join(base, *stack)
    return found


def resolve_parent(base, path):
    """The directory that the last name of a path is in, that name, and whether a slash follows it. Linux looks no further
    before it removes or renames, and does not follow a link that is the last name, slash or not."""
    whole = path.rstrip(b"/")
    parent, _, last = whole.rpartition(b"/")
    checked = resolve(base, path, False)
    if checked.error in (ILSEQ, INVAL) or not whole or len(path) > 4095 or last == b"..":
        return checked, last, False
    return resolve(base, (parent + b"/." if parent else b"." if not path.startswith(b"/") else b"/"), True), last, whole != path


def create(base, path, directory):
    parent, last, slash = resolve_parent(base, path)
    if parent.error != SUCCESS:
        return parent.error
    if last in (b".", b".."):
        return EXIST
    if len(last) > 255:
        return NAMETOOLONG
    if os.path.lexists(os.path.join(parent.node, last)):
        return EXIST
    return NOENT if slash and not directory else ROFS


def symlink(target, base, path):
    if not target:
        return NOENT
    return NAMETOOLONG if len(target) > 4095 else create(base, path, False)


def remove(base, path, dot, dotdot):
    parent, last, _ = resolve_parent(base, path)
    if parent.error != SUCCESS:
        return parent.error
    return {b".": dot, b"..": dotdot}.get(last, ROFS)


def rename(old_base, old, new_base, new):
    first, second = remove(old_base, old, BUSY, BUSY), remove(new_base, new, BUSY, BUSY)
    for answer in (first, second):
        if answer not in (BUSY, ROFS):
            return answer
    return first if first == BUSY else second


def link(old_base, follow, old, new_base, new):
    found = resolve(old_base, old, follow)
    return found.error if found.error != SUCCESS else create(new_base, new, False)


def set_times(base, follow, path):
    found = resolve(base, path, follow)
    return found.error if found.error != SUCCESS else ROFS


def open_file(base, follow, path, oflags, rights):
    if oflags & CREAT and oflags & DIRECTORY:
        return INVAL
    exclusive = oflags & CREAT and oflags & EXCL
    if oflags & CREAT and path.endswith(b"/"):
        # A slash behind a name is looked at before the name is; behind `.` and `..` it means nothing.
        parent, last, _ = resolve_parent(base, path)
        if parent.error != SUCCESS:
            return parent.error
        if last not in (b".", b".."):
            return ISDIR
    found = resolve(base, path, follow and not exclusive)
    if found.escapes:
        return found.error
    if oflags & CREAT and found.parent and found.slash and found.last not in (b".", b".."):
        return ISDIR  # the slash at the end of a link's target
    if oflags & CREAT and found.parent and found.error == NOENT:
        return ROFS
    if found.error != SUCCESS:
        return found.error
    if exclusive:
        return EXIST
    if os.path.islink(found.node):
        return NOTDIR if oflags & DIRECTORY else LOOP
    if os.path.isdir(found.node):
        return ISDIR if oflags & (CREAT | TRUNC) or rights & RIGHT_WRITE else SUCCESS
    if oflags & DIRECTORY:
        return NOTDIR
    return ROFS if rights & RIGHT_WRITE or oflags & TRUNC else SUCCESS


@contextmanager
def read_only(root):
    """A read-only mount of `root`, or None where none may be made."""
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run(["mount", "--bind", "-o", "ro", str(root), folder], capture_output=True)
        if made.returncode:
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def kernel(call):
    """The WASI number of what `call` is refused with."""
    try:
        result = call()
        if isinstance(result, int):
            os.close(result)
        return SUCCESS
    except OSError as error:
        return OF_HOST[error.errno]


def kernel_open(follow, path, oflags, rights):
    flags = {0: os.O_RDONLY, RIGHT_WRITE: os.O_WRONLY, RIGHT_READ | RIGHT_WRITE: os.O_RDWR}.get(
        rights & (RIGHT_READ | RIGHT_WRITE), os.O_RDONLY)
    for bit, flag in ((CREAT, os.O_CREAT), (DIRECTORY, os.O_DIRECTORY), (EXCL, os.O_EXCL), (TRUNC, os.O_TRUNC)):
        flags |= flag if oflags & bit else 0
    flags |= 0 if follow else os.O_NOFOLLOW
    return kernel(lambda: os.open(path, flags))
