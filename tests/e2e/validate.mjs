// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Compiles each module named on the command line with V8, as WebAssembly.validate does, but says why one is not valid.

import fs from 'node:fs';

for (const file of process.argv.slice(2)) {
  try {
    new WebAssembly.Module(fs.readFileSync(file));
  } catch (error) {
    console.error(`${file}: ${error.message}`);
    process.exitCode = 1;
  }
}
