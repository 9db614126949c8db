#include "models/mirror/condition.h"

namespace vpcmirror {
namespace {

bool PortMatches(const PortRange& range, const FlowKey& flow, std::uint16_t port) {
  return flow.ports == Ports::kKnown ? range.Contains(port) : range.IsAny();
}

}  // namespace

Mismatch Condition::MismatchOf(const FlowKey& flow) const noexcept {
  if (family && *family != flow.source.family()) return Mismatch::kFamily;
  if (protocol && *protocol != flow.protocol) return Mismatch::kProtocol;
  if (source && !source->Contains(flow.source)) return Mismatch::kSource;
  if (destination && !destination->Contains(flow.destination)) return Mismatch::kDestination;
  if (!PortMatches(source_ports, flow, flow.source_port)) return Mismatch::kSourcePort;
  if (!PortMatches(destination_ports, flow, flow.destination_port)) {
    return Mismatch::kDestinationPort;
  }
  return Mismatch::kNone;
}

std::uint32_t FindFirst(std::span<const Condition> conditions, const FlowKey& flow) noexcept {
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    if (conditions[i].Matches(flow)) return static_cast<std::uint32_t>(i);
  }
  return kNoCondition;
}

std::string_view ToString(Mismatch mismatch) {
  switch (mismatch) {
    case Mismatch::kNone:
      return "none";
    case Mismatch::kFamily:
      return "address family";
    case Mismatch::kProtocol:
      return "protocol";
    case Mismatch::kSource:
      return "source";
    case Mismatch::kDestination:
      return "destination";
    case Mismatch::kSourcePort:
      return "source port";
    case Mismatch::kDestinationPort:
      return "destination port";
  }
  return "unknown";
}

}  // namespace vpcmirror
