#include "models/ns3/tx_ring.h"

namespace vpcmirror {

void TxRing::Enter(Bytes frame, std::int64_t room) {
  ++frames_;
  queue_->NotifyQueuedBytes(static_cast<std::uint32_t>(frame.count()));
  if (frames_ >= room) queue_->Stop();
}

void TxRing::Leave(Bytes frame, std::int64_t room) {
  --frames_;
  queue_->NotifyTransmittedBytes(static_cast<std::uint32_t>(frame.count()));
  if (frames_ < room) queue_->Wake();
}

}  // namespace vpcmirror
