#include "sim/live/live_loop.h"

namespace vpcmirror::sim {
namespace {

constexpr int kLoopWaitMs = 100;

}  // namespace

bool MirrorAll(const LiveParts& parts, const std::stop_token& stop,
               const std::function<void()>& between_batches) {
  while (!stop.stop_requested()) {
    const auto batch = parts.source.Next();
    if (!batch.empty()) {
      parts.mirror.Take(batch, parts.sink);
      parts.sink.Flush();
    } else if (parts.source.ended()) {
      return true;
    } else {
      WaitForFrames(parts.source.descriptors(), kLoopWaitMs);
    }
    if (between_batches) between_batches();
  }
  return false;
}

}  // namespace vpcmirror::sim
