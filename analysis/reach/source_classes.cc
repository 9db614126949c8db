#include "analysis/reach/source_classes.h"

#include <algorithm>
#include <array>
#include <set>

namespace vpcmirror {
namespace {

// The first address behind a prefix; empty: it ends where the family does.
std::optional<IpAddress> Behind(const IpPrefix& prefix) {
  const auto octets = prefix.address().octets();
  std::array<std::byte, 16> next{};
  std::copy(octets.begin(), octets.end(), next.begin());
  if (prefix.length() == 0) return std::nullopt;
  auto at = static_cast<std::size_t>(prefix.length() - 1) / 8;
  unsigned carry = 1U << (7 - (prefix.length() - 1) % 8);
  for (;;) {
    const unsigned sum = std::to_integer<unsigned>(next[at]) + carry;
    next[at] = static_cast<std::byte>(sum & 0xff);
    if (sum <= 0xff) break;
    if (at == 0) return std::nullopt;
    carry = 1;
    --at;
  }
  if (prefix.address().is_v4()) return IpAddress::V4(std::span(next).first<4>());
  return IpAddress::V6(next);
}

std::set<std::size_t> NextHops(const Deployment& deployment) {
  std::set<std::size_t> enis;
  for (const RouteTable& table : deployment.route_tables) {
    for (const Route& route : table.routes) {
      if (route.next_hop.kind == NextHop::Kind::kCvm) enis.insert(route.next_hop.gateway);
    }
  }
  return enis;
}

}  // namespace

SourceClasses::SourceClasses(const ValidScenario& valid)
    : deployment_(*valid.deployment), next_hops_(NextHops(deployment_)) {
  std::set<std::size_t> asked;
  for (const PlacedMirror& placed : valid.mirrors) {
    asked.insert(placed.receiver_enis.begin(), placed.receiver_enis.end());
    if (!placed.load_balancer) continue;
    for (const Backend& each : deployment_.load_balancers[*placed.load_balancer].backends) {
      asked.insert(each.eni);
    }
  }
  asked.insert(next_hops_.begin(), next_hops_.end());  // who forwards is asked like a receiver
  std::set<std::vector<std::size_t>> guards;           // each once: ENIs of a host have the same
  for (const std::size_t eni : asked) {
    std::vector<std::size_t> of = deployment_.enis[eni].security_groups;
    of.push_back(deployment_.enis[eni].subnet);
    if (guards.insert(std::move(of)).second) CutAtGuards(eni);
  }
  std::sort(cuts_.begin(), cuts_.end());
  cuts_.erase(std::unique(cuts_.begin(), cuts_.end()), cuts_.end());
}

void SourceClasses::Cut(const IpPrefix& prefix) {
  if (prefix.length() == 0) return;
  cuts_.push_back(prefix.address());
  if (const auto behind = Behind(prefix)) cuts_.push_back(*behind);
}

void SourceClasses::CutAtRules(const std::vector<SecurityRule>& rules) {
  for (const SecurityRule& rule : rules) {
    if (rule.peer) Cut(*rule.peer);
  }
}

// Ingress asks for the source, and so does the route back; an ACL for its subnet, too.
void SourceClasses::CutAtGuards(std::size_t index) {
  const Eni& eni = deployment_.enis[index];
  for (const std::size_t group : eni.security_groups) {
    CutAtRules(deployment_.security_groups[group].ingress);
  }
  const Subnet& subnet = deployment_.subnets[eni.subnet];
  if (subnet.acl) CutAtRules(deployment_.acls[*subnet.acl].ingress);
  Cut(subnet.cidr);
  if (subnet.ipv6_cidr) Cut(*subnet.ipv6_cidr);
  for (const Route& route : deployment_.route_tables[subnet.route_table].routes) {
    Cut(route.destination);
  }
}

SourceClasses::Key SourceClasses::KeyOf(std::size_t index) const {
  const Eni& eni = deployment_.enis[index];
  const auto interval = [&](const IpAddress& any_of_family) {
    const IpAddress& address = AddressTowards(eni.addresses, any_of_family);
    const auto above = std::upper_bound(cuts_.begin(), cuts_.end(), address);
    return static_cast<std::size_t>(above - cuts_.begin());
  };
  return {.subnet = eni.subnet,
          .mtu = eni.mtu,
          .intervals = {interval(IpAddress::V4(0)),
                        interval(IpAddress::V6(std::array<std::byte, 16>{}))},
          .itself = next_hops_.count(index) != 0 ? index : kNobody};
}

}  // namespace vpcmirror
