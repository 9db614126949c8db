// What an ENI's driver lets wait in front of its CVM's egress.
#pragma once

#include <ns3/net-device-queue-interface.h>
#include <ns3/ptr.h>

#include <cstdint>
#include <utility>

#include "models/units/quantity.h"

namespace vpcmirror {

// The transmit ring between ns3::TrafficControlLayer and an ENI. While it is full the
// device's queue is stopped, so that what comes waits in the node's queue disc; byte
// queue limits (ns3::QueueLimits) are told of every frame. A frame is in the ring from
// the protocol that sends it until it departs or is lost. What a SmallQueue holds is not in
// it: in Linux that has not left its socket.
class TxRing {
 public:
  // The device's only queue: an ENI has no others.
  explicit TxRing(ns3::Ptr<ns3::NetDeviceQueue> queue) : queue_(std::move(queue)) {}

  // `room`: frames that the ring holds, this one included.
  void Enter(Bytes frame, std::int64_t room);
  void Leave(Bytes frame, std::int64_t room);

  std::int64_t frames() const { return frames_; }

 private:
  ns3::Ptr<ns3::NetDeviceQueue> queue_;
  std::int64_t frames_ = 0;
};

}  // namespace vpcmirror
