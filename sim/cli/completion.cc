#include "sim/cli/completion.h"

#include <fmt/format.h>

#include <functional>
#include <string_view>

#include "analysis/words/shell_word.h"

namespace vpcmirror::sim {
namespace {

std::string Spaced(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<std::string> NamesOf(const std::vector<CommandEntry>& commands) {
  std::vector<std::string> names;
  for (const CommandEntry& command : commands) names.push_back(command.name);
  return names;
}

std::vector<std::string> OptionsOf(const CommandEntry& command) {
  std::vector<std::string> names;
  for (const OptionEntry& option : command.options) {
    if (!option.is_positional) names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return names;
}

// Calls with each command and the words that lead to it: "catalog list".
void ForEachCommand(const CommandEntry& command, const std::string& path,
                    const std::function<void(const CommandEntry&, const std::string&)>& look) {
  for (const CommandEntry& below : command.commands) {
    const std::string words = path.empty() ? below.name : path + " " + below.name;
    look(below, words);
    ForEachCommand(below, words, look);
  }
}

// What the command's own words are chosen from: "tencent" of export.
std::vector<std::string> PositionalChoices(const CommandEntry& command) {
  for (const OptionEntry& option : command.options) {
    if (option.is_positional && !option.choices.empty()) return option.choices;
  }
  return {};
}

// fish knows \' and \\ between single quotes.
std::string FishQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

// In a specification of zsh's _arguments, brackets and colons mean something.
std::string ZshText(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// Branches of the cases of bash's function, which ends in "words" to choose from.
struct BashCases {
  std::string paths;     // which words lead to a command
  std::string choices;   // what an option's value is chosen from
  std::string options;   // of each command
  std::string commands;  // that may follow
};

std::string BashWords(const std::string& pattern, const std::vector<std::string>& words) {
  return fmt::format("    {}) words={} ;;\n", ShellWord(pattern), ShellWord(Spaced(words)));
}

BashCases CasesOf(const CommandEntry& program) {
  BashCases cases;
  cases.commands =
      fmt::format("    '') words={} ;;\n", ShellWord(Spaced(NamesOf(program.commands))));
  ForEachCommand(program, "", [&](const CommandEntry& command, const std::string& path) {
    cases.paths += fmt::format("      {}) path={} ;;\n", ShellWord(path), ShellWord(path));
    cases.options += BashWords(path, OptionsOf(command));
    const std::vector<std::string> next =
        command.commands.empty() ? PositionalChoices(command) : NamesOf(command.commands);
    if (!next.empty()) cases.commands += BashWords(path, next);
    for (const OptionEntry& option : command.options) {
      if (option.choices.empty() || option.is_positional) continue;
      for (const std::string& name : option.names) {
        cases.choices += BashWords(path + " " + name, option.choices);
      }
    }
  });
  return cases;
}

// With the four of BashCases in that order.
constexpr char kBashScript[] =
    R"(# Completion of vpcmirror for bash: source <(vpcmirror completion bash)
_vpcmirror() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
  local words='' path='' word i
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous=${{COMP_WORDS[COMP_CWORD-2]}}
  fi
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word=${{COMP_WORDS[i]}}
    [[ $word == -* ]] && break
    case "${{path:+$path }}$word" in
{}      *) break ;;
    esac
  done
  case "$path $previous" in
{}  esac
  if [[ -n $words ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    return
  fi
  if [[ $current == -* ]]; then
    case "$path" in
{}    esac
  else
    case "$path" in
{}    esac
  fi
  [[ -n $words ]] && mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}}
complete -o default -F _vpcmirror vpcmirror
)";

// "name:what it does" of each, as zsh's _describe wants them.
std::string ZshDescribed(const std::vector<CommandEntry>& commands) {
  std::string list;
  for (const CommandEntry& command : commands) {
    list += fmt::format(" {}", ShellWord(ZshText(command.name) + ":" + command.description));
  }
  return list;
}

// An option by one of its names, as zsh's _arguments wants it.
std::string ZshSpecification(const OptionEntry& option, const std::string& name) {
  std::string spec = fmt::format("*{}[{}]", name, ZshText(option.description));
  if (!option.choices.empty()) {
    return spec + fmt::format(":{}:({})", ZshText(option.value), Spaced(option.choices));
  }
  if (!option.value.empty()) spec += fmt::format(":{}:_files", ZshText(option.value));
  return spec;
}

std::string ZshArguments(const CommandEntry& command) {
  std::string arguments = "  _arguments";
  for (const OptionEntry& option : command.options) {
    if (option.is_positional) continue;
    for (const std::string& name : option.names) {
      arguments += fmt::format(" \\\n    {}", ShellWord(ZshSpecification(option, name)));
    }
  }
  const std::vector<std::string> first = PositionalChoices(command);
  if (!first.empty()) {
    arguments += fmt::format(" \\\n    {}", ShellWord(fmt::format("1: :({})", Spaced(first))));
  }
  return arguments + " \\\n    '*:file:_files'\n";
}

// A function of zsh for the command, and behind it those for the commands below.
std::string ZshFunctions(const CommandEntry& command, const std::string& name) {
  if (command.commands.empty()) {
    return fmt::format("{}() {{\n{}}}\n", name, ZshArguments(command));
  }
  std::string functions = fmt::format(
      "{}() {{\n"
      "  local -a commands=({} )\n"
      "  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n"
      "  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n"
      "  (( $+functions[{}_$command] )) && {}_$command\n}}\n",
      name, ZshDescribed(command.commands), name, name);
  for (const CommandEntry& below : command.commands) {
    functions += ZshFunctions(below, name + "_" + below.name);
  }
  return functions;
}

}  // namespace

std::string BashCompletion(const CommandEntry& program) {
  const BashCases cases = CasesOf(program);
  return fmt::format(kBashScript, cases.paths, cases.choices, cases.options, cases.commands);
}

std::string ZshCompletion(const CommandEntry& program) {
  return fmt::format(
      "#compdef vpcmirror\n"
      "# Completion of vpcmirror for zsh: source <(vpcmirror completion zsh), behind compinit\n"
      "{}compdef _vpcmirror vpcmirror\n",
      ZshFunctions(program, "_vpcmirror"));
}

std::string FishCompletion(const CommandEntry& program) {
  std::string script = "# Completion of vpcmirror for fish: vpcmirror completion fish | source\n";
  for (const CommandEntry& command : program.commands) {
    script += fmt::format("complete -c vpcmirror -f -n __fish_use_subcommand -a {} -d {}\n",
                          command.name, FishQuoted(command.description));
  }
  ForEachCommand(program, "", [&](const CommandEntry& command, const std::string& path) {
    const std::string seen =
        "__fish_seen_subcommand_from " + path.substr(0, path.find(' ')) +
        (path.find(' ') == std::string::npos ? ""
                                             : "; and __fish_seen_subcommand_from " + command.name);
    const std::string when = FishQuoted(seen);
    for (const CommandEntry& below : command.commands) {
      script += fmt::format("complete -c vpcmirror -n {} -a {} -d {}\n", when, below.name,
                            FishQuoted(below.description));
    }
    const std::vector<std::string> first = PositionalChoices(command);
    if (!first.empty()) {
      script += fmt::format("complete -c vpcmirror -n {} -a {}\n", when, FishQuoted(Spaced(first)));
    }
    for (const OptionEntry& option : command.options) {
      if (option.is_positional) continue;
      script += fmt::format("complete -c vpcmirror -n {}", when);
      for (const std::string& name : option.names) {
        script += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (!option.choices.empty()) {
        script += fmt::format(" -x -a {}", FishQuoted(Spaced(option.choices)));
      } else if (!option.value.empty()) {
        script += " -r";
      }
      script += fmt::format(" -d {}\n", FishQuoted(option.description));
    }
  });
  return script;
}

}  // namespace vpcmirror::sim
