// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs Ruby in Node through its npm wrapper: node host_ruby.mjs OPTIONS, where OPTIONS is JSON: module (a build of
// @ruby/3.4-wasm-wasi, packed or not), tools (the directory of node_modules), code (Ruby source), preopens, env. What the
// code's last expression gives is printed. The wrapper gives Ruby arguments of its own, not WASI's.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import { WASI } from 'node:wasi';

const options = JSON.parse(process.argv[2]);
const { RubyVM } = createRequire(options.tools + '/')('@ruby/wasm-wasi');

const wasi = new WASI({ version: 'preview1', args: ['ruby'], env: options.env ?? {}, preopens: options.preopens, returnOnExit: true });
const module = await WebAssembly.compile(fs.readFileSync(options.module));
const { vm } = await RubyVM.instantiateModule({ module, wasip1: wasi });
fs.writeSync(1, vm.eval(options.code).toString() + '\n');
