// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A scratch file gives back what it was given, and leaves no name behind.

#include "base/scratch_file.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "testing/catch.h"
#include "testing/temporary_directory.h"

namespace wasm_vfs {
namespace {

ByteBuffer all_of(const ScratchFile& file) {
  ByteBuffer bytes;
  REQUIRE(file.read([&](Bytes block) {
    append(bytes, block);
    return ok_status();
  }).ok());
  return bytes;
}

TEST_CASE("a scratch file gives back its bytes, again and again", "[scratch_file]") {
  ScratchFile file;
  CHECK(all_of(file).empty());
  ByteBuffer expected;
  for (size_t i = 0; i < 5; ++i) {
    const ByteBuffer part(i * 100000, static_cast<uint8_t>(i));
    append(expected, part);
    REQUIRE(file.append(part).ok());
    CHECK(file.size() == expected.size());
  }
  CHECK(all_of(file) == expected);
  const ScratchFile moved = std::move(file);
  CHECK(all_of(moved) == expected);
}

TEST_CASE("a scratch file lies in TMPDIR without a name", "[scratch_file]") {
  const TemporaryDirectory directory;
  const char* const before = std::getenv("TMPDIR");
  const std::string saved = before != nullptr ? before : "";
  setenv("TMPDIR", directory.path().c_str(), 1);
  ScratchFile file;
  CHECK(file.append(as_bytes("x")).ok());
  CHECK(std::filesystem::is_empty(directory.path()));
  setenv("TMPDIR", (directory.path() + "/missing").c_str(), 1);
  ScratchFile impossible;
  const Status status = impossible.append(as_bytes("x"));
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().message.find("set TMPDIR to a directory with room") != std::string::npos);
  before != nullptr ? setenv("TMPDIR", saved.c_str(), 1) : unsetenv("TMPDIR");
}

TEST_CASE("a sink's error ends the reading", "[scratch_file]") {
  ScratchFile file;
  REQUIRE(file.append(ByteBuffer(1 << 20)).ok());
  int blocks = 0;
  const Status status = file.read([&](Bytes) -> Status {
    ++blocks;
    return Error{"full"};
  });
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().message == "full");
  CHECK(blocks == 1);
}

}  // namespace
}  // namespace wasm_vfs
