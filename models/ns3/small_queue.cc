#include "models/ns3/small_queue.h"

#include <ns3/simulator.h>

#include <algorithm>

#include "models/ns3/clock.h"
#include "models/ns3/stack_sender.h"

namespace vpcmirror {

void SmallQueue::Send(const ns3::Ptr<Transit>& frame, Bytes limit) {
  limit_ = limit;
  ForgetGone();
  if (held_.empty() && MayPass(frame->length())) {
    Pass(frame);
    return;
  }
  held_.push_back(frame);
  Arm();
}

void SmallQueue::Leaves(Bytes frame, Picoseconds at) {
  // What is lost leaves as if it had been sent, which may be ahead of what was sent before.
  const auto later = [](Picoseconds time, const Leaving& each) { return time < each.at; };
  leaving_.insert(std::upper_bound(leaving_.begin(), leaving_.end(), at, later), {at, frame});
  if (!held_.empty()) Arm();
}

bool SmallQueue::MayPass(Bytes frame) const {
  constexpr int kAlways = 2;  // frames; tcp_small_queue_check: 2 * skb->truesize
  return passed_frames_ < kAlways || passed_ + frame <= limit_;
}

void SmallQueue::Pass(const ns3::Ptr<Transit>& frame) {
  ++passed_frames_;
  passed_ += frame->length();
  frame->passage.small_queue = this;
  sender_.Pass(frame);
}

bool SmallQueue::IsIdle() {
  ForgetGone();
  return held_.empty() && passed_frames_ == 0;
}

void SmallQueue::ForgetGone() {
  const Picoseconds now = SimulatedNow();
  while (!leaving_.empty() && leaving_.front().at <= now) {
    --passed_frames_;
    passed_ -= leaving_.front().frame;
    leaving_.pop_front();
  }
}

// Not while it is unknown when the next one leaves: Leaves will tell.
void SmallQueue::Arm() {
  if (wake_.IsRunning() || leaving_.empty()) return;
  const Picoseconds wait = leaving_.front().at - SimulatedNow();
  wake_ = ns3::Simulator::Schedule(ToTime(std::max(wait, Picoseconds(0))), &SmallQueue::Wake, this);
}

void SmallQueue::Wake() {
  ForgetGone();
  while (!held_.empty() && MayPass(held_.front()->length())) {
    const ns3::Ptr<Transit> frame = held_.front();
    held_.pop_front();
    Pass(frame);
  }
  if (!held_.empty()) Arm();
}

std::size_t SmallQueues::Hasher::operator()(const FlowKey& flow) const noexcept {
  return static_cast<std::size_t>(FlowHash(flow, HashSymmetry::kDirectional));
}

void SmallQueues::Send(const ns3::Ptr<Transit>& frame, Bytes limit) {
  std::unique_ptr<SmallQueue>& queue = flows_[frame->info().flow];
  if (!queue) queue = std::make_unique<SmallQueue>(sender_);
  queue->Send(frame, limit);
  if (flows_.size() <= sweep_at_) return;
  std::erase_if(flows_, [](const auto& each) { return each.second->IsIdle(); });
  sweep_at_ = 2 * std::max<std::size_t>(flows_.size(), 32);
}

}  // namespace vpcmirror
