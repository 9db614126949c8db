// An event that its owner schedules again and again.
#pragma once

#include <ns3/ptr.h>
#include <ns3/simulator.h>

#include <cstdint>

#include "models/ns3/clock.h"
#include "models/ns3/foreseen_event.h"

namespace vpcmirror {

// Calls (owner->*kCall)() after a delay, without the memory that each event of
// Simulator::Schedule takes. Pending at most once at a time; the owner outlives
// what is pending, or cancels it, and has a Foresee as ForeseenEvent has.
template <class Owner, void (Owner::*kCall)()>
class OwnEvent {
 public:
  void Schedule(Owner* owner, std::uint32_t context, Picoseconds delay) {
    if (!event_) event_ = ns3::Ptr<Call>(new Call, false);
    event_->owner = owner;
    event_->Ref();  // the simulator's
    ns3::Simulator::ScheduleWithContext(context, ToTime(delay), ns3::PeekPointer(event_));
  }
  void Cancel() {
    if (!event_) return;
    event_->Cancel();
    event_ = nullptr;
  }

 private:
  struct Call final : ForeseenEvent {
    void Notify() override { (owner->*kCall)(); }
    void Foresee(int step) const override { owner->Foresee(step); }
    Owner* owner = nullptr;
  };
  ns3::Ptr<Call> event_;
};

}  // namespace vpcmirror
