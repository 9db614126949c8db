// vpcmirror new: something to start from.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/starter_scenario.h"

namespace vpcmirror::sim {

void AddNewCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto provider = std::make_shared<std::string>("tencent");
  CLI::App* command = app.add_subcommand("new", "Print a commented scenario to start from");
  command->add_option("--provider", *provider, "Cloud whose words it uses")
      ->check(CLI::IsMember(StarterProviders()))
      ->capture_default_str();
  command->footer("Example: vpcmirror new > my.json && vpcmirror run my.json");
  command->callback([provider, &around, &exit_code] {
    around.out << StarterScenario(*provider);
    exit_code = kFine;
  });
}

}  // namespace vpcmirror::sim
