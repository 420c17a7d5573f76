// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libzstd's decoder as the shim has it: zstd_decoder.c in WebAssembly, libzstd in the native tests.

#ifndef WASM_VFS_RUNTIME_DECODER_H_
#define WASM_VFS_RUNTIME_DECODER_H_

#include <stdint.h>

namespace wasm_vfs::runtime {

/// Decodes one zstd frame that has the size of its contents, which must be `expected` bytes, and a
/// checksum. 1 if all of it is right, else 0, with anything in `to`. Writes nowhere but to `to`,
/// `capacity` bytes, and `workspace` (Decoder::workspace); reads only these, the frame and the tables.
/// The frame may lie in the last bytes of `to` if frame_room() says so. REQUIRES: libzstd's tables are
/// in their place.
extern "C" uint32_t wasm_vfs_decode_frame(uint8_t* to, uint32_t capacity, const uint8_t* frame,
                                          uint32_t frame_size, uint32_t expected, void* workspace);

}  // namespace wasm_vfs::runtime

#endif  // WASM_VFS_RUNTIME_DECODER_H_
