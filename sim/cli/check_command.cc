// vpcmirror check: what would go wrong with a scenario, without running it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "analysis/check/check.h"
#include "analysis/check/rule.h"
#include "analysis/report/check_report.h"
#include "analysis/report/findings.h"
#include "analysis/report/findings_baseline.h"
#include "analysis/report/findings_github.h"
#include "analysis/report/findings_json.h"
#include "analysis/report/findings_junit.h"
#include "analysis/report/findings_markdown.h"
#include "analysis/report/findings_sarif.h"
#include "analysis/report/findings_text.h"
#include "analysis/report/html/html_report.h"
#include "analysis/report/paths.h"
#include "sim/cli/check_coverage.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/import_report.h"
#include "sim/cli/option_values.h"
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
  std::string fail_on = "error";
  std::string baseline;
  std::string today;
  bool verbose = false;
  bool paths = false;
  bool coverage = false;
  std::vector<std::string> flow_logs;
  std::vector<std::string> asserts;
};

// Of --fail-on; assumptions never fail.
Severity SeverityOf(const std::string& word) {
  for (const Severity each : {Severity::kWarning, Severity::kInfo}) {
    if (word == ToString(each)) return each;
  }
  return Severity::kError;
}

// What goes only with another option.
void CheckMixture(const CheckOptions& options) {
  const bool is_table = options.format == "csv";
  if (!options.coverage && (is_table || !options.flow_logs.empty())) {
    throw CLI::ValidationError(is_table ? "--format csv" : "--flowlog",
                               "is about coverage: it goes with --coverage");
  }
  if (options.coverage && options.format != "text" && options.format != "json" && !is_table) {
    throw CLI::ValidationError("--format", "of --coverage is text, json or csv");
  }
}

// Rules speak of the scenario, files have lines. `imported` null: the file is the scenario.
std::vector<Finding> FindingsIn(const ExaminedScenario& examined, const ImportedScenario* imported,
                                const CheckOptions& options) {
  std::vector<Finding> findings = FindingsOf(
      imported == nullptr ? examined.errors : AtOrigins(examined.errors, *imported, options.file));
  if (imported != nullptr) {
    for (Finding& finding : ImportFindings(*imported, options.file)) {
      findings.push_back(std::move(finding));
    }
  }
  if (examined.sound) {
    for (Finding& finding : Check(examined.written, *examined.sound, {.today = options.today})) {
      findings.push_back(std::move(finding));
    }
  }
  const bool has_errors = !examined.errors.empty() || !examined.sound;
  MarkAccepted(examined.written, has_errors ? Extent::kPart : Extent::kWhole, findings);
  for (Finding& finding : findings) {
    if (!finding.file.empty()) continue;
    if (imported != nullptr) {
      MoveToOrigin(finding, *imported, options.file);
      continue;
    }
    const TextPosition at = examined.PositionOf(finding.path);
    finding.file = examined.document.file;
    finding.line = at.line;
    finding.column = at.column;
  }
  return findings;
}

FindingsReport ReportOf(const CheckOptions& options, const Library& library,
                        const ReadOptions& read,
                        const std::function<void(const ValidScenario&)>& look) {
  FindingsReport report{.file = options.file, .version = kVersion};
  ExaminedScenario examined;
  std::optional<ImportedFiles> imported;
  try {
    imported = ImportForCheck(options.files, library);
    examined = imported ? ExamineImported(*imported, options.file, library, read)
                        : ExamineScenario(options.file, library, read);
  } catch (const ScenarioException& exception) {
    const bool has_text = exception.errors().front().line > 0;  // it is no JSON
    if (!has_text) throw;
    report.findings = FindingsOf(exception.errors());
    return report;
  }
  report.is_partial = !examined.errors.empty() || !examined.sound;
  report.findings = FindingsIn(examined, imported ? &imported->scenario : nullptr, options);
  if (!examined.sound) return report;
  if (examined.errors.empty()) look(*examined.sound);
  const Deployment& deployment = *examined.sound->deployment;
  const std::size_t balancers = deployment.load_balancers.size();  // each has an ENI, of no host
  report.hosts = deployment.cvms.size() - balancers;
  report.enis = deployment.enis.size() - balancers;
  report.mirrors = examined.sound->mirrors.size();
  if (options.paths) report.paths = PathsOf(examined.written, *examined.sound);
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

std::string Written(const CheckOptions& options, const FindingsReport& report,
                    const Surroundings& around) {
  const auto sources = SourcesOf(report.findings);
  const auto own = sources.find(options.file);
  const std::string source = own == sources.end() ? "" : own->second;
  if (options.format == "json") return FindingsJson(report);
  if (options.format == "jsonl") return FindingsJsonLines(report);
  if (options.format == "sarif") return FindingsSarif(report, source);
  if (options.format == "junit") return FindingsJunit(report, SeverityOf(options.fail_on));
  if (options.format == "github") return FindingsGithub(report);
  if (IsMarkdown(options.format)) return FindingsMarkdown(report);
  if (options.format == "html") {
    Report page = ReportOfCheck(report, source, &sources);
    page.command = around.command;
    return HtmlReport(page);
  }
  return FindingsText(
      report, source,
      {.style = {.color = around.color}, .verbose = options.verbose, .sources = &sources});
}

// Empty when it is one.
std::string IsDate(const std::string& text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  char rest = 0;
  const bool is_read = text.size() == 10 &&
                       std::sscanf(text.c_str(), "%4d-%2u-%2u%c", &year, &month, &day, &rest) == 3;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  return is_read && date.ok() ? "" : "\"" + text + "\" is no date: write it as 2026-11-30";
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
  read.assertions = options.asserts;
  const Library library = LoadLibrary(read.data_folder);
  if (options.coverage) {
    return PrintCoverage({options.files, options.flow_logs, options.format}, library, read, around);
  }
  bool misses_coverage = false;
  FindingsReport report = ReportOf(options, library, read, [&](const ValidScenario& scenario) {
    RefuseOtherAssertions(scenario, read);
    misses_coverage = MissesCoverage(scenario, around);
  });
  HideBaseline(options.baseline, report);
  around.out << Written(options, report, around);
  const int code = ExitCodeOf(report, SeverityOf(options.fail_on));
  return code == kFine && misses_coverage ? kAssertionMissed : code;
}

}  // namespace

void AddCheckCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<CheckOptions>();
  options->today = around.today;
  CLI::App* command = app.add_subcommand(
      "check", "Say what would go wrong with a scenario's mirrors, without running it");
  command
      ->add_option("scenario", options->files,
                   "Scenario file; or answers of a provider's API, and folders of them")
      ->required();
  command
      ->add_option(
          "--format", options->format,
          "text, json, jsonl, sarif, junit, github, markdown or html; of --coverage text, json "
          "or csv")
      ->check(CLI::IsMember(
          {"text", "json", "jsonl", "sarif", "junit", "github", "md", "markdown", "html", "csv"}));
  command
      ->add_option("--fail-on", options->fail_on, "error, warning or info: exit with 1 from there")
      ->check(CLI::IsMember({"error", "warning", "info"}));
  command->add_option("--baseline", options->baseline,
                      "An earlier --format json: only what is not in it is told");
  command->add_option("--set", options->sets, "PATH=VALUE: change the scenario; may be repeated")
      ->allow_extra_args(false);
  command
      ->add_option("--as-of", options->today,
                   "Date by which a provider's lists are told old (default: today)")
      ->check(CLI::Validator(IsDate, "YYYY-MM-DD"));
  command->add_flag("--paths", options->paths,
                    "The ways of copies hop by hop, what fails together, the most that can "
                    "arrive (text, json)");
  command->add_flag("--verbose", options->verbose, "Say what is suppressed, and why");
  command->add_flag("--coverage", options->coverage,
                    "In place of findings: which ENIs and bytes mirrors see, and why not the rest");
  command
      ->add_option("--flowlog", options->flow_logs,
                   "With --coverage: traffic of a flow log of AWS, Tencent or Alibaba (text or "
                   "JSON, gzipped or not) in place of the workloads'; may be repeated")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command
      ->add_option("--assert", options->asserts,
                   "Exit with 3 unless it holds: 'coverage.enis >= 95%', 'coverage.bytes >= 99%'; "
                   "may be repeated")
      ->type_name("'PATH OP VALUE'")
      ->allow_extra_args(false);
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/");
  command->footer(
      "vpcmirror explain CODE says more of a finding.\n"
      "Examples:\n"
      "  vpcmirror check scenario.json\n"
      "  vpcmirror check answers/                 what a cloud's API answered, or a plan.json\n"
      "  vpcmirror check scenario.json --fail-on warning --baseline last-week.json\n"
      "  vpcmirror check scenario.json --paths\n"
      "  vpcmirror check scenario.json --coverage --flowlog flow.log.gz\n"
      "  vpcmirror check scenario.json --coverage --format csv\n"
      "Exit code: 0 nothing at or above --fail-on, 1 findings (none with --coverage), 2 the\n"
      "scenario or a log cannot be read, 3 an assertion about coverage is missed and no such\n"
      "finding.");
  command->callback([options, &around, &exit_code] {
    CheckMixture(*options);
    options->file = options->files.front();
    exit_code = CheckScenario(*options, around);
  });
}

}  // namespace vpcmirror::sim
