# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What preview 1 says, case by case: unpacked, which shows what each runtime does of it; packed with a directory that has
nothing to do with the case, which must lose none; and with the cases' own read-only directories packed.

A runtime's own deviations are no failures: recorded.json has them, and `tests/conformance/table --record` makes that.
"""

import functools
import importlib.machinery
import importlib.util
import shutil
from pathlib import Path

import pytest

import runs
import suite
from components import componentize

def is_accepted(case, runtime):
    return (case, "") in suite.ACCEPTED or (case, runtime) in suite.ACCEPTED


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("conformance")


@functools.cache
def cases_of(guest):
    kinds = runs.list_cases(suite.build(guest))
    cases = {case: kind for kind, case in kinds}
    assert len(cases) == len(kinds), "two cases have one name"
    return cases


@functools.cache
def unpacked(guest, runtime, folder):
    files = suite.Files(folder / f"{guest}-{runtime}-unpacked")
    return runs.run(runtime, suite.build(guest), files.mounts(), list(cases_of(guest)), suite.hanging(guest, runtime))


@functools.cache
def packed_module(guest, folder, *names):
    """The guest with those directories packed, which then are gone."""
    files = suite.Files(folder / f"{guest}-{'-'.join(names)}-packed")
    (files.folder / "other").mkdir()
    (files.folder / "other" / "file").write_text("not about any case")
    module = suite.pack(suite.build(guest), {f"/{name}": files.folder / name for name in names}, files.folder / "packed.wasm")
    for name in names:
        shutil.rmtree(files.folder / name)
    return module


def packed(guest, runtime, folder, *names):
    files = suite.Files(folder / f"{guest}-{runtime}-{'-'.join(names)}")
    module = packed_module(guest, folder, *names)
    return runs.run(runtime, module, files.mounts(without=names), list(cases_of(guest)), suite.hanging(guest, runtime))


def failures(results, cases):
    return "\n".join(f"{case}: {results[case]}" for case in cases)


def passing(results):
    return [case for case, result in results.items() if result == "pass"]


def for_each(test):
    """For each guest in each runtime; one worker has all of a pair, since they share the unpacked run."""
    return pytest.mark.parametrize("guest, runtime", [
        pytest.param(guest, runtime, marks=pytest.mark.xdist_group(f"conformance-{guest}-{runtime}"))
        for runtime in suite.RUNTIMES for guest in suite.GUESTS])(test)


@for_each
def test_unpacked(guest, runtime, folder, record_property):
    """The runtime still passes what it is recorded to pass; or nothing could be lost."""
    results = unpacked(guest, runtime, folder)
    deviating = suite.recorded().get(guest, {}).get(runtime, {})
    worse = [case for case, result in results.items() if result != "pass" and case not in deviating]
    record_property("conformance", f"{guest} in {runtime}, unpacked: {len(passing(results))} of {len(results)} pass")
    assert not worse, "passes no more (tests/conformance/table --record, if that is right):\n" + failures(results, worse)


@for_each
def test_packed_beside(guest, runtime, folder, record_property):
    """With an unrelated directory packed, nothing is lost."""
    before, after = unpacked(guest, runtime, folder), packed(guest, runtime, folder, "other")
    lost = [case for case in passing(before) if after[case] != "pass"]
    record_property("conformance", f"{guest} in {runtime}, packed with another directory: {len(passing(after))} of "
                                   f"{len(after)} pass, {len(lost)} lost")
    assert not lost, failures(after, lost)


@for_each
def test_packed_tree(guest, runtime, folder, record_property):
    """With its read-only directories packed, a case that is about them passes, whatever the runtime does; and nothing
    else is lost."""
    before, after = unpacked(guest, runtime, folder), packed(guest, runtime, folder, "tree", "refused")
    ours = {case for case, kind in cases_of(guest).items() if kind in ("TREE", "REFUSED") and case in after}
    wrong = [case for case in after if after[case] != "pass" and not is_accepted(case, runtime)
             and (case in ours or before[case] == "pass")]
    good = sum(after[case] == "pass" for case in ours)
    record_property("conformance", f"{guest} in {runtime}, packed: {good} of {len(ours)} read-only cases pass")
    assert not wrong, failures(after, wrong)
    stale = [case for case, where in suite.ACCEPTED if where in ("", runtime) and after.get(case) == "pass"]
    assert not stale, f"accepted, but they pass: {stale}"


@pytest.mark.xdist_group("component")
def test_component(folder, record_property):
    """The C guest as a component, of which more traps than of the module: what passes unpacked passes with an unrelated
    directory packed; and a case about the read-only directories passes with these packed."""
    plain = componentize(suite.build("c"), folder / "component.wasm")
    skipped = suite.hanging("c", "wasmtime")
    before = runs.run("component", plain, suite.Files(folder / "component").mounts(), list(cases_of("c")), skipped)
    assert len(passing(before)) > len(before) / 2, failures(before, before)
    for names in (["other"], ["tree", "refused"]):
        files = suite.Files(folder / f"component-{names[0]}")
        (files.folder / "other").mkdir()
        (files.folder / "other" / "file").write_text("not about any case")
        module = suite.pack(plain, {f"/{name}": files.folder / name for name in names}, files.folder / "packed.wasm")
        for name in names:
            shutil.rmtree(files.folder / name)
        after = runs.run("component", module, files.mounts(without=names), list(cases_of("c")), skipped)
        ours = {case for case, kind in cases_of("c").items() if kind in ("TREE", "REFUSED") and "tree" in names}
        wrong = [case for case in after if after[case] != "pass" and (case in ours or before[case] == "pass")
                 and not is_accepted(case, "component")]
        record_property("conformance", f"c as a component, {' and '.join(names)} packed: {len(passing(after))} of {len(after)} "
                                       f"pass, {len(passing(before))} before")
        assert not wrong, failures(after, wrong)


def test_documented():
    """docs/conformance.md is what `table` writes; and `table` finds no pair without a case or a reason."""
    path = str(suite.HERE / "table")
    loader = importlib.machinery.SourceFileLoader("table", path)
    table = importlib.util.module_from_spec(importlib.util.spec_from_file_location("table", path, loader=loader))
    loader.exec_module(table)
    assert table.PAGE.read_text() == table.page(), "tests/conformance/table writes it anew"
