#include "models/ns3/protocol_frame.h"

#include <ns3/ethernet-header.h>
#include <ns3/mac48-address.h>

namespace vpcmirror {

ns3::Ptr<Transit> FrameOf(const ns3::Ptr<ns3::Packet>& packet, const ns3::Address& source,
                          const ns3::Address& destination, std::uint16_t ether_type) {
  ns3::EthernetHeader ethernet(false);
  ethernet.SetSource(ns3::Mac48Address::ConvertFrom(source));
  ethernet.SetDestination(ns3::Mac48Address::ConvertFrom(destination));
  ethernet.SetLengthType(ether_type);
  packet->AddHeader(ethernet);
  return Transit::OfPacket(packet);
}

ProtocolPacket PacketOf(const Transit& frame) {
  const FrameInfo& info = frame.info();
  const ns3::Ptr<ns3::Packet> payload = frame.packet()->Copy();
  payload->RemoveAtStart(info.network_offset);
  ns3::Mac48Address from;
  from.CopyFrom(reinterpret_cast<const std::uint8_t*>(info.source_mac.octets.data()));
  return {.packet = payload, .ether_type = info.ether_type, .source = from};
}

}  // namespace vpcmirror
