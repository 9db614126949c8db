// vpcmirror check: what is wrong with a scenario, without running it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "analysis/report/text_layout.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {
namespace {

struct CheckOptions {
  std::string file;
  std::string data;
};

int CheckScenario(const CheckOptions& options, const Surroundings& around) {
  const std::string data = FindDataFolder(options.data);
  const Library library = LoadLibrary(data);
  ReadOptions read;
  read.data_folder = data;
  const ValidScenario scenario = LoadScenario(options.file, library, read);
  const auto counted = [](std::size_t count, const char* one) {
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
  };
  const Deployment& deployment = *scenario.deployment;
  const std::size_t balancers = deployment.load_balancers.size();  // each has an ENI, of no host
  around.out << fmt::format("{}: nothing found ({}, {}, {})\n", Printable(options.file),
                            counted(deployment.cvms.size() - balancers, "host"),
                            counted(deployment.enis.size() - balancers, "ENI"),
                            counted(scenario.mirrors.size(), "mirror"));
  for (const std::string& note : scenario.notes) around.out << Printable(note) << '\n';
  return kFine;
}

}  // namespace

void AddCheckCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command =
      app.add_subcommand("check", "Say what is wrong with a scenario, without running it");
  command->add_option("scenario", options->file, "Scenario file")->required();
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/");
  command->footer(
      "Exit code: 0 nothing found, 2 the scenario cannot be used (what is wrong is on stderr).");
  command->callback(
      [options, &around, &exit_code] { exit_code = CheckScenario(*options, around); });
}

}  // namespace vpcmirror::sim
