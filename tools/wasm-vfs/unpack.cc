// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The manifest of a packed module says how to get the application back, and holds its sum: what
// another tool has changed in the meantime is found, and nothing is written then.
// Tested by tests/cli/cases/*unpack*.test.

#include "unpack.h"

#include "base/output_file.h"
#include "command_line.h"
#include "component/binary.h"
#include "component/select.h"
#include "interruption.h"
#include "module_files.h"
#include "splice/packed.h"
#include "summary.h"
#include "terminal.h"

namespace wasm_vfs::tool {
namespace {

/// app.packed.wasm → app.unpacked.wasm, and so does app.wasm.
std::string default_output(const std::string& input) {
  constexpr std::string_view kPacked = ".packed";
  std::string stem = without_suffix(input);
  if (stem.size() > kPacked.size() && stem.ends_with(kPacked) &&
      stem[stem.size() - kPacked.size() - 1] != '/')
    stem.resize(stem.size() - kPacked.size());
  return stem + ".unpacked.wasm";
}

Status run_passes(const UnpackOptions& options, Terminal& terminal) {
  ASSIGN_OR_RETURN(const MappedFile input, open_input(options.input.path));
  ASSIGN_OR_RETURN(const component::Binary binary,
                   component::read_binary(input.bytes(), input_name(options.input.path)));
  ASSIGN_OR_RETURN(const size_t place, component::find_packed(binary, options.input.module));
  const component::CoreModule& packed = binary.modules[place];
  ASSIGN_OR_RETURN(const splice::Manifest manifest, splice::read_manifest(packed.module));
  ASSIGN_OR_RETURN(const ByteBuffer application, splice::unpack(packed.module, manifest));
  ASSIGN_OR_RETURN(
      const component::Surroundings around,
      component::surround(binary, packed, application.size(), manifest.enclosing));

  const InterruptionGuard guard;  // before `output`, so that it outlives the temporary file
  ASSIGN_OR_RETURN(OutputFile output, OutputFile::create(options.output));
  for (const Bytes part : around.before.parts()) RETURN_IF_ERROR(output.write(part));
  RETURN_IF_ERROR(output.write(application));
  RETURN_IF_ERROR(output.write(around.after));
  if (guard.interrupted()) return Error{options.output + ": interrupted; nothing was changed"};
  RETURN_IF_ERROR(output.commit());
  terminal.line(
      size_change(options.input.path, input.bytes().size(), options.output, output.offset()));
  return ok_status();
}

}  // namespace

void declare_unpack_options(CLI::App& command, UnpackOptions& options) {
  declare_packed_input(command, options.input);
  const char* group = "Output";
  command
      .add_option("-o,--output", options.output,
                  "[NAME.unpacked.wasm, for NAME.packed.wasm]; - is standard output")
      ->option_text("FILE")
      ->group(group);
  add_flag(command, "-q,--quiet", options.quiet, "no summary")->group(group);
}

int unpack(UnpackOptions options) {
  Terminal terminal(options.quiet ? Verbosity::kQuiet : Verbosity::kNormal);
  if (const Status status =
          finish_paths(options.input.path, options.output, default_output(options.input.path));
      !status.ok())
    return conclude_usage(status.error(), "unpack", terminal);
  return conclude(run_passes(options, terminal), terminal);
}

}  // namespace wasm_vfs::tool
