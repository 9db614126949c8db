#include "models/ns3/vpc_helper.h"

#include <ns3/net-device-queue-interface.h>

#include <algorithm>
#include <set>

#include "models/ns3/ascii_sink.h"
#include "models/ns3/pcap_sink.h"

namespace vpcmirror {

VpcHelper::VpcHelper()
    : hosts_(CvmHost::GetTypeId().GetName()),
      devices_(EniDevice::GetTypeId().GetName()),
      fabric_(ns3::CreateObject<VpcFabric>()),
      rules_(std::make_shared<TapRules>()) {}

void VpcHelper::SetFabricAttribute(const std::string& name, const ns3::AttributeValue& value) {
  fabric_->SetAttribute(name, value);
}

void VpcHelper::SetHostAttribute(const std::string& name, const ns3::AttributeValue& value) {
  hosts_.Set(name, value);
}

void VpcHelper::SetDeviceAttribute(const std::string& name, const ns3::AttributeValue& value) {
  devices_.Set(name, value);
}

ns3::Ptr<EniDevice> VpcHelper::Install(const ns3::Ptr<ns3::Node>& node, const IpAddress& address) {
  if (!node->GetObject<CvmHost>()) node->AggregateObject(hosts_.Create<CvmHost>());
  auto device = devices_.Create<EniDevice>();
  device->AddIpAddress(address);
  node->AddDevice(device);
  if (has_flow_control_) {
    device->AggregateObject(ns3::CreateObject<ns3::NetDeviceQueueInterface>());
  }
  device->SetTapRules(ToString(address), rules_);
  device->SetFabric(fabric_);
  return device;
}

ns3::NetDeviceContainer VpcHelper::Install(const ns3::NodeContainer& nodes,
                                           ns3::Ipv4Address first) {
  ns3::NetDeviceContainer devices;
  for (std::uint32_t i = 0; i < nodes.GetN(); ++i) {
    devices.Add(Install(nodes.Get(i), IpAddress::V4(first.Get() + i)));
  }
  return devices;
}

// The rules are shared by all ENIs of the helper: none of them mirrors the copies
// of any of its mirrors, whichever was installed first.
std::vector<ns3::Ptr<MirrorSession>> VpcHelper::InstallMirror(
    const std::shared_ptr<const Mirror>& mirror, const ns3::NetDeviceContainer& sources) {
  for (const MirrorPort& port : mirror->MirrorPorts()) rules_->mirror_ports.push_back(port);
  std::sort(rules_->mirror_ports.begin(), rules_->mirror_ports.end());
  std::vector<ns3::Ptr<MirrorSession>> sessions;
  for (std::uint32_t i = 0; i < sources.GetN(); ++i) {
    const auto eni = ns3::DynamicCast<EniDevice>(sources.Get(i));
    if (!eni) continue;
    auto session = ns3::CreateObject<MirrorSession>();
    session->SetMirror(mirror);
    eni->AddSession(session);
    sessions.push_back(session);
  }
  return sessions;
}

ns3::Ptr<MirrorReceiver> VpcHelper::InstallReceiver(const ns3::Ptr<EniDevice>& eni) {
  auto receiver = ns3::CreateObject<MirrorReceiver>();
  eni->GetNode()->AddApplication(receiver);
  eni->SetReceiver(receiver);
  return receiver;
}

std::int64_t VpcHelper::AssignStreams(const ns3::NetDeviceContainer& devices, std::int64_t stream) {
  std::int64_t used = 0;
  std::set<ns3::Ptr<CvmHost>> done;
  for (std::uint32_t i = 0; i < devices.GetN(); ++i) {
    const auto host = devices.Get(i)->GetNode()->GetObject<CvmHost>();
    if (!host || !done.insert(host).second) continue;  // not ours, or another ENI's too
    used += host->AssignStreams(stream + used);
  }
  return used;
}

void VpcHelper::EnablePcapInternal(std::string prefix, ns3::Ptr<ns3::NetDevice> device,
                                   bool /*promiscuous*/, bool explicit_filename) {
  const auto eni = ns3::DynamicCast<EniDevice>(device);
  if (!eni) return;  // a container may hold devices of other models
  const std::string file =
      explicit_filename ? prefix : ns3::PcapHelper().GetFilenameFromDevice(prefix, device);
  ns3::Create<PcapSink>(file, eni);  // the ENI's trace source keeps it
}

void VpcHelper::EnableAsciiInternal(ns3::Ptr<ns3::OutputStreamWrapper> stream, std::string prefix,
                                    ns3::Ptr<ns3::NetDevice> device, bool explicit_filename) {
  const auto eni = ns3::DynamicCast<EniDevice>(device);
  if (!eni) return;  // as above
  // ns-3 keeps what it would print of packets only of those that are made hereafter.
  ns3::Packet::EnablePrinting();
  const bool is_own_file = !stream;
  if (is_own_file) {
    ns3::AsciiTraceHelper files;
    stream = files.CreateFileStream(
        explicit_filename ? prefix : files.GetFilenameFromDevice(prefix, device));
  }
  // In a file that several devices write to, a line has to say whose it is.
  const auto paths = is_own_file ? AsciiSink::Paths::kLeftOut : AsciiSink::Paths::kWritten;
  ns3::Create<AsciiSink>(stream, paths)->Watch(*eni);
}

}  // namespace vpcmirror
