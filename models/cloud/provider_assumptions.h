// The assumptions of profiles that the model acts on: which setting each one is.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "models/cloud/provider_profile.h"

namespace vpcmirror {

// What a value means, for the report.
struct AssumptionMeaning {
  const char* value;  // null: any
  const char* text;
};

struct AssumptionRule {
  const char* name;
  // False, with the profile as it was, when `value` is none that it can have.
  bool (*set)(ProviderProfile& profile, const std::string& value);
  std::string (*get)(const ProviderProfile& profile);  // as `set` takes it
  const char* accepted;                                // the values, in words
  std::span<const AssumptionMeaning> meanings;
};

// All of them, in the order in which reports and documents name them.
std::span<const AssumptionRule> AssumptionRules();
// Null when the model acts on no assumption of that name.
const AssumptionRule* FindAssumptionRule(std::string_view name);
// One sentence; a profile's own sentence is about its own value only.
std::string MeaningOf(const AssumptionRule& rule, const std::string& value);

}  // namespace vpcmirror
