// The Internet checksum (RFC 1071).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace vpcmirror {

// Sum of the 16-bit words of `octets`, an odd last octet padded with zero, not
// yet folded. Sums add up: SumWords(a) + SumWords(b) is the sum of both where
// `a` has an even length. Octets: at most 128 KiB.
std::uint32_t SumWords(std::span<const std::byte> octets) noexcept;

// Folds the carries into 16 bits and complements: what the checksum field holds.
std::uint16_t FoldChecksum(std::uint32_t sum) noexcept;

}  // namespace vpcmirror
