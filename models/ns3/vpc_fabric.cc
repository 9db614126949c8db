#include "models/ns3/vpc_fabric.h"

#include <ns3/simulator.h>

#include <utility>

#include "models/ns3/clock.h"
#include "models/ns3/eni_device.h"
#include "models/ns3/mirror_session.h"
#include "models/wire/hash.h"

namespace vpcmirror {

NS_OBJECT_ENSURE_REGISTERED(VpcFabric);

ns3::TypeId VpcFabric::GetTypeId() {
  static const ns3::TypeId tid =
      ns3::TypeId("vpcmirror::VpcFabric")
          .SetParent<ns3::Channel>()
          .SetGroupName("vpcmirror")
          .AddConstructor<VpcFabric>()
          .AddAttribute(
              "Delay", "One-way delay between any two ENIs", ns3::TimeValue(ns3::MicroSeconds(50)),
              ns3::MakeTimeAccessor(&VpcFabric::delay_), ns3::MakeTimeChecker(ns3::Time(0)))
          .AddTraceSource("Outside", "A frame left the deployment for the outside",
                          ns3::MakeTraceSourceAccessor(&VpcFabric::outside_),
                          "ns3::Packet::TracedCallback");
  return tid;
}

ns3::Ptr<ns3::NetDevice> VpcFabric::GetDevice(std::size_t i) const { return devices_.at(i); }

std::size_t VpcFabric::Attach(const ns3::Ptr<EniDevice>& device) {
  devices_.push_back(device);
  return devices_.size() - 1;
}

void VpcFabric::Announce(const IpAddress& address, std::size_t device) {
  if (topology_) return;
  announced_[address] = device;
  known_routes_.clear();
}

void VpcFabric::SetTopology(std::shared_ptr<const Topology> topology) {
  topology_ = std::move(topology);
  known_routes_.clear();
  for (const auto& device : devices_) device->ForgetRoutes();
}

RouteAnswer VpcFabric::LookUp(std::size_t device, const IpAddress& destination) const {
  if (topology_) return topology_->Lookup(device, destination);
  const auto found = announced_.find(destination);
  if (found == announced_.end()) return {.next_hop = {.kind = NextHop::Kind::kOutside}};
  return {.next_hop = {.kind = NextHop::Kind::kLocal}, .destination = found->second};
}

RouteAnswer VpcFabric::RouteOf(std::size_t device, const IpAddress& destination) {
  if (!topology_ || !destination.is_v4()) return LookUp(device, destination);
  const auto [place, is_new] =
      known_routes_.try_emplace((std::uint64_t{device} << 32) | destination.v4());
  if (is_new) place->second = LookUp(device, destination);
  return place->second;
}

Landing VpcFabric::LandingOf(const RouteAnswer& route) const {
  if (!route.destination) return {};
  EniDevice* const device = ns3::PeekPointer(devices_[*route.destination]);
  return {device, device->node_id()};
}

void VpcFabric::AddOutsidePeer(const IpAddress& peer, const IpAddress& eni,
                               const ns3::Ptr<OutsidePeer>& device) {
  outside_peers_[{peer, eni}] = device;
}

ns3::Ptr<OutsidePeer> VpcFabric::OutsidePeerOf(const IpAddress& peer, const IpAddress& eni) const {
  const auto found = outside_peers_.find({peer, eni});
  return found == outside_peers_.end() ? nullptr : found->second;
}

void VpcFabric::Carry(const ns3::Ptr<Transit>& frame, Picoseconds departs) {
  if (frame->landing.device == nullptr) {
    if (frame->passage.copy_of == nullptr) {
      production_.Add(frame->length(), frame->passage, departs);
    } else {
      frame->passage.copy_of->Lost(CopyLoss::kNotReceived, frame->passage);
    }
    if (!outside_.IsEmpty()) outside_(frame->packet());
    if (frame->passage.of_stack && frame->passage.copy_of == nullptr) {
      const FlowKey& flow = frame->info().flow;
      const auto peer = OutsidePeerOf(flow.destination, flow.source);
      if (peer) peer->Take(frame, departs);
    }
    return;
  }
  ++frame->passage.hops;
  frame->ScheduleArrival(departs - SimulatedNow() + FromTime(delay_));
}

void VpcFabric::DoDispose() {
  devices_.clear();  // breaks the device-channel cycle
  outside_peers_.clear();
  topology_.reset();
  ns3::Channel::DoDispose();
}

std::size_t VpcFabric::IpHasher::operator()(const IpAddress& address) const noexcept {
  Fnv1a64 hash;
  hash.Add(address.octets());
  return static_cast<std::size_t>(MixBits(hash.value()));
}

}  // namespace vpcmirror
