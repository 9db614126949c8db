#include "sim/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <exception>

#include "analysis/report/text_layout.h"
#include "analysis/words/shell_word.h"
#include "models/scenario/error.h"
#include "models/scenario/nearest.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/print_errors.h"
#include "sim/cli/version.h"

namespace vpcmirror::sim {
namespace {

int Parse(CLI::App& app, std::vector<std::string> arguments, const Surroundings& around,
          const int& exit_code) {
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  try {
    app.parse(std::move(arguments));
    return exit_code;
  } catch (const CLI::ParseError& error) {
    return app.exit(error, around.out, around.err) == 0 ? kFine : kBadInput;
  }
}

// CLI11 would say no more than that a command is missing.
void RefuseUnknownCommand(const CLI::App& app, const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0].empty() || arguments[0][0] == '-') return;
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  if (std::find(known.begin(), known.end(), arguments[0]) != known.end()) return;
  const ScenarioError error{.message = "there is no command \"" + arguments[0] + "\"",
                            .accepted = AcceptedNames(arguments[0], known)};
  throw ScenarioException(std::vector<ScenarioError>{error});
}

// Of options that only say where to write, the same command has the same report. Without a
// scenario file --out is a rate.
bool SaysWhere(const std::string& word, bool has_file) {
  return word == "--out-dir" || (word == "--out" && has_file);
}

// As it may be typed again, wherever.
std::string Typed(const std::vector<std::string>& arguments) {
  const bool has_file = std::find(arguments.begin(), arguments.end(), "--type") == arguments.end();
  std::string command = "vpcmirror";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const std::string name = word.substr(0, word.find('='));
    if (SaysWhere(name, has_file)) {
      if (name == word) ++i;  // its value is a word of its own
      continue;
    }
    command += " " + ShellWord(word);
  }
  return command;
}

int RunGuarded(const std::vector<std::string>& arguments, const Surroundings& given) {
  Surroundings around = given;
  around.command = Typed(arguments);
  CLI::App app("What mirroring VPC traffic costs, what gets lost, and what receivers see",
               "vpcmirror");
  app.set_version_flag("--version", std::string("vpcmirror ") + kVersion);
  app.require_subcommand(1);
  app.footer("vpcmirror COMMAND --help says more about one.");
  int exit_code = kFine;
  AddNewCommand(app, around, exit_code);
  AddImportCommand(app, around, exit_code);
  AddCheckCommand(app, around, exit_code);
  AddDiffCommand(app, around, exit_code);
  AddReportCommand(app, around, exit_code);
  AddTrafficCommand(app, around, exit_code);
  AddRunCommand(app, around, exit_code);
  AddPlanCommand(app, around, exit_code);
  AddSweepCommand(app, around, exit_code);
  AddExplainCommand(app, around, exit_code);
  AddLiveCommand(app, around, exit_code);
  AddExportCommand(app, around, exit_code);
  AddProfilesCommand(app, around, exit_code);
  AddCatalogCommand(app, around, exit_code);
  AddManualCommands(app, around, exit_code);
  RefuseUnknownCommand(app, arguments);
  const int parsed = Parse(app, arguments, around, exit_code);
  around.out.flush();
  if (!around.out) throw FileException("cannot write to the standard output");
  return parsed;
}

}  // namespace

bool WantsColor(bool is_terminal, const char* no_color) {
  return is_terminal && (no_color == nullptr || *no_color == '\0');
}

bool WantsSparks(bool is_terminal, const char* locale) {
  if (!is_terminal || locale == nullptr) return false;
  std::string name = locale;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name.find("utf-8") != std::string::npos || name.find("utf8") != std::string::npos;
}

int RunProgram(const std::vector<std::string>& arguments, const Surroundings& around) {
  try {
    return RunGuarded(arguments, around);
  } catch (const ScenarioException& exception) {
    PrintErrors(exception, around.err);
    return kBadInput;
  } catch (const FileException& exception) {
    around.err << "vpcmirror: " << Printable(exception.what()) << '\n';
    return kBadInput;
  } catch (const std::exception& exception) {
    around.err << "vpcmirror: this is a bug in vpcmirror: " << Printable(exception.what()) << '\n';
    return kOurBug;
  }
}

}  // namespace vpcmirror::sim
