// The hashes that spread flows and ENIs: the same on every machine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace vpcmirror {

// 64-bit FNV-1a (draft-eastlake-fnv): offset basis and prime of that document.
class Fnv1a64 {
 public:
  constexpr void Add(std::byte octet) {
    state_ = (state_ ^ std::to_integer<std::uint64_t>(octet)) * 0x100000001b3;
  }
  constexpr void Add(std::span<const std::byte> octets) {
    for (const std::byte octet : octets) Add(octet);
  }
  constexpr std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325;
};

// The finaliser of splitmix64 (Steele, Lea, Flood 2014): FNV alone leaves the
// low bits, which "mod n" looks at, poorly mixed.
constexpr std::uint64_t MixBits(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// Default secret of wyhash (Wang Yi, github.com/wangyi-fudan/wyhash, final version 4.2).
inline constexpr std::array<std::uint64_t, 4> kWyhashSecret = {
    0x2d358dccaa6c78a5, 0x8bb84b93962eacc9, 0x4b33a62ed433d4a3, 0x4d5a2da51de1aa47};

// wyhash's mixing step: the low half of the 128-bit product xor its high half.
// Both factors must be spread over 64 bits first: a factor of 0 forgets the other.
constexpr std::uint64_t FoldedProduct(std::uint64_t a, std::uint64_t b) {
  __extension__ using Product = unsigned __int128;
  const Product product = static_cast<Product>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

constexpr std::uint64_t HashText(std::string_view text) {
  Fnv1a64 hash;
  for (const char c : text) hash.Add(static_cast<std::byte>(c));
  return MixBits(hash.value());
}

}  // namespace vpcmirror
