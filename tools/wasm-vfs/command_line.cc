// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CLI11 parses; its help pages, its exit codes (100 and more) and some messages are replaced here,
// because they differ by version and are pinned by golden tests (tests/cli).

#include "command_line.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "terminal.h"

namespace wasm_vfs::tool {
namespace {

constexpr size_t kColumn = 30;  // where descriptions begin

void add_row(std::string& out, std::string label, const std::string& description) {
  label.insert(0, "  ");
  label.resize(std::max(kColumn, label.size() + 2), ' ');
  out += label + description + "\n";
}

std::string label_of(const CLI::Option& option) {
  // "-o,--output" is written "-o, --output", a lone long name is indented below the others.
  std::string names = option.get_name(false, true);
  if (const size_t comma = names.find(','); comma != std::string::npos)
    names.insert(comma + 1, " ");
  else if (names.starts_with("--"))
    names.insert(0, "    ");
  const std::string value = option.get_option_text();
  if (value.starts_with("[=")) return names.substr(0, names.find('{')) + value;  // may be left out
  return value.empty() ? names : names + " " + value;
}

/// Words that mean one thing to people and another to CLI11: it takes the next word for the value
/// of `--dir=`, and `-o=FILE` for a file named "=FILE". Returns what is wrong, or nothing.
std::string misleading_word(int argc, char** argv) {
  for (int i = 1; i < argc && std::strcmp(argv[i], "--") != 0; ++i) {
    const std::string word = argv[i];
    if (word == "--arg" || word == "--env") ++i;  // their values may be anything
    if (word.starts_with("--") && word.size() > 3 && word.find('=') == word.size() - 1)
      return word + " has no value after the equals sign";
    if (word.starts_with("-o="))
      return word + ": write -o " + word.substr(3) + " or --output=" + word.substr(3);
  }
  return {};
}

/// What CLI11 says, where that is clear; it lists unexpected words backwards, and does not say
/// which command it does not know.
std::string describe(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unexpected = app.remaining(/*recurse=*/true);
  if (unexpected.empty()) {
    if (app.get_subcommands().empty()) return "a command is missing";
    return error.what();
  }
  const std::string& word = unexpected.front();
  if (word.size() > 1 && word.front() == '-') return "unknown option " + word;
  return (app.get_subcommands().empty() ? "unknown command " : "unexpected argument ") + word;
}

int usage_error(const CLI::App& app, const std::string& message) {
  const auto chosen = app.get_subcommands();
  const std::string name =
      app.get_name() + (chosen.empty() ? "" : " " + chosen.front()->get_name());
  Terminal().error(message, "see " + name + " --help");
  return kExitUsage;
}

int print(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? kExitDone : kExitFailed;
}

}  // namespace

std::string help_text(const CLI::App* app, std::string prefix, CLI::AppFormatMode) {
  const bool has_commands = !app->get_subcommands([](const CLI::App*) { return true; }).empty();
  std::string positionals;
  std::string rows;
  for (const CLI::Option* option : app->get_options())
    if (option->get_positional() && !option->nonpositional()) {
      positionals += " " + option->get_option_text();
      add_row(rows, option->get_option_text(), option->get_description());
    }

  std::string out = "Usage: " + prefix + (has_commands ? " COMMAND" : "") + " [OPTIONS]" +
                    positionals + "\n\n" + app->get_description() + "\n\n" + rows;
  if (has_commands) {
    out += "Commands:\n";
    for (const CLI::App* command : app->get_subcommands([](const CLI::App*) { return true; })) {
      const std::string description = command->get_description();
      add_row(out, command->get_name(), description.substr(0, description.find('\n')));
    }
  }
  for (const std::string& group : app->get_groups()) {
    std::string group_rows;
    for (const CLI::Option* option : app->get_options())
      if (option->get_group() == group && option->nonpositional())
        add_row(group_rows, label_of(*option), option->get_description());
    if (!group_rows.empty()) out += "\n" + group + ":\n" + group_rows;
  }
  if (!app->get_footer().empty()) out += "\n" + app->get_footer() + "\n";
  return out;
}

CLI::Option* add_each(CLI::App& command, const char* name, const char* value,
                      const char* description, std::function<void(const std::string&)> take) {
  return command.add_option_function<std::string>(name, std::move(take), description)
      ->trigger_on_parse()
      ->type_name(value)  // for messages
      ->option_text(value);
}

CLI::Option* add_flag(CLI::App& command, const char* name, bool& target, const char* description) {
  return command.add_flag(name, target, description)->disable_flag_override();
}

bool parse_command_line(CLI::App& app, int argc, char** argv, int& exit_code) {
  if (const std::string message = misleading_word(argc, argv); !message.empty()) {
    exit_code = usage_error(app, message);
    return false;
  }
  try {
    app.parse(argc, argv);
    return true;
  } catch (const CLI::CallForVersion& version) {
    exit_code = print(std::string(version.what()) + "\n");
  } catch (const CLI::CallForHelp&) {
    exit_code = print(app.help());
  } catch (const CLI::ParseError& error) {
    exit_code = usage_error(app, describe(app, error));
  }
  return false;
}

}  // namespace wasm_vfs::tool
