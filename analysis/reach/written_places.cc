#include "analysis/reach/written_places.h"

#include <algorithm>

namespace vpcmirror {

// Validate takes VPC by VPC, and of each all groups, ACLs and tables in their order; a table
// that it adds comes behind those of its VPC.
WrittenPlaces::WrittenPlaces(const Scenario& written, const Deployment& deployment)
    : deployment_(deployment) {
  groups_.resize(deployment.security_groups.size(), nullptr);
  acls_.resize(deployment.acls.size(), nullptr);
  std::vector<std::size_t> next_table(written.vpcs.size(), 0);
  for (const RouteTable& table : deployment.route_tables) {
    Table& known = tables_.emplace_back();
    known.vpc = "/vpcs";
    if (table.vpc >= written.vpcs.size()) continue;
    const VpcSpec& vpc = written.vpcs[table.vpc];
    known.vpc = vpc.path;
    const std::size_t place = next_table[table.vpc]++;
    if (place < vpc.route_tables.size()) known.spec = &vpc.route_tables[place];
  }
  std::size_t group = 0;
  std::size_t acl = 0;
  for (const VpcSpec& vpc : written.vpcs) {
    for (const RuleSetSpec& spec : vpc.security_groups) groups_[group++] = &spec;
    for (const RuleSetSpec& spec : vpc.acls) acls_[acl++] = &spec;
  }
  for (const HostSpec& host : written.hosts) hosts_.emplace(host.name, host.path);
  for (const LoadBalancer& each : deployment.load_balancers) {
    std::string& path = load_balancers_.emplace_back("/vpcs");
    for (const LoadBalancerSpec& spec : written.vpcs[each.vpc].load_balancers) {
      if (spec.name == each.name) path = spec.path;
    }
  }
}

std::string WrittenPlaces::PathOf(const HopPlace& place) const {
  if (place.kind == HopPlace::Kind::kEni) return HostPath(deployment_.enis[place.index].cvm);
  if (place.kind == HopPlace::Kind::kRouteTable) {
    const Table& table = tables_[place.index];
    if (table.spec == nullptr) return table.vpc;
    if (!place.entry || *place.entry >= table.spec->routes.size()) return table.spec->path;
    return table.spec->routes[*place.entry].path;
  }
  const RuleSetSpec* set =
      place.kind == HopPlace::Kind::kAcl ? acls_[place.index] : groups_[place.index];
  if (set == nullptr) return "/vpcs";
  const auto& rules = place.direction == Direction::kIngress ? set->ingress : set->egress;
  return place.entry && *place.entry < rules.size() ? rules[*place.entry].path : set->path;
}

std::string WrittenPlaces::HostPath(std::size_t cvm) const {
  const Cvm& of = deployment_.cvms[cvm];
  if (of.is_load_balancer) {
    return LoadBalancerPath(*deployment_.enis[of.enis.front()].load_balancer);
  }
  const auto host = hosts_.find(of.host);
  return host == hosts_.end() ? "/hosts" : host->second;
}

std::string WrittenPlaces::LoadBalancerPath(std::size_t load_balancer) const {
  return load_balancers_[load_balancer];
}

}  // namespace vpcmirror
