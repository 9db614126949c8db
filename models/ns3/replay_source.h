// Sends and receives the frames of a capture at one ENI.
#pragma once

#include <ns3/application.h>
#include <ns3/event-id.h>
#include <ns3/packet.h>

#include <cstdint>

#include "models/mirror/ledger.h"
#include "models/mirror/passing.h"
#include "models/ns3/passage.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

class EniDevice;

// Each frame leaves the ENI or arrives at it, by PassingDirection, at the moment that
// the capture says; one of neither kind is left aside. Reads one frame ahead and holds
// no more. A frame whose time lies before its predecessor's comes at the predecessor's.
class ReplaySource : public ns3::Application {
 public:
  // Between the last frame of one pass over a capture and the first of the
  // next: a loop over a capture of a single moment must still take time.
  static constexpr Picoseconds kLoopGap{1'000'000};  // 1 us

  static ns3::TypeId GetTypeId();

  void SetReplay(const Workload& workload, const Replay& replay, ns3::Ptr<EniDevice> eni);

  const Count& sent() const { return sent_; }

 protected:
  void DoDispose() override;

 private:
  void StartApplication() override;
  void StopApplication() override;
  // The next frame that passes the ENI; false at the end.
  bool ReadNext();
  void ScheduleNext();
  void Emit();
  bool IsLocal(const IpAddress& address) const;
  // Whether the frame's addresses were mapped.
  bool MapAddresses();

  Replay replay_;
  ns3::Ptr<EniDevice> eni_;
  FrameReader reader_;
  OwnAddresses own_;
  StoredFrame frame_;
  FrameInfo info_;  // of frame_
  Direction direction_ = Direction::kEgress;
  Picoseconds round_start_{};  // of this pass over the file
  Picoseconds last_time_{};    // within this pass, scaled
  Count sent_;
  ns3::EventId next_;
};

}  // namespace vpcmirror
