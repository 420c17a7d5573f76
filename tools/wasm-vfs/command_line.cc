// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CLI11 parses; its help pages, its exit codes (100 and more) and some messages are replaced here,
// because they differ by version and are pinned by golden tests (tests/cli).

#include "command_line.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "base/mapped_file.h"

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

std::string did_you_mean(const std::string& candidate) {
  return candidate.empty() ? "" : "; did you mean " + candidate + "?";
}

/// "--dir", "--output" …
std::vector<std::string> long_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// How many characters must be changed, added or left out to make one of the other (Levenshtein).
size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

/// Whether the user gave an option on the command line, by one of its names.
bool is_given(const CLI::Option& option, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word == "--") return false;
    for (const std::string& name : option.get_lnames())
      if (word == "--" + name || word.starts_with("--" + name + "=")) return true;
    for (const std::string& name : option.get_snames())
      if (word.starts_with("-" + name) && !word.starts_with("--")) return true;
  }
  return false;
}

/// The value of --config among a command's words, or nothing.
std::optional<std::string> config_path(const std::vector<std::string>& words) {
  constexpr std::string_view kOption = "--config";
  for (size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    if (words[i] == kOption && i + 1 < words.size()) return words[i + 1];
    if (words[i].starts_with(std::string(kOption) + "="))
      return words[i].substr(kOption.size() + 1);
  }
  return std::nullopt;
}

/// What a configuration file says, as words of a command line; without options that `words` has.
/// CLI11 reads the file (TOML), but would apply it to the program's options, not the command's.
Result<std::vector<std::string>> config_words(const CLI::App& command, const std::string& path,
                                              const std::vector<std::string>& words) {
  RETURN_IF_ERROR(MappedFile::open(path));  // CLI11 does not say why a file cannot be opened
  std::vector<CLI::ConfigItem> items;
  try {
    items = CLI::ConfigTOML().from_file(path);
  } catch (const CLI::Error&) {
    return Error{path + ": cannot be read as TOML"};
  }
  std::vector<std::string> result;
  for (const CLI::ConfigItem& item : items) {
    if (item.name == "++" || item.name == "--") continue;  // CLI11's marks around a section
    const std::string key = item.fullname();
    const CLI::Option* const option = command.get_option_no_throw("--" + key);
    if (option == nullptr || key == "config" || key == "help") {
      std::string candidate = closest("--" + key, long_names(command));
      if (!candidate.empty()) candidate.erase(0, 2);
      return Error{path + ": unknown key " + key + did_you_mean(candidate)};
    }
    if (is_given(*option, words)) continue;
    const bool takes_value = option->get_items_expected_max() != 0;
    for (const std::string& value : item.inputs) {
      const bool is_switch = value == "true" || value == "false";
      if (!takes_value && !is_switch)
        return Error{path + ": " + key + " is " + value + "; it must be true or false"};
      if (is_switch && option->get_items_expected_min() == 0) {
        if (value == "true") result.push_back("--" + key);
      } else {
        result.push_back("--" + key + "=" + value);
      }
    }
  }
  return result;
}

/// What CLI11 says, where that is clear; it lists unexpected words backwards, and does not say
/// which command it does not know.
std::string describe(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unexpected = app.remaining(/*recurse=*/true);
  if (unexpected.empty()) {
    if (app.get_subcommands().empty()) return "a command is missing";
    const std::string text = error.what();
    if (const size_t end = text.find(" was given a disallowed flag override"); end != text.npos)
      return "--" + text.substr(0, end) + " takes no value";
    if (const size_t end = text.find(": 1 required "); end != text.npos)
      return text.substr(0, end) + " needs a value";
    return text;
  }
  const std::string& word = unexpected.front();
  const auto chosen = app.get_subcommands();
  if (word.size() > 1 && word.front() == '-') {
    const std::string name = word.substr(0, word.find('='));
    const std::vector<std::string> names = long_names(chosen.empty() ? app : *chosen.front());
    return "unknown option " + word + did_you_mean(closest(name, names));
  }
  if (!chosen.empty()) return "unexpected argument " + word;
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    commands.push_back(command->get_name());
  return "unknown command " + word + did_you_mean(closest(word, commands));
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

/// Puts the options of --config FILE, where the chosen command has that option, before the user's.
Status add_config(const CLI::App& app, std::vector<std::string>& words) {
  if (words.empty()) return ok_status();
  const auto named = app.get_subcommands(
      [&](const CLI::App* command) { return command->get_name() == words.front(); });
  if (named.empty() || named.front()->get_option_no_throw("--config") == nullptr)
    return ok_status();
  const std::vector<std::string> own(words.begin() + 1, words.end());
  const std::optional<std::string> path = config_path(own);
  if (!path) return ok_status();
  ASSIGN_OR_RETURN(const std::vector<std::string> added, config_words(*named.front(), *path, own));
  words.insert(words.begin() + 1, added.begin(), added.end());
  return ok_status();
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

int conclude(const Status& status, Terminal& terminal) {
  if (status.ok()) return kExitDone;
  terminal.error(status.error().message);
  return kExitFailed;
}

int conclude_usage(const Error& error, const char* command, Terminal& terminal) {
  terminal.error(error.message, "see wasm-vfs " + std::string(command) + " --help");
  return kExitUsage;
}

std::string closest(const std::string& word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = word.size() / 3 + 1;  // more is another word
  for (const std::string& candidate : candidates)
    if (const size_t distance = edit_distance(word, candidate); distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  return best;
}

bool parse_command_line(CLI::App& app, int argc, char** argv, int& exit_code) {
  if (const std::string message = misleading_word(argc, argv); !message.empty()) {
    exit_code = usage_error(app, message);
    return false;
  }
  // CLI11 takes the words from the end of the vector.
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (const Status status = add_config(app, words); !status.ok()) {
    Terminal().error(status.error().message);
    exit_code = kExitUsage;
    return false;
  }
  std::reverse(words.begin(), words.end());
  try {
    app.parse(std::move(words));
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
