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
// Flows and resources go by numbers from 0 on. Rates may be in any unit.
class MaxMinShares {
 public:
  // Throws std::invalid_argument for a capacity that is negative or not finite. A resource
  // without a limit is none: leave it out.
  explicit MaxMinShares(std::vector<double> capacities);

  // Returns the number of the flow: the least that is free. A flow with several uses of one
  // resource has their sum. Throws std::invalid_argument for a demand below 0, one without
  // limit (infinity) where nothing is used, a weight or a use that is not over 0 and finite,
  // and a resource that there is not.
  std::uint32_t AddFlow(double demand, std::span<const ResourceUse> uses, double weight = 1);

  // Finds the rates. O(n log n) in the number of uses.
  void Solve();

  // As of the last Solve.
  double RateOf(std::uint32_t flow) const {
    const Flow& asked = flows_[flow];
    const double level = LevelOf(asked);
    return level < asked.limit ? asked.weight * level : demands_[flow];
  }

  // The level at which a resource is spent; infinite where it is not. As of the last Solve.
  double LevelOfResource(std::uint32_t resource) const { return levels_[resource]; }

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  struct Flow {
    double limit = 0;  // the level at which it has its demand
    double weight = 1;
    std::uint32_t first_use = 0;
    std::uint32_t uses = 0;
  };
  struct Use {
    double per_level = 0;
    std::uint32_t resource = 0;
  };
  // A flow of a resource.
  struct Member {
    double per_level = 0;
    std::uint32_t flow = 0;
  };
  // A resource while flows rise.
  struct Filling {
    double left = 0;
    double per_level = 0;  // of the flows that still rise
    double reckoned = 0;   // `per_level` when it was last a sum of nothing else
    std::uint32_t rising = 0;
  };
  // When something happens next to a flow or a resource.
  struct Moment {
    double level = 0;
    std::uint32_t number = 0;
  };
  struct Later {
    bool operator()(const Moment& a, const Moment& b) const { return a.level > b.level; }
  };

  std::span<const Use> UsesOf(const Flow& flow) const {
    return {uses_.data() + flow.first_use, flow.uses};
  }
  double LevelOf(const Flow& flow) const {
    double level = flow.limit;
    for (const Use& use : UsesOf(flow)) level = std::min(level, levels_[use.resource]);
    return level;
  }
  std::span<const Member> MembersOf(std::uint32_t resource) const {
    return {members_.data() + first_member_[resource], members_in_[resource]};
  }

  void CheckFlow(double demand, std::span<const ResourceUse> uses, double weight) const;
  void ListMembers();
  std::vector<Moment> Demands() const;
  void Begin();
  void Stop(std::uint32_t flow, double level);
  void Spend(std::uint32_t resource);
  void Reckon(std::uint32_t resource);
  bool SpendNext();
  void Push(std::uint32_t resource);

  std::vector<double> capacities_;
  std::vector<double> levels_;  // by resource
  std::vector<Flow> flows_;
  std::vector<double> demands_;  // by flow
  std::vector<Use> uses_;        // of a flow they are neighbours

  // Flows by resource.
  std::vector<std::uint32_t> first_member_;
  std::vector<std::uint32_t> members_in_;
  std::vector<Member> members_;

  // Kept for their memory.
  std::vector<Filling> filling_;
  std::vector<double> stopped_;  // by flow: its level, or below 0 while it rises
  std::vector<Moment> heap_;
};

}  // namespace vpcmirror::sim
