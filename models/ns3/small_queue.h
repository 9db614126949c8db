// TCP small queues: how much of a flow its sender may have in the egress at once.
#pragma once

#include <ns3/event-id.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <unordered_map>

#include "models/ns3/transit.h"
#include "models/units/quantity.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

class StackSender;

// Holds back what a flow sends while as much of it as is allowed waits to leave.
//
// Linux does this in the socket (tcp_small_queue_check, net/ipv4/tcp_output.c): what is
// held was not sent yet and is not in the congestion window. Here it is in the window,
// which in turn grows until the socket's buffer is what limits it. Either way a flow
// neither fills the queue of its own host nor loses there because of itself.
class SmallQueue {
 public:
  explicit SmallQueue(StackSender& sender) : sender_(sender) {}
  ~SmallQueue() { wake_.Cancel(); }
  SmallQueue(const SmallQueue&) = delete;
  SmallQueue& operator=(const SmallQueue&) = delete;

  // Two frames are let through whatever the limit, as in Linux.
  void Send(const ns3::Ptr<Transit>& frame, Bytes limit);

  // One that was let through is out of the egress at `at`, now or later.
  void Leaves(Bytes frame, Picoseconds at);

  // Nothing of the flow is on its way out.
  bool IsIdle();

 private:
  struct Leaving {
    Picoseconds at{};
    Bytes frame{};
  };
  bool MayPass(Bytes frame) const;
  void Pass(const ns3::Ptr<Transit>& frame);
  void ForgetGone();
  void Arm();
  void Wake();

  StackSender& sender_;
  Bytes limit_{};
  int passed_frames_ = 0;  // that have not left
  Bytes passed_{};
  std::deque<Leaving> leaving_;  // those of them of which it is known when
  std::deque<ns3::Ptr<Transit>> held_;
  ns3::EventId wake_;  // while something is held
};

// Those of an ENI, by flow.
class SmallQueues {
 public:
  explicit SmallQueues(StackSender& sender) : sender_(sender) {}

  void Send(const ns3::Ptr<Transit>& frame, Bytes limit);

 private:
  struct Hasher {
    std::size_t operator()(const FlowKey& flow) const noexcept;
  };

  StackSender& sender_;
  std::unordered_map<FlowKey, std::unique_ptr<SmallQueue>, Hasher> flows_;
  std::size_t sweep_at_ = 64;  // flows, of which those that ended are then forgotten
};

}  // namespace vpcmirror
