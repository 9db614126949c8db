// Which frames a mirror copies.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/mirror/classifier.h"
#include "models/mirror/condition.h"
#include "models/mirror/direction.h"
#include "models/mirror/refusal.h"
#include "models/mirror/trail.h"
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

enum class Action : std::uint8_t { kReject, kAccept };

struct FilterRule {
  std::string label;          // as its owner calls it: "rule 10", "tmfi-1a2b"
  std::int64_t priority = 0;  // the smallest is asked first; unique within a direction
  Action action = Action::kAccept;
  Condition condition;

  friend bool operator==(const FilterRule&, const FilterRule&) = default;
};

// A service of the cloud that a filter names to copy its traffic (AWS: amazon-dns).
struct NetworkService {
  std::string name;
  std::vector<Condition> traffic;  // any of them
};

// The rules of one direction in the order in which they are asked, compiled.
struct RuleList {
  std::vector<FilterRule> rules;
  std::size_t service_rules = 0;  // the first so many stand for network services
  Classifier classifier{{}};
};

// Immutable once built, so one Filter may be read from any number of threads;
// copies share what is compiled.
class Filter {
 public:
  // Copies everything.
  Filter();
  // Tencent's collection by 5-tuple: every condition must hold. With no
  // conditions, copies everything. A frame without an IP flow matches none.
  static Filter AllOf(std::vector<Condition> conditions);
  // The first rule of the frame's direction that matches decides; what matches
  // none, frames that are not IP included, is copied or not as `otherwise` says.
  // Rules are asked by priority, whatever their order here. Throws
  // std::invalid_argument when two of one direction share a priority.
  static Filter FirstMatch(std::vector<FilterRule> ingress, std::vector<FilterRule> egress,
                           Action otherwise = Action::kReject);
  // Google Cloud: a frame is copied when its peer (source of ingress, destination
  // of egress) is in one of `peers` and its protocol among `protocols`; an empty
  // list holds everything, but with both empty and no IPv6 peer only IPv4 is copied.
  static Filter PeerAndProtocol(std::vector<IpPrefix> peers, std::vector<std::uint8_t> protocols);
  // Tencent's NatId: only frames whose route leads to this NAT gateway.
  static Filter NextHopIsNatGateway(std::uint32_t gateway);

  // Before all rules: traffic of an enabled service is copied; that of any other
  // service in `services` is not. For filters of FirstMatch.
  void SetServices(const std::vector<NetworkService>& services,
                   std::span<const std::string> enabled);

  struct Answer {
    Refusal refusal = Refusal::kNone;   // kNone when the frame is to be copied
    std::uint32_t rule = kNoCondition;  // that decided, as an index into rules()
    bool by_rule() const { return rule != kNoCondition; }
  };
  // `Trail` is NoTrail, or FilterTrail that is told each rule asked and why it did not hold.
  template <class Trail>
  Answer Decide(const FrameInfo& frame, Direction direction, const NextHop& next_hop,
                Trail& trail) const noexcept;
  Answer Decide(const FrameInfo& frame, Direction direction,
                const NextHop& next_hop = {}) const noexcept {
    NoTrail none;
    return Decide(frame, direction, next_hop, none);
  }

  // What Decide looks at besides the flow and the direction.
  bool asks_next_hop() const { return nat_gateway_.has_value(); }
  bool copies_everything() const { return everything_ && !asks_next_hop(); }
  bool copies_what_no_rule_matches() const { return otherwise_ == Action::kAccept; }

  // In the order in which they are asked; for AllOf one rule a condition, all of
  // which must hold.
  std::span<const FilterRule> rules(Direction direction) const;
  bool all_must_hold() const { return all_must_hold_; }
  // The first so many rules of either direction stand for network services.
  std::size_t service_rules() const { return ingress_->service_rules; }
  std::optional<std::uint32_t> nat_gateway() const { return nat_gateway_; }

 private:
  const RuleList& List(Direction direction) const {
    return direction == Direction::kIngress ? *ingress_ : *egress_;
  }

  bool everything_ = true;
  bool all_must_hold_ = false;
  Action otherwise_ = Action::kReject;
  std::shared_ptr<const RuleList> ingress_;
  std::shared_ptr<const RuleList> egress_;
  std::optional<std::uint32_t> nat_gateway_;
};

}  // namespace vpcmirror
