#include "models/wire/outer_fragments.h"

#include <algorithm>
#include <cstring>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/flow_key.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kOffsetUnit = 8;  // RFC 791, 3.1 and RFC 8200, 4.5
constexpr std::uint16_t kMoreFragments = 0x2000;
constexpr std::uint8_t kFragmentHeader = 44;  // IANA: "Fragment Header for IPv6"

bool CarriesTunnel(std::byte protocol) {
  return protocol == std::byte{kProtocolUdp} || protocol == std::byte{kProtocolGre};
}

// The bytes of the IP header that WriteHeaders makes; 0 for any other.
std::size_t IpHeaderBytes(std::span<const std::byte> outer) {
  if (outer.size() > kMaxOuterHeaderBytes) return 0;
  if (outer.size() > kIpv4HeaderBytes && outer[0] == std::byte{0x45}) {
    return CarriesTunnel(outer[kIpv4ProtocolAt]) ? kIpv4HeaderBytes : 0;
  }
  if (outer.size() > kIpv6FixedBytes && (outer[0] >> 4) == std::byte{6}) {
    return CarriesTunnel(outer[kIpv6NextHeaderAt]) ? kIpv6FixedBytes : 0;
  }
  return 0;
}

}  // namespace

OuterFragments::OuterFragments(std::span<const std::byte> outer, Bytes carried, Bytes mtu,
                               std::uint32_t identification) noexcept
    : outer_(outer), identification_(identification), ip_bytes_(IpHeaderBytes(outer)) {
  if (ip_bytes_ == 0 || carried < Bytes(0) || mtu < Bytes(0)) return;
  is_ipv4_ = ip_bytes_ == kIpv4HeaderBytes;
  behind_ = outer.size() - ip_bytes_ + static_cast<std::size_t>(carried.count());
  const std::size_t told = is_ipv4_ ? std::size_t{LoadBe16(&outer[kIpv4LengthAt])} - ip_bytes_
                                    : LoadBe16(&outer[kIpv6LengthAt]);
  if (told != behind_) return;
  const auto room = static_cast<std::size_t>(mtu.count());
  fits_ = ip_bytes_ + behind_ <= room;
  if (!fits_) {
    if (room < FragmentHeaderBytes() + kOffsetUnit) return;
    room_ = room - FragmentHeaderBytes();
  }
  possible_ = true;
}

std::size_t OuterFragments::FragmentHeaderBytes() const {
  return ip_bytes_ + (is_ipv4_ ? 0 : kIpv6FragmentHeaderBytes);
}

std::size_t OuterFragments::NextBytes() const {
  const std::size_t left = behind_ - next_;
  return fits_ || left <= room_ ? left : room_ / kOffsetUnit * kOffsetUnit;
}

bool OuterFragments::Next(OuterFragment& out) noexcept {
  if (!possible_ || next_ == behind_) return false;
  const std::size_t bytes = NextBytes();
  std::memcpy(out.header.data(), outer_.data(), ip_bytes_);
  out.header_bytes = ip_bytes_;
  if (!fits_) {
    const bool is_last = next_ + bytes == behind_;
    is_ipv4_ ? WriteIpv4(out, bytes, is_last) : WriteIpv6(out, bytes, is_last);
  }
  AddSlice(out, bytes);
  next_ += bytes;
  return true;
}

void OuterFragments::WriteIpv4(OuterFragment& out, std::size_t bytes, bool is_last) const noexcept {
  std::byte* const ip = out.header.data();
  const auto offset = static_cast<std::uint16_t>(next_ / kOffsetUnit);
  StoreBe16(ip + kIpv4LengthAt, static_cast<std::uint16_t>(ip_bytes_ + bytes));
  StoreBe16(ip + kIpv4IdentificationAt, static_cast<std::uint16_t>(identification_));
  StoreBe16(ip + kIpv4FlagsAt,
            is_last ? offset : static_cast<std::uint16_t>(offset | kMoreFragments));
  StoreBe16(ip + kIpv4ChecksumAt, 0);
  StoreBe16(ip + kIpv4ChecksumAt, FoldChecksum(SumWords({ip, ip_bytes_})));
}

void OuterFragments::WriteIpv6(OuterFragment& out, std::size_t bytes, bool is_last) const noexcept {
  std::byte* const ip = out.header.data();
  std::byte* const fragment = ip + kIpv6FixedBytes;
  fragment[0] = ip[kIpv6NextHeaderAt];
  fragment[1] = std::byte{0};
  // The offset in units of 8 bytes, three bits up: the offset itself.
  StoreBe16(fragment + 2, static_cast<std::uint16_t>(next_ + (is_last ? 0 : 1)));
  StoreBe32(fragment + 4, identification_);
  ip[kIpv6NextHeaderAt] = std::byte{kFragmentHeader};
  StoreBe16(ip + kIpv6LengthAt, static_cast<std::uint16_t>(kIpv6FragmentHeaderBytes + bytes));
  out.header_bytes += kIpv6FragmentHeaderBytes;
}

// The slice of `bytes` from next_ on, of which the tunnel's headers are the beginning.
void OuterFragments::AddSlice(OuterFragment& out, std::size_t bytes) const noexcept {
  const std::size_t tunnel_bytes = outer_.size() - ip_bytes_;
  const std::size_t of_tunnel = next_ < tunnel_bytes ? std::min(bytes, tunnel_bytes - next_) : 0;
  if (of_tunnel != 0) {
    std::memcpy(&out.header[out.header_bytes], &outer_[ip_bytes_ + next_], of_tunnel);
    out.header_bytes += of_tunnel;
  }
  out.carried_offset =
      Bytes(static_cast<std::int64_t>(std::max(next_ + of_tunnel, tunnel_bytes) - tunnel_bytes));
  out.carried = Bytes(static_cast<std::int64_t>(bytes - of_tunnel));
}

}  // namespace vpcmirror
