#include "models/ns3/raw_header.h"

#include <ns3/abort.h>

#include <algorithm>
#include <ostream>

namespace vpcmirror {

RawHeader::RawHeader(std::size_t size) : size_(size) {
  NS_ABORT_MSG_IF(size > kMaxBytes, "a header of " << size << " bytes");
  std::fill_n(bytes_.begin(), size, std::byte{0});
}

NS_OBJECT_ENSURE_REGISTERED(RawHeader);

ns3::TypeId RawHeader::GetTypeId() {
  static const ns3::TypeId tid = ns3::TypeId("vpcmirror::RawHeader")
                                     .SetParent<ns3::Header>()
                                     .SetGroupName("vpcmirror")
                                     .AddConstructor<RawHeader>();
  return tid;
}

ns3::TypeId RawHeader::GetInstanceTypeId() const { return GetTypeId(); }

std::uint32_t RawHeader::GetSerializedSize() const { return static_cast<std::uint32_t>(size_); }

void RawHeader::Serialize(ns3::Buffer::Iterator start) const {
  start.Write(reinterpret_cast<const std::uint8_t*>(bytes_.data()),
              static_cast<std::uint32_t>(size_));
}

std::uint32_t RawHeader::Deserialize(ns3::Buffer::Iterator start) {
  start.Read(reinterpret_cast<std::uint8_t*>(bytes_.data()), static_cast<std::uint32_t>(size_));
  return static_cast<std::uint32_t>(size_);
}

std::uint32_t RawHeader::Deserialize(ns3::Buffer::Iterator start, ns3::Buffer::Iterator end) {
  size_ = std::min<std::size_t>(end.GetDistanceFrom(start), kMaxBytes);
  return Deserialize(start);
}

void RawHeader::Print(std::ostream& os) const {
  // How long the frame behind them is, nobody says here: longer than any IP packet claims.
  constexpr Bytes kFrame(1 << 20);
  const FrameInfo frame = ParseFrame(bytes(), kFrame);
  if (frame.has_flow) {
    const FlowKey& flow = frame.flow;
    os << ToString(flow.source) << ':' << flow.source_port << " > " << ToString(flow.destination)
       << ':' << flow.destination_port << " protocol " << int{flow.protocol} << ", ";
  }
  os << size_ << " bytes";
}

}  // namespace vpcmirror
