// vpcmirror import: what a team has already, as a scenario.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analysis/report/text_layout.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/import_report.h"
#include "sim/import/import_files.h"
#include "sim/import/print_commands.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {
namespace {

struct ImportOptions {
  std::string from;
  std::vector<std::string> files;
  std::string out;
  std::string data;
  bool print_commands = false;
};

constexpr const char* kTerraform = "terraform";

[[noreturn]] void Refuse(std::string message, std::string accepted) {
  ScenarioError error;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  throw ScenarioException({error});
}

// No API of its own, so that there is no call to print.
void CheckTerraform(const ImportOptions& options) {
  if (!options.print_commands && !options.files.empty()) return;
  Refuse(options.print_commands ? "Terraform has no calls to print" : "no file was named",
         "what this prints: terraform plan -out=plan.bin && terraform show -json plan.bin > "
         "plan.json");
}

std::vector<std::string> Origins() {
  std::vector<std::string> names;
  for (const CloudApi* api : CloudApis()) names.emplace_back(api->name);
  names.emplace_back(kTerraform);
  return names;
}

void WriteScenario(const ImportedFiles& imported, const ImportOptions& options,
                   const Surroundings& around) {
  const std::string text = ImportHead(imported) + imported.scenario.text;
  if (options.out.empty()) {
    around.out << text;
    return;
  }
  PendingFile(options.out, text).Commit();
}

int Import(const ImportOptions& options, const Surroundings& around) {
  const CloudApi* api = FindCloudApi(options.from);
  if (api == nullptr) CheckTerraform(options);
  if (options.print_commands) {
    around.out << CommandsOf(*api);
    return kFine;
  }
  if (options.files.empty()) {
    Refuse("no file was named",
           fmt::format("files or folders of what {} answers; vpcmirror import {} "
                       "--print-commands prints the calls that write them",
                       api->title, api->name));
  }
  const Library library = LoadLibrary(FindDataFolder(options.data));
  const ImportedFiles imported = ImportFiles(options.files, api, KnownTypes(library));
  const std::string asked_for = api == nullptr ? "Terraform" : std::string(api->title);
  if (imported.title != asked_for) {
    Refuse(fmt::format("what was read is of {}, not of {}", imported.title, asked_for),
           fmt::format("vpcmirror import --help says which word is that of {}; vpcmirror check "
                       "finds out by itself",
                       imported.title));
  }
  WriteScenario(imported, options, around);
  around.err << ImportSummary(imported);
  return imported.scenario.contradictions.empty() ? kFine : kFindings;
}

}  // namespace

void AddImportCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command = app.add_subcommand("import", "Make a scenario of what a cloud's API answers");
  command->add_option("from", options->from, "tencent, aws, alibaba or terraform")
      ->required()
      ->check(CLI::IsMember(Origins()));
  command->add_option("files", options->files,
                      "Answers of its API, and folders of them; what each is, its keys tell. Of "
                      "Terraform what `terraform show -json` prints of a plan or a state");
  command->add_option("--out", options->out, "File to write the scenario to; default: stdout");
  command->add_flag("--print-commands", options->print_commands,
                    "Print the read-only calls that ask for all of it, and their permissions");
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/");
  command->footer(
      "What no file says is assumed, and each assumption is a comment at the scenario's top.\n"
      "Examples:\n"
      "  vpcmirror import tencent --print-commands\n"
      "  vpcmirror import tencent answers/ --out estate.json\n"
      "  vpcmirror import aws traffic-mirror-*.json network-interfaces.json > estate.json\n"
      "  vpcmirror import terraform plan.json > estate.json\n"
      "  vpcmirror check answers/        imports and checks in one\n"
      "Exit code: 0 imported, 1 imported although files contradict each other, 2 cannot be read.");
  command->callback([options, &around, &exit_code] { exit_code = Import(*options, around); });
}

}  // namespace vpcmirror::sim
