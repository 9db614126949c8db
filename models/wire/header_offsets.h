// Where the fields of a header lie, counted from its first byte: IPv4 (RFC 791),
// UDP (RFC 768) and TCP (RFC 9293).
#pragma once

#include <cstddef>

namespace vpcmirror {

inline constexpr std::size_t kIpv4HeaderBytes = 20;  // without options
inline constexpr std::size_t kIpv4LengthAt = 2;
inline constexpr std::size_t kIpv4IdentificationAt = 4;
inline constexpr std::size_t kIpv4FlagsAt = 6;
inline constexpr std::size_t kIpv4TtlAt = 8;
inline constexpr std::size_t kIpv4ProtocolAt = 9;
inline constexpr std::size_t kIpv4ChecksumAt = 10;
inline constexpr std::size_t kIpv4SourceAt = 12;
inline constexpr std::size_t kIpv4DestinationAt = 16;

inline constexpr std::size_t kUdpHeaderBytes = 8;
inline constexpr std::size_t kUdpDestinationAt = 2;
inline constexpr std::size_t kUdpLengthAt = 4;
inline constexpr std::size_t kUdpChecksumAt = 6;

inline constexpr std::size_t kTcpChecksumAt = 16;

}  // namespace vpcmirror
