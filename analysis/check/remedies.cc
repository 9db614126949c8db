#include "analysis/check/remedies.h"

#include <fmt/format.h>

#include <algorithm>

namespace vpcmirror {
namespace {

std::string ProtocolJson(std::uint8_t protocol) {
  if (protocol == kProtocolTcp) return "tcp";
  return protocol == kProtocolUdp ? "udp" : "icmp";
}

std::string PortsJson(const PortRange& ports) {
  if (ports.first == ports.last) return std::to_string(ports.first);
  return fmt::format("\"{}-{}\"", ports.first, ports.last);
}

std::string RuleJson(const SecurityRuleSpec& rule) {
  std::string json = fmt::format(R"({{"action": "{}")", rule.accept ? "accept" : "drop");
  if (rule.protocol) json += fmt::format(R"(, "protocol": "{}")", ProtocolJson(*rule.protocol));
  if (rule.peer) json += fmt::format(R"(, "peer": "{}")", ToString(*rule.peer));
  if (rule.ports) json += fmt::format(R"(, "ports": {})", PortsJson(*rule.ports));
  return json + "}";
}

std::string RouteJson(const IpPrefix& to, const std::string& via) {
  return fmt::format(R"({{"to": "{}", "via": "{}"}})", ToString(to), via);
}

// A peering or CCN of one VPC that leads to another; null: there is none.
const GatewaySpec* GatewayTo(const CheckContext& context, std::size_t from, std::size_t to) {
  if (from >= context.written.vpcs.size()) return nullptr;
  const Vpc& there = context.deployment().vpcs[to];
  for (const GatewaySpec& each : context.written.vpcs[from].gateways) {
    if (each.peer_vpc && (*each.peer_vpc == there.name || *each.peer_vpc == there.id)) {
      return &each;
    }
  }
  return nullptr;
}

// Of a VPC whose route table nobody wrote: all else goes on leaving it.
Edit WholeTable(const VpcSpec& vpc, const std::string& route) {
  const std::string routes = fmt::format(R"([{}, {{"to": "0.0.0.0/0", "via": "outside"}}])", route);
  if (!vpc.route_tables.empty()) return {vpc.path + "/route_tables/main", routes};
  return {vpc.path + "/route_tables", fmt::format(R"({{"main": {}}})", routes)};
}

}  // namespace

Remedy AdmitCopies(const CheckContext& context, const Blame& blame, const FlowKey& flow,
                   const std::vector<IpPrefix>& sources) {
  Remedy remedy;
  const bool is_in = blame.place.direction == Direction::kIngress;
  const std::string side = is_in ? "ingress" : "egress";
  std::string ranges;
  for (const IpPrefix& each : sources) ranges += (ranges.empty() ? "" : ", ") + ToString(each);
  remedy.fix = fmt::format("a rule before the others of {}, {}: accept {} from {}", blame.id, side,
                           ProtocolText(flow), ranges);
  const bool is_acl = blame.place.kind == HopPlace::Kind::kAcl;
  const RuleSetSpec* set = is_acl ? context.places.AclSpec(blame.place.index)
                                  : context.places.GroupSpec(blame.place.index);
  if (set == nullptr) return remedy;
  SecurityRuleSpec rule;
  if (flow.ports == Ports::kKnown) {  // a rule cannot name GRE: then it is any protocol
    rule.protocol = flow.protocol;
    rule.ports = PortRange{flow.destination_port, flow.destination_port};
  }
  std::string list;
  const auto add = [&](const SecurityRuleSpec& each) {
    list += (list.empty() ? "" : ", ") + RuleJson(each);
  };
  for (const IpPrefix& each : sources) {
    rule.peer = is_in ? each : IpPrefix(flow.destination, flow.destination.is_v4() ? 32 : 128);
    add(rule);
    if (!is_in) break;
  }
  for (const SecurityRuleSpec& each : is_in ? set->ingress : set->egress) add(each);
  remedy.edits = {{set->path + "/" + side, "[" + list + "]"}};
  return remedy;
}

Remedy LeadTo(const CheckContext& context, const Blame& blame, std::size_t vpc) {
  const Deployment& deployment = context.deployment();
  const RouteTable& table = deployment.route_tables[blame.place.index];
  const RouteTableSpec* spec = context.places.TableSpec(blame.place.index);
  const bool is_written = spec != nullptr && blame.place.entry;
  const std::string route_path = is_written ? spec->routes[*blame.place.entry].path : "";
  if (table.vpc == vpc) {
    if (!blame.place.entry) return {};
    const IpPrefix& away = table.routes[*blame.place.entry].destination;
    return {fmt::format("route table {} without its route to {}: {} is local then", table.id,
                        ToString(away), ToString(away)),
            is_written ? std::vector<Edit>{{route_path, ""}} : std::vector<Edit>{}};
  }
  const Vpc& there = deployment.vpcs[vpc];
  const Vpc& here = deployment.vpcs[table.vpc];
  const GatewaySpec* gateway = GatewayTo(context, table.vpc, vpc);
  if (gateway == nullptr) {
    return {fmt::format("a peering or CCN from VPC {} to VPC {}, and a route to {} through it in "
                        "route table {}",
                        here.name, there.name, ToString(there.cidr), table.id),
            {}};
  }
  Remedy remedy;
  remedy.fix = fmt::format("a route to {} through {} in route table {}", ToString(there.cidr),
                           gateway->name, table.id);
  const bool covers = blame.place.entry &&
                      table.routes[*blame.place.entry].destination.length() >= there.cidr.length();
  if (is_written && covers) {
    remedy.fix =
        fmt::format("{} as the next hop of the route to {} in route table {}", gateway->name,
                    ToString(table.routes[*blame.place.entry].destination), table.id);
    remedy.edits = {{route_path + "/via", fmt::format("\"{}\"", gateway->name)}};
  } else if (spec != nullptr) {
    remedy.edits = {{fmt::format("{}/{}", spec->path, spec->routes.size()),
                     RouteJson(there.cidr, gateway->name)}};
  } else if (table.vpc < context.written.vpcs.size()) {
    remedy.edits = {
        WholeTable(context.written.vpcs[table.vpc], RouteJson(there.cidr, gateway->name))};
  }
  return remedy;
}

}  // namespace vpcmirror
