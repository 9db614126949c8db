#include "sim/cli/option_table.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

namespace vpcmirror::sim {
namespace {

std::string InOneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// CLI11 shows what may be chosen behind the type: "TEXT:{text,json}".
std::vector<std::string> ChoicesIn(std::string_view type) {
  std::vector<std::string> choices;
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', open);
  if (open == std::string_view::npos || close == std::string_view::npos) return choices;
  std::string_view rest = type.substr(open + 1, close - open - 1);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    choices.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return choices;
}

OptionEntry EntryOf(const CLI::Option& option) {
  OptionEntry entry{.description = InOneLine(option.get_description()),
                    .is_positional = option.nonpositional() ? false : option.get_positional()};
  if (entry.is_positional) {
    entry.names = {option.get_name(true)};
  } else {
    for (const std::string& name : option.get_snames()) entry.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) entry.names.push_back("--" + name);
  }
  if (option.get_items_expected_max() > 0) {
    const std::string type = option.get_type_name();
    entry.choices = ChoicesIn(type);
    entry.value = type.substr(0, type.find_first_of(":=["));
    if (entry.value.empty()) entry.value = "VALUE";
  }
  return entry;
}

}  // namespace

CommandEntry CommandTable(const CLI::App& app) {
  CommandEntry entry{.name = app.get_name(),
                     .description = InOneLine(app.get_description()),
                     .footer = app.get_footer()};
  for (const CLI::Option* option : app.get_options()) entry.options.push_back(EntryOf(*option));
  for (const CLI::App* command : app.get_subcommands({})) {
    if (!command->get_name().empty()) {
      entry.commands.push_back(CommandTable(*command));
      continue;
    }
    // A group of options: they are the command's own.
    for (const CLI::Option* option : command->get_options()) {
      entry.options.push_back(EntryOf(*option));
    }
  }
  return entry;
}

}  // namespace vpcmirror::sim
