// The software that takes mirror copies in: an IDS, a recorder.
#pragma once

#include <ns3/application.h>
#include <ns3/data-rate.h>
#include <ns3/packet.h>
#include <ns3/traced-callback.h>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/capacity/rated_queue.h"
#include "models/mirror/ledger.h"
#include "models/ns3/passage.h"

namespace vpcmirror {

struct ReceiverCounters {
  Count in;        // copies that arrived, outer headers on
  Count digested;  // that the software took from its ring, or will before the end
  Count ring_full;
  Count duplicates;  // copies of a packet that came here before from another ENI
};

// One ring and one rate: the workers' together. A copy is a duplicate when one
// of the last kRemembered packets of the simulation had its packet ID and came
// from another ENI.
class MirrorReceiver : public ns3::Application {
 public:
  static constexpr std::size_t kRemembered = 1 << 18;

  static ns3::TypeId GetTypeId();

  void Accept(const ns3::Ptr<const ns3::Packet>& copy, const Passage& passage);

  // Takes back what waits in the ring at `now`; returns how many frames.
  std::int64_t Settle(Picoseconds now);

  const ReceiverCounters& counters() const { return counters_; }

 private:
  bool IsDuplicate(const ns3::Packet& copy, const MirrorSession* from);
  RatedQueue& ring();

  ns3::DataRate bandwidth_;
  std::uint64_t packet_rate_ = 0;
  std::uint32_t ring_frames_ = 0;
  std::optional<RatedQueue> ring_;
  ReceiverCounters counters_;

  struct Seen {
    std::uint64_t packet = 0;
    const void* eni = nullptr;
  };
  std::vector<Seen> seen_;  // by packet ID modulo its size; made by the first copy
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>> rx_;
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>> rx_drop_;
};

}  // namespace vpcmirror
