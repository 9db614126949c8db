// Network byte order, byte by byte: g++ 12 -O2 makes one move and one bswap of each.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace vpcmirror {

constexpr std::uint16_t LoadBe16(const std::byte* at) {
  return static_cast<std::uint16_t>((std::to_integer<unsigned>(at[0]) << 8) |
                                    std::to_integer<unsigned>(at[1]));
}

constexpr std::uint32_t LoadBe32(const std::byte* at) {
  return (static_cast<std::uint32_t>(LoadBe16(at)) << 16) | LoadBe16(at + 2);
}

constexpr void StoreBe16(std::byte* at, std::uint16_t value) {
  at[0] = static_cast<std::byte>(value >> 8);
  at[1] = static_cast<std::byte>(value);
}

constexpr void StoreBe32(std::byte* at, std::uint32_t value) {
  StoreBe16(at, static_cast<std::uint16_t>(value >> 16));
  StoreBe16(at + 2, static_cast<std::uint16_t>(value));
}

// A word that holds octets as they are on the wire, from or to the number that
// they are in network order: the same both ways.
constexpr std::uint64_t SwapNetwork64(std::uint64_t word) {
  return std::endian::native == std::endian::little ? __builtin_bswap64(word) : word;
}

// One move, where byte by byte g++ 12 merges neighbouring words badly.
inline void StoreBe64(std::byte* at, std::uint64_t value) noexcept {
  const std::uint64_t word = SwapNetwork64(value);
  std::memcpy(at, &word, sizeof word);
}

// The 8 octets at `at`, or 4 followed by zeros, as they are on the wire. Not byte
// by byte: of that g++ 12 makes no single move where the word stays in a register.
template <std::size_t kOctets = 8>
constexpr std::uint64_t LoadNetworkWord64(const std::byte* at) {
  static_assert(kOctets == 4 || kOctets == 8);
  std::array<std::byte, 8> octets{};
  if (std::is_constant_evaluated()) {
    for (std::size_t i = 0; i < kOctets; ++i) octets[i] = at[i];
    return std::bit_cast<std::uint64_t>(octets);
  }
  std::conditional_t<kOctets == 4, std::uint32_t, std::uint64_t> word = 0;
  std::memcpy(&word, at, kOctets);
  return std::endian::native == std::endian::little ? word
                                                    : std::uint64_t{word} << (64 - 8 * kOctets);
}

}  // namespace vpcmirror
