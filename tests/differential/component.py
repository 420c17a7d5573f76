# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The guest as a component, packed, between two references: the component as it is, over a mounted tree, and the packed
core module. Files of the host's are answered for by the component's adapter, which has its own view of preview 1; packed
ones by the shim, as in the module. Each answer must be that of one or the other; and packing before and after
componentizing must give the same.
"""

import re
from pathlib import Path

import trees
from compare import Answer, Comparison, Line, Slots, for_reference, normalise
from hosts import Wasmtime, WasmtimeComponent, answers, answers_past_traps, build_guest, components
from linux import BADF, SUCCESS
from overlay import is_guess_at_a_cookie, split
from pair import pack

# What is packed, and what is mounted beside it:
ARRANGEMENTS = (
    "packed",   # the whole tree; nothing
    "overlay",  # a part of the tree; the rest, at the same place
    "aside",    # something that no script looks for; the whole tree
)


def build(folder):
    """The guest's module and component, in `folder`."""
    guest = build_guest(folder)
    return guest, components.componentize(guest, Path(folder) / "plain.wasm")


class Components:
    """An arrangement of the small tree. The components are in Wasmtime, which mounts read-only."""

    def __init__(self, folder, arrangement, seed=0, guest=None):
        self.folder, self.arrangement = Path(folder), arrangement
        self.root = self.folder / "whole"
        trees.small(self.root)
        whole, mounted = {"/": self.root}, {}
        packed = whole
        if arrangement == "overlay":
            split(self.root, self.folder / "part", self.folder / "rest", seed)
            packed, mounted = {"/": self.folder / "part"}, {"/": self.folder / "rest"}
        elif arrangement == "aside":
            (self.folder / "other" / "directory").mkdir(parents=True)
            packed, whole = {"/unrelated": self.folder / "other"}, {"/mounted": self.root}
            mounted = whole
        guest, plain = guest or build(self.folder)
        module = pack(guest, packed, self.folder / "module.wasm")
        self.module = Wasmtime(module, mounted)
        self.plain = WasmtimeComponent(plain, whole)
        self.packed_after = WasmtimeComponent(pack(plain, packed, self.folder / "packed_after.wasm"), mounted)
        self.packed_before = WasmtimeComponent(components.componentize(module, self.folder / "packed_before.wasm"), mounted)

    def compare(self, script):
        if self.arrangement == "overlay":
            # The host fills only the first buffer of a vector; packed files fill all.
            script = re.sub(r"\bv:(\d[\d,]*)(?= |$)", lambda match: f"v:{max(map(int, match[1].strip(',').split(',')))}", script,
                            flags=re.MULTILINE)
        output = self.packed_after.run(script)
        packed = answers(output)
        module = answers(self.module.run(script))
        references = [module]
        if packed != module:
            reference = script if self.arrangement == "aside" else for_reference(script, packed)
            references.append(answers_past_traps(self.plain, reference))
        enough = len(references) if self.arrangement == "overlay" else 1
        comparison = Either(script, references, packed, self.root, enough)
        # Reading changes when a host's file was last read.
        times = re.compile(r" atime=\d+")
        if times.sub("", self.packed_before.run(script)) != times.sub("", output):
            comparison.differences.append((0, "packed before componentizing", "the same", "another output"))
        return comparison

    def differs(self, script):
        return bool(self.compare(script).differences)


CHANGING = ("path_open", "fd_close", "fd_renumber", "fd_seek", "fd_read", "fd_fdstat_set_flags", "sock_accept")


def has_changed(line, answer):
    """Whether a call may have left another state: a read of nothing does not, though an adapter lets it succeed anywhere."""
    return line.call in CHANGING and answer.errno == SUCCESS and answer.fields.get("n") != "0"


class Either(Comparison):
    """Each answer is one reference's or the other's. A reference no longer counts when a call changes something there and
    not here, or the other way round; and it ends when fewer than `enough` count."""

    def __init__(self, script, references, packed, root, enough):
        self.differences, self.used = [], set()
        self.compared = 0
        slots, counting = Slots(root), list(references)
        for index, text in enumerate(script.split("\n"), 1):
            line = Line.parse(text)
            if line is None:
                continue
            mine = Answer(packed.get(index, "no answer"))
            theirs = [Answer(reference.get(index, "no answer")) for reference in counting]
            self.compared += 1
            if not self._may_answer(line, theirs, mine, slots):
                self.differences.append((index, text, " or ".join(answer.text for answer in theirs), mine.text))
                break
            counting = [reference for reference, answer in zip(counting, theirs)
                        if has_changed(line, answer) == has_changed(line, mine)]
            if mine.trap or len(counting) < enough:
                break

    def _may_answer(self, line, theirs, mine, slots):
        if normalise(line, mine, slots) in [normalise(line, answer, slots) for answer in theirs]:
            return True
        if len(theirs) == 1 and (theirs[0].errno == BADF or re.search(r"\$6[123]", " ".join(line.arguments))):
            return True  # a number that is open nowhere, or a stream: the adapter's own, and it counts no more
        if line.call.startswith("sock_") and mine.trap:
            return True  # adapters have no such calls, and no other answer
        return is_guess_at_a_cookie(line, mine)
