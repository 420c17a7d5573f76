# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The recipes of docs/hosts.md, run as they stand there."""

import functools
import http.server
import os
import re
import secrets
import shutil
import struct
import subprocess
import sys
import threading
import zlib

import pytest

import guests
from conftest import ROOT, WASM_VFS, run, snippets
from runtimes import NODE, TOOLS, WAZERO

BROWSER = ROOT / "docs" / "examples" / "browser"
WIDTH, HEIGHT, COLOUR = 120, 80, (230, 40, 160)


def png(width, height, colour):
    """A picture of one colour."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def pixels(data):
    """How often each colour is in a PNG of 8 bits a channel, RGB or RGBA, not interlaced: as Chromium writes them."""
    at, header, compressed = 8, None, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            compressed += body
        at += 12 + size
    width, height, depth, kind = header[:4]
    assert depth == 8 and kind in (2, 6) and header[6] == 0, header
    channels = 3 if kind == 2 else 4
    raw, stride, counts = zlib.decompress(compressed), width * channels, {}
    above = bytearray(stride)
    for y in range(height):
        filter_type = raw[y * (stride + 1)]
        line = bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride if filter_type else 0):
            left = line[i - channels] if i >= channels else 0
            up, corner = above[i], above[i - channels] if i >= channels else 0
            if filter_type == 4:
                estimate = left + up - corner
                predicted = min((left, up, corner), key=lambda value: abs(estimate - value))
            else:
                predicted = (0, left, up, (left + up) // 2)[filter_type]
            line[i] = (line[i] + predicted) & 255
        for x in range(0, stride, channels):
            colour = tuple(line[x:x + 3])
            counts[colour] = counts.get(colour, 0) + 1
        above = line
    return counts


@pytest.fixture(scope="module")
def nonce():
    return secrets.token_hex(8)


@pytest.fixture(scope="module")
def place(tmp_path_factory, cat, nonce):
    """A directory with the packed application of docs/hosts.md and the page's files; what was packed is gone."""
    folder = tmp_path_factory.mktemp("hosts")
    shutil.copy(cat, folder / "app.wasm")
    static = folder / "static"
    static.mkdir()
    (static / "index.html").write_text(f"index {nonce}\n")
    (static / "hello.txt").write_text(f"hello {nonce}\n")
    (static / "picture.png").write_bytes(png(WIDTH, HEIGHT, COLOUR))
    run(WASM_VFS, "pack", "app.wasm", "--dir", "static", cwd=folder)
    shutil.rmtree(static)
    (folder / "app.wasm").unlink()
    for name, text in snippets("hosts.md").items():
        (folder / name).write_text(text)
    for file in BROWSER.iterdir():
        shutil.copy(file, folder)
    (folder / "node_modules").symlink_to(TOOLS / "node_modules")
    return folder


def check(place, nonce, *command, **options):
    assert run(*command, cwd=place, **options) == f"index {nonce}\n"
    assert run(*command, "/static/hello.txt", "static/index.html", cwd=place, **options) == f"hello {nonce}\nindex {nonce}\n"


def test_wasmtime(place, nonce):
    check(place, nonce, sys.executable, "wasmtime_host.py")


def test_wazero(place, nonce):
    assert (place / "wazero").read_text().split() == ["wazero", "run", "app.packed.wasm"]
    check(place, nonce, WAZERO, "run", "app.packed.wasm")


def test_wazero_in_go(place, nonce, tmp_path):
    version = re.search(r"kWazeroVersion=(\S+)", (ROOT / "tools/install-dependencies").read_text())[1]
    module = tmp_path / "host"
    module.mkdir()
    shutil.copy(place / "wazero_host.go", module / "main.go")
    # The module is in Go's cache since tools/install-dependencies built the command of it.
    go = functools.partial(run, TOOLS / "bin" / "go", cwd=module, env={**os.environ, "GOFLAGS": "-mod=mod"})
    go("mod", "init", "example.test/host")
    go("mod", "edit", f"-require=github.com/tetratelabs/wazero@{version}")
    go("build", "-o", "host", ".")
    check(place, nonce, module / "host")


def test_node(place, nonce):
    check(place, nonce, NODE, "--no-warnings", "node_host.mjs")


def test_browser_module_in_node(place, nonce):
    """The page's module, with the same shim."""
    (place / "in_node.mjs").write_text(
        "import fs from 'node:fs';\n"
        "import { load } from './packed.mjs';\n"
        "const headers = { 'content-type': 'application/wasm' };\n"
        "const packed = await load(new Response(fs.readFileSync('app.packed.wasm'), { headers }));\n"
        "process.stdout.write(new Uint8Array(await packed.read('/static/hello.txt')));\n"
        "console.log(Buffer.from(await packed.read('/static/picture.png')).toString('hex'));\n"
        "console.log((await packed.read('/static/missing').catch((error) => error)).message);\n")
    text, picture, missing = run(NODE, "in_node.mjs", cwd=place).splitlines()
    assert (text, bytes.fromhex(picture)) == (f"hello {nonce}", png(WIDTH, HEIGHT, COLOUR))
    assert missing.startswith("/static/missing: No such file")


def test_plugin(place, nonce, tmp_path):
    """A host that offers few functions takes the plug-in when it is sealed, and only then."""
    for name, text in snippets("hosts.md").items():
        (tmp_path / name).write_text(text)
    run(*guests.CLANG, *guests.REACTOR, ROOT / "docs/examples/plugin.c", "-o", "plugin.wasm", cwd=tmp_path)
    (tmp_path / "static").mkdir()
    (tmp_path / "static/index.html").write_text(f"index {nonce}\n")
    run(WASM_VFS, "pack", "plugin.wasm", "--dir", "static", cwd=tmp_path)
    refused = subprocess.run([NODE, "plugin_host.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "LinkError" in refused.stderr and "function import requires a callable" in refused.stderr
    run("sh", "-euc", (tmp_path / "sealed").read_text(), cwd=tmp_path, env={**os.environ, "PATH": f"{WASM_VFS.parent}:/bin"})
    assert run(NODE, "plugin_host.mjs", cwd=tmp_path).splitlines() == [f"index {nonce}", "200", "no such page", "404"]


def chromium():
    for name in ("chromium-headless-shell", "chromium"):
        if shutil.which(name):
            return [name, *(["--headless"] if name == "chromium" else [])]
    return None


@pytest.mark.skipif(chromium() is None, reason="no Chromium: Ubuntu has none in its packages")
def test_browser(place, nonce, tmp_path):
    done = threading.Event()

    class Handler(http.server.SimpleHTTPRequestHandler):
        """Serves the example; the page is loaded, for Chromium, when it has set data-picture."""

        def do_GET(self):
            if self.path == "/done":
                done.set()
            if self.path == "/wait":
                done.wait(60)
            if self.path in ("/done", "/wait"):
                self.send_response(204)
                self.end_headers()
            elif self.path == "/":
                page = (place / "index.html").read_text().replace("</html>", (
                    '<img src="/wait" hidden><script type="module">new MutationObserver(() => fetch("/done"))'
                    '.observe(document.documentElement, { attributes: true });</script></html>'))
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page.encode())
            else:
                super().do_GET()

        def log_message(self, *_):
            pass

    screenshot = ROOT / "build" / "test-logs" / "browser.png"
    screenshot.parent.mkdir(parents=True, exist_ok=True)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=place)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = run(*chromium(), "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile", "--window-size=600,400",
                   f"--screenshot={screenshot}", "--dump-dom", f"http://127.0.0.1:{server.server_address[1]}/")
        server.shutdown()
    assert f'<p id="text">hello {nonce}\n</p>' in page
    assert f'data-picture="{WIDTH}x{HEIGHT}"' in page
    assert pixels(screenshot.read_bytes())[COLOUR] == WIDTH * HEIGHT
