// vpcmirror check: what would go wrong with a scenario, without running it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "analysis/check/check.h"
#include "analysis/check/rule.h"
#include "analysis/report/findings.h"
#include "analysis/report/findings_baseline.h"
#include "analysis/report/findings_github.h"
#include "analysis/report/findings_json.h"
#include "analysis/report/findings_junit.h"
#include "analysis/report/findings_markdown.h"
#include "analysis/report/findings_sarif.h"
#include "analysis/report/findings_text.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/import_report.h"
#include "sim/cli/version.h"
#include "sim/input/examine_scenario.h"
#include "sim/input/library.h"

namespace vpcmirror::sim {
namespace {

struct CheckOptions {
  std::vector<std::string> files;  // several, or a folder: of a provider
  std::string file;                // that the findings are about, or the first of several
  std::string data;
  std::vector<std::string> sets;
  std::string format = "text";
  Severity fail_on = Severity::kError;
  std::string baseline;
  bool verbose = false;
};

// Rules speak of the scenario, files have lines. `imported` null: the file is the scenario.
std::vector<Finding> FindingsIn(const ExaminedScenario& examined, const ImportedScenario* imported,
                                const std::string& file) {
  std::vector<Finding> findings = FindingsOf(
      imported == nullptr ? examined.errors : AtOrigins(examined.errors, *imported, file));
  if (imported != nullptr) {
    for (Finding& finding : ImportFindings(*imported, file)) findings.push_back(std::move(finding));
  }
  if (!examined.sound) return findings;
  for (Finding& finding : Check(examined.written, *examined.sound)) {
    if (imported != nullptr) {
      MoveToOrigin(finding, *imported, file);
      findings.push_back(std::move(finding));
      continue;
    }
    const TextPosition at = examined.PositionOf(finding.path);
    finding.file = examined.document.file;
    finding.line = at.line;
    finding.column = at.column;
    findings.push_back(std::move(finding));
  }
  return findings;
}

FindingsReport ReportOf(const CheckOptions& options, const Library& library,
                        const ReadOptions& read) {
  FindingsReport report{.file = options.file, .version = kVersion};
  ExaminedScenario examined;
  std::optional<ImportedFiles> imported;
  try {
    imported = ImportForCheck(options.files, library);
    examined = imported ? ExamineScenarioText(imported->scenario.text, options.file, library, read)
                        : ExamineScenario(options.file, library, read);
  } catch (const ScenarioException& exception) {
    const bool has_text = exception.errors().front().line > 0;  // it is no JSON
    if (!has_text) throw;
    report.findings = FindingsOf(exception.errors());
    return report;
  }
  report.findings = FindingsIn(examined, imported ? &imported->scenario : nullptr, options.file);
  if (!examined.sound) return report;
  const Deployment& deployment = *examined.sound->deployment;
  const std::size_t balancers = deployment.load_balancers.size();  // each has an ENI, of no host
  report.hosts = deployment.cvms.size() - balancers;
  report.enis = deployment.enis.size() - balancers;
  report.mirrors = examined.sound->mirrors.size();
  return report;
}

void HideBaseline(const std::string& file, FindingsReport& report) {
  if (file.empty()) return;
  try {
    HideKnown(report, ReadKnownFindings(ReadTextFile(file)));
  } catch (const std::invalid_argument& wrong) {
    ScenarioError error;
    error.file = file;
    error.message = wrong.what();
    error.accepted = "what vpcmirror check --format json wrote";
    throw ScenarioException({error});
  }
}

std::string Written(const CheckOptions& options, const FindingsReport& report, bool color) {
  const auto sources = SourcesOf(report.findings);
  const auto own = sources.find(options.file);
  const std::string source = own == sources.end() ? "" : own->second;
  if (options.format == "json") return FindingsJson(report);
  if (options.format == "jsonl") return FindingsJsonLines(report);
  if (options.format == "sarif") return FindingsSarif(report, source);
  if (options.format == "junit") return FindingsJunit(report, options.fail_on);
  if (options.format == "github") return FindingsGithub(report);
  if (options.format == "markdown") return FindingsMarkdown(report);
  return FindingsText(report, source,
                      {.style = {.color = color}, .verbose = options.verbose, .sources = &sources});
}

// What cannot be read is bad input, whatever else is found.
int ExitCodeOf(const FindingsReport& report, Severity fail_on) {
  int code = kFine;
  for (const Finding* finding : ShownFindings(report)) {
    if (finding->code == kInputRule) return kBadInput;
    if (finding->severity <= fail_on) code = kFindings;
  }
  return code;
}

int CheckScenario(const CheckOptions& options, const Surroundings& around) {
  ReadOptions read;
  for (const std::string& text : options.sets) read.sets.push_back(ParseOverride(text));
  read.data_folder = FindDataFolder(options.data);
  const Library library = LoadLibrary(read.data_folder);
  FindingsReport report = ReportOf(options, library, read);
  HideBaseline(options.baseline, report);
  around.out << Written(options, report, around.color);
  return ExitCodeOf(report, options.fail_on);
}

}  // namespace

void AddCheckCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand(
      "check", "Say what would go wrong with a scenario's mirrors, without running it");
  command
      ->add_option("scenario", options->files,
                   "Scenario file; or answers of a provider's API, and folders of them")
      ->required();
  command
      ->add_option("--format", options->format,
                   "text, json, jsonl, sarif, junit, github or markdown")
      ->check(CLI::IsMember({"text", "json", "jsonl", "sarif", "junit", "github", "markdown"}));
  const std::map<std::string, Severity> severities = {
      {"error", Severity::kError}, {"warning", Severity::kWarning}, {"info", Severity::kInfo}};
  command
      ->add_option("--fail-on", options->fail_on, "error, warning or info: exit with 1 from there")
      ->transform(CLI::Transformer(severities));
  command->add_option("--baseline", options->baseline,
                      "An earlier --format json: only what is not in it is told");
  command->add_option("--set", options->sets, "PATH=VALUE: change the scenario; may be repeated")
      ->allow_extra_args(false);
  command->add_flag("--verbose", options->verbose, "Say what is suppressed, and why");
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/");
  command->footer(
      "vpcmirror explain CODE says more of a finding.\n"
      "Exit code: 0 nothing found, 1 findings (--fail-on), 2 the scenario cannot be read.");
  command->callback([options, &around, &exit_code] {
    options->file = options->files.front();
    exit_code = CheckScenario(*options, around);
  });
}

}  // namespace vpcmirror::sim
