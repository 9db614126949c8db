// The network between ENIs: no limits of its own, one delay.
#pragma once

#include <ns3/channel.h>
#include <ns3/nstime.h>
#include <ns3/packet.h>
#include <ns3/traced-callback.h>

#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "models/cloud/topology.h"
#include "models/ns3/deliveries.h"
#include "models/ns3/outside_peer.h"
#include "models/ns3/transit.h"

namespace vpcmirror {

class EniDevice;

// Knows which ENI an address leads to from where, and delivers there what departs.
class VpcFabric : public ns3::Channel {
 public:
  static ns3::TypeId GetTypeId();

  std::size_t GetNDevices() const override { return devices_.size(); }
  ns3::Ptr<ns3::NetDevice> GetDevice(std::size_t i) const override;

  // Called by EniDevice::SetFabric. Returns the device's place among all.
  std::size_t Attach(const ns3::Ptr<EniDevice>& device);
  // Makes `address` lead to `device` while there is no topology.
  void Announce(const IpAddress& address, std::size_t device);

  // Routes by route tables from now on, frames that are under way by those they found.
  // Devices must be attached in the order of the deployment's ENIs. Without a topology an address
  // leads to the device that announced it and every other address to the outside.
  void SetTopology(std::shared_ptr<const Topology> topology);

  RouteAnswer LookUp(std::size_t device, const IpAddress& destination) const;
  // The same, from memory when it was asked before.
  RouteAnswer RouteOf(std::size_t device, const IpAddress& destination);

  // What a node's own protocols at `eni` send to `peer` arrives there; anything else that
  // leaves the deployment arrives nowhere. Null: there is none.
  void AddOutsidePeer(const IpAddress& peer, const IpAddress& eni,
                      const ns3::Ptr<OutsidePeer>& device);
  ns3::Ptr<OutsidePeer> OutsidePeerOf(const IpAddress& peer, const IpAddress& eni) const;

  const ns3::Ptr<EniDevice>& DeviceAt(std::size_t i) const { return devices_[i]; }
  Landing LandingOf(const RouteAnswer& route) const;

  // Delivers a frame that leaves its ENI at `departs` where its landing says, the
  // fabric's delay later.
  void Carry(const ns3::Ptr<Transit>& frame, Picoseconds departs);

  ns3::Time delay() const { return delay_; }

  // Nothing is delivered after `end`. Before the first frame. Then what only counts is
  // counted ahead of its time, which saves events.
  void SetEnd(Picoseconds end) { production_.end = copies_.end = end; }
  Picoseconds end() const { return production_.end; }
  // What is delivered before `start` does not count in production() and copies(), and what is
  // counted at its time everywhere else is not counted ahead of `start`. Before the first frame.
  void SetStart(Picoseconds start) { production_.start = copies_.start = start; }
  Picoseconds start() const { return production_.start; }
  // Counts everything at its time, since what becomes of it may change until then.
  void ForetellNothing() { may_foretell_ = false; }
  bool foretells() const { return may_foretell_ && end() < Deliveries::kNoEnd; }
  // To its destination's ENI, or out of its source's towards the outside.
  Deliveries& production() { return production_; }
  // Packets of copies, from their source to the receiver's software.
  Deliveries& copies() { return copies_; }

 protected:
  void DoDispose() override;

 private:
  struct IpHasher {
    std::size_t operator()(const IpAddress& address) const noexcept;
  };

  ns3::Time delay_;
  std::vector<ns3::Ptr<EniDevice>> devices_;
  std::unordered_map<IpAddress, std::size_t, IpHasher> announced_;
  std::map<std::pair<IpAddress, IpAddress>, ns3::Ptr<OutsidePeer>> outside_peers_;  // peer, ENI
  std::shared_ptr<const Topology> topology_;
  Deliveries production_;
  Deliveries copies_;
  bool may_foretell_ = true;
  // Answers already asked for: (device << 32 | IPv4 address).
  std::unordered_map<std::uint64_t, RouteAnswer> known_routes_;
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>> outside_;
};

}  // namespace vpcmirror
