#include "models/ns3/vpc_helper.h"

#include <algorithm>

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
  device->SetTapRules(ToString(address), rules_);
  device->SetFabric(fabric_);
  return device;
}

// The rules are shared by all ENIs of the helper: none of them mirrors the copies
// of any of its mirrors, whichever was installed first.
std::vector<ns3::Ptr<MirrorSession>> VpcHelper::InstallMirror(
    const std::shared_ptr<const Mirror>& mirror, const ns3::NetDeviceContainer& sources) {
  for (const MirrorPort& port : mirror->MirrorPorts()) rules_->mirror_ports.push_back(port);
  std::sort(rules_->mirror_ports.begin(), rules_->mirror_ports.end());
  std::vector<ns3::Ptr<MirrorSession>> sessions;
  for (std::uint32_t i = 0; i < sources.GetN(); ++i) {
    auto session = ns3::CreateObject<MirrorSession>();
    session->SetMirror(mirror);
    ns3::DynamicCast<EniDevice>(sources.Get(i))->AddSession(session);
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
  for (std::uint32_t i = 0; i < devices.GetN(); ++i) {
    used += devices.Get(i)->GetNode()->GetObject<CvmHost>()->AssignStreams(stream + used);
  }
  return used;
}

void VpcHelper::EnablePcapInternal(std::string prefix, ns3::Ptr<ns3::NetDevice> device,
                                   bool /*promiscuous*/, bool explicit_filename) {
  const auto eni = ns3::DynamicCast<EniDevice>(device);
  if (!eni) return;  // a container may hold devices of other models
  const std::string file =
      explicit_filename ? prefix : ns3::PcapHelper().GetFilenameFromDevice(prefix, device);
  pcaps_.push_back(ns3::Create<PcapSink>(file, eni));
}

}  // namespace vpcmirror
