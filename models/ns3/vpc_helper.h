// Puts ENIs, CVMs, mirrors and receivers together in an ns-3 program.
#pragma once

#include <ns3/application-container.h>
#include <ns3/ipv4-address.h>
#include <ns3/net-device-container.h>
#include <ns3/node-container.h>
#include <ns3/object-factory.h>
#include <ns3/trace-helper.h>

#include <memory>
#include <string>
#include <vector>

#include "models/mirror/mirror.h"
#include "models/ns3/eni_device.h"
#include "models/ns3/mirror_receiver.h"
#include "models/ns3/vpc_fabric.h"
#include "models/wire/address.h"

namespace vpcmirror {

// One helper, one VPC: everything that it installs is on one fabric. The
// program sets ns-3's time resolution (picoseconds are best) before it makes one.
class VpcHelper : public ns3::PcapHelperForDevice, public ns3::AsciiTraceHelperForDevice {
 public:
  VpcHelper();

  void SetFabricAttribute(const std::string& name, const ns3::AttributeValue& value);
  void SetHostAttribute(const std::string& name, const ns3::AttributeValue& value);
  void SetDeviceAttribute(const std::string& name, const ns3::AttributeValue& value);

  // ENIs that are installed from now on never stop their queue: queue discs have no effect,
  // and ns-3's address helpers install none. Frames that find the egress full are lost there.
  void DisableFlowControl() { has_flow_control_ = false; }

  // Gives the node an ENI with this address, and a CvmHost if it has none.
  ns3::Ptr<EniDevice> Install(const ns3::Ptr<ns3::Node>& node, const IpAddress& address);
  // One for each node: the first gets `first`, the next the address behind it, as
  // ns3::Ipv4AddressHelper numbers them.
  ns3::NetDeviceContainer Install(const ns3::NodeContainer& nodes, ns3::Ipv4Address first);

  // Has every given ENI mirror as `mirror` says. Devices of other models are left aside.
  std::vector<ns3::Ptr<MirrorSession>> InstallMirror(const std::shared_ptr<const Mirror>& mirror,
                                                     const ns3::NetDeviceContainer& sources);

  // Has the ENI's node take copies in.
  ns3::Ptr<MirrorReceiver> InstallReceiver(const ns3::Ptr<EniDevice>& eni);

  // Fixes the random streams of the CVMs of these ENIs, of each CVM once; returns how many
  // it used.
  std::int64_t AssignStreams(const ns3::NetDeviceContainer& devices, std::int64_t stream);

  const ns3::Ptr<VpcFabric>& fabric() const { return fabric_; }

 private:
  void EnablePcapInternal(std::string prefix, ns3::Ptr<ns3::NetDevice> device, bool promiscuous,
                          bool explicit_filename) override;
  // Sessions that are installed later are not in the trace.
  void EnableAsciiInternal(ns3::Ptr<ns3::OutputStreamWrapper> stream, std::string prefix,
                           ns3::Ptr<ns3::NetDevice> device, bool explicit_filename) override;

  ns3::ObjectFactory hosts_;
  ns3::ObjectFactory devices_;
  ns3::Ptr<VpcFabric> fabric_;
  std::shared_ptr<TapRules> rules_;
  bool has_flow_control_ = true;
};

}  // namespace vpcmirror
