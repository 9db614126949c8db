// What the owner of a scenario accepts of it.
#include <algorithm>

#include "analysis/check/check.h"
#include "analysis/check/rule.h"

namespace vpcmirror {
namespace {

// Nothing hangs together where something cannot be read, and who accepts findings is told of
// acceptances that are wrong.
bool MayBeAccepted(std::string_view code) { return code != kInputRule && code != kAcceptanceRule; }

bool Accepts(const AcceptanceSpec& spec, const Finding& finding) {
  return spec.finding == finding.code && (spec.of.empty() || spec.of == finding.subject.id);
}

Finding UnusedAcceptance(const AcceptanceSpec& spec) {
  const Rule& rule = *FindRule(kAcceptanceRule);
  Finding finding;
  finding.code = rule.code;
  finding.severity = rule.severity;
  finding.basis = rule.basis;
  finding.subject = {"acceptance", spec.finding};
  finding.path = spec.path;
  finding.edits = {{spec.path, ""}};
  const std::string of = spec.of.empty() ? "" : " of " + spec.of;
  if (FindRule(spec.finding) == nullptr) {
    finding.message = "there is no finding " + spec.finding;
    finding.fix = "a code that check prints, or no such acceptance";
  } else if (!MayBeAccepted(spec.finding)) {
    finding.message = spec.finding + " cannot be accepted: nothing that hangs on it is judged";
    finding.fix = "mend what it is about";
  } else {
    finding.message = "nothing is found of " + spec.finding + of + ", which is accepted here";
    finding.fix = "take the acceptance out";
  }
  return finding;
}

}  // namespace

void MarkAccepted(const Scenario& written, Extent judged, std::vector<Finding>& findings) {
  std::vector<Finding> unused;
  for (const AcceptanceSpec& spec : written.acceptances) {
    bool is_used = false;
    for (Finding& finding : findings) {
      if (!MayBeAccepted(finding.code) || !Accepts(spec, finding)) continue;
      finding.suppressed_because = spec.because;
      is_used = true;
    }
    if (!is_used && judged == Extent::kWhole) unused.push_back(UnusedAcceptance(spec));
  }
  findings.insert(findings.end(), unused.begin(), unused.end());
}

}  // namespace vpcmirror
