// vpcmirror traffic: what flow logs say passed, as traffic to plan for.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "analysis/report/logged_traffic_report.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/load_side.h"
#include "sim/cli/log_options.h"
#include "sim/cli/version.h"
#include "sim/input/library.h"
#include "sim/input/logged_traffic.h"

namespace vpcmirror::sim {
namespace {

struct TrafficOptions {
  std::string scenario;
  LogOptions logs;
  std::vector<std::string> sets;
  std::string format = "text";
  std::string data;
};

int PrintTraffic(const TrafficOptions& options, const Surroundings& around) {
  ReadOptions read;
  for (const std::string& text : options.sets) read.sets.push_back(ParseOverride(text));
  read.data_folder = FindDataFolder(options.data);
  read.open_captures = false;  // the logs' traffic takes the workloads' place
  const Library library = LoadLibrary(read.data_folder);
  const ValidScenario scenario = LoadSide({options.scenario}, library, read);
  const LoggedTrafficReport report{.version = kVersion,
                                   .file = options.scenario,
                                   .scenario = &scenario,
                                   .logged = ReadLoggedTraffic(scenario, ReadingOf(options.logs)),
                                   .size_at = options.logs.size_at,
                                   .share = ShareOf(options.logs)};
  around.out << (options.format == "json" ? LoggedTrafficJson(report)
                 : options.format == "csv"
                     ? LoggedTrafficCsv(report)
                     : LoggedTrafficText(report, {.width = 80, .color = around.color}));
  return kFine;
}

constexpr char kFooter[] =
    "Each record is shown to the mirrors of its ENI; docs/flow-logs.md says what is read and\n"
    "what becomes of it.\n"
    "Examples:\n"
    "  vpcmirror traffic scenario.json flow.log.gz\n"
    "  vpcmirror traffic scenario.json logs/*.gz --per 1min --size-at p99\n"
    "  vpcmirror traffic scenario.json flow.log --map 'eni-0ab12=web[0]' --strict\n"
    "  vpcmirror traffic scenario.json matrix.csv --burst peak-to-mean=3\n"
    "  vpcmirror traffic scenario.json flow.log --format csv > windows.csv\n"
    "Exit code: 0 read, 2 the scenario or a log cannot be read, or --strict found a line that\n"
    "is no record, or a record that is too late to count.";

}  // namespace

void AddTrafficCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<TrafficOptions>();
  CLI::App* command = app.add_subcommand(
      "traffic", "Say what flow logs hold, window by window, and which window sizes the fleet");
  command
      ->add_option("scenario", options->scenario,
                   "Scenario file, or a file or folder of what a provider's API answers")
      ->required();
  command->add_option("logs", options->logs.files, "What to read: " + kLogsHelp)
      ->required()
      ->type_name("LOG");
  AddLogOptions(*command, options->logs);
  command->add_option("--set", options->sets, "PATH=VALUE: change the scenario; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command->add_option("--format", options->format, "text, json or csv (a row a window)")
      ->check(CLI::IsMember({"text", "json", "csv"}))
      ->capture_default_str();
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/")
      ->type_name("DIR");
  command->footer(kFooter);
  command->callback([options, &around, &exit_code] { exit_code = PrintTraffic(*options, around); });
}

}  // namespace vpcmirror::sim
