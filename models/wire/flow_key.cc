#include "models/wire/flow_key.h"

#include <array>
#include <cstddef>
#include <span>
#include <tuple>
#include <utility>

#include "models/wire/byte_order.h"

namespace vpcmirror {
namespace {

// draft-eastlake-fnv: 64-bit offset basis and prime.
constexpr std::uint64_t kFnvOffsetBasis = 0xcbf29ce484222325;
constexpr std::uint64_t kFnvPrime = 0x00000100000001b3;

std::uint64_t Fnv1a(std::uint64_t hash, std::span<const std::byte> octets) noexcept {
  for (const std::byte octet : octets) {
    hash = (hash ^ std::to_integer<std::uint64_t>(octet)) * kFnvPrime;
  }
  return hash;
}

// The output function of splitmix64 (Steele, Lea, Flood: "Fast splittable
// pseudorandom number generators", variant Mix13): FNV alone leaves the low
// bits of similar flows correlated, and callers take the hash modulo small counts.
std::uint64_t Finalise(std::uint64_t z) noexcept {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

FlowKey Reversed(const FlowKey& key) {
  FlowKey reversed = key;
  std::swap(reversed.source, reversed.destination);
  std::swap(reversed.source_port, reversed.destination_port);
  return reversed;
}

std::uint64_t FlowHash(const FlowKey& key, HashSymmetry symmetry) noexcept {
  const bool swap =
      symmetry == HashSymmetry::kSymmetric &&
      std::tie(key.destination, key.destination_port) < std::tie(key.source, key.source_port);
  std::array<std::byte, 5> ports_and_protocol{};
  StoreBe16(&ports_and_protocol[0], swap ? key.destination_port : key.source_port);
  StoreBe16(&ports_and_protocol[2], swap ? key.source_port : key.destination_port);
  ports_and_protocol[4] = static_cast<std::byte>(key.protocol);

  std::uint64_t hash = kFnvOffsetBasis;
  hash = Fnv1a(hash, (swap ? key.destination : key.source).octets());
  hash = Fnv1a(hash, (swap ? key.source : key.destination).octets());
  return Finalise(Fnv1a(hash, ports_and_protocol));
}

}  // namespace vpcmirror
