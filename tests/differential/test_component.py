# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Packed components beside components over mounted files. `campaign --component` runs more."""

import os

import pytest
from component import ARRANGEMENTS, Components, build
from scripts import Generator, cases

SEEDS = int(os.environ.get("WASM_VFS_SEEDS", "200")) // 16

pytestmark = pytest.mark.xdist_group("component")


@pytest.fixture(scope="module")
def guest(tmp_path_factory):
    return build(tmp_path_factory.mktemp("guest"))


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
def test_scripts(tmp_path, guest, arrangement):
    components = Components(tmp_path, arrangement, guest=guest)
    generator = Generator(components.root)
    scripts = [(f"seed {seed}", generator.script(seed)) for seed in range(SEEDS)]
    if arrangement == "packed":
        scripts += [(case.id, case.script) for case in cases()[::3]]
    compared, failed = 0, []
    for name, script in scripts:
        comparison = components.compare(script)
        compared += comparison.compared
        if comparison.differences:
            failed.append(f"{name}: {comparison}")
    assert not failed, f"{len(failed)} differ; campaign --component {arrangement} makes them small\n" + "\n".join(failed[:5])
    lines = sum(len([line for line in script.splitlines() if line and line[0] != "#"]) for _, script in scripts)
    assert compared > lines * 0.7, f"only {compared} of {lines} calls were compared"
