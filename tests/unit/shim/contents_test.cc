// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading compressed contents: right bytes or EIO, whatever happens to the frames, the table, the
// region or the memory.

#include "contents.h"

#include <random>

#include "fake_host.h"
#include "testing/catch.h"
#include "testing/text.h"

namespace wasm_vfs::runtime {
namespace {

constexpr uint32_t kChunkSize = image::kMinChunkSize;

Image compressed(const Files& files, uint32_t chunk_size = kChunkSize) {
  Image image = build_image(files, {"/"}, {}, image::Compression{3, chunk_size, as_bytes("tables")});
  REQUIRE(image.compression.chunk_size == chunk_size);
  return image;
}

/// fd_pread into a buffer of its own; the errno's negative, or how much was read.
int64_t pread(int32_t fd, uint64_t offset, uint32_t size, std::string& bytes) {
  FakeHost& fake = FakeHost::get();
  const uint32_t buffer = fake.room(size);
  const uint32_t iovec[] = {buffer, size};
  const uint32_t iovecs = fake.put({reinterpret_cast<const char*>(iovec), sizeof iovec});
  const uint32_t result = fake.room(4);
  const Errno error = fd_pread(fd, iovecs, 1, offset, result);
  if (error != Errno::kSuccess) return -static_cast<int64_t>(error);
  bytes = fake.bytes_at(buffer, fake.load<uint32_t>(result));
  return static_cast<int64_t>(bytes.size());
}

TEST_CASE("compressed files read as they were, from any offset", "[contents]") {
  const uint32_t chunk_size = GENERATE(16384u, 24000u, 131072u, 200000u, 524288u);
  const std::string big = text(1200000, 1);
  const std::string small = text(700, 2);
  FakeHost fake(compressed({{"big", big}, {"small", small}}, chunk_size));
  const int32_t fd = open(root(), "big");
  std::mt19937 random(chunk_size);
  std::string bytes;
  for (int i = 0; i < 60; ++i) {
    const uint64_t offset = random() % (big.size() + 10);
    const auto size = static_cast<uint32_t>(random() % 30000);
    REQUIRE(pread(fd, offset, size, bytes) >= 0);
    REQUIRE(bytes == (offset < big.size() ? big.substr(offset, size) : ""));
  }
  CHECK(read(open(root(), "small"), 1000) == small);
}

TEST_CASE("files that stay raw lie before the chunks", "[contents]") {
  const std::string raw = text(30000, 1);
  const std::string big = text(3 * kChunkSize, 2);
  image::ScanOptions options;
  REQUIRE(options.stay_raw.add("raw*").ok());
  FakeHost fake(build_image({{"big", big}, {"raw1", raw}, {"raw2", raw + "more"}}, {"/"}, {},
                            image::Compression{3, kChunkSize, as_bytes("tables")}, options));
  REQUIRE(fake.image.compression.raw_size == 2 * raw.size() + 4);
  std::string bytes;
  REQUIRE(pread(open(root(), "raw1"), 100, 40000, bytes) == 29900);
  CHECK(bytes == raw.substr(100));
  REQUIRE(pread(open(root(), "raw2"), 29990, 40000, bytes) == 14);
  CHECK(bytes == raw.substr(29990) + "more");
  CHECK(fake.decoded_frames == 0);
  REQUIRE(pread(open(root(), "big"), kChunkSize - 10, 20, bytes) == 20);
  CHECK(bytes == big.substr(kChunkSize - 10, 20));
  CHECK(fake.decoded_frames == 2);
}

TEST_CASE("chunks that were decoded lately are not decoded again", "[contents]") {
  const std::string big = text(40 * kChunkSize, 1);
  FakeHost fake(compressed({{"big", big}}));
  const int32_t fd = open(root(), "big");
  std::string bytes;
  for (uint32_t chunk = 0; chunk < kMaxSlots; ++chunk)
    REQUIRE(pread(fd, uint64_t{chunk} * kChunkSize, 10, bytes) == 10);
  CHECK(fake.decoded_frames == kMaxSlots);
  for (uint32_t chunk = kMaxSlots; chunk-- > 0;) {
    REQUIRE(pread(fd, uint64_t{chunk} * kChunkSize + 50, 10, bytes) == 10);
    REQUIRE(bytes == big.substr(uint64_t{chunk} * kChunkSize + 50, 10));
  }
  CHECK(fake.decoded_frames == kMaxSlots);
  // One more takes the place of the one that was not used for longest: the last one now.
  REQUIRE(pread(fd, uint64_t{kMaxSlots} * kChunkSize, 10, bytes) == 10);
  REQUIRE(pread(fd, 0, 10, bytes) == 10);
  CHECK(fake.decoded_frames == kMaxSlots + 1);
  REQUIRE(pread(fd, uint64_t{kMaxSlots - 1} * kChunkSize, 10, bytes) == 10);
  CHECK(fake.decoded_frames == kMaxSlots + 2);
}

TEST_CASE("a file over several chunks is read in one call", "[contents]") {
  const std::string big = text(5 * kChunkSize + 5, 1);
  FakeHost fake(compressed({{"big", big}}));
  const int32_t fd = open(root(), "big");
  std::string bytes;
  REQUIRE(pread(fd, 3, 6 * kChunkSize, bytes) == 5 * kChunkSize + 2);
  CHECK(bytes == big.substr(3));
}

TEST_CASE("a damaged frame is EIO, or the right bytes", "[contents]") {
  const std::string bytes_of_it = text(6000, 9);
  const Image image = compressed({{"a", bytes_of_it}});
  for (size_t i = 0; i < image.contents.size(); ++i) {
    Image damaged = image;
    damaged.contents[i] ^= static_cast<uint8_t>(1u << (i % 8));
    FakeHost fake(std::move(damaged));
    const int32_t fd = open(root(), "a");
    std::string bytes;
    const int64_t got = pread(fd, 0, 8000, bytes);
    if (got >= 0) {
      REQUIRE(bytes == bytes_of_it);
    } else {
      REQUIRE(got == -static_cast<int64_t>(Errno::kIo));
    }
    // The file's position has not moved, and other calls work.
    REQUIRE(pread(fd, 6000, 10, bytes) == 0);
  }
}

TEST_CASE("a table that points anywhere is EIO", "[contents]") {
  const Image image = compressed({{"a", text(3 * kChunkSize, 9)}});
  for (uint32_t entry = 0; entry < 4; ++entry) {
    for (const uint32_t value : {0u, 1u, 0xffffffffu, 0x7fffffffu, image.header.contents_size,
                                 image.header.contents_size + 1, image.header.contents_size - 1}) {
      Image damaged = image;
      uint8_t* const at = damaged.index.data() + damaged.compression.chunks_offset + 4 * entry;
      if (std::memcmp(at, &value, 4) == 0) continue;
      std::memcpy(at, &value, 4);
      FakeHost fake(std::move(damaged));
      const int32_t fd = open(root(), "a");
      std::string bytes;
      INFO(entry << " " << value);
      const int64_t got = pread(fd, 0, 3 * kChunkSize, bytes);
      CHECK(got == -static_cast<int64_t>(Errno::kIo));
    }
  }
}

TEST_CASE("a smashed cache never gives another chunk's bytes", "[contents]") {
  const std::string big = text(20 * kChunkSize, 1);
  FakeHost fake(compressed({{"big", big}}));
  const int32_t fd = open(root(), "big");
  std::string bytes;
  REQUIRE(pread(fd, 0, 10, bytes) == 10);
  const uint32_t decoder = fake.memory_base + kStateCapacity;
  std::mt19937 random(5);
  for (int i = 0; i < 200; ++i) {
    // All of the decoder but the slots, which hold bytes and nothing else.
    for (uint32_t at = 0; at < sizeof(Decoder); ++at)
      *fake.at(decoder + at) = static_cast<uint8_t>(random());
    const uint64_t offset = random() % (big.size() - 100);
    REQUIRE(pread(fd, offset, 100, bytes) == 100);
    REQUIRE(bytes == big.substr(offset, 100));
  }
}

TEST_CASE("growth keeps what was decoded if it is in use, and leaves zeroes", "[contents]") {
  const uint32_t pages = GENERATE(1u, 2u, 7u, 8u, 30u);
  const std::string big = text(20 * kChunkSize, 1);
  FakeHost fake(compressed({{"big", big}}));
  const int32_t fd = open(root(), "big");
  std::string bytes;
  REQUIRE(pread(fd, 0, 10, bytes) == 10);
  const uint64_t start = uint64_t{FakeHost::kApplicationPages} * kPageSize;
  const auto is_zero = [&](uint64_t to) {
    for (uint64_t at = start; at < to; ++at)
      if (*fake.at(static_cast<uint32_t>(at)) != 0) return false;
    return true;
  };
  REQUIRE(memory_grow(pages) == FakeHost::kApplicationPages);
  CHECK(is_zero(start + uint64_t{pages} * kPageSize));
  REQUIRE(pread(fd, 5, 10, bytes) == 10);
  CHECK(bytes == big.substr(5, 10));
  CHECK(fake.decoded_frames == 1);
  if (pages > 20) return;
  REQUIRE(memory_grow(1) != 0xffffffffu);
  REQUIRE(memory_grow(1) != 0xffffffffu);  // not used in between: dropped
  CHECK(is_zero(start + uint64_t{pages + 2} * kPageSize));
  REQUIRE(pread(fd, kChunkSize - 5, 10, bytes) == 10);
  CHECK(bytes == big.substr(kChunkSize - 5, 10));
  CHECK(fake.decoded_frames == 3);
  // Dropped means zero: the region's end has nothing left.
  CHECK(state().cache_use == CacheUse::kUsed);
}

}  // namespace
}  // namespace wasm_vfs::runtime
