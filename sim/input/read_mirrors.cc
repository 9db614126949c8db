#include "sim/input/scenario_parts.h"

namespace vpcmirror::sim {
namespace {

ConditionSpec ReadCondition(const Cursor& at) {
  ConditionSpec spec;
  spec.path = at.path();
  if (const auto net = at.Get("SrcNet")) spec.condition.source = ReadPrefix(*net);
  if (const auto net = at.Get("DstNet")) spec.condition.destination = ReadPrefix(*net);
  spec.condition.protocol = ReadProtocol(at, "Protocol");
  if (const auto ports = at.Get("SrcPort")) {
    spec.condition.source_ports = ReadPorts(*ports).value_or(PortRange{});
  }
  if (const auto ports = at.Get("DstPort")) {
    spec.condition.destination_ports = ReadPorts(*ports).value_or(PortRange{});
  }
  return spec;
}

DirectionSet DirectionOf(const std::string& text) {
  if (text == "EGRESS") return DirectionSet::kEgress;
  return text == "INGRESS" ? DirectionSet::kIngress : DirectionSet::kAll;
}

TencentMirrorSpec ReadMirror(const Cursor& at) {
  TencentMirrorSpec mirror;
  mirror.path = at.path();
  mirror.vpc_id = ReadText(at, "VpcId");
  mirror.name = ReadText(at, "TrafficMirrorName");
  if (const auto state = ReadText(at, "State")) {
    mirror.state = At<MirrorState>{
        state->value == "STOPED" ? MirrorState::kStopped : MirrorState::kRunning, state->path};
  }
  if (const auto direction = ReadText(at, "Direction")) {
    mirror.direction = At<DirectionSet>{DirectionOf(direction->value), direction->path};
  }
  mirror.collector_sources = ReadTexts(at, "CollectorSrcs");
  mirror.nat_id = ReadText(at, "NatId");
  // The API's own answers write an absent gateway as an empty string.
  if (mirror.nat_id && mirror.nat_id->value.empty()) mirror.nat_id.reset();
  if (const auto filters = at.Get("CollectorNormalFilters")) {
    for (const Cursor& item : filters->Items()) mirror.conditions.push_back(ReadCondition(item));
  }
  if (const auto target = at.Get("CollectorTarget")) {
    mirror.target_ips = ReadTexts(*target, "TargetIps");
    if (const auto hash = ReadText(*target, "AlgHash")) {
      mirror.choice = At<ReceiverChoice>{
          hash->value == "FIVE_TUPLE_FLOW" ? ReceiverChoice::kByFlow : ReceiverChoice::kBySourceEni,
          hash->path};
    }
  }
  return mirror;
}

}  // namespace

std::vector<TencentMirrorSpec> ReadMirrors(const Cursor& mirrors) {
  std::vector<TencentMirrorSpec> all;
  for (const Cursor& item : mirrors.Items()) all.push_back(ReadMirror(item));
  return all;
}

}  // namespace vpcmirror::sim
