#include "analysis/check/witness.h"

#include <set>

#include "models/cloud/firewall.h"

namespace vpcmirror {
namespace {

bool CanBeBuilt(const FlowKey& flow) {
  return HasPorts(flow.protocol) ? flow.ports == Ports::kKnown
                                 : flow.ports == Ports::kNotInProtocol;
}

Condition OwnEnd(const IpPrefix& own, Direction direction) {
  Condition condition{.source_ports = {0, 65535}, .destination_ports = {0, 65535}};
  (direction == Direction::kIngress ? condition.destination : condition.source) = own;
  return condition;
}

FlowSet OfOwnAddress(const CheckContext& context, FlowSet flows, const WitnessQuestion& question) {
  FlowSet own;
  for (const IpAddress& address : context.deployment().enis[question.eni].addresses) {
    own.Unite(FlowSet(OwnEnd(IpPrefix(address, address.is_v4() ? 32 : 128), question.direction)));
  }
  flows.Intersect(own);
  return flows;
}

}  // namespace

std::optional<Witness> Observe(const CheckContext& context, const WitnessQuestion& question,
                               const FlowKey& flow) {
  if (!CanBeBuilt(flow)) return std::nullopt;
  const FrameInfo info = WitnessFrame(flow);
  const auto& watching = context.watching[question.eni];
  const MirrorTap tap = MakeTap(context.valid, question.eni, watching);
  Firewall firewall(context.deployment(), question.eni);
  NextHop next_hop;
  if (question.direction == Direction::kEgress) {
    next_hop = context.valid.topology->Lookup(question.eni, flow.destination).next_hop;
  }
  const bool admitted =
      firewall.is_open() || firewall.Admit(flow, question.direction) == Admission::kAdmitted;
  const Decision decision = tap.OnFrame(
      {.info = info, .direction = question.direction, .admitted = admitted, .next_hop = next_hop});
  for (const Outcome& outcome : decision.outcomes()) {
    if (watching[tap.given_position(outcome.session)] != question.mirror) continue;
    return Witness{.eni = context.deployment().enis[question.eni].id,
                   .direction = question.direction,
                   .flow = flow,
                   .frame = info.wire_length,
                   .is_mirrored = outcome.refusal == Refusal::kNone};
  }
  return std::nullopt;
}

std::optional<Witness> FindWitness(const CheckContext& context, const WitnessQuestion& question,
                                   const FlowSet& flows, bool is_mirrored) {
  constexpr std::uint64_t kTurns = 4;  // others than the likeliest flow
  for (const FlowSet& among : {OfOwnAddress(context, flows, question), flows}) {
    for (std::uint64_t turn = 0; turn < kTurns; ++turn) {
      const auto flow = among.PickWitness(turn);
      if (!flow) break;
      auto witness = Observe(context, question, *flow);
      if (witness && witness->is_mirrored == is_mirrored) return witness;
    }
  }
  return std::nullopt;
}

FlowSet OfOwnSubnets(const CheckContext& context, FlowSet flows,
                     const std::vector<std::size_t>& enis, Direction direction) {
  std::set<std::size_t> subnets;
  for (const std::size_t eni : enis) subnets.insert(context.deployment().enis[eni].subnet);
  FlowSet own;
  for (const std::size_t subnet : subnets) {
    own.Unite(FlowSet(OwnEnd(context.deployment().subnets[subnet].cidr, direction)));
  }
  flows.Intersect(own);
  return flows;
}

}  // namespace vpcmirror
