// Who an ENI talks to outside the deployment over ns-3's protocols.
#pragma once

#include <ns3/channel.h>
#include <ns3/mac48-address.h>
#include <ns3/node.h>
#include <ns3/nstime.h>

#include "models/mirror/ledger.h"
#include "models/ns3/routed_device.h"
#include "models/ns3/transit.h"
#include "models/units/quantity.h"
#include "models/wire/address.h"

namespace vpcmirror {

class EniDevice;

// A device whose link leads to one ENI and has no limits but a delay.
class OutsidePeer : public RoutedDevice {
 public:
  static ns3::TypeId GetTypeId();
  OutsidePeer();
  ~OutsidePeer() override;

  // After SetNode, and after the ENI has its fabric: what the ENI sends to `address` arrives
  // here. Requires an address of which no other peer talks to an ENI of that address.
  void SetUp(const IpAddress& address, const ns3::Ptr<EniDevice>& eni);

  // For VpcFabric: a frame left the deployment at `departs`, now or later.
  void Take(const ns3::Ptr<Transit>& frame, Picoseconds departs);

  const Count& sent() const { return sent_; }

  // ns3::NetDevice
  void SetIfIndex(std::uint32_t index) override { if_index_ = index; }
  std::uint32_t GetIfIndex() const override { return if_index_; }
  ns3::Ptr<ns3::Channel> GetChannel() const override { return nullptr; }
  void SetAddress(ns3::Address address) override { mac_ = ns3::Mac48Address::ConvertFrom(address); }
  ns3::Address GetAddress() const override { return mac_; }
  bool SetMtu(std::uint16_t mtu) override;
  std::uint16_t GetMtu() const override { return mtu_; }
  bool IsLinkUp() const override { return eni_ != nullptr; }
  bool SendFrom(ns3::Ptr<ns3::Packet> packet, const ns3::Address& source,
                const ns3::Address& destination, std::uint16_t protocol) override;
  ns3::Ptr<ns3::Node> GetNode() const override { return node_; }
  void SetNode(ns3::Ptr<ns3::Node> node) override { node_ = node; }
  void SetReceiveCallback(ReceiveCallback callback) override { receive_ = callback; }
  void SetPromiscReceiveCallback(PromiscReceiveCallback callback) override { promisc_ = callback; }

 protected:
  void DoDispose() override;

 private:
  void HandUp(const ns3::Ptr<Transit>& frame);

  ns3::Ptr<ns3::Node> node_;
  ns3::Ptr<EniDevice> eni_;
  ns3::Time delay_;
  ns3::Mac48Address mac_;
  std::uint32_t if_index_ = 0;
  std::uint16_t mtu_ = 0;
  Count sent_;
  ReceiveCallback receive_;
  PromiscReceiveCallback promisc_;
};

}  // namespace vpcmirror
