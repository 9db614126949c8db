#include "analysis/check/check.h"

#include <algorithm>
#include <map>
#include <utility>

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

// Only of a list can something be taken without leaving a hole.
bool IsListElement(const std::string& path) {
  const std::string last = path.substr(path.rfind('/') + 1);
  return !last.empty() && last.find_first_not_of("0123456789") == std::string::npos;
}

Finding FindingOf(const ScenarioError& error) {
  const Rule& rule = RuleOf(error);
  Finding finding;
  finding.code = rule.code;
  finding.severity = rule.severity;
  finding.basis = rule.basis;
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
  if (rule.mended_by_removal && IsListElement(error.path)) finding.edits = {{error.path, ""}};
  finding.api_code = error.api_code;
  return finding;
}

// That copies of a mirror which is written have no route is told with what is to blame.
bool IsToldByReach(const ScenarioError& caution) {
  return caution.rule == "no_route" && caution.path.starts_with("/mirrors");
}

// Mirrors that share a filter share what is wrong with it: from `first` on, of those at one
// place the first is kept, and says of how many it is.
void TellOnce(std::size_t first, std::vector<Finding>& findings) {
  std::map<std::string, std::pair<std::size_t, std::size_t>> by_path;  // where, how many more
  std::size_t kept = first;
  for (std::size_t i = first; i < findings.size(); ++i) {
    const auto [at, fresh] = by_path.try_emplace(findings[i].path, kept, 0);
    if (!fresh) {
      ++at->second.second;
      continue;
    }
    if (kept != i) findings[kept] = std::move(findings[i]);
    ++kept;
  }
  findings.resize(kept);
  for (const auto& [path, told] : by_path) {
    const auto& [at, more] = told;
    if (more == 0) continue;
    findings[at].message += " (and so it is with " + std::to_string(more) + " more of this filter)";
    findings[at].numbers.push_back({"mirrors", static_cast<double>(more + 1), ""});
  }
}

// The mirror that a caution is about, by where it was written.
Subject MirrorAt(const ValidScenario& valid, const std::string& path) {
  for (const PlacedMirror& placed : valid.mirrors) {
    const bool is_inside = path == placed.path || path.starts_with(placed.path + "/");
    if (is_inside) return {"mirror", placed.mirror->settings().id};
  }
  return {};
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
    if (IsToldByReach(caution)) continue;
    findings.push_back(FindingOf(caution));
    findings.back().subject = MirrorAt(valid, caution.path);
  }
  for (const Rule& rule : Rules()) {
    if (rule.find == nullptr) continue;
    const std::size_t first = findings.size();
    rule.find(context, findings);
    if (rule.is_of_filter) TellOnce(first, findings);
    for (std::size_t i = first; i < findings.size(); ++i) {
      findings[i].code = rule.code;
      // A rule whose grounds are old finds no more than an assumption.
      if (findings[i].severity != Severity::kAssumption) findings[i].severity = rule.severity;
      findings[i].basis = rule.basis;
    }
  }
  return findings;
}

}  // namespace vpcmirror
