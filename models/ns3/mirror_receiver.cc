#include "models/ns3/mirror_receiver.h"

#include <ns3/uinteger.h>

#include <algorithm>
#include <cmath>

#include "models/ns3/clock.h"
#include "models/ns3/limit_attributes.h"
#include "models/ns3/mirror_session.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

NS_OBJECT_ENSURE_REGISTERED(MirrorReceiver);

ns3::TypeId MirrorReceiver::GetTypeId() {
  static const ns3::TypeId tid =
      ns3::TypeId("vpcmirror::MirrorReceiver")
          .SetParent<ns3::Application>()
          .SetGroupName("vpcmirror")
          .AddConstructor<MirrorReceiver>()
          .AddAttribute("Bandwidth",
                        "Bits of copies, outer headers on, that the software digests; 0: no limit",
                        ns3::DataRateValue(ns3::DataRate(0)),
                        ns3::MakeDataRateAccessor(&MirrorReceiver::bandwidth_),
                        ns3::MakeDataRateChecker())
          .AddAttribute("PacketRate", "Copies a second that the software digests; 0: no limit",
                        ns3::UintegerValue(0),
                        ns3::MakeUintegerAccessor(&MirrorReceiver::packet_rate_),
                        ns3::MakeUintegerChecker<std::uint64_t>(0, 1'000'000'000'000))
          .AddAttribute("Workers", "Threads of the software, each with its share of the rate",
                        ns3::UintegerValue(1), ns3::MakeUintegerAccessor(&MirrorReceiver::workers_),
                        ns3::MakeUintegerChecker<std::uint32_t>(1, 1 << 16))
          .AddAttribute("RingBytes", "Bytes of copies that may wait for a worker; 0: no limit",
                        ns3::UintegerValue(0),
                        ns3::MakeUintegerAccessor(&MirrorReceiver::ring_bytes_),
                        ns3::MakeUintegerChecker<std::uint64_t>(0, std::uint64_t{1} << 62))
          .AddAttribute("RingFrames", "Copies that may wait for a worker", ns3::UintegerValue(4096),
                        ns3::MakeUintegerAccessor(&MirrorReceiver::ring_frames_),
                        ns3::MakeUintegerChecker<std::uint32_t>(1, 1 << 30))
          .AddTraceSource("Rx", "The software's ring took a copy",
                          ns3::MakeTraceSourceAccessor(&MirrorReceiver::rx_),
                          "ns3::Packet::TracedCallback")
          .AddTraceSource("RxDrop", "A copy found the ring full, or the software down",
                          ns3::MakeTraceSourceAccessor(&MirrorReceiver::rx_drop_),
                          "ns3::Packet::TracedCallback");
  return tid;
}

void MirrorReceiver::ShareRingWith(const ns3::Ptr<MirrorReceiver>& other) {
  ring_ = other->ring_;
  place_in_ring_ = ring_->receivers++;
}

void MirrorReceiver::SetSpeed(Picoseconds now, double speed) {
  speed_ = speed;
  if (ring_->rings) ring_->rings->SetSpeed(now, speed);
}

WorkerRings& MirrorReceiver::rings() {
  if (ring_->rings) return *ring_->rings;
  WorkerRingsSettings settings{.workers = workers_,
                               .rates = RatesOf(bandwidth_, packet_rate_),
                               .room = {.frames = ring_frames_}};
  if (ring_bytes_ > 0) settings.room.bytes = Bytes(static_cast<std::int64_t>(ring_bytes_));
  WorkerRings& rings = ring_->rings.emplace(settings);
  if (speed_ != 1) rings.SetSpeed(Picoseconds(0), speed_);
  return rings;
}

// The distance between two frames' numbers is a distance in time.
bool MirrorReceiver::IsDuplicate(const Transit& copy) {
  const std::uint64_t frame = copy.frame_number();
  const std::size_t place = frame % kRemembered;
  std::unique_ptr<Page>& page = seen_[place / kPageFrames];
  if (!page) page = std::make_unique<Page>();
  Seen& seen = (*page)[place % kPageFrames];
  const EniDevice* from = copy.passage.copy_of->eni();
  if (seen.frame == frame) return seen.at != from;
  seen = {frame, from};
  return false;
}

void MirrorReceiver::Lose(const ns3::Ptr<Transit>& copy, CopyLoss loss) {
  copy->passage.copy_of->Lost(loss, copy->passage);
  if (!rx_drop_.IsEmpty()) rx_drop_(copy->packet());
}

std::optional<Picoseconds> MirrorReceiver::Accept(const ns3::Ptr<Transit>& copy, Picoseconds at) {
  const Bytes size = copy->length();
  counters_.in.Add(size);
  if (!is_up_) [[unlikely]] {
    counters_.down.Add(size);
    Lose(copy, CopyLoss::kReceiverDown);
    return std::nullopt;
  }
  if (IsDuplicate(*copy)) counters_.duplicates.Add(size);
  const FrameInfo& original = copy->original_info();
  const std::uint64_t flow =
      original.has_flow ? FlowHash(original.flow, HashSymmetry::kSymmetric) : 0;
  const std::optional<Picoseconds> taken = rings().Offer(at, size, flow, place_in_ring_);
  if (!taken) {
    counters_.ring_full.Add(size);
    Lose(copy, CopyLoss::kReceiverRing);
    return std::nullopt;
  }
  counters_.digested.Add(size);
  if (!rx_.IsEmpty()) rx_(copy->packet());
  return taken;
}

Count MirrorReceiver::Waiting(Picoseconds now) {
  Count waiting;
  if (!ring_->rings) return waiting;
  ring_->rings->ForEachWaiting(now, [&](const WaitingFrame& frame) {
    if (frame.tag == place_in_ring_) waiting.Add(frame.frame);
  });
  return waiting;
}

ReceiverCounters MirrorReceiver::CountersAt(Picoseconds now) {
  ReceiverCounters counters = counters_;
  counters.waiting = Waiting(now);
  counters.digested -= counters.waiting;
  return counters;
}

}  // namespace vpcmirror
