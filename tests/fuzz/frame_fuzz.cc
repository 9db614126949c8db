// ParseFrame on any bytes. The first two octets of the input, in network order, are by how
// much the frame was longer on the wire than its capture, which is the rest.
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/wire/byte_order.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"
#include "models/wire/plain_frame.h"
#include "tests/fuzz/require.h"

namespace vpcmirror {
namespace {

void CheckOffsets(const FrameInfo& info, std::size_t captured) {
  Require(info.network_offset <= captured, "the network header lies inside the capture");
  Require(info.transport_offset <= captured, "the transport header lies inside the capture");
  Require(info.payload_offset <= captured, "the payload lies inside the capture");
  Require(info.transport_offset == 0 || info.transport_offset > info.network_offset,
          "the transport header lies behind the network header");
  Require(info.payload_offset == 0 || info.payload_offset > info.transport_offset,
          "the payload lies behind the transport header");
}

void CheckFlow(const FrameInfo& info, std::size_t captured) {
  if (info.flow.ports == Ports::kKnown) {
    Require(info.has_flow && info.transport_offset + std::size_t{4} <= captured,
            "known ports lie inside the capture");
  } else {
    Require(info.flow.source_port == 0 && info.flow.destination_port == 0,
            "ports that are not known are 0");
  }
  Require(FlowHash(info.flow, HashSymmetry::kSymmetric) ==
              FlowHash(Reversed(info.flow), HashSymmetry::kSymmetric),
          "both directions of a flow hash alike");
}

struct SameWords {
  const FrameInfo& info;

  bool operator()(const Ipv4FlowWords& words) const { return words == Ipv4FlowWordsOf(info.flow); }
  bool operator()(const WideFlowWords& words) const { return words == WideFlowWordsOf(info.flow); }
};

void CheckFrame(std::span<const std::byte> captured, Bytes wire_length) {
  const FrameInfo info = ParseFrame(captured, wire_length);
  Require(info == ParseFrameStepwise(captured, wire_length),
          "the short way says what the long way does");
  VisitPlainFrame(
      captured, wire_length,
      [&](const auto& plain) {
        Require(info.state == FrameState::kWhole && plain.wire_length() == info.wire_length,
                "a plain frame is whole");
        Require(SameWords{info}(plain.Words()), "its words are those of its flow");
      },
      [] {});
  CheckOffsets(info, captured.size());
  CheckFlow(info, captured.size());
  Require((info.state == FrameState::kMalformed) == (info.fault != FrameFault::kNone),
          "a frame has a fault exactly when it is malformed");
  Require(info.state != FrameState::kCutShort || info.wire_length > info.captured,
          "a capture that has the whole frame is not cut short");

  // A fault is the frame's own, so a capture half as long finds it, or nothing, not another.
  const FrameInfo half = ParseFrame(captured.first(captured.size() / 2), info.wire_length);
  Require(half.state != FrameState::kMalformed || half.fault == info.fault,
          "cutting the capture makes no fault");
}

}  // namespace
}  // namespace vpcmirror

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto input = std::as_bytes(std::span(data, size));
  const auto captured = input.subspan(2);
  const std::int64_t wire = std::ssize(captured) + vpcmirror::LoadBe16(input.data());
  vpcmirror::CheckFrame(captured, vpcmirror::Bytes(wire));
  return 0;
}
