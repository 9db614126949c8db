// vpcmirror diff: which packets are mirrored otherwise after a change.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "analysis/compare/mirror_diff.h"
#include "analysis/report/mirror_diff_json.h"
#include "analysis/report/mirror_diff_text.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/load_side.h"
#include "sim/cli/version.h"
#include "sim/input/library.h"

namespace vpcmirror::sim {
namespace {

struct DiffOptions {
  std::string before;
  std::string after;
  std::vector<std::string> sets;
  std::string format = "text";
  std::string data;
};

int Diff(const DiffOptions& options, const Surroundings& around) {
  ReadOptions read;
  read.data_folder = FindDataFolder(options.data);
  read.open_captures = false;  // what is sent does not matter to what would be mirrored
  const Library library = LoadLibrary(read.data_folder);
  const ValidScenario before = LoadSide({options.before}, library, read);
  for (const std::string& text : options.sets) read.sets.push_back(ParseOverride(text));
  const ValidScenario after = LoadSide({options.after}, library, read);
  const DiffReport report{.version = kVersion,
                          .before = options.before,
                          .after = options.after,
                          .scenario_before = &before,
                          .scenario_after = &after,
                          .diff = DiffMirroring(before, after)};
  around.out << (options.format == "json" ? MirrorDiffJson(report)
                 : options.format == "markdown"
                     ? MirrorDiffMarkdown(report)
                     : MirrorDiffText(report, {.width = 80, .color = around.color}));
  return report.diff.groups.empty() ? kFine : kFindings;
}

constexpr char kFooter[] =
    "Compared is what mirrors decide at the beginning of either scenario, by exact arithmetic\n"
    "on sets of packets: not what is lost on the way, nor later changes of a timeline. Each\n"
    "change comes with a packet that explain --packet says the same of.\n"
    "Examples:\n"
    "  vpcmirror diff before.json after.json\n"
    "  vpcmirror diff answers-of-monday/ answers-of-today/\n"
    "  vpcmirror diff a.json a.json --set /mirrors/0/State=STOPED\n"
    "Exit code: 0 no difference, 1 differences, 2 a side that cannot be read.";

}  // namespace

void AddDiffCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<DiffOptions>();
  CLI::App* command = app.add_subcommand(
      "diff", "Say which packets start or stop being mirrored, or are copied otherwise");
  command
      ->add_option("before", options->before,
                   "Scenario file, or a file or folder of what a provider's API answers")
      ->required();
  command->add_option("after", options->after, "The same after the change")->required();
  command->add_option("--format", options->format, "text, json or markdown")
      ->check(CLI::IsMember({"text", "json", "markdown"}))
      ->capture_default_str();
  command->add_option("--set", options->sets, "PATH=VALUE: change the second side; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/")
      ->type_name("DIR");
  command->footer(kFooter);
  command->callback([options, &around, &exit_code] { exit_code = Diff(*options, around); });
}

}  // namespace vpcmirror::sim
