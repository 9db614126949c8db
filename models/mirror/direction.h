#pragma once

#include <cstdint>
#include <string_view>

namespace vpcmirror {

// As seen from the source ENI.
enum class Direction : std::uint8_t { kIngress, kEgress };

enum class DirectionSet : std::uint8_t { kIngress = 1, kEgress = 2, kAll = 3 };

constexpr bool Contains(DirectionSet set, Direction direction) {
  return (static_cast<unsigned>(set) & (direction == Direction::kIngress ? 1u : 2u)) != 0;
}

constexpr std::string_view ToString(Direction direction) {
  return direction == Direction::kIngress ? "INGRESS" : "EGRESS";
}
constexpr std::string_view ToString(DirectionSet set) {
  return set == DirectionSet::kAll ? "ALL" : set == DirectionSet::kIngress ? "INGRESS" : "EGRESS";
}

}  // namespace vpcmirror
