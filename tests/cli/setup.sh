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

# unprivileged COMMAND…: as a user whom permissions bind; root is not bound by them
unprivileged() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
  else
    "$@"
  fi
}
