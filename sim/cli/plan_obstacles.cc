#include "sim/cli/plan_obstacles.h"

#include <string_view>

#include "analysis/check/check.h"
#include "analysis/check/rule.h"

namespace vpcmirror::sim {
namespace {

constexpr std::string_view kHostOverLimit = "MIR-CAP-003";  // which a run measures

bool IsObstacle(const Finding& finding) {
  return finding.severity == Severity::kError && finding.suppressed_because.empty() &&
         finding.code != kHostOverLimit && finding.code != kInputRule;
}

bool IsRefused(const std::string& code) {
  const Rule* rule = FindRule(code);
  return rule == nullptr || !rule->is_undelivered;
}

}  // namespace

std::vector<Obstacle> ObstaclesOf(const Scenario& written, const ValidScenario& valid) {
  std::vector<Finding> findings = Check(written, valid);
  MarkAccepted(written, Extent::kWhole, findings);
  std::vector<Obstacle> obstacles;
  for (const Finding& finding : findings) {
    if (!IsObstacle(finding)) continue;
    obstacles.push_back({.code = finding.code,
                         .subject = finding.subject.type + " " + finding.subject.id,
                         .message = finding.message,
                         .is_refused = IsRefused(finding.code)});
  }
  return obstacles;
}

}  // namespace vpcmirror::sim
