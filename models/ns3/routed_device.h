// What all devices are alike in whose frames are routed by IP address.
#pragma once

#include <ns3/mac48-address.h>
#include <ns3/net-device.h>

#include <cstdint>

namespace vpcmirror {

// One link without ARP and without groups. Holds no data of its own.
class RoutedDevice : public ns3::NetDevice {
 public:
  void AddLinkChangeCallback(ns3::Callback<void>) override {}
  bool IsBroadcast() const override { return true; }
  ns3::Address GetBroadcast() const override { return ns3::Mac48Address::GetBroadcast(); }
  bool IsMulticast() const override { return false; }
  ns3::Address GetMulticast(ns3::Ipv4Address group) const override {
    return ns3::Mac48Address::GetMulticast(group);
  }
  ns3::Address GetMulticast(ns3::Ipv6Address group) const override {
    return ns3::Mac48Address::GetMulticast(group);
  }
  bool IsBridge() const override { return false; }
  bool IsPointToPoint() const override { return false; }
  bool NeedsArp() const override { return false; }
  bool SupportsSendFrom() const override { return true; }
  bool Send(ns3::Ptr<ns3::Packet> packet, const ns3::Address& destination,
            std::uint16_t protocol) override {
    return SendFrom(packet, GetAddress(), destination, protocol);
  }
};

}  // namespace vpcmirror
