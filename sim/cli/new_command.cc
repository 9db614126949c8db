// vpcmirror new: something to start from.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/scenario_reference.h"
#include "sim/cli/starter_scenario.h"
#include "sim/input/data_folder.h"
#include "sim/input/json_document.h"

namespace vpcmirror::sim {
namespace {

struct NewOptions {
  std::string provider = "tencent";
  bool reference = false;
  std::string data;
};

}  // namespace

void AddNewCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<NewOptions>();
  CLI::App* command = app.add_subcommand("new", "Print a commented scenario to start from");
  command->add_option("--provider", options->provider, "Cloud whose words it uses")
      ->check(CLI::IsMember(StarterProviders()))
      ->capture_default_str();
  command->add_flag("--reference", options->reference,
                    "Print every key that a scenario may have instead, as Markdown");
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/");
  command->footer("Example: vpcmirror new > my.json && vpcmirror run my.json");
  command->callback([options, &around, &exit_code] {
    if (options->reference) {
      const std::string schema = FindDataFolder(options->data) + "/schema/scenario.schema.json";
      around.out << ScenarioReference(ReadTextFile(schema));
    } else {
      around.out << StarterScenario(options->provider);
    }
    exit_code = kFine;
  });
}

}  // namespace vpcmirror::sim
