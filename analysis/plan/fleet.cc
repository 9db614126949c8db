#include "analysis/plan/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "analysis/plan/cover.h"
#include "analysis/words/quantities.h"
#include "models/cloud/receiver_capacity.h"

namespace vpcmirror {
namespace {

constexpr double kTolerance = 1e-9;       // of a receiver, below which no further one is taken
constexpr double kCostUnits = 1'000'000;  // of an hour's price, that costs are counted in

// The share of a demand that one receiver takes, and what it is limited by.
struct Share {
  double share = 0;
  FleetLimit limit = FleetLimit::kNothingKnown;
};

template <class Quantity>
double Number(const Quantity& quantity) {
  return static_cast<double>(quantity.count());
}

std::int64_t Needed(double demand_by_one) {
  return std::max<std::int64_t>(
      1, static_cast<std::int64_t>(std::ceil(demand_by_one - kTolerance * demand_by_one)));
}

// Keeps the least share.
template <class Quantity>
void Limit(const std::optional<Quantity>& most, Quantity demand, double most_used, FleetLimit limit,
           Share& share) {
  if (!most || demand == Quantity{}) return;
  const double taken = Number(*most) * most_used / Number(demand);
  if (share.limit != FleetLimit::kNothingKnown && taken >= share.share) return;
  share = {taken, limit};
}

// What a receiver of one type under one pace takes of the demand.
class Receiver {
 public:
  Receiver(const InstanceType& type, const ReceiverProfile& profile) : type_(type) {
    cvm_.limits = type.limits;
    cvm_.receiver = profile;
    capacity_ = CapacityOf(cvm_);
  }

  Share ShareOf(const FleetDemand& demand, double most_used) const {
    if (demand.bandwidth == BitsPerSecond{} && demand.packet_rate == PacketsPerSecond{}) {
      return {1, FleetLimit::kEniBandwidth};  // any one receiver takes nothing
    }
    Share share;
    Limit(type_.limits.bandwidth, demand.bandwidth, most_used, FleetLimit::kEniBandwidth, share);
    Limit(type_.limits.packet_rate, demand.packet_rate, most_used, FleetLimit::kEniPacketRate,
          share);
    if (!KnowsItsSoftware()) return {};
    Limit(capacity_.bandwidth, demand.bandwidth, most_used, FleetLimit::kSoftwareBandwidth, share);
    Limit(capacity_.packet_rate, demand.packet_rate, most_used, FleetLimit::kSoftwarePackets,
          share);
    return share;
  }

 private:
  // Figures of a vCPU say nothing of a type whose vCPUs are not known.
  bool KnowsItsSoftware() const {
    const ReceiverProfile& profile = *cvm_.receiver;
    return cvm_.limits.vcpus || profile.bandwidth_most ||
           (!profile.bandwidth_per_vcpu && !profile.packets_per_vcpu);
  }

  const InstanceType& type_;
  Cvm cvm_;
  ReceiverCapacity capacity_;
};

// A worker has one vCPU, and a flow one worker.
bool TakesLargestFlow(const ReceiverProfile& profile, const FleetDemand& demand, double most_used) {
  const double scale = profile.scaling_efficiency * most_used * (1 + kTolerance);
  const bool takes_bits =
      !profile.bandwidth_per_vcpu ||
      Number(demand.largest_flow) <= Number(*profile.bandwidth_per_vcpu) * scale;
  const bool takes_packets =
      !profile.packets_per_vcpu ||
      Number(demand.largest_flow_packets) <= Number(*profile.packets_per_vcpu) * scale;
  return takes_bits && takes_packets;
}

// All copies of the largest source.
bool TakesLargestSource(const InstanceType& type, const ReceiverProfile& profile,
                        const FleetDemand& demand, double most_used) {
  const FleetDemand of_one{.bandwidth = demand.largest_source,
                           .packet_rate = demand.largest_source_packets};
  return Receiver(type, profile).ShareOf(of_one, most_used).share >= 1 - kTolerance;
}

// What the rules ask of the fleet as a whole.
struct RuleNeed {
  FleetRules rules;
  std::int64_t sources = 0;
  double bandwidth = 0;  // of their ENIs, bps

  // Receivers of one type that may have all sources.
  std::int64_t ReceiversOf(const std::string& type) const {
    const auto most = SourcesOfOne(rules, type);
    return most && *most > 0 ? (sources + *most - 1) / *most : 0;
  }
};

RuleNeed NeedOf(const FleetDemand& demand, const FleetRules& rules) {
  RuleNeed need{.rules = rules, .sources = demand.sources};
  if (rules.source_to_receiver_bandwidth) {
    need.bandwidth = Number(demand.source_bandwidth) / *rules.source_to_receiver_bandwidth;
  }
  return need;
}

FleetNeed NeedOfOneSize(const InstanceType& type, const ReceiverPace& pace,
                        const FleetDemand& demand, const RuleNeed& rule, double most_used) {
  FleetNeed need{.pace = pace.name};
  const Share share = Receiver(type, pace.profile).ShareOf(demand, most_used);
  need.limit = share.limit;
  if (!TakesLargestFlow(pace.profile, demand, most_used)) {
    need.limit = FleetLimit::kOneFlow;
    return need;
  }
  if (share.limit == FleetLimit::kNothingKnown || share.share <= 0) return need;
  if (!TakesLargestSource(type, pace.profile, demand, most_used)) {
    need.limit = FleetLimit::kOneSource;
    return need;
  }
  std::int64_t receivers = Needed(1 / share.share);
  const auto raise = [&](std::int64_t least, FleetLimit limit) {
    if (least <= receivers) return;
    receivers = least;
    need.limit = limit;
  };
  raise(rule.ReceiversOf(type.name), FleetLimit::kSources);
  if (rule.bandwidth > 0 && type.limits.bandwidth) {
    raise(Needed(rule.bandwidth / Number(*type.limits.bandwidth)), FleetLimit::kSourceShare);
  }
  need.receivers = receivers;
  return need;
}

FleetSize SizeOf(const InstanceType& type, const std::vector<ReceiverPace>& paces,
                 const FleetDemand& demand, const RuleNeed& rule, double most_used) {
  FleetSize size{.type = type.name, .vcpus = type.limits.vcpus.value_or(0)};
  for (const ReceiverPace& pace : paces) {
    size.needs.push_back(NeedOfOneSize(type, pace, demand, rule, most_used));
    const auto& receivers = size.needs.back().receivers;
    if (!receivers) continue;
    size.fewest = std::min(size.fewest.value_or(*receivers), *receivers);
    size.most = std::max(size.most.value_or(*receivers), *receivers);
  }
  return size;
}

// The currency that most of these types have a price in; empty: none has one.
std::string CurrencyOf(const std::vector<InstanceType>& types,
                       const std::map<std::string, UnitPrice>& prices) {
  std::map<std::string, int> counts;
  for (const InstanceType& type : types) {
    const auto price = prices.find(type.name);
    if (price != prices.end() && price->second.amount > 0) ++counts[price->second.currency];
  }
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? "" : most->first;
}

// In whole units; empty: the type has no cost that counts.
std::optional<std::int64_t> CostOf(const FleetSize& size, const std::string& currency) {
  if (currency.empty()) {
    return size.vcpus > 0 ? std::optional<std::int64_t>(size.vcpus) : std::nullopt;
  }
  if (!size.hour_price || size.hour_price->currency != currency) return std::nullopt;
  const std::int64_t units = std::llround(size.hour_price->amount * kCostUnits);
  return units > 0 ? std::optional(units) : std::nullopt;
}

// Why no fleet does, and what would have to give.
std::string WhyNot(const ReceiverPace& pace, const std::vector<FleetNeed>& needs,
                   const FleetDemand& demand, double most_used) {
  const auto is_for = [&](FleetLimit limit) {
    return std::any_of(needs.begin(), needs.end(),
                       [&](const FleetNeed& need) { return need.limit == limit; });
  };
  if (is_for(FleetLimit::kOneSource)) {
    return fmt::format(
        "the copies of one source, {} and {}, all go to one receiver, and no type here with {} "
        "takes them: spread them by flow, filter, truncate, or use faster software",
        BitRateText(demand.largest_source), PacketRateText(demand.largest_source_packets),
        pace.name);
  }
  if (!is_for(FleetLimit::kOneFlow)) {
    return "nothing is known of what " + pace.name +
           " or the types take: give limits by hand, or a profile with figures";
  }
  const double scale = pace.profile.scaling_efficiency * most_used;
  std::string takes;
  if (pace.profile.bandwidth_per_vcpu) {
    takes = BitRateText(Number(*pace.profile.bandwidth_per_vcpu) * scale);
  }
  if (pace.profile.packets_per_vcpu) {
    takes += (takes.empty() ? "" : " and ") +
             PacketRateText(Number(*pace.profile.packets_per_vcpu) * scale);
  }
  return fmt::format(
      "the largest flow, {} and {}, is more than one worker of {} takes, {}, in any number of "
      "receivers: filter that flow out, truncate its copies, or analyse it with faster software",
      BitRateText(demand.largest_flow), PacketRateText(demand.largest_flow_packets), pace.name,
      takes);
}

class Planner {
 public:
  Planner(const FleetDemand& demand, const std::vector<InstanceType>& types,
          const std::vector<ReceiverPace>& paces, const FleetRules& rules,
          const FleetSettings& settings)
      : demand_(demand),
        types_(types),
        paces_(paces),
        rule_(NeedOf(demand, rules)),
        settings_(settings) {
    std::stable_sort(types_.begin(), types_.end(), [](const auto& a, const auto& b) {
      return std::tie(a.limits.vcpus, a.name) < std::tie(b.limits.vcpus, b.name);
    });
  }

  FleetPlan Plan(const std::map<std::string, UnitPrice>& prices) {
    plan_.currency = CurrencyOf(types_, prices);
    for (const InstanceType& type : types_) {
      plan_.sizes.push_back(SizeOf(type, paces_, demand_, rule_, settings_.most_used));
      const auto price = prices.find(type.name);
      if (price != prices.end()) plan_.sizes.back().hour_price = price->second;
    }
    NoteTypesWithoutCost();
    for (std::size_t pace = 0; pace < paces_.size(); ++pace) {
      plan_.cheapest.push_back(Cheapest(pace));
      plan_.fewest.push_back(Fewest(pace));
    }
    return std::move(plan_);
  }

 private:
  void NoteTypesWithoutCost() {
    if (plan_.currency.empty()) {
      plan_.notes.emplace_back(
          "No price of these types is known: the cheapest fleet is the one of fewest vCPUs.");
      return;
    }
    const auto without =
        std::count_if(plan_.sizes.begin(), plan_.sizes.end(),
                      [&](const FleetSize& size) { return !CostOf(size, plan_.currency); });
    if (without == 0) return;
    plan_.notes.push_back(
        fmt::format("{} of {} types have no price in {}, and are no part of a cheapest fleet.",
                    without, plan_.sizes.size(), plan_.currency));
  }

  // Sizes that may be parts of a fleet under that pace.
  std::vector<std::size_t> UsableSizes(std::size_t pace) const {
    std::vector<std::size_t> usable;
    for (std::size_t i = 0; i < types_.size(); ++i) {
      if (plan_.sizes[i].needs[pace].receivers && CostOf(plan_.sizes[i], plan_.currency)) {
        usable.push_back(i);
      }
    }
    return usable;
  }

  CoverItem ItemOf(std::size_t size, std::size_t pace) const {
    const InstanceType& type = types_[size];
    CoverItem item;
    item.cost = *CostOf(plan_.sizes[size], plan_.currency);
    item.share = Receiver(type, paces_[pace].profile).ShareOf(demand_, settings_.most_used).share;
    // A bandwidth that is not known does not limit.
    item.bandwidth = type.limits.bandwidth ? Number(*type.limits.bandwidth) : rule_.bandwidth;
    item.sources = static_cast<double>(
        SourcesOfOne(rule_.rules, type.name).value_or(std::max<std::int64_t>(1, rule_.sources)));
    return item;
  }

  std::int64_t Spare() const { return settings_.spare ? 1 : 0; }

  // The size that the fewest receivers are needed of, the cheaper of two.
  std::size_t SizeOfFewest(const std::vector<std::size_t>& usable, std::size_t pace) const {
    return *std::min_element(usable.begin(), usable.end(), [&](std::size_t a, std::size_t b) {
      const auto key = [&](std::size_t size) {
        return std::pair(*plan_.sizes[size].needs[pace].receivers,
                         *CostOf(plan_.sizes[size], plan_.currency));
      };
      return key(a) < key(b);
    });
  }

  CheapestFleet Fewest(std::size_t pace) const {
    const std::vector<std::size_t> usable = UsableSizes(pace);
    if (usable.empty()) return plan_.cheapest[pace];
    const std::size_t size = SizeOfFewest(usable, pace);
    const FleetSize& of = plan_.sizes[size];
    CheapestFleet fleet{.pace = paces_[pace].name};
    fleet.receivers = *of.needs[pace].receivers + Spare();
    fleet.parts = {{of.type, fleet.receivers}};
    fleet.cost = CostOfFleet(static_cast<double>(*CostOf(of, plan_.currency)) *
                             static_cast<double>(fleet.receivers));
    return fleet;
  }

  double CostOfFleet(double units) const {
    return plan_.currency.empty() ? units : units / kCostUnits;
  }

  CheapestFleet Cheapest(std::size_t pace) const {
    CheapestFleet fleet{.pace = paces_[pace].name};
    const std::vector<std::size_t> usable = UsableSizes(pace);
    if (usable.empty()) {
      std::vector<FleetNeed> needs;
      for (const FleetSize& size : plan_.sizes) needs.push_back(size.needs[pace]);
      fleet.why_not = WhyNot(paces_[pace], needs, demand_, settings_.most_used);
      return fleet;
    }
    auto cover = CoverOf(usable, pace, 0);
    const std::int64_t few =
        2 * (*plan_.sizes[SizeOfFewest(usable, pace)].needs[pace].receivers + Spare());
    const std::int64_t most = std::max(kHandfulOfReceivers, few);
    if (cover && std::accumulate(cover->numbers.begin(), cover->numbers.end(), std::int64_t{0}) >
                     most) {
      cover = CoverOf(usable, pace, most);
      fleet.most_receivers = most;
    }
    if (!cover) {
      fleet.why_not = "no number of receivers does: give the types' bandwidth by hand";
      return fleet;
    }
    fleet.is_exact = cover->is_exact;
    const std::vector<std::int64_t>& numbers = cover->numbers;
    double cost = 0;
    for (std::size_t i = 0; i < usable.size(); ++i) {
      if (numbers[i] == 0) continue;
      fleet.parts.push_back({plan_.sizes[usable[i]].type, numbers[i]});
      fleet.receivers += numbers[i];
      cost += static_cast<double>(*CostOf(plan_.sizes[usable[i]], plan_.currency)) *
              static_cast<double>(numbers[i]);
    }
    fleet.cost = CostOfFleet(cost);
    return fleet;
  }

  // Of at most so many receivers; 0: of any number.
  std::optional<Cover> CoverOf(const std::vector<std::size_t>& usable, std::size_t pace,
                               std::int64_t most) const {
    std::vector<CoverItem> items;
    for (const std::size_t size : usable) items.push_back(ItemOf(size, pace));
    return CheapestCover(items, {.bandwidth = rule_.bandwidth,
                                 .sources = AskedSources(),
                                 .without_any = settings_.spare,
                                 .most = most});
  }

  // 0 where no rule counts them.
  double AskedSources() const {
    return rule_.rules.sources_per_receiver ? static_cast<double>(rule_.sources) : 0;
  }

  const FleetDemand& demand_;
  std::vector<InstanceType> types_;
  const std::vector<ReceiverPace>& paces_;
  RuleNeed rule_;
  const FleetSettings& settings_;
  FleetPlan plan_;
};

ReceiverPace PaceAt(const ReceiverProfile& profile, const char* word, BitsPerSecond speed) {
  ReceiverPace pace{profile.name + " (" + word + ")", profile};
  if (profile.packets_per_vcpu && profile.bandwidth_per_vcpu) {
    const double factor = Number(speed) / Number(*profile.bandwidth_per_vcpu);
    pace.profile.packets_per_vcpu =
        PacketsPerSecond(std::llround(Number(*profile.packets_per_vcpu) * factor));
  }
  pace.profile.bandwidth_per_vcpu = speed;
  return pace;
}

}  // namespace

FleetRules FleetRulesOf(const ProviderProfile& profile, FleetTarget target) {
  FleetRules rules;
  rules.source_to_receiver_bandwidth = profile.source_to_receiver_bandwidth;
  if (target == FleetTarget::kLoadBalancer) return rules;
  for (const char* quota : {"sources_per_eni_target", "sessions_per_eni_target"}) {
    const auto most = QuotaOf(profile, quota);
    if (!most) continue;
    rules.sources_per_receiver = std::min(rules.sources_per_receiver.value_or(*most), *most);
  }
  for (const Quota& each : profile.quotas) {
    if (each.name != "sources_per_eni_target" || each.listed_types.empty()) continue;
    rules.sources_per_listed_receiver = each.most_of_listed;
    rules.listed_types = {each.listed_types.begin(), each.listed_types.end()};
  }
  return rules;
}

std::optional<std::int64_t> SourcesOfOne(const FleetRules& rules, const std::string& type) {
  return rules.sources_per_listed_receiver && rules.listed_types.count(type) != 0
             ? rules.sources_per_listed_receiver
             : rules.sources_per_receiver;
}

std::vector<ReceiverPace> PacesOf(const std::vector<ReceiverProfile>& profiles) {
  std::vector<ReceiverPace> paces;
  for (const ReceiverProfile& profile : profiles) {
    if (!profile.bandwidth_low || !profile.bandwidth_high || !profile.bandwidth_per_vcpu) {
      paces.push_back({profile.name, profile});
      continue;
    }
    const BitsPerSecond usual = *profile.bandwidth_per_vcpu;
    if (*profile.bandwidth_low < usual) {
      paces.push_back(PaceAt(profile, "least", *profile.bandwidth_low));
    }
    paces.push_back({profile.name, profile});
    if (*profile.bandwidth_high > usual) {
      paces.push_back(PaceAt(profile, "most", *profile.bandwidth_high));
    }
  }
  return paces;
}

std::string_view ToString(FleetLimit limit) {
  switch (limit) {
    case FleetLimit::kEniBandwidth:
      return "bandwidth of the ENI";
    case FleetLimit::kEniPacketRate:
      return "packet rate of the ENI";
    case FleetLimit::kSoftwareBandwidth:
      return "bits that the software takes";
    case FleetLimit::kSoftwarePackets:
      return "frames that the software takes";
    case FleetLimit::kSources:
      return "sources of a target";
    case FleetLimit::kSourceShare:
      return "ENI bandwidth against that of the sources";
    case FleetLimit::kOneFlow:
      return "one flow is more than a worker takes";
    case FleetLimit::kOneSource:
      return "one source is more than a receiver takes";
    case FleetLimit::kNothingKnown:
      return "nothing is known";
  }
  return "";
}

FleetPlan PlanFleet(const FleetDemand& demand, const std::vector<InstanceType>& types,
                    const std::vector<ReceiverPace>& paces, const FleetRules& rules,
                    const std::map<std::string, UnitPrice>& prices, const FleetSettings& settings) {
  assert(settings.most_used > 0 && settings.most_used <= 1);
  return Planner(demand, types, paces, rules, settings).Plan(prices);
}

}  // namespace vpcmirror
