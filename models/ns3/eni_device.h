// An elastic network interface, where mirroring happens.
#pragma once

#include <ns3/mac48-address.h>
#include <ns3/net-device.h>
#include <ns3/node.h>
#include <ns3/packet.h>
#include <ns3/traced-callback.h>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "models/cloud/firewall.h"
#include "models/cloud/frame_drop.h"
#include "models/mirror/ledger.h"
#include "models/mirror/mirror_tap.h"
#include "models/ns3/cvm_host.h"
#include "models/ns3/mirror_session.h"
#include "models/ns3/routed_device.h"
#include "models/ns3/transit.h"
#include "models/ns3/vpc_fabric.h"
#include "models/scenario/run_counters.h"

namespace vpcmirror {

class CopyBalancer;
class MirrorReceiver;
class StackSender;

// What waits in the egress of an ENI's CVM and counts as gone in the ENI's counters and
// in the ledgers of its sessions.
struct EniWaiting {
  Count production;
  Count copies;                            // outer headers on
  std::vector<CopiesWaiting> of_sessions;  // as the ENI has them; empty where none waits
};

enum class Routing : std::uint8_t {
  kByAddress,  // by the destination address and the route tables
  kOutside,    // out of the deployment, whatever the address: replayed captures
};

// Sends and receives at its CVM's expense, and offers every frame that passes to its mirror
// sessions. ns-3's protocols may sit on it, or sources hand it whole frames.
class EniDevice : public RoutedDevice {
 public:
  // MacTxDrop, MacRxDrop: a production frame was lost.
  using DropTracedCallback = void (*)(ns3::Ptr<const ns3::Packet> frame, FrameDrop reason);

  static ns3::TypeId GetTypeId();
  EniDevice();
  ~EniDevice() override;

  // Set-up, before the first frame.
  void SetFabric(const ns3::Ptr<VpcFabric>& fabric);  // after SetNode and AddIpAddress
  void AddIpAddress(const IpAddress& address);        // the first is primary
  void SetFirewall(Firewall firewall);                // at any time, too
  void SetTapRules(std::string_view eni_id, std::shared_ptr<const TapRules> rules);
  void AddSession(const ns3::Ptr<MirrorSession>& session);
  void SetReceiver(const ns3::Ptr<MirrorReceiver>& receiver);
  // Copies that arrive are passed on, by the load balancer whose ENI this is.
  void SetBalancer(const ns3::Ptr<CopyBalancer>& balancer);
  void RebuildTap();
  // At any time: routes have changed, and are asked for again.
  void ForgetRoutes();
  // At any time. A detached ENI loses what it is to send and what arrives for it.
  void SetAttached(bool is_attached) { is_attached_ = is_attached; }

  // Sends a whole Ethernet frame, without FCS.
  void SendFrame(const ns3::Ptr<Transit>& frame, Routing routing = Routing::kByAddress);
  // A frame arrives from the network at this moment, in front of the CVM's budget.
  void Arrive(const ns3::Ptr<Transit>& frame);
  // An arrived frame passes the CVM's budget at `at`, now or later, and is at the ENI.
  // Later only where nobody does more about it than count.
  void Reach(const ns3::Ptr<Transit>& frame, Picoseconds at);

  // For StackSender. The first is null after it was disposed of.
  StackSender* stack_sender() const { return stack_sender_.get(); }
  Picoseconds TransmissionTime(Bytes frame);

  // For MirrorSession.
  CopyRoute RouteCopy(const IpAddress& receiver);
  // For MirrorSession: offers a copy, whose passage says whose it is, to the
  // egress. The reason when it was lost, else empty.
  std::optional<DropReason> SendCopy(const ns3::Ptr<Transit>& copy, const CopyRoute& route);

  // For CvmHost: what became of a frame that was Queued.
  void Depart(const ns3::Ptr<Transit>& frame, Picoseconds departs);
  void LoseQueued(const ns3::Ptr<Transit>& frame, Direction direction, BindingLimit limit);

  // Fetches what a frame of this ENI touches, as ForeseenEvent has it; in four steps.
  void Foresee(int step) const;

  EniWaiting Waiting(Picoseconds now);

  const EniCounters& counters() const { return counters_; }
  // The same without what waits in the egress at `now`.
  EniCounters CountersAt(Picoseconds now);
  // Frames of the node's own protocols that were to leave, of offered_out.
  Count of_stack() const;
  // Production that was lost, by FrameDrop.
  std::array<Count, kFrameDrops> dropped() const {
    return dropped_ ? *dropped_ : std::array<Count, kFrameDrops>{};
  }
  const std::vector<ns3::Ptr<MirrorSession>>& sessions() const { return sessions_; }
  const std::vector<IpAddress>& addresses() const { return addresses_; }  // the first is primary
  const IpAddress& primary_address() const { return addresses_.front(); }
  MacAddress mac() const;
  std::uint32_t node_id() const { return node_id_; }
  const ns3::Ptr<VpcFabric>& fabric() const { return fabric_; }
  std::size_t place() const { return place_; }  // among the fabric's devices
  bool HasAddress(const IpAddress& address) const;

  // ns3::NetDevice. IP packets of ns-3's own stack go through Send.
  void SetIfIndex(std::uint32_t index) override { if_index_ = index; }
  std::uint32_t GetIfIndex() const override { return if_index_; }
  ns3::Ptr<ns3::Channel> GetChannel() const override { return fabric_; }
  void SetAddress(ns3::Address address) override;
  ns3::Address GetAddress() const override { return mac_; }
  bool SetMtu(std::uint16_t mtu) override;
  std::uint16_t GetMtu() const override { return mtu_; }
  bool IsLinkUp() const override { return fabric_ != nullptr; }
  bool SendFrom(ns3::Ptr<ns3::Packet> packet, const ns3::Address& source,
                const ns3::Address& destination, std::uint16_t protocol) override;
  ns3::Ptr<ns3::Node> GetNode() const override { return node_; }
  void SetNode(ns3::Ptr<ns3::Node> node) override;
  void SetReceiveCallback(ReceiveCallback callback) override { receive_ = callback; }
  void SetPromiscReceiveCallback(PromiscReceiveCallback callback) override { promisc_ = callback; }

 protected:
  // A queue interface that is aggregated makes it a device with flow control.
  void NotifyNewAggregate() override;
  void DoDispose() override;

 private:
  Admission Admit(const FrameInfo& info, Direction direction);
  void Offer(const ns3::Ptr<Transit>& transit, const Frame& frame);
  void CountUnmadeCopies(const FrameInfo& info);
  struct KnownRoute {
    IpAddress destination;
    NextHop next_hop;
    Landing landing;
    Stop stop = Stop::kNone;
    bool is_known = false;
  };
  const KnownRoute& Route(const IpAddress& destination);
  void SendOriginal(const ns3::Ptr<Transit>& frame, Admission admission, Stop stop);
  EgressAnswer OfferOut(const ns3::Ptr<Transit>& frame, std::uint64_t tag);
  void DropOut(const ns3::Ptr<Transit>& frame, FrameDrop reason);
  void DropIn(const ns3::Ptr<Transit>& frame, FrameDrop reason);
  Admission AdmitIn(const Transit& frame);
  void RefuseIn(const ns3::Ptr<Transit>& frame, Admission admission);
  void LoseIn(const ns3::Ptr<Transit>& frame, BindingLimit limit);
  void LoseDetached(const ns3::Ptr<Transit>& frame);
  // Whether its reaching this ENI needs no event, as nobody acts on it at that moment.
  bool IsForetold(const Transit& frame) const;
  bool IsToForward(const Transit& frame) const;
  void TakeCopy(const ns3::Ptr<Transit>& copy, Picoseconds at);
  void Forward(const ns3::Ptr<Transit>& frame);
  void PassUp(const ns3::Ptr<Transit>& frame);
  void Sniff(const ns3::Ptr<Transit>& frame, Picoseconds at);
  CvmHost& host();
  StackSender& StackSide();
  void SetSmallQueue(std::uint64_t bytes);
  std::uint64_t GetSmallQueue() const;
  void SetTxRingFrames(std::uint32_t frames);
  std::uint32_t GetTxRingFrames() const;
  // Of the device itself, what a frame touches.
  std::size_t hot_bytes() const {
    return static_cast<std::size_t>(reinterpret_cast<const char*>(&balancer_ + 1) -
                                    reinterpret_cast<const char*>(this));
  }

  void CountDrop(FrameDrop reason, Bytes frame);

  // What every frame needs comes first: with 100,000 ENIs each line of the cache
  // that a frame touches costs as much as a tenth of all the rest.
  ns3::Ptr<CvmHost> host_;
  ns3::Ptr<VpcFabric> fabric_;
  std::unique_ptr<MirrorTap> tap_;
  std::unique_ptr<Firewall> firewall_;  // null: open
  std::vector<ns3::Ptr<MirrorSession>> sessions_;
  std::uint32_t node_id_ = 0;
  std::uint32_t if_index_ = 0;
  bool is_attached_ = true;
  std::size_t place_ = 0;
  // The last route that was asked for: most ENIs talk to one peer for long.
  KnownRoute last_route_;
  EniCounters counters_;
  std::unique_ptr<std::array<Count, kFrameDrops>> dropped_;  // null: nothing was
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>> mac_tx_;
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>> sniffer_;
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>> mac_rx_;
  ns3::Ptr<MirrorReceiver> receiver_;
  ns3::Ptr<CopyBalancer> balancer_;
  ns3::Ptr<ns3::Node> node_;
  std::shared_ptr<const TapRules> rules_;
  std::string eni_id_;
  std::vector<IpAddress> addresses_;
  ns3::Mac48Address mac_;
  std::uint16_t mtu_ = 1500;
  bool passes_up_ = true;
  std::unique_ptr<StackSender> stack_sender_;  // null: it is as by default, and sent nothing
  ReceiveCallback receive_;
  PromiscReceiveCallback promisc_;
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>, FrameDrop> mac_tx_drop_;
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>, FrameDrop> mac_rx_drop_;
};

}  // namespace vpcmirror
