// Internal to models/scenario: rules of a filter while actions of an API change them.
#pragma once

#include <string>
#include <vector>

#include "models/scenario/scenario.h"

namespace vpcmirror {

// The end where none has this ID.
std::vector<RuleSpec>::iterator FindRule(std::vector<RuleSpec>& rules, const std::string& id);

// What `given` does not name stays.
void Overwrite(const RuleSpec& given, RuleSpec& rule);

// A rule of `filter` with this ID, which may go over to the other direction. Requires one.
void ChangeOneRule(const RuleChangeSpec& change, const std::string& id, FilterSpec& filter);

// Services that come, and those that go.
void ChangeServices(const std::vector<At<std::string>>& added,
                    const std::vector<At<std::string>>& removed, FilterSpec& filter);

}  // namespace vpcmirror
