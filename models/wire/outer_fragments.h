// Cuts an outer IP packet into IP fragments.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/units/quantity.h"
#include "models/wire/encapsulation.h"

namespace vpcmirror {

inline constexpr std::size_t kIpv6FragmentHeaderBytes = 8;  // RFC 8200, 4.5

struct OuterFragment {
  // IP header, IPv6 fragment header, and what the fragment has of the tunnel's headers.
  std::array<std::byte, kMaxOuterHeaderBytes + kIpv6FragmentHeaderBytes> header;
  std::size_t header_bytes;
  Bytes carried_offset;  // from the first byte that is carried
  Bytes carried;
};

// A cursor over the fragments of {outer headers, carried bytes}; allocates
// nothing. A packet that fits the MTU is one piece with its headers as they were.
// Otherwise IPv4 fragments (RFC 791, 3.2) have DF cleared, flags, offset and a
// checksum of their own, and IPv6 ones a fragment header; all but the last carry a
// multiple of 8 bytes, as many as fit.
class OuterFragments {
 public:
  // `outer` is what Encapsulation::WriteHeaders wrote for `carried` bytes, and must
  // outlive this. IPv4 uses the low 16 bits of `identification`.
  OuterFragments(std::span<const std::byte> outer, Bytes carried, Bytes mtu,
                 std::uint32_t identification) noexcept;

  // False: `outer` is not the headers of such a packet (its IP header has another
  // length, options or extension headers), or the MTU has no room for a header and
  // 8 bytes behind it.
  bool possible() const { return possible_; }

  // Fills `out` with the next fragment; false, `out` unspecified, after the last.
  [[nodiscard]] bool Next(OuterFragment& out) noexcept;

 private:
  std::size_t FragmentHeaderBytes() const;
  std::size_t NextBytes() const;
  void WriteIpv4(OuterFragment& out, std::size_t bytes, bool is_last) const noexcept;
  void WriteIpv6(OuterFragment& out, std::size_t bytes, bool is_last) const noexcept;
  void AddSlice(OuterFragment& out, std::size_t bytes) const noexcept;

  std::span<const std::byte> outer_;
  std::uint32_t identification_ = 0;
  bool possible_ = false;
  bool is_ipv4_ = false;
  bool fits_ = false;
  std::size_t ip_bytes_ = 0;  // of the IP header
  std::size_t behind_ = 0;    // bytes behind the IP header, tunnel headers and carried
  std::size_t room_ = 0;      // behind the headers of a fragment, unless it fits_
  std::size_t next_ = 0;      // of the bytes behind the IP header
};

}  // namespace vpcmirror
