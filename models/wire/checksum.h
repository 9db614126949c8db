// The Internet checksum (RFC 1071).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace vpcmirror {

// Sum of the 16-bit words of `octets`, an odd last octet padded with zero, not
// yet folded. Sums add up: SumWords(a) + SumWords(b) is the sum of both where
// `a` has an even length. Octets: at most 128 KiB.
std::uint32_t SumWords(std::span<const std::byte> octets) noexcept;

// Folds the carries into 16 bits and complements: what the checksum field holds.
// Adding a sum to itself, halves exchanged, carries end around (RFC 1071, 2): the
// upper half is then the folded sum.
constexpr std::uint16_t FoldChecksum32(std::uint32_t sum) noexcept {
  sum += std::rotl(sum, 16);
  return static_cast<std::uint16_t>(~sum >> 16);
}
constexpr std::uint16_t FoldChecksum(std::uint64_t sum) noexcept {
  sum += std::rotl(sum, 32);
  return FoldChecksum32(static_cast<std::uint32_t>(sum >> 32));
}

}  // namespace vpcmirror
