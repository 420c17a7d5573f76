// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The scripts are made from the parser's own declarations, so that there is no second list. Options
// and commands are completed by name, values that are one of a few words by these, all else as
// files. Tested by tests/cli/cases/completion-*.test, and in the shells by tests/cli/properties
// (completion).

#include "completion.h"

#include <vector>

#include "command_line.h"
#include "listing.h"

namespace wasm_vfs::tool {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// "-o", "--output".
std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

enum class Value { kNone, kOptional, kRequired };  // an optional one is written behind `=`

Value value_of(const CLI::Option& option) {
  if (option.get_items_expected_min() > 0) return Value::kRequired;
  return option.get_option_text().starts_with("[=") ? Value::kOptional : Value::kNone;
}

/// "keep", "follow" of an option whose text is "keep|follow" or "[=keep|follow]"; else nothing.
std::vector<std::string> words_of(const CLI::Option& option) {
  std::string text = option.get_option_text();
  if (text.starts_with("[=")) text = text.substr(2, text.size() - 3);
  std::vector<std::string> words;
  if (text.find('|') == std::string::npos ||
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyz|") != std::string::npos)
    return words;
  size_t begin = 0;
  for (size_t end = 0; end != std::string::npos; begin = end + 1) {
    end = text.find('|', begin);
    words.push_back(text.substr(begin, end - begin));
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

template <typename Take>
void each_option(const CLI::App& command, Take take) {
  for (const CLI::Option* option : command.get_options()) take(*option);
}

std::string bash_script(const CLI::App& app) {
  std::string commands;
  std::string cases;
  for (const CLI::App* command : commands_of(app)) {
    commands += (commands.empty() ? "" : " ") + command->get_name();
    std::string names;
    std::string values;
    each_option(*command, [&](const CLI::Option& option) {
      const std::vector<std::string> own = names_of(option);
      if (own.empty()) {  // the shell argument of `completion`
        if (!words_of(option).empty()) names += joined(words_of(option)) + " ";
        return;
      }
      names += joined(own) + " ";
      if (value_of(option) == Value::kNone) return;
      std::string pattern;
      for (const std::string& name : own)
        pattern += (pattern.empty() ? "" : "|") + name +
                   (value_of(option) == Value::kOptional ? "=" : "|" + name + "=");
      std::string reply;
      if (!words_of(option).empty())
        reply = "COMPREPLY=($(compgen -W '" + joined(words_of(option)) + "' -- \"$current\"))";
      else if (value_of(option) == Value::kRequired)
        reply = "COMPREPLY=($(compgen -f -- \"$current\"))";
      values += "        " + pattern + ")\n          " + reply + "\n          return ;;\n";
    });
    cases += "    " + command->get_name() + ")\n      options='" + names + "'\n";
    if (!values.empty()) cases += "      case $previous in\n" + values + "      esac\n";
    cases += "      ;;\n";
  }
  return "# bash completion for wasm-vfs; made by `wasm-vfs completion bash`\n"
         "_wasm_vfs() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} options=\n"
         "  COMPREPLY=()\n"
         "  # readline cuts --option=value in three\n"
         "  if [ \"$current\" = = ]; then\n"
         "    current= previous+='='\n"
         "  elif [ \"$previous\" = = ]; then\n"
         "    previous=${COMP_WORDS[COMP_CWORD-2]}=\n"
         "  fi\n"
         "  if [ \"$COMP_CWORD\" = 1 ]; then\n"
         "    COMPREPLY=($(compgen -W '" +
         commands +
         " --help --version' -- \"$current\"))\n"
         "    return\n"
         "  fi\n"
         "  case ${COMP_WORDS[1]} in\n" +
         cases +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
         "  case $current in -*) ;; *) COMPREPLY+=($(compgen -f -- \"$current\")) ;; esac\n"
         "}\n"
         "complete -o filenames -F _wasm_vfs wasm-vfs\n";
}

/// Text for a zsh option specification within single quotes.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    out += c;
  }
  return out;
}

std::string zsh_script(const CLI::App& app) {
  std::string commands;
  std::string cases;
  for (const CLI::App* command : commands_of(app)) {
    commands += "    '" + command->get_name() + ":" +
                zsh_text(first_line(command->get_description())) + "'\n";
    std::string specifications;
    std::string argument = "'*:file:_files'";
    each_option(*command, [&](const CLI::Option& option) {
      const std::vector<std::string> own = names_of(option);
      const std::vector<std::string> words = words_of(option);
      if (own.empty()) {
        if (!words.empty()) argument = "'*:word:(" + joined(words) + ")'";
        return;
      }
      for (const std::string& name : own) {
        const Value value = value_of(option);
        specifications += " \\\n        '*" + name;
        if (value == Value::kOptional) specifications += "=-";
        if (value == Value::kRequired && name.starts_with("--")) specifications += "=";
        specifications += "[" + zsh_text(option.get_description()) + "]";
        if (value == Value::kOptional) specifications += "::value:(" + joined(words) + ")";
        if (value == Value::kRequired)
          specifications += words.empty() ? ":value:_files" : ":value:(" + joined(words) + ")";
        specifications += "'";
      }
    });
    cases += "    " + command->get_name() + ")\n      _arguments -s" + specifications +
             " \\\n        " + argument + " ;;\n";
  }
  return "#compdef wasm-vfs\n"
         "# zsh completion for wasm-vfs; made by `wasm-vfs completion zsh`\n"
         "_wasm_vfs() {\n"
         "  local -a commands\n"
         "  commands=(\n" +
         commands +
         "  )\n"
         "  if (( CURRENT == 2 )); then\n"
         "    _describe command commands\n"
         "    return\n"
         "  fi\n"
         "  local command=$words[2]\n"
         "  shift words\n"
         "  (( CURRENT-- ))\n"
         "  case $command in\n" +
         cases +
         "  esac\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _wasm_vfs ]; then _wasm_vfs \"$@\"; else compdef _wasm_vfs "
         "wasm-vfs; fi\n";
}

/// Text within single quotes of fish, which knows \\ and \' there.
std::string fish_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return "'" + out + "'";
}

std::string fish_script(const CLI::App& app) {
  std::string out = "# fish completion for wasm-vfs; made by `wasm-vfs completion fish`\n";
  for (const CLI::App* command : commands_of(app))
    out += "complete -c wasm-vfs -n __fish_use_subcommand -f -a " + command->get_name() + " -d " +
           fish_text(first_line(command->get_description())) + "\n";
  const auto add_options = [&](const CLI::App& command, const std::string& condition) {
    each_option(command, [&](const CLI::Option& option) {
      const std::vector<std::string> words = words_of(option);
      std::string line = "complete -c wasm-vfs -n " + fish_text(condition);
      if (names_of(option).empty()) {
        if (!words.empty()) out += line + " -f -a " + fish_text(joined(words)) + "\n";
        return;
      }
      for (const std::string& name : option.get_snames()) line += " -s " + name;
      for (const std::string& name : option.get_lnames()) line += " -l " + name;
      if (value_of(option) == Value::kRequired) line += " -r";
      if (!words.empty() || value_of(option) == Value::kOptional)
        line += " -f -a " + fish_text(joined(words));
      out += line + " -d " + fish_text(option.get_description()) + "\n";
    });
  };
  add_options(app, "__fish_use_subcommand");
  for (const CLI::App* command : commands_of(app))
    add_options(*command, "set -l words (commandline -opc); test \"$words[2]\" = " +
                              command->get_name());
  return out;
}

}  // namespace

void declare_completion_options(CLI::App& command, CompletionOptions& options) {
  command.add_option("SHELL", options.shell, "which shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->option_text("bash|zsh|fish");
}

int completion(const CLI::App& app, const CompletionOptions& options) {
  print(options.shell == "bash"  ? bash_script(app)
        : options.shell == "zsh" ? zsh_script(app)
                                 : fish_script(app));
  return kExitDone;
}

}  // namespace wasm_vfs::tool
