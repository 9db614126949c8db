#include "models/scenario/observed_flows.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

#include "models/scenario/passing_traffic.h"

namespace vpcmirror {
namespace {

// What mirrors make of frames, but for the bytes that they keep.
struct Treatment {
  std::uint32_t session = 0;
  Refusal refusal = Refusal::kNone;
  std::uint32_t receiver = 0;
  MtuAction mtu_action = MtuAction::kWhole;

  friend auto operator<=>(const Treatment&, const Treatment&) = default;
};

struct FlowKind {
  std::size_t eni = 0;
  Direction direction = Direction::kIngress;
  std::uint8_t protocol = 0;
  std::uint16_t port = 0;
  std::vector<Treatment> treatments;

  friend auto operator<=>(const FlowKind&, const FlowKind&) = default;
};

FlowKind KindOf(const ObservedFlow& flow, PassingTraffic& taps) {
  FlowKind kind{.eni = flow.eni,
                .direction = flow.direction,
                .protocol = flow.flow.protocol,
                .port = ServicePortOf(flow.flow),
                .treatments = {}};
  const Decision decision = taps.Judge({flow.eni, flow.direction, MeanFrameOf(flow)});
  for (const Outcome& each : decision.outcomes()) {
    Treatment treatment{.session = each.session, .refusal = each.refusal};
    if (each.refusal == Refusal::kNone) {
      treatment.receiver = each.plan.receiver;
      treatment.mtu_action = each.plan.mtu_action;
    }
    kind.treatments.push_back(treatment);
  }
  return kind;
}

// The most bits first; of equals in the order of ENIs and flows, so that the answer is always one.
bool IsLarger(const ObservedFlow& a, const ObservedFlow& b) {
  if (a.bits_per_second != b.bits_per_second) return a.bits_per_second > b.bits_per_second;
  return std::tie(a.eni, a.direction, a.flow) < std::tie(b.eni, b.direction, b.flow);
}

// Flows of one kind, the largest first.
void Gather(const std::vector<ObservedFlow>& of_kind, std::size_t most,
            std::vector<ObservedFlow>& few) {
  const std::size_t first = few.size();
  for (std::size_t i = 0; i < of_kind.size(); ++i) {
    if (i < most) {
      few.push_back(of_kind[i]);
      continue;
    }
    ObservedFlow& into = few[first + i % most];
    into.bits_per_second += of_kind[i].bits_per_second;
    into.frames_per_second += of_kind[i].frames_per_second;
  }
}

}  // namespace

FrameInfo FrameOfFlow(const FlowKey& flow, Bytes frame) {
  return {.has_flow = true,
          .ether_type = flow.source.is_v4() ? kEtherTypeIpv4 : kEtherTypeIpv6,
          .network_offset = kEthernetHeaderBytes,
          .flow = flow,
          .captured = frame,
          .wire_length = frame};
}

FrameInfo MeanFrameOf(const ObservedFlow& flow) {
  constexpr double kBits = 8;
  constexpr double kRounding = 1e-9;  // of a quotient of sums that is a whole number of bytes
  const double bytes = flow.bits_per_second / kBits / flow.frames_per_second;
  return FrameOfFlow(flow.flow, Bytes(static_cast<std::int64_t>(bytes * (1 + kRounding))));
}

std::uint16_t ServicePortOf(const FlowKey& flow) {
  return std::min(flow.source_port, flow.destination_port);
}

std::vector<ObservedFlow> Fewer(std::vector<ObservedFlow> flows, const ValidScenario& scenario,
                                const FewerFlows& limits) {
  if (flows.size() <= limits.alone) return flows;
  std::sort(flows.begin(), flows.end(), IsLarger);
  PassingTraffic taps(scenario);
  std::map<FlowKind, std::vector<ObservedFlow>> kinds;
  for (std::size_t i = limits.alone; i < flows.size(); ++i) {
    kinds[KindOf(flows[i], taps)].push_back(flows[i]);
  }
  flows.resize(limits.alone);
  const std::size_t of_each = std::max<std::size_t>(1, limits.together / kinds.size());
  for (const auto& [kind, of_kind] : kinds) Gather(of_kind, of_each, flows);
  return flows;
}

void ReplaceWorkloads(std::vector<ObservedFlow> flows, ValidScenario& scenario) {
  scenario.workloads.clear();
  Workload workload{.name = "flow-log", .flows = 1, .sizes = {{.frame = kShortestFrame}}};
  workload.stop = scenario.duration;
  workload.observed = std::move(flows);
  scenario.workloads.push_back(std::move(workload));
}

}  // namespace vpcmirror
