// vpcmirror export: a scenario's mirrors as the provider's API takes them.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "analysis/check/check.h"
#include "analysis/report/text_layout.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/tencent_bodies.h"
#include "sim/input/examine_scenario.h"
#include "sim/input/library.h"

namespace vpcmirror::sim {
namespace {

constexpr char kExportFooter[] =
    "Without --out all bodies are printed as one list, which a scenario takes as its\n"
    "\"mirrors\". With --out each is a file FOLDER/MIRROR.json, which the provider's\n"
    "command-line interface takes:\n"
    "  tccli vpc CreateTrafficMirror --region REGION --cli-input-json file://FOLDER/MIRROR.json\n"
    "Example:\n"
    "  vpcmirror export tencent scenario.json --names --out bodies\n"
    "Exit code: 0 written, 2 the scenario cannot be read or exported, or check finds errors in it.";

struct ExportOptions {
  std::string cloud;
  std::string file;
  std::string folder;
  std::string data;
  std::vector<std::string> sets;
  bool names = false;
};

void CheckCloud(const std::string& cloud) {
  if (cloud == "tencent") return;
  ScenarioError error;
  error.message = fmt::format("there is no export to \"{}\"", cloud);
  error.accepted = "tencent: mirrors of other clouds have no single request that makes one";
  throw ScenarioException({error});
}

// What check calls an error is an error here: what is exported is to be deployed.
std::vector<ScenarioError> ErrorsFound(const ExaminedScenario& examined) {
  std::vector<ScenarioError> errors = examined.errors;
  if (!errors.empty() || !examined.sound) return errors;
  std::vector<Finding> findings = Check(examined.written, *examined.sound);
  MarkAccepted(examined.written, Extent::kPart, findings);
  for (const Finding& finding : findings) {
    const bool counts = finding.severity == Severity::kError && finding.suppressed_because.empty();
    if (!counts) continue;
    const TextPosition at = examined.PositionOf(finding.path);
    ScenarioError error;
    error.file = examined.document.file;
    error.path = finding.path;
    error.line = at.line;
    error.column = at.column;
    error.message = fmt::format("{}: {}", finding.code, finding.message);
    error.accepted = finding.fix;
    errors.push_back(std::move(error));
  }
  return errors;
}

void RequireMirrors(const ExaminedScenario& examined) {
  if (!examined.written.mirrors.empty()) return;
  ScenarioError error;
  error.file = examined.document.file;
  error.message = "the scenario has no mirrors";
  error.accepted = "\"mirrors\" with at least one CreateTrafficMirror body";
  throw ScenarioException({error});
}

// A mirror's name as that of a file, not one of `taken`.
std::string FileNameOf(const std::string& mirror, std::set<std::string>& taken) {
  std::string base;
  for (const char c : mirror) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                          (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
                          (c == '.' && !base.empty());
    base += is_plain ? c : '_';
  }
  std::string name = base + ".json";
  for (int number = 2; !taken.insert(name).second; ++number) {
    name = fmt::format("{}-{}.json", base, number);
  }
  return name;
}

std::string WrittenAs(const nlohmann::ordered_json& json) {
  constexpr int kIndent = 2;
  return json.dump(kIndent) + "\n";
}

void WriteFiles(const TencentExport& exported, const std::string& folder,
                const Surroundings& around) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw FileException(fmt::format("cannot write {}: {}", folder, error.message()));
  std::set<std::string> taken;
  std::vector<std::unique_ptr<PendingFile>> files;
  around.err << "To deploy:\n";
  for (const TencentBody& each : exported.bodies) {
    const std::string path =
        (std::filesystem::path(folder) / FileNameOf(each.name, taken)).string();
    files.push_back(std::make_unique<PendingFile>(path, WrittenAs(each.body)));
    around.err << "  tccli vpc CreateTrafficMirror --region REGION --cli-input-json file://"
               << Printable(path) << '\n';
  }
  for (const auto& file : files) file->Commit();
}

void PrintList(const TencentExport& exported, const Surroundings& around) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const TencentBody& each : exported.bodies) list.push_back(each.body);
  around.out << WrittenAs(list);
}

int Export(const ExportOptions& options, const Surroundings& around) {
  CheckCloud(options.cloud);
  ReadOptions read;
  for (const std::string& text : options.sets) read.sets.push_back(ParseOverride(text));
  read.data_folder = FindDataFolder(options.data);
  const Library library = LoadLibrary(read.data_folder);
  const ExaminedScenario examined = ExamineScenario(options.file, library, read);
  std::vector<ScenarioError> errors = ErrorsFound(examined);
  if (!errors.empty()) throw ScenarioException(std::move(errors));
  RequireMirrors(examined);
  const TencentExport exported =
      TencentBodies(examined, options.names ? WithoutId::kName : WithoutId::kRefuse);
  for (const std::string& note : exported.notes) around.err << "note: " << Printable(note) << '\n';
  if (options.folder.empty()) {
    PrintList(exported, around);
  } else {
    WriteFiles(exported, options.folder, around);
  }
  return kFine;
}

}  // namespace

void AddExportCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command =
      app.add_subcommand("export", "Write a scenario's mirrors as requests that deploy them");
  command->add_option("cloud", options->cloud, "tencent")->required();
  command->add_option("scenario", options->file, "Scenario file")->required();
  command->add_option("--out", options->folder, "Folder for a file a mirror")->type_name("FOLDER");
  command->add_flag("--names", options->names,
                    "Names of the scenario stand for IDs and addresses that it does not have");
  command->add_option("--set", options->sets, "PATH=VALUE: change the scenario; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/");
  command->footer(kExportFooter);
  command->callback([options, &around, &exit_code] { exit_code = Export(*options, around); });
}

}  // namespace vpcmirror::sim
