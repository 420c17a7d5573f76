// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs a component that jco has transpiled, in Node, for the end-to-end tests: node host_component.mjs OPTIONS, where
// OPTIONS is JSON (components.py writes it). The guest's output and exit code become this process's.
//
//   module     path of the .js that jco wrote          args, env, preopens   as in host_node.mjs
//   shim       directory of jco's WASI, whose state the component shares
//   calls      for a reactor: exports to call, in order; each result is printed as `NAME RESULT`

import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const options = JSON.parse(process.argv[2]);
const wasi = (name) => import(pathToFileURL(`${fs.realpathSync(options.shim)}/${name}.js`));
const { _setArgs, _setEnv } = await wasi('cli');
const { _setPreopens } = await wasi('filesystem');
_setArgs(options.args);
_setEnv(options.env);
_setPreopens(options.preopens);

const component = await import(pathToFileURL(options.module));
if (options.calls) {
  for (const name of options.calls) fs.writeSync(1, `${name} ${component[name]()}\n`);
} else {
  component.run.run();
}
