// What an attribute refers to whose value will be known after apply only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/import/terraform_plan.h"

namespace vpcmirror::sim {

// An attribute of a resource that an expression mentions: {aws_instance.web[0],
// "primary_network_interface_id"}.
struct TerraformTarget {
  const TerraformResource* resource = nullptr;
  std::string attribute;  // the last step; empty: the resource as a whole
};

struct TerraformReferences {
  std::vector<TerraformTarget> targets;  // each once, in the order of the expression
  // What it mentions and nobody can follow: "local.enis", a module's output without a value.
  std::vector<std::string> lost;
  // Whether instances were matched by count.index or each.key, of which the plan does not say
  // what the expression makes of it.
  bool by_key = false;
};

// Follows variables, outputs of modules and for_each. Nothing of a state, which has no
// expressions.
TerraformReferences FollowReferences(const TerraformPlan& plan, const TerraformBlock& block,
                                     std::string_view attribute);

}  // namespace vpcmirror::sim
