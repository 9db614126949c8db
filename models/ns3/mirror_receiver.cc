#include "models/ns3/mirror_receiver.h"

#include <ns3/uinteger.h>

#include "models/ns3/clock.h"
#include "models/ns3/limit_attributes.h"
#include "models/ns3/mirror_session.h"

namespace vpcmirror {

ns3::TypeId MirrorReceiver::GetTypeId() {
  static const ns3::TypeId tid =
      ns3::TypeId("vpcmirror::MirrorReceiver")
          .SetParent<ns3::Application>()
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
          .AddAttribute("RingFrames", "Copies that may wait for the software",
                        ns3::UintegerValue(4096),
                        ns3::MakeUintegerAccessor(&MirrorReceiver::ring_frames_),
                        ns3::MakeUintegerChecker<std::uint32_t>(1, 1 << 30))
          .AddTraceSource("Rx", "The software's ring took a copy",
                          ns3::MakeTraceSourceAccessor(&MirrorReceiver::rx_),
                          "ns3::Packet::TracedCallback")
          .AddTraceSource("RxDrop", "A copy found the ring full",
                          ns3::MakeTraceSourceAccessor(&MirrorReceiver::rx_drop_),
                          "ns3::Packet::TracedCallback");
  return tid;
}

void MirrorReceiver::ShareRingWith(const ns3::Ptr<MirrorReceiver>& other) {
  ring_ = other->ring_;
  place_in_ring_ = ring_->receivers++;
}

RatedQueue& MirrorReceiver::queue() {
  if (!ring_->queue) ring_->queue.emplace(LimitsOf(bandwidth_, packet_rate_, ring_frames_));
  return *ring_->queue;
}

// ns-3 numbers packets as they are made and keeps the number in copies and
// fragments, so that the distance between two numbers is a distance in time.
bool MirrorReceiver::IsDuplicate(const ns3::Packet& copy, const MirrorSession* from) {
  const std::uint64_t packet = copy.GetUid();
  while (!remembered_.empty() && remembered_.front() + kRemembered < packet) {
    first_seen_at_.erase(remembered_.front());
    remembered_.pop_front();
  }
  const auto [seen, is_new] = first_seen_at_.try_emplace(packet, from->eni());
  if (is_new) remembered_.push_back(packet);
  return !is_new && seen->second != from->eni();
}

void MirrorReceiver::Accept(const ns3::Ptr<const ns3::Packet>& copy, const Passage& passage) {
  const Bytes size(copy->GetSize());
  counters_.in.Add(size);
  if (IsDuplicate(*copy, passage.copy_of)) counters_.duplicates.Add(size);
  const Picoseconds now = SimulatedNow();
  if (queue().IsFull(now)) {
    counters_.ring_full.Add(size);
    passage.copy_of->Lost(CopyLoss::kReceiverRing, passage);
    rx_drop_(copy);
    return;
  }
  queue().Accept(now, size, place_in_ring_);
  counters_.digested.Add(size);
  rx_(copy);
}

std::int64_t MirrorReceiver::Settle(Picoseconds now) {
  Count waiting;
  queue().ForEachWaiting(now, [&](const WaitingFrame& frame) {
    if (frame.tag == place_in_ring_) waiting.Add(frame.frame);
  });
  counters_.digested -= waiting;
  return waiting.frames;
}

}  // namespace vpcmirror
