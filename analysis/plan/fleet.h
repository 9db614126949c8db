// How many receivers of which size take the copies, and which fleet of them is the cheapest.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "models/cloud/limits.h"
#include "models/cloud/prices.h"
#include "models/cloud/provider_profile.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// What arrives at all receivers together, and where it comes from.
struct FleetDemand {
  BitsPerSecond bandwidth{};  // of copies, outer headers on
  PacketsPerSecond packet_rate{};
  // The most that one worker is sent of one flow: both directions, where it gets both.
  BitsPerSecond largest_flow{};
  PacketsPerSecond largest_flow_packets{};
  // Copies of one source, all of which go to one receiver; 0 where a source's copies spread.
  BitsPerSecond largest_source{};
  PacketsPerSecond largest_source_packets{};
  std::int64_t sources = 0;          // ENIs
  BitsPerSecond source_bandwidth{};  // of all CVMs with a source, whatever is copied
};

// What the provider asks of the receivers of a mirror.
struct FleetRules {
  // The receivers' ENI bandwidth is at least source_bandwidth divided by this; empty: no rule.
  std::optional<int> source_to_receiver_bandwidth;
  std::optional<std::int64_t> sources_per_receiver;  // at most; empty: no rule
  // The same of types that the cloud lists; empty: of none another number is known.
  std::optional<std::int64_t> sources_per_listed_receiver;
  std::set<std::string> listed_types;
};
// At most, of one receiver of a type; empty: no rule.
std::optional<std::int64_t> SourcesOfOne(const FleetRules& rules, const std::string& type);
// By the profile's quotas "sources_per_eni_target" and "sessions_per_eni_target". Behind a load
// balancer nothing is asked of a single receiver.
enum class FleetTarget : std::uint8_t { kEnis, kLoadBalancer };
FleetRules FleetRulesOf(const ProviderProfile& profile, FleetTarget target);

// So many receivers nobody minds to look after; of more, at most twice as many as it takes of
// the size that takes fewest. A judgement of ours, that no document states.
inline constexpr std::int64_t kHandfulOfReceivers = 16;

struct FleetSettings {
  double most_used = 0.8;  // of each limit of a receiver, in (0, 1]
  bool spare = true;       // N+1: what is left when any one receiver is lost takes it all
};

// A receiver's software at one of its published speeds: at what its maker's table has least
// of a vCPU, usually, and most. A profile with one figure is one of these.
struct ReceiverPace {
  std::string name;  // "vectra", "vectra (least)", "vectra (most)"
  ReceiverProfile profile;
};
std::vector<ReceiverPace> PacesOf(const std::vector<ReceiverProfile>& profiles);

// What decides how many receivers there are, or that there can be none.
enum class FleetLimit : std::uint8_t {
  kEniBandwidth,
  kEniPacketRate,
  kSoftwareBandwidth,
  kSoftwarePackets,
  kSources,       // FleetRules::sources_per_receiver
  kSourceShare,   // FleetRules::source_to_receiver_bandwidth
  kOneFlow,       // no number helps: a worker does not take the largest flow
  kOneSource,     // no number helps: a receiver does not take all copies of the largest source
  kNothingKnown,  // neither the type nor the software says what it takes
};
std::string_view ToString(FleetLimit limit);  // "bandwidth of the ENI", ...

// One size under one pace.
struct FleetNeed {
  std::string pace;
  std::optional<std::int64_t> receivers;  // without the spare one; empty: no number does
  FleetLimit limit = FleetLimit::kEniBandwidth;
};

struct FleetSize {
  std::string type;
  int vcpus = 0;
  std::optional<UnitPrice> hour_price;
  std::vector<FleetNeed> needs;  // by pace, in their order
  // Over the paces under which some number does; both empty: under none.
  std::optional<std::int64_t> fewest;
  std::optional<std::int64_t> most;
};

struct FleetPart {
  std::string type;
  std::int64_t receivers = 0;

  friend bool operator==(const FleetPart&, const FleetPart&) = default;
};

struct CheapestFleet {
  std::string pace;
  std::vector<FleetPart> parts;  // in the order of the types; the spare one is among them
  std::int64_t receivers = 0;    // of all parts
  double cost = 0;               // an hour in FleetPlan::currency; vCPUs where that is empty
  // Nothing is cheaper. Else the search was given up (cover.h): the best of one size and of two.
  bool is_exact = true;
  std::int64_t most_receivers = 0;  // that were allowed, where cheaper ones have more; 0: they do not
  std::string why_not;  // a sentence with what would have to give; empty: there is one
};

struct FleetPlan {
  std::vector<FleetSize> sizes;         // by vCPUs, then by name
  std::vector<CheapestFleet> cheapest;  // by pace, in their order
  std::vector<CheapestFleet> fewest;    // the same: of one size, with the fewest receivers
  std::string currency;                 // ISO 4217; empty: no price is known, vCPUs are the cost
  std::vector<std::string> notes;       // sentences: which types were left out, and why
};

// Of types of one provider, by price where at least one of them has one (`prices` by type;
// types without, or in another currency than most, are then no part of a cheapest fleet), else by
// vCPUs. Copies spread over a mixed fleet in proportion to what each receiver takes, as weights
// of the mirror do, so that a receiver's share is the least of its limits, each divided by the
// demand, and shares add up. With `spare`, they still do without the receiver of the largest
// share, and the rules are kept without any one receiver.
//
// A cheapest fleet has at most kHandfulOfReceivers, or twice the fewest where that is more.
// It is exact, by dynamic programming over cost (cover.h says how), but where so
// many receivers are needed that the search is given up, which CheapestFleet says. Costs are
// counted in whole millionths of a price.
//
// Requires settings.most_used in (0, 1].
FleetPlan PlanFleet(const FleetDemand& demand, const std::vector<InstanceType>& types,
                    const std::vector<ReceiverPace>& paces, const FleetRules& rules,
                    const std::map<std::string, UnitPrice>& prices, const FleetSettings& settings);

}  // namespace vpcmirror
