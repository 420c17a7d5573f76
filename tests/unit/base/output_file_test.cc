// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// OutputFile: the target is the old file or the whole new one, and nothing else is left behind.

#include "base/output_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "testing/catch.h"
#include "testing/temporary_directory.h"

namespace wasm_vfs {
namespace {

using Names = std::vector<std::string>;

mode_t permissions(const std::string& path) {
  struct stat status;
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

TEST_CASE("a new file appears whole at commit") {
  TemporaryDirectory directory;
  const mode_t old_umask = ::umask(027);
  const std::string big(100000, 'b');
  {
    auto file = OutputFile::create(directory.path() + "/out");
    REQUIRE(file.ok());
    REQUIRE(file->write(as_bytes("small ")).ok());
    REQUIRE(file->write(as_bytes(big)).ok());
    OutputFile moved = *std::move(file);
    for (int i = 0; i < 20000; ++i) REQUIRE(moved.write(as_bytes("12345678")).ok());
    CHECK(moved.offset() == 6 + 100000 + 160000);
    CHECK(!std::filesystem::exists(directory.path() + "/out"));
    REQUIRE(directory.names().size() == 1);
    CHECK(directory.names()[0].starts_with(".out."));
    REQUIRE(moved.commit().ok());
  }
  ::umask(old_umask);
  CHECK(directory.names() == Names{"out"});
  CHECK(permissions(directory.path() + "/out") == 0640);
  const std::string text = directory.read("out");
  CHECK(text.size() == 260006);
  CHECK(text.starts_with("small bbb"));
  CHECK(text.substr(100006, 16) == "1234567812345678");
  CHECK(text.ends_with("2345678"));
}

TEST_CASE("without commit the target is untouched and nothing is left") {
  TemporaryDirectory directory;
  directory.write("out", "old");
  {
    auto file = OutputFile::create(directory.path() + "/out");
    REQUIRE(file.ok());
    REQUIRE(file->write(as_bytes(std::string(200000, 'n'))).ok());
  }
  CHECK(directory.read("out") == "old");
  CHECK(directory.names() == Names{"out"});
}

TEST_CASE("whether the target has the same bytes is known before commit") {
  TemporaryDirectory directory;
  const auto equals = [&](std::string_view bytes) {
    auto file = OutputFile::create(directory.path() + "/out");
    REQUIRE(file.ok());
    REQUIRE(file->write(as_bytes(bytes)).ok());
    const auto equal = file->equals_target();
    REQUIRE(equal.ok());
    return *equal;
  };
  CHECK_FALSE(equals("old"));  // there is none
  directory.write("out", "old");
  CHECK(equals("old"));
  CHECK_FALSE(equals("new"));
  CHECK_FALSE(equals("old and more"));
  CHECK_FALSE(equals(""));
  CHECK(directory.read("out") == "old");
  CHECK(directory.names() == Names{"out"});
}

TEST_CASE("a closed file is whole, and not the target before commit") {
  TemporaryDirectory directory;
  directory.write("out", "old");
  {
    auto file = OutputFile::create(directory.path() + "/out");
    REQUIRE(file.ok());
    REQUIRE(file->write(as_bytes("new")).ok());
    REQUIRE(file->close().ok());
    REQUIRE(file->close().ok());
    REQUIRE(directory.names().size() == 2);
    for (const std::string& name : directory.names())
      CHECK(directory.read(name) == (name == "out" ? "old" : "new"));
    REQUIRE(file->commit().ok());
  }
  CHECK(directory.names() == Names{"out"});
  CHECK(directory.read("out") == "new");
}

TEST_CASE("an existing file keeps its permission bits") {
  TemporaryDirectory directory;
  const std::string path = directory.write("out", "old, and longer than the new one");
  REQUIRE(::chmod(path.c_str(), 0751) == 0);
  auto file = OutputFile::create(path);
  REQUIRE(file.ok());
  REQUIRE(file->write(as_bytes("new")).ok());
  REQUIRE(file->commit().ok());
  CHECK(directory.read("out") == "new");
  CHECK(permissions(path) == 0751);
}

TEST_CASE("a symlink stays one, and what it names is replaced or made") {
  TemporaryDirectory directory;
  REQUIRE(::mkdir((directory.path() + "/sub").c_str(), 0755) == 0);
  const std::string link = directory.path() + "/link";
  std::filesystem::create_symlink("second", link);
  std::filesystem::create_symlink("sub/file", directory.path() + "/second");
  for (const char* text : {"made", "replaced"}) {
    auto file = OutputFile::create(link);
    REQUIRE(file.ok());
    REQUIRE(file->write(as_bytes(text)).ok());
    REQUIRE(file->commit().ok());
    CHECK(directory.read("sub/file") == text);
    CHECK(std::filesystem::is_symlink(link));
  }
  CHECK(directory.names() == Names{"link", "second", "sub"});

  std::filesystem::create_symlink("loop", directory.path() + "/loop");
  auto loop = OutputFile::create(directory.path() + "/loop");
  REQUIRE(!loop.ok());
  CHECK(loop.error().message ==
        directory.path() + "/loop: cannot create: Too many levels of symbolic links");
}

TEST_CASE("a pipe is written directly") {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  std::string received;
  std::thread reader([&] { received = directory.read("pipe"); });
  {
    auto file = OutputFile::create(path);
    REQUIRE(file.ok());
    REQUIRE(file->write(as_bytes("through")).ok());
    REQUIRE(file->commit().ok());
  }
  reader.join();
  CHECK(received == "through");
  CHECK(directory.names() == Names{"pipe"});
}

TEST_CASE("what a descriptor's name leads to is written where it is a pipe") {
  // As `-o /dev/stdout | gzip` and `-o >(gzip)` give it: the symlink's text is no path.
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  {
    auto file = OutputFile::create("/dev/fd/" + std::to_string(ends[1]));
    REQUIRE(file.ok());
    REQUIRE(file->write(as_bytes("through")).ok());
    REQUIRE(file->commit().ok());
  }
  ::close(ends[1]);
  char received[16];
  const ssize_t size = ::read(ends[0], received, sizeof received);
  ::close(ends[0]);
  REQUIRE(size == 7);
  CHECK(std::string(received, 7) == "through");
}

TEST_CASE("a deleted file cannot be replaced, and no other is made") {
  TemporaryDirectory directory;
  const std::string path = directory.write("out", "old");
  const int descriptor = ::open(path.c_str(), O_WRONLY);
  REQUIRE(descriptor >= 0);
  REQUIRE(::unlink(path.c_str()) == 0);
  const std::string name = "/dev/fd/" + std::to_string(descriptor);
  const auto file = OutputFile::create(name);
  ::close(descriptor);
  REQUIRE(!file.ok());
  CHECK(file.error().message ==
        name + ": cannot replace: the file that it leads to has been deleted");
  CHECK(directory.names().empty());
}

TEST_CASE("- is standard output, which stays open") {
  TemporaryDirectory directory;
  const std::string path = directory.write("stdout", "");
  const int saved = ::dup(STDOUT_FILENO);
  const int target = ::open(path.c_str(), O_WRONLY);
  ::dup2(target, STDOUT_FILENO);
  auto file = OutputFile::create("-");
  const bool written = file.ok() && file->write(as_bytes("one")).ok() && file->commit().ok();
  const bool open = ::write(STDOUT_FILENO, "two", 3) == 3;
  ::dup2(saved, STDOUT_FILENO);
  ::close(saved);
  ::close(target);
  CHECK(written);
  CHECK(open);
  CHECK(directory.read("stdout") == "onetwo");
}

TEST_CASE("a target that cannot be is named") {
  TemporaryDirectory directory;
  auto in_missing = OutputFile::create(directory.path() + "/missing/out");
  REQUIRE(!in_missing.ok());
  CHECK(in_missing.error().message == directory.path() +
                                          "/missing/out: cannot create a temporary file beside it: "
                                          "No such file or directory");
  auto is_directory = OutputFile::create(directory.path());
  REQUIRE(!is_directory.ok());
  CHECK(is_directory.error().message == directory.path() + ": cannot write: Is a directory");
  auto slash = OutputFile::create(directory.path() + "/new/");
  REQUIRE(!slash.ok());
  CHECK(slash.error().message == directory.path() + "/new/: cannot create: this names no file");
  CHECK(directory.names().empty());
}

TEST_CASE("a file name as long as names can be") {
  TemporaryDirectory directory;
  const std::string name(255, 'n');
  auto file = OutputFile::create(directory.path() + "/" + name);
  REQUIRE(file.ok());
  REQUIRE(file->commit().ok());
  CHECK(directory.names() == Names{name});
}

TEST_CASE("a full disk is an error that names the file, and nothing is left") {
  // RLIMIT_FSIZE stands for the disk; SIGXFSZ would end the process, so it is ignored, as in the
  // tool.
  TemporaryDirectory directory;
  directory.write("out", "old");
  rlimit old_limit;
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old_limit) == 0);
  auto* old_handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{70000, old_limit.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  Status large = ok_status();
  Status small = ok_status();
  {
    auto file = OutputFile::create(directory.path() + "/out");
    large = file->write(as_bytes(std::string(100000, 'n')));
  }
  {
    auto file = OutputFile::create(directory.path() + "/out");
    for (int i = 0; i < 7; ++i) (void)file->write(as_bytes(std::string(10001, 'n')));
    small = file->commit();
  }
  ::setrlimit(RLIMIT_FSIZE, &old_limit);
  ::signal(SIGXFSZ, old_handler);
  REQUIRE(!large.ok());
  CHECK(large.error().message == directory.path() + "/out: cannot write: File too large");
  CHECK(!small.ok());
  CHECK(directory.read("out") == "old");
  CHECK(directory.names() == Names{"out"});
}

}  // namespace
}  // namespace wasm_vfs
