// One condition on the 5-tuple of a flow.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "models/wire/address.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

// Both ends are inside the range. first <= last.
struct PortRange {
  std::uint16_t first = 1;
  std::uint16_t last = 65535;

  constexpr bool Contains(std::uint16_t port) const { return first <= port && port <= last; }
  // The range that a cloud writes for "any port" (Tencent: 1-65535, 0 is outside;
  // Alibaba Cloud: 0-65535).
  constexpr bool IsAny() const { return first <= 1 && last == 65535; }

  friend bool operator==(const PortRange&, const PortRange&) = default;
};

// The first field that keeps a condition from holding, in the order in which they are asked.
enum class Mismatch : std::uint8_t {
  kNone,  // the condition holds
  kFamily,
  kProtocol,
  kSource,
  kDestination,
  kSourcePort,
  kDestinationPort,
};

// An absent field matches everything.
struct Condition {
  std::optional<IpFamily> family;
  std::optional<IpPrefix> source;
  std::optional<IpPrefix> destination;
  std::optional<std::uint8_t> protocol;  // IANA number
  PortRange source_ports;
  PortRange destination_ports;

  // A flow without ports (ICMP, a later fragment) matches a port range only if
  // the range is any; a flow with ports must lie inside the range, so that port
  // 0 does not match the default range.
  Mismatch MismatchOf(const FlowKey& flow) const noexcept;
  bool Matches(const FlowKey& flow) const noexcept { return MismatchOf(flow) == Mismatch::kNone; }

  friend bool operator==(const Condition&, const Condition&) = default;
};

inline constexpr std::uint32_t kNoCondition = 0xffffffff;

// The reference: index of the first condition that holds, kNoCondition when none does.
std::uint32_t FindFirst(std::span<const Condition> conditions, const FlowKey& flow) noexcept;

// "protocol", "source", ...; "none".
std::string_view ToString(Mismatch mismatch);

}  // namespace vpcmirror
