# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What the cases' setup and run lines may use besides sh and the usual tools.

# app: the application that most cases pack, as app.wasm
app() { cp "$MODULES/app.wasm" app.wasm; }

# static: a directory with two files and a directory
static() {
  mkdir -p static/css
  printf 'hello\n' >static/index.html
  printf 'body {}\n' >static/css/main.css
}

# wat FILE TEXT: assembles a module
wat() { printf '%s' "$2" >"$1.wat" && wat2wasm --enable-all "$1.wat" -o "$1" && rm "$1.wat"; }

# bytes FILE HEX…: a file of these bytes, each two hexadecimal digits
bytes() {
  bytes_file=$1
  shift
  for byte in "$@"; do printf "\\$(printf %03o "0x$byte")"; done >"$bytes_file"
}

# component FILE NAME=MODULE…: a component that imports wasi:filesystem/types@0.2.6 and holds these
# core modules, the last one in a component of its own
component() {
  python3 - "$@" <<'EOF'
import sys
def leb(n): return bytes([n & 127 | 128]) + leb(n >> 7) if n > 127 else bytes([n])
def text(s): return leb(len(s)) + s.encode()
def section(i, contents): return bytes([i]) + leb(len(contents)) + contents
def component(*sections): return b"\0asm\x0d\0\1\0" + b"".join(sections)
def modules(pairs):
    names = b"".join(leb(i) + text(name) for i, (name, _) in enumerate(pairs))
    names = b"\0\x11" + leb(len(pairs)) + names
    return b"".join(section(1, open(path, "rb").read()) for _, path in pairs) + section(
        0, text("component-name") + b"\1" + leb(len(names)) + names)
pairs = [argument.split("=") for argument in sys.argv[2:]]
imports = section(7, b"\1\x42\0") + section(10, b"\1\0" + text("wasi:filesystem/types@0.2.6") + b"\5\0")
with open(sys.argv[1], "wb") as out:
    out.write(component(imports, modules(pairs[:-1]), section(4, component(modules(pairs[-1:])))))
EOF
}

# unprivileged COMMAND…: as a user whom permissions bind; root is not bound by them
unprivileged() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
  else
    "$@"
  fi
}

# packed: a module with files of every kind, as app.packed.wasm; two of them have the same bytes
packed() {
  app; static
  printf 'hello\n' >static/run.sh
  chmod +x static/run.sh
  ln -s index.html static/link
  : >static/empty
  wasm-vfs pack app.wasm --dir static -q
}

# flip FILE OFFSET: changes the lowest bit of a byte; a negative offset counts from the end
flip() {
  python3 -c 'import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[int(sys.argv[2])] ^= 1
open(sys.argv[1], "wb").write(data)' "$1" "$2"
}

# replace FILE OLD NEW: the first OLD, of the same size
replace() {
  python3 -c 'import os, sys
path, old, new = sys.argv[1], os.fsencode(sys.argv[2]), os.fsencode(sys.argv[3])
data = open(path, "rb").read()
assert old in data and len(old) == len(new)
open(path, "wb").write(data.replace(old, new, 1))' "$1" "$2" "$3"
}
