// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compressed images: what the builder makes, the reader gives back; what is damaged, it says.

#include <optional>

#include "image/builder.h"
#include "image/fake_host_files.h"
#include "image/layer.h"
#include "image/lookup.h"
#include "image/read_back.h"
#include "image/reader.h"
#include "testing/catch.h"
#include "testing/text.h"

namespace wasm_vfs::image {
namespace {

constexpr uint32_t kChunkSize = kMinChunkSize;

struct Built {
  Image image;
  ByteBuffer contents;
  ContentsSums sums;

  Result<ImageReader> reader() const { return ImageReader::open(image.index, contents); }
};

Compression compression() { return {3, kChunkSize, as_bytes("tables")}; }

Built build_all(const FakeHostFiles& files, const std::optional<Compression>& how,
                const ScanOptions& options = {}, unsigned threads = 2) {
  auto tree = scan({{"d", "/d", false}}, options, files);
  REQUIRE(tree.ok());
  auto image = build(*tree, files, threads, how);
  REQUIRE(image.ok());
  Built built{*std::move(image), {}, {}};
  auto sums = write_contents(built.image, files, [&](Bytes block) {
    append(built.contents, block);
    return ok_status();
  }, threads);
  REQUIRE(sums.ok());
  built.sums = *std::move(sums);
  CHECK(built.contents.size() == built.image.contents_size);
  CHECK(digest_of(built.contents) == built.sums.contents);
  REQUIRE(built.sums.files.size() == built.image.extents.size());
  return built;
}

/// Small files, files over several chunks, an empty one, two equal ones, one that is noise.
const FakeHostFiles& some_files() {
  static FakeHostFiles files;
  static bool filled = false;
  if (filled) return files;
  filled = true;
  files.directory("d");
  files.directory("d/sub");
  files.file("d/a.txt", text(100, 1));
  files.file("d/b.txt", text(3 * kChunkSize + 17, 2));
  files.file("d/copy.txt", text(100, 1));
  files.file("d/empty", "");
  files.file("d/noise.png", noise(2 * kChunkSize + 1));
  files.file("d/sub/c.txt", text(5000, 4));
  files.file("d/sub/d.txt", text(kChunkSize, 5));
  return files;
}

void check_files(const ImageReader& reader) {
  const auto bytes = [&](const char* path) { return read_back(reader, *reader.find(path)); };
  CHECK(bytes("/d/a.txt") == text(100, 1));
  CHECK(bytes("/d/b.txt") == text(3 * kChunkSize + 17, 2));
  CHECK(bytes("/d/copy.txt") == text(100, 1));
  CHECK(bytes("/d/empty").empty());
  CHECK(bytes("/d/noise.png") == noise(2 * kChunkSize + 1));
  CHECK(bytes("/d/sub/c.txt") == text(5000, 4));
  CHECK(bytes("/d/sub/d.txt") == text(kChunkSize, 5));
}

TEST_CASE("a compressed image gives the files back", "[compressed]") {
  const Built built = build_all(some_files(), compression());
  REQUIRE(built.image.compressed.has_value());
  CHECK(built.image.header.version == kCompressedVersion);
  const auto reader = built.reader();
  REQUIRE(reader.ok());
  CHECK(reader->compression()->level == 3);
  CHECK(reader->compression()->chunk_size == kChunkSize);
  CHECK(reader->compression()->raw_size == 0);
  check_files(*reader);
  // From any offset, in any amount.
  const uint32_t b = *reader->find("/d/b.txt");
  const std::string expected = text(3 * kChunkSize + 17, 2);
  for (const uint64_t offset : {0u, 1u, kChunkSize - 101, kChunkSize, 3 * kChunkSize, 3 * kChunkSize + 17, 90000u}) {
    ByteBuffer got(kChunkSize + 3);
    const auto size = reader->read(b, offset, got);
    REQUIRE(size.ok());
    const std::string part = offset < expected.size() ? expected.substr(offset, got.size()) : "";
    CHECK(as_text(Bytes(got).first(*size)) == part);
  }
}

TEST_CASE("the same image for any number of threads", "[compressed]") {
  const Built one = build_all(some_files(), compression(), {}, 1);
  const Built many = build_all(some_files(), compression(), {}, 5);
  CHECK(one.image.index == many.image.index);
  CHECK(one.contents == many.contents);
  CHECK(one.sums.files == many.sums.files);
}

TEST_CASE("sums are of the files' own bytes", "[compressed]") {
  const Built plain = build_all(some_files(), std::nullopt);
  const Built compressed = build_all(some_files(), compression());
  CHECK(plain.sums.files == compressed.sums.files);
  CHECK(plain.image.header.version == kVersion);
}

TEST_CASE("files that are to stay raw lie first, as they are", "[compressed]") {
  ScanOptions options;
  REQUIRE(options.stay_raw.add("sub/").ok());
  REQUIRE(options.stay_raw.add("*.png").ok());
  const Built built = build_all(some_files(), compression(), options);
  const auto reader = built.reader();
  REQUIRE(reader.ok());
  const uint32_t raw = 2 * kChunkSize + 1 + 5000 + kChunkSize;
  CHECK(reader->compression()->raw_size == raw);
  CHECK(as_text(Bytes(built.contents).first(raw)) ==
        noise(2 * kChunkSize + 1) + text(5000, 4) + text(kChunkSize, 5));
  CHECK(reader->is_raw(*reader->find("/d/sub/c.txt")));
  CHECK_FALSE(reader->is_raw(*reader->find("/d/a.txt")));
  check_files(*reader);
}

TEST_CASE("where compressing saves nothing the image is not compressed", "[compressed]") {
  FakeHostFiles files;
  files.directory("d");
  files.file("d/noise", noise(100000));
  const Built built = build_all(files, compression());
  CHECK_FALSE(built.image.compressed.has_value());
  const Built plain = build_all(files, std::nullopt);
  CHECK(built.image.index == plain.image.index);
  CHECK(built.contents == plain.contents);
}

TEST_CASE("a layer over a compressed image is packed as if all came at once", "[compressed]") {
  const FakeHostFiles& files = some_files();
  ScanOptions options;
  REQUIRE(options.stay_raw.add("c.txt").ok());
  const Built first = build_all(files, compression(), options);
  const auto reader = first.reader();
  REQUIRE(reader.ok());
  const LayeredFiles layered(files, *reader);
  const Tree tree = tree_of(*reader);
  auto image = build(tree, layered, 3, compression());
  REQUIRE(image.ok());
  ByteBuffer contents;
  REQUIRE(write_contents(*image, layered, [&](Bytes block) {
    append(contents, block);
    return ok_status();
  }, 3).ok());
  CHECK(image->index == first.image.index);
  CHECK(contents == first.contents);
}

TEST_CASE("a damaged chunk is an error that says where", "[compressed]") {
  Built built = build_all(some_files(), compression());
  const auto reader = built.reader();
  REQUIRE(reader.ok());
  built.contents[20] ^= 1;
  const auto damaged = built.reader();
  REQUIRE(damaged.ok());
  CHECK(read_back(*damaged, *damaged->find("/d/a.txt")) ==
        "contents, chunk 0 (offset 0x0): damaged: these bytes are not what was compressed; pack the "
        "files again");
  CHECK(read_back(*damaged, *damaged->find("/d/sub/d.txt")) == text(kChunkSize, 5));
}

TEST_CASE("a reader refuses a compression header or table that is not sound", "[compressed]") {
  const Built built = build_all(some_files(), compression());
  const CompressionHeader header = built.image.compressed->header;
  const auto refused = [&](size_t offset, uint32_t value) {
    ByteBuffer index = built.image.index;
    std::memcpy(index.data() + offset, &value, sizeof value);
    const auto reader = ImageReader::open(index, built.contents);
    return reader.ok() ? std::string("accepted") : reader.error().message;
  };
  const auto field = [](size_t offset) { return sizeof(IndexHeader) + offset; };
#define FIELD(name) field(offsetof(CompressionHeader, name))
  CHECK(refused(FIELD(chunk_size), kChunkSize - 1).find("chunk_size is 16383") != std::string::npos);
  CHECK(refused(FIELD(chunk_size), kMaxChunkSize + 1).find("chunk_size is") != std::string::npos);
  CHECK(refused(FIELD(level), 0).find("level is 0") != std::string::npos);
  CHECK(refused(FIELD(level), 20).find("level is 20") != std::string::npos);
  CHECK(refused(FIELD(raw_size), header.logical_size + 1).find("do not fit") != std::string::npos);
  CHECK(refused(FIELD(logical_size), header.logical_size + kChunkSize).find("do not fit") !=
        std::string::npos);
  CHECK(refused(FIELD(logical_size), header.logical_size - 1).find("beyond the contents") !=
        std::string::npos);
  CHECK(refused(FIELD(chunk_count), header.chunk_count - 1) != "accepted");
  CHECK(refused(FIELD(chunk_count), 0xffffffff) != "accepted");
  CHECK(refused(FIELD(chunks_offset), header.chunks_offset + 4).find("chunks_offset") !=
        std::string::npos);
  CHECK(refused(FIELD(tables_offset), header.tables_offset + 4).find("tables_offset") !=
        std::string::npos);
  CHECK(refused(FIELD(tables_size), 0xffffffff) != "accepted");
#undef FIELD
  for (uint32_t i = 0; i <= header.chunk_count; ++i) {
    for (const uint32_t value : {0u - i, 0xffffffffu, built.image.contents_size + 1}) {
      if (i == 0 && value == 0) continue;
      INFO(i << " " << value);
      CHECK(refused(header.chunks_offset + i * sizeof(uint32_t), value).find("where it cannot") !=
            std::string::npos);
    }
  }
  // Cut short.
  for (size_t size = sizeof(IndexHeader); size < field(sizeof(CompressionHeader)); ++size)
    CHECK_FALSE(ImageReader::open(Bytes(built.image.index).first(size), built.contents).ok());
}

TEST_CASE("compressed: what each file takes of the contents", "[compressed]") {
  const Built built = build_all(some_files(), compression());
  const auto reader = built.reader();
  REQUIRE(reader.ok());
  const auto stored = [&](const char* path) { return stored_size(*reader, *reader->find(path)); };
  CHECK(stored("/d/empty") == 0);
  CHECK(stored("/d/a.txt") == stored("/d/copy.txt"));
  // Files of three chunks and more; noise takes all its bytes but for the chunks' that others share.
  CHECK(stored("/d/b.txt") < kChunkSize);
  CHECK(stored("/d/b.txt") > kChunkSize / 4);
  CHECK(stored("/d/noise.png") <= 2 * kChunkSize + 1);
  CHECK(stored("/d/noise.png") > kChunkSize);
  // Together they are the contents, less what was rounded: a byte for each file in each chunk.
  uint64_t sum = 0;
  for (const ContentRun& run : content_runs(*reader)) sum += stored_size(*reader, run.files.front());
  const uint64_t rounded = reader->compression()->chunk_count + content_runs(*reader).size();
  CHECK(sum <= built.contents.size());
  CHECK(sum + rounded >= built.contents.size());
  // Uncompressed, a file takes its size.
  const Built plain = build_all(some_files(), std::nullopt);
  const auto plain_reader = plain.reader();
  CHECK(stored_size(*plain_reader, *plain_reader->find("/d/b.txt")) == 3 * kChunkSize + 17);
}

}  // namespace
}  // namespace wasm_vfs::image
