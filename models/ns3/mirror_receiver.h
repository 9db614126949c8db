// The software that takes mirror copies in: an IDS, a recorder.
#pragma once

#include <ns3/application.h>
#include <ns3/data-rate.h>
#include <ns3/packet.h>
#include <ns3/traced-callback.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "models/capacity/worker_rings.h"
#include "models/cloud/frame_drop.h"
#include "models/mirror/ledger.h"
#include "models/ns3/transit.h"
#include "models/scenario/run_counters.h"

namespace vpcmirror {

class EniDevice;

// One software for all ENIs of a CVM that take copies in: its workers share the
// rate in equal parts, each has a ring, and all copies of a flow, of either
// direction, go to one of them. A copy is a duplicate when one
// of the last kRemembered frames of the simulation was its original too and that
// copy came from another ENI.
class MirrorReceiver : public ns3::Application {
 public:
  static constexpr std::size_t kRemembered = 1 << 18;

  static ns3::TypeId GetTypeId();
  MirrorReceiver() : ring_(std::make_shared<Ring>()) {}

  // Has this receiver and `other` fill the same rings, since one software empties both.
  // Before the first copy.
  void ShareRingWith(const ns3::Ptr<MirrorReceiver>& other);

  // Of the software, which all receivers of its CVM are to be told of: whether it takes
  // copies in, and at which share of its rates from `now` on. What is in its rings is taken
  // all the same, at the new speed.
  void SetUp(bool is_up) { is_up_ = is_up; }
  void SetSpeed(Picoseconds now, double speed);

  // A copy reaches the software at `at`, now or later, in the order of the calls. When it
  // takes the copy from the ring; empty when that was full, or the software down.
  std::optional<Picoseconds> Accept(const ns3::Ptr<Transit>& copy, Picoseconds at);
  // Whether nobody but this receiver learns of the copies that it accepts.
  bool IsOnlyCounting() const {
    return rx_.IsEmpty() && rx_drop_.IsEmpty() && ring_->receivers == 1;
  }

  // What waits in the rings at `now`, of what counts as digested.
  Count Waiting(Picoseconds now);

  const ReceiverCounters& counters() const { return counters_; }
  // What waits in the rings at `now` as waiting, not as digested.
  ReceiverCounters CountersAt(Picoseconds now);
  // Of the software, which is another receiver's too where they share it; null
  // before the first copy.
  const WorkerRings* workers() const { return ring_->rings ? &*ring_->rings : nullptr; }
  // Of what its workers' rings held at most before `now`.
  void ForgetPeak(Picoseconds now) {
    if (ring_->rings) ring_->rings->ForgetPeak(now);
  }

 private:
  bool IsDuplicate(const Transit& copy);
  WorkerRings& rings();
  void Lose(const ns3::Ptr<Transit>& copy, CopyLoss loss);

  ns3::DataRate bandwidth_;
  std::uint64_t packet_rate_ = 0;
  std::uint32_t ring_frames_ = 0;
  std::uint64_t ring_bytes_ = 0;
  std::uint32_t workers_ = 1;
  bool is_up_ = true;
  double speed_ = 1;
  struct Ring {
    std::optional<WorkerRings> rings;  // made by the first copy
    std::uint64_t receivers = 1;       // that share them
  };
  std::shared_ptr<Ring> ring_;
  std::uint64_t place_in_ring_ = 0;  // tells this receiver's copies from those of others
  ReceiverCounters counters_;

  // Which ENI a frame was first seen at, by its number; in pages, made as they are
  // needed.
  struct Seen {
    std::uint64_t frame = 0;
    const EniDevice* at = nullptr;
  };
  static constexpr std::size_t kPageFrames = 1024;
  using Page = std::array<Seen, kPageFrames>;
  std::array<std::unique_ptr<Page>, kRemembered / kPageFrames> seen_;
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>> rx_;
  ns3::TracedCallback<ns3::Ptr<const ns3::Packet>> rx_drop_;
};

}  // namespace vpcmirror
