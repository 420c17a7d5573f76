// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs one module in Node's WASI for tests/bench/bench, and says on standard error, as one line of
// JSON, what compiling and instantiating took and how large the linear memory was at the end.
//
//   node run_node.mjs MODULE [--preopen HOST] [--forward N] [--compile N] [--] ARGUMENT…
//
// --forward N: instead of timing files, N results of measure_forward over a host whose fd_write does
//   nothing. --compile N: compiles and instantiates N times and runs nothing.
// Tested by tests/bench/bench --quick.

import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { WASI } from 'node:wasi';

const [module_path, ...rest] = process.argv.slice(2);
const options = { preopen: null, forward: 0, compile: 0 };
while (rest.length > 0 && rest[0].startsWith('--')) {
  const option = rest.shift().slice(2);
  if (option === '') break;
  options[option] = option === 'preopen' ? rest.shift() : Number(rest.shift());
}

const bytes = readFileSync(module_path);
const report = { compile_ms: [], instantiate_ms: [] };

function timed(list, action) {
  const start = performance.now();
  const result = action();
  list.push(performance.now() - start);
  return result;
}

function imports_for(module) {
  const wasi = new WASI({
    version: 'preview1',
    args: ['guest', ...rest],
    preopens: options.preopen === null ? {} : { '/': options.preopen },
    returnOnExit: true,
  });
  const imports = { ...wasi.getImportObject() };
  // What else a module imports (Ruby's wrapper) is never called here.
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] ??= () => 0;
  }
  if (options.forward > 0) {
    const fd_write = new WebAssembly.Instance(new WebAssembly.Module(kNullHost)).exports.fd_write;
    imports.wasi_snapshot_preview1 = { ...imports.wasi_snapshot_preview1, fd_write };
  }
  return [wasi, imports];
}

// (module (func (export "fd_write") (param i32 i32 i32 i32) (result i32) (i32.const 0)))
const kNullHost = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x09, 0x01, 0x60, 0x04, 0x7f, 0x7f, 0x7f, 0x7f, 0x01, 0x7f,  // type 0: four i32 to i32
  0x03, 0x02, 0x01, 0x00,                                            // function 0 of type 0
  0x07, 0x0c, 0x01, 0x08, 0x66, 0x64, 0x5f, 0x77, 0x72, 0x69, 0x74, 0x65, 0x00, 0x00,  // "fd_write"
  0x0a, 0x06, 0x01, 0x04, 0x00, 0x41, 0x00, 0x0b,                    // i32.const 0, end
]);

let code = 0;
if (options.compile > 0) {
  for (let i = 0; i < options.compile; i++) {
    const module = timed(report.compile_ms, () => new WebAssembly.Module(bytes));
    for (let j = 0; j < 5; j++) {
      const [, imports] = imports_for(module);
      timed(report.instantiate_ms, () => new WebAssembly.Instance(module, imports));
    }
  }
} else {
  const module = timed(report.compile_ms, () => new WebAssembly.Module(bytes));
  const [wasi, imports] = imports_for(module);
  const instance = timed(report.instantiate_ms, () => new WebAssembly.Instance(module, imports));
  code = wasi.start(instance);
  for (let i = 0; i <= options.forward && options.forward > 0; i++) {
    const result = Number(instance.exports.measure_forward(20));
    if (i > 0) console.log(`forward ${result}`);  // the first is the warm-up
  }
  report.memory_bytes = instance.exports.memory.buffer.byteLength;
}
console.error(JSON.stringify(report));
process.exitCode = code;
