// The commands and their options, as --help has them: for completions and the manual page.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace vpcmirror::sim {

struct OptionEntry {
  std::vector<std::string> names;  // "-h", "--help"; of a positional, its one name
  std::string description;         // in one line
  std::string value;               // what it takes, "FILE"; empty: nothing
  std::vector<std::string> choices;
  bool is_positional = false;
};

struct CommandEntry {
  std::string name;
  std::string description;  // in one line
  std::string footer;       // examples and exit codes, in lines
  std::vector<OptionEntry> options;
  std::vector<CommandEntry> commands;  // below it: "list" of catalog
};

CommandEntry CommandTable(const CLI::App& app);

}  // namespace vpcmirror::sim
