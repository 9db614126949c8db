// Which traffic the shipped profile of a cloud never mirrors.
#pragma once

#include <cstdint>
#include <string>

#include "models/wire/frame.h"
#include "tests/support/addresses.h"
#include "tests/unit/input/shipped.h"

namespace vpcmirror::sim {

// From a host of the VPC, over the IP version of `destination`.
inline FrameInfo PacketTo(const char* destination, std::uint8_t protocol, std::uint16_t source_port,
                          std::uint16_t destination_port) {
  FrameInfo frame;
  frame.has_flow = true;
  frame.flow.destination = Address(destination);
  frame.flow.source = Address(frame.flow.destination.is_v4() ? "10.0.0.5" : "fd00::5");
  frame.ether_type = frame.flow.destination.is_v4() ? kEtherTypeIpv4 : kEtherTypeIpv6;
  frame.flow.source_port = source_port;
  frame.flow.destination_port = destination_port;
  frame.flow.protocol = protocol;
  frame.flow.ports = Ports::kKnown;
  return frame;
}

// The kind of traffic that the cloud never mirrors; empty for what it may mirror.
inline std::string NeverMirroredAs(const char* cloud, const FrameInfo& frame) {
  for (const NeverMirrored& rule : Shipped().providers.at(cloud).never_mirrored) {
    if (rule.Matches(frame)) return rule.name;
  }
  return "";
}

}  // namespace vpcmirror::sim
