// The commands, each in a file of its own. An Add function puts its command on
// the command line; when the user chose it, the command runs and `exit_code`
// says how it went.
#pragma once

#include <CLI/App.hpp>

#include "sim/cli/surroundings.h"

namespace vpcmirror::sim {

void AddTrafficCommand(CLI::App& app, const Surroundings& around, int& exit_code);
void AddRunCommand(CLI::App& app, const Surroundings& around, int& exit_code);
void AddPlanCommand(CLI::App& app, const Surroundings& around, int& exit_code);
void AddImportCommand(CLI::App& app, const Surroundings& around, int& exit_code);
void AddCatalogCommand(CLI::App& app, const Surroundings& around, int& exit_code);
void AddCheckCommand(CLI::App& app, const Surroundings& around, int& exit_code);
void AddDiffCommand(CLI::App& app, const Surroundings& around, int& exit_code);
void AddReportCommand(CLI::App& app, const Surroundings& around, int& exit_code);
void AddExplainCommand(CLI::App& app, const Surroundings& around, int& exit_code);
void AddLiveCommand(CLI::App& app, const Surroundings& around, int& exit_code);
void AddExportCommand(CLI::App& app, const Surroundings& around, int& exit_code);
void AddNewCommand(CLI::App& app, const Surroundings& around, int& exit_code);
void AddSweepCommand(CLI::App& app, const Surroundings& around, int& exit_code);
void AddProfilesCommand(CLI::App& app, const Surroundings& around, int& exit_code);
// Of what other programs read: completion and manual.
void AddManualCommands(CLI::App& app, const Surroundings& around, int& exit_code);

}  // namespace vpcmirror::sim
