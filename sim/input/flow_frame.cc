#include "sim/input/flow_frame.h"

#include <algorithm>

#include "models/scenario/logged_traffic.h"
#include "models/scenario/observed_flows.h"

namespace vpcmirror::sim {

std::int64_t PacketsOf(const FlowRecord& record) {
  if (record.packets > 0) return record.packets;
  return std::max<std::int64_t>(1, record.bytes / kAssumedPacket);
}

FrameInfo FrameOf(const FlowRecord& record) {
  constexpr std::int64_t kLongestPacket = 65'535;  // RFC 791, 3.1: total length
  const std::int64_t packet =
      record.packets > 0
          ? std::clamp<std::int64_t>(record.bytes / record.packets, 1, kLongestPacket)
          : kAssumedPacket;
  const Bytes frame(packet + static_cast<std::int64_t>(kEthernetHeaderBytes));
  return FrameOfFlow(record.flow, frame);
}

Flux AmountOf(const FlowRecord& record) {
  const auto packets = static_cast<double>(PacketsOf(record));
  const double bytes =
      static_cast<double>(record.bytes) + packets * static_cast<double>(kEthernetHeaderBytes);
  return {bytes * kBitsPerByte, packets};
}

}  // namespace vpcmirror::sim
