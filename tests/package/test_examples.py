# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The examples of docs/examples and docs/build-systems.md, each run in a copy, by someone who installed the packages."""

import os
import shutil
import subprocess

import pytest
import yaml

import guests
from conftest import ROOT, WASM_VFS, run, snippets
from runtimes import NODE, TOOLS, WAZERO

EXAMPLES = ROOT / "docs" / "examples"


@pytest.fixture
def environment(packages, tmp_path):
    """The environment of someone who unpacked the archive, and has the tools that the examples call."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for name, tool in {"go": TOOLS / "bin" / "go", "node": NODE, "clang": shutil.which("clang-19"), "cargo": "/usr/bin/cargo",
                       "rustc": "/usr/bin/rustc"}.items():
        (bin_folder / name).symlink_to(os.path.realpath(tool) if name == "go" else tool)
    return {**os.environ, "PATH": f"{packages.tree}/bin:{bin_folder}:/usr/bin:/bin", "CMAKE_PREFIX_PATH": str(packages.tree),
            "SOURCE_DATE_EPOCH": "1000000000", "GOFLAGS": "-trimpath", "GOTOOLCHAIN": "local"}  # flags as in guests.py: one cache


@pytest.fixture
def example(tmp_path):
    """example(name): a copy of an example beside one of cat.c, without what a run in place may have left there."""

    def copy(name):
        shutil.copy(EXAMPLES / "cat.c", tmp_path)
        return shutil.copytree(EXAMPLES / name, tmp_path / name, ignore=shutil.ignore_patterns("*.wasm", "node_modules", "build"))

    return copy


def printed_by(module):
    """What a packed module prints, without any mount."""
    return run(WAZERO, "run", "-interpreter", module)


class Builder:
    """Runs a build again and again; counts how often it packed, by the line that says so."""

    def __init__(self, command, line, folder, environment):
        self.command, self.line, self.folder, self.environment = command, line, folder, environment

    def packs(self):
        printed = run(*self.command, cwd=self.folder, env=self.environment)
        return sum(self.line in line for line in printed.splitlines())


def settle(folder):
    """Moves all times of modification into the past, in their order: the next change is later than all of them, also
    where a file system or a build tool counts in whole seconds."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            status = path.stat()
            os.utime(path, ns=(status.st_atime_ns - 10 * 10**9, status.st_mtime_ns - 10 * 10**9))


CHANGES = {
    "nothing": (0, lambda site: None),
    "touch": (1, lambda site: (site / "static/index.html").touch()),
    "edit": (1, lambda site: (site / "static/index.html").write_text("edited\n")),
    "add": (1, lambda site: (site / "static/css/more.css").write_text("b {}\n")),
    "add an excluded file": (1, lambda site: (site / "static/a.orig").write_text("")),
    "add a directory": (1, lambda site: (site / "static/empty").mkdir()),
    "remove": (1, lambda site: (site / "static/css/more.css").unlink()),
    "rename": (1, lambda site: (site / "static/css").rename(site / "static/style")),
    "the module": (1, lambda site: (site / "../cat.c").write_text((site / "../cat.c").read_text().replace("perror(path)", "perror(0)"))),
}


def check_repacks(builder, site, packed):
    """For each of CHANGES the build packs as often as it says there, and then no more."""
    assert builder.packs() == 0
    for change, (count, apply) in CHANGES.items():
        settle(site.parent)
        before = packed.read_bytes()
        apply(site)
        assert builder.packs() == count, change
        assert builder.packs() == 0, f"a second time after: {change}"
        unchanged = change in ("nothing", "touch", "add an excluded file")
        assert (packed.read_bytes() == before) == unchanged, change
        if change == "edit":
            assert printed_by(packed) == "edited\n"


@pytest.mark.parametrize("generator", ["Ninja", "Unix Makefiles"])
def test_cmake(example, environment, generator, packages, tmp_path):
    site = example("cmake")
    prefix = shutil.copytree(packages.tree, tmp_path / "prefix")
    environment["CMAKE_PREFIX_PATH"] = str(prefix)
    (site / "static/css").mkdir()
    build = site / "build"
    run("cmake", "-G", generator, "-S", site, "-B", build, "--toolchain", site / "wasi.cmake", env=environment)
    builder = Builder(["cmake", "--build", build], "Packing app", site, environment)
    assert builder.packs() == 1
    packed = build / "app.packed.wasm"
    assert printed_by(packed) == (EXAMPLES / "cmake/static/index.html").read_text()
    assert printed_by(build / "app-fr.wasm") == "bonjour\n"

    # Ninja sees that the bytes are as before; what is built from them is not built again.
    settle(site.parent)
    status = packed.stat()
    (site / "static/index.html").touch()
    assert builder.packs() == 1
    assert (packed.stat().st_mtime_ns == status.st_mtime_ns) == (generator == "Ninja")

    check_repacks(builder, site, packed)
    lists = site / "CMakeLists.txt"
    settle(site.parent)
    lists.write_text(lists.read_text().replace('--exclude "*.orig"', '--exclude "*.bak"'))
    assert builder.packs() == 1, "an option"
    assert builder.packs() == 0
    settle(site.parent)
    (prefix / "bin/wasm-vfs").touch()
    assert builder.packs() == 1, "another wasm-vfs"
    assert builder.packs() == 0


def test_cmake_from_source(example, environment, tmp_path):
    """The function is there too when this project is a part of another (FetchContent does what add_subdirectory does)."""
    site = example("cmake")
    lists = site / "CMakeLists.txt"
    lists.write_text(lists.read_text().replace(
        "find_package(wasm-vfs 0.1 REQUIRED)", f'enable_language(CXX ASM)\nadd_subdirectory("{ROOT}" wasm-vfs)'))
    run("cmake", "-G", "Ninja", "-S", site, "-B", site / "build", env=environment)
    steps = run("ninja", "-C", site / "build", "-n", "-v", "app.packed.wasm", env=environment).splitlines()
    assert "wasm-vfs/tools/wasm-vfs/wasm-vfs pack" in steps[-1]
    assert any("-o wasm-vfs/tools/wasm-vfs/wasm-vfs" in step for step in steps[:-1])


def test_library(cat, environment, tmp_path):
    """A program that links the installed libraries packs by itself, and as the command does."""
    prefix, build = tmp_path / "prefix", tmp_path / "build"
    run("cmake", "--install", WASM_VFS.parents[2], "--prefix", prefix)
    environment["CMAKE_PREFIX_PATH"] = str(prefix)
    run("cmake", "-G", "Ninja", "-S", EXAMPLES / "library", "-B", build, env=environment)
    run("cmake", "--build", build, env=environment)
    run(build / "packer", cat, EXAMPLES / "npm/static", tmp_path / "packed.wasm")
    assert printed_by(tmp_path / "packed.wasm") == (EXAMPLES / "npm/static/index.html").read_text()
    run(WASM_VFS, "pack", cat, "--dir", f"{EXAMPLES}/npm/static::/static", "-o", tmp_path / "command.wasm")
    assert (tmp_path / "packed.wasm").read_bytes() == (tmp_path / "command.wasm").read_bytes()
    refused = subprocess.run([build / "packer", EXAMPLES / "cat.c", EXAMPLES / "npm/static", tmp_path / "none.wasm"],
                             capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1 and "cat.c" in refused.stderr and not (tmp_path / "none.wasm").exists()


def test_make(example, environment):
    site = example("make")
    (site / "static/css").mkdir()
    builder = Builder(["make"], "wasm-vfs pack", site, environment)
    assert builder.packs() == 1
    packed = site / "app.packed.wasm"
    assert printed_by(packed) == (EXAMPLES / "make/static/index.html").read_text()
    check_repacks(builder, site, packed)


def test_npm(example, environment, packages):
    site = example("npm")
    environment["PATH"] = environment["PATH"].removeprefix(f"{packages.tree}/bin:")
    environment["npm_config_cache"] = str(site / "cache")
    run("npm", "install", "--offline", "--no-audit", "--no-fund", "--save-dev", packages.npm, cwd=site, env=environment)
    run("npm", "run", "build", cwd=site, env=environment)
    expected = (EXAMPLES / "npm/static/index.html").read_text()
    shutil.rmtree(site / "static")
    assert run("npm", "--silent", "start", cwd=site, env=environment) == expected


def one_liner(name, cwd, environment, **replacements):
    """Runs a line of docs/build-systems.md."""
    line = snippets("build-systems.md")[name]
    for old, new in replacements.items():
        assert old in line
        line = line.replace(old, new)
    run("bash", "-euc", line, cwd=cwd, env=environment)


def test_go(example, environment):
    site = example("go")
    one_liner("go", site, environment)
    assert printed_by(site / "app.packed.wasm") == (EXAMPLES / "go/static/index.html").read_text()


def test_cargo(example, environment):
    site = example("cargo")
    target = guests.rust_target()
    # Debian's Rust has neither today's name of the target nor a linker of its own for it.
    environment[f"CARGO_TARGET_{target.upper().replace('-', '_')}_LINKER"] = "wasm-ld-19"
    environment["RUSTFLAGS"] = "-C link-arg=--no-fatal-warnings"
    environment["CARGO_HOME"] = str(site / "home")
    one_liner("cargo", site, environment, **{"wasm32-wasip1": target})
    assert printed_by(site / "app.packed.wasm") == (EXAMPLES / "cargo/static/index.html").read_text()


def test_github_actions(example, environment, packages):
    """The workflow's `run` steps, as GitHub runs them: bash -e, and each sees what the earlier ones wrote into GITHUB_PATH."""
    site = example("go")
    run("git", "init", "-q", cwd=site)
    run("git", "add", ".", cwd=site)
    run("git", "-c", "user.name=a", "-c", "user.email=a@example.test", "commit", "-qm", "all", cwd=site)
    environment["PATH"] = environment["PATH"].removeprefix(f"{packages.tree}/bin:")
    environment.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(packages.folder),
                       GITHUB_PATH=str(site / "path"), GITHUB_STEP_SUMMARY=str(site / "summary"))
    workflow = yaml.safe_load((EXAMPLES / "github-actions/pack.yml").read_text())
    steps = [step for step in workflow["jobs"]["pack"]["steps"] if "run" in step]
    assert [step["name"] for step in steps] == ["Install wasm-vfs", "Build", "Pack", "Check what it asks of its host"]
    for step in steps:
        added = (site / "path").read_text().split() if (site / "path").exists() else []
        step_environment = {**environment, **step.get("env", {}), "PATH": ":".join([*added, environment["PATH"]])}
        run("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"], cwd=site, env=step_environment)
    assert '"output_bytes"' in (site / "summary").read_text()
    assert printed_by(site / "app.packed.wasm") == (EXAMPLES / "go/static/index.html").read_text()
