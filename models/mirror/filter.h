// Which frames a mirror copies.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "models/mirror/refusal.h"
#include "models/wire/address.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"

namespace vpcmirror {

// Both ends are inside the range. first <= last.
struct PortRange {
  std::uint16_t first = 1;
  std::uint16_t last = 65535;

  constexpr bool Contains(std::uint16_t port) const { return first <= port && port <= last; }
  // The range that a cloud writes for "any port" (Tencent: 1-65535, 0 is outside).
  constexpr bool IsAny() const { return first <= 1 && last == 65535; }

  friend bool operator==(const PortRange&, const PortRange&) = default;
};

// One 5-tuple condition. An absent field matches everything.
struct Condition {
  std::optional<IpPrefix> source;
  std::optional<IpPrefix> destination;
  std::optional<std::uint8_t> protocol;  // IANA number
  PortRange source_ports;
  PortRange destination_ports;

  // A flow without ports (ICMP, a later fragment) matches a port range only if
  // the range is any; a flow with ports must lie inside the range, so that port
  // 0 does not match the default range.
  bool Matches(const FlowKey& flow) const noexcept;

  friend bool operator==(const Condition&, const Condition&) = default;
};

// What the route lookup of a frame answered, as the driver looked it up.
struct NextHop {
  enum class Kind : std::uint8_t {
    kNotLookedUp,
    kLocal,
    kNatGateway,
    kCvm,
    kPeering,
    kCcn,
    kOutside,
    kBlackhole,
    kNoRoute,
  };
  Kind kind = Kind::kNotLookedUp;
  std::uint32_t gateway = 0;  // index of the gateway among those of its kind

  friend bool operator==(const NextHop&, const NextHop&) = default;
};

std::string_view ToString(NextHop::Kind kind);

// Immutable once built, so one Filter may be read from any number of threads.
class Filter {
 public:
  // Copies everything.
  Filter() = default;
  // Tencent's collection by 5-tuple: every condition must hold. With no
  // conditions, copies everything. A frame without an IP flow matches none.
  static Filter AllOf(std::vector<Condition> conditions);
  // Tencent's NatId: only frames whose route leads to this NAT gateway.
  static Filter NextHopIsNatGateway(std::uint32_t gateway);

  // kNone when the frame is to be copied, else kFilter or kNextHop.
  Refusal Decide(const FrameInfo& frame, const NextHop& next_hop) const noexcept;

  const std::vector<Condition>& conditions() const { return conditions_; }
  std::optional<std::uint32_t> nat_gateway() const { return nat_gateway_; }

 private:
  std::vector<Condition> conditions_;
  std::optional<std::uint32_t> nat_gateway_;
};

}  // namespace vpcmirror
