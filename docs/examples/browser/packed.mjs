// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs the packed application (../cat.c) on browser_wasi_shim, without any file of the shim's own: what it prints are the
// packed file's bytes. Runs in browsers and in Node.

import { ConsoleStdout, File, OpenFile, WASI } from '@bjorn3/browser_wasi_shim';

// Compiles a packed module once; each read() is a run of its own.
export async function load(response) {
  const module = await WebAssembly.compileStreaming(response);
  return {
    async read(path) {
      const printed = [];
      const complaints = [];
      const wasi = new WASI(['cat', path], [], [
        new OpenFile(new File([])),
        new ConsoleStdout((bytes) => printed.push(bytes.slice())),
        ConsoleStdout.lineBuffered((line) => complaints.push(line)),
      ], { debug: false });
      const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: wasi.wasiImport });
      if (wasi.start(instance) !== 0) throw new Error(complaints.join('\n'));
      return new Blob(printed).arrayBuffer();
    },
  };
}
