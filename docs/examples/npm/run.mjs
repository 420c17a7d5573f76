// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

import fs from 'node:fs';
import { WASI } from 'node:wasi';

const wasi = new WASI({ version: 'preview1', args: ['app'] });
const { instance } = await WebAssembly.instantiate(fs.readFileSync('app.packed.wasm'), wasi.getImportObject());
process.exitCode = wasi.start(instance);
