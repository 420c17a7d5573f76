# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Packed files beside mounted ones. README.md says how; `campaign` runs more of the random scripts."""

import json
import os
import re
from pathlib import Path

import linux
import pytest
import trees
from compare import ACCEPTED, CHANGES, Answer, Comparison, Line, Slots, for_reference, refused_change
from hosts import Node, Wasmtime, Wazero, answers, answers_past_traps
from pair import Pair, pack
from scripts import ERRNO, Generator, cases, regressions

SEEDS = int(os.environ.get("WASM_VFS_SEEDS", "200"))
CASES = cases()


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    return Pair(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def compared(pair):
    """Each fixed script's comparison, and what packed answered."""
    found = {}
    for case in CASES:
        packed = answers(pair.packed.run(case.script))
        found[case.id] = (pair.compare(case.script, packed), packed)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(compared, case):
    comparison, packed = compared[case.id]
    assert not comparison.differences, f"\n{comparison}"
    last = packed[max(packed)]
    assert Answer(last).errno == ERRNO[case.errno], f"{case.script.splitlines()[-1]}: {last}"
    assert case.script.splitlines()[-1].split(" ")[0] == case.call or case.errno == "SUCCESS", "the last call is another"


def test_no_accepted_difference_is_stale(compared):
    """What the references have learnt to do like us leaves the list."""
    used = set().union(*(comparison.used for comparison, _ in compared.values()))
    assert {entry.name for entry in ACCEPTED} == used


def test_every_call_has_cases():
    served = set(re.findall(r"  CALL\((\w+), k", (trees.GUEST_SOURCE).read_text()))
    assert served and served == {case.call for case in CASES}


@pytest.mark.parametrize("name", regressions() or ["none"])
def test_regression(pair, name):
    if name == "none":
        return
    comparison = pair.compare(regressions()[name])
    assert not comparison.differences, f"\n{comparison}"


def test_random_scripts(pair):
    generator = Generator(pair.root)
    failed = []
    for seed in range(SEEDS):
        comparison = pair.compare(generator.script(seed))
        if comparison.differences:
            failed.append(f"seed {seed}: {comparison}")
    assert not failed, f"{len(failed)} of {SEEDS} differ; tests/differential/campaign makes them small\n" + "\n".join(failed[:5])


def same_but_for_the_host(found, expected, script):
    """Packed files do not depend on the host. What is the host's own differs: what it says of descriptors that are open
    nowhere (the shim leaves large numbers to it), and what time it is."""
    for number, line in enumerate(script.splitlines(), 1):
        if Answer(expected.get(number, "")).errno == linux.BADF or "q:" in line or line.startswith("fd_prestat_get"):
            continue
        assert found.get(number) == expected.get(number), f"{line}\nin:\n{script}"


def scripts_without_streams(pair, seeds):
    """A host's standard streams differ."""
    every = [case.script for case in CASES] + [Generator(pair.root).script(seed) for seed in range(seeds)]
    return [script for script in every if not re.search(r"\$6[123]", script)]


@pytest.mark.parametrize("version", [20, 24])
def test_packed_files_are_the_same_in_node(pair, version):
    scripts = scripts_without_streams(pair, 50)
    for script, found in zip(scripts, pair.packed_in_node(scripts, version)):
        same_but_for_the_host(found, answers(pair.packed.run(script)), script)


def test_packed_files_are_the_same_in_wazero(pair):
    wazero = Wazero(pair.packed_module)
    for script in scripts_without_streams(pair, 6)[::10]:
        same_but_for_the_host(answers(wazero.run(script)), answers(pair.packed.run(script)), script)


def test_reads_are_those_of_node(pair):
    """Node fills all buffers and reads more than 64 KiB in a call, which Wasmtime does not: bytes and positions are the
    same. Node asks for rights that Wasmtime does not ask for, so the scripts get them."""
    reads = ("fd_read ", "fd_pread ", "fd_seek ", "fd_tell ", "drain ")
    # Chunks of one byte take Node seconds.
    scripts = [re.sub(r"(path_open .*) (\d+) 0x2 0 (\d+) r", r"\1 \2 0x3fffbf 0x3fffbf \3 r",
                      case.script.replace("drain $1 1\n", "drain $1 100\n"))
               for case in CASES if (case.call + " ").startswith(reads) and case.errno != "FAULT"]
    mounted = Node(pair.guest, {"/": pair.root}).run_many(scripts)
    compared = 0
    for script, output in zip(scripts, mounted):
        theirs, mine = answers(output), answers(pair.packed.run(script))
        for number, line in enumerate(script.splitlines(), 1):
            both = Answer(theirs.get(number, "")), Answer(mine.get(number, ""))
            if both[0].errno != both[1].errno:
                break  # from here on positions differ
            if line.startswith(reads) and both[0].errno == 0:
                compared += 1
                assert both[0].fields == both[1].fields, f"{line}\nin:\n{script}"
    assert compared > 60


def walk_lines(output):
    """What `walk` prints, sorted, without what is the host's (compare.py)."""
    output = re.sub(r"(kind=3) nlink=\d+ size=\d+", r"\1", re.sub(r" [ac]time=\d+", "", output))
    # Reading a directory through a link is EBADF in Wasmtime, EISDIR with us.
    lines = re.sub(r"(followed:0 kind=3.*drain:)(8|31) ", r"\1 ", output).splitlines()
    return sorted(line for line in lines if line.startswith("  "))


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    return Pair(tmp_path_factory.mktemp("big"), trees.big)


def test_the_whole_tree(big):
    """Empty files, deep directories, 10,000 entries in one directory, links, names, 64 MiB: listed, stat'ed, opened, read,
    and read again, through large and small buffers."""
    # Wasmtime looks at all 10,000 entries again for each read of the directory: it gets the largest buffer only.
    expected = walk_lines(big.mounted.run("walk $0 tree 65536\n"))
    assert len(expected) > trees.CROWD
    for size in (65536, 4096, 300):
        assert walk_lines(big.packed.run(f"walk $0 tree {size}\n")) == expected
    assert walk_lines(big.packed_in_node_text("walk $0 tree 65536\n")) == expected


def test_a_directory_of_ten_thousand(big):
    script = """path_open =1 $0 1 s:tree/crowd 2 0x4000 0 0 r
list $1 100000
fd_readdir $1 b:400000 0 r
fd_readdir $1 b:400000 5000 r
fd_readdir $1 b:400000 9999 r
fd_readdir $1 b:400000 10001 r
fd_readdir $1 b:400000 10002 r
fd_readdir $1 b:290 0 r
fd_readdir $1 b:290 10000 r
path_filestat_get $1 0 s:c00000 r
path_filestat_get $1 0 s:c09999 r
path_filestat_get $1 0 s:c10000 r
path_filestat_get $1 0 s:c05000 r
"""
    comparison = big.compare(script)
    assert not comparison.differences, f"\n{comparison}"
    checked = big.packed.run("path_open =1 $0 1 s:tree/crowd 2 0x4000 0 0 r\nlist $1 1000000 check\n")
    assert f"count={trees.CROWD + 2} bad_cookies=0 bad_inodes=0" in checked


def test_a_large_file(big):
    script = "path_open =1 $0 1 s:tree/big 0 0x2 0 0 r\nfd_filestat_get $1 r\n"
    script += "".join(f"fd_pread $1 v:65536 {offset} r\n" for offset in
                      [0, 1, 65535, 65536, 1 << 20, (32 << 20) - 7, (64 << 20) - 65536, (64 << 20) - 1, 64 << 20])
    script += "fd_seek $1 -100 2 r\nfd_read $1 v:99,1 r\nfd_read $1 v:1 r\nfd_seek $1 0 0 r\ndrain $1 1000000\n"
    script += "memory 2000\nfd_seek $1 12345678 0 r\nfd_read $1 v:65536 r\n"
    comparison = big.compare(script)
    assert not comparison.differences, f"\n{comparison}"


def test_a_mount_below_the_root(pair, tmp_path):
    """Packed as /tree, below a root that only holds it: what is in /tree is the same."""
    packed = Wasmtime(pack(pair.guest, {"/tree": pair.root / "tree"}, tmp_path / "below.wasm"))
    assert walk_lines(packed.run("walk $0 tree 4096\n")) == walk_lines(pair.mounted.run("walk $0 tree 4096\n"))
    failed = []
    for case in CASES:
        script = case.script
        found = answers(packed.run(script))
        reference = answers_past_traps(pair.mounted, for_reference(script, found))
        comparison = Comparison(script, reference, found, pair.root)
        # The root itself is ours: its time is not the host directory's.
        if any(re.sub(r" mtime=\d+", "", expected) != re.sub(r" mtime=\d+", "", re.sub(r"^(0 .*)$", _drop_host, got))
               for _, text, expected, got in comparison.differences if not _is_root_stat(text, pair, script)):
            failed.append(f"{case.id}\n{comparison}")
    assert not failed, "\n" + "\n".join(failed)


def _drop_host(match):
    return match[1]


def _is_root_stat(text, pair, script):
    """Whether a call looks at the root itself."""
    line = Line.parse(text)
    paths = line.paths() if line.call == "path_filestat_get" else []
    return line.call == "fd_filestat_get" or any(
        (found := linux.resolve(pair.root, path, True)).node == os.fsencode(pair.root) for path in paths)


def test_descriptors_are_the_lowest_free_numbers(pair):
    generator = Generator(pair.root)
    for seed in range(50):
        script = generator.script(seed)
        if re.search(r"\$6[123]|fd_renumber", script):
            continue
        found = answers(pair.packed.run(script))
        open_numbers, slots = {0, 1, 2, 3}, {0: 3}
        for number, text in enumerate(script.splitlines(), 1):
            line, answer = Line.parse(text), Answer(found[number])
            if line.call == "path_open" and answer.errno == 0:
                fd = int(answer.fields["fd"])
                assert fd == next(free for free in range(5000) if free not in open_numbers), script
                open_numbers.add(fd)
                slots[line.target()] = fd
            elif line.call == "fd_close" and answer.errno == 0:
                open_numbers.discard(slots[line.slot(0)])


def test_more_files_than_descriptors(pair):
    """At least 1,024 files can be open at a time, and one too many is an error, not a trap."""
    count = 4200
    script = "".join("path_open =1 $0 1 s:tree/hello 0 0x2 0 0 r\n" for _ in range(count))
    script += "fd_read $1 v:5 r\nfd_close $1\npath_open =1 $0 1 s:tree/one 0 0x2 0 0 r\nfd_read $1 v:5 r\n"
    found = answers(pair.packed.run(script))
    errnos = [Answer(found[number]).errno for number in range(1, count + 1)]
    opened = errnos.index(33)
    assert opened >= 1024 and set(errnos[:opened]) == {0} and set(errnos[opened:]) == {33}
    assert found[count + 1].startswith("0 n=5") and found[count + 3].startswith("0 fd=")
    assert "bytes=1 " in found[count + 4]


# One call of each kind, with all its pointers good; $1 is a file, $2 a directory.
POINTERS = """fd_fdstat_get $1 r
fd_filestat_get $1 r
fd_pread $1 v:5 0 r
fd_read $1 v:5 r
fd_readdir $2 b:100 0 r
fd_seek $1 0 0 r
fd_tell $1 r
fd_prestat_get $0 r
fd_prestat_dir_name $0 b:1
path_create_directory $0 s:tree/new
path_filestat_get $0 0 s:tree/hello r
path_filestat_set_times $0 0 s:tree/hello 0 0 5
path_link $0 0 s:tree/hello $0 s:tree/new
path_open =9 $0 1 s:tree/hello 0 0x2 0 0 r
path_readlink $0 s:tree/links/file b:100 r
path_remove_directory $0 s:tree/void
path_rename $0 s:tree/hello $0 s:tree/new
path_symlink s:target $0 s:tree/new
path_unlink_file $0 s:tree/hello
poll_oneoff q:r@$1 r""".splitlines()


def with_bad_pointers():
    """Each pointer of each call in turn: beyond the guest's memory, where the shim's own lies, or across its end."""
    for text in POINTERS:
        words = text.split(" ")
        for index, word in enumerate(words):
            kind = word[0] if word == "r" or word[1:2] == ":" else ""
            more = {"r": [""], "s": [" 5"], "b": [" 5"], "v": [" 1"], "q": [" e:0 1", " 1"]}.get(kind, [])
            for address in ("e:0", "e:-3", "e:64", "e:4096", "e:5000", "e:70000", "e:131064", "e:131072", "0xfffffffc", "0x80000000"):
                if kind == "q":
                    yield " ".join([*words[:index], f"{address} {address} 1", *words[index + 1:]])
                elif more:
                    yield " ".join([*words[:index], address + more[0], *words[index + 1:]])
                if kind == "v":
                    yield " ".join([*words[:index], f"v:@{address}@5", *words[index + 1:]])


def test_bad_pointers_are_faults(pair):
    """Never a trap, never a byte written where it should not be; the shim's memory is none of the guest's."""
    lines = list(with_bad_pointers())
    start = "path_open =1 $0 1 s:tree/hello 0 0x2 0 0 r\npath_open =2 $0 1 s:tree/dir 2 0x4000 0 0 r\n"
    end = "fd_pread $1 v:20 0 r\nfd_readdir $2 b:500 0 r\nfd_tell $1 r\n"
    sound = answers(pair.packed.run(start + end))
    script = start + "\n".join(lines) + "\n" + end
    found = answers(pair.packed.run(script))
    for number, text in enumerate(lines, 3):
        assert found.get(number, "no answer").startswith("21"), f"{text}: {found.get(number)}"
    assert [found[len(lines) + number] for number in (3, 4, 5)] == [sound[number] for number in (3, 4, 5)]
    assert len(lines) > 300


# ---- The references are held to one another.

def fixed_changes():
    lines = [line for case in CASES for line in case.script.splitlines() if line.startswith(CHANGES)]
    return [line for line in dict.fromkeys(lines)
            if set(re.findall(r"\$(\d+)", line)) == {"0"} and not re.search(r" (99|-1|4096|0x\w+) ", line)]


def random_changes(root, seeds):
    generator = Generator(root)
    lines = [line for seed in range(100_000, 100_000 + seeds) for line in generator.script(seed).splitlines()
             if line.startswith(CHANGES)]
    return [line for line in dict.fromkeys(lines)
            if set(re.findall(r"\$(\d+)", line)) == {"0"} and not re.search(r" (99|-1|4096|0x\w+) ", line)]


def kernel_knows(line):
    """Whether a change means the same to the kernel, which has no preopen and takes any bytes for a name."""
    return not any(b"\0" in path or (found := linux.resolve(b".", path, follow)).escapes or found.error == linux.ILSEQ
                   for path in line.paths() for follow in (False, True))


def kernel_change(line, directory):
    first, *rest = line.paths()
    follow = line.plain()[1] == "1"
    return linux.kernel({
        "path_create_directory": lambda: os.mkdir(first),
        "path_symlink": lambda: os.symlink(first, rest[0]),
        "path_unlink_file": lambda: os.unlink(first),
        "path_remove_directory": lambda: os.rmdir(first),
        "path_rename": lambda: os.rename(first, rest[0]),
        # With a directory Python calls linkat, which alone can follow.
        "path_link": lambda: os.link(first, rest[0], src_dir_fd=directory, follow_symlinks=follow),
        "path_filestat_set_times": lambda: os.utime(first, (1, 1), follow_symlinks=follow),
    }[line.call])


def test_the_model_of_linux_is_what_linux_said(pair, monkeypatch):
    """linux.py gives the answers that a kernel gave (linux_answers.json); they were recorded because not every machine lets
    one mount. WASM_VFS_RECORD=1 asks this machine's kernel again."""
    monkeypatch.chdir(pair.root)
    lines = [text for text in fixed_changes() if kernel_knows(Line.parse(text))]
    recorded = Path(__file__).with_name("linux_answers.json")
    if os.environ.get("WASM_VFS_RECORD"):
        with linux.read_only(pair.root) as mount:
            monkeypatch.chdir(mount)
            directory = os.open(".", os.O_RDONLY)
            found = {text: kernel_change(Line.parse(text), directory) for text in lines}
            os.close(directory)
            monkeypatch.chdir(pair.root)
        recorded.write_text(json.dumps(found, indent=0) + "\n")
    assert {text: refused_change(Line.parse(text), Slots(".")) for text in lines} == json.loads(recorded.read_text())


def test_the_model_of_linux_is_linux(pair, monkeypatch):
    """Many more questions, where a read-only mount may be made; elsewhere the recorded answers have to do."""
    with linux.read_only(pair.root) as mount:
        if mount is None:
            return
        # Not by absolute paths: the kernel counts their bytes.
        monkeypatch.chdir(mount)
        directory = os.open(".", os.O_RDONLY)
        lines = [text for text in fixed_changes() + random_changes(pair.root, 200) if kernel_knows(Line.parse(text))]
        for text in lines:
            line = Line.parse(text)
            assert kernel_change(line, directory) == refused_change(line, Slots(".")), text
        os.close(directory)
        assert len(lines) > 150
        opened = 0
        for path, _ in Generator(pair.root).paths + [(name, "") for name in ("tree/new", "tree/new/", "tree/hello/", "tree/.", "tree/no/x")]:
            path = os.fsencode(path)
            if any(linux.resolve(b".", path, follow).escapes for follow in (False, True)):
                continue
            for oflags in (0, 1, 2, 4, 5, 8, 9, 12, 13):
                for rights in (2, 64, 66):
                    for follow in (0, 1):
                        expected = linux.open_file(b".", follow, path, oflags, rights)
                        assert linux.kernel_open( follow, path, oflags, rights) == expected, (path, oflags, rights, follow)
                        opened += 1
        assert opened > 1000


def test_node_over_a_read_only_mount_says_the_same_of_changes(pair):
    """The reference that the design names. Node resolves `..` by itself, so paths with it are left out, and it has its own
    words for a path that begins with a slash."""
    with linux.read_only(pair.root) as mount:
        if mount is None:
            return
        lines = [line for line in fixed_changes() + random_changes(pair.root, 40) if not any(
            path.startswith(b"/") or b".." in path or b"\0" in path or not path or b"//" in path or b"./" in path
            or path.endswith((b"/", b"/.")) or path == b"." or len(path) > 1000 or linux.resolve(mount, path, False).error == linux.ILSEQ
            for path in Line.parse(line).paths()) and not line.endswith((" 3", " 12"))]
        mounted = Node(pair.guest, {"/": mount}).run_many(lines)
        compared = 0
        for line, output in zip(lines, mounted):
            theirs, mine = Answer(answers(output)[1]), Answer(answers(pair.packed.run(line))[1])
            if line.startswith("path_link") and " 1 s:" in line[:18]:
                continue  # Node does not follow
            if re.search(r"links/l[234]", line):
                continue  # Node follows 32 links, Linux 40
            compared += 1
            assert theirs.errno == mine.errno, line
        assert compared > 50


def test_the_harness_sees():
    """A comparison that could not fail would be worth nothing."""
    script = "path_open =1 $0 1 s:tree/hello 0 0x2 0 0 r\nfd_read $1 v:5 r\n"
    right = {1: "0 fd=4", 2: "0 n=5 bytes=Hello hash=1"}
    for wrong in ({**right, 2: "0 n=5 bytes=Hello hash=2"}, {**right, 2: "0 n=4 bytes=Hell hash=1"}, {**right, 1: "44"},
                  {**right, 2: "28"}, {1: "0 fd=4"}, {**right, 2: "trap: unreachable"},
                  {**right, 2: right[2] + " guard-broken"}, {**right, 2: right[2] + " beyond-count"}):
        assert Comparison(script, right, wrong, "/").differences, wrong
    assert not Comparison(script, right, {**right, 1: "0 fd=7"}, "/").differences
