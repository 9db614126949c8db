#include "sim/cli/import_report.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "analysis/check/rule.h"
#include "analysis/report/text_layout.h"
#include "analysis/words/counted.h"
#include "sim/import/read_terraform.h"

namespace vpcmirror::sim {
namespace {

void PlaceAt(const Origin& origin, const std::string& file, Finding& finding) {
  finding.file = origin.is_known() ? *origin.file : file;
  finding.path = origin.pointer;
  finding.line = origin.at.line;
  finding.column = origin.at.column;
}

// A plan of Terraform marks what is sensitive, whatever it is called.
std::string WithoutSecretsOfAny(std::string text) {
  const bool may_be_plan = text.find("\"format_version\"") != std::string::npos ||
                           text.find("\"terraform_version\"") != std::string::npos;
  if (!may_be_plan) return WithoutSecrets(std::move(text));
  try {
    const auto document = Document::Parse(std::move(text), "");
    return WithoutTerraformSecrets(*document);
  } catch (const ScenarioException&) {
    return "";  // nothing of it can be told from a secret
  }
}

}  // namespace

std::set<std::string> KnownTypes(const Library& library) {
  std::set<std::string> types;
  for (const auto& each : library.instance_types) types.insert(each.first);
  return types;
}

std::string ImportHead(const ImportedFiles& imported) {
  return fmt::format(
      "// Imported from {} of {}. No file tells what traffic there is: add "
      "`workloads`.\n",
      Counted(imported.files.size(), "file"), imported.title);
}

std::string ImportSummary(const ImportedFiles& imported) {
  const ImportedScenario& scenario = imported.scenario;
  std::string text = fmt::format("{} of {} imported, {} made: comments at the scenario's top.\n",
                                 Counted(imported.files.size(), "file"), imported.title,
                                 Counted(scenario.gaps.size(), "assumption"));
  for (const Contradiction& each : scenario.contradictions) {
    const Origin& at = each.origin;
    if (at.is_known()) text += fmt::format("{}:{}:{}: ", *at.file, at.at.line, at.at.column);
    text += each.message + "\n  accepted: " + each.fix + "\n";
  }
  std::string printable;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    printable += Printable(text.substr(start, end - start)) + "\n";
    start = end + 1;
  }
  return printable;
}

std::optional<ImportedFiles> ImportForCheck(const std::vector<std::string>& paths,
                                            const Library& library) {
  std::error_code unknown;
  if (paths.size() == 1 && !std::filesystem::is_directory(paths.front(), unknown)) {
    try {
      if (!AreAnswers(ReadDocuments(paths))) return std::nullopt;
    } catch (const ScenarioException&) {
      return std::nullopt;  // whoever reads it as a scenario says why
    }
  }
  return ImportFiles(paths, nullptr, KnownTypes(library));
}

ExaminedScenario ExamineImported(const ImportedFiles& imported, const std::string& name,
                                 const Library& library, ReadOptions options) {
  options.most_values = kMostImportedValues;
  return ExamineScenarioText(imported.scenario.text, name, library, options);
}

std::vector<ScenarioError> AtOrigins(std::vector<ScenarioError> errors,
                                     const ImportedScenario& imported, const std::string& file) {
  for (ScenarioError& error : errors) {
    const Origin origin = imported.OriginOf(error.path);
    error.file = origin.is_known() ? *origin.file : file;
    error.path = origin.pointer;
    error.line = origin.at.line;
    error.column = origin.at.column;
  }
  return errors;
}

void MoveToOrigin(Finding& finding, const ImportedScenario& imported, const std::string& file) {
  PlaceAt(imported.OriginOf(finding.path), file, finding);
}

std::vector<Finding> ImportFindings(const ImportedScenario& imported, const std::string& file) {
  std::vector<Finding> findings;
  for (const Contradiction& each : imported.contradictions) {
    Finding finding;
    finding.code = kImportContradictionRule;
    finding.severity = Severity::kWarning;
    finding.basis = FindingBasis::kDerived;
    finding.subject = {"import", "contradiction"};
    finding.message = each.message;
    finding.fix = each.fix;
    PlaceAt(each.origin, file, finding);
    findings.push_back(std::move(finding));
  }
  for (const Gap& gap : imported.gaps) {
    Finding finding;
    finding.code = kImportGapRule;
    finding.severity = Severity::kAssumption;
    finding.basis = FindingBasis::kAssumed;
    finding.subject = {"import", gap.name};
    finding.message = gap.message;
    finding.fix = gap.fix;
    PlaceAt(gap.origin, file, finding);
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::map<std::string, std::string, std::less<>> SourcesOf(const std::vector<Finding>& findings) {
  std::map<std::string, std::string, std::less<>> sources;
  for (const Finding& finding : findings) {
    if (finding.line == 0 || sources.contains(finding.file)) continue;
    try {
      sources.emplace(finding.file,
                      WithoutSecretsOfAny(ReadTextFile(finding.file, kMaxImportBytes)));
    } catch (const ScenarioException&) {
      sources.emplace(finding.file, "");  // gone since it was read: no frame
    }
  }
  return sources;
}

}  // namespace vpcmirror::sim
