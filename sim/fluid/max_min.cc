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
// Of what the flows that have a resource's level spend: what it may be over- or underspent by.
constexpr double kUnnoticed = 1e-12;
// How many flows of resources may be looked at to settle a change, in multiples of all uses,
// before all is solved anew: about the time that this takes.
constexpr double kPatience = 4;
// Of the uses, that may be of removed flows.
constexpr double kGaps = 0.5;

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

void CheckCapacity(double capacity) {
  if (capacity >= 0 && std::isfinite(capacity)) return;
  Refuse("a capacity", capacity, "0 or more and finite");
}

}  // namespace

MaxMinShares::MaxMinShares(std::vector<double> capacities)
    : capacities_(std::move(capacities)),
      levels_(capacities_.size()),
      lists_(capacities_.size()),
      balances_(capacities_.size()) {
  for (const double each : capacities_) CheckCapacity(each);
}

void MaxMinShares::CheckDemand(double demand, std::size_t uses) const {
  if (!(demand >= 0)) Refuse("a demand", demand, "0 or more");
  if (std::isinf(demand) && uses == 0) Refuse("the demand of what uses nothing", demand, "finite");
}

void MaxMinShares::CheckUses(std::span<const ResourceUse> uses, double weight) const {
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

std::uint32_t MaxMinShares::NewNumber() {
  if (free_.empty()) {
    flows_.emplace_back();
    demands_.emplace_back();
    return static_cast<std::uint32_t>(flows_.size() - 1);
  }
  const std::uint32_t number = free_.back();
  free_.pop_back();
  return number;
}

void MaxMinShares::AppendUses(std::span<const ResourceUse> uses, double weight) {
  const auto first = static_cast<std::ptrdiff_t>(uses_.size());
  for (const ResourceUse& use : uses) {
    const auto same = std::find_if(uses_.begin() + first, uses_.end(),
                                   [&](const Use& each) { return each.resource == use.resource; });
    if (same == uses_.end()) {
      uses_.push_back({.per_level = use.per_rate * weight, .resource = use.resource});
    } else {
      same->per_level += use.per_rate * weight;
    }
  }
}

// The level at which a flow has its demand or, if that is less, twice what one of its resources
// could give to it alone: far from what it gets, yet no number beside which capacities vanish.
double MaxMinShares::LimitOf(std::uint32_t number) const {
  const Flow& flow = flows_[number];
  double limit = demands_[number] / flow.weight + 0.0;  // never -0, which sorts as the largest
  for (const Use& use : UsesOf(flow)) {
    const double capacity = capacities_[use.resource];
    if (capacity > 0) limit = std::min(limit, 2 * capacity / use.per_level);
  }
  return limit;
}

std::uint32_t MaxMinShares::AddFlow(double demand, std::span<const ResourceUse> uses,
                                    double weight) {
  CheckDemand(demand, uses.size());
  CheckUses(uses, weight);
  const auto first = static_cast<std::uint32_t>(uses_.size());
  AppendUses(uses, weight);
  const std::uint32_t number = NewNumber();
  demands_[number] = demand;
  Flow& flow = flows_[number];
  flow = {.weight = weight,
          .first_use = first,
          .uses = static_cast<std::uint32_t>(uses_.size()) - first};
  if (flow.uses > 0) uses_[first].neighbours = flow.uses;
  flow.limit = LimitOf(number);
  if (!is_solved_) return number;
  for (const Use& use : UsesOf(flow)) Enlist(use, number);
  UpsetAll(flow, LevelOf(flow));
  return number;
}

void MaxMinShares::RemoveFlow(std::uint32_t number) {
  Flow& flow = flows_[number];
  if (is_solved_) {
    for (const Use& use : UsesOf(flow)) Strike(use.resource, number);
    UpsetAll(flow, -LevelOf(flow));
  }
  lost_uses_ += flow.uses;
  flow = {};
  demands_[number] = 0;
  free_.push_back(number);
}

void MaxMinShares::Relimit(std::uint32_t number) {
  Flow& flow = flows_[number];
  const double limit = LimitOf(number);
  if (limit == flow.limit) return;
  const double before = LevelOf(flow);
  flow.limit = limit;
  for (const Use& use : UsesOf(flow)) MemberOf(use.resource, number).limit = limit;
  const double change = LevelOf(flow) - before;
  if (change != 0) UpsetAll(flow, change);
}

void MaxMinShares::SetDemand(std::uint32_t number, double demand) {
  CheckDemand(demand, flows_[number].uses);
  demands_[number] = demand;
  if (is_solved_) {
    Relimit(number);
  } else {
    flows_[number].limit = LimitOf(number);
  }
}

void MaxMinShares::SetCapacity(std::uint32_t resource, double capacity) {
  CheckCapacity(capacity);
  const double before = std::exchange(capacities_[resource], capacity);
  if (before == 0 || capacity == 0) is_solved_ = false;  // a flow of it may have had no limit
  if (!is_solved_) {
    has_stale_limits_ = true;
    return;
  }
  // Not the difference: beside a capacity that was far larger, its rounding would stay behind.
  Upset(resource, kNever);
  for (const Member& each : MembersOf(resource)) Relimit(each.flow);
}

void MaxMinShares::CloseGaps() {
  if (static_cast<double>(lost_uses_) <= kGaps * static_cast<double>(uses_.size())) return;
  std::vector<Use> kept;
  kept.reserve(uses_.size() - lost_uses_);
  for (Flow& flow : flows_) {
    const std::span<const Use> uses = UsesOf(flow);
    flow.first_use = static_cast<std::uint32_t>(kept.size());
    kept.insert(kept.end(), uses.begin(), uses.end());
  }
  uses_ = std::move(kept);
  lost_uses_ = 0;
}

void MaxMinShares::ListMembers() {
  std::fill(lists_.begin(), lists_.end(), Members{});
  for (const Flow& flow : flows_) {
    for (const Use& use : UsesOf(flow)) ++lists_[use.resource].room;
  }
  std::uint32_t first = 0;
  for (Members& list : lists_) {
    list.first = first;
    first += list.room;
  }
  members_.reserve(first + first / 8);  // for some more flows
  members_.resize(first);
  for (std::uint32_t number = 0; number < flows_.size(); ++number) {
    for (const Use& use : UsesOf(flows_[number])) {
      Members& list = lists_[use.resource];
      members_[list.first + list.count++] = MemberFor(use, number);
    }
  }
}

MaxMinShares::Member MaxMinShares::MemberFor(const Use& use, std::uint32_t number) const {
  const Flow& flow = flows_[number];
  const std::span<const Use> uses = UsesOf(flow);
  return {.per_level = use.per_level,
          .limit = flow.limit,
          .flow = number,
          .first_use = flow.first_use,
          .only_other = uses.size() == 2 ? uses[&use == uses.data() ? 1 : 0].resource : kNoOther};
}

MaxMinShares::Member& MaxMinShares::MemberOf(std::uint32_t resource, std::uint32_t flow) {
  Member* member = members_.data() + lists_[resource].first;
  while (member->flow != flow) ++member;
  return *member;
}

// A list without room moves behind all others, where it has twice as much.
void MaxMinShares::Enlist(const Use& use, std::uint32_t flow) {
  Members& list = lists_[use.resource];
  if (list.count == list.room) {
    const auto end = static_cast<std::uint32_t>(members_.size());
    list.room = 2 * list.room + 1;
    members_.resize(members_.size() + list.room);
    std::copy_n(members_.begin() + list.first, list.count, members_.begin() + end);
    list.first = end;
  }
  members_[list.first + list.count++] = MemberFor(use, flow);
}

void MaxMinShares::Strike(std::uint32_t resource, std::uint32_t flow) {
  Members& list = lists_[resource];
  MemberOf(resource, flow) = members_[list.first + --list.count];
}

std::vector<MaxMinShares::Moment> MaxMinShares::Demands() const {
  std::vector<Moment> demands;
  demands.reserve(flows_.size());
  for (std::uint32_t number = 0; number < flows_.size(); ++number) {
    const Flow& flow = flows_[number];
    if (flow.uses > 0) demands.push_back({flow.limit, number, flow.first_use});
  }
  SortByLevel(demands);
  return demands;
}

void MaxMinShares::PushShare(std::uint32_t resource) {
  const Filling& filling = filling_[resource];
  heap_.push_back({std::max(filling.left, 0.0) / filling.per_level, resource, 0});
  std::push_heap(heap_.begin(), heap_.end(), Later());
}

void MaxMinShares::Begin() {
  CloseGaps();
  if (std::exchange(has_stale_limits_, false)) {
    for (std::uint32_t flow = 0; flow < flows_.size(); ++flow) flows_[flow].limit = LimitOf(flow);
  }
  ListMembers();
  stopped_.assign(flows_.size(), -1);
  heap_.clear();
  filling_.assign(capacities_.size(), {});
  for (const Flow& flow : flows_) {
    for (const Use& use : UsesOf(flow)) filling_[use.resource].per_level += use.per_level;
  }
  for (std::uint32_t i = 0; i < capacities_.size(); ++i) {
    levels_[i] = capacities_[i] > 0 ? kNever : 0;
    filling_[i].left = capacities_[i];
    filling_[i].reckoned = filling_[i].per_level;
    filling_[i].rising = lists_[i].count;
    if (lists_[i].count > 0) PushShare(i);
  }
}

void MaxMinShares::Stop(std::uint32_t flow, std::uint32_t first_use, double level) {
  stopped_[flow] = level;
  for (const Use& use : UsesFrom(first_use)) {
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
  Filling& filling = filling_[resource];
  filling.left = left;
  filling.per_level = per_level;
  filling.reckoned = per_level;
}

void MaxMinShares::Spend(std::uint32_t resource) {
  const double per_level = filling_[resource].per_level;
  const double level = std::max(filling_[resource].left, 0.0) / per_level;
  levels_[resource] = level;
  for (const Member& each : MembersOf(resource)) {
    if (stopped_[each.flow] < 0) Stop(each.flow, each.first_use, level);
  }
  balances_[resource].per_level = per_level;
}

// The share of a resource only grows while flows of it stop: a key in the heap may be too low,
// which is found out here, and never too high but for rounding.
void MaxMinShares::SpendNext() {
  const auto [level, resource, unused] = heap_.front();
  std::pop_heap(heap_.begin(), heap_.end(), Later());
  heap_.pop_back();
  const Filling& filling = filling_[resource];
  if (filling.rising == 0) return;
  const double most = level * (1 + kSameShare);
  const bool is_worn = filling.per_level < kWorn * filling.reckoned;
  if (is_worn || filling.left <= most * filling.per_level) Reckon(resource);
  if (filling.left <= most * filling.per_level) {
    Spend(resource);
  } else {
    PushShare(resource);
  }
}

void MaxMinShares::SolveAnew() {
  Begin();
  for (const Moment& demand : Demands()) {
    while (!heap_.empty() && heap_.front().level < demand.level) SpendNext();
    if (stopped_[demand.number] < 0) Stop(demand.number, demand.first_use, demand.level);
  }
  for (std::uint32_t i = 0; i < capacities_.size(); ++i) {
    balances_[i].excess = levels_[i] == kNever ? -filling_[i].left : 0;
    balances_[i].queued = kNever;
  }
  queue_.clear();
  is_solved_ = true;
}

void MaxMinShares::Solve() {
  if (!is_solved_ || !Settle()) SolveAnew();
}

bool MaxMinShares::IsUpset(std::uint32_t resource) const {
  const Balance& balance = balances_[resource];
  const double level = levels_[resource];
  if (level == kNever) return balance.excess > kUnnoticed * capacities_[resource];
  const double spent = balance.per_level > 0 ? balance.per_level * level : capacities_[resource];
  return std::abs(balance.excess) > kUnnoticed * spent;
}

void MaxMinShares::Upset(std::uint32_t resource, double spent) {
  Balance& balance = balances_[resource];
  balance.excess += spent;
  if (!IsUpset(resource)) return;
  double key = 0;
  if (levels_[resource] < kNever && balance.per_level > 0) {
    key = std::max(levels_[resource] - balance.excess / balance.per_level, 0.0);
  }
  if (key >= balance.queued) return;
  balance.queued = key;
  queue_.push_back({key, resource, 0});
  std::push_heap(queue_.begin(), queue_.end(), Later());
}

void MaxMinShares::UpsetAll(const Flow& flow, double level_change) {
  for (const Use& use : UsesOf(flow)) Upset(use.resource, use.per_level * level_change);
}

double MaxMinShares::AllowanceOf(const Member& member, std::uint32_t resource) const {
  if (member.only_other != kNoOther) return std::min(member.limit, levels_[member.only_other]);
  double level = member.limit;
  for (const Use& use : UsesFrom(member.first_use)) {
    if (use.resource != resource) level = std::min(level, levels_[use.resource]);
  }
  return level;
}

void MaxMinShares::Gather(std::uint32_t resource) {
  allowances_.clear();
  for (const Member& member : MembersOf(resource)) {
    allowances_.push_back({member.per_level, AllowanceOf(member, resource)});
  }
}

MaxMinShares::Spending MaxMinShares::SpendingAt(double level) const {
  Spending spending{.level = level};
  for (const Allowance& each : allowances_) {
    const double rising = each.level > level ? each.per_level : 0;
    spending.per_level += rising;
    spending.load += (each.per_level - rising) * std::min(each.level, level);
  }
  return spending;
}

// What flows spend is concave in the level. So Newton's method, wherever it starts, is at or
// below the level sought from its first step on, rises from step to step, and has it exactly
// once no other flow stays behind.
MaxMinShares::Spending MaxMinShares::SpendingOf(double capacity, double guess) const {
  double level = guess;
  for (bool is_below = false;; is_below = true) {
    Spending spending = SpendingAt(level);
    const double left = capacity - spending.load;
    double next = is_below ? level : 0;
    if (spending.per_level > 0) {
      next = std::max(left, 0.0) / spending.per_level;
    } else if (left >= 0 && capacity > 0) {
      spending.level = kNever;
      return spending;
    }
    if (is_below && next <= level) return spending;
    level = next;
  }
}

void MaxMinShares::Relevel(std::uint32_t resource) {
  Gather(resource);
  const double before = levels_[resource];
  const Spending after = SpendingOf(capacities_[resource], before);
  levels_[resource] = after.level;
  balances_[resource].per_level = after.per_level;
  balances_[resource].excess = after.level == kNever ? after.load - capacities_[resource] : 0;
  const std::span<const Member> members = MembersOf(resource);
  for (std::size_t i = 0; i < members.size(); ++i) {
    const double allowed = allowances_[i].level;
    const double change = std::min(allowed, after.level) - std::min(allowed, before);
    if (change == 0) continue;
    for (const Use& use : UsesFrom(members[i].first_use)) {
      if (use.resource != resource) Upset(use.resource, use.per_level * change);
    }
  }
}

// False if it took too long.
bool MaxMinShares::Settle() {
  const double most = kPatience * static_cast<double>(uses_.size() - lost_uses_);
  std::size_t looked_at = 0;
  while (!queue_.empty()) {
    if (static_cast<double>(looked_at) > most) return false;
    const auto [key, resource, unused] = queue_.front();
    std::pop_heap(queue_.begin(), queue_.end(), Later());
    queue_.pop_back();
    if (key != balances_[resource].queued) continue;
    balances_[resource].queued = kNever;
    if (!IsUpset(resource)) continue;
    looked_at += lists_[resource].count;
    Relevel(resource);
  }
  return true;
}

}  // namespace vpcmirror::sim
