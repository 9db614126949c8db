#include "models/cloud/firewall.h"

#include <algorithm>

namespace vpcmirror {
namespace {

bool Matches(const SecurityRule& rule, const FlowKey& flow, Direction direction) {
  if (rule.protocol && *rule.protocol != flow.protocol) return false;
  const IpAddress& peer = direction == Direction::kIngress ? flow.source : flow.destination;
  if (rule.peer && !rule.peer->Contains(peer)) return false;
  if (flow.ports != Ports::kKnown) return rule.ports.IsAny();
  return rule.ports.Contains(flow.destination_port);
}

const std::vector<SecurityRule>& RulesOf(const SecurityGroup& group, Direction direction) {
  return direction == Direction::kIngress ? group.ingress : group.egress;
}

constexpr std::uint8_t Bit(Direction direction) { return direction == Direction::kIngress ? 1 : 2; }

constexpr Direction Opposite(Direction direction) {
  return direction == Direction::kIngress ? Direction::kEgress : Direction::kIngress;
}

}  // namespace

std::optional<std::size_t> DecidingRule(const std::vector<SecurityRule>& rules, const FlowKey& flow,
                                        Direction direction) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (Matches(rules[i], flow, direction)) return i;
  }
  return std::nullopt;
}

bool Accepts(const std::vector<SecurityRule>& rules, const FlowKey& flow, Direction direction) {
  const auto rule = DecidingRule(rules, flow, direction);
  return rule && rules[*rule].accept;
}

Firewall::Firewall(const Deployment& deployment, std::size_t eni)
    : Firewall(deployment, eni, deployment.enis[eni].security_groups) {}

Firewall::Firewall(const Deployment& deployment, std::size_t eni,
                   const std::vector<std::size_t>& groups) {
  for (const std::size_t group : groups) groups_.push_back(&deployment.security_groups[group]);
  const Subnet& subnet = deployment.subnets[deployment.enis[eni].subnet];
  if (subnet.acl) acl_ = &deployment.acls[*subnet.acl];
  subnet_ = &subnet;
}

Admission Firewall::Admit(const FlowKey& flow, Direction direction) {
  // The ACL has no memory, so it is asked about replies too. Where both would
  // drop, the one that the frame meets first is named.
  const bool acl_first = direction == Direction::kIngress;
  if (acl_first && !AclAdmits(flow, direction)) return Admission::kAcl;
  if (!groups_.empty() && !IsOpen(flow, direction)) {
    if (!GroupsAdmit(flow, direction)) return Admission::kSecurityGroup;
    if (!acl_first && !AclAdmits(flow, direction)) return Admission::kAcl;
    Open(flow, direction);
    return Admission::kAdmitted;
  }
  if (!acl_first && !AclAdmits(flow, direction)) return Admission::kAcl;
  return Admission::kAdmitted;
}

bool Firewall::GroupsAdmit(const FlowKey& flow, Direction direction) const {
  return std::any_of(groups_.begin(), groups_.end(), [&](const SecurityGroup* group) {
    return Accepts(RulesOf(*group, direction), flow, direction);
  });
}

bool Firewall::AclAdmits(const FlowKey& flow, Direction direction) const {
  if (acl_ == nullptr) return true;
  const bool ingress = direction == Direction::kIngress;
  if (Holds(*subnet_, ingress ? flow.source : flow.destination)) return true;
  return Accepts(ingress ? acl_->ingress : acl_->egress, flow, direction);
}

bool Firewall::IsOpen(const FlowKey& flow, Direction direction) const {
  const auto same = opened_.find(flow);
  if (same != opened_.end() && (same->second & Bit(direction)) != 0) return true;
  const auto reply = opened_.find(Reversed(flow));
  return reply != opened_.end() && (reply->second & Bit(Opposite(direction))) != 0;
}

void Firewall::Open(const FlowKey& flow, Direction direction) {
  if (opened_.size() >= kMaxFlows) {
    opened_.clear();
    ++times_forgotten_;
  }
  opened_[flow] |= Bit(direction);
}

std::size_t Firewall::FlowHasher::operator()(const FlowKey& flow) const noexcept {
  return FlowHash(flow, HashSymmetry::kDirectional);
}

}  // namespace vpcmirror
