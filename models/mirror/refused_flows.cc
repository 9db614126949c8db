#include "models/mirror/refused_flows.h"

#include <cstdint>
#include <vector>

namespace vpcmirror {
namespace {

// Every way in which `each` can hold, as conditions.
std::vector<Condition> WaysToMatch(const NeverMirrored& each) {
  Condition base{
      .protocol = each.protocol, .source_ports = {0, 65535}, .destination_ports = {0, 65535}};
  if (each.ether_type != 0) {
    const bool is_ip = each.ether_type == kEtherTypeIpv4 || each.ether_type == kEtherTypeIpv6;
    if (!is_ip) return {};
    base.family = each.ether_type == kEtherTypeIpv4 ? IpFamily::kV4 : IpFamily::kV6;
  }
  std::vector<Condition> by_address{base};
  if (each.service) {
    by_address.push_back(base);
    by_address[0].source = each.service;
    by_address[1].destination = each.service;
  }
  if (each.ports.empty()) return by_address;
  std::vector<Condition> ways;
  for (const Condition& condition : by_address) {
    for (const std::uint16_t port : each.ports) {
      Condition way = condition;
      way.source_ports = {port, port};
      if (!each.both_ports) {
        ways.push_back(way);
        way.source_ports = condition.source_ports;
        way.destination_ports = {port, port};
        ways.push_back(way);
        continue;
      }
      for (const std::uint16_t other : each.ports) {
        way.destination_ports = {other, other};
        ways.push_back(way);
      }
    }
  }
  return ways;
}

}  // namespace

FlowSet NeverMirroredFlows(const TapRules& rules) {
  FlowSet flows;
  for (const NeverMirrored& each : rules.never_mirrored) {
    for (const Condition& way : WaysToMatch(each)) flows.Unite(FlowSet(way));
  }
  flows.Simplify();
  return flows;
}

FlowSet MirrorPortFlows(const TapRules& rules) {
  // One after the other, thousands of receivers would be compared each with each.
  constexpr std::size_t kBatch = 64;
  const FlowSet without_ports = FlowSet::WithoutPorts();
  FlowSet flows;
  for (const MirrorPort& port : rules.mirror_ports) {
    const IpPrefix host(port.receiver, port.receiver.is_v4() ? 32 : 128);
    Condition condition{.destination = host, .protocol = port.protocol};
    FlowSet fragments(condition);
    fragments.Intersect(without_ports);
    flows.Unite(fragments);
    condition.source_ports = {0, 65535};
    condition.destination_ports = {port.port, port.port};
    flows.Unite(FlowSet(condition));
    if (flows.boxes().size() > kBatch) flows.Simplify();
  }
  flows.Simplify();
  return flows;
}

}  // namespace vpcmirror
