// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs a WASI module in Node for the end-to-end tests: node host_node.mjs OPTIONS, where OPTIONS is JSON (runtimes.py
// writes it). The guest's output and exit code become this process's.
//
//   module     path of the .wasm                 args, env, preopens   as node:wasi takes them
//   calls      for a reactor: exports to call, in order; each result is printed as `NAME RESULT`
//   grow       the host grows the guest's memory by a page: "inside" every call of an import, before and after it;
//              "between" the calls of a reactor; "both"; "cabi_realloc": inside every call, but by calling the guest's
//              export of that name, so that the guest grows its memory itself, below a call of its own that waits
//   memory     [initial, maximum] pages of the memory that the module imports as env.memory
//   report     a file that receives {"pages": N}, the memory's real size at the end, and how often the host grew it

import fs from 'node:fs';
import { WASI } from 'node:wasi';

const options = JSON.parse(process.argv[2]);
const wasi = new WASI({
  version: 'preview1',
  args: options.args,
  env: options.env,
  preopens: options.preopens,
  returnOnExit: true,
});

let memory;
let grown = 0;
let realloc;
const blocks = [];

function grow() {
  if (!memory || memory.buffer.byteLength >= 2 ** 30) return;
  if (realloc) {
    const size = 300_000;
    const address = realloc(0, 0, 8, size) >>> 0;
    new Uint8Array(memory.buffer, address, size).fill(blocks.length + 1);
    blocks.push({ address, size });
  } else {
    memory.grow(1);
  }
  grown++;
}

// The blocks that the host took by cabi_realloc and filled must hold what it wrote.
function checkBlocks() {
  blocks.forEach(({ address, size }, index) => {
    const value = (index + 1) & 255;
    if (!new Uint8Array(memory.buffer, address, size).every((byte) => byte === value)) {
      fs.writeSync(2, `block ${index} at ${address} was overwritten\n`);
      process.exit(1);
    }
  });
}

const imports = wasi.getImportObject();
if (['inside', 'both', 'cabi_realloc'].includes(options.grow)) {
  for (const calls of Object.values(imports)) {
    for (const [name, call] of Object.entries(calls)) {
      if (name === 'proc_exit') continue; // it does not return
      calls[name] = (...values) => {
        grow();
        const errno = call(...values);
        grow();
        return errno;
      };
    }
  }
}

if (options.memory) {
  const [initial, maximum] = options.memory;
  imports.env = { memory: new WebAssembly.Memory({ initial, maximum }) };
}
const module = await WebAssembly.compile(fs.readFileSync(options.module));
const instance = await WebAssembly.instantiate(module, imports);
memory = instance.exports.memory;
if (options.grow === 'cabi_realloc') realloc = instance.exports.cabi_realloc;

let code = 0;
if (options.calls) {
  wasi.initialize(instance);
  for (const name of options.calls) {
    if (options.grow === 'between' || options.grow === 'both') grow();
    const result = instance.exports[name]();
    if (result !== undefined) fs.writeSync(1, `${name} ${typeof result === 'number' ? result >>> 0 : result}\n`);
  }
} else {
  code = wasi.start(instance);
}
checkBlocks();
if (options.report) {
  fs.writeFileSync(options.report, JSON.stringify({ pages: memory.buffer.byteLength / 65536, grown }));
}
process.exitCode = code;
