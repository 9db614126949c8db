// Segmenter and RepairTruncated on any frame. The first two octets of the input, in network
// order, are the most bytes of a packet (and of what a truncation keeps), the next two by how
// much the frame was longer on the wire than its capture, which is the rest.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/wire/byte_order.h"
#include "models/wire/frame.h"
#include "models/wire/repair.h"
#include "models/wire/segment.h"
#include "tests/fuzz/require.h"

namespace vpcmirror {
namespace {

// RFC 1071 word by word with end-around carry, and none of the core's code.
class OnesComplement {
 public:
  void Add(std::span<const std::byte> octets) {
    for (std::size_t i = 0; i < octets.size(); i += 2) {
      const unsigned low = i + 1 < octets.size() ? std::to_integer<unsigned>(octets[i + 1]) : 0;
      Add(std::to_integer<unsigned>(octets[i]) << 8 | low);
    }
  }
  void Add(unsigned word) {
    sum_ += word;
    if (sum_ > 0xffff) sum_ -= 0xffff;
  }
  bool verifies() const { return sum_ == 0xffff; }

 private:
  unsigned sum_ = 0;
};

void CheckIpv4(std::span<const std::byte> header) {
  OnesComplement sum;
  sum.Add(header);
  Require(sum.verifies(), "the IPv4 checksum verifies");
}

bool HasChecksum(std::span<const std::byte> frame, const FrameInfo& info) {
  if (info.flow.protocol != kProtocolUdp || !info.flow.source.is_v4()) return true;
  return LoadBe16(&frame[info.transport_offset + 6u]) != 0;
}

// `end` is where the transport's data ends.
void CheckTransport(std::span<const std::byte> frame, const FrameInfo& info, std::size_t end) {
  if (!HasChecksum(frame, info)) return;
  const auto transport = frame.first(end).subspan(info.transport_offset);
  OnesComplement sum;
  sum.Add(transport);
  if (info.flow.protocol != kProtocolIcmp) {
    sum.Add(info.flow.source.octets());
    sum.Add(info.flow.destination.octets());
    sum.Add(info.flow.protocol);
    sum.Add(static_cast<unsigned>(transport.size()));
  }
  Require(sum.verifies(), "the transport checksum verifies");
}

void CheckIpHeader(std::span<const std::byte> frame, const FrameInfo& info) {
  if (!info.flow.source.is_v4()) return;
  const std::size_t words = std::to_integer<unsigned>(frame[info.network_offset]) & 0x0f;
  CheckIpv4(frame.subspan(info.network_offset, words * 4));
}

void CheckSegment(const Segment& segment, std::span<const std::byte> captured,
                  const FrameInfo& whole, Bytes max_packet) {
  Require(segment.header_bytes <= segment.header.size(), "headers fit their array");
  std::vector<std::byte> frame(
      segment.header.begin(),
      segment.header.begin() + static_cast<std::ptrdiff_t>(segment.header_bytes));
  const auto offset = static_cast<std::size_t>(segment.payload_offset.count());
  const auto wanted = static_cast<std::size_t>(segment.payload.count());
  const auto behind = captured.subspan(std::min(offset, captured.size()));
  const auto payload = behind.first(std::min(wanted, behind.size()));
  frame.insert(frame.end(), payload.begin(), payload.end());
  const Bytes wire(static_cast<std::int64_t>(segment.header_bytes + wanted));
  const FrameInfo info = ParseFrame(frame, wire);
  Require(info.state == FrameState::kWhole, "a segment is a whole frame");
  Require(info.flow == whole.flow, "a segment is of its flow");
  Require(info.payload_offset == segment.header_bytes, "the payload follows the headers");
  Require(wire - Bytes(info.network_offset) <= max_packet, "a segment fits");
  CheckIpHeader(frame, info);
  if (payload.size() == wanted) CheckTransport(frame, info, frame.size());
}

void CheckSegments(std::span<const std::byte> captured, const FrameInfo& whole, Bytes max_packet) {
  Segmenter segmenter(captured, whole, max_packet);
  const std::size_t segments = segmenter.segments();
  Require(segmenter.possible() == (segments != 0), "what is possible has segments");
  Segment segment;
  std::size_t count = 0;
  Bytes next(whole.payload_offset);
  std::uint32_t sequence = 0;
  while (segmenter.Next(segment)) {
    Require(segment.payload_offset == next, "payloads follow one another");
    next += segment.payload;
    CheckSegment(segment, captured, whole, max_packet);
    if (whole.flow.protocol == kProtocolTcp) {
      const std::size_t tcp_bytes = std::size_t{whole.payload_offset} - whole.transport_offset;
      const std::byte* const tcp = &segment.header[segment.header_bytes - tcp_bytes];
      Require(count == 0 || LoadBe32(tcp + 4) == sequence, "sequence numbers are continuous");
      sequence = LoadBe32(tcp + 4) + static_cast<std::uint32_t>(segment.payload.count());
    }
    ++count;
  }
  Require(count == segments, "there are as many segments as it said");
  if (count == 0) return;
  Require(next <= whole.wire_length, "payloads lie inside the frame");
  Require(count == 1 || segment.payload > Bytes(0), "the last segment has payload");
}

void CheckRepair(std::span<const std::byte> captured, const FrameInfo& whole, std::size_t kept) {
  std::array<std::byte, kMaxRepairedHeaderBytes> header;
  const std::size_t replaced =
      RepairTruncated(captured, whole, Bytes(static_cast<std::int64_t>(kept)), header);
  if (replaced == 0) return;
  Require(replaced <= kept && replaced <= captured.size(), "only what is kept is replaced");
  const auto sent = captured.first(std::min(kept, captured.size()));
  std::vector<std::byte> frame(sent.begin(), sent.end());
  std::copy_n(header.begin(), replaced, frame.begin());
  const FrameInfo info = ParseFrame(frame, Bytes(static_cast<std::int64_t>(kept)));
  Require(info.fault == FrameFault::kNone || whole.is_fragment || whole.payload_offset == 0 ||
              whole.payload_offset > kept,
          "a repaired frame contradicts nothing");
  Require(info.flow == whole.flow || info.fault != FrameFault::kNone, "it is of its flow");
  CheckIpHeader(frame, info);
  if (frame.size() < kept || info.is_fragment || replaced != whole.payload_offset) return;
  const bool is_udp = info.flow.protocol == kProtocolUdp;
  const std::size_t at = info.transport_offset;
  CheckTransport(frame, info, is_udp ? at + LoadBe16(&frame[at + 4]) : frame.size());
}

void Check(std::span<const std::byte> captured, std::uint16_t size, std::uint16_t missing) {
  const FrameInfo info = ParseFrame(captured, Bytes(std::ssize(captured) + missing));
  CheckSegments(captured, info, Bytes(size));
  CheckRepair(captured, info, size);
}

}  // namespace
}  // namespace vpcmirror

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const auto input = std::as_bytes(std::span(data, size));
  vpcmirror::Check(input.subspan(4), vpcmirror::LoadBe16(&input[0]),
                   vpcmirror::LoadBe16(&input[2]));
  return 0;
}
