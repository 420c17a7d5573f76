// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs a WASI module in Node for the end-to-end tests: node host_node.mjs OPTIONS, where OPTIONS is JSON (runtimes.py
// writes it). The guest's output and exit code become this process's.
//
//   module     path of the .wasm                 args, env, preopens   as node:wasi takes them
//   calls      for a reactor: exports to call, in order; each result is printed as `NAME RESULT`
//   grow       the host grows the guest's memory by a page: "inside" every call of an import, before and after it;
//              "between" the calls of a reactor; "both"
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

function grow() {
  if (memory && memory.buffer.byteLength < 2 ** 30) {
    memory.grow(1);
    grown++;
  }
}

const imports = wasi.getImportObject();
if (options.grow === 'inside' || options.grow === 'both') {
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

const module = await WebAssembly.compile(fs.readFileSync(options.module));
const instance = await WebAssembly.instantiate(module, imports);
memory = instance.exports.memory;

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
if (options.report) {
  fs.writeFileSync(options.report, JSON.stringify({ pages: memory.buffer.byteLength / 65536, grown }));
}
process.exitCode = code;
