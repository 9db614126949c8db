#include "analysis/plan/levers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "models/scenario/mirror_variants.h"
#include "models/scenario/observed_flows.h"

namespace vpcmirror {
namespace {

bool Watches(const PlacedMirror& mirror, const Endpoint& end) {
  return end.eni && std::binary_search(mirror.sources.begin(), mirror.sources.end(), *end.eni);
}

// By service port, what the mirror's sources send and receive, as often as they do.
std::map<std::uint16_t, double> TrafficByPort(const ValidScenario& scenario,
                                              const PlacedMirror& mirror) {
  std::map<std::uint16_t, double> by_port;
  const auto watches = [&](std::size_t eni) {
    return std::binary_search(mirror.sources.begin(), mirror.sources.end(), eni);
  };
  for (const Workload& workload : scenario.workloads) {
    double& bits = by_port[workload.server_port];
    for (const Stream& stream : workload.streams) {
      const int ends = Watches(mirror, stream.from) + Watches(mirror, stream.to);
      bits += ends * static_cast<double>(stream.rate.count());
    }
    for (const RequestStream& stream : workload.requests) {
      const int ends = Watches(mirror, stream.client) + Watches(mirror, stream.server);
      const Bytes both = stream.request + stream.response;
      bits += ends * stream.per_second * static_cast<double>(both.count()) * kBitsPerByte;
    }
    for (const ObservedFlow& flow : workload.observed) {
      if (!watches(flow.eni)) continue;
      by_port[ServicePortOf(flow.flow)] += flow.bits_per_second;
    }
  }
  std::erase_if(by_port, [](const auto& each) { return each.second <= 0; });
  return by_port;
}

std::optional<std::uint16_t> LargestPort(const std::map<std::uint16_t, double>& by_port) {
  if (by_port.size() < 2) return std::nullopt;
  return std::max_element(by_port.begin(), by_port.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

void AddDirections(const ValidScenario& scenario, std::size_t mirror, std::vector<Lever>& all) {
  const MirrorSettings& settings = scenario.mirrors[mirror].mirror->settings();
  if (settings.directions != DirectionSet::kAll) return;
  for (const Direction only : {Direction::kEgress, Direction::kIngress}) {
    all.push_back(
        {.kind = only == Direction::kEgress ? LeverKind::kOutboundOnly : LeverKind::kInboundOnly,
         .mirror = mirror,
         .mirror_id = settings.id,
         .make = [&scenario, mirror, only] { return WithDirection(scenario, mirror, only); }});
  }
}

void AddPort(const ValidScenario& scenario, std::size_t mirror, const FilterRules& rules,
             std::vector<Lever>& all) {
  const PlacedMirror& placed = scenario.mirrors[mirror];
  const auto port = LargestPort(TrafficByPort(scenario, placed));
  const bool has_ports = rules.model != FilterModel::kEverything && rules.has_ports;
  if (!port || !has_ports || !WithPortOnly(scenario, mirror, *port)) return;
  all.push_back(
      {.kind = LeverKind::kPortOnly,
       .mirror = mirror,
       .mirror_id = placed.mirror->settings().id,
       .port = *port,
       .make = [&scenario, mirror, port] { return *WithPortOnly(scenario, mirror, *port); }});
}

}  // namespace

std::string_view ToString(LeverKind kind) {
  switch (kind) {
    case LeverKind::kOutboundOnly:
      return "outbound_only";
    case LeverKind::kInboundOnly:
      return "inbound_only";
    case LeverKind::kPortOnly:
      return "port_only";
    case LeverKind::kTruncated:
      return "truncated";
  }
  return "";
}

std::vector<Lever> LeversOf(const ValidScenario& scenario) {
  std::vector<Lever> all;
  for (std::size_t i = 0; i < scenario.mirrors.size(); ++i) {
    const PlacedMirror& placed = scenario.mirrors[i];
    if (!placed.mirror || placed.sources.empty()) continue;
    const ProviderProfile& cloud =
        scenario.providers[scenario.deployment->vpcs[placed.vpc].provider];
    if (cloud.filter.directions != DirectionModel::kBoth) AddDirections(scenario, i, all);
    AddPort(scenario, i, cloud.rule_mode ? *cloud.rule_mode : cloud.filter, all);
    const LengthRule& length = cloud.packet_length;
    if (!length.least || *length.least > kShortCopy) continue;
    all.push_back({.kind = LeverKind::kTruncated,
                   .mirror = i,
                   .mirror_id = placed.mirror->settings().id,
                   .make = [&scenario, i] { return WithPacketLength(scenario, i, kShortCopy); }});
  }
  return all;
}

std::vector<Saving> SavingsOf(const Outline& now, const std::vector<Lever>& levers,
                              Trials& trials) {
  std::vector<Saving> savings;
  for (const Lever& lever : levers) {
    const Outline outline = OutlineOf(trials.Run(lever.make()));
    const BitsPerSecond saved = now.copies_wanted - outline.copies_wanted;
    if (saved > BitsPerSecond(0)) savings.push_back({lever, outline, saved});
  }
  std::stable_sort(savings.begin(), savings.end(),
                   [](const Saving& a, const Saving& b) { return a.saved > b.saved; });
  return savings;
}

}  // namespace vpcmirror
