# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A real large component, CPython as componentize-py makes it (tens of megabytes; several core modules that share one
memory), imports packed modules and reads packed files. It takes half a minute, so that pytest does not find it by its
name; tools/campaign installs componentize-py and runs it.
"""

import secrets
import shutil
import subprocess

import pytest

from runtimes import TOOLS
from test_components import pack_component, run_component

COMPONENTIZE_PY = TOOLS / "componentize-py" / "bin" / "componentize-py"

WORLD = "package local:guest; world guest { export show: func() -> string; }"
APPLICATION = """\
import os
import sys

import wit_world


class WitWorld(wit_world.WitWorld):
    def show(self):
        sys.path.insert(0, "/packed")
        import shop
        walk = sorted(os.path.join(d, f) for d, _, fs in os.walk("/packed") for f in fs if not f.endswith(".pyc"))
        block = bytearray(1 << 25)
        block[-1] = 1
        try:
            open("/packed/none")
            missing = "there"
        except FileNotFoundError:
            missing = "missing"
        return " ".join([shop.NONCE, shop.text(), *walk, missing, str(sum(block))])
"""


@pytest.mark.timeout(900)
def test_cpython_component(tmp_path):
    nonce = secrets.token_hex(8)
    (tmp_path / "guest.wit").write_text(WORLD)
    (tmp_path / "app.py").write_text(APPLICATION)
    plain = tmp_path / "cpython.wasm"
    subprocess.run([COMPONENTIZE_PY, "-d", "guest.wit", "-w", "guest", "componentize", "app", "-o", plain], cwd=tmp_path,
                   check=True, timeout=600)
    assert plain.stat().st_size > 10 << 20
    packed = tmp_path / "static"
    packed.mkdir()
    (packed / "shop.py").write_text(f"NONCE = {nonce!r}\ndef text():\n    return open('/packed/data/text.txt').read()\n")
    (packed / "data").mkdir()
    (packed / "data" / "text.txt").write_text(f"text-{nonce}")
    component = pack_component(plain, tmp_path / "packed.wasm", "--dir", f"{packed}::/packed")
    shutil.rmtree(packed)

    line = f"show {nonce} text-{nonce} /packed/data/text.txt /packed/shop.py missing 1"
    done = run_component(component, calls=["show", "show"], timeout=600)
    assert (done.lines, done.code) == ([line, line], 0), done.err
