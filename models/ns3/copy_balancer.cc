#include "models/ns3/copy_balancer.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <span>
#include <utility>

#include "models/ns3/clock.h"
#include "models/ns3/eni_device.h"
#include "models/ns3/mirror_session.h"
#include "models/wire/byte_order.h"
#include "models/wire/readdress.h"

namespace vpcmirror {
namespace {

// How many copies may wait for a zone's bandwidth: not documented, chosen for this model.
constexpr std::int64_t kQueueFrames = 1000;

// Every option counts its own length (RFC 8926, 3.5): one of class 0xffff, which is
// reserved for experiments, that fills the room. What a cloud puts there is its own.
std::vector<std::byte> OptionsOf(Bytes size) {
  constexpr std::size_t kOptionHeader = 4;
  constexpr std::size_t kWord = 4;
  std::vector<std::byte> options(static_cast<std::size_t>(size.count()));
  if (options.size() < kOptionHeader) return {};
  options[0] = options[1] = std::byte{0xff};
  options[3] = static_cast<std::byte>((options.size() - kOptionHeader) / kWord);
  return options;
}

bool HasOuterHeaders(const Transit& copy) {
  return copy.passage.copy_of->mirror()->encapsulation().header_bytes() > 0;
}

// A copy in a zone's queue: whom it goes to, and how long it is then.
struct QueuedTag {
  std::size_t backend = 0;
  Bytes length{};

  std::uint64_t Pack() const {
    return (std::uint64_t{backend} << 32) | static_cast<std::uint64_t>(length.count());
  }
  static QueuedTag Unpack(std::uint64_t tag) {
    return {.backend = static_cast<std::size_t>(tag >> 32),
            .length = Bytes(static_cast<std::int64_t>(tag & 0xffffffff))};
  }
};

}  // namespace

NS_OBJECT_ENSURE_REGISTERED(CopyBalancer);

ns3::TypeId CopyBalancer::GetTypeId() {
  static const ns3::TypeId tid =
      ns3::TypeId("vpcmirror::CopyBalancer")
          .SetParent<ns3::Object>()
          .SetGroupName("vpcmirror")
          .AddConstructor<CopyBalancer>()
          .AddTraceSource("Drop", "A copy was lost here",
                          ns3::MakeTraceSourceAccessor(&CopyBalancer::drop_),
                          "vpcmirror::CopyBalancer::DropTracedCallback");
  return tid;
}

void CopyBalancer::SetUp(const LoadBalancer& load_balancer, const ns3::Ptr<EniDevice>& eni,
                         std::vector<ns3::Ptr<EniDevice>> backends) {
  assert(backends.size() == load_balancer.backends.size());
  load_balancer_ = load_balancer;
  choice_.emplace(load_balancer);
  eni_ = eni;
  backends_ = std::move(backends);
  counters_.by_zone.resize(load_balancer.zones.size());
  counters_.by_backend.resize(backends_.size());
  for (std::size_t i = 0; i < load_balancer.zones.size(); ++i) {
    auto& queue = queues_.emplace_back();
    if (!load_balancer.zone_bandwidth) continue;
    queue.emplace(RatedQueueSettings{.rates = {.bandwidth = load_balancer.zone_bandwidth},
                                     .room = {.frames = kQueueFrames}});
  }
  if (!load_balancer.kind.geneve_options) return;
  TunnelSettings geneve{.kind = EncapsulationKind::kGeneve, .geneve_carries_ip = true};
  geneve.geneve_options = OptionsOf(*load_balancer.kind.geneve_options);
  geneve_.emplace(geneve);
}

void CopyBalancer::SetSourceZone(const EniDevice* source, std::size_t zone) {
  source_zones_[source] = zone;
}

void CopyBalancer::SetHealth(std::size_t backend, bool is_healthy) {
  load_balancer_.backends[backend].healthy = is_healthy;
  choice_.emplace(load_balancer_);
}

std::size_t CopyBalancer::ZoneOf(const Transit& copy) const {
  const auto known = source_zones_.find(copy.passage.copy_of->eni());
  return known == source_zones_.end() ? 0 : known->second;
}

void CopyBalancer::Drop(const ns3::Ptr<Transit>& copy, CopyLoss reason) {
  counters_.dropped[static_cast<std::size_t>(reason)].Add(copy->length());
  copy->passage.copy_of->Lost(reason, copy->passage);
  if (!drop_.IsEmpty()) drop_(copy->packet(), reason);
}

// Two neighbours of a flow that come close together may change places.
void CopyBalancer::NoteOrder(std::uint64_t flow, Picoseconds now) {
  if (!reorders_within_) return;
  const auto [last, is_first] = last_of_flow_.try_emplace(flow, now);
  if (is_first) return;
  if (now - last->second < *reorders_within_) ++counters_.may_be_reordered;
  last->second = now;
}

void CopyBalancer::Take(const ns3::Ptr<Transit>& copy) {
  const bool has_outer = HasOuterHeaders(*copy);
  const std::size_t zone = ZoneOf(*copy);
  const Bytes arrived = copy->length();
  counters_.in.Add(arrived);
  counters_.by_zone[zone].Add(arrived);
  if (!load_balancer_.Listens(copy->info(), has_outer)) {
    return Drop(copy, CopyLoss::kLoadBalancerListener);
  }
  const std::uint64_t hash = BalancingHash(
      copy->info(), has_outer, copy->passage.copy_of->mirror()->settings().hash_symmetry);
  const auto chosen = choice_->Choose(zone, hash);
  if (!chosen) return Drop(copy, CopyLoss::kLoadBalancerBackend);
  EniDevice& backend = *backends_[*chosen];
  const ns3::Ptr<Transit> onward = Onward(copy, backend);
  if (onward->length() > Bytes(kEthernetHeaderBytes + backend.GetMtu())) {
    return Drop(copy, CopyLoss::kLoadBalancerMtu);
  }
  const Picoseconds now = SimulatedNow();
  Picoseconds departs = now;
  if (auto& queue = queues_[zone]) {
    if (queue->IsFull(now, arrived)) return Drop(copy, CopyLoss::kLoadBalancerBandwidth);
    const QueuedTag tag{.backend = *chosen, .length = onward->length()};
    departs = queue->Accept(now, arrived, tag.Pack());
  }
  NoteOrder(hash, now);
  counters_.by_backend[*chosen].Add(onward->length());
  onward->landing = {&backend, backend.node_id()};
  eni_->fabric()->Carry(onward, departs);
}

// A copy without outer headers is the frame itself, which nobody readdresses.
ns3::Ptr<Transit> CopyBalancer::Onward(const ns3::Ptr<Transit>& copy,
                                       const EniDevice& backend) const {
  ns3::Ptr<Transit> onward = copy;
  if (geneve_ && copy->info().has_flow) {
    onward = InGeneve(copy, backend);
  } else if (HasOuterHeaders(*copy)) {
    onward = Readdressed(copy, backend);
  }
  onward->passage = copy->passage;
  return onward;
}

ns3::Ptr<Transit> CopyBalancer::Readdressed(const ns3::Ptr<Transit>& copy,
                                            const EniDevice& backend) {
  const FrameInfo& info = copy->info();
  // Later fragments have no UDP header; no outer IPv4 header has options.
  std::array<std::byte, kEthernetHeaderBytes + kIpv4HeaderBytes + kUdpHeaderBytes> room;
  const auto headers =
      std::span(room).first(info.transport_offset > 0 ? info.transport_offset + kUdpHeaderBytes
                                                      : info.network_offset + kIpv4HeaderBytes);
  copy->CopyBytes(headers);
  const auto to = backend.mac().octets;
  std::copy(to.begin(), to.end(), headers.begin());
  // Copies to a load balancer are IPv4, so that this cannot fail.
  const bool done = Readdress(headers, info, info.flow.source, backend.primary_address());
  assert(done);
  (void)done;
  const Bytes taken(static_cast<std::int64_t>(headers.size()));
  return Transit::CopyOf(copy, headers, {}, taken, copy->length() - taken);
}

ns3::Ptr<Transit> CopyBalancer::InGeneve(const ns3::Ptr<Transit>& copy,
                                         const EniDevice& backend) const {
  const FrameInfo& info = copy->info();
  const Bytes ethernet(info.network_offset);
  const Bytes carried = copy->length() - ethernet;
  const TunnelRoute route{.source = eni_->primary_address(),
                          .destination = backend.primary_address(),
                          .entropy = SpreadingHash(info, HashSymmetry::kDirectional),
                          .inner_ether_type = info.ether_type};
  std::array<std::byte, kMaxOuterHeaderBytes> outer;
  const std::size_t bytes = geneve_->WriteHeaders(route, carried, outer);
  std::array<std::byte, kEthernetHeaderBytes + kMaxOuterHeaderBytes> headers;
  const auto to = backend.mac().octets;
  const auto from = eni_->mac().octets;
  auto at = std::copy(to.begin(), to.end(), headers.begin());
  at = std::copy(from.begin(), from.end(), at);
  StoreBe16(&*at, kEtherTypeIpv4);
  std::copy_n(outer.begin(), bytes, at + 2);
  return Transit::CopyOf(copy, std::span(headers).first(kEthernetHeaderBytes + bytes), {}, ethernet,
                         carried);
}

BalancerCounters CopyBalancer::CountersAt(Picoseconds now) {
  BalancerCounters counters = counters_;
  for (auto& queue : queues_) {
    if (!queue) continue;
    queue->ForEachWaiting(now, [&](const WaitingFrame& frame) {
      const QueuedTag tag = QueuedTag::Unpack(frame.tag);
      counters.by_backend[tag.backend] -= {.frames = 1, .bytes = tag.length};
      ++counters.waiting;
    });
  }
  return counters;
}

void CopyBalancer::DoDispose() {
  eni_ = nullptr;
  backends_.clear();
  ns3::Object::DoDispose();
}

}  // namespace vpcmirror
