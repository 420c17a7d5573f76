// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Manifest: what is read of each way to write a component, and the bytes before and after.

#include "spin/manifest.h"

#include "testing/catch.h"

namespace wasm_vfs::spin {
namespace {

using Lines = std::vector<std::string>;

Manifest parse(const std::string& text) {
  Result<Manifest> manifest = Manifest::parse(text, "spin.toml");
  INFO(text);
  if (!manifest.ok()) FAIL(manifest.error().message);
  return *std::move(manifest);
}

std::string error_of(const std::string& text) {
  const Result<Manifest> manifest = Manifest::parse(text, "spin.toml");
  INFO(text);
  REQUIRE(!manifest.ok());
  return manifest.error().message;
}

/// The text after each source of a component with files has become "P", and each dependency "D".
std::string rewritten(const std::string& text) {
  const Manifest manifest = parse(text);
  std::vector<std::pair<LocalPath, std::string>> paths;
  for (const Component& component : manifest.components())
    for (const CodeSource& source : component.sources)
      if (!component.files.empty() && source.kind == CodeSource::Kind::kFile)
        paths.emplace_back(source.file, "P");
  for (const LocalPath& path : manifest.dependencies()) paths.emplace_back(path, "D");
  const Result<std::string> result = manifest.rewrite(paths);
  INFO(text);
  if (!result.ok()) FAIL(result.error().message);
  return *result;
}

const std::string kV1 = "spin_manifest_version = \"1\"\n";
const std::string kV2 = "spin_manifest_version = 2\n";

TEST_CASE("what is read of version 2") {
  const Manifest manifest = parse(kV2 + R"([component.web]
source = "web.wasm"
files = ["a/*", { source = "s", destination = "/d" }]
exclude_files = ["**/x", "y"]
[component.web.profile.debug]
source = "web-debug.wasm"
[component.web.dependencies]
"a:b/c" = { path = "dep.wasm" }
"d:e" = ">=0.1.0"
[component.remote]
source = { url = "https://host.example/x.wasm", digest = "sha256:00" }
[component.packaged]
source = { registry = "registry.example", package = "a:b", version = "1.0.0" }
)");
  REQUIRE(manifest.components().size() == 3);
  const Component& web = manifest.components()[0];
  CHECK(web.id == "web");
  REQUIRE(web.sources.size() == 2);
  CHECK(web.sources[0].file.path == "web.wasm");
  CHECK(web.sources[0].file.position == "spin.toml:3:10");
  CHECK(web.sources[0].profile.empty());
  CHECK(web.sources[1].file.path == "web-debug.wasm");
  CHECK(web.sources[1].profile == "debug");
  REQUIRE(web.files.size() == 2);
  CHECK(web.files[0].source == "a/*");
  CHECK(!web.files[0].destination);
  CHECK(web.files[0].position == "spin.toml:4:10");
  CHECK(web.files[1].source == "s");
  CHECK(web.files[1].destination == "/d");
  REQUIRE(web.excluded.size() == 2);
  CHECK(web.excluded[1].pattern == "y");
  CHECK(web.excluded[1].position == "spin.toml:5:26");
  CHECK(manifest.components()[1].id == "remote");
  CHECK(manifest.components()[1].sources[0].kind == CodeSource::Kind::kUrl);
  CHECK(manifest.components()[1].sources[0].name == "https://host.example/x.wasm");
  CHECK(manifest.components()[2].sources[0].kind == CodeSource::Kind::kRegistry);
  CHECK(manifest.components()[2].sources[0].name == "a:b");
  REQUIRE(manifest.dependencies().size() == 1);
  CHECK(manifest.dependencies()[0].path == "dep.wasm");
}

TEST_CASE("what is read of version 1") {
  for (const char* version : {"spin_manifest_version = \"1\"", "spin_version = \"1\""}) {
    const Manifest manifest = parse(std::string(version) + R"(
name = "n"
trigger = { type = "http" }
[[component]]
id = "one"
source = "a.wasm"
files = ["f"]
[component.trigger]
route = "/"
[[component]]
id = "two"
source = "b.wasm"
)");
    REQUIRE(manifest.components().size() == 2);
    CHECK(manifest.components()[0].id == "one");
    CHECK(manifest.components()[0].files.size() == 1);
    CHECK(manifest.components()[1].id == "two");
    CHECK(manifest.components()[1].files.empty());
  }
}

TEST_CASE("components that are written into triggers") {
  const Manifest manifest = parse(kV2 + R"([[trigger.http]]
component = { source = "a.wasm", files = ["f"] }
[[trigger.http]]
id = "named"
[trigger.http.component]
source = "b.wasm"
[[trigger.redis]]
component = "other"
components = { role = { source = "c.wasm" }, many = ["other", { source = "d.wasm" }] }
[trigger.redis.dependencies]
middleware = [{ path = "m.wasm" }, { component = "other" }]
[component.other]
source = "e.wasm"
)");
  Lines read;
  for (const Component& component : manifest.components())
    read.push_back(component.id + " " + component.sources[0].file.path);
  CHECK(read == Lines{"http-trigger1-component a.wasm", "named-component b.wasm",
                      "redis-trigger1-role c.wasm", "redis-trigger1-many2 d.wasm", "other e.wasm"});
  REQUIRE(manifest.dependencies().size() == 1);
  CHECK(manifest.dependencies()[0].path == "m.wasm");
}

TEST_CASE("a line goes, a comment on it stays, and so does all around it") {
  CHECK(rewritten(kV2 + R"(# a comment
[component.a] # of the component
# about files
source = 'app.wasm'  # of the source
  files = [ # first
    "x", # ] not the end
    { source = "y", destination = "/" },
  ] # of the files
exclude_files=["q"]
allowed_outbound_hosts = [ ]

[component.b]
source =   "b.wasm"
exclude_files = ["stays, since it has no files"]
)") == kV2 + R"(# a comment
[component.a] # of the component
# about files
source = "P"  # of the source
  # of the files
allowed_outbound_hosts = [ ]

[component.b]
source =   "b.wasm"
exclude_files = ["stays, since it has no files"]
)");
}

TEST_CASE("no newline at the end") {
  CHECK(rewritten(kV2 + "[component.a]\nsource = \"a\"\nfiles = [\"x\"]") ==
        kV2 + "[component.a]\nsource = \"P\"\n");
  CHECK(rewritten(kV2 + "[component.a]\nfiles = [\"x\"] # c\nsource = \"\"\"\na\"\"\"") ==
        kV2 + "[component.a]\n# c\nsource = \"P\"");
}

TEST_CASE("CRLF, a byte order mark, and characters of several bytes") {
  const std::string mark = "\xef\xbb\xbf";
  CHECK(rewritten(mark +
                  "spin_manifest_version=2 # \xc3\xa9\r\n[component.\"\xf0\x9f\x98\x80\"]\r\n"
                  "\tfiles\t=\t[\"\xc3\xa9\"]\t\r\nsource\t=\t'\xc3\xa9.wasm'\t#\xc3\xa9\r\n") ==
        mark +
            "spin_manifest_version=2 # \xc3\xa9\r\n[component.\"\xf0\x9f\x98\x80\"]\r\n"
            "source\t=\t\"P\"\t#\xc3\xa9\r\n");
  CHECK(rewritten(mark + "component.a.files = [\"x\"]\ncomponent.a.source = \"a\"\n" + kV2) ==
        mark + "component.a.source = \"P\"\n" + kV2);
}

TEST_CASE("dotted keys") {
  CHECK(rewritten(kV2 + R"([component]
a.source = "a"
"a" . 'files' = ["x"]
a.build.command = "make"
)") == kV2 + R"([component]
a.source = "P"
a.build.command = "make"
)");
}

TEST_CASE("inline tables: first, last, middle and only pairs") {
  const auto inline_table = [](const std::string& pairs) {
    return kV2 + "[component]\na = {" + pairs + "} # c\n";
  };
  CHECK(rewritten(inline_table(" files = [\"x, }\"], source = \"a\" ")) ==
        inline_table(" source = \"P\" "));
  CHECK(rewritten(inline_table(" source = \"a\" , files = [\"x\"] ")) ==
        inline_table(" source = \"P\" "));
  CHECK(rewritten(inline_table("source='a',files=['x'],description='}'")) ==
        inline_table("source=\"P\",description='}'"));
  CHECK(rewritten(inline_table("files=['x'],exclude_files=[],source='a'")) ==
        inline_table("source=\"P\""));
  CHECK(rewritten(inline_table("files=['x'],source='a',exclude_files=['y']")) ==
        inline_table("source=\"P\""));
  CHECK(rewritten(inline_table("source = 'a', files=[{source='x',destination='y'}, 'z'], "
                               "exclude_files=['y'], build.command = 'm'")) ==
        inline_table("source = \"P\", build.command = 'm'"));
  CHECK(rewritten(inline_table("build = {command='m'}, files=[ # c\n'x' # d\n], source='a'")) ==
        inline_table("build = {command='m'}, source=\"P\""));
}

TEST_CASE("dotted keys in inline tables") {
  CHECK(rewritten(kV2 + "component = { a.files = ['x'], a.source = 'a', b.source = 'b' }\n") ==
        kV2 + "component = { a.source = \"P\", b.source = 'b' }\n");
  CHECK(rewritten(kV2 + "component = { a.source = 'a', \"a\" . files = ['x'] }\n") ==
        kV2 + "component = { a.source = \"P\" }\n");
  CHECK(rewritten(kV2 + "trigger.http = [{ component.files = ['x'], component.source = 'a' }]\n") ==
        kV2 + "trigger.http = [{ component.source = \"P\" }]\n");
}

TEST_CASE("files as tables of their own") {
  CHECK(rewritten(kV2 + R"([component.a]
source = "a"
[[component.a.files]] # one
source = "x"
destination = "/y"

# kept
[[component.a.files]]
source = "z"
destination = "/"
[component.a.build]
command = "make"
)") == kV2 + R"([component.a]
source = "P"
# one

# kept
[component.a.build]
command = "make"
)");
}

TEST_CASE("version 1, also with its components in an array") {
  CHECK(rewritten(kV1 + R"([[component]]
id = "a"
source = "a.wasm"
files = ["x"]
[component.trigger]
files = ["not these"]
[[component]]
id = "b"
files = [{ source = "x", destination = "/" }]
source = "b.wasm"
)") == kV1 + R"([[component]]
id = "a"
source = "P"
[component.trigger]
files = ["not these"]
[[component]]
id = "b"
source = "P"
)");
  CHECK(rewritten(kV1 + "component = [ { id = 'a', source = 'a', files = ['x'] },\n {id='b',files=["
                        "'x'],source='b'}]\n") ==
        kV1 + "component = [ { id = 'a', source = \"P\" },\n {id='b',source=\"P\"}]\n");
}

TEST_CASE("profiles and dependencies") {
  CHECK(rewritten(kV2 + R"([component.a]
source = "a"
files = ["x"]
profile.debug = { source = 'd', dependencies = { 'x:y' = { path = 'p' } } }
[component.b]
source = "b"
profile.debug.source = 'e'
[component.b.dependencies]
"f:g/h" = { path = "q", export = "r" }
)") == kV2 + R"([component.a]
source = "P"
profile.debug = { source = "P", dependencies = { 'x:y' = { path = "D" } } }
[component.b]
source = "b"
profile.debug.source = 'e'
[component.b.dependencies]
"f:g/h" = { path = "D", export = "r" }
)");
}

TEST_CASE("a manifest without files is not changed") {
  const std::string text =
      kV2 + "[component.a]\nsource = 'a'\nfiles = [ ]\nexclude_files = ['x']\n";
  CHECK(rewritten(text) == text);
}

TEST_CASE("a manifest cut anywhere is an error or another manifest, and can be rewritten") {
  const std::string text = kV2 + R"([component.a] # c
files = [ "x", { source = 's', destination = """
d""" } ] # c
source = "a.wasm"
component.b = { files = ["x"], source = 'b', x = [ 1,
 2 ] }
[[component.c.files]]
source = "y"
destination = "/z"
[component.c]
source = { url = "u" }
[[trigger.t]]
components = { r = [ { source = "e", files = ["f"] } ] }
)";
  for (size_t size = 0; size <= text.size(); ++size) {
    const Result<Manifest> manifest = Manifest::parse(text.substr(0, size), "spin.toml");
    INFO(text.substr(0, size));
    if (!manifest.ok()) {
      CHECK(manifest.error().message.starts_with("spin.toml:"));
      continue;
    }
    std::vector<std::pair<LocalPath, std::string>> paths;
    for (const Component& component : manifest->components())
      for (const CodeSource& source : component.sources)
        if (source.kind == CodeSource::Kind::kFile) paths.emplace_back(source.file, "P");
    const Result<std::string> rewritten_text = manifest->rewrite(paths);
    REQUIRE(rewritten_text.ok());
    const Manifest after = parse(*rewritten_text);
    for (const Component& component : after.components()) {
      CHECK(component.files.empty());
      if (component.sources[0].kind == CodeSource::Kind::kFile)
        CHECK(component.sources[0].file.path == "P");
    }
  }
}

TEST_CASE("a new path is written as a TOML string") {
  const Manifest manifest = parse(kV2 + "component.a.source = 'a'\n");
  const Result<std::string> result =
      manifest.rewrite({{manifest.components()[0].sources[0].file, "a\"b\\c\n\x7f\xc3\xa9"}});
  REQUIRE(result.ok());
  CHECK(*result == kV2 + "component.a.source = \"a\\\"b\\\\c\\u000a\\u007f\xc3\xa9\"\n");
}

TEST_CASE("errors name the line and column") {
  CHECK(error_of("a = \n").starts_with("spin.toml:1:5: "));
  CHECK(error_of("[=\n").starts_with("spin.toml:1:2: "));  // an assertion in toml++
  // Characters for which toml++'s tables have no answer.
  CHECK(error_of("a = 1\nb = 'é' é\n").starts_with("spin.toml:2:9: "));
  CHECK(error_of("a = 3x@b=['\xd2\x8a. c\n").starts_with("spin.toml:1:"));
  CHECK(error_of("\xd2\x8a = 1\n").starts_with("spin.toml:1:1: "));
  CHECK(error_of("name = 'x'\n") ==
        "spin.toml: has no spin_manifest_version, so it is no Spin manifest");
  for (const char* version : {"3", "\"2\"", "1", "[2]"})
    CHECK(error_of("spin_manifest_version = " + std::string(version) + "\n") ==
          "spin.toml:1:25: this Spin manifest is of another version than \"1\" and 2");
  CHECK(error_of(kV2 + "[component.a]\n") == "spin.toml:2:1: component a has no source");
  CHECK(error_of(kV2 + "component.a = 'x'\n") == "spin.toml:2:15: component: expected a table");
  CHECK(error_of(kV2 + "[[component]]\n") ==
        "spin.toml:2:1: component: expected a table of components");
  CHECK(error_of(kV1 + "[component.a]\n") ==
        "spin.toml:2:1: component: expected [[component]] tables");
  CHECK(error_of(kV1 + "[[component]]\nsource = 'a'\n") ==
        "spin.toml:2:1: this component has no id");
  CHECK(error_of(kV2 + "component.a.source = 3\n") ==
        "spin.toml:2:22: source: expected a path, { url, digest } or { registry, package, version "
        "}");
  CHECK(error_of(kV2 + "component.a.source = ''\n") ==
        "spin.toml:2:22: source: is empty; expected the path of a module");
  const std::string a = kV2 + "[component.a]\nsource = 'a'\n";
  CHECK(error_of(a + "files = 'x'\n") == "spin.toml:4:9: files: expected an array");
  for (const char* element : {"3", "{ source = 'x' }", "{ source = 'x', destination = 3 }",
                              "{ source = 'x', destination = 'y', mode = 'z' }", "['x']"})
    CHECK(error_of(a + "files = ['x', " + element + "]\n") ==
          "spin.toml:4:15: files: expected a path or pattern, or { source, destination }");
  CHECK(error_of(a + "files = ['x']\nexclude_files = 'x'\n") ==
        "spin.toml:5:17: exclude_files: expected an array");
  CHECK(error_of(a + "files = ['x']\nexclude_files = [1]\n") ==
        "spin.toml:5:18: exclude_files: expected a pattern");
}

}  // namespace
}  // namespace wasm_vfs::spin
