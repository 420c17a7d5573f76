// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs scripts of WASI calls in Node: stdin is JSON, {module, mounts, scripts}; stdout is the JSON array of the guest's
// outputs. Each script has an instance of its own. Started by hosts.py.

import fs from 'node:fs';
import { WASI } from 'node:wasi';

const job = JSON.parse(fs.readFileSync(0));
const module = await WebAssembly.compile(fs.readFileSync(job.module));
const outputs = [];
for (const script of job.scripts) {
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
