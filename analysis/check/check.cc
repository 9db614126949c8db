#include "analysis/check/check.h"

#include <algorithm>

#include "analysis/check/rule.h"
#include "analysis/check/rules.h"

namespace vpcmirror {
namespace {

const Rule& RuleOf(const ScenarioError& error) {
  const auto rules = Rules();
  const auto by_word = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) {
    return !error.rule.empty() && rule.word == error.rule;
  });
  return by_word != rules.end() ? *by_word : *FindRule(kInputRule);
}

Finding FindingOf(const ScenarioError& error) {
  const Rule& rule = RuleOf(error);
  Finding finding;
  finding.code = rule.code;
  finding.severity = rule.severity;
  finding.confidence = rule.confidence;
  finding.path = error.path;
  finding.file = error.file;
  finding.line = error.line;
  finding.column = error.column;
  finding.message = error.message;
  const std::string code_before = error.api_code + ": ";  // which has a line of its own
  if (!error.api_code.empty() && error.message.starts_with(code_before)) {
    finding.message = error.message.substr(code_before.size());
  }
  finding.fix = error.accepted;
  finding.edits = error.edits;
  if (rule.mended_by_removal) finding.edits = {{error.path, ""}};
  finding.api_code = error.api_code;
  return finding;
}

// That copies of a mirror which is written have no route is told with what is to blame.
bool IsToldByReach(const ScenarioError& caution) {
  return caution.rule == "no_route" && caution.path.starts_with("/mirrors");
}

}  // namespace

std::vector<Finding> FindingsOf(const std::vector<ScenarioError>& errors) {
  std::vector<Finding> findings;
  for (const ScenarioError& error : errors) findings.push_back(FindingOf(error));
  return findings;
}

std::vector<Finding> Check(const Scenario& written, const ValidScenario& valid,
                           const CheckSettings& settings) {
  const CheckContext context(written, valid, settings);
  std::vector<Finding> findings;
  for (const ScenarioError& caution : valid.cautions) {
    if (!IsToldByReach(caution)) findings.push_back(FindingOf(caution));
  }
  for (const Rule& rule : Rules()) {
    if (rule.find == nullptr) continue;
    const std::size_t first = findings.size();
    rule.find(context, findings);
    for (std::size_t i = first; i < findings.size(); ++i) {
      findings[i].code = rule.code;
      // A rule whose grounds are old finds no more than an assumption.
      if (findings[i].severity != Severity::kAssumption) findings[i].severity = rule.severity;
      findings[i].confidence = rule.confidence;
    }
  }
  return findings;
}

}  // namespace vpcmirror
