// Where the fields of a header lie, counted from its first byte: VLAN tag (802.1Q), IPv4 (RFC 791),
// IPv6 (RFC 8200), UDP (RFC 768), TCP (RFC 9293), ICMP (RFC 792, 4443) and GRE
// (RFC 2784).
#pragma once

#include <cstddef>
#include <cstdint>

namespace vpcmirror {

inline constexpr std::size_t kVlanTagBytes = 4;
inline constexpr std::uint16_t kVlanIdMask = 0x0fff;

inline constexpr std::size_t kIpv4HeaderBytes = 20;  // without options
inline constexpr std::size_t kIpv4LengthAt = 2;
inline constexpr std::size_t kIpv4IdentificationAt = 4;
inline constexpr std::size_t kIpv4FlagsAt = 6;
inline constexpr std::size_t kIpv4TtlAt = 8;
inline constexpr std::size_t kIpv4ProtocolAt = 9;
inline constexpr std::size_t kIpv4ChecksumAt = 10;
inline constexpr std::size_t kIpv4SourceAt = 12;
inline constexpr std::size_t kIpv4DestinationAt = 16;

inline constexpr std::size_t kIpv6FixedBytes = 40;  // without extension headers
inline constexpr std::size_t kIpv6LengthAt = 4;
inline constexpr std::size_t kIpv6NextHeaderAt = 6;
inline constexpr std::size_t kIpv6HopLimitAt = 7;
inline constexpr std::size_t kIpv6SourceAt = 8;
inline constexpr std::size_t kIpv6DestinationAt = 24;

inline constexpr std::size_t kUdpHeaderBytes = 8;
inline constexpr std::size_t kUdpDestinationAt = 2;
inline constexpr std::size_t kUdpLengthAt = 4;
inline constexpr std::size_t kUdpChecksumAt = 6;

inline constexpr std::size_t kTcpMinHeaderBytes = 20;
inline constexpr std::size_t kTcpSequenceAt = 4;
inline constexpr std::size_t kTcpWordsAt = 12;  // its highest 4 bits: 32-bit words of header
inline constexpr std::size_t kTcpFlagsAt = 13;
inline constexpr std::size_t kTcpChecksumAt = 16;

inline constexpr std::size_t kIcmpChecksumAt = 2;

inline constexpr std::size_t kGreHeaderBytes = 4;  // without optional fields
inline constexpr std::size_t kGreProtocolAt = 2;

}  // namespace vpcmirror
