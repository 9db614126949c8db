#include "models/ns3/raw_header.h"

#include <ns3/abort.h>

#include <algorithm>
#include <ostream>

namespace vpcmirror {

RawHeader::RawHeader(std::size_t size) : size_(size) {
  NS_ABORT_MSG_IF(size > kMaxBytes, "a header of " << size << " bytes");
  std::fill_n(bytes_.begin(), size, std::byte{0});
}

ns3::TypeId RawHeader::GetTypeId() {
  static const ns3::TypeId tid =
      ns3::TypeId("vpcmirror::RawHeader").SetParent<ns3::Header>().AddConstructor<RawHeader>();
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

void RawHeader::Print(std::ostream& os) const { os << size_ << " bytes of headers"; }

}  // namespace vpcmirror
