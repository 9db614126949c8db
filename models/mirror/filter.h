// Which frames a mirror copies.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "models/mirror/condition.h"
#include "models/mirror/refusal.h"
#include "models/wire/address.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"

namespace vpcmirror {

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
