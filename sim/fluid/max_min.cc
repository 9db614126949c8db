#include "sim/fluid/max_min.h"

#include <array>
#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

namespace vpcmirror::sim {
namespace {

// Of a share, and well above what rounding makes of it: what differs by less is the same.
constexpr double kSameShare = 1e-13;
// A sum of which less is left after subtractions has lost too many of its 15 digits.
constexpr double kWorn = 1e-3;

bool IsPositive(double value) { return value > 0 && std::isfinite(value); }

[[noreturn]] void Refuse(const std::string& what, double value, const std::string& accepted) {
  throw std::invalid_argument("max-min shares: " + what + " is " + std::to_string(value) +
                              "; it has to be " + accepted);
}

// Numbers of 0 or more sort as their bits do: by digits of 11 bits, least first, leaving out
// those in which all numbers agree. A third of the time of std::sort for 100,000.
template <typename Moment>
void SortByLevel(std::vector<Moment>& moments) {
  constexpr unsigned kDigitBits = 11;
  constexpr unsigned kDigits = 6;
  constexpr std::size_t kValues = std::size_t{1} << kDigitBits;
  const auto digit = [](const Moment& moment, unsigned number) {
    return std::bit_cast<std::uint64_t>(moment.level) >> (number * kDigitBits) & (kValues - 1);
  };
  std::array<std::array<std::uint32_t, kValues>, kDigits> counts{};
  for (const Moment& each : moments) {
    for (unsigned number = 0; number < kDigits; ++number) ++counts[number][digit(each, number)];
  }
  std::vector<Moment> sorted(moments.size());
  for (unsigned number = 0; number < kDigits && !moments.empty(); ++number) {
    auto& places = counts[number];
    if (places[digit(moments.front(), number)] == moments.size()) continue;
    std::uint32_t place = 0;
    for (std::uint32_t& each : places) place += std::exchange(each, place);
    for (const Moment& each : moments) sorted[places[digit(each, number)]++] = each;
    moments.swap(sorted);
  }
}

}  // namespace

MaxMinShares::MaxMinShares(std::vector<double> capacities)
    : capacities_(std::move(capacities)), levels_(capacities_.size(), kNever) {
  for (const double each : capacities_) {
    if (!(each >= 0) || !std::isfinite(each)) Refuse("a capacity", each, "0 or more and finite");
  }
}

void MaxMinShares::CheckFlow(double demand, std::span<const ResourceUse> uses,
                             double weight) const {
  if (!(demand >= 0)) Refuse("a demand", demand, "0 or more");
  if (std::isinf(demand) && uses.empty())
    Refuse("the demand of what uses nothing", demand, "finite");
  if (!IsPositive(weight)) Refuse("a weight", weight, "over 0 and finite");
  for (const ResourceUse& use : uses) {
    if (!IsPositive(use.per_rate) || !IsPositive(use.per_rate * weight)) {
      Refuse("a use", use.per_rate, "over 0 and finite, and so by weight");
    }
    if (use.resource >= capacities_.size()) {
      Refuse("a resource's number", use.resource, "below " + std::to_string(capacities_.size()));
    }
  }
}

std::uint32_t MaxMinShares::AddFlow(double demand, std::span<const ResourceUse> uses,
                                    double weight) {
  CheckFlow(demand, uses, weight);
  const auto number = static_cast<std::uint32_t>(flows_.size());
  const auto first = static_cast<std::uint32_t>(uses_.size());
  for (const ResourceUse& use : uses) {
    const auto same = std::find_if(uses_.begin() + first, uses_.end(),
                                   [&](const Use& each) { return each.resource == use.resource; });
    if (same != uses_.end()) {
      same->per_level += use.per_rate * weight;
    } else {
      uses_.push_back({use.per_rate * weight, use.resource});
    }
  }
  flows_.push_back(
      {.limit = demand / weight + 0.0,  // the sum is never -0, which sorts as the largest
       .weight = weight,
       .first_use = first,
       .uses = static_cast<std::uint32_t>(uses_.size()) - first});
  demands_.push_back(demand);
  return number;
}

void MaxMinShares::ListMembers() {
  members_in_.assign(capacities_.size(), 0);
  for (const Use& each : uses_) ++members_in_[each.resource];
  first_member_.resize(capacities_.size());
  std::uint32_t first = 0;
  for (std::size_t i = 0; i < capacities_.size(); ++i) {
    first_member_[i] = first;
    first += std::exchange(members_in_[i], 0);
  }
  members_.resize(first);
  for (std::uint32_t flow = 0; flow < flows_.size(); ++flow) {
    for (const Use& use : UsesOf(flows_[flow])) {
      const std::uint32_t place = first_member_[use.resource] + members_in_[use.resource]++;
      members_[place] = {use.per_level, flow};
    }
  }
}

std::vector<MaxMinShares::Moment> MaxMinShares::Demands() const {
  std::vector<Moment> demands(flows_.size());
  for (std::uint32_t flow = 0; flow < flows_.size(); ++flow) {
    demands[flow] = {flows_[flow].limit, flow};
  }
  SortByLevel(demands);
  return demands;
}

void MaxMinShares::Push(std::uint32_t resource) {
  const Filling& filling = filling_[resource];
  heap_.push_back({std::max(filling.left, 0.0) / filling.per_level, resource});
  std::push_heap(heap_.begin(), heap_.end(), Later());
}

void MaxMinShares::Begin() {
  ListMembers();
  levels_.assign(capacities_.size(), kNever);
  stopped_.assign(flows_.size(), -1);
  filling_.assign(capacities_.size(), {});
  heap_.clear();
  for (const Use& each : uses_) filling_[each.resource].per_level += each.per_level;
  for (std::uint32_t i = 0; i < capacities_.size(); ++i) {
    filling_[i].left = capacities_[i];
    filling_[i].reckoned = filling_[i].per_level;
    filling_[i].rising = members_in_[i];
    if (members_in_[i] > 0) Push(i);
  }
}

void MaxMinShares::Stop(std::uint32_t flow, double level) {
  stopped_[flow] = level;
  for (const Use& use : UsesOf(flows_[flow])) {
    Filling& filling = filling_[use.resource];
    filling.left -= use.per_level * level;
    filling.per_level -= use.per_level;
    --filling.rising;
  }
}

// What Stop took off one by one has its rounding errors; here they are gone.
void MaxMinShares::Reckon(std::uint32_t resource) {
  double left = capacities_[resource];
  double per_level = 0;
  for (const Member& each : MembersOf(resource)) {
    const double level = stopped_[each.flow];
    if (level < 0) {
      per_level += each.per_level;
    } else {
      left -= each.per_level * level;
    }
  }
  filling_[resource].left = left;
  filling_[resource].per_level = per_level;
  filling_[resource].reckoned = per_level;
}

void MaxMinShares::Spend(std::uint32_t resource) {
  const double level = std::max(filling_[resource].left, 0.0) / filling_[resource].per_level;
  levels_[resource] = level;
  for (const Member& each : MembersOf(resource)) {
    if (stopped_[each.flow] < 0) Stop(each.flow, level);
  }
}

// The share of a resource only grows while flows of it stop: a key in the heap may be too low,
// which is found out here, and never too high but for rounding.
bool MaxMinShares::SpendNext() {
  const auto [level, resource] = heap_.front();
  std::pop_heap(heap_.begin(), heap_.end(), Later());
  heap_.pop_back();
  const Filling& filling = filling_[resource];
  if (filling.rising == 0) return false;
  const double most = level * (1 + kSameShare);
  const bool is_worn = filling.per_level < kWorn * filling.reckoned;
  if (is_worn || filling.left <= most * filling.per_level) Reckon(resource);
  if (filling.left <= most * filling.per_level) {
    Spend(resource);
    return true;
  }
  Push(resource);
  return false;
}

void MaxMinShares::Solve() {
  Begin();
  for (const Moment& demand : Demands()) {
    while (!heap_.empty() && heap_.front().level < demand.level) SpendNext();
    if (stopped_[demand.number] < 0) Stop(demand.number, demand.level);
  }
}

}  // namespace vpcmirror::sim
