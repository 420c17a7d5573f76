// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Chunks come out in order, whatever the number of threads; damage of a frame is noticed.

#include "image/chunks.h"

#include <zstd.h>

#include <random>

#include "testing/catch.h"

namespace wasm_vfs::image {
namespace {

ByteBuffer text(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  ByteBuffer bytes;
  while (bytes.size() < size) append(bytes, as_bytes("word" + std::to_string(random() % 997) + " "));
  bytes.resize(size);
  return bytes;
}

ByteBuffer noise(size_t size) {
  std::mt19937 random(1);
  ByteBuffer bytes(size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

struct Stored {
  std::vector<uint64_t> ends;
  ByteBuffer bytes;

  Bytes chunk(size_t i) const {
    const uint64_t begin = i == 0 ? 0 : ends[i - 1];
    return Bytes(bytes).subspan(begin, ends[i] - begin);
  }
};

/// Given in pieces of `step` bytes.
Stored compress(Bytes bytes, int level, uint32_t chunk_size, unsigned threads, size_t step) {
  ChunkWriter writer(level, chunk_size, threads);
  for (size_t at = 0; at < bytes.size(); at += step)
    REQUIRE(writer.add(bytes.subspan(at, std::min(step, bytes.size() - at))).ok());
  REQUIRE(writer.finish().ok());
  Stored stored{writer.ends(), {}};
  CHECK(writer.stored_size() == (stored.ends.empty() ? 0 : stored.ends.back()));
  REQUIRE(writer.take_stored().read([&](Bytes block) {
    append(stored.bytes, block);
    return ok_status();
  }).ok());
  return stored;
}

TEST_CASE("chunks decode to what they were made of", "[chunks]") {
  const auto [chunk_size, size] = GENERATE(table<uint32_t, size_t>({{16384, 0},
                                                                    {16384, 1},
                                                                    {16384, 16384},
                                                                    {16384, 16385},
                                                                    {20000, 111111},
                                                                    {131072, 300000},
                                                                    {524288, 1200000},
                                                                    {4194304, 5000000}}));
  const ByteBuffer bytes = text(size, 7);
  const Stored stored = compress(bytes, 3, chunk_size, 2, 70001);
  REQUIRE(stored.ends.size() == (size + chunk_size - 1) / chunk_size);
  for (size_t i = 0; i < stored.ends.size(); ++i) {
    const Bytes expected =
        Bytes(bytes).subspan(i * chunk_size, std::min<size_t>(chunk_size, size - i * chunk_size));
    ByteBuffer decoded(expected.size());
    if (stored.chunk(i).size() == expected.size()) {
      decoded.assign(stored.chunk(i).begin(), stored.chunk(i).end());
    } else {
      CHECK(decode_chunk(stored.chunk(i), decoded));
    }
    CHECK(std::equal(expected.begin(), expected.end(), decoded.begin(), decoded.end()));
  }
}

TEST_CASE("what is stored depends on neither threads nor pieces", "[chunks]") {
  const ByteBuffer bytes = text(700000, 3);
  const Stored one = compress(bytes, 9, 16384, 1, bytes.size());
  CHECK(one.bytes.size() < bytes.size() / 2);
  for (const unsigned threads : {2u, 7u}) {
    const Stored other = compress(bytes, 9, 16384, threads, 999);
    CHECK(other.ends == one.ends);
    CHECK(other.bytes == one.bytes);
  }
}

TEST_CASE("a chunk that compressing does not make smaller is stored as it is", "[chunks]") {
  ByteBuffer bytes = text(16384, 1);
  append(bytes, noise(16384));
  append(bytes, text(100, 2));
  const Stored stored = compress(bytes, 19, 16384, 2, bytes.size());
  CHECK(stored.chunk(0).size() < 16384);
  CHECK(std::equal(stored.chunk(1).begin(), stored.chunk(1).end(), bytes.begin() + 16384,
                   bytes.begin() + 32768));
}

TEST_CASE("a chunk of which a frame saves little is stored as it is", "[chunks]") {
  ByteBuffer bytes = noise(16384 - 700);
  append(bytes, ByteBuffer(700));
  ByteBuffer frame(ZSTD_compressBound(bytes.size()));
  const size_t size = ZSTD_compress(frame.data(), frame.size(), bytes.data(), bytes.size(), 19);
  REQUIRE(size < bytes.size() - 600);
  CHECK(compress(bytes, 19, 16384, 1, bytes.size()).bytes == bytes);
}

TEST_CASE("the last chunk can be of any size", "[chunks]") {
  // A frame must not be as large as its contents, which would be taken for them.
  for (size_t size = 1; size < 64; ++size) {
    const ByteBuffer bytes(size, 'a');
    const Stored stored = compress(bytes, 19, 16384, 1, size);
    ByteBuffer decoded(size);
    if (stored.bytes.size() == size) {
      CHECK(stored.bytes == bytes);
    } else {
      CHECK(decode_chunk(stored.bytes, decoded));
      CHECK(decoded == bytes);
    }
  }
}

TEST_CASE("no damage of a frame is overlooked", "[chunks]") {
  const ByteBuffer bytes = text(4000, 5);
  const Stored stored = compress(bytes, 19, 16384, 1, bytes.size());
  ByteBuffer frame(stored.bytes);
  ByteBuffer decoded(bytes.size());
  REQUIRE(decode_chunk(frame, decoded));
  REQUIRE(decoded == bytes);
  for (size_t i = 0; i < frame.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      frame[i] ^= static_cast<uint8_t>(1 << bit);
      // A bit that means nothing may change: then the bytes are right all the same.
      if (decode_chunk(frame, decoded)) CHECK(decoded == bytes);
      frame[i] ^= static_cast<uint8_t>(1 << bit);
    }
    CHECK_FALSE(decode_chunk(Bytes(frame).first(i), decoded));
  }
  frame.push_back(0);
  CHECK_FALSE(decode_chunk(frame, decoded));
  frame.pop_back();
  decoded.push_back(0);
  CHECK_FALSE(decode_chunk(frame, decoded));
}

TEST_CASE("a frame without a checksum is refused", "[chunks]") {
  const ByteBuffer bytes = text(4000, 5);
  ByteBuffer frame(ZSTD_compressBound(bytes.size()));
  frame.resize(ZSTD_compress(frame.data(), frame.size(), bytes.data(), bytes.size(), 3));
  ByteBuffer decoded(bytes.size());
  CHECK_FALSE(decode_chunk(frame, decoded));
}

}  // namespace
}  // namespace wasm_vfs::image
