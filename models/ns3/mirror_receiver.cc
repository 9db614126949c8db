#include "models/ns3/mirror_receiver.h"

#include <ns3/uinteger.h>

#include "models/ns3/clock.h"
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

RatedQueue& MirrorReceiver::ring() {
  if (ring_) return *ring_;
  RatedQueueSettings settings;
  settings.frames = ring_frames_;
  if (bandwidth_.GetBitRate() > 0) {
    settings.bandwidth = BitsPerSecond(static_cast<std::int64_t>(bandwidth_.GetBitRate()));
  }
  if (packet_rate_ > 0) {
    settings.packet_rate = PacketsPerSecond(static_cast<std::int64_t>(packet_rate_));
  }
  return ring_.emplace(settings);
}

// ns-3 numbers packets as they are made and keeps the number in copies and
// fragments, so that a table by number modulo its size holds the latest ones.
bool MirrorReceiver::IsDuplicate(const ns3::Packet& copy, const MirrorSession* from) {
  if (seen_.empty()) seen_.resize(kRemembered);
  const std::uint64_t packet = copy.GetUid();
  Seen& seen = seen_[packet % kRemembered];
  const void* eni = from->eni();
  const bool duplicate = seen.eni != nullptr && seen.packet == packet && seen.eni != eni;
  seen = {.packet = packet, .eni = eni};
  return duplicate;
}

void MirrorReceiver::Accept(const ns3::Ptr<const ns3::Packet>& copy, const Passage& passage) {
  const Bytes size(copy->GetSize());
  counters_.in.Add(size);
  if (IsDuplicate(*copy, passage.copy_of)) counters_.duplicates.Add(size);
  const Picoseconds now = SimulatedNow();
  if (ring().IsFull(now)) {
    counters_.ring_full.Add(size);
    passage.copy_of->Lost(CopyLoss::kReceiverRing, passage.original);
    rx_drop_(copy);
    return;
  }
  ring().Accept(now, size, 0);
  counters_.digested.Add(size);
  rx_(copy);
}

std::int64_t MirrorReceiver::Settle(Picoseconds now) {
  Count waiting;
  ring().ForEachWaiting(now, [&](const WaitingFrame& frame) { waiting.Add(frame.frame); });
  counters_.digested -= waiting;
  return waiting.frames;
}

}  // namespace vpcmirror
