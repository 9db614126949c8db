#include <charconv>

#include "sim/input/scenario_parts.h"

namespace vpcmirror::sim {
namespace {

std::optional<std::string> ReadPlainText(const Cursor& object, std::string_view name) {
  auto text = ReadText(object, name);
  if (!text) return std::nullopt;
  return std::move(text->value);
}

IpPrefix PrefixOrDefault(const std::optional<Cursor>& value) {
  return value ? ReadPrefix(*value).value_or(IpPrefix()) : IpPrefix();
}

std::optional<At<IpPrefix>> ReadIpv6Range(const Cursor& object) {
  return ReadAt(object, "ipv6_cidr", [](const Cursor& value) { return ReadPrefix(value); });
}

SubnetSpec ReadSubnet(std::string name, const Cursor& at) {
  SubnetSpec subnet;
  subnet.name = std::move(name);
  subnet.path = at.path();
  if (at.value().is_string()) {
    subnet.cidr = PrefixOrDefault(at);
    return subnet;
  }
  subnet.id = ReadPlainText(at, "id");
  subnet.cidr = PrefixOrDefault(at.Get("cidr"));
  subnet.ipv6_cidr = ReadIpv6Range(at);
  subnet.zone = ReadPlainText(at, "az");
  subnet.route_table = ReadText(at, "route_table");
  subnet.acl = ReadText(at, "acl");
  return subnet;
}

RouteTableSpec ReadRouteTable(std::string name, const Cursor& at) {
  RouteTableSpec table;
  table.name = std::move(name);
  table.path = at.path();
  for (const Cursor& item : at.Items()) {
    RouteSpec route;
    route.path = item.path();
    route.destination = PrefixOrDefault(item.Get("to"));
    route.via = ReadPlainText(item, "via").value_or("");
    table.routes.push_back(std::move(route));
  }
  return table;
}

std::vector<SecurityRuleSpec> ReadRules(const Cursor& set, std::string_view direction) {
  std::vector<SecurityRuleSpec> rules;
  const std::optional<Cursor> list = set.Get(direction);
  if (!list) return rules;
  for (const Cursor& item : list->Items()) {
    SecurityRuleSpec rule;
    rule.path = item.path();
    rule.accept = ReadPlainText(item, "action") == "accept";
    rule.protocol = ReadProtocol(item, "protocol");
    if (const auto peer = item.Get("peer")) rule.peer = ReadPrefix(*peer, /*or_address=*/true);
    if (const auto ports = item.Get("ports")) rule.ports = ReadPorts(*ports);
    rules.push_back(std::move(rule));
  }
  return rules;
}

RuleSetSpec ReadRuleSet(std::string name, const Cursor& at) {
  RuleSetSpec set;
  set.name = std::move(name);
  set.path = at.path();
  set.ingress = ReadRules(at, "ingress");
  set.egress = ReadRules(at, "egress");
  return set;
}

void ReadGateways(const Cursor& vpc, std::string_view key, NextHop::Kind kind,
                  std::vector<GatewaySpec>& gateways) {
  const std::optional<Cursor> named = vpc.Get(key);
  if (!named) return;
  for (auto& [name, at] : named->Members()) {
    GatewaySpec gateway;
    gateway.name = name;
    gateway.path = at.path();
    gateway.kind = kind;
    gateway.peer_vpc = ReadPlainText(at, "peer");
    gateways.push_back(std::move(gateway));
  }
}

// "udp:4789", or false. What is neither, the schema refuses.
ListenerSpec ReadListener(const Cursor& at) {
  ListenerSpec spec{at.path(), std::nullopt};
  const auto* text = at.value().get_ptr<const std::string*>();
  if (text == nullptr) {
    if (at.value() == true)
      at.Complain({"found true", "a listener such as \"udp:4789\", or false"});
    return spec;
  }
  Listener listener;
  const bool is_tcp = text->starts_with("tcp:");
  if (!is_tcp && !text->starts_with("udp:")) return spec;
  if (is_tcp) listener.protocol = kProtocolTcp;
  const std::string_view digits = std::string_view(*text).substr(std::string_view("udp:").size());
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), listener.port);
  if (read.ec == std::errc::result_out_of_range) {
    at.Complain({"found \"" + *text + "\"", "a port from 1 to 65535"});
  }
  spec.listener = listener;
  return spec;
}

LoadBalancerSpec ReadLoadBalancer(std::string name, const Cursor& at) {
  LoadBalancerSpec spec;
  spec.name = std::move(name);
  spec.path = at.path();
  spec.kind = ReadText(at, "kind").value_or(At<std::string>{"", at.path()});
  spec.id = ReadText(at, "id");
  spec.subnets = ReadTexts(at, "subnets");
  spec.address = ReadAt(at, "address", ReadAddress);
  spec.backends = ReadTexts(at, "backends");
  spec.unhealthy = ReadTexts(at, "unhealthy");
  if (const auto listener = at.Get("listener")) spec.listener = ReadListener(*listener);
  const auto flag = [&](std::string_view key) -> std::optional<At<bool>> {
    const auto member = at.Get(key);
    if (!member || !member->value().is_boolean()) return std::nullopt;
    return At<bool>{member->value().get<bool>(), member->path()};
  };
  if (const auto cross_zone = flag("cross_zone")) spec.cross_zone = cross_zone->value;
  spec.is_public = flag("public");
  spec.mtu = ReadBytes(at, "mtu");
  spec.zone_bandwidth = ReadBandwidth(at, "zone_bandwidth");
  return spec;
}

// Every member of the object at `key` through `read`.
template <class T>
std::vector<T> ReadNamed(const Cursor& object, std::string_view key,
                         T (*read)(std::string, const Cursor&)) {
  std::vector<T> all;
  const std::optional<Cursor> named = object.Get(key);
  if (!named) return all;
  for (auto& [name, at] : named->Members()) all.push_back(read(name, at));
  return all;
}

}  // namespace

std::vector<VpcSpec> ReadVpcs(const Cursor& vpcs) {
  std::vector<VpcSpec> all;
  for (auto& [name, at] : vpcs.Members()) {
    VpcSpec vpc;
    vpc.name = name;
    vpc.path = at.path();
    vpc.id = ReadPlainText(at, "id");
    vpc.cidr = PrefixOrDefault(at.Get("cidr"));
    vpc.ipv6_cidr = ReadIpv6Range(at);
    vpc.provider = ReadText(at, "provider");
    vpc.subnets = ReadNamed(at, "subnets", &ReadSubnet);
    vpc.route_tables = ReadNamed(at, "route_tables", &ReadRouteTable);
    vpc.security_groups = ReadNamed(at, "security_groups", &ReadRuleSet);
    vpc.acls = ReadNamed(at, "acls", &ReadRuleSet);
    vpc.load_balancers = ReadNamed(at, "load_balancers", &ReadLoadBalancer);
    ReadGateways(at, "nat_gateways", NextHop::Kind::kNatGateway, vpc.gateways);
    ReadGateways(at, "peerings", NextHop::Kind::kPeering, vpc.gateways);
    ReadGateways(at, "ccns", NextHop::Kind::kCcn, vpc.gateways);
    all.push_back(std::move(vpc));
  }
  return all;
}

}  // namespace vpcmirror::sim
