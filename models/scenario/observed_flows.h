// Traffic that was seen and not imagined, in the place of a scenario's workloads.
#pragma once

#include <cstddef>
#include <vector>

#include "models/scenario/valid_scenario.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"

namespace vpcmirror {

// A frame of which nothing but its flow and its length is known.
FrameInfo FrameOfFlow(const FlowKey& flow, Bytes frame);
// Of their mean length, rounded down.
FrameInfo MeanFrameOf(const ObservedFlow& flow);

// The lower of its ports: that of the server, as a rule. 0 where it has none.
std::uint16_t ServicePortOf(const FlowKey& flow);

// Many flows as few of them: the `alone` with the most bits stay as they are, and so do as many
// others of each kind as make about `together` in all, but one at least. What is left is added to
// those, in turn. Of one kind are flows at one ENI, in one direction, of one protocol and service
// port, that the scenario's mirrors treat alike and send to the same receivers. So what each ENI,
// mirror and receiver has stays exact, and what a receiver's worker has does nearly.
struct FewerFlows {
  std::size_t alone = 4'096;
  std::size_t together = 16'384;
};
std::vector<ObservedFlow> Fewer(std::vector<ObservedFlow> flows, const ValidScenario& scenario,
                                const FewerFlows& limits = {});

// One workload of them, from beginning to end, in place of all others.
void ReplaceWorkloads(std::vector<ObservedFlow> flows, ValidScenario& scenario);

}  // namespace vpcmirror
