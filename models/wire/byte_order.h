// Network byte order, byte by byte: g++ 12 -O2 makes one move and one bswap of each.
#pragma once

#include <cstddef>
#include <cstdint>

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

}  // namespace vpcmirror
