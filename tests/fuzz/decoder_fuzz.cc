// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The shim's own decoder of zstd frames (runtime-shim/src/zstd_decoder.c, here compiled natively)
// beside libzstd. Any bytes are a frame: what the shim takes, libzstd takes too, and gives the same
// bytes, and nothing but the output's place and the workspace is touched, also where the frame lies
// at the end of the output's place. (Of what is damaged the shim takes less: libzstd's fast way
// through a Huffman stream does not see all that is wrong with it.) Or the input says what is
// compressed: then the frame is decoded where the shim does it, to the same bytes. The input is a
// byte of choices, a byte of room or of the level, and the frame, whose checksum is made to fit if
// the input wants that; or the runs that the contents are made of.

#define ZSTD_STATIC_LINKING_ONLY  // ZSTD_d_forceIgnoreChecksum
#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "decoder.h"
#include "fuzzing.h"
#include "image/format.h"
#include "layout.h"

namespace {

using wasm_vfs::fuzzing::Input;
using wasm_vfs::fuzzing::require;
using wasm_vfs::runtime::wasm_vfs_decode_frame;

/// So that one input is quick. A zstd block has 128 KiB at most.
constexpr uint64_t kMaxExpected = 300'000;

/// The frame's contents, if the frame is one that a builder may have made but for its checksum;
/// else false. What is no frame with its size, a skippable frame, two frames: none of them is.
bool reference(const std::vector<uint8_t>& frame, std::vector<uint8_t>& contents) {
  static const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context{ZSTD_createDCtx(),
                                                                            &ZSTD_freeDCtx};
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_forceIgnoreChecksum, ZSTD_d_ignoreChecksum);
  ZSTD_frameHeader header;
  return ZSTD_getFrameHeader(&header, frame.data(), frame.size()) == 0 &&
         header.frameType == ZSTD_frame && header.dictID == 0 && header.checksumFlag != 0 &&
         ZSTD_findFrameCompressedSize(frame.data(), frame.size()) == frame.size() &&
         ZSTD_decompressDCtx(context.get(), contents.data(), contents.size(), frame.data(),
                             frame.size()) == contents.size();
}

/// Decodes to the start of `place`, which the frame may be a part of.
uint32_t decode(std::vector<uint8_t>& place, const uint8_t* frame, size_t size, uint32_t expected) {
  std::vector<uint64_t> workspace(WASM_VFS_DECODER_WORKSPACE / sizeof(uint64_t));
  return wasm_vfs_decode_frame(place.data(), static_cast<uint32_t>(place.size()), frame,
                               static_cast<uint32_t>(size), expected, workspace.data());
}

const uint8_t* put_at_end(std::vector<uint8_t>& place, const std::vector<uint8_t>& frame) {
  std::copy(frame.begin(), frame.end(), place.end() - static_cast<std::ptrdiff_t>(frame.size()));
  return place.data() + place.size() - frame.size();
}

/// Up to a chunk of zeroes, noise, text and bytes from before, in runs that the input gives.
std::vector<uint8_t> compose(Input& input) {
  constexpr size_t kMost = 150'000;
  std::minstd_rand random(1);
  std::vector<uint8_t> contents;
  while (!input.empty() && contents.size() < kMost) {
    const uint8_t kind = input.byte();
    const size_t size =
        std::min<size_t>(kMost - contents.size(), (input.byte() + 1u) << (kind >> 2 & 7));
    const size_t back = 1 + (input.byte() << (kind >> 5));
    for (size_t i = 0; i < size; ++i) {
      const auto noise = static_cast<uint8_t>(random() >> 8);
      switch (kind & 3) {
        case 0:
          contents.push_back(0);
          break;
        case 1:
          contents.push_back(noise);
          break;
        case 2:
          contents.push_back("the quick brown fox"[noise % 19]);
          break;
        default:
          contents.push_back(contents.size() < back ? 'x' : contents[contents.size() - back]);
      }
    }
  }
  return contents;
}

void check_round_trip(Input& input) {
  const int level = 1 + input.byte() % 19;
  const std::vector<uint8_t> contents = compose(input);
  static const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context{ZSTD_createCCtx(),
                                                                            &ZSTD_freeCCtx};
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::vector<uint8_t> frame(ZSTD_compressBound(contents.size()));
  frame.resize(
      ZSTD_compress2(context.get(), frame.data(), frame.size(), contents.data(), contents.size()));
  if (frame.size() > contents.size()) return;  // no builder keeps it
  const auto size = static_cast<uint32_t>(contents.size());
  std::vector<uint8_t> place(size + wasm_vfs::image::frame_room(size));
  require(decode(place, put_at_end(place, frame), frame.size(), size) == 1);
  require(std::equal(contents.begin(), contents.end(), place.begin()));
}

void check_hostile(uint8_t choices, size_t room, std::vector<uint8_t> frame) {
  const bool is_in_place = (choices & 1) != 0;
  const bool is_repaired = (choices & 2) != 0;
  const auto declared = ZSTD_getFrameContentSize(frame.data(), frame.size());
  const auto expected = static_cast<uint32_t>(declared > kMaxExpected ? 1000 : declared);
  std::vector<uint8_t> contents(expected);
  bool is_good = declared == expected && reference(frame, contents);
  if (is_good) {
    const auto sum = static_cast<uint32_t>(XXH64(contents.data(), contents.size(), 0));
    uint8_t* const stored = frame.data() + frame.size() - sizeof sum;
    if (is_repaired) std::memcpy(stored, &sum, sizeof sum);
    is_good = std::memcmp(stored, &sum, sizeof sum) == 0;
  }
  std::vector<uint8_t> place(std::max<size_t>(expected, is_in_place ? frame.size() : 0) + room);
  const uint32_t decoded =
      decode(place, is_in_place ? put_at_end(place, frame) : frame.data(), frame.size(), expected);
  require(decoded == 0 ||
          (decoded == 1 && is_good && std::equal(contents.begin(), contents.end(), place.begin())));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  Input input(data, size);
  const uint8_t choices = input.byte();
  if ((choices & 4) != 0) {
    check_round_trip(input);
  } else {
    check_hostile(choices, data[1] * size_t{8}, {data + 2, data + size});
  }
  return 0;
}
