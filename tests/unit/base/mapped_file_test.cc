// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// MappedFile: regular files, files of no stated size, pipes, and what cannot be read.

#include "base/mapped_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "testing/catch.h"
#include "testing/temporary_directory.h"

namespace wasm_vfs {
namespace {

TEST_CASE("a regular file's bytes are mapped") {
  TemporaryDirectory directory;
  const std::string path = directory.write("file", std::string("a\0b", 3));
  auto file = MappedFile::open(path);
  REQUIRE(file.ok());
  CHECK(as_text(file->bytes()) == std::string_view("a\0b", 3));

  const uint8_t* address = file->bytes().data();
  MappedFile moved = *std::move(file);
  CHECK(moved.bytes().data() == address);
  CHECK(as_text(moved.bytes()) == std::string_view("a\0b", 3));
}

TEST_CASE("an empty file is no bytes") {
  TemporaryDirectory directory;
  auto file = MappedFile::open(directory.write("empty", ""));
  REQUIRE(file.ok());
  CHECK(file->bytes().empty());
}

TEST_CASE("a file that claims no size is read to its end") {
  auto file = MappedFile::open("/proc/self/status");
  REQUIRE(file.ok());
  CHECK(as_text(file->bytes()).starts_with("Name:"));
}

TEST_CASE("a pipe is read to its end, and stays where it is when moved") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const std::string text(300000, 'x');  // more than a pipe holds and than one block
  std::thread writer([&] {
    for (size_t done = 0; done < text.size();) {
      done += static_cast<size_t>(::write(ends[1], text.data() + done, text.size() - done));
    }
    ::close(ends[1]);
  });
  auto file = MappedFile::read(ends[0], "standard input");
  writer.join();
  ::close(ends[0]);
  REQUIRE(file.ok());
  const uint8_t* address = file->bytes().data();
  MappedFile moved = *std::move(file);
  CHECK(moved.bytes().data() == address);
  CHECK(as_text(moved.bytes()) == text);
}

TEST_CASE("what cannot be read is named") {
  TemporaryDirectory directory;
  const std::string missing = directory.path() + "/missing";
  auto file = MappedFile::open(missing);
  REQUIRE(!file.ok());
  CHECK(file.error().message == missing + ": cannot open: No such file or directory");

  auto directory_file = MappedFile::open(directory.path());
  REQUIRE(!directory_file.ok());
  CHECK(directory_file.error().message == directory.path() + ": cannot read: Is a directory");

  auto closed = MappedFile::read(-1, "standard input");
  REQUIRE(!closed.ok());
  CHECK(closed.error().message == "standard input: cannot read: Bad file descriptor");
}

}  // namespace
}  // namespace wasm_vfs
