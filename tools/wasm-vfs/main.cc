// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// wasm-vfs: packs directories into WebAssembly modules. The command line is declared here, one
// subcommand after the other; each subcommand has files of its own. Exit codes: 0 done, 1 failed, 2
// usage. Tested by the golden cases in tests/cli.

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "cat.h"
#include "command_line.h"
#include "completion.h"
#include "diff.h"
#include "extract.h"
#include "image/format.h"
#include "inspect.h"
#include "ls.h"
#include "pack.h"
#include "shim/shim.h"
#include "spin.h"
#include "terminal.h"
#include "unpack.h"
#include "verify.h"

namespace {

using namespace wasm_vfs;
using namespace wasm_vfs::tool;

/// Takes the numbers 0 to 2 if the caller closed them: a file that we open must not become
/// "standard output". They are opened the wrong way round, so that using them is an error.
void occupy_standard_descriptors() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor)
    if (fcntl(descriptor, F_GETFD) < 0)  // open() takes the lowest free number: this one
      (void)open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

std::string version_text() {
  return "wasm-vfs " WASM_VFS_VERSION "\nimage format " + std::to_string(image::kVersion) +
         "\nBinaryen " + shim::binaryen_version();
}

int run(int argc, char** argv) {
  CLI::App app{"Packs files into a WebAssembly module, where its WASI calls find them.",
               "wasm-vfs"};
  app.formatter_fn(help_text);
  app.set_help_flag("-h,--help", "print this")->group("General");
  app.set_version_flag("--version", version_text(),
                       "print the versions of wasm-vfs and what it stands on")
      ->group("General");
  app.require_subcommand(1);

  const auto add_command = [&](const char* name, const char* description, const char* footer) {
    CLI::App* const command = app.add_subcommand(name, description);
    command->fallthrough();  // so that --version may follow the command
    command->footer(footer);
    return command;
  };

  PackOptions pack_options;
  CLI::App* const pack_command = add_command(
      "pack",
      "Put files into a module.\n"
      "The packed module reads them through its own WASI calls: it needs no mount and no host "
      "files.\n"
      "All that is not packed goes on to the host.",
      "GUEST is HOST as written, under `/` (static: /static, a/b: /a/b, .: /). An absolute HOST, "
      "or\n"
      "one with `..`, needs ::GUEST.\n"
      "With --sealed=wasi there is no clock, no randomness and no standard stream: Go and CPython "
      "abort\n"
      "when they start, Rust when it makes a HashMap.\n"
      "\n"
      "Examples:\n"
      "  wasm-vfs pack app.wasm --dir static\n"
      "  wasm-vfs pack python.wasm --dir Lib::/usr/local/lib/python3.12 --dir app --arg "
      "/app/main.py\n"
      "\n"
      "Exit status: 0 done; 1 failed, the target is untouched; 2 usage.");
  declare_pack_options(*pack_command, pack_options);

  UnpackOptions unpack_options;
  CLI::App* const unpack_command =
      add_command("unpack",
                  "Give back the module as it was before it was packed.\n"
                  "Byte for byte; a packed module that another tool has changed since is an error.",
                  "Exit status: 0 done; 1 failed, the target is untouched; 2 usage.");
  declare_unpack_options(*unpack_command, unpack_options);

  LsOptions ls_options;
  CLI::App* const ls_command = add_command(
      "ls",
      "List packed files.\n"
      "On a terminal in columns with headings; elsewhere a tab is between columns.",
      "Directories end with a slash. Names are shown with \\xNN for what is not text; --json has\n"
      "them as they are.\n"
      "\n"
      "Examples:\n"
      "  wasm-vfs ls app.packed.wasm -lR\n"
      "  wasm-vfs ls app.packed.wasm static/css\n"
      "\n"
      "Exit status: 0 done; 1 failed; 2 usage.");
  declare_ls_options(*ls_command, ls_options);

  ExtractOptions extract_options;
  CLI::App* const extract_command = add_command(
      "extract",
      "Write packed files to a directory, with their executable bits and times.\n"
      "Nothing is written outside it, whoever made the module.",
      "A file packed as /static/a goes to DIR/static/a. Symlinks are extracted as such; one that leads\n"
      "out of the packed files is an error.\n"
      "\n"
      "Examples:\n"
      "  wasm-vfs extract app.packed.wasm -o files\n"
      "  wasm-vfs extract app.packed.wasm static/css -o files --force\n"
      "\n"
      "Exit status: 0 done; 1 failed; 2 usage.");
  declare_extract_options(*extract_command, extract_options);

  CatOptions cat_options;
  CLI::App* const cat_command =
      add_command("cat", "Print packed files on standard output.",
                  "Symlinks are followed, as the packed module would.\n"
                  "\n"
                  "Exit status: 0 done; 1 failed, or bytes that are not those that were packed; 2 usage.");
  declare_cat_options(*cat_command, cat_options);

  InspectOptions inspect_options;
  CLI::App* const inspect_command = add_command("inspect",
                                                "Show what is in a module, and what it asks of its host.\n"
                                                "Works on any core module, packed or not.",
                                                "Exit status: 0 done; 1 failed; 2 usage.");
  declare_inspect_options(*inspect_command, inspect_options);

  VerifyOptions verify_options;
  CLI::App* const verify_command = add_command(
      "verify",
      "Check that a packed module is what pack wrote, byte for byte.\n"
      "Where it is not, says what is damaged, and which files. The sums notice damage and mistakes;\n"
      "they are no signature.",
      "With --against the packed files must also be those of HOST: names, bytes, executable bits,\n"
      "targets of symlinks; with --preserve-mtime, times.\n"
      "\n"
      "Exit status: 0 all is well; 1 it is not, or the check failed; 2 usage.");
  declare_verify_options(*verify_command, verify_options);

  DiffOptions diff_options;
  CLI::App* const diff_command = add_command(
      "diff",
      "Compare the files of two packed modules.\n"
      "A line for each that was added, removed or changed: in its bytes, executable bit, target,\n"
      "time, or in being a mount.",
      "Exit status, as diff has it: 0 no difference; 1 some; 2 trouble.");
  declare_diff_options(*diff_command, diff_options);

  SpinOptions spin_options;
  CLI::App* const spin_command = add_command(
      "spin",
      "Pack the files of a Spin application into its components.\n"
      "DIR becomes an application that needs them no more: its manifest has no `files`, and the\n"
      "components read from themselves what Spin would have mounted.",
      "Modules and other files that the manifest names are copied. Code at a URL or in a registry\n"
      "stays there; a component that has such and files is an error.\n"
      "\n"
      "Example:\n"
      "  wasm-vfs spin spin.toml -o packed && spin up -f packed\n"
      "\n"
      "Exit status: 0 done; 1 failed, DIR is untouched; 2 usage.");
  declare_spin_options(*spin_command, spin_options);

  CompletionOptions completion_options;
  CLI::App* const completion_command = add_command(
      "completion",
      "Print a script that completes wasm-vfs's commands and options in a shell.",
      "Examples:\n"
      "  wasm-vfs completion bash >/etc/bash_completion.d/wasm-vfs\n"
      "  wasm-vfs completion zsh >/usr/local/share/zsh/site-functions/_wasm-vfs\n"
      "  wasm-vfs completion fish >~/.config/fish/completions/wasm-vfs.fish\n"
      "\n"
      "Exit status: 0 done; 2 usage.");
  declare_completion_options(*completion_command, completion_options);

  // The last of each list of options.
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; }))
    command->set_help_flag("-h,--help", "print this")->group("Output");

  int exit_code = kExitDone;
  if (!parse_command_line(app, argc, argv, exit_code)) return exit_code;
  if (unpack_command->parsed()) return unpack(std::move(unpack_options));
  if (ls_command->parsed()) return ls(ls_options);
  if (extract_command->parsed()) return extract(extract_options);
  if (cat_command->parsed()) return cat(cat_options);
  if (inspect_command->parsed()) return inspect(inspect_options);
  if (verify_command->parsed()) return verify(std::move(verify_options));
  if (completion_command->parsed()) return completion(app, completion_options);
  if (diff_command->parsed()) return diff(diff_options);
  if (spin_command->parsed()) return spin(std::move(spin_options));
  return pack(std::move(pack_options));
}

}  // namespace

int main(int argc, char** argv) {
  occupy_standard_descriptors();
  // A write beyond the file size limit shall be an error to report, not the end of the process.
  std::signal(SIGXFSZ, SIG_IGN);
  int exit_code = kExitFailed;
  try {
    exit_code = run(argc, argv);
  } catch (const std::exception& error) {  // memory that ran out
    Terminal().error(error.what());
  }
  if (std::fflush(stdout) != 0 && exit_code == kExitDone) {
    Terminal().error("standard output: cannot write");
    exit_code = kExitFailed;
  }
  return exit_code;
}
