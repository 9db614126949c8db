#include "analysis/report/rerun_command.h"

#include <fmt/format.h>

#include "analysis/words/shell_word.h"

namespace vpcmirror {

std::string RerunCommand(std::string_view command, const RunResult& result) {
  std::string words = fmt::format("vpcmirror {} {} --engine {} --seed {}", command,
                                  ShellWord(result.scenario_file), result.engine, result.seed);
  for (const std::string& change : result.scenario_changes) {
    words += " --set " + ShellWord(change);
  }
  return words;
}

}  // namespace vpcmirror
