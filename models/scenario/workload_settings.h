// Internal to models/scenario: what a workload's frames and times are like,
// whoever exchanges them.
#pragma once

#include "models/scenario/draft.h"

namespace vpcmirror {

// A workload without streams, requests and replays. `flows` that nobody gave are as many
// as a few streams have; whoever knows the streams fits and lists them.
Workload SettleWorkload(Draft& draft, const WorkloadSpec& spec);

// Lists a default of a workload. Not for one that only replays a capture: it has
// its frames from there and uses no default.
void AssumeOfWorkload(Draft& draft, const WorkloadSpec& spec, const Assumption& assumption);

}  // namespace vpcmirror
