#include "tests/bench/ratios/tuples.h"

#include <algorithm>
#include <array>
#include <span>

#include "tests/bench/ratios/draw.h"

namespace vpcmirror::ratios {
namespace {

// The names of the fields are the distribution: shares in percent.
constexpr std::uint32_t kAnySource = 15;
constexpr std::uint32_t kAnyDestination = 5;
constexpr std::uint32_t kHighSourcePorts = 8;
constexpr std::uint32_t kUniformTuples = 10;
constexpr std::size_t kRulesPerSite = 8;

constexpr std::array<std::uint16_t, 16> kServices = {
    22, 25, 53, 80, 123, 443, 445, 993, 1433, 3306, 3389, 5432, 6379, 8080, 8443, 9092};

int DrawLength(Draw& draw, std::uint32_t any_percent) {
  if (draw.Percent(any_percent)) return 0;
  const std::uint32_t share = draw.Below(100);
  if (share < 5) return static_cast<int>(draw.Between(8, 15));
  if (share < 20) return 16;
  if (share < 35) return static_cast<int>(draw.Between(17, 23));
  if (share < 60) return 24;
  if (share < 70) return static_cast<int>(draw.Between(25, 31));
  return 32;
}

PortRange DrawDestinationPorts(Draw& draw) {
  const std::uint32_t share = draw.Below(100);
  const auto single = [](std::uint32_t port) {
    return PortRange{static_cast<std::uint16_t>(port), static_cast<std::uint16_t>(port)};
  };
  if (share < 50) return single(kServices[draw.Below(kServices.size())]);
  if (share < 60) return single(draw.Below(65536));
  if (share < 75) return {1024, 65535};
  if (share < 85) {
    const std::uint32_t first = draw.Below(60000);
    return {static_cast<std::uint16_t>(first),
            static_cast<std::uint16_t>(first + draw.Below(5000))};
  }
  return {0, 65535};
}

std::optional<std::uint8_t> DrawProtocol(Draw& draw) {
  const std::uint32_t share = draw.Below(100);
  if (share < 60) return kProtocolTcp;
  if (share < 88) return kProtocolUdp;
  return std::nullopt;
}

std::uint8_t DrawTcpOrUdp(Draw& draw) { return draw.Percent(50) ? kProtocolTcp : kProtocolUdp; }

std::uint32_t Bits32(Draw& draw) { return static_cast<std::uint32_t>(draw.Bits() >> 32); }

// An address inside a /20 of one of the sites.
std::uint32_t DrawAddress(Draw& draw, std::span<const std::uint32_t> sites) {
  const std::uint32_t site = sites[draw.Below(static_cast<std::uint32_t>(sites.size()))];
  return site ^ draw.Below(1 << 12);
}

std::uint16_t DrawPort(Draw& draw, const PortRange& range) {
  return static_cast<std::uint16_t>(draw.Between(range.first, range.last));
}

}  // namespace

std::vector<TupleRule> DrawRules(std::size_t count, std::uint64_t seed) {
  Draw draw(seed);
  std::vector<std::uint32_t> sites(std::max<std::size_t>(4, count / kRulesPerSite));
  for (std::uint32_t& site : sites) site = Bits32(draw);
  std::vector<TupleRule> rules(count);
  for (TupleRule& rule : rules) {
    rule.source_length = DrawLength(draw, kAnySource);
    rule.destination_length = DrawLength(draw, kAnyDestination);
    rule.source = DrawAddress(draw, sites) & PrefixMask(rule.source_length);
    rule.destination = DrawAddress(draw, sites) & PrefixMask(rule.destination_length);
    if (draw.Percent(kHighSourcePorts)) rule.source_ports.first = 1024;
    rule.destination_ports = DrawDestinationPorts(draw);
    rule.protocol = DrawProtocol(draw);
  }
  return rules;
}

std::vector<Tuple> DrawTuples(const std::vector<TupleRule>& rules, std::size_t count,
                              std::uint64_t seed) {
  Draw draw(seed);
  std::vector<Tuple> tuples(count);
  const TupleRule anything;
  for (Tuple& tuple : tuples) {
    const bool uniform = draw.Percent(kUniformTuples);
    const TupleRule& rule =
        uniform ? anything : rules[draw.Below(static_cast<std::uint32_t>(rules.size()))];
    tuple.source = rule.source | (Bits32(draw) & ~PrefixMask(rule.source_length));
    tuple.destination = rule.destination | (Bits32(draw) & ~PrefixMask(rule.destination_length));
    tuple.source_port = DrawPort(draw, rule.source_ports);
    tuple.destination_port = DrawPort(draw, rule.destination_ports);
    tuple.protocol = rule.protocol ? *rule.protocol : DrawTcpOrUdp(draw);
  }
  return tuples;
}

std::vector<std::uint32_t> DrawZipf(std::size_t flows, std::size_t length, std::uint64_t seed) {
  std::vector<double> cumulated(flows);
  double sum = 0;
  for (std::size_t i = 0; i < flows; ++i) cumulated[i] = sum += 1.0 / static_cast<double>(i + 1);
  Draw draw(seed);
  std::vector<std::uint32_t> indices(length);
  for (std::uint32_t& index : indices) {
    const auto at = std::upper_bound(cumulated.begin(), cumulated.end() - 1, draw.Unit() * sum);
    index = static_cast<std::uint32_t>(at - cumulated.begin());
  }
  return indices;
}

std::vector<Condition> ConditionsOf(const std::vector<TupleRule>& rules) {
  const auto prefix = [](std::uint32_t address, int length) -> std::optional<IpPrefix> {
    if (length == 0) return std::nullopt;
    return IpPrefix(IpAddress::V4(address), length);
  };
  std::vector<Condition> conditions;
  conditions.reserve(rules.size());
  for (const TupleRule& rule : rules) {
    conditions.push_back({.source = prefix(rule.source, rule.source_length),
                          .destination = prefix(rule.destination, rule.destination_length),
                          .protocol = rule.protocol,
                          .source_ports = rule.source_ports,
                          .destination_ports = rule.destination_ports});
  }
  return conditions;
}

FlowKey FlowOf(const Tuple& tuple) {
  return {.source = IpAddress::V4(tuple.source),
          .destination = IpAddress::V4(tuple.destination),
          .source_port = tuple.source_port,
          .destination_port = tuple.destination_port,
          .protocol = tuple.protocol,
          .ports = Ports::kKnown};
}

std::vector<FlowKey> FlowsOf(const std::vector<Tuple>& tuples) {
  std::vector<FlowKey> flows;
  flows.reserve(tuples.size());
  for (const Tuple& tuple : tuples) flows.push_back(FlowOf(tuple));
  return flows;
}

}  // namespace vpcmirror::ratios
