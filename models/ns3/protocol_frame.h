// Between the packets of ns-3's protocols and whole Ethernet frames.
#pragma once

#include <ns3/address.h>
#include <ns3/packet.h>
#include <ns3/ptr.h>

#include <cstdint>

#include "models/ns3/transit.h"

namespace vpcmirror {

// The frame of an IP packet, in front of which it puts an Ethernet header of these MAC
// addresses.
ns3::Ptr<Transit> FrameOf(const ns3::Ptr<ns3::Packet>& packet, const ns3::Address& source,
                          const ns3::Address& destination, std::uint16_t ether_type);

// A packet as a device hands it to the protocols above it.
struct ProtocolPacket {
  ns3::Ptr<ns3::Packet> packet;  // without its Ethernet header
  std::uint16_t ether_type = 0;
  ns3::Address source;  // MAC
};
ProtocolPacket PacketOf(const Transit& frame);

}  // namespace vpcmirror
