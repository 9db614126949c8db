#include "models/ns3/eni_device.h"

#include <ns3/boolean.h>
#include <ns3/net-device-queue-interface.h>
#include <ns3/object-vector.h>
#include <ns3/simulator.h>
#include <ns3/uinteger.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "models/ns3/clock.h"
#include "models/ns3/copy_balancer.h"
#include "models/ns3/foreseen_event.h"
#include "models/ns3/mirror_receiver.h"
#include "models/ns3/protocol_frame.h"
#include "models/ns3/raw_header.h"
#include "models/ns3/request_source.h"
#include "models/ns3/stack_sender.h"
#include "models/wire/byte_order.h"

namespace vpcmirror {
namespace {

// What waits in a CVM's egress, packed into the tag that comes back from it:
// which device, which session (none: production) and, of the last packet of a
// copy, the length of the frame and how much of it was cut.
struct WaitingTag {
  static constexpr std::uint8_t kProduction = std::numeric_limits<std::uint8_t>::max();
  static constexpr unsigned kLengthBits = 24;  // a frame that offloading holds back: under 1 MiB
  std::uint8_t device = 0;
  std::uint8_t session = kProduction;
  std::uint32_t original_bytes = 0;
  std::uint32_t cut_bytes = 0;

  std::uint64_t Pack() const {
    return (std::uint64_t{device} << 56) | (std::uint64_t{session} << 48) |
           (std::uint64_t{original_bytes} << kLengthBits) | cut_bytes;
  }
  static WaitingTag Unpack(std::uint64_t tag) {
    constexpr std::uint64_t kLength = (1u << kLengthBits) - 1;
    return {.device = static_cast<std::uint8_t>(tag >> 56),
            .session = static_cast<std::uint8_t>(tag >> 48),
            .original_bytes = static_cast<std::uint32_t>((tag >> kLengthBits) & kLength),
            .cut_bytes = static_cast<std::uint32_t>(tag & kLength)};
  }
};

// A copy without outer headers: only its carrier can tell it from its original.
bool IsBareCopy(const Passage& passage) {
  return passage.copy_of != nullptr &&
         passage.copy_of->mirror()->encapsulation().header_bytes() == 0;
}

}  // namespace

NS_OBJECT_ENSURE_REGISTERED(EniDevice);

ns3::TypeId EniDevice::GetTypeId() {
  static const ns3::TypeId tid =
      ns3::TypeId("vpcmirror::EniDevice")
          .SetParent<ns3::NetDevice>()
          .SetGroupName("vpcmirror")
          .AddConstructor<EniDevice>()
          .AddAttribute("Mtu", "Largest IP packet", ns3::UintegerValue(1500),
                        ns3::MakeUintegerAccessor(&EniDevice::SetMtu, &EniDevice::GetMtu),
                        ns3::MakeUintegerChecker<std::uint16_t>(68))  // RFC 791
          .AddAttribute("PassUp",
                        "Hand received frames that ns-3's protocols sent to the node's protocols",
                        ns3::BooleanValue(true), ns3::MakeBooleanAccessor(&EniDevice::passes_up_),
                        ns3::MakeBooleanChecker())
          .AddAttribute(
              "SmallQueue",
              "Most bytes of a flow that the node's own TCP may have waiting to leave, "
              "as Linux's TCP small queues; 0: as many as it sends",
              ns3::UintegerValue(0),
              ns3::MakeUintegerAccessor(&EniDevice::SetSmallQueue, &EniDevice::GetSmallQueue),
              ns3::MakeUintegerChecker<std::uint64_t>())
          .AddAttribute("Sessions", "Its mirror sessions", ns3::TypeId::ATTR_GET,
                        ns3::ObjectVectorValue(),
                        ns3::MakeObjectVectorAccessor(&EniDevice::sessions_),
                        ns3::MakeObjectVectorChecker<MirrorSession>())
          .AddAttribute(
              "TxRingFrames",
              "Frames of the node's protocols that may wait to depart before the "
              "device's queue is stopped, where it has flow control",
              ns3::UintegerValue(StackSender::kTxRingFrames),
              ns3::MakeUintegerAccessor(&EniDevice::SetTxRingFrames, &EniDevice::GetTxRingFrames),
              ns3::MakeUintegerChecker<std::uint32_t>(1, 1 << 30))
          .AddTraceSource("MacTx", "A production frame was handed to the egress",
                          ns3::MakeTraceSourceAccessor(&EniDevice::mac_tx_),
                          "ns3::Packet::TracedCallback")
          .AddTraceSource("MacTxDrop", "A production frame was lost before it left",
                          ns3::MakeTraceSourceAccessor(&EniDevice::mac_tx_drop_),
                          "vpcmirror::EniDevice::DropTracedCallback")
          .AddTraceSource("MacRx", "A frame was received",
                          ns3::MakeTraceSourceAccessor(&EniDevice::mac_rx_),
                          "ns3::Packet::TracedCallback")
          .AddTraceSource("MacRxDrop", "A production frame was lost on arrival",
                          ns3::MakeTraceSourceAccessor(&EniDevice::mac_rx_drop_),
                          "vpcmirror::EniDevice::DropTracedCallback")
          .AddTraceSource("Sniffer", "Every frame that departs or arrives, at that moment",
                          ns3::MakeTraceSourceAccessor(&EniDevice::sniffer_),
                          "ns3::Packet::TracedCallback");
  return tid;
}

EniDevice::EniDevice() : mac_(ns3::Mac48Address::Allocate()) {}
EniDevice::~EniDevice() = default;

void EniDevice::SetNode(ns3::Ptr<ns3::Node> node) {
  node_ = std::move(node);
  node_id_ = node_->GetId();
}

void EniDevice::SetFabric(const ns3::Ptr<VpcFabric>& fabric) {
  fabric_ = fabric;
  place_ = fabric->Attach(this);
  for (const IpAddress& address : addresses_) fabric->Announce(address, place_);
}

void EniDevice::AddIpAddress(const IpAddress& address) {
  addresses_.push_back(address);
  if (fabric_) fabric_->Announce(address, place_);
}

void EniDevice::SetFirewall(Firewall firewall) {
  firewall_ = firewall.is_open() ? nullptr : std::make_unique<Firewall>(std::move(firewall));
}

void EniDevice::SetTapRules(std::string_view eni_id, std::shared_ptr<const TapRules> rules) {
  eni_id_ = eni_id;
  rules_ = std::move(rules);
  RebuildTap();
}

void EniDevice::AddSession(const ns3::Ptr<MirrorSession>& session) {
  assert(sessions_.size() < WaitingTag::kProduction);
  session->SetEni(this, static_cast<std::uint8_t>(sessions_.size()));
  sessions_.push_back(session);
  RebuildTap();
}

void EniDevice::RebuildTap() {
  tap_.reset();
  std::vector<std::shared_ptr<const Mirror>> mirrors;
  for (const auto& session : sessions_) {
    mirrors.push_back(session->is_watching() ? session->mirror() : nullptr);
  }
  const auto nobody = std::count(mirrors.begin(), mirrors.end(), nullptr);
  if (mirrors.size() == static_cast<std::size_t>(nobody)) return;
  if (!rules_) rules_ = std::make_shared<const TapRules>();
  tap_ = std::make_unique<MirrorTap>(TapSource{eni_id_, Bytes(mtu_)}, rules_, std::move(mirrors));
}

void EniDevice::ForgetRoutes() {
  last_route_ = {};
  for (const auto& session : sessions_) session->ForgetWays();
}

void EniDevice::SetReceiver(const ns3::Ptr<MirrorReceiver>& receiver) { receiver_ = receiver; }

void EniDevice::SetBalancer(const ns3::Ptr<CopyBalancer>& balancer) { balancer_ = balancer; }

// Looked up at the first frame, so that node, host and device may be put
// together in any order. A node without a CvmHost has no limits.
CvmHost& EniDevice::host() {
  if (host_) return *host_;
  host_ = node_->GetObject<CvmHost>();
  if (!host_) {
    host_ = ns3::CreateObject<CvmHost>();
    node_->AggregateObject(host_);
  }
  return *host_;
}

bool EniDevice::HasAddress(const IpAddress& address) const {
  return std::find(addresses_.begin(), addresses_.end(), address) != addresses_.end();
}

MacAddress EniDevice::mac() const {
  MacAddress address;
  mac_.CopyTo(reinterpret_cast<std::uint8_t*>(address.octets.data()));
  return address;
}

Admission EniDevice::Admit(const FrameInfo& info, Direction direction) {
  if (!firewall_ || !info.has_flow) return Admission::kAdmitted;
  return firewall_->Admit(info.flow, direction);
}

void EniDevice::Offer(const ns3::Ptr<Transit>& transit, const Frame& frame) {
  if (!tap_) return;
  const Decision decision = tap_->OnFrame(frame);
  for (const Outcome& outcome : decision.outcomes()) {
    sessions_[tap_->given_position(outcome.session)]->Take(transit, frame, outcome);
  }
}

void EniDevice::CountUnmadeCopies(const FrameInfo& info) {
  if (!tap_) return;
  const Decision decision = tap_->OnFrame({.info = info, .direction = Direction::kIngress});
  for (const Outcome& outcome : decision.outcomes()) {
    if (outcome.refusal != Refusal::kNone || outcome.plan.mtu_action == MtuAction::kDrop) continue;
    const Mirror& mirror = tap_->session(outcome.session);
    counters_.unmade_copies.Add(outcome.plan.kept + mirror.WireOverhead());
  }
}

const EniDevice::KnownRoute& EniDevice::Route(const IpAddress& destination) {
  if (!last_route_.is_known || last_route_.destination != destination) {
    // Most ENIs never ask for a second one: only those that do are worth a table.
    const RouteAnswer answer = last_route_.is_known ? fabric_->RouteOf(place_, destination)
                                                    : fabric_->LookUp(place_, destination);
    last_route_ = {.destination = destination,
                   .next_hop = answer.next_hop,
                   .landing = fabric_->LandingOf(answer),
                   .stop = answer.stop,
                   .is_known = true};
  }
  return last_route_;
}

void EniDevice::SendFrame(const ns3::Ptr<Transit>& frame, Routing routing) {
  frame->at = this;
  if (frame->passage.hops == 0) frame->passage.offered = SimulatedNow();
  const FrameInfo& info = frame->info();
  counters_.offered_out.Add(info.wire_length);
  if (!is_attached_) [[unlikely]]
    return DropOut(frame, FrameDrop::kDetached);
  const Admission admission = Admit(info, Direction::kEgress);
  // Frames without an IP flow, such as ARP, stay on the link.
  const KnownRoute route = info.has_flow ? Route(info.flow.destination) : KnownRoute{};
  const bool leaves = routing == Routing::kOutside;
  const Stop stop = leaves ? Stop::kNone : route.stop;
  frame->landing = leaves ? Landing{} : route.landing;
  const Frame offered{.info = info,
                      .direction = Direction::kEgress,
                      .admitted = admission == Admission::kAdmitted,
                      .next_hop = route.next_hop};
  if (host().copies_first()) {
    Offer(frame, offered);
    SendOriginal(frame, admission, stop);
  } else {
    SendOriginal(frame, admission, stop);
    Offer(frame, offered);
  }
}

void EniDevice::SendOriginal(const ns3::Ptr<Transit>& frame, Admission admission, Stop stop) {
  if (admission != Admission::kAdmitted) {
    DropOut(frame, admission == Admission::kAcl ? FrameDrop::kAcl : FrameDrop::kSecurityGroup);
    return;
  }
  if (stop != Stop::kNone) {
    DropOut(frame, FrameDrop::kNoRoute);
    return;
  }
  counters_.budget_out.Add(frame->length());
  const WaitingTag tag{.device = static_cast<std::uint8_t>(if_index_)};
  const EgressAnswer answer = OfferOut(frame, tag.Pack());
  if (const auto* dropped = std::get_if<Dropped>(&answer)) {
    DropOut(frame, EgressDrop(dropped->limit));
    return;
  }
  counters_.out.Add(frame->length());
  if (!mac_tx_.IsEmpty()) mac_tx_(frame->packet());
  if (const auto* departs = std::get_if<Departs>(&answer)) Depart(frame, departs->time);
}

EgressAnswer EniDevice::OfferOut(const ns3::Ptr<Transit>& frame, std::uint64_t tag) {
  return host().OfferOut(SimulatedNow(), frame, tag);
}

void EniDevice::Depart(const ns3::Ptr<Transit>& frame, Picoseconds departs) {
  if (frame->passage.of_stack && stack_sender_) stack_sender_->Departs(*frame, departs);
  Sniff(frame, departs);
  fabric_->Carry(frame, departs);
}

void EniDevice::LoseQueued(const ns3::Ptr<Transit>& frame, Direction direction,
                           BindingLimit limit) {
  if (direction == Direction::kIngress) {
    LoseIn(frame, limit);
    return;
  }
  Count& left = frame->passage.copy_of != nullptr ? counters_.copies_out : counters_.out;
  left -= Count{.frames = 1, .bytes = frame->length()};
  if (frame->passage.copy_of != nullptr) {
    frame->passage.copy_of->LoseQueued(*frame, CopyDrop(limit));
  } else {
    DropOut(frame, EgressDrop(limit));
  }
}

CopyRoute EniDevice::RouteCopy(const IpAddress& receiver) {
  const RouteAnswer route = fabric_->LookUp(place_, receiver);
  CopyRoute copy_route{.stop = route.stop, .landing = fabric_->LandingOf(route), .ethernet = {}};
  const EniDevice* landing = copy_route.landing.device;
  const MacAddress to = landing != nullptr ? landing->mac() : MacAddress{};
  const MacAddress from = mac();
  auto at = std::copy(to.octets.begin(), to.octets.end(), copy_route.ethernet.begin());
  at = std::copy(from.octets.begin(), from.octets.end(), at);
  StoreBe16(&*at, receiver.is_v4() ? kEtherTypeIpv4 : kEtherTypeIpv6);
  return copy_route;
}

std::optional<DropReason> EniDevice::SendCopy(const ns3::Ptr<Transit>& copy,
                                              const CopyRoute& route) {
  if (route.stop != Stop::kNone) return DropReason::kNoRoute;
  copy->at = this;
  copy->landing = route.landing;
  copy->passage.offered = SimulatedNow();
  const Passage& passage = copy->passage;
  WaitingTag tag{.device = static_cast<std::uint8_t>(if_index_),
                 .session = passage.copy_of->place()};
  if (passage.copy.stands_for_frame) {
    tag.original_bytes = static_cast<std::uint32_t>(passage.copy.original.count());
    tag.cut_bytes = static_cast<std::uint32_t>(passage.copy.cut.count());
  }
  counters_.budget_copies_out.Add(copy->length());
  const EgressAnswer answer = OfferOut(copy, tag.Pack());
  if (const auto* dropped = std::get_if<Dropped>(&answer)) return CopyDrop(dropped->limit);
  counters_.copies_out.Add(copy->length());
  if (const auto* departs = std::get_if<Departs>(&answer)) Depart(copy, departs->time);
  return std::nullopt;
}

void EniDevice::Arrive(const ns3::Ptr<Transit>& frame) {
  frame->at = this;
  if (frame->passage.hops == 0) frame->passage.offered = SimulatedNow();
  const Passage& passage = frame->passage;
  counters_.offered_in.Add(frame->length());
  if (passage.copy_of != nullptr) counters_.offered_copies_in.Add(frame->length());
  if (!is_attached_) [[unlikely]]
    return LoseDetached(frame);
  const Admission admission = AdmitIn(*frame);
  if (admission != Admission::kAdmitted) {
    RefuseIn(frame, admission);
    return;
  }
  counters_.budget_in.Add(frame->length());
  if (passage.copy_of != nullptr) counters_.budget_copies_in.Add(frame->length());

  const Picoseconds now = SimulatedNow();
  if (passage.as_captured) {
    if (const auto dropped = host().ChargeIn(now, frame->length())) {
      LoseIn(frame, dropped->limit);
    } else {
      Reach(frame, now);
    }
    return;
  }
  const EgressAnswer answer = host().OfferIn(now, frame);
  if (const auto* dropped = std::get_if<Dropped>(&answer)) {
    LoseIn(frame, dropped->limit);
  } else if (const auto* departs = std::get_if<Departs>(&answer)) {
    const Picoseconds start = fabric_->start();
    const bool is_of_one_side = departs->time < start || now >= start;
    if (departs->time <= now || (is_of_one_side && IsForetold(*frame))) {
      Reach(frame, departs->time);
    } else {
      frame->ScheduleReach(departs->time - now);
    }
  }
}

// Frames reach an ENI in the order in which its budget let them go.
bool EniDevice::IsForetold(const Transit& frame) const {
  if (tap_ || !mac_rx_.IsEmpty() || !sniffer_.IsEmpty() || !fabric_->foretells()) return false;
  const Passage& passage = frame.passage;
  if (passage.copy_of != nullptr) return !balancer_ && (!receiver_ || receiver_->IsOnlyCounting());
  const bool is_passed_up = passes_up_ && passage.of_stack;
  return passage.request_of == nullptr && !is_passed_up && !IsToForward(frame);
}

// A route leads here although the frame is for somebody else.
bool EniDevice::IsToForward(const Transit& frame) const {
  if (frame.passage.hops == 0) return false;
  const FrameInfo& info = frame.info();
  return info.has_flow && !HasAddress(info.flow.destination);
}

// Without an encapsulation a copy has no port that a security group could name.
Admission EniDevice::AdmitIn(const Transit& frame) {
  if (!firewall_) return Admission::kAdmitted;
  const Passage& passage = frame.passage;
  const bool is_exempt =
      IsBareCopy(passage) ||
      (passage.copy_of != nullptr && !passage.copy_of->mirror()->settings().receiver_checks_copies);
  return is_exempt ? Admission::kAdmitted : Admit(frame.info(), Direction::kIngress);
}

void EniDevice::RefuseIn(const ns3::Ptr<Transit>& frame, Admission admission) {
  const bool by_acl = admission == Admission::kAcl;
  const Passage& passage = frame->passage;
  if (passage.copy_of != nullptr) {
    passage.copy_of->Lost(by_acl ? CopyLoss::kReceiverAcl : CopyLoss::kReceiverSecurityGroup,
                          passage);
    return;
  }
  Offer(frame, {.info = frame->info(), .direction = Direction::kIngress, .admitted = false});
  DropIn(frame, by_acl ? FrameDrop::kAcl : FrameDrop::kSecurityGroup);
}

void EniDevice::LoseDetached(const ns3::Ptr<Transit>& frame) {
  if (frame->passage.copy_of != nullptr) {
    frame->passage.copy_of->Lost(CopyLoss::kReceiverDetached, frame->passage);
  } else {
    DropIn(frame, FrameDrop::kDetached);
  }
}

void EniDevice::LoseIn(const ns3::Ptr<Transit>& frame, BindingLimit limit) {
  if (frame->passage.copy_of != nullptr) {
    frame->passage.copy_of->Lost(ReceiverLoss(limit), frame->passage);
    return;
  }
  if (tap_) CountUnmadeCopies(frame->info());
  DropIn(frame, IngressDrop(limit));
}

void EniDevice::Reach(const ns3::Ptr<Transit>& frame, Picoseconds at) {
  if (at >= fabric_->end()) return;
  const Passage& passage = frame->passage;
  counters_.in.Add(frame->length());
  if (!mac_rx_.IsEmpty()) mac_rx_(frame->packet());
  Sniff(frame, at);
  if (tap_) {
    Offer(frame, {.info = frame->info(),
                  .direction = Direction::kIngress,
                  .is_mirror_copy = IsBareCopy(passage)});
  }
  if (passage.copy_of != nullptr) {
    TakeCopy(frame, at);
    return;
  }
  if (IsToForward(*frame)) {
    Forward(frame);
    return;
  }
  fabric_->production().Add(frame->length(), passage, at);
  if (passage.request_of != nullptr) passage.request_of->OnRequest(passage.request_flow);
  if (passes_up_ && passage.of_stack) PassUp(frame);
}

void EniDevice::TakeCopy(const ns3::Ptr<Transit>& copy, Picoseconds at) {
  if (balancer_) {
    balancer_->Take(copy);
  } else if (receiver_) {
    const auto taken = receiver_->Accept(copy, at);
    if (taken) fabric_->copies().Add(copy->length(), copy->passage, *taken);
  } else {
    copy->passage.copy_of->Lost(CopyLoss::kNotReceived, copy->passage);
  }
}

// A next-hop CVM, such as a firewall, sends it on at its own expense.
void EniDevice::Forward(const ns3::Ptr<Transit>& frame) {
  constexpr std::uint8_t kMostHops = 64;  // as many as the TTL of a new packet allows
  if (frame->passage.hops >= kMostHops) {
    DropIn(frame, FrameDrop::kNoRoute);
    return;
  }
  SendFrame(frame);
}

void EniDevice::PassUp(const ns3::Ptr<Transit>& frame) {
  if (promisc_.IsNull() && receive_.IsNull()) return;
  const ProtocolPacket up = PacketOf(*frame);
  if (!promisc_.IsNull()) promisc_(this, up.packet, up.ether_type, up.source, mac_, PACKET_HOST);
  if (!receive_.IsNull()) receive_(this, up.packet, up.ether_type, up.source);
}

void EniDevice::CountDrop(FrameDrop reason, Bytes frame) {
  if (!dropped_) dropped_ = std::make_unique<std::array<Count, kFrameDrops>>();
  (*dropped_)[static_cast<std::size_t>(reason)].Add(frame);
}

void EniDevice::DropOut(const ns3::Ptr<Transit>& frame, FrameDrop reason) {
  if (frame->passage.of_stack && stack_sender_) stack_sender_->Lost(*frame);
  CountDrop(reason, frame->length());
  if (!mac_tx_drop_.IsEmpty()) mac_tx_drop_(frame->packet(), reason);
}

void EniDevice::DropIn(const ns3::Ptr<Transit>& frame, FrameDrop reason) {
  CountDrop(reason, frame->length());
  if (!mac_rx_drop_.IsEmpty()) mac_rx_drop_(frame->packet(), reason);
}

void EniDevice::Sniff(const ns3::Ptr<Transit>& frame, Picoseconds at) {
  if (sniffer_.IsEmpty()) return;
  const Picoseconds now = SimulatedNow();
  if (at <= now) {
    sniffer_(frame->packet());
    return;
  }
  ns3::Simulator::Schedule(ToTime(at - now), [this, frame] { sniffer_(frame->packet()); });
}

void EniDevice::Foresee(int step) const {
  switch (step) {
    case 0:
      FetchMemory(this, hot_bytes());
      return;
    case 1:
      if (host_) FetchMemory(ns3::PeekPointer(host_), sizeof(CvmHost));
      if (tap_) FetchMemory(tap_.get(), sizeof(*tap_));
      FetchMemory(sessions_.data(), sessions_.size() * sizeof(sessions_[0]));
      return;
    case 2:
      if (tap_) tap_->FetchSessions();
      break;
    default:
      break;
  }
  if (host_) host_->Foresee(step - 2);
  for (const auto& session : sessions_) session->Foresee(step - 2);
}

EniWaiting EniDevice::Waiting(Picoseconds now) {
  EniWaiting waiting;
  if (!host_) return waiting;  // nothing was sent yet
  host_->ForEachWaiting(now, [&](std::uint64_t packed, Bytes frame) {
    const WaitingTag tag = WaitingTag::Unpack(packed);
    if (tag.device != if_index_) return;
    if (tag.session == WaitingTag::kProduction) {
      waiting.production.Add(frame);
      return;
    }
    waiting.copies.Add(frame);
    waiting.of_sessions.resize(sessions_.size());
    waiting.of_sessions[tag.session].Add(frame, Bytes(tag.original_bytes), Bytes(tag.cut_bytes));
  });
  return waiting;
}

EniCounters EniDevice::CountersAt(Picoseconds now) {
  const EniWaiting waiting = Waiting(now);
  EniCounters counters = counters_;
  counters.out -= waiting.production;
  counters.copies_out -= waiting.copies;
  return counters;
}

bool EniDevice::SetMtu(std::uint16_t mtu) {
  mtu_ = mtu;
  RebuildTap();
  return true;
}

void EniDevice::SetAddress(ns3::Address address) { mac_ = ns3::Mac48Address::ConvertFrom(address); }

bool EniDevice::SendFrom(ns3::Ptr<ns3::Packet> packet, const ns3::Address& source,
                         const ns3::Address& destination, std::uint16_t protocol) {
  if (!fabric_ || packet->GetSize() > mtu_) return false;
  StackSide().Send(FrameOf(packet, source, destination, protocol));
  return true;
}

StackSender& EniDevice::StackSide() {
  if (!stack_sender_) stack_sender_ = std::make_unique<StackSender>(*this);
  return *stack_sender_;
}

void EniDevice::SetSmallQueue(std::uint64_t bytes) {
  if (bytes != GetSmallQueue()) StackSide().SetSmallQueue(Bytes(static_cast<std::int64_t>(bytes)));
}

std::uint64_t EniDevice::GetSmallQueue() const {
  return stack_sender_ ? static_cast<std::uint64_t>(stack_sender_->small_queue().count()) : 0;
}

void EniDevice::SetTxRingFrames(std::uint32_t frames) {
  if (frames != GetTxRingFrames()) StackSide().SetTxRingFrames(frames);
}

std::uint32_t EniDevice::GetTxRingFrames() const {
  return stack_sender_ ? stack_sender_->tx_ring_frames() : StackSender::kTxRingFrames;
}

Picoseconds EniDevice::TransmissionTime(Bytes frame) { return host().TransmissionTime(frame); }

Count EniDevice::of_stack() const { return stack_sender_ ? stack_sender_->sent() : Count{}; }

void EniDevice::NotifyNewAggregate() {
  if (const auto queues = GetObject<ns3::NetDeviceQueueInterface>()) {
    StackSide().HaveFlowControl(queues->GetTxQueue(0));  // the only one: an ENI has no others
  }
  RoutedDevice::NotifyNewAggregate();
}

void EniDevice::DoDispose() {
  stack_sender_.reset();
  tap_.reset();
  sessions_.clear();
  receiver_ = nullptr;
  balancer_ = nullptr;
  fabric_ = nullptr;
  host_ = nullptr;
  node_ = nullptr;
  receive_ = ReceiveCallback();
  promisc_ = PromiscReceiveCallback();
  RoutedDevice::DoDispose();
}

}  // namespace vpcmirror
