// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The options of `wasm-vfs pack`. --dir and --file, and --exclude and --exclude-from, keep their
// order on the command line, since a later one wins; so they are collected one by one as they are
// parsed (`trigger_on_parse`), which also keeps CLI11 from reading `{}` or `[a,b]` as its notation
// for vectors, or from taking a second word for the same --dir.
// Tested by the golden cases in tests/cli.

#include "pack_options.h"

#include <charconv>
#include <cstdlib>
#include <set>
#include <string_view>

#include "base/mapped_file.h"
#include "command_line.h"
#include "guest_path.h"
#include "image/chunks.h"
#include "module_files.h"
#include "packed_file.h"

namespace wasm_vfs::tool {
namespace {

constexpr uint64_t kNanosecondsPerSecond = 1'000'000'000;

/// The time of packed files, in nanoseconds since 1970
/// (https://reproducible-builds.org/specs/source-date-epoch/).
Result<uint64_t> source_date_epoch() {
  const char* const text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr) return image::kDefaultMtimeNs;
  const std::string_view view = text;
  uint64_t seconds = 0;
  const auto [end, error] = std::from_chars(view.begin(), view.end(), seconds);
  if (error != std::errc() || end != view.end() || seconds > UINT64_MAX / kNanosecondsPerSecond)
    return Error{"SOURCE_DATE_EPOCH is '" + std::string(view) +
                 "'; it must be a number of seconds since 1970, at most " +
                 std::to_string(UINT64_MAX / kNanosecondsPerSecond) + ", or unset"};
  return seconds * kNanosecondsPerSecond;
}

/// "64", "64K", "64M", "64G". CLI11's own conversion takes -1 for 2^64 - 1, and 010 for 8.
std::optional<uint64_t> parse_size(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  if (error != std::errc()) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<size_t>(end - text.begin()));
  const int shift = unit.empty() ? 0 : unit == "K" ? 10 : unit == "M" ? 20 : unit == "G" ? 30 : -1;
  if (shift < 0 || number > UINT64_MAX >> shift) return std::nullopt;
  return number << shift;
}

std::optional<int> parse_level(std::string_view text) {
  int level = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), level);
  if (error != std::errc() || end != text.end() || level < 1 || level > image::kMaxLevel)
    return std::nullopt;
  return level;
}

std::optional<uint32_t> parse_chunk_size(std::string_view text) {
  const std::optional<uint64_t> size = parse_size(text);
  if (!size || *size < image::kMinChunkSize || *size > image::kMaxChunkSize) return std::nullopt;
  return static_cast<uint32_t>(*size);
}

std::optional<unsigned> parse_threads(std::string_view text) {
  constexpr unsigned kMost = 1024;
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
  if (error != std::errc() || end != text.end() || number == 0 || number > kMost)
    return std::nullopt;
  return number;
}

Status finish_sealing(PackOptions& options) {
  const std::string& given = options.given_sealing;
  if (given.empty()) return ok_status();
  const std::optional<splice::Sealing> sealing = splice::find_sealing(given);
  if (!sealing) return Error{"--sealed=" + given + ": write --sealed=fs or --sealed=wasi"};
  options.sealing = *sealing;
  return ok_status();
}

/// What --env and --arg cannot bake in. Each value is checked by itself, since a later --env of the
/// same NAME takes the place of an earlier one.
Status check_program(const PackOptions& options) {
  image::Defaults defaults;
  defaults.arguments = options.arguments;
  RETURN_IF_ERROR(image::check_defaults(defaults));
  for (const std::string& variable : options.environment) {
    defaults.environment = {variable};
    RETURN_IF_ERROR(image::check_defaults(defaults));
  }
  return ok_status();
}

Status finish_sources(PackOptions& options) {
  if (options.given_sources.empty() && !options.changes_program())
    return Error{"nothing to pack: give --dir HOST[::GUEST] or --file HOST[::GUEST]"};
  std::set<std::string> guests;
  for (const PackOptions::GivenSource& given : options.given_sources) {
    ASSIGN_OR_RETURN(image::Source source, parse_source(given.value, given.is_file));
    if (!guests.insert(source.guest_path).second)
      return Error{std::string(given.is_file ? "--file " : "--dir ") + shell_word(given.value) +
                   ": something is packed at " + source.guest_path +
                   " already; give each guest path once"};
    options.sources.push_back(std::move(source));
  }
  return ok_status();
}

}  // namespace

void declare_scan_options(CLI::App& command, PackOptions& options, const char* group) {
  add_each(command, "--exclude", "GLOB",
       "leave out (gitignore's syntax, relative to each HOST; !GLOB takes back)",
       [&](const std::string& value) { options.exclusions.push_back({false, value}); })
      ->group(group);
  add_each(command, "--exclude-from", "FILE", "read such GLOBs from a file, one a line",
       [&](const std::string& value) { options.exclusions.push_back({true, value}); })
      ->group(group);
  command
      .add_option_function<std::string>(
          "--symlinks",
          [&](const std::string& value) {
            options.symlinks =
                value == "follow" ? image::SymlinkPolicy::kFollow : image::SymlinkPolicy::kKeep;
          },
          "[keep]; with keep, a link out of the tree is an error")
      ->check(CLI::IsMember({"keep", "follow"}))
      ->option_text("keep|follow")
      ->group(group);
  declare_mtime_option(command, options, group);
}

void declare_mtime_option(CLI::App& command, PackOptions& options, const char* group) {
  add_flag(command, "--preserve-mtime", options.preserve_mtime,
           "the files' own times, instead of SOURCE_DATE_EPOCH or 1980-01-01")
      ->group(group);
}

Result<image::ScanOptions> scan_options(const PackOptions& options) {
  image::ScanOptions scan;
  scan.symlinks = options.symlinks;
  scan.preserve_mtime = options.preserve_mtime;
  scan.mtime_ns = options.mtime_ns;
  scan.replace = options.replace;
  for (const Exclusion& exclusion : options.exclusions) {
    if (!exclusion.is_file) {
      RETURN_IF_ERROR(scan.excludes.add(exclusion.value));
      continue;
    }
    ASSIGN_OR_RETURN(const MappedFile list, MappedFile::open(exclusion.value));
    RETURN_IF_ERROR(scan.excludes.add_lines(as_text(list.bytes()), exclusion.value));
  }
  for (const std::string& pattern : options.stay_raw) RETURN_IF_ERROR(scan.stay_raw.add(pattern));
  return scan;
}

void declare_pack_options(CLI::App& command, PackOptions& options) {
  const auto each = [&](const char* name, const char* value, const char* description,
                        std::function<void(const std::string&)> take) {
    return add_each(command, name, value, description, std::move(take));
  };

  command
      .add_option("APP.wasm", options.input,
                  "a core module or component that uses WASI preview 1; - is standard input")
      ->required()
      ->option_text("APP.wasm");

  const char* group = "Files";
  each("--dir", "HOST[::GUEST]", "pack a directory (repeatable; a later one lies on top)",
       [&](const std::string& value) { options.given_sources.push_back({false, value}); })
      ->group(group);
  each("--file", "HOST[::GUEST]", "pack one file (GUEST: /NAME)", [&](const std::string& value) {
    options.given_sources.push_back({true, value});
  })->group(group);
  declare_scan_options(command, options, group);
  add_flag(command, "--replace", options.replace,
           "a --dir takes the place of an earlier pack's at the same GUEST")
      ->group(group);

  group = "Program";
  each("--env", "NAME=VALUE", "a default environment variable; the host's value wins (repeatable)",
       [&](const std::string& value) { options.environment.push_back(value); })
      ->group(group);
  each("--arg", "VALUE", "a default argument, after argv[0] and before the host's own (repeatable)",
       [&](const std::string& value) { options.arguments.push_back(value); })
      ->group(group);
  declare_module_options(command, options);
  declare_module_option(command, options.module, group);

  command
      .add_option("-o,--output", options.output,
                  "[APP.packed.wasm]; - is standard output, never a terminal")
      ->option_text("FILE")
      ->group("Output");
  add_flag(command, "--if-changed", options.if_changed,
           "leave a target that has the same bytes as it is, and its time")
      ->group("Output");
  command
      .add_option("--depfile", options.depfile,
                  "write there what the target depends on, as rules for Make and Ninja")
      ->option_text("FILE")
      ->group("Output");
  command
      .add_option("--config", options.config,
                  "take options from a TOML file (dir = ['static']); the command line wins")
      ->option_text("FILE")
      ->group("Output");
  declare_report_options(command, options);
}

void declare_module_options(CLI::App& command, PackOptions& options) {
  command
      .add_flag("--sealed{fs}", options.given_sealing,
                "no file system import (fs), or no WASI import (wasi), remains [fs]")
      ->option_text("[=fs|wasi]")
      ->group("Program");
}

void declare_report_options(CLI::App& command, PackOptions& options) {
  const auto flag = [&](const char* name, bool& target, const char* description) {
    return add_flag(command, name, target, description);
  };

  const char* group = "Size";
  CLI::Option* const compress =
      command
          .add_flag_function(
              "--compress{" + std::to_string(image::kDefaultLevel) + "}", [](int64_t) {},
              "compress with zstd, 1 (fast) to 19 (small) [9]")
          ->each([&](const std::string& value) { options.compress = *parse_level(value); })
          ->check([](const std::string& value) {
            return parse_level(value) ? "" : value + " is not a level from 1 to 19";
          })
          ->option_text("[=LEVEL]")
          ->group(group);
  add_each(command, "--no-compress", "GLOB",
           "do not compress such files (as --exclude; repeatable): they are read faster",
           [&](const std::string& value) { options.stay_raw.push_back(value); })
      ->needs(compress)
      ->group(group);
  command
      .add_option_function<std::string>(
          "--chunk-size",
          [&](const std::string& value) { options.chunk_size = *parse_chunk_size(value); },
          "compress so much at a time, 16K to 4M [128K]")
      ->check([](const std::string& value) {
        return parse_chunk_size(value) ? "" : value + " is not a size from 16K to 4M";
      })
      ->option_text("SIZE")
      ->needs(compress)
      ->group(group);

  group = "Output";
  command
      .add_option_function<std::string>(
          "--max-size", [&](const std::string& value) { options.max_size = *parse_size(value); },
          "fail if the packed module is larger; bytes, or with K, M or G")
      ->check([](const std::string& value) {
        return parse_size(value) ? "" : value + " is not a size such as 900, 64K, 20M or 1G";
      })
      ->option_text("SIZE")
      ->group(group);
  flag("--json", options.json, "print the summary as JSON on standard output")->group(group);
  command
      .add_option_function<std::string>(
          "--threads", [&](const std::string& value) { options.threads = *parse_threads(value); },
          "how many threads to use [as the machine has]")
      ->check([](const std::string& value) {
        return parse_threads(value) ? "" : value + " is not a number from 1 to 1024";
      })
      ->option_text("N")
      ->group(group);
  CLI::Option* const verbose =
      flag("-v,--verbose", options.verbose, "say what was intercepted, laid out and written")
          ->group(group);
  flag("-q,--quiet", options.quiet, "no summary and no progress")->excludes(verbose)->group(group);
}

Status finish_pack_options(PackOptions& options) {
  RETURN_IF_ERROR(
      finish_paths(options.input, options.output, without_suffix(options.input) + ".packed.wasm"));
  if (options.output == "-" && options.json)
    return Error{"--json and -o - both want standard output; write to a file"};
  if (options.output == "-" && (options.if_changed || !options.depfile.empty()))
    return Error{"--if-changed and --depfile need a file as the output; use -o FILE"};
  if (options.depfile == "-" || (!options.depfile.empty() && options.depfile == options.output))
    return Error{"--depfile " + shell_word(options.depfile) + ": not a file of its own"};
  RETURN_IF_ERROR(finish_shared_pack_options(options));
  RETURN_IF_ERROR(finish_sources(options));
  return check_program(options);
}

Status finish_shared_pack_options(PackOptions& options) {
  RETURN_IF_ERROR(finish_sealing(options));
  ASSIGN_OR_RETURN(options.mtime_ns, source_date_epoch());
  return ok_status();
}

}  // namespace wasm_vfs::tool
