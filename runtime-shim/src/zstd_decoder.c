// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Decodes one zstd frame with libzstd's own block decoder. Of libzstd's frame layer only the header
// parser is used: what goes with dictionaries and streams (allocators, indirect calls) must not get
// into the shim. runtime-shim/build makes "zstd_decoder_source.c" of libzstd's single-file source,
// which is not in this repository, and names the version. The format is RFC 8878.
// In the native tests libzstd itself is behind decoder.h (tests/unit/shim/fake_host.cc).
// Tested by runtime-shim/check, tests/fuzz/decoder_fuzz.cc and, in WebAssembly, by
// tests/e2e/test_compression.py and tests/differential/test_compressed.py.

// Small code: one of the two decoders of literals, one of the two of sequences.
#define HUF_FORCE_DECOMPRESS_X2
#define HUF_DISABLE_FAST_DECODE 1
#define ZSTD_FORCE_DECOMPRESS_SEQUENCES_SHORT
// Literals that find no place in the output go here in parts; hardly any do.
#define ZSTD_DECODER_INTERNAL_BUFFER 1024
// Nothing of libzstd is exported, and it starts no threads.
#define ZSTDLIB_VISIBLE
#define ZSTDERRORLIB_VISIBLE
#define __EMSCRIPTEN__ 1
#include "zstd_decoder_source.c"
#undef __EMSCRIPTEN__

#include "layout.h"

_Static_assert(sizeof(ZSTD_DCtx) <= WASM_VFS_DECODER_WORKSPACE, "the decoder's state fits its place");

/// decoder.h declares it.
__attribute__((visibility("hidden"))) uint32_t wasm_vfs_decode_frame(uint8_t* const to,
                                                                     const uint32_t capacity,
                                                                     const uint8_t* from,
                                                                     uint32_t left,
                                                                     const uint32_t expected,
                                                                     void* const workspace) {
  ZSTD_DCtx* const context = (ZSTD_DCtx*)workspace;
  ZSTD_memset(context, 0, sizeof *context);
  ZSTD_DCtx_resetParameters(context);
  ZSTD_decompressBegin(context);
  ZSTD_frameHeader* const header = &context->fParams;
  if (ZSTD_getFrameHeader_advanced(header, from, left, ZSTD_f_zstd1) != 0) return 0;
  if (header->frameType != ZSTD_frame || header->frameContentSize != expected ||
      header->dictID != 0 || header->checksumFlag == 0 || expected > capacity) {
    return 0;
  }
  // Where matches may reach back to: else libzstd takes all below for what came before.
  context->prefixStart = to;
  context->virtualStart = to;
  from += header->headerSize;
  left -= header->headerSize;

  uint8_t* at = to;
  XXH64_state_t* const sum = &context->xxhState;
  XXH64_reset(sum, 0);
  for (blockProperties_t block = {0}; !block.lastBlock;) {
    const size_t size = ZSTD_getcBlockSize(from, left, &block);
    if (ZSTD_isError(size)) return 0;
    from += ZSTD_blockHeaderSize;
    left -= ZSTD_blockHeaderSize;
    if (size > left) return 0;
    // Where the input lies at the end of the output's place, a block must not run into itself.
    const uint8_t* const end = from >= at && from < to + capacity ? from : to + capacity;
    size_t decoded;
    if (block.blockType == bt_compressed) {
      decoded = ZSTD_decompressBlock_internal(context, at, (size_t)(end - at), from, size,
                                              not_streaming);
    } else if (block.blockType == bt_raw) {
      decoded = ZSTD_copyRawBlock(at, (size_t)(to + capacity - at), from, size);
    } else {
      decoded = ZSTD_setRleBlock(at, (size_t)(end - at), *from, block.origSize);
    }
    if (ZSTD_isError(decoded) || decoded > expected - (size_t)(at - to)) return 0;
    XXH64_update(sum, at, decoded);
    at += decoded;
    from += size;
    left -= (uint32_t)size;
  }
  return left == 4 && (size_t)(at - to) == expected && MEM_readLE32(from) == (U32)XXH64_digest(sum);
}
