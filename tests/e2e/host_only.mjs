// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs a module with an import object of nothing but what it is allowed: node host_only.mjs OPTIONS. OPTIONS is JSON:
//
//   module, args, env, preopens   as for host_node.mjs; `version` is node:wasi's
//   offered                       "MODULE NAME" lines: all that the host has
//   calls                         for a reactor: exports to call, in order; each result is printed
//
// Prints first what WebAssembly.Module.imports says of the module, a line `import MODULE NAME` for each function.

import fs from 'node:fs';
import { WASI } from 'node:wasi';

const options = JSON.parse(process.argv[2]);
const module = await WebAssembly.compile(fs.readFileSync(options.module));
for (const { module: from, name } of WebAssembly.Module.imports(module)) fs.writeSync(1, `import ${from} ${name}\n`);

const wasi = new WASI({
  version: options.version ?? 'preview1',
  args: options.args,
  env: options.env,
  preopens: options.preopens ?? {},
  returnOnExit: true,
});
const all = wasi.getImportObject();
const imports = {};
for (const line of options.offered) {
  const [from, name] = line.split(' ');
  (imports[from] ??= {})[name] = all[from][name];
}
const instance = await WebAssembly.instantiate(module, imports);
if (options.calls) {
  wasi.initialize(instance);
  for (const name of options.calls) fs.writeSync(1, `${name} ${instance.exports[name]()}\n`);
} else {
  process.exitCode = wasi.start(instance);
}
