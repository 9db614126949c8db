// VPCs, subnets, route tables, gateways, security groups and ACLs.
#include <algorithm>
#include <array>

#include "models/scenario/draft.h"
#include "models/scenario/nearest.h"

namespace vpcmirror {
namespace {

const IpPrefix kAllIpv6(IpAddress::V6(std::array<std::byte, 16>{}), 0);

VpcSpec DefaultVpc(Draft& draft) {
  VpcSpec vpc;
  vpc.name = "default";
  vpc.path = "/vpcs";
  vpc.cidr = IpPrefix(IpAddress::V4(0x0a000000), 16);
  draft.assumptions.Default("vpc", "10.0.0.0/16", "One VPC \"default\", since none is given.",
                            kOurChoice);
  return vpc;
}

SubnetSpec WholeSubnet(Draft& draft, const VpcSpec& vpc) {
  SubnetSpec subnet;
  subnet.name = "default";
  subnet.path = vpc.path;
  subnet.cidr = vpc.cidr;
  subnet.ipv6_cidr = vpc.ipv6_cidr;
  draft.assumptions.Default(
      "subnet", ToString(vpc.cidr),
      "One subnet \"default\" of the whole VPC " + vpc.name + ", since none is given.", kOurChoice);
  return subnet;
}

// Registers `name` in `names`; an error when it is taken or not a name.
template <class Map, class Value>
void AddName(Draft& draft, Map& names, const std::string& name, const Value& value,
             const std::string& path) {
  if (!CheckId(draft, name, path)) return;
  if (names.emplace(name, value).second) return;
  draft.errors.Add(path, "the name \"" + name + "\" is given twice", "a name of its own");
}

// The same name may serve in several VPCs, but an ID in results names one thing.
template <class Things>
std::string UniqueId(const Things& things, const std::string& name, const std::string& vpc) {
  const bool taken =
      std::any_of(things.begin(), things.end(), [&](const auto& each) { return each.id == name; });
  return taken ? vpc + "/" + name : name;
}

std::vector<SecurityRule> RulesOf(Draft& draft, const std::vector<SecurityRuleSpec>& specs) {
  std::vector<SecurityRule> rules;
  for (const SecurityRuleSpec& spec : specs) {
    SecurityRule rule;
    rule.accept = spec.accept;
    rule.protocol = spec.protocol;
    rule.peer = spec.peer;
    if (spec.ports) rule.ports = *spec.ports;
    if (rule.ports.first > rule.ports.last) {
      draft.errors.Add(spec.path,
                       "the port range " + std::to_string(rule.ports.first) + "-" +
                           std::to_string(rule.ports.last) + " runs backwards",
                       "the smaller port first");
    }
    rules.push_back(rule);
  }
  return rules;
}

template <class RuleSet>
void AddRuleSets(Draft& draft, const VpcSpec& vpc, const std::vector<RuleSetSpec>& specs,
                 std::map<std::string, std::size_t>& names, std::vector<RuleSet>& sets) {
  for (const RuleSetSpec& spec : specs) {
    AddName(draft, names, spec.name, sets.size(), spec.path);
    RuleSet set;
    set.id = UniqueId(sets, spec.name, vpc.name);
    set.ingress = RulesOf(draft, spec.ingress);
    set.egress = RulesOf(draft, spec.egress);
    sets.push_back(std::move(set));
  }
}

void AddGateways(Draft& draft, const VpcSpec& spec, std::size_t vpc) {
  Deployment& deployment = *draft.deployment;
  for (const GatewaySpec& gateway : spec.gateways) {
    NextHop next_hop{gateway.kind, 0};
    if (gateway.kind == NextHop::Kind::kNatGateway) {
      next_hop.gateway = static_cast<std::uint32_t>(deployment.nat_gateways.size());
      const std::string id = UniqueId(deployment.nat_gateways, gateway.name, spec.name);
      deployment.nat_gateways.push_back(NatGateway{id, vpc});
    } else {
      next_hop.gateway = static_cast<std::uint32_t>(deployment.gateways.size());
      const std::string id = UniqueId(deployment.gateways, gateway.name, spec.name);
      deployment.gateways.push_back(Gateway{id, vpc, gateway.kind, std::nullopt});
    }
    AddName(draft, draft.names[vpc].gateways, gateway.name, next_hop, gateway.path);
  }
}

// Routes come later, when the hosts that they may lead to are there.
void AddRouteTables(Draft& draft, const VpcSpec& spec, std::size_t vpc) {
  auto& tables = draft.deployment->route_tables;
  auto& names = draft.names[vpc].route_tables;
  for (const RouteTableSpec& table : spec.route_tables) {
    AddName(draft, names, table.name, tables.size(), table.path);
    tables.push_back(RouteTable{UniqueId(tables, table.name, spec.name), vpc, {}});
  }
  if (names.count("main") != 0) {
    draft.main_tables[vpc] = names["main"];
  } else if (spec.route_tables.size() == 1) {
    draft.main_tables[vpc] = tables.size() - 1;
  }
}

std::size_t MainTable(Draft& draft, const VpcSpec& spec, std::size_t vpc) {
  auto& main = draft.main_tables[vpc];
  if (main) return *main;
  auto& tables = draft.deployment->route_tables;
  main = tables.size();
  tables.push_back(RouteTable{UniqueId(tables, "main", spec.name), vpc, {}});
  const NextHop outside{NextHop::Kind::kOutside, 0};
  tables.back().routes.push_back(Route{IpPrefix(), outside});
  if (spec.ipv6_cidr) tables.back().routes.push_back(Route{kAllIpv6, outside});
  draft.assumptions.Default("route_table", "main",
                            "Subnets of VPC " + spec.name +
                                " without a route table use \"main\": the VPC's own range is "
                                "local, all else goes to the outside.",
                            kOurChoice);
  return *main;
}

std::size_t NamedIndex(Draft& draft, const std::map<std::string, std::size_t>& names,
                       const At<std::string>& name, const std::string& what) {
  const auto found = names.find(name.value);
  if (found != names.end()) return found->second;
  draft.errors.Add(name.path, "there is no " + what + " \"" + name.value + "\" in this VPC",
                   AcceptedNames(name.value, NamesOf(names)));
  return 0;
}

void CheckSubnetRange(Draft& draft, const SubnetSpec& spec, const Vpc& vpc) {
  if (!vpc.cidr.Contains(spec.cidr)) {
    draft.errors.Add(
        spec.path,
        "subnet " + spec.name + " " + ToString(spec.cidr) + " lies outside VPC " + vpc.name,
        "a range inside " + ToString(vpc.cidr));
    return;
  }
  for (const Subnet& other : draft.deployment->subnets) {
    if (&draft.deployment->vpcs[other.vpc] != &vpc || !other.cidr.Overlaps(spec.cidr)) continue;
    draft.errors.Add(spec.path,
                     "subnet " + spec.name + " " + ToString(spec.cidr) + " overlaps subnet " +
                         other.name + " " + ToString(other.cidr),
                     "a range of its own inside " + ToString(vpc.cidr));
  }
}

// An IPv6 range of a VPC, or of a subnet where `within` is its VPC.
std::optional<IpPrefix> Ipv6Range(Draft& draft, const std::optional<At<IpPrefix>>& given,
                                  const Vpc* within) {
  if (!given) return std::nullopt;
  const IpPrefix& range = given->value;
  if (range.address().is_v4()) {
    draft.errors.Add(given->path, "the range " + ToString(range) + " is not IPv6",
                     "an IPv6 range such as fd00:1::/56");
    return std::nullopt;
  }
  if (within == nullptr) return range;
  if (within->ipv6_cidr && within->ipv6_cidr->Contains(range)) return range;
  draft.errors.Add(given->path, ToString(range) + " lies outside VPC " + within->name,
                   within->ipv6_cidr ? "a range inside " + ToString(*within->ipv6_cidr)
                                     : "an ipv6_cidr for the VPC, which has none");
  return std::nullopt;
}

void CheckIpv6Overlap(Draft& draft, const SubnetSpec& spec, const Subnet& subnet) {
  if (!subnet.ipv6_cidr) return;
  for (const Subnet& other : draft.deployment->subnets) {
    if (other.vpc != subnet.vpc || !other.ipv6_cidr) continue;
    if (!other.ipv6_cidr->Overlaps(*subnet.ipv6_cidr)) continue;
    draft.errors.Add(spec.ipv6_cidr->path,
                     ToString(*subnet.ipv6_cidr) + " overlaps subnet " + other.name + " " +
                         ToString(*other.ipv6_cidr),
                     "a range of its own");
  }
}

void AddSubnet(Draft& draft, const VpcSpec& vpc_spec, const SubnetSpec& spec, std::size_t vpc) {
  Deployment& deployment = *draft.deployment;
  VpcNames& names = draft.names[vpc];
  CheckSubnetRange(draft, spec, deployment.vpcs[vpc]);

  const std::size_t index = deployment.subnets.size();
  AddName(draft, names.subnets, spec.name, index, spec.path);
  Subnet subnet;
  subnet.name = spec.name;
  subnet.id = spec.id.value_or(spec.name);
  if (!spec.id) subnet.id = UniqueId(deployment.subnets, spec.name, vpc_spec.name);
  if (spec.id && CheckId(draft, *spec.id, spec.path)) {
    names.subnets.emplace(*spec.id, index);
    RegisterId(draft, *spec.id, {NamedThing::Kind::kSubnet, index, spec.path});
  }
  subnet.vpc = vpc;
  subnet.cidr = spec.cidr;
  subnet.ipv6_cidr = Ipv6Range(draft, spec.ipv6_cidr, &deployment.vpcs[vpc]);
  CheckIpv6Overlap(draft, spec, subnet);
  subnet.zone = spec.zone.value_or("");
  subnet.route_table = spec.route_table
                           ? NamedIndex(draft, names.route_tables, *spec.route_table, "route table")
                           : MainTable(draft, vpc_spec, vpc);
  if (spec.acl) subnet.acl = NamedIndex(draft, names.acls, *spec.acl, "network ACL");
  deployment.subnets.push_back(std::move(subnet));
}

void AddVpc(Draft& draft, const VpcSpec& spec) {
  Deployment& deployment = *draft.deployment;
  const std::size_t index = deployment.vpcs.size();
  AddName(draft, draft.vpcs, spec.name, index, spec.path);
  if (spec.id && CheckId(draft, *spec.id, spec.path)) {
    draft.vpcs.emplace(*spec.id, index);
    RegisterId(draft, *spec.id, {NamedThing::Kind::kVpc, index, spec.path});
  }
  if (!spec.cidr.address().is_v4()) {
    draft.errors.Add(spec.path,
                     "the range " + ToString(spec.cidr) + " of VPC " + spec.name + " is not IPv4",
                     "an IPv4 range such as 10.0.0.0/16");
  }
  Vpc vpc{spec.id.value_or(spec.name), spec.name, spec.cidr,
          ProviderIndex(draft, spec.provider ? *spec.provider : draft.scenario.provider),
          Ipv6Range(draft, spec.ipv6_cidr, nullptr)};
  deployment.vpcs.push_back(std::move(vpc));
  draft.names.emplace_back();
  draft.addresses.emplace_back();
  draft.main_tables.emplace_back();

  AddRuleSets(draft, spec, spec.security_groups, draft.names[index].security_groups,
              deployment.security_groups);
  AddRuleSets(draft, spec, spec.acls, draft.names[index].acls, deployment.acls);
  AddGateways(draft, spec, index);
  AddRouteTables(draft, spec, index);
  if (spec.subnets.empty()) AddSubnet(draft, spec, WholeSubnet(draft, spec), index);
  for (const SubnetSpec& subnet : spec.subnets) AddSubnet(draft, spec, subnet, index);
}

void ResolvePeer(Draft& draft, const GatewaySpec& spec, std::size_t vpc) {
  Deployment& deployment = *draft.deployment;
  const auto named = draft.names[vpc].gateways.find(spec.name);
  if (!spec.peer_vpc || named == draft.names[vpc].gateways.end()) return;
  const Vpc& here = deployment.vpcs[vpc];
  if (spec.kind == NextHop::Kind::kNatGateway) {
    draft.errors.Add(spec.path, "NAT gateway " + spec.name + " has a peer VPC",
                     "a peer for a peering connection or CCN only");
    return;
  }
  const auto peer = draft.vpcs.find(*spec.peer_vpc);
  if (peer == draft.vpcs.end()) {
    draft.errors.Add(spec.path, "there is no VPC \"" + *spec.peer_vpc + "\"",
                     AcceptedNames(*spec.peer_vpc, NamesOf(draft.vpcs)) +
                         "; leave it out for a VPC that is not in the scenario");
    return;
  }
  const Vpc& there = deployment.vpcs[peer->second];
  const bool overlaps_ipv6 =
      there.ipv6_cidr && here.ipv6_cidr && there.ipv6_cidr->Overlaps(*here.ipv6_cidr);
  if (there.cidr.Overlaps(here.cidr) || overlaps_ipv6) {
    draft.errors.Add(spec.path,
                     "VPC " + here.name + " " + RangesText(here) + " cannot peer with VPC " +
                         there.name + " " + RangesText(there) + ": their ranges overlap",
                     "another VPC, with a range of its own");
    return;
  }
  deployment.gateways[named->second.gateway].peer_vpc = peer->second;
}

}  // namespace

void ExpandNetwork(Draft& draft) {
  std::vector<VpcSpec> specs = draft.scenario.vpcs;
  if (specs.empty()) specs.push_back(DefaultVpc(draft));
  for (const VpcSpec& spec : specs) AddVpc(draft, spec);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    for (const GatewaySpec& gateway : specs[i].gateways) ResolvePeer(draft, gateway, i);
  }
}

}  // namespace vpcmirror
