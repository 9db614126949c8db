// How an ENI sends what its node's own protocols hand to it.
#pragma once

#include <ns3/net-device-queue-interface.h>
#include <ns3/ptr.h>

#include <cstdint>
#include <memory>

#include "models/mirror/ledger.h"
#include "models/ns3/small_queue.h"
#include "models/ns3/transit.h"
#include "models/ns3/tx_ring.h"
#include "models/units/quantity.h"

namespace vpcmirror {

class EniDevice;

// Through a small queue where the node's TCP has one, then through the transmit ring where
// the device has flow control.
class StackSender {
 public:
  // VIRTIO_NET_TX_QUEUE_DEFAULT_SIZE of QEMU's hw/net/virtio-net.c.
  static constexpr std::uint32_t kTxRingFrames = 256;

  explicit StackSender(EniDevice& eni) : eni_(eni), small_queues_(*this) {}

  // At any time. 0: a flow may have as much waiting as it sends.
  void SetSmallQueue(Bytes limit) { small_queue_ = limit; }
  Bytes small_queue() const { return small_queue_; }
  void SetTxRingFrames(std::uint32_t frames) { tx_ring_frames_ = frames; }
  std::uint32_t tx_ring_frames() const { return tx_ring_frames_; }
  // Makes the device one with flow control.
  void HaveFlowControl(const ns3::Ptr<ns3::NetDeviceQueue>& queue);

  void Send(const ns3::Ptr<Transit>& frame);
  // Past the small queues.
  void Pass(const ns3::Ptr<Transit>& frame);

  // What became of a frame of the node's protocols: it departs at `at`, now or later.
  void Departs(Transit& frame, Picoseconds at);
  void Lost(Transit& frame);

  const Count& sent() const { return sent_; }

 private:
  bool IsOwnTcp(const FrameInfo& info) const;
  void LeaveTxRing(Transit& frame, Picoseconds at);

  EniDevice& eni_;
  Bytes small_queue_{};
  std::uint32_t tx_ring_frames_ = kTxRingFrames;
  Count sent_;
  SmallQueues small_queues_;
  std::unique_ptr<TxRing> tx_ring_;  // null: no flow control
};

}  // namespace vpcmirror
