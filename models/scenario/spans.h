// The parts that a timeline divides a run into.
#pragma once

#include <cstdint>
#include <vector>

#include "models/scenario/valid_scenario.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// Where the parts begin, but for the first, which begins at `start`: at events that change
// something. No part is shorter than 100 ms, and there are at most `most` of them: what is
// closer together is one. Empty: there is one part.
std::vector<Picoseconds> SpanStarts(const std::vector<TimelineEvent>& timeline, Picoseconds start,
                                    Picoseconds end, std::int64_t most);

// Of a run of the scenario, behind its warm-up; as many as its results have room for.
std::vector<Picoseconds> SpanStarts(const ValidScenario& scenario);

}  // namespace vpcmirror
