#include "models/ns3/outside_peer.h"

#include <ns3/simulator.h>
#include <ns3/uinteger.h>

#include "models/ns3/clock.h"
#include "models/ns3/eni_device.h"
#include "models/ns3/protocol_frame.h"

namespace vpcmirror {

NS_OBJECT_ENSURE_REGISTERED(OutsidePeer);

ns3::TypeId OutsidePeer::GetTypeId() {
  static const ns3::TypeId tid =
      ns3::TypeId("vpcmirror::OutsidePeer")
          .SetParent<ns3::NetDevice>()
          .SetGroupName("vpcmirror")
          .AddConstructor<OutsidePeer>()
          .AddAttribute("Delay", "One-way delay between it and the ENI",
                        ns3::TimeValue(ns3::MilliSeconds(10)),
                        ns3::MakeTimeAccessor(&OutsidePeer::delay_),
                        ns3::MakeTimeChecker(ns3::Time(0)))
          .AddAttribute("Mtu", "Largest IP packet", ns3::UintegerValue(1500),
                        ns3::MakeUintegerAccessor(&OutsidePeer::SetMtu, &OutsidePeer::GetMtu),
                        ns3::MakeUintegerChecker<std::uint16_t>(68));  // RFC 791
  return tid;
}

OutsidePeer::OutsidePeer() : mac_(ns3::Mac48Address::Allocate()) {}
OutsidePeer::~OutsidePeer() = default;

void OutsidePeer::SetUp(const IpAddress& address, const ns3::Ptr<EniDevice>& eni) {
  eni_ = eni;
  eni->fabric()->AddOutsidePeer(address, eni->primary_address(), this);
}

void OutsidePeer::Take(const ns3::Ptr<Transit>& frame, Picoseconds departs) {
  const Picoseconds wait = departs - SimulatedNow() + FromTime(delay_);
  ns3::Simulator::ScheduleWithContext(
      node_->GetId(), ToTime(wait),
      [peer = ns3::Ptr<OutsidePeer>(this), frame] { peer->HandUp(frame); });
}

void OutsidePeer::HandUp(const ns3::Ptr<Transit>& frame) {
  const ProtocolPacket up = PacketOf(*frame);
  if (!promisc_.IsNull()) promisc_(this, up.packet, up.ether_type, up.source, mac_, PACKET_HOST);
  if (!receive_.IsNull()) receive_(this, up.packet, up.ether_type, up.source);
}

bool OutsidePeer::SetMtu(std::uint16_t mtu) {
  mtu_ = mtu;
  return true;
}

bool OutsidePeer::SendFrom(ns3::Ptr<ns3::Packet> packet, const ns3::Address& source,
                           const ns3::Address& destination, std::uint16_t protocol) {
  if (!eni_ || packet->GetSize() > mtu_) return false;
  const ns3::Ptr<Transit> frame = FrameOf(packet, source, destination, protocol);
  frame->passage.of_stack = true;
  frame->landing = {ns3::PeekPointer(eni_), eni_->node_id()};
  sent_.Add(frame->length());
  frame->ScheduleArrival(FromTime(delay_));
  return true;
}

void OutsidePeer::DoDispose() {
  eni_ = nullptr;
  node_ = nullptr;
  receive_ = ReceiveCallback();
  promisc_ = PromiscReceiveCallback();
  RoutedDevice::DoDispose();
}

}  // namespace vpcmirror
