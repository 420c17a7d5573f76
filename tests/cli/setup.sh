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
