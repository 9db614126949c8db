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

struct MirrorLists {
  std::vector<MirrorSpec> mirrors;
  std::vector<MirrorPartSpec> filters;  // that actions of a timeline may name
  std::vector<MirrorPartSpec> targets;
};
MirrorLists ReadMirrors(const Cursor& mirrors);
std::vector<TimelineSpec> ReadTimeline(const Cursor& timeline);

}  // namespace vpcmirror::sim
