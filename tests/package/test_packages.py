# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Each package is installed where nothing else is, and the command in it packs as the build under test does."""

import os
import platform
import re
import shutil
import sys
from pathlib import Path

import pytest

from conftest import ROOT, WASM_VFS, make_static, run

EPOCH = {"SOURCE_DATE_EPOCH": "1000000000"}


@pytest.fixture
def place(tmp_path, app):
    """A directory with an application, files to pack, and what packing them must give."""
    folder = tmp_path / "work"
    folder.mkdir()
    shutil.copy(app, folder / "app.wasm")
    make_static(folder)
    run(WASM_VFS, "pack", "app.wasm", "--dir", "static", "-o", "expected.wasm", cwd=folder, env=EPOCH)
    return folder


def check(place, *command, **options):
    """Packs with `command`, and compares."""
    options = {"cwd": place, "env": EPOCH, **options}
    run(*command, "pack", "app.wasm", "--dir", "static", "-o", "packed.wasm", **options)
    assert (place / "packed.wasm").read_bytes() == (place / "expected.wasm").read_bytes()


def in_root(root, *command):
    """The command line that runs `command` with another root directory, as root or in a user namespace."""
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *user, f"--root={root}", "--wd=/work", *command]


def copy_into(root, path):
    """Copies a file or symlink of this machine to the same path in another root. Keeps /lib a symlink where it is."""
    path = Path(path)
    if not path.exists() or path.is_dir():
        return
    real_parent = path.parent.resolve()
    (root / real_parent.relative_to("/")).mkdir(parents=True, exist_ok=True)
    target = root / real_parent.relative_to("/") / path.name
    if not target.exists() and not target.is_symlink():
        shutil.copy2(path, target, follow_symlinks=False)


def empty_root(folder):
    """A directory with the symlinks of /usr's merging, as Debian's are."""
    root = folder / "root"
    (root / "usr").mkdir(parents=True)
    for name in ("bin", "sbin", "lib", "lib64"):
        if Path("/", name).is_symlink():
            (root / "usr" / name).mkdir()
            (root / name).symlink_to(f"usr/{name}")
    return root


def packaged_files(package):
    return run("dpkg-query", "-L", package).splitlines()


def test_archive_in_a_root_with_glibc_alone(packages, place, tmp_path):
    root = empty_root(tmp_path)
    for file in packaged_files("libc6"):
        if re.search(r"/(ld-linux[^/]*|lib(c|m|dl|rt|pthread)\.so\.\d)$", file):
            copy_into(root, file)
            copy_into(root, Path(file).resolve())
    run("tar", "-xf", packages.archive, "-C", root)
    command = f"/{packages.tree.name}/bin/wasm-vfs"
    # glibc learns from /proc where a program lies; mounting it would need more rights than this test otherwise does.
    (root / "proc" / "self").mkdir(parents=True)
    (root / "proc" / "self" / "exe").symlink_to(command)
    place.rename(root / "work")
    check(root / "work", *in_root(root, command))


def test_deb_in_a_root_with_what_it_depends_on(packages, place, tmp_path):
    """dpkg itself installs it, into a root that has the packages it names, and what those depend on, and nothing else."""
    root = empty_root(tmp_path)
    database = root / "var" / "lib" / "dpkg"
    (database / "info").mkdir(parents=True)
    (database / "updates").mkdir()

    def names(fields):
        return [re.match(r"[a-z0-9.+-]+", alternative.strip())[0] for alternative in fields.split(",") if alternative.strip()]

    wanted = names(run("dpkg-deb", "--field", packages.deb, "Depends"))
    status = ""
    done = set()
    while wanted:
        package = wanted.pop()
        if package in done:
            continue
        done.add(package)
        status += run("dpkg-query", "--status", package) + "\n"
        wanted += names(run("dpkg-query", "-W", "-f", "${Depends},${Pre-Depends}", package))
        for file in packaged_files(package):
            copy_into(root, file)
    assert not done & {"libstdc++-12-dev", "cli11", "wabt"}
    (database / "status").write_text(status)
    run("dpkg", f"--root={root}", "--force-not-root", f"--log={tmp_path}/dpkg.log", "--install", packages.deb)
    place.rename(root / "work")
    check(root / "work", *in_root(root, "/usr/bin/wasm-vfs"))
    assert (root / "usr/share/man/man1/wasm-vfs.1").exists()


def test_wheel_in_a_virtual_environment(packages, place, tmp_path):
    environment = tmp_path / "environment"
    # Its own pip is left out, which takes most of the time; the GitHub Actions example has one.
    run("/usr/bin/python3", "-m", "venv", "--without-pip", environment)
    pip = [sys.executable, "-m", "pip", "--python", environment / "bin/python", "--disable-pip-version-check"]
    run(*pip, "install", "--no-index", packages.wheel)
    check(place, environment / "bin/wasm-vfs")
    assert (environment / "share/man/man1/wasm-vfs.1").exists()
    run(*pip, "uninstall", "--yes", "wasm-vfs")
    assert not list(environment.rglob("*wasm-vfs*")) + list(environment.rglob("libbinaryen*"))


def test_npm_package_in_a_folder(packages, place):
    (place / "package.json").write_text('{"private": true, "scripts": {"pack": "wasm-vfs"}}')
    run("npm", "install", "--offline", "--no-audit", "--no-fund", packages.npm, cwd=place)
    check(place, "npm", "run", "--silent", "pack", "--", env={**os.environ, **EPOCH})
    check(place, place / "node_modules/.bin/wasm-vfs")


def test_needs_no_newer_glibc_than_promised(packages):
    """What is built here runs where the wheel's name says; built on Debian 12, that is glibc 2.36."""
    promised = re.search(r"manylinux_2_(\d+)_", packages.wheel.name)
    here = platform.libc_ver()[1]
    assert int(promised[1]) <= int(here.split(".")[1])


def test_no_path_of_the_build_is_in_it(packages):
    """One condition of a reproducible build, cheap to check; `tools/package --check` builds twice and compares."""
    for file in packages.tree.rglob("*"):
        if file.is_file():
            assert str(ROOT).encode() not in file.read_bytes(), file


def test_manual_page_names_every_option(packages):
    page = (packages.tree / "share/man/man1/wasm-vfs.1").read_text().replace("\\-", "-")
    commands = re.findall(r"^  (\w+) {2,}", run(WASM_VFS, "--help").split("Commands:")[1].split("\n\n")[0], re.MULTILINE)
    assert "pack" in commands and "inspect" in commands
    for command in [[], *([name] for name in commands)]:
        help_page = run(WASM_VFS, *command, "--help")
        section = page if not command else page.split(f"\n.SH {command[0].upper()}\n")[1].split("\n.SH ")[0]
        options = re.findall(r"(?<![\w-])--?[a-z][a-z-]*", help_page)
        assert "--help" in options
        missing = {option for option in options if option not in section}
        assert not missing, f"{command}: {missing}"


@pytest.mark.parametrize("shell, path", [("bash", "bash-completion/completions/wasm-vfs"), ("zsh", "zsh/site-functions/_wasm-vfs"),
                                         ("fish", "fish/vendor_completions.d/wasm-vfs.fish")])
def test_completions_are_installed(packages, shell, path):
    assert (packages.tree / "share" / path).read_text() == run(WASM_VFS, "completion", shell)
