#include "sim/cli/flow_log_coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "models/wire/frame.h"
#include "sim/input/flow_log.h"

namespace vpcmirror::sim {
namespace {

constexpr std::int64_t kUsualPacket = 500;  // bytes; only an MTU that drops looks at it

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};
using EnisById = std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>>;

EnisById IndexOf(const Deployment& deployment) {
  EnisById by_id;
  for (std::size_t i = 0; i < deployment.enis.size(); ++i) {
    by_id.emplace(deployment.enis[i].id, i);
  }
  return by_id;
}

bool Has(const Eni& eni, const IpAddress& address) {
  return std::find(eni.addresses.begin(), eni.addresses.end(), address) != eni.addresses.end();
}

std::optional<Direction> DirectionOf(const Eni& eni, const FlowRecord& record) {
  const bool is_source = Has(eni, record.flow.source);
  const bool is_destination = Has(eni, record.flow.destination);
  if (is_source != is_destination) {
    return is_source ? Direction::kEgress : Direction::kIngress;
  }
  if (record.direction) return record.direction;
  return is_source ? std::optional(Direction::kEgress) : std::nullopt;
}

// An Ethernet frame of the record's mean packet.
FrameInfo FrameOf(const FlowRecord& record) {
  constexpr std::int64_t kLongestPacket = 65'535;  // RFC 791, 3.1: total length
  const std::int64_t packet =
      record.packets > 0
          ? std::clamp<std::int64_t>(record.bytes / record.packets, 1, kLongestPacket)
          : kUsualPacket;
  const Bytes frame(packet + static_cast<std::int64_t>(kEthernetHeaderBytes));
  return {.has_flow = true,
          .ether_type = record.flow.source.is_v4() ? kEtherTypeIpv4 : kEtherTypeIpv6,
          .network_offset = kEthernetHeaderBytes,
          .flow = record.flow,
          .captured = frame,
          .wire_length = frame};
}

void TellUnknown(std::string_view id, FlowLogTally& tally) {
  ++tally.unknown;
  auto& told = tally.unknown_interfaces;
  if (told.size() >= FlowLogTally::kMostToldInterfaces) return;
  if (std::find(told.begin(), told.end(), id) == told.end()) told.emplace_back(id);
}

}  // namespace

FlowLogTally AddFlowLog(const std::string& file, const ValidScenario& scenario,
                        CoverageCount& count) {
  const Deployment& deployment = *scenario.deployment;
  const EnisById enis = IndexOf(deployment);
  FlowLogTally tally{.file = file};
  FlowLog log(file);
  FlowRecord record;
  while (log.Next(record)) {
    ++tally.records;
    if (record.kind == FlowRecord::Kind::kRejected) ++tally.rejected;
    if (record.kind == FlowRecord::Kind::kNoData) ++tally.no_data;
    if (record.kind == FlowRecord::Kind::kSkipped) ++tally.skipped;
    if (record.kind != FlowRecord::Kind::kTraffic) continue;
    const auto found = enis.find(record.interface_id);
    if (found == enis.end()) {
      TellUnknown(record.interface_id, tally);
      continue;
    }
    const auto direction = DirectionOf(deployment.enis[found->second], record);
    if (!direction) {
      ++tally.elsewhere;
      continue;
    }
    ++tally.observed;
    count.Add(found->second, *direction, FrameOf(record), static_cast<double>(record.bytes));
  }
  tally.bad_lines = log.bad_lines();
  for (const FlowLog::BadLine& each : log.told_lines()) {
    tally.told_lines.push_back(fmt::format("{}:{}: {}", file, each.line, each.message));
  }
  return tally;
}

}  // namespace vpcmirror::sim
