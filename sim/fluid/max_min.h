// Max-min fair rates of flows that share resources.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace vpcmirror::sim {

struct ResourceUse {
  std::uint32_t resource = 0;
  // Of the resource, in the unit of its capacity, for each unit of the flow's rate. Over 0.
  double per_rate = 1;
};

// All flows rise together, the rate of each being its weight times their level. A flow stops at
// its demand, or when a resource that it uses is spent; the others rise on. So every flow is at
// its demand or uses a spent resource of which no other flow has a higher level: no flow could
// have more but at the expense of one that has no more than it.
//
// What is kept is the level at which each resource is spent, infinite for one that is not; a
// flow has the least level of its resources, or its demand. Levels that spend exactly the
// capacity of each resource that has one, and nowhere more than the capacity, are the max-min
// fair ones: a flow below its demand has the level of one of its resources, which is spent, and
// of which no flow has a higher level.
//
// After a change, only resources that the levels leave over- or underspent get another level,
// which may upset those that they share flows with, and so on, lowest level first. That comes
// to an end: the level of a resource depends on those of its flows that have a lower level
// elsewhere, and on no others. Once each resource has been seen to, the lowest of all levels is
// the final one, and stays; then the lowest of the others, and so on. Seen to in the order of
// their final levels, each is seen to once; the order is that of the levels as estimated. Where
// it takes more work than finding all levels anew, that is done instead.
//
// Flows and resources go by numbers from 0 on. Rates may be in any unit.
class MaxMinShares {
 public:
  // Throws std::invalid_argument for a capacity that is negative or not finite. A resource
  // without a limit is none: leave it out.
  explicit MaxMinShares(std::vector<double> capacities);

  // Returns the number of the flow, which is that of a removed one if there is any. A flow with
  // several uses of one resource has their sum. Throws std::invalid_argument for a demand below
  // 0, one without limit (infinity) where nothing is used, a weight or a use that is not over 0
  // and finite, and a resource that there is not.
  std::uint32_t AddFlow(double demand, std::span<const ResourceUse> uses, double weight = 1);

  // Requires a flow that was added and not removed.
  void RemoveFlow(std::uint32_t flow);

  // Throws as AddFlow does. Requires a flow that was added and not removed.
  void SetDemand(std::uint32_t flow, double demand);

  // Throws as the constructor does. Requires a resource that there is.
  void SetCapacity(std::uint32_t resource, double capacity);

  // Finds the rates: all of them the first time, in O(n log n) for n uses, and then what the
  // changes since the last time have changed. Within 1e-9 of the exact rates.
  void Solve();

  // Finds all rates anew, whatever has changed. Within rounding of the exact rates.
  void SolveAnew();

  // Requires a call of Solve since the last change.
  double RateOf(std::uint32_t flow) const {
    const Flow& asked = flows_[flow];
    const double level = LevelOf(asked);
    return level < asked.limit ? asked.weight * level : demands_[flow];
  }

  // The level at which a resource is spent; infinite where it is not, 0 where there is nothing to
  // spend. Requires a call of Solve
  // since the last change.
  double LevelOfResource(std::uint32_t resource) const { return levels_[resource]; }

 private:
  static constexpr auto kNoOther = std::numeric_limits<std::uint32_t>::max();
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  struct Flow {
    double limit = 0;  // the level that it cannot pass: LimitOf
    double weight = 1;
    std::uint32_t first_use = 0;
    std::uint32_t uses = 0;
  };
  struct Use {
    double per_level = 0;
    std::uint32_t resource = 0;
    std::uint32_t neighbours = 0;  // the first of a flow: how many it has
  };
  // A flow of a resource, with what else would have to be fetched from far.
  struct Member {
    double per_level = 0;
    double limit = 0;
    std::uint32_t flow = 0;
    std::uint32_t first_use = 0;
    // Of a flow with two resources, as most have, the one that is not this: the level of that
    // takes a quarter of the time when its number is here.
    std::uint32_t only_other = kNoOther;
  };
  // Where the flows of a resource are.
  struct Members {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::uint32_t room = 0;
  };
  // A resource while flows rise.
  struct Filling {
    double left = 0;
    double per_level = 0;  // of the flows that still rise
    double reckoned = 0;   // `per_level` when it was last a sum of nothing else
    std::uint32_t rising = 0;
  };
  // A resource at the levels as they are.
  struct Balance {
    double excess = 0;       // what its flows spend, less its capacity
    double per_level = 0;    // of the flows that have its level
    double queued = kNever;  // its key in the queue, if it waits there
  };
  // The level that the other resources and its demand allow a flow of a resource.
  struct Allowance {
    double per_level = 0;
    double level = 0;
  };
  // When something happens next to a flow or a resource.
  struct Moment {
    double level = 0;
    std::uint32_t number = 0;
    std::uint32_t first_use = 0;  // of a flow
  };
  struct Later {
    bool operator()(const Moment& a, const Moment& b) const { return a.level > b.level; }
  };
  struct Spending {
    double level = 0;
    double per_level = 0;  // of the flows that have the level
    double load = 0;       // that flows with a lower level spend
  };

  std::span<const Use> UsesOf(const Flow& flow) const {
    return {uses_.data() + flow.first_use, flow.uses};
  }
  // Requires a flow that uses something.
  std::span<const Use> UsesFrom(std::uint32_t first) const {
    return {uses_.data() + first, uses_[first].neighbours};
  }
  double LevelOf(const Flow& flow) const {
    double level = flow.limit;
    for (const Use& use : UsesOf(flow)) level = std::min(level, levels_[use.resource]);
    return level;
  }
  std::span<const Member> MembersOf(std::uint32_t resource) const {
    return {members_.data() + lists_[resource].first, lists_[resource].count};
  }

  void CheckDemand(double demand, std::size_t uses) const;
  void CheckUses(std::span<const ResourceUse> uses, double weight) const;
  std::uint32_t NewNumber();
  void AppendUses(std::span<const ResourceUse> uses, double weight);
  double LimitOf(std::uint32_t number) const;
  void Relimit(std::uint32_t number);
  void CloseGaps();

  void ListMembers();
  Member MemberFor(const Use& use, std::uint32_t number) const;
  Member& MemberOf(std::uint32_t resource, std::uint32_t flow);
  void Enlist(const Use& use, std::uint32_t flow);
  void Strike(std::uint32_t resource, std::uint32_t flow);

  // All anew.
  std::vector<Moment> Demands() const;
  void Begin();
  void Stop(std::uint32_t flow, std::uint32_t first_use, double level);
  void SpendNext();
  void Spend(std::uint32_t resource);
  void Reckon(std::uint32_t resource);
  void PushShare(std::uint32_t resource);

  // What has changed.
  bool Settle();
  bool IsUpset(std::uint32_t resource) const;
  void Upset(std::uint32_t resource, double spent);
  void UpsetAll(const Flow& flow, double level_change);
  double AllowanceOf(const Member& member, std::uint32_t resource) const;
  void Gather(std::uint32_t resource);
  Spending SpendingAt(double level) const;
  Spending SpendingOf(double capacity, double guess) const;
  void Relevel(std::uint32_t resource);

  std::vector<double> capacities_;
  std::vector<double> levels_;  // by resource
  std::vector<Flow> flows_;
  std::vector<double> demands_;      // by flow
  std::vector<std::uint32_t> free_;  // numbers of removed flows
  std::vector<Use> uses_;            // of a flow they are neighbours
  std::size_t lost_uses_ = 0;        // of removed flows

  bool has_stale_limits_ = false;
  bool is_solved_ = false;      // but for what the queue says
  std::vector<Members> lists_;  // by resource
  std::vector<Member> members_;
  std::vector<Balance> balances_;  // by resource
  std::vector<Moment> queue_;      // resources by the level that they are likely to get

  // Kept for their memory.
  std::vector<Filling> filling_;
  std::vector<double> stopped_;  // by flow: its level, or below 0 while it rises
  std::vector<Moment> heap_;
  std::vector<Allowance> allowances_;  // by the members of a resource
};

}  // namespace vpcmirror::sim
