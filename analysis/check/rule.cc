#include "analysis/check/rule.h"

#include <algorithm>
#include <array>

#include "analysis/check/rules.h"

namespace vpcmirror {
namespace {

const Rule kRules[] = {
    {.code = "MIR-INP-001",
     .severity = Severity::kError,
     .confidence = FindingBasis::kDerived,
     .title = "Something cannot be read or used",
     .why = "What is written there is no value, names nothing, or contradicts something else of "
            "the scenario. Nothing that hangs on it can be judged.",
     .fix = "Write what the finding says would be accepted.",
     .refs = {},
     .word = {}},
    {.code = "MIR-STA-003",
     .severity = Severity::kWarning,
     .confidence = FindingBasis::kDocumented,
     .title = "The mirror is stopped",
     .why = "A mirror whose state is stopped exists, counts against the quotas, and copies "
            "nothing.",
     .fix = "Start the mirror, or leave it out.",
     .refs = {{"Tencent Cloud, CreateTrafficMirror, State", "2026-11-22"}},
     .word = {},
     .find = FindStoppedMirrors},
};

}  // namespace

std::span<const Rule> Rules() { return kRules; }

const Rule* FindRule(std::string_view code) {
  const auto rules = Rules();
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.code == code; });
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace vpcmirror
