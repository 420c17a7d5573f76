// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs scripts of WASI calls in Node: stdin is JSON, {module, mounts, scripts}; stdout is the JSON array of the guest's
// outputs. Each script has an instance of its own. With `damage`, a list of [offset, change] for each script, these bytes of
// the module are changed for it. Started by hosts.py.

import fs from 'node:fs';
import { WASI } from 'node:wasi';

const job = JSON.parse(fs.readFileSync(0));
const sound = fs.readFileSync(job.module);
let module = await WebAssembly.compile(sound);
const outputs = [];
for (const [index, script] of job.scripts.entries()) {
  if (job.damage) {
    const damaged = Buffer.from(sound);
    for (const [offset, change] of job.damage[index]) damaged[offset] ^= change;
    module = await WebAssembly.compile(damaged);
  }
  // A script may close them.
  const nowhere = () => fs.openSync('/dev/null', 'r+');
  const wasi = new WASI({
    version: 'preview1',
    preopens: job.mounts,
    stdin: nowhere(),
    stdout: nowhere(),
    stderr: nowhere(),
    returnOnExit: true,
  });
  const { exports } = await WebAssembly.instantiate(module, wasi.getImportObject());
  wasi.initialize({ exports: { memory: exports.memory } });
  const bytes = Buffer.from(script);
  if (bytes.length > exports.script_capacity()) throw new Error('the script is too long for the guest');
  Buffer.from(exports.memory.buffer).set(bytes, exports.script_address());
  let trap = '';
  try {
    exports.run(bytes.length);
  } catch (error) {
    trap = `\ntrap: ${error.message}\n`;
  }
  const start = exports.output_address();
  outputs.push(Buffer.from(exports.memory.buffer, start, exports.output_length()).toString() + trap);
}
fs.writeFileSync(1, JSON.stringify(outputs));
