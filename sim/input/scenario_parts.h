// The parts of a scenario, each read from its place in the document.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/scenario/scenario.h"
#include "sim/input/cursor.h"

namespace vpcmirror::sim {

struct CaptureFolder {
  std::string path;  // where relative names start
  bool open = true;  // false: captures are not looked at
};

std::vector<VpcSpec> ReadVpcs(const Cursor& vpcs);
std::vector<HostSpec> ReadHosts(const Cursor& hosts);
// The member `costs` of a scenario or a host; empty when there is none.
std::optional<CostSpec> ReadCosts(const Cursor& object);
std::vector<WorkloadSpec> ReadWorkloads(const Cursor& workloads, const CaptureFolder& captures);
std::vector<MirrorSpec> ReadMirrors(const Cursor& mirrors);
// `mirrors` is that of the scenario, to whose lists actions may refer.
std::vector<TimelineSpec> ReadTimeline(const Cursor& timeline,
                                       const std::optional<Cursor>& mirrors);

}  // namespace vpcmirror::sim
