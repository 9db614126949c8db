// The packet engine's part.
#pragma once

#include <string>

#include "sim/input/library.h"
#include "tests/bench/engine_ratios/ns3_peer.h"
#include "tests/bench/engine_ratios/trial.h"

namespace vpcmirror::ratios {

enum class OtherSide {
  kOutside,  // whoever the ENIs talk to is outside the VPC
  kEnis      // they talk to ENIs
};

// One ENI sends and takes UDP, all of it mirrored to one receiver; every CVM has
// 10 Gbps each way, as the peer's links have.
std::string MirroredHost(const UdpTraffic& traffic, OtherSide other_side);

// `enis` ENIs that all send UDP, mirrored to one receiver. `traffic` is of all of
// them together. Without traffic they are idle.
std::string MirroredFleet(int enis, const UdpTraffic* traffic, OtherSide other_side);

// TCP flows of one ENI to another, each CVM with 10 Gbps each way; what the client sends
// is mirrored to one receiver or, for `mirrored` false, not.
std::string TcpHosts(const TcpTraffic& traffic, bool mirrored);

// Reads `scenario`, runs it and counts what was delivered: frames that reached an
// ENI or left for the outside; of TCP flows, segments of data.
Measured SimulateWithEngine(const std::string& scenario, const Library& library,
                            OtherSide other_side);

}  // namespace vpcmirror::ratios
