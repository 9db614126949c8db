// Internal to analysis/check: what opens a way that is blocked.
#pragma once

#include <string>
#include <vector>

#include "analysis/check/rules.h"

namespace vpcmirror {

struct Remedy {
  std::string fix;
  std::vector<Edit> edits;  // empty where no edit of what is written does it
};

// Lets copies with these outer headers, from sources in these ranges, pass the group or ACL.
Remedy AdmitCopies(const CheckContext& context, const Blame& blame, const FlowKey& flow,
                   const std::vector<IpPrefix>& sources);

// Has the route table of the blame lead to an address of that VPC.
Remedy LeadTo(const CheckContext& context, const Blame& blame, std::size_t vpc);

}  // namespace vpcmirror
