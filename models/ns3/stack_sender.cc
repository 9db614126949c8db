#include "models/ns3/stack_sender.h"

#include <ns3/simulator.h>

#include <utility>

#include "models/ns3/clock.h"
#include "models/ns3/eni_device.h"

namespace vpcmirror {

void StackSender::HaveFlowControl(const ns3::Ptr<ns3::NetDeviceQueue>& queue) {
  if (!tx_ring_) tx_ring_ = std::make_unique<TxRing>(queue);
}

void StackSender::Send(const ns3::Ptr<Transit>& frame) {
  if (small_queue_ > Bytes(0) && IsOwnTcp(frame->info())) {
    small_queues_.Send(frame, small_queue_);
  } else {
    Pass(frame);
  }
}

void StackSender::Pass(const ns3::Ptr<Transit>& frame) {
  frame->passage.of_stack = true;
  sent_.Add(frame->length());
  if (tx_ring_) {
    frame->passage.in_tx_ring = true;
    tx_ring_->Enter(frame->length(), tx_ring_frames_);
  }
  eni_.SendFrame(frame);
}

void StackSender::Departs(Transit& frame, Picoseconds at) {
  if (SmallQueue* queue = std::exchange(frame.passage.small_queue, nullptr)) {
    queue->Leaves(frame.length(), at);
  }
  if (frame.passage.in_tx_ring) LeaveTxRing(frame, at);
}

void StackSender::Lost(Transit& frame) {
  const Picoseconds now = SimulatedNow();
  if (SmallQueue* queue = std::exchange(frame.passage.small_queue, nullptr)) {
    // As if it had left: else all that is held would be lost in one moment.
    queue->Leaves(frame.length(), now + eni_.TransmissionTime(frame.length()));
  }
  if (frame.passage.in_tx_ring) LeaveTxRing(frame, now);
}

// And not a segment that the node forwards.
bool StackSender::IsOwnTcp(const FrameInfo& info) const {
  return info.has_flow && info.flow.protocol == kProtocolTcp && eni_.HasAddress(info.flow.source);
}

void StackSender::LeaveTxRing(Transit& frame, Picoseconds at) {
  frame.passage.in_tx_ring = false;
  const Picoseconds now = SimulatedNow();
  if (at <= now) {
    tx_ring_->Leave(frame.length(), tx_ring_frames_);
    return;
  }
  // The ENI's node lives as long as the simulation, its sender until it is disposed of.
  ns3::Simulator::Schedule(ToTime(at - now),
                           [eni = ns3::Ptr<EniDevice>(&eni_), length = frame.length()] {
                             if (StackSender* sender = eni->stack_sender()) {
                               sender->tx_ring_->Leave(length, sender->tx_ring_frames_);
                             }
                           });
}

}  // namespace vpcmirror
