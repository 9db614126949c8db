// Internal to analysis/reach: which sources cannot be told apart.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <set>
#include <vector>

#include "models/scenario/valid_scenario.h"
#include "models/wire/address.h"

namespace vpcmirror {

// Cuts the address space at the ends of every prefix that a way to a receiver may ask about:
// between two cuts no address differs from its neighbour.
class SourceClasses {
 public:
  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

  // Of the mirrors of a scenario.
  explicit SourceClasses(const ValidScenario& valid);

  struct Key {
    std::size_t subnet = 0;
    Bytes mtu{};
    std::array<std::size_t, 2> intervals{};  // of the addresses that copies leave from, by family
    // A next hop of a route is a class by itself, since the route does not lead on from there:
    // the ENI, else kNobody.
    std::size_t itself = kNobody;

    friend auto operator<=>(const Key&, const Key&) = default;
  };
  Key KeyOf(std::size_t eni) const;

 private:
  void Cut(const IpPrefix& prefix);
  void CutAtRules(const std::vector<SecurityRule>& rules);
  void CutAtGuards(std::size_t eni);

  const Deployment& deployment_;
  std::vector<IpAddress> cuts_;      // ascending, of both families
  std::set<std::size_t> next_hops_;  // ENIs
};

}  // namespace vpcmirror
