#include "models/wire/decapsulate.h"

#include <algorithm>

#include "models/wire/byte_order.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kTunnelHeaderBytes = 8;      // VXLAN; Geneve without options
constexpr std::uint8_t kVxlanHasVni = 0x08;        // RFC 7348, 5: flag I
constexpr std::uint8_t kGeneveVersionMask = 0xc0;  // RFC 8926, 3.4
constexpr std::uint8_t kGeneveOptionWordsMask = 0x3f;
constexpr std::uint8_t kGeneveControl = 0x80;        // flag O
constexpr std::uint16_t kIpv4FragmentMask = 0x3fff;  // RFC 791, 3.1: MF and offset

constexpr std::uint16_t kGreHasChecksum = 0x8000;  // RFC 2784, 2.1
constexpr std::uint16_t kGreHasKey = 0x2000;       // RFC 2890, 2
constexpr std::uint16_t kGreHasSequence = 0x1000;
// RFC 2784, 2.3: a receiver that does not do RFC 1701 discards a packet with any of bits 1, 4
// and 5; 2.1: version 0.
constexpr std::uint16_t kGreRefused = 0x4c07;

// draft-foschiano-erspan-03, 4.2 and 4.3.
constexpr std::size_t kErspan2Bytes = 8;
constexpr std::size_t kErspan3Bytes = 12;
constexpr std::size_t kErspanSubheaderBytes = 8;
constexpr std::uint16_t kErspanVlanMask = 0x0fff;
constexpr std::uint16_t kErspanTruncated = 0x0400;
constexpr std::uint16_t kErspan3FrameTypeMask = 0x7c00;  // 0: Ethernet
constexpr std::uint16_t kErspan3HasSubheader = 0x0001;

// Walks one packet from the outside in. As in FrameReader, `end_` is where the
// packet, later the datagram in it, says that it ends.
class CopyReader {
 public:
  CopyReader(std::span<const std::byte> packet, Bytes wire_length,
             const TunnelExpectation& expected) noexcept
      : packet_(packet),
        expected_(expected),
        end_(std::max(packet.size(),
                      static_cast<std::size_t>(std::max<std::int64_t>(wire_length.count(), 0)))) {}

  std::optional<TunnelCopy> Read() noexcept {
    if (!ReadIp()) return std::nullopt;
    copy_.carried_offset = at_;
    copy_.carried = Bytes(static_cast<std::int64_t>(end_ - at_));
    return copy_;
  }

 private:
  bool Has(std::size_t bytes) const { return at_ + bytes <= std::min(end_, packet_.size()); }
  std::uint8_t Octet(std::size_t offset) const {
    return std::to_integer<std::uint8_t>(packet_[at_ + offset]);
  }
  std::uint16_t Half(std::size_t offset) const { return LoadBe16(&packet_[at_ + offset]); }
  std::uint32_t Word(std::size_t offset) const { return LoadBe32(&packet_[at_ + offset]); }

  // Each reads the header at at_ and what follows it, and leaves at_ at what is carried.
  bool ReadIp() noexcept;
  bool ReadIpv4() noexcept;
  bool ReadIpv6() noexcept;
  bool ReadTransport(std::uint8_t protocol) noexcept;
  bool ReadUdp() noexcept;
  bool ReadVxlan() noexcept;
  bool ReadGeneve() noexcept;
  bool ReadGre() noexcept;
  bool ReadGreFields(std::uint16_t flags) noexcept;
  bool ReadGrePayload(std::uint16_t flags, std::uint16_t protocol) noexcept;
  bool ReadErspan2() noexcept;
  bool ReadErspan3() noexcept;
  void ReadErspanWord() noexcept;
  bool SetCarriedProtocol(std::uint16_t protocol) noexcept;

  std::span<const std::byte> packet_;
  const TunnelExpectation& expected_;
  std::size_t end_;
  std::size_t at_ = 0;
  TunnelCopy copy_;
};

bool CopyReader::ReadIp() noexcept {
  if (!Has(1)) return false;
  return Octet(0) >> 4 == 4 ? ReadIpv4() : Octet(0) >> 4 == 6 && ReadIpv6();
}

bool CopyReader::ReadIpv4() noexcept {
  if (!Has(kIpv4HeaderBytes)) return false;
  const std::size_t header_bytes = std::size_t{4} * (Octet(0) & 0x0fu);
  const std::size_t total_bytes = Half(kIpv4LengthAt);
  if (header_bytes < kIpv4HeaderBytes || total_bytes < header_bytes || total_bytes > end_) {
    return false;
  }
  if ((Half(kIpv4FlagsAt) & kIpv4FragmentMask) != 0) return false;
  copy_.source = IpAddress::V4(Word(kIpv4SourceAt));
  copy_.destination = IpAddress::V4(Word(kIpv4DestinationAt));
  const std::uint8_t protocol = Octet(kIpv4ProtocolAt);
  end_ = total_bytes;
  at_ = header_bytes;
  return ReadTransport(protocol);
}

bool CopyReader::ReadIpv6() noexcept {
  if (!Has(kIpv6FixedBytes)) return false;
  const std::size_t total_bytes = kIpv6FixedBytes + Half(kIpv6LengthAt);
  if (total_bytes > end_) return false;
  copy_.source = IpAddress::V6(packet_.subspan(kIpv6SourceAt).first<16>());
  copy_.destination = IpAddress::V6(packet_.subspan(kIpv6DestinationAt).first<16>());
  const std::uint8_t protocol = Octet(kIpv6NextHeaderAt);
  end_ = total_bytes;
  at_ = kIpv6FixedBytes;
  return ReadTransport(protocol);
}

bool CopyReader::ReadTransport(std::uint8_t protocol) noexcept {
  if (protocol == kProtocolUdp) return ReadUdp();
  return protocol == kProtocolGre && ReadGre();
}

bool CopyReader::ReadUdp() noexcept {
  if (!Has(kUdpHeaderBytes)) return false;
  const std::size_t length = Half(kUdpLengthAt);
  if (length < kUdpHeaderBytes || at_ + length > end_) return false;
  copy_.source_port = Half(0);
  const std::uint16_t port = Half(kUdpDestinationAt);
  end_ = at_ + length;
  at_ += kUdpHeaderBytes;
  if (!Has(kTunnelHeaderBytes)) return false;
  if (port == expected_.vxlan_port) return ReadVxlan();
  return port == expected_.geneve_port && ReadGeneve();
}

bool CopyReader::ReadVxlan() noexcept {
  if ((Octet(0) & kVxlanHasVni) == 0) return false;
  copy_.kind = EncapsulationKind::kVxlan;
  copy_.vni = Word(4) >> 8;
  at_ += kTunnelHeaderBytes;
  return true;
}

bool CopyReader::ReadGeneve() noexcept {
  if ((Octet(0) & kGeneveVersionMask) != 0 || (Octet(1) & kGeneveControl) != 0) return false;
  const std::size_t option_bytes = std::size_t{4} * (Octet(0) & kGeneveOptionWordsMask);
  if (!Has(kTunnelHeaderBytes + option_bytes)) return false;
  copy_.kind = EncapsulationKind::kGeneve;
  copy_.vni = Word(4) >> 8;
  copy_.geneve_option_bytes = option_bytes;
  const std::uint16_t protocol = Half(2);
  at_ += kTunnelHeaderBytes + option_bytes;
  return SetCarriedProtocol(protocol);
}

bool CopyReader::SetCarriedProtocol(std::uint16_t protocol) noexcept {
  if (protocol == kGreProtocolEthernet) return true;
  copy_.inner_ether_type = protocol;
  return protocol == kEtherTypeIpv4 || protocol == kEtherTypeIpv6;
}

bool CopyReader::ReadGre() noexcept {
  if (!Has(kGreHeaderBytes)) return false;
  const std::uint16_t flags = Half(0);
  const std::uint16_t protocol = Half(kGreProtocolAt);
  at_ += kGreHeaderBytes;
  return (flags & kGreRefused) == 0 && ReadGreFields(flags) && ReadGrePayload(flags, protocol);
}

bool CopyReader::ReadGreFields(std::uint16_t flags) noexcept {
  constexpr std::size_t kFieldBytes = 4;
  for (const std::uint16_t flag : {kGreHasChecksum, kGreHasKey, kGreHasSequence}) {
    if ((flags & flag) == 0) continue;
    if (!Has(kFieldBytes)) return false;
    if (flag == kGreHasKey) copy_.key = Word(0);
    if (flag == kGreHasSequence) copy_.sequence = Word(0);
    at_ += kFieldBytes;
  }
  return true;
}

bool CopyReader::ReadGrePayload(std::uint16_t flags, std::uint16_t protocol) noexcept {
  if (protocol == kGreProtocolErspan3) return copy_.sequence && ReadErspan3();
  if (protocol == kGreProtocolErspan2) {
    if (copy_.sequence) return ReadErspan2();
    copy_.kind = EncapsulationKind::kErspan1;
    return true;
  }
  const bool is_ethernet = protocol == kGreProtocolEthernet;
  if (is_ethernet && expected_.keyed_ethernet_is_nvgre && flags == kGreHasKey) {
    copy_.kind = EncapsulationKind::kNvgre;
    copy_.vni = *copy_.key >> 8;
    copy_.flow_id = static_cast<std::uint8_t>(*copy_.key);
    copy_.key.reset();
    return true;
  }
  copy_.kind = is_ethernet ? EncapsulationKind::kGreEthernet : EncapsulationKind::kGreIp;
  return SetCarriedProtocol(protocol);
}

void CopyReader::ReadErspanWord() noexcept {
  copy_.vlan_id = Half(0) & kErspanVlanMask;
  copy_.truncated = (Half(2) & kErspanTruncated) != 0;
  copy_.erspan_session = Half(2) & kErspanSessionMax;
}

bool CopyReader::ReadErspan2() noexcept {
  if (!Has(kErspan2Bytes) || Octet(0) >> 4 != 1) return false;
  copy_.kind = EncapsulationKind::kErspan2;
  ReadErspanWord();
  at_ += kErspan2Bytes;
  return true;
}

bool CopyReader::ReadErspan3() noexcept {
  if (!Has(kErspan3Bytes) || Octet(0) >> 4 != 2) return false;
  const std::uint16_t flags = Half(10);
  if ((flags & kErspan3FrameTypeMask) != 0) return false;
  const std::size_t bytes =
      kErspan3Bytes + ((flags & kErspan3HasSubheader) != 0 ? kErspanSubheaderBytes : 0);
  if (!Has(bytes)) return false;
  copy_.kind = EncapsulationKind::kErspan3;
  copy_.timestamp = Word(4);
  ReadErspanWord();
  at_ += bytes;
  return true;
}

}  // namespace

std::optional<TunnelCopy> Decapsulate(std::span<const std::byte> packet, Bytes wire_length,
                                      const TunnelExpectation& expected) noexcept {
  return CopyReader(packet, wire_length, expected).Read();
}

}  // namespace vpcmirror
