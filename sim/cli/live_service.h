// vpcmirror live on interfaces: a service until it is stopped.
#pragma once

#include <functional>
#include <vector>

#include "sim/cli/live_options.h"
#include "sim/cli/surroundings.h"
#include "sim/live/copy_sink.h"
#include "sim/live/live_mirror.h"

namespace vpcmirror::sim {

struct LiveService {
  // Reads the scenario, and the ENI of each interface; throws ScenarioException.
  std::function<std::vector<MirroredEni>()> load;
  CopySink* sink = nullptr;  // null: to receivers, or counted, as the options say
};

// Until it is stopped or its time is over; prints what was done. Returns the exit code. Throws
// std::runtime_error.
int MirrorInterfaces(const LiveOptions& options, const LiveService& service,
                     const Surroundings& around);

}  // namespace vpcmirror::sim
