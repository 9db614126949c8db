#include "models/scenario/subnet_cover.h"

#include <algorithm>
#include <set>

namespace vpcmirror {

SubnetCover CoverBySubnets(const Deployment& deployment, const std::vector<std::size_t>& enis) {
  std::set<std::size_t> subnets;
  for (const std::size_t eni : enis) subnets.insert(deployment.enis[eni].subnet);
  const auto held = std::count_if(
      deployment.enis.begin(), deployment.enis.end(),
      [&](const Eni& eni) { return subnets.count(eni.subnet) > 0 && !eni.load_balancer; });
  return {.subnets = {subnets.begin(), subnets.end()},
          .others = static_cast<std::size_t>(held) - enis.size()};
}

}  // namespace vpcmirror
