#include "models/mirror/filter.h"

#include <algorithm>
#include <utility>

namespace vpcmirror {
std::string_view ToString(NextHop::Kind kind) {
  switch (kind) {
    case NextHop::Kind::kNotLookedUp:
      return "not looked up";
    case NextHop::Kind::kLocal:
      return "local";
    case NextHop::Kind::kNatGateway:
      return "NAT gateway";
    case NextHop::Kind::kCvm:
      return "CVM";
    case NextHop::Kind::kPeering:
      return "peering connection";
    case NextHop::Kind::kCcn:
      return "CCN";
    case NextHop::Kind::kOutside:
      return "outside";
    case NextHop::Kind::kBlackhole:
      return "blackhole";
    case NextHop::Kind::kNoRoute:
      return "no route";
  }
  return "unknown";
}

Filter Filter::AllOf(std::vector<Condition> conditions) {
  Filter filter;
  filter.conditions_ = std::move(conditions);
  return filter;
}

Filter Filter::NextHopIsNatGateway(std::uint32_t gateway) {
  Filter filter;
  filter.nat_gateway_ = gateway;
  return filter;
}

Refusal Filter::Decide(const FrameInfo& frame, const NextHop& next_hop) const noexcept {
  if (nat_gateway_) {
    const bool leads_there =
        next_hop.kind == NextHop::Kind::kNatGateway && next_hop.gateway == *nat_gateway_;
    return leads_there ? Refusal::kNone : Refusal::kNextHop;
  }
  if (conditions_.empty()) return Refusal::kNone;
  if (!frame.has_flow) return Refusal::kFilter;
  const bool all_hold =
      std::all_of(conditions_.begin(), conditions_.end(),
                  [&](const Condition& condition) { return condition.Matches(frame.flow); });
  return all_hold ? Refusal::kNone : Refusal::kFilter;
}

}  // namespace vpcmirror
