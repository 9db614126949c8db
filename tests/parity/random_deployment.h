// Small deployments drawn at random, with mirrors whose copies may or may not arrive.
#pragma once

#include <cstdint>
#include <string>

namespace vpcmirror::sim {

// A scenario in JSON, the same for the same number. Sources s0 to s2, each with a mirror of
// its own; a kind of cloud, a network of one to three VPCs and its rules are drawn. All
// traffic is inbound, of frames of 60 bytes, and ends half a millisecond before the run.
std::string RandomDeployment(std::uint64_t number);

}  // namespace vpcmirror::sim
