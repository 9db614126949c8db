// What TCP flows get of what others leave.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/scenario/valid_scenario.h"
#include "sim/fluid/flow_bundles.h"
#include "sim/fluid/losses.h"
#include "sim/fluid/max_min.h"

namespace vpcmirror::sim {

// Of one budget, what flows that do not react leave: 0 or more each, infinite without a limit.
struct BudgetRest {
  double bits_per_second = 0;
  double frames_per_second = 0;
};

// Seconds to the other end of a TCP workload's flows and back, without any queue.
double RoundTripSeconds(const ValidScenario& scenario, const Workload& workload);

// Segments of data in a unit of an ElasticGroup: of its answer, where there is one.
double SegmentsOfUnit(const TcpSettings& tcp);

// Flows that react to loss share max-min fairly, each at most a window in a round trip, or its
// next request when it has thought and the others leave it room. They react where their data
// pass: there a flow pays for its copies and acknowledgements as for itself, but for copies under
// kProductionFirst, which take nothing from it.
class ElasticFlows {
 public:
  // All must outlive it.
  ElasticFlows(const ValidScenario& scenario, const FlowBundles& flows,
               const BudgetNumbers& numbers);

  bool empty() const { return flows_.elastic.empty(); }

  // Units a second of each group, by budget of BudgetNumbers. To be asked again until nothing
  // changes: what requests leave to one another is as of the last call.
  std::vector<double> Share(const std::vector<BudgetRest>& rests);

 private:
  std::vector<ResourceUse> UsesOf(const ElasticGroup& group) const;
  double WindowRateOf(const ElasticGroup& group) const;
  double ExchangeRateOf(const ElasticGroup& group, double available) const;
  const TcpSettings& TcpOf(const ElasticGroup& group) const;
  bool CopiesCount(std::size_t eni) const;
  std::vector<double> LeftBeside(const std::vector<double>& capacities,
                                 const std::vector<double>& rates) const;

  const ValidScenario& scenario_;
  const FlowBundles& flows_;
  const BudgetNumbers& numbers_;
  std::vector<std::vector<ResourceUse>> uses_;  // by group
  std::vector<double> demands_;                 // by group, when nothing is in its way
  bool asks_ = false;                           // some exchange requests
  std::vector<double> left_;                    // by group: what the others left it the last time
};

}  // namespace vpcmirror::sim
